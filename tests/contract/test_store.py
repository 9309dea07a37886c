"""One promise of memory, three makers: in the process, SQLite, PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from ivr.domain import (
    CallerEvent,
    CallerState,
    CallInfo,
    CallRecord,
    Candidate,
    Language,
    Opening,
    OpeningKind,
    Outcome,
    PastCall,
    Prediction,
    Speaker,
    Turn,
)
from ivr.errors import EngineRejected
from ivr.sim.store import MemoryStore
from ivr.store import (
    HISTORY_LIMIT,
    CallArchive,
    CallerMemory,
    CallFilter,
    CallStore,
    EarFigures,
    KeptOpening,
)
from tests.contract.conftest import OpenSql

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INFO = CallInfo("1772452800.7", "13800138000", "key-a", "95000", Language.ZH, NOON)
HEARD = Turn(1, Speaker.CALLER, "how much do I owe", Language.EN, 1.5, 3.25, "balance", 0.91)
SAID = Turn(
    2, Speaker.HOTLINE, "nothing at all", Language.EN, 3.9, 5.0, silence_s=0.65, interrupted=True
)


class Store(CallStore, CallerMemory, CallArchive, Protocol):
    """All that a memory promises."""


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, sql: OpenSql) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    async with sql(request.param) as opened:
        yield opened


def record(
    info: CallInfo = INFO, outcome: Outcome = Outcome.COMPLETED, **change: str
) -> CallRecord:
    return CallRecord(
        info.call_id,
        info.caller_key,
        info.dialled,
        Language(change.get("language", info.language)),
        info.arrived_at,
        info.arrived_at + timedelta(seconds=1),
        info.arrived_at + timedelta(seconds=61),
        outcome,
        change.get("question", "balance"),
        Opening(),
        agent=change.get("agent", ""),
        flows_version="v7",
    )


def later(info: CallInfo, number: int) -> CallInfo:
    moved = info.arrived_at + timedelta(hours=number)
    return replace(info, call_id=f"{info.call_id}-{number}", arrived_at=moved)


async def test_turns_come_back_as_they_were_spoken(store: Store) -> None:
    await store.begin(INFO)

    await store.add_turn(INFO.call_id, SAID)
    await store.add_turn(INFO.call_id, HEARD)

    assert list(await store.turns(INFO.call_id)) == [HEARD, SAID]


async def test_the_same_turn_again_replaces_the_first(store: Store) -> None:
    await store.begin(INFO)
    await store.add_turn(INFO.call_id, HEARD)

    await store.add_turn(INFO.call_id, replace(HEARD, text="how much is late"))

    assert [turn.text for turn in await store.turns(INFO.call_id)] == ["how much is late"]


async def test_a_turn_of_a_call_that_never_began_is_refused(store: Store) -> None:
    with pytest.raises(EngineRejected, match="store"):
        await store.add_turn("nobody", HEARD)


async def test_a_running_call_is_shown_without_an_outcome(store: Store) -> None:
    await store.begin(INFO)

    kept = await store.call(INFO.call_id)

    assert kept is not None
    assert (kept.outcome, kept.ended_at, kept.arrived_at) == (None, None, NOON)


async def test_beginning_twice_keeps_one_call(store: Store) -> None:
    await store.begin(INFO)

    await store.begin(INFO)

    assert len(await store.calls(CallFilter())) == 1


async def test_a_finished_call_tells_how_it_went(store: Store) -> None:
    await store.begin(INFO)
    await store.add_turn(INFO.call_id, HEARD)

    await store.finish(record(agent="6001"))

    kept = await store.call(INFO.call_id)
    assert kept is not None
    assert (kept.outcome, kept.question, kept.agent) == (Outcome.COMPLETED, "balance", "6001")
    assert (kept.turns, kept.flows_version) == (1, "v7")
    assert kept.ended_at == NOON + timedelta(seconds=61)


async def test_a_call_may_be_finished_that_was_never_begun(store: Store) -> None:
    await store.finish(record())

    assert await store.call(INFO.call_id) is not None


async def test_what_a_call_was_at_the_ear_is_kept_before_and_after_its_end(store: Store) -> None:
    figures = EarFigures(61.5, 0.1, (0.5, 0.7), (0.2,), turns=3, prompts=4, gaps_s=(0.06,))
    await store.begin(INFO)

    await store.note_ear(INFO.call_id, figures)
    await store.finish(record())

    call = await store.call(INFO.call_id)
    assert call is not None
    assert call.ear == figures
    assert call.outcome is not None


async def test_the_ear_of_an_unknown_call_is_not_kept(store: Store) -> None:
    await store.note_ear("nobody", EarFigures(1.0))

    assert await store.call("nobody") is None


async def test_an_unknown_call_is_nothing(store: Store) -> None:
    assert await store.call("nobody") is None
    assert list(await store.turns("nobody")) == []


async def test_the_opening_is_kept_with_the_guess_behind_it(store: Store) -> None:
    opening = Opening(OpeningKind.OFFER, ("overdue",), 0.9, held_out=True)
    evidence = {"wanted": "offer overdue", "worth_s": 2.5}
    guess = Prediction((Candidate("overdue", 0.62), Candidate("balance", 0.2)), "blend-3", evidence)
    await store.begin(INFO)

    await store.note_opening(INFO.call_id, opening, guess, "v7")
    await store.finish(record())

    kept = await store.call(INFO.call_id)
    assert kept is not None
    assert kept.opening == KeptOpening(opening, guess.candidates, "blend-3", "v7", evidence)


async def test_history_is_oldest_first_and_only_of_finished_calls(store: Store) -> None:
    second = later(INFO, 1)
    await store.finish(record(second, Outcome.CALLER_LEFT, question="fees"))
    await store.finish(record(INFO))
    await store.begin(later(INFO, 2))

    history = await store.history("key-a")

    assert list(history) == [
        PastCall(NOON, "balance", resolved=True),
        PastCall(NOON + timedelta(hours=1), "fees", resolved=False),
    ]


async def test_history_gives_only_the_latest_calls(store: Store) -> None:
    for number in range(HISTORY_LIMIT + 3):
        await store.finish(record(later(INFO, number)))

    history = await store.history("key-a")

    assert len(history) == HISTORY_LIMIT
    assert history[0].started_at == NOON + timedelta(hours=3)


async def test_a_withheld_number_has_no_history_and_no_language(store: Store) -> None:
    hidden = replace(INFO, caller="", caller_key="")
    await store.begin(hidden)
    await store.finish(record(hidden, language="en"))

    assert list(await store.history("")) == []
    assert await store.language("") is None


async def test_a_language_chosen_in_a_call_is_remembered(store: Store) -> None:
    await store.begin(INFO)
    await store.finish(record(language="en"))

    assert await store.language("key-a") is Language.EN


async def test_a_caller_who_never_chose_has_no_language(store: Store) -> None:
    await store.begin(INFO)
    await store.finish(record())

    assert await store.language("key-a") is None


async def test_a_caller_may_go_back_to_the_first_language(store: Store) -> None:
    await store.begin(INFO)
    await store.finish(record(language="en"))
    second = later(INFO, 1)
    await store.begin(second)

    await store.finish(record(second, language="zh"))

    assert await store.language("key-a") is Language.ZH


async def test_a_wish_to_be_called_back_keeps_the_number(store: Store) -> None:
    await store.begin(INFO)

    wish = await store.ask_call_back(INFO, "service")

    (kept,) = await store.call_backs()
    assert (kept.wish, kept.number, kept.queue) == (wish, "13800138000", "service")
    assert (kept.call_id, kept.language) == (INFO.call_id, Language.ZH)


async def test_a_caller_may_ask_to_be_called_on_another_number(store: Store) -> None:
    await store.begin(INFO)

    await store.ask_call_back(INFO, "service", number="02161234567")

    assert [kept.number for kept in await store.call_backs()] == ["02161234567"]


async def test_a_repeated_wish_is_one_wish_with_the_last_number(store: Store) -> None:
    await store.begin(INFO)
    wish = await store.ask_call_back(INFO, "service")

    again = await store.ask_call_back(INFO, "service", number="02161234567")

    assert again == wish
    assert [(kept.wish, kept.number) for kept in await store.call_backs()] == [
        (wish, "02161234567")
    ]


async def test_wishes_of_other_calls_and_queues_are_wishes_of_their_own(store: Store) -> None:
    second = later(INFO, 1)
    await store.begin(INFO)
    await store.begin(second)

    wishes = {
        await store.ask_call_back(info, queue)
        for info in (INFO, second)
        for queue in ("service", "collections")
    }

    assert {kept.wish for kept in await store.call_backs()} == wishes
    assert len(wishes) == 4


async def test_a_wish_repeated_after_it_was_met_stays_met(store: Store) -> None:
    await store.begin(INFO)
    wish = await store.ask_call_back(INFO, "service")
    await store.finish_call_back(wish)

    again = await store.ask_call_back(INFO, "service")

    assert again == wish
    assert list(await store.call_backs()) == []


async def test_nobody_can_be_called_back_without_a_number(store: Store) -> None:
    hidden = replace(INFO, caller="", caller_key="")
    await store.begin(hidden)

    with pytest.raises(EngineRejected, match="number"):
        await store.ask_call_back(hidden, "service")


async def test_a_met_wish_is_gone(store: Store) -> None:
    await store.begin(INFO)
    wish = await store.ask_call_back(INFO, "service")

    assert await store.finish_call_back(wish)
    assert not await store.finish_call_back(wish)
    assert list(await store.call_backs()) == []


async def test_the_latest_state_of_a_caller_counts(store: Store) -> None:
    await store.save_caller_state("key-a", CallerState(1, b"old"))

    await store.save_caller_state("key-a", CallerState(2, b"\x00new"))

    assert await store.caller_state("key-a") == CallerState(2, b"\x00new")
    assert await store.caller_state("key-b") is None


async def test_no_state_is_saved_for_a_withheld_number(store: Store) -> None:
    await store.save_caller_state("", CallerState(1, b"anybody"))

    assert await store.caller_state("") is None


async def test_an_event_is_kept_once(store: Store) -> None:
    event = CallerEvent("key-a", "payment_failed", NOON, "core-1", {"amount": 12.5, "auto": True})

    assert await store.add_event(event)
    assert not await store.add_event(replace(event, kind="refund"))
    assert list(await store.events("key-a", NOON)) == [event]


async def test_events_are_oldest_first_and_not_older_than_asked(store: Store) -> None:
    for hour in (3, 1, 2):
        at = NOON + timedelta(hours=hour)
        await store.add_event(CallerEvent("key-a", "bill", at, f"core-{hour}"))
    await store.add_event(CallerEvent("key-b", "bill", NOON + timedelta(hours=2), "core-9"))

    found = await store.events("key-a", NOON + timedelta(hours=2))

    assert [event.source_id for event in found] == ["core-2", "core-3"]


async def test_calls_are_found_by_time_outcome_and_language(store: Store) -> None:
    for number, outcome in enumerate(Outcome):
        await store.finish(record(later(INFO, number), outcome))
    await store.finish(record(later(INFO, 9), language="en"))

    since = CallFilter(since=NOON + timedelta(hours=4))
    failed = CallFilter(outcome=Outcome.FAILED)
    english = CallFilter(language=Language.EN)

    late = [f"-{number}" for number in range(4, len(Outcome))]
    assert [c.call_id[-2:] for c in await store.calls(since)] == ["-9", *reversed(late)]
    assert [c.outcome for c in await store.calls(failed)] == [Outcome.FAILED]
    assert [c.call_id[-2:] for c in await store.calls(english)] == ["-9"]
    assert [c.call_id[-2:] for c in await store.calls(CallFilter(limit=1))] == ["-9"]


async def test_the_latest_calls_of_an_agent_are_found(store: Store) -> None:
    for number, agent in enumerate(("6001", "6002", "", "6001", "6001")):
        await store.finish(record(later(INFO, number), Outcome.WITH_AGENT, agent=agent))

    found = await store.calls(CallFilter(agent="6001", limit=2))

    assert [call.call_id[-2:] for call in found] == ["-4", "-3"]


async def test_a_forgotten_caller_leaves_nothing_and_others_stay(store: Store) -> None:
    other = replace(later(INFO, 1), caller_key="key-b")
    for info in (INFO, other):
        await store.begin(info)
        await store.add_turn(info.call_id, HEARD)
        await store.ask_call_back(info, "service")
        await store.finish(record(info, language="en"))
        await store.save_caller_state(info.caller_key, CallerState(1, b"x"))
        await store.add_event(CallerEvent(info.caller_key, "bill", NOON, info.call_id))

    gone = await store.forget_caller("key-a")

    assert list(gone) == [INFO.call_id]
    assert await store.call(INFO.call_id) is None
    assert list(await store.turns(INFO.call_id)) == []
    assert list(await store.history("key-a")) == []
    assert await store.language("key-a") is None
    assert await store.caller_state("key-a") is None
    assert list(await store.events("key-a", NOON)) == []
    assert [kept.call_id for kept in await store.call_backs()] == [other.call_id]
    assert [call.call_id for call in await store.calls(CallFilter())] == [other.call_id]
    assert len(await store.events("key-b", NOON)) == 1


async def test_forgetting_nobody_deletes_nothing(store: Store) -> None:
    await store.finish(record(replace(INFO, caller_key="")))

    assert list(await store.forget_caller("")) == []
    assert await store.call(INFO.call_id) is not None


async def test_a_working_store_is_healthy(store: Store) -> None:
    assert await store.is_healthy()


async def test_finished_calls_come_oldest_first_and_only_the_latest(store: Store) -> None:
    for number in range(7):
        info = replace(INFO, call_id=f"c{number}", arrived_at=NOON + timedelta(seconds=number // 2))
        await store.begin(info)
        if number != 3:
            await store.finish(record(info))

    ids = [call.call_id async for call in store.finished(4)]
    none = [call async for call in store.finished(0)]
    everything = [call.call_id async for call in store.finished(100)]

    assert ids == ["c2", "c4", "c5", "c6"]
    assert none == []
    assert everything == ["c0", "c1", "c2", "c4", "c5", "c6"]
