"""Rendered prompts on disks that do not obey."""

import os
from pathlib import Path

import pytest

from ivr.tts.shelf import Shelf


def test_a_prompt_is_heard_from_a_disk_that_can_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path, 1000)
    shelf.write("hello", b"audio")

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)

    assert shelf.read("hello") == b"audio"


def test_what_cannot_be_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 1000)
    (tmp_path / "hello.pcm").mkdir()  # in the place of the file

    with pytest.raises(OSError, match=r"hello\.pcm"):
        shelf.write("hello", b"audio")

    assert [file.name for file in tmp_path.iterdir()] == ["hello.pcm"]
