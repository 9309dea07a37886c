"""Callers who only use the mind: they ask what the flows' examples ask, and answer what is asked.

Every choice and every pause comes from the caller's own seed; nothing but the clock is shared.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ivr.dialog import Dialog
from ivr.dialog.flows import FlowSet
from ivr.domain import CallerInput, CallInfo, Expect, Keys, Language, Opening, Then, Utterance
from ivr.errors import EngineError

THINK_S = (2.5, 7.5)
"""Between an answer and the next words, evenly spread: 5 s in the middle."""
TURNS = 12
"""A call ends after so many turns, if the mind has not ended it before."""
NUMBERS = ("7001", "7002", "")
"""Two customers of the example database and somebody without a number."""
ANSWERS = {
    Expect.YES_NO: {Language.EN: "yes please", Language.ZH: "是 的"},
    Expect.DATE: {Language.EN: "next wednesday", Language.ZH: "下 周三"},
    Expect.AMOUNT: {Language.EN: "three thousand five hundred", Language.ZH: "三千 五百"},
}


@dataclass(frozen=True)
class Taken:
    """One turn: when it was asked (perf_counter), what it took, and in which phase of the run."""

    at_s: float
    took_ms: float
    phase: str


@dataclass
class Callers:
    """Conversations that go on until told otherwise: when a call is over, the next one begins."""

    dialog: Dialog
    flows: FlowSet
    seed: int = 1
    phase: str = ""
    turns: list[Taken] = field(default_factory=list[Taken])
    failures: list[str] = field(default_factory=list[str])
    _number: int = 0

    async def hold(self, caller: int) -> None:
        """Call again and again; the first call begins somewhere in the first pause."""
        drawn = random.Random(f"{self.seed}-{caller}")
        language = list(Language)[caller % 2]
        asked = self._questions(language)
        await asyncio.sleep(drawn.uniform(0, THINK_S[1]))
        while True:
            self._number += 1
            call_id = f"bench-{self._number}"
            try:
                await self._call(call_id, language, asked, drawn)
            except EngineError as error:
                self.failures.append(str(error))
            finally:
                await self.dialog.close(call_id)

    async def _call(
        self, call_id: str, language: Language, asked: Sequence[str], drawn: random.Random
    ) -> None:
        number = drawn.choice(NUMBERS)
        key = f"key of {number}" if number else ""
        info = CallInfo(call_id, number, key, "95001", language, datetime.now(UTC))
        began = time.perf_counter()
        reply = await self.dialog.open(info, Opening())
        self._note(began)
        for turn in range(1, TURNS + 1):
            await asyncio.sleep(drawn.uniform(*THINK_S))
            expect, digits = reply.listening.expect, reply.listening.max_digits or 6
            said = _answer(expect, digits, language, drawn)
            began = time.perf_counter()
            reply = await self.dialog.reply(
                call_id, turn, said or Utterance(drawn.choice(asked), language, 0.9)
            )
            self._note(began)
            if reply.then is not Then.LISTEN:
                return

    def _note(self, began: float) -> None:
        took_ms = 1000 * (time.perf_counter() - began)
        self.turns.append(Taken(began, took_ms, self.phase))

    def _questions(self, language: Language) -> list[str]:
        return [each for flow in self.flows.flows.values() for each in flow.examples.of(language)]


def _answer(
    expect: Expect, digits: int, language: Language, drawn: random.Random
) -> CallerInput | None:
    """What a caller gives who was asked for something; None where the question was open."""
    if expect is Expect.MENU:
        return Keys("1")
    if expect is Expect.DIGITS:
        return Keys("".join(drawn.choices("0123456789", k=digits)))
    if expect in ANSWERS:
        return Utterance(ANSWERS[expect][language], language, 0.9)
    return None
