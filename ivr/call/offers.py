"""Puts the opener together from settings, flows and what was learned; keeps it up to date."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ivr import log, metrics
from ivr.call.engines import Opener
from ivr.call.guessing import CallerHistory, LearnedOpener
from ivr.call.opener import AskingOpener
from ivr.config import Settings
from ivr.dialog.flows import FlowSet, MayHear
from ivr.dialog.version import Version
from ivr.errors import ConfigError, EngineError, EngineRejected
from ivr.predict.guardrail import Guardrail
from ivr.predict.opening import Permission, Policy, Sure
from ivr.predict.rules import Rule, parse_rule
from ivr.predict.snapshot import Learned, from_bytes
from ivr.telephony.scope import kept_up, task_scope

LOOK_S: Final = 60.0
"""Seconds between two looks for a newer training or a person's word on a guardrail."""

_SURE: Final = {
    MayHear.ANYONE: Sure.ANYONE,
    MayHear.NUMBER_KNOWN: Sure.NUMBER,
    MayHear.VERIFIED: Sure.VERIFIED,
}
_TRIPPED, _ON = "off", "on"
_log = log.get(__name__)


def permissions_of(flows: FlowSet) -> dict[str, Permission]:
    """Give what may be offered or answered unasked, and to whom."""
    return {
        flow.id: Permission(
            offer_to=None if flow.offer is None else _SURE[flow.offer_to or flow.may_hear],
            # Only an answer that needs nothing from the caller can come before the question.
            answer_to=None if flow.needs_form or flow.offer is None else Sure.ANYONE,
        )
        for flow in flows.flows.values()
    }


def rules_of(flows: FlowSet) -> tuple[Rule, ...]:
    """Give the rules of all flows; raises ConfigError for one that makes no sense."""
    return tuple(
        parse_rule(flow.id, text) for flow in flows.flows.values() for text in flow.offer_when
    )


def _rules_with_sense(flows: FlowSet) -> Iterator[Rule]:
    for flow in flows.flows.values():
        for text in flow.offer_when:
            try:
                yield parse_rule(flow.id, text)
            except ConfigError as error:
                _log.error("rule left out", problem=error.problem, remedy=error.remedy)


def adopt(opener: Opener, version: Version) -> None:
    """Offer from now on what another version allows; nothing that it does not know.

    Raises ConfigError for rules that make no sense, and changes nothing then.
    """
    if not isinstance(opener, LearnedOpener):
        return  # asks everybody, whatever the flows
    rules = rules_of(version.flows)
    opener.adopt(permissions_of(version.flows), rules, version.name)


def make_opener(
    settings: Settings, flows: FlowSet, store: CallerHistory, version: str = ""
) -> LearnedOpener:
    """Make the opener with the rules that make sense; the others are told in the log.

    They were published before this program refused them, and callers come before offers.
    """
    learned = load_learned(settings.predict.learned_file) or Learned()
    learned.rules.rules = tuple(_rules_with_sense(flows))
    return LearnedOpener(
        store=store,
        learned=learned,
        permissions=permissions_of(flows),
        policy=Policy(holdout=settings.predict.holdout, worth_s=settings.predict.worth_s),
        flows_version=version or flows.version,
        trusts_numbers=settings.predict.trust_numbers,
        guardrail=_guardrail(settings),
    )


@asynccontextmanager
async def running_opener(
    settings: Settings, flows: FlowSet, store: CallerHistory, version: str = ""
) -> AsyncIterator[Opener]:
    """Give the opener that the settings ask for, kept up to date while the block runs."""
    if not settings.predict.enabled:
        yield AskingOpener()
        return
    opener = make_opener(settings, flows, store, version)
    metrics.OFFERS_OFF.set(bool(opener.guardrail.tripped))
    try:
        await opener.warm_up()
    except EngineError as error:
        _log.warning("guesses could not be warmed up", problem=error.problem)
    lookout = Lookout(opener, settings)
    async with task_scope() as keeping:
        keeping.create_task(kept_up(lookout.keep, "offers"))
        try:
            yield opener
        finally:
            lookout.leave()


def off_file(settings: Settings) -> Path:
    """Give the file that says why offers are off; people delete it to switch them on again."""
    return settings.state_dir / "offers-off"


def seen_file(settings: Settings) -> Path:
    """Give the file that keeps what the guardrail has seen over a restart."""
    return settings.state_dir / "offers-seen"


def _guardrail(settings: Settings) -> Guardrail:
    """Go on where the last run ended; a damaged file costs what was seen, and nothing else."""
    off, seen = off_file(settings), seen_file(settings)
    tripped = off.read_text("utf-8") if off.exists() else ""
    try:
        was_tripped, calls = seen.read_text("ascii").split(" ")
        if was_tripped == _TRIPPED and not tripped:
            return Guardrail()  # somebody has looked, and switched offers on while we were away
        return Guardrail(tripped, calls)
    except FileNotFoundError:
        return Guardrail(tripped)
    except (OSError, ValueError) as error:
        _log.warning("seen offers not read", error=type(error).__name__)
        return Guardrail(tripped)


def load_learned(file: Path) -> Learned | None:
    """Read what was learned; None where nothing was, or where it cannot be read (logged)."""
    try:
        return from_bytes(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, EngineRejected) as error:
        _log.error("learned guesses not read", problem=str(error))
        return None


class Lookout:
    """Takes over newer trainings, and keeps the guardrail's word in a file."""

    def __init__(self, opener: LearnedOpener, settings: Settings) -> None:
        self._opener, self._file = opener, settings.predict.learned_file
        self._off, self._seen = off_file(settings), seen_file(settings)
        self._kept = ""
        self._read_at = _changed_at(self._file)
        self._was_off = bool(opener.guardrail.tripped)

    async def keep(self) -> None:
        """Look every minute until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Look once."""
        if (changed_at := _changed_at(self._file)) != self._read_at:
            self._read_at = changed_at
            if learned := await asyncio.to_thread(load_learned, self._file):
                self._opener.use(learned)
                _log.info("newer guesses taken over", model=learned.name)
        self._heed(self._opener.guardrail)
        if (seen := self._news()) is not None:
            await asyncio.to_thread(self._keep, seen)

    def leave(self) -> None:
        """Write down what the guardrail has seen since the last look: the next start reads it."""
        try:
            self._heed(self._opener.guardrail)
            if (seen := self._news()) is not None:
                self._keep(seen)
        except OSError as error:
            _log.error("offers that are off not noted", problem=error.strerror)

    def _news(self) -> str | None:
        """Give what the guardrail has seen, None where that is kept already."""
        guardrail = self._opener.guardrail
        seen = f"{_TRIPPED if guardrail.tripped else _ON} {guardrail.seen}"
        return seen if seen != self._kept else None

    def _keep(self, seen: str) -> None:
        self._seen.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._seen.with_suffix(".new")
        fresh.write_text(seen, "ascii")
        fresh.replace(self._seen)
        self._kept = seen

    def _heed(self, guardrail: Guardrail) -> None:
        if guardrail.tripped and not self._was_off:
            self._off.parent.mkdir(parents=True, exist_ok=True)
            self._off.write_text(guardrail.tripped, "utf-8")
        elif guardrail.tripped and not self._off.exists():
            guardrail.reset()
            metrics.OFFERS_OFF.set(0)
            _log.info("offers switched on again")
        self._was_off = bool(guardrail.tripped)


def _changed_at(file: Path) -> float:
    return file.stat().st_mtime if file.exists() else 0.0
