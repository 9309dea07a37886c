"""The list of how a model's words sound: written, read again, and damaged."""

from pathlib import Path

import pytest

from ivr.asr.build import lexicon_file
from ivr.errors import ConfigError

SOUNDS = ("A", "B", "C")


def test_what_is_written_is_read_again_as_columns_of_the_network(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.txt"
    file.write_text(lexicon_file.text({"再见": (("B", "A"), ("B", "C")), "嗯": (("C",),)}), "utf-8")

    assert lexicon_file.read(file, SOUNDS) == {"再见": ((2, 1), (2, 3)), "嗯": ((3,),)}


@pytest.mark.parametrize("line", ["word", "word A X", ""])
def test_a_line_without_sounds_of_the_model_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "lexicon.txt"
    file.write_text(f"fine A B\n{line}\n")

    with pytest.raises(ConfigError, match=r"lexicon\.txt:2.*sounds"):
        lexicon_file.read(file, SOUNDS)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.txt"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match=r"lexicon\.txt"):
        lexicon_file.read(file, SOUNDS)
