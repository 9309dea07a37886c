"""What a person sees who starts the hotline with something wrong: one line with the remedy."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from ivr.config import Settings
from tests.e2e.hotline import START_S, settings_for
from tests.needs import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(START_S)]

LONGEST_S = 200.0


@dataclass(frozen=True)
class Ended:
    """A start that failed."""

    status: int
    told: str


async def start(config: Path, cwd: Path = ROOT) -> Ended:
    """Run `ivr run` until it ends by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr", "run", "--config", str(config)),
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, told = await asyncio.wait_for(process.communicate(), LONGEST_S)
    except TimeoutError:
        process.terminate()
        await process.wait()
        pytest.fail("the hotline started although something is wrong")
    assert process.returncode is not None
    return Ended(process.returncode, told.decode())


def is_one_line(ended: Ended, *words: str) -> None:
    """Check that a person is told in one line, without a trace, with the status for settings."""
    assert "Traceback" not in ended.told
    lines = [line for line in ended.told.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, ended.told
    assert ended.told.splitlines()[-1] == lines[0]
    for word in words:
        assert word in lines[0]
    assert ended.status == 2


def written(settings: Settings, folder: Path, **sections: object) -> Path:
    """Write settings to a file, with some sections of them replaced."""
    content = settings.model_dump(mode="json", by_alias=True) | sections
    file = folder / "hotline.yaml"
    YAML().dump(content, file)
    return file


@contextmanager
def taken(kind: socket.SocketKind, port: int) -> Iterator[None]:
    """Hold a port of loopback."""
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        yield


async def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "hotline.yaml"
    config.write_text("telephony:\n  sip_port: 5060\n agents: [\n", "utf-8")

    is_one_line(await start(config), f"{config}:3")


async def test_a_key_that_is_not_known_is_told_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "hotline.yaml"
    config.write_text("telephony:\n  sip_port: 5060\n  sip_prot: 5060\n", "utf-8")

    is_one_line(await start(config), f"{config}:3", "sip_prot")


async def test_a_missing_file_is_told(tmp_path: Path) -> None:
    is_one_line(await start(tmp_path / "none.yaml"), "none.yaml")


async def test_a_sip_port_that_is_taken_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    port = settings.telephony.sip_port

    with taken(socket.SOCK_DGRAM, port):
        ended = await start(written(settings, tmp_path))

    is_one_line(ended, f"{port}/udp", "telephony.sip_port")


async def test_an_ari_port_that_is_taken_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    port = urlsplit(settings.telephony.ari_url).port
    assert port

    with taken(socket.SOCK_STREAM, port):
        ended = await start(written(settings, tmp_path))

    is_one_line(ended, f"{port}/tcp", "telephony.ari_url")


async def test_a_port_for_the_health_pages_that_is_taken_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    port = settings.web.port

    with taken(socket.SOCK_STREAM, port):
        ended = await start(written(settings, tmp_path))

    is_one_line(ended, str(port), "web.port")


async def test_a_port_for_rasa_that_is_taken_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    port = urlsplit(settings.dialog.rasa_url).port
    assert port

    with taken(socket.SOCK_STREAM, port):
        ended = await start(written(settings, tmp_path))

    is_one_line(ended, str(port), "dialog.rasa_url")


async def test_a_missing_environment_of_rasa_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for name in ("flows", "models", "config", "asterisk-conf"):
        (tmp_path / name).symlink_to(ROOT / name)
    binary = (ROOT / ".setup").absolute()
    (tmp_path / ".setup").symlink_to(binary)

    ended = await start(written(settings, tmp_path), cwd=tmp_path)

    is_one_line(ended, ".venv-rasa", "make setup")


async def test_a_missing_asterisk_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    line = settings.telephony.model_dump(mode="json", by_alias=True)
    line["asterisk"] = str(tmp_path / "no-asterisk")

    ended = await start(written(settings, tmp_path, telephony=line))

    is_one_line(ended, "no-asterisk", "telephony.asterisk")
