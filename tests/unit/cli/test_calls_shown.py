"""Kept calls in a terminal."""

from datetime import UTC, datetime

import pytest

from ivr.cli.calls_shown import show_list
from ivr.domain import Language, Outcome
from ivr.store import KeptCall

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_the_id_of_a_call_is_whole_however_narrow_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    call_id = "hotline-1795253400.12345678"
    call = KeptCall(
        call_id=call_id,
        caller_key="",
        dialled="95001",
        language=Language.EN,
        arrived_at=AT,
        answered_at=AT,
        ended_at=AT,
        outcome=Outcome.COMPLETED,
        question="instalment_quote",
        opening=None,
        agent="",
        flows_version="",
        turns=12,
        ear=None,
    )

    show_list([call])

    assert call_id in capsys.readouterr().out
