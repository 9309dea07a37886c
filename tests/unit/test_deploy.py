"""What can be said of deployment files without an engine to run them."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ivr.config import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = [DEPLOY / "systemd" / name for name in ("hotline.service", "hotline-asterisk.service")]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(DEPLOY / "compose.yaml")["services"]


def test_no_container_may_gain_privileges(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name


def test_the_database_is_published_on_loopback_only(services: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in services["postgres"]["ports"])


def test_running_calls_may_end_before_the_container_is_killed(services: dict[str, Any]) -> None:
    grace_s = int(services["hotline"]["stop_grace_period"].removesuffix("s"))

    assert grace_s > Settings().limits.drain_s


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_has_no_privileges_and_one_place_to_write(unit: Path) -> None:
    lines = unit.read_text().splitlines()

    assert "User=hotline" in lines
    assert "CapabilityBoundingSet=" in lines
    assert "NoNewPrivileges=yes" in lines
    assert [line for line in lines if line.startswith("ReadWritePaths=")] == [
        "ReadWritePaths=/opt/hotline/app/var"
    ]


def test_running_calls_may_end_before_the_unit_is_killed() -> None:
    text = (DEPLOY / "systemd/hotline.service").read_text()
    found = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)

    assert found
    assert int(found[1]) > Settings().limits.drain_s


def test_the_modules_and_commands_that_units_start_exist() -> None:
    root = DEPLOY.parent
    for unit in UNITS:
        for module in re.findall(r"python -m (\S+)", unit.read_text()):
            assert (root / Path(*module.split("."))).with_suffix(".py").exists(), module


def test_the_health_page_that_is_watched_is_where_the_settings_put_it() -> None:
    web = Settings().web
    watched = f"http://{web.host}:{web.port}/healthz"

    assert watched in (DEPLOY / "systemd/hotline-watch.service").read_text()
    assert watched in (DEPLOY / "Dockerfile").read_text()
