"""Answer before asked, live: what the store knows of a caller becomes a greeting.

The thin part between store and predictor. What is decided, and what a stranger may notice, is in
`ivr.predict.opening`; this file fetches, hands over, remembers until the call ends, and learns
what the caller really wanted: the question that was handled, not the "yes" to an offer.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from ivr import log, metrics
from ivr.call.engines import Decision
from ivr.domain import (
    CallerEvent,
    CallInfo,
    CallRecord,
    Language,
    OpeningKind,
    Outcome,
    PastCall,
    Prediction,
)
from ivr.errors import EngineRejected
from ivr.predict.features import CALL_NAMES, PAIR_NAMES
from ivr.predict.guardrail import Ended, Guardrail
from ivr.predict.history import ahead_h, candidates_of, hours_of, past_of
from ivr.predict.model import Guess
from ivr.predict.opening import (
    Caller,
    Choice,
    Permissions,
    Policy,
    Sure,
    Terms,
    choose,
    coin,
    permitted,
)
from ivr.predict.rules import Happened, Rule
from ivr.predict.snapshot import Learned
from ivr.predict.trend import Moment, Past

EVENTS_DAYS: Final = 30
LATELY_H: Final = 7 * 24.0
"""Calls of the last week count as lately."""
SHOWN: Final = 5
"""Candidates that are kept with a decision."""
RUNNING: Final = 1000
"""Guesses kept for calls that have not ended; the oldest goes when a call never ends."""

_log = log.get(__name__)


class CallerHistory(Protocol):
    """What is asked of the store."""

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        """Give the caller's latest finished calls, oldest first. Raises EngineError."""
        ...

    async def events(self, caller_key: str, since: datetime) -> Sequence[CallerEvent]:
        """Give the caller's events from `since` on. Raises EngineError."""
        ...


class _Running(NamedTuple):
    """A call between greeting and goodbye."""

    guess: Guess
    whole: Moment
    rules: tuple[Rule, ...]
    choice: Choice
    group: str


