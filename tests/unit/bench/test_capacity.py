"""The capacity curve and the limit that follows from it."""

from pathlib import Path

import pytest

from ivr.analytics.caller_ear import EarReport, summarise
from ivr.bench.capacity import BEGIN, END, admission_limit, drawing, write
from ivr.bench.ladder import Ladder, Rung
from ivr.errors import ConfigError


def rung(callers: int, wait_s: float, dropped: int = 0) -> Rung:
    ear = summarise([EarReport(60, 0.1, silence_s=[wait_s], fall_silent_s=[0.2])])
    return Rung(callers, 60, ["gone"] * dropped, 0, 0.3, ear, {"hotline": 0.1 * callers}, {})


def ladder(*rungs: Rung) -> Ladder:
    return Ladder({"p50": 0.6}, list(rungs), {"cores": 2, "machine": "x", "load": 1.0})


def test_the_limit_is_the_last_rung_on_which_answers_came_in_time() -> None:
    assert admission_limit([rung(1, 0.5), rung(20, 1.4), rung(40, 1.6)]) == 20


def test_a_good_rung_above_a_bad_one_does_not_count() -> None:
    assert admission_limit([rung(1, 0.5), rung(20, 1.6), rung(40, 1.4)]) == 1


def test_a_rung_that_dropped_somebody_is_too_high() -> None:
    assert admission_limit([rung(1, 0.5), rung(20, 0.6, dropped=1)]) == 1


def test_no_rung_in_time_allows_nobody() -> None:
    assert admission_limit([rung(1, 2.0)]) == 0


def test_the_page_of_the_docs_is_filled_in_and_the_rest_of_it_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "capacity.md"
    file.write_text(f"# Before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")

    write(ladder(rung(1, 0.5), rung(20, 1.0)), tmp_path)
    write(ladder(rung(1, 0.5), rung(20, 1.2)), tmp_path)

    text = file.read_text("utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert text.count("| 20 |") == 1
    assert "1.20 / 1.20" in text
    assert "`limits.max_calls: 20`" in text


def test_a_page_without_a_place_for_the_figures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "capacity.md").write_text("# Nothing here\n", "utf-8")

    with pytest.raises(ConfigError, match="no place for the figures"):
        write(ladder(rung(1, 0.5)), tmp_path)


def test_the_drawing_shows_waits_and_cpu_over_callers() -> None:
    page = drawing(ladder(rung(1, 0.5), rung(20, 1.0)))

    for told in ("Wait for an answer", "Time to fall silent", "CPU by process", "hotline"):
        assert told in page
