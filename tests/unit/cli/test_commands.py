"""Commands are listed without being loaded, and say the same of themselves once they are."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from ivr.cli import COMMANDS, app, main
from tests.needs import ROOT

HEAVY = "pydantic sqlalchemy aiohttp numpy ruamel jinja2 structlog vosk onnxruntime"
"""What the hotline is made of; each takes a tenth of a second and more to import."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_listed_is_what_the_command_says_of_itself(name: str) -> None:
    root = typer.main.get_command(app)

    listed = root.commands[name]  # type: ignore[attr-defined]  # a group; its type is private

    assert listed.help == listed.loaded.help.splitlines()[0]
    assert listed.loaded.name == name


def test_a_command_of_a_group_that_has_its_own_module_is_called() -> None:
    result = CliRunner().invoke(app, ["flows", "history", "--help"])

    assert result.exit_code == 0, result.output
    assert "Show what was published" in result.output


def test_a_mistyped_command_is_refused_with_the_right_one() -> None:
    result = CliRunner().invoke(app, ["flow", "check"])

    assert result.exit_code == 2
    assert "Did you mean 'flows'" in result.output


@pytest.mark.parametrize(
    ("doing", "without"),
    [
        ("from ivr.cli import app; CliRunner().invoke(app, ['--help'])", HEAVY),
        ("import ivr.cli.flows, ivr.dialog.check, ivr.predict.rules", "sqlalchemy aiohttp numpy"),
        ("import ivr.cli.flows_publish, ivr.cli.hotline_door", "sqlalchemy aiohttp numpy"),
    ],
)
def test_a_command_imports_no_more_than_it_needs(doing: str, without: str) -> None:
    script = f"import sys; from typer.testing import CliRunner; {doing}; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) & set(without.split()) == set()


def test_a_disk_that_does_not_obey_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "var/demo")

    monkeypatch.setattr(Path, "mkdir", full)
    monkeypatch.setattr(sys, "argv", ["ivr", "demo", "--out", str(tmp_path / "demo")])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "error: var/demo: No space left on device. Free some space on that disk.\n"
    )


def test_conversation_tests_are_named_as_json_too() -> None:
    config, flows = str(ROOT / "config/hotline.yaml"), str(ROOT / "flows")
    words = ["flows", "test", "--list", "--json", "--flows", flows, "--config", config]

    result = CliRunner().invoke(app, words)

    assert {"name", "place"} == set(json.loads(result.stdout)[0])
