"""The live opener: from what the store knows to a greeting, and back to what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ivr.call.engines import Decision
from ivr.call.guessing import LearnedOpener
from ivr.domain import (
    CallerEvent,
    CallInfo,
    CallRecord,
    Language,
    Opening,
    OpeningKind,
    Outcome,
    PastCall,
)
from ivr.errors import EngineRejected
from ivr.predict.guardrail import Guardrail
from ivr.predict.opening import Permission, Policy, Sure
from ivr.predict.rules import parse_rule
from ivr.predict.snapshot import Learned

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PERMISSIONS = {
    "fees": Permission(Sure.NUMBER),
    "payment_failed": Permission(Sure.NUMBER),
    "overdue": Permission(Sure.VERIFIED),
}


@dataclass
class _Store:
    """Knows callers' pasts and events."""

    past: dict[str, list[PastCall]] = field(default_factory=dict)
    happened: list[CallerEvent] = field(default_factory=list)

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        return self.past.get(caller_key, [])

    async def events(self, caller_key: str, since: datetime) -> Sequence[CallerEvent]:
        return [e for e in self.happened if e.caller_key == caller_key and e.at >= since]


def _opener(store: _Store, policy: Policy | None = None, *, trusts: bool = False) -> LearnedOpener:
    learned = Learned()
    learned.rules.rules = (parse_rule("payment_failed", "payment failed within 24 h"),)
    policy = policy or Policy(holdout=0.0)
    return LearnedOpener(
        store, learned, PERMISSIONS, policy, "v1", trusts_numbers=trusts, now=lambda: NOON
    )


def _info(call_id: str = "1.1", caller_key: str = "key") -> CallInfo:
    return CallInfo(call_id, "", caller_key, "95000", Language.EN, NOON)


def _record(question: str, opening: Opening, call_id: str = "1.1") -> CallRecord:
    return CallRecord(
        call_id=call_id,
        caller_key="key",
        dialled="95000",
        language=Language.EN,
        arrived_at=NOON,
        answered_at=NOON,
        ended_at=NOON + timedelta(minutes=2),
        outcome=Outcome.COMPLETED,
        question=question,
        opening=opening,
    )


def _asked(question: str, times: int = 6) -> list[PastCall]:
    return [PastCall(NOON - timedelta(hours=3 * n), question, False) for n in range(times, 0, -1)]


async def test_who_always_asks_the_same_is_offered_it() -> None:
    decision = await _opener(_Store({"key": _asked("fees")})).decide(_info())

    assert decision.opening.kind is OpeningKind.OFFER
    assert decision.opening.questions == ("fees",)
    assert decision.flows_version == "v1"
    assert decision.prediction.candidates[0].question == "fees"


async def test_a_withheld_number_is_asked() -> None:
    opener = _opener(_Store({"": _asked("fees")}))

    assert (await opener.decide(_info(caller_key=""))).opening == Opening()


async def test_a_secret_past_changes_nothing_that_a_stranger_hears() -> None:
    plain = await _opener(_Store({"key": []})).decide(_info())
    secret = await _opener(_Store({"key": _asked("overdue")})).decide(_info())

    # How often they called is for verified callers alone: see `ivr.dialog.groups`.
    assert plain == replace(secret, calls_lately=plain.calls_lately)


async def test_a_trusted_line_makes_the_secret_past_count() -> None:
    opener = _opener(_Store({"key": _asked("overdue")}), trusts=True)

    assert (await opener.decide(_info())).opening.questions == ("overdue",)


async def test_examples_for_a_caller_are_what_may_be_offered_to_them() -> None:
    store = _Store({"key": [*_asked("overdue"), *_asked("fees", 2)]})

    to_stranger = await _opener(store).decide(_info())
    on_trusted_line = await _opener(store, trusts=True).decide(_info("1.2"))

    assert to_stranger.opening.likely[0] == "fees"
    assert "overdue" not in to_stranger.opening.likely
    assert on_trusted_line.opening.likely[0] == "overdue"


async def test_an_event_raises_its_question() -> None:
    event = CallerEvent("key", "payment_failed", NOON - timedelta(hours=1), "bank-1")

    decision = await _opener(_Store(happened=[event])).decide(_info())

    assert decision.opening.questions[:1] == ("payment_failed",)
    assert decision.prediction.evidence["rules"] == "payment_failed: payment failed within 24 h"


async def test_every_decision_says_what_it_was_made_from() -> None:
    decision = await _opener(_Store({"key": _asked("fees")}), Policy(holdout=1.0)).decide(_info())

    evidence = decision.prediction.evidence
    assert decision.opening == Opening(propensity=1.0, held_out=True)
    assert evidence["wanted"] == "offer"
    assert evidence["wanted_questions"] == "fees"
    assert evidence["group"] == "returning en"
    assert evidence["pair.is_last"] == 1.0
    assert evidence["call.log_calls"] > 0


async def test_what_was_handled_is_learned_not_what_was_offered() -> None:
    opener = _opener(_Store({"key": _asked("fees")}))
    decision = await opener.decide(_info())

    await opener.learn(_record("payment_failed", decision.opening))

    assert opener.learned.model.trend.calls == 1
    counts = opener.learned.model.trend.counts("first", "", 0.0)
    assert counts.sum() == 0  # the caller was no newcomer
    after_fees = opener.learned.model.trend.counts("after", "fees", NOON.timestamp() / 3600)
    number = opener.learned.model.reasons.number("payment_failed")
    assert number is not None
    assert after_fees[number] == 1


async def test_a_call_without_a_handled_question_teaches_nothing() -> None:
    opener = _opener(_Store())
    decision = await opener.decide(_info())

    await opener.learn(_record("", decision.opening))
    await opener.learn(_record("fees", Opening(), call_id="never seen"))

    assert opener.learned.model.trend.calls == 0


async def test_a_tripped_guardrail_means_questions_for_all() -> None:
    opener = _opener(_Store({"key": _asked("fees")}))
    opener.guardrail = Guardrail("callers hang up")

    assert (await opener.decide(_info())).opening == Opening()


async def test_a_newer_training_is_taken_over_with_the_rules() -> None:
    opener = _opener(_Store({"key": _asked("fees")}))
    newer = Learned(name="t2")

    opener.use(newer)
    decision: Decision = await opener.decide(_info())

    assert decision.prediction.model == "t2"
    assert newer.rules.rules[0].question == "payment_failed"


async def test_a_mistake_in_the_guess_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    opener = _opener(_Store({"key": _asked("fees")}))
    monkeypatch.setattr(opener.learned.model.linear, "weights", np.zeros(3))

    with pytest.raises(EngineRejected, match="the guess failed"):
        await opener.decide(_info())


async def test_warming_up_changes_no_later_guess() -> None:
    warm, cold = _opener(_Store()), _opener(_Store())

    await warm.warm_up()

    assert (await warm.decide(_info())) == (await cold.decide(_info()))
