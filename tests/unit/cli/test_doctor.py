"""The doctor names what is missing and what to do about it."""

import asyncio
import importlib.util
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ivr.cli import app, checks, doctor
from ivr.cli.checks import Finding, State
from ivr.config.settings import Settings, Web
from ivr.store.database import open_database
from ivr.store.upgrade import newest_version, upgrade


def _only(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    monkeypatch.setattr(checks, "EVERY", (lambda _: iter(findings),))


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "hotline.yaml"
    file.write_text("log_level: INFO\n")
    return file


def test_a_missing_part_is_shown_with_its_remedy_and_fails(
    monkeypatch: pytest.MonkeyPatch, settings_file: Path
) -> None:
    _only(monkeypatch, checks.missing("kettle", "none", "buy one"))

    done = CliRunner().invoke(app, ["doctor", "--config", str(settings_file)])

    assert done.exit_code == 1
    assert "buy one" in done.stdout
    assert "1 to mend" in done.stdout


def test_all_well_is_exit_status_0(monkeypatch: pytest.MonkeyPatch, settings_file: Path) -> None:
    _only(monkeypatch, checks.there("kettle", "steel"))

    done = CliRunner().invoke(app, ["doctor", "--config", str(settings_file)])

    assert done.exit_code == 0
    assert "Everything is there" in done.stdout


def test_json_lists_every_finding(monkeypatch: pytest.MonkeyPatch, settings_file: Path) -> None:
    _only(monkeypatch, checks.there("kettle", "steel"))

    done = CliRunner().invoke(app, ["doctor", "--json", "--config", str(settings_file)])

    parts = {each["part"]: each["state"] for each in json.loads(done.stdout)}
    assert parts == {"settings": "there", "kettle": "there"}


def test_settings_that_cannot_be_read_do_not_stop_the_other_checks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_text("telephony:\n  sip_prt: 5060\n")
    _only(monkeypatch, checks.there("kettle", "steel"))

    found = list(doctor.examine(file))

    assert found[0].state is State.MISSING
    assert f"{file}:2" in found[0].detail
    assert found[1].part == "kettle"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_another_program_holds_is_named(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "is_running", lambda _: False)

    (found,) = checks.ports(Settings(web=Web(port=taken_port)))

    assert found.state is State.MISSING
    assert f"health {taken_port}" in found.detail


def test_a_secret_that_others_may_read_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "ari"
    secret.write_text("x")
    secret.chmod(0o644)
    tmp_path.chmod(0o700)
    settings = Settings.model_validate({"telephony": {"ari_password_file": secret}})

    (found,) = checks.secrets(settings)

    assert found.state is State.MISSING
    assert str(secret) in found.remedy


def test_a_secret_of_its_owner_alone_is_well(tmp_path: Path) -> None:
    secret = tmp_path / "ari"
    secret.write_text("x")
    secret.chmod(0o600)
    tmp_path.chmod(0o700)
    settings = Settings.model_validate({"telephony": {"ari_password_file": secret}})

    assert [found.state for found in checks.secrets(settings)] == [State.THERE]


def test_a_model_that_is_not_there_is_missing(tmp_path: Path) -> None:
    settings = Settings.model_validate({"models_dir": tmp_path, "asr": {"models": {"en": "big"}}})

    found = next(each for each in checks.models(settings) if each.part == "speech model en")

    assert found.state is State.MISSING
    assert "ivr models get big" in found.remedy


def test_a_flow_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "balance.yaml").write_text("id: [")

    found = list(checks.bot(Settings(flows_dir=tmp_path)))

    assert found[0].state is State.MISSING
    assert "balance.yaml" in found[0].detail


def test_a_piper_voice_that_is_not_there_is_missing(tmp_path: Path) -> None:
    tts = {"engines": {"zh": "piper"}, "voices": {"zh": "zh_CN-nobody"}}
    settings = Settings.model_validate({"models_dir": tmp_path, "tts": tts})

    found = next(each for each in checks.voice(settings) if each.part == "voice zh")

    assert found.state is State.MISSING
    assert "zh_CN-nobody" in found.remedy


def test_a_piper_voice_that_was_fetched_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())  # the package is there
    (tmp_path / "piper").mkdir()
    for name in ("zh_CN-somebody.onnx", "zh_CN-somebody.onnx.json"):
        (tmp_path / "piper" / name).touch()
    tts = {"engines": {"zh": "piper"}, "voices": {"zh": "zh_CN-somebody"}}
    settings = Settings.model_validate({"models_dir": tmp_path, "tts": tts})

    found = next(each for each in checks.voice(settings) if each.part == "voice zh")

    assert found.state is State.THERE


def test_a_program_at_our_port_that_speaks_no_http_is_no_hotline() -> None:
    def answer(server: socket.socket) -> None:
        with server.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer, args=(server,))
        answering.start()

        found = checks.is_running(Settings(web=Web(port=server.getsockname()[1])))
        answering.join()

    assert not found


def test_the_disk_that_is_looked_at_is_that_of_the_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Path] = []

    def usage(place: Path) -> SimpleNamespace:
        looked_at.append(place)
        return SimpleNamespace(free=int(1e12))

    monkeypatch.setattr(checks.shutil, "disk_usage", usage)
    recording = {"directory": tmp_path / "not" / "yet" / "made"}

    (found,) = checks.disk(Settings.model_validate({"recording": recording}))

    assert looked_at == [tmp_path]
    assert found.state is State.THERE


def test_a_database_is_made_by_the_first_start_and_not_by_the_doctor(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"

    (found,) = checks.store(Settings.model_validate({"store": {"url": url}}))

    assert found.state is State.THERE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1x/none", "not a database URL"),
        ("mysql://nobody@127.0.0.1/none", "not supported"),
    ],
)
def test_a_database_that_cannot_be_used_is_missing(url: str, words: str) -> None:
    (found,) = checks.store(Settings.model_validate({"store": {"url": url}}))

    assert found.state is State.MISSING
    assert words in found.detail
    assert found.remedy


def test_a_database_that_is_there_tells_its_tables(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    settings = Settings.model_validate({"store": {"url": url}})
    asyncio.run(upgraded(settings))

    (found,) = checks.store(settings)

    assert found.state is State.THERE
    assert found.detail.endswith(f"tables {newest_version()}")


async def upgraded(settings: Settings) -> None:
    database = open_database(settings.store)
    await upgrade(database)
    await database.close()


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("::", "http://[::1]:8780"),
        ("0.0.0.0", "http://127.0.0.1:8780"),
        ("fd00::7", "http://[fd00::7]:8780"),
        ("hotline.lan", "http://hotline.lan:8780"),
    ],
)
def test_the_pages_address_is_one_that_a_program_here_can_ask(host: str, wanted: str) -> None:
    assert Web(host=host).local_url == wanted
