"""A caller with a habit hears the offer in the greeting, and takes it, declines it or talks on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.config.settings import Predict
from ivr.domain import CallInfo, CallRecord, Language, Opening, OpeningKind, Outcome
from ivr.store.records import KeptCall
from ivr.store.sql import SqlStore
from tests.e2e.hotline import START_S, Hotline, running, settings_for

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

HABIT = "fees"
"""A question that anyone may be offered: what is kept about it is no secret."""
PAST = (HABIT, HABIT, "limit", HABIT, "password", HABIT, HABIT)
"""Not always the same: what is all but certain would be answered without being offered."""


@pytest_asyncio.fixture(loop_scope="session")
async def guessing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hotline]:
    """A hotline that guesses, and whose first three callers always ask the same."""
    settings = settings_for(Path(tmp_path_factory.mktemp("guessing")))
    # No hold-out, and time enough on a busy machine: every caller is to hear what was guessed.
    guesses = Predict(holdout=0.0, deadline_s=2.0)
    settings = settings.model_copy(update={"predict": guesses})
    async with running(settings) as here:
        for extension in ("7001", "7002", "7003"):
            await _has_asked(here.store, extension, PAST)
        yield here


async def _has_asked(store: SqlStore, extension: str, questions: Sequence[str]) -> None:
    key = store.key_of(extension)
    for number, question in enumerate(questions):
        at = datetime.now(UTC) - timedelta(days=2 * (len(questions) - number))
        call_id = f"{extension}.{number}"
        await store.begin(CallInfo(call_id, extension, key, "95001", Language.EN, at))
        took = timedelta(seconds=40)
        await store.finish(
            CallRecord(
                call_id=call_id,
                caller_key=key,
                dialled="95001",
                language=Language.EN,
                arrived_at=at,
                answered_at=at,
                ended_at=at + took,
                outcome=Outcome.COMPLETED,
                question=question,
                opening=Opening(),
            )
        )


async def _calls_and_says(hotline: Hotline, extension: str, *lines: str) -> None:
    async with hotline.caller(extension=extension) as caller:
        await caller.hears_a_prompt()
        for line in lines:
            await caller.asks(line)


async def test_an_offer_is_taken_declined_or_talked_past(guessing: Hotline) -> None:
    await asyncio.gather(
        _calls_and_says(guessing, "7001", "yes"),
        _calls_and_says(guessing, "7002", "no", "hours"),
        _calls_and_says(guessing, "7003", "hours"),
        _calls_and_says(guessing, "7004", "hours"),
    )

    taken, declined, talked_past, stranger = [
        await guessing.record(extension) for extension in ("7001", "7002", "7003", "7004")
    ]
    habitual = (taken, declined, talked_past)
    assert {_kind(each) for each in habitual} == {OpeningKind.OFFER}
    assert _kind(stranger) is OpeningKind.ASK
    assert taken.question == HABIT
    assert {each.question for each in (declined, talked_past, stranger)} == {"opening_hours"}


def _kind(call: KeptCall) -> OpeningKind | None:
    return call.opening.opening.kind if call.opening else None
