"""Logs of others: read as they are, or refused with line and remedy."""

import gzip
import math
from pathlib import Path

import pytest

from ivr.errors import ConfigError
from ivr.predict.log_file import read_log, read_logs

HEAD = "call_id,opened_at,resolved_at,caller_id,category\n"


def _written(folder: Path, text: str, name: str = "log.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_line_becomes_a_call(tmp_path: Path) -> None:
    file = _written(tmp_path, HEAD + "a,1970-01-02 00:00:00,,李雷,balance\n")

    (call,) = read_log(file).calls

    assert (call.call_id, call.at_h, call.caller, call.reason) == ("a", 24.0, "李雷", "balance")
    assert call.resolved_h == math.inf


def test_a_packed_log_reads_alike(tmp_path: Path) -> None:
    file = tmp_path / "log.csv.gz"
    file.write_bytes(gzip.compress((HEAD + "a,2026-05-01,,x,y\n").encode()))

    assert len(read_log(file).calls) == 1


def test_columns_are_mapped_and_unused_ones_named(tmp_path: Path) -> None:
    text = "id,when,who,why,mood\n1,2026-05-01T08:00:00+08:00,x,card,bad\n"
    names = {"id": "call_id", "when": "opened_at", "who": "caller_id", "why": "category"}

    log = read_log(_written(tmp_path, text), names)

    assert log.calls[0].reason == "card"
    assert any("mood" in note for note in log.notes)


def test_time_that_goes_backwards_is_sorted_and_said(tmp_path: Path) -> None:
    text = HEAD + "b,2026-05-02,,x,y\na,2026-05-01,,x,y\n"

    log = read_log(_written(tmp_path, text))

    assert [call.call_id for call in log.calls] == ["a", "b"]
    assert any("backwards on 1 lines" in note for note in log.notes)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has no column 'call_id'"),
        (HEAD, "holds no calls"),
        ("call_id,opened_at,caller_id,categorie\n", "Did you mean 'categorie'"),
        (HEAD + "a,yesterday,,x,y\n", r"log.csv:2: opened_at 'yesterday' is not a date"),
        (HEAD + "a,2026-05-01,2026-13-01,x,y\n", "resolved_at '2026-13-01' is not a date"),
        (
            HEAD + "a,2026-05-01,,x,y\na,2026-05-02,,x,y\n",
            "log.csv:3: call_id 'a' is also on line 2",
        ),
        (HEAD + ",2026-05-01,,x,y\n", "log.csv:2: call_id is empty"),
        (HEAD + "a,2026-05-01,,x,\n", "log.csv:2: category is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    file = _written(tmp_path, text)

    with pytest.raises(ConfigError, match=complaint):
        read_log(file)


def test_mapping_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file = _written(tmp_path, HEAD)

    with pytest.raises(ConfigError, match=r"no column 'kind'.*There are: call_id"):
        read_log(file, {"kind": "category"})


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="UTF-8"):
        read_log(file)


def test_a_packed_log_that_was_damaged_is_refused(tmp_path: Path) -> None:
    lines = "".join(f"{number},2026-05-01,,x{number % 7},y\n" for number in range(500))
    packed = bytearray(gzip.compress((HEAD + lines).encode()))
    packed[200:260] = bytes(60)
    file = tmp_path / "log.csv.gz"
    file.write_bytes(packed)

    with pytest.raises(ConfigError, match=r"log\.csv\.gz: cannot be read"):
        read_log(file)


def test_a_call_in_two_files_is_refused(tmp_path: Path) -> None:
    line = "a,2026-05-01,,x,y\n"
    files = [_written(tmp_path, HEAD + line, "1.csv"), _written(tmp_path, HEAD + line, "2.csv")]

    with pytest.raises(ConfigError, match=r"'a' is also in .*1\.csv"):
        read_logs(files)