@dataclass
class LearnedOpener:
    """Keeps the promise `ivr.call.engines.Opener`."""

    store: CallerHistory
    learned: Learned
    permissions: Permissions
    policy: Policy
    flows_version: str = ""
    trusts_numbers: bool = False
    guardrail: Guardrail = field(default_factory=Guardrail)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _running: "OrderedDict[str, _Running]" = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._know(self.permissions)

    def adopt(self, permissions: Permissions, rules: tuple[Rule, ...], version: str) -> None:
        """Go on with other flows, from the next call; running calls are learnt from as before."""
        self.permissions, self.flows_version = permissions, version
        self.learned.rules.rules = rules
        self._know(permissions)

    async def decide(self, info: CallInfo) -> Decision:
        """Guess and choose a greeting; changes nothing but its memory of the running call."""
        past, events = await self._fetch(info)
        with _told_as_engine_error():
            running = self._choose(info, past, events)
        self._running[info.call_id] = running
        while len(self._running) > RUNNING:
            self._running.popitem(last=False)
        likely = nameable(running.guess, self.permissions, self._sure(info))
        return Decision(
            replace(running.choice.opening, likely=likely),
            self._prediction(running),
            self.flows_version,
            sum(hours_of(self.now()) - call.at_h <= LATELY_H for call in past),
        )

    async def warm_up(self) -> None:
        """Guess once for nobody: the first guess after a start takes longer than callers wait."""
        nobody = CallInfo("warm-up", "", "warm-up", "", Language.ZH, self.now())
        _, events = await self._fetch(nobody)
        now_h = hours_of(self.now())
        past = [Past(now_h - 48, name) for name in list(self.permissions)[:2]]
        with _told_as_engine_error():
            self._choose(nobody, past, events)

    async def learn(self, record: CallRecord) -> None:
        """Learn from a finished call; a call without a handled question teaches nothing."""
        running = self._running.pop(record.call_id, None)
        if running is None:
            return
        self._watch(record, running.choice)
        if record.question:
            with _told_as_engine_error():
                self._take_in(record.question, running)

    def _take_in(self, question: str, running: _Running) -> None:
        chances = dict(zip(running.guess.names, map(float, running.guess.chances), strict=True))
        self.learned.rules.learn(chances, (rule.key for rule in running.rules), question)
        self.learned.model.learn(running.guess, question, moment=running.whole)
        metrics.GUESS_DRIFT.set(self.learned.model.calibrator.drift_z())

    def use(self, learned: Learned) -> None:
        """Go on with what a newer training has learned."""
        learned.rules = self.learned.rules  # live: newer than the training's
        self.learned = learned
        self._know(self.permissions)

    def _know(self, questions: Iterable[str]) -> None:
        """So that rules can raise what nobody asked yet."""
        for question in questions:
            self.learned.model.reasons.add(question)

    # --- before the first word ---------------------------------------------------------------

    async def _fetch(self, info: CallInfo) -> tuple[list[Past], list[Happened]]:
        if not info.caller_key:
            return [], []
        since = self.now() - timedelta(days=EVENTS_DAYS)
        past = [past_of(call) for call in await self.store.history(info.caller_key)]
        events = await self.store.events(info.caller_key, since)
        return [p for p in past if p.reason], [Happened(e.kind, hours_of(e.at)) for e in events]

    def _choose(self, info: CallInfo, past: Sequence[Past], events: Sequence[Happened]) -> _Running:
        now, sure = self.now(), self._sure(info)
        now_h, ahead = hours_of(now), ahead_h(now)
        fired = self.learned.rules.fired(now_h, events, past)
        seen, rules = permitted(past, fired, self.permissions, sure)
        guess = self.learned.model.guess(Moment(now_h, seen, ahead_h=ahead))
        raised = self.learned.rules.apply(guess.names, guess.chances, rules)
        guess = replace(guess, chances=raised)
        group = f"{'returning' if seen else 'new'} {info.language.value}"
        policy = replace(self.policy, may_offer=not self.guardrail.tripped)
        terms = Terms(self.permissions, self.learned.gains, policy)
        draw = coin(info.call_id, self.policy.salt)
        choice = choose(candidates_of(guess), Caller(sure, group), terms, draw)
        whole = Moment(now_h, tuple(past), ahead_h=ahead)
        return _Running(guess, whole, rules, choice, group)

    def _sure(self, info: CallInfo) -> Sure:
        if not info.caller_key:
            return Sure.ANYONE
        return Sure.VERIFIED if self.trusts_numbers else Sure.NUMBER

    def _prediction(self, running: _Running) -> Prediction:
        candidates = tuple(candidates_of(running.guess)[:SHOWN])
        return Prediction(candidates, self.learned.name, _evidence(running))

    # --- after the last word -----------------------------------------------------------------

    def _watch(self, record: CallRecord, choice: Choice) -> None:
        if choice.wanted.kind is OpeningKind.ASK:
            return
        ended = Ended(
            was_offered=choice.opening.kind is not OpeningKind.ASK,
            hung_up=record.outcome is Outcome.CALLER_LEFT,
            was_transferred=record.outcome in (Outcome.WITH_AGENT, Outcome.NO_AGENT),
        )
        if self.guardrail.watch(ended):
            _log.error("offers switched off", problem=self.guardrail.tripped)
        metrics.OFFERS_OFF.set(bool(self.guardrail.tripped))


def nameable(guess: Guess, permissions: Permissions, sure: Sure) -> tuple[str, ...]:
    """Give the likeliest questions that may be named to whoever calls, as they may be offered."""
    allowed = {
        question
        for question, permission in permissions.items()
        if permission.offer_to is not None and permission.offer_to <= sure
    }
    likely = (candidate.question for candidate in candidates_of(guess))
    return tuple(question for question in likely if question in allowed)[:SHOWN]


@contextmanager
def _told_as_engine_error() -> Iterator[None]:
    """Let a mistake in our arithmetic cost an ordinary greeting, never the call."""
    try:
        yield
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise EngineRejected("opener", f"the guess failed ({type(error).__name__})") from error


def _evidence(running: _Running) -> dict[str, str | float]:
    """Give what guess and greeting were made from: figures of the likeliest question."""
    evidence: dict[str, str | float] = {
        "wanted": running.choice.wanted.kind.value,
        "wanted_questions": " ".join(running.choice.wanted.questions),
        "worth_s": round(running.choice.worth_s, 3),
        "best": running.choice.best.question if running.choice.best else "",
        "top": round(running.choice.best.probability, 4) if running.choice.best else 0.0,
        "group": running.group,
        "rules": "; ".join(rule.key for rule in running.rules),
    }
    features = running.guess.features
    if features is None or not len(running.guess.chances):
        return evidence
    top = int(running.guess.chances.argmax())
    if top < len(features.pairs):
        named = zip(PAIR_NAMES, features.pairs[top], strict=True)
        evidence |= {f"pair.{name}": round(float(value), 3) for name, value in named if value}
    named = zip(CALL_NAMES, features.call, strict=True)
    return evidence | {f"call.{name}": round(float(value), 3) for name, value in named if value}
