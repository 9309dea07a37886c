"""A folder of flows as one immutable copy."""

import shutil
from pathlib import Path

import pytest

from ivr.dialog.snapshot import changed, fingerprint, load_version, read_folder, unpack
from ivr.errors import ConfigError
from tests.needs import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "flows", tmp_path / "flows"))


def test_what_is_unpacked_is_what_was_read(folder: Path, tmp_path: Path) -> None:
    files = read_folder(folder)

    version = load_version("v1", files, tmp_path / "served")

    assert read_folder(tmp_path / "served" / "v1") == files
    assert set(version.flows.flows) > {"refund", "balance"}


def test_editing_the_folder_does_not_change_what_is_served(folder: Path, tmp_path: Path) -> None:
    version = load_version("v1", read_folder(folder), tmp_path / "served")

    (folder / "refund.yaml").write_text("half a fi")

    assert load_version("v1", read_folder(tmp_path / "served" / "v1"), tmp_path / "served") == (
        version
    )


def test_a_copy_that_was_tampered_with_is_made_again(folder: Path, tmp_path: Path) -> None:
    files = read_folder(folder)
    copy = unpack(files, tmp_path / "v1")
    (copy / "refund.yaml").unlink()
    (copy / "refund.yaml").write_text("id: refund")

    unpack(files, tmp_path / "v1")

    assert read_folder(copy) == files


def test_the_version_changes_with_every_file_and_with_nothing_else(folder: Path) -> None:
    before = fingerprint(read_folder(folder))
    (folder / "notes.txt").write_text("not a flow")
    (folder / ".refund.yaml.swp.yaml").write_text("an editor's file")
    same = fingerprint(read_folder(folder))

    (folder / "refund.yaml").write_text((folder / "refund.yaml").read_text() + "# a word\n")

    assert same == before
    assert fingerprint(read_folder(folder)) != before


def test_text_cannot_move_from_one_file_to_another_unnoticed() -> None:
    assert fingerprint({"a": "bc"}) != fingerprint({"ab": "c"})


def test_the_files_that_changed_are_named() -> None:
    before = {"a.yaml": "1", "b.yaml": "1", "c.yaml": "1"}

    assert changed(before, {"a.yaml": "1", "b.yaml": "2", "d.yaml": "1"}) == [
        "b.yaml",
        "c.yaml",
        "d.yaml",
    ]


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "photo.yaml").write_bytes(b"\xff\xd8\xff")

    with pytest.raises(ConfigError, match=r"photo\.yaml: is not UTF-8"):
        read_folder(folder)


def test_ten_megabytes_are_refused_before_they_are_read(folder: Path) -> None:
    with (folder / "zz.yaml").open("wb") as huge:
        huge.truncate(10_000_000)

    with pytest.raises(ConfigError, match=r"zz\.yaml: with this file .* larger than 5 MB"):
        read_folder(folder)


@pytest.mark.parametrize("name", ["/etc/passwd.yaml", "../outside.yaml", ""])
def test_no_file_is_written_outside_the_copy(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no name of a file"):
        unpack({name: "text"}, tmp_path / "v1")

    assert not (tmp_path / "v1").exists()
