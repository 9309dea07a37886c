"""The three calls of the demonstration: what the callers do and what must come of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.domain import CallRecord, Language, Outcome, Speaker, Turn
from ivr.sim.caller import Caller, CallerGaveUp
from ivr.sim.phone import Phone

BRIEF_HEADER: Final = "X-Hotline-Brief-1"

Play = Callable[[Caller, Phone], Awaitable[None]]


@dataclass(frozen=True)
class DemoCall:
    """One call: who dials what, what they do, and how to tell that it came out right."""

    name: str
    title: str
    number: str
    language: Language
    play: Play
    faults: Callable[[CallRecord, Sequence[Turn]], list[str]]


async def ask_twice(caller: Caller, _agent: Phone) -> None:
    """Ask two things in Mandarin and say goodbye."""
    await caller.hears_a_prompt()
    await caller.asks("hours")
    await caller.asks("fees")
    await caller.says("goodbye")
    await caller.is_hung_up_on()


def asked_twice(record: CallRecord, turns: Sequence[Turn]) -> list[str]:
    """Two questions understood, goodbye said, ended by the hotline."""
    return [
        *_unless(record.outcome is Outcome.COMPLETED, f"outcome is {record.outcome}"),
        *_understood(turns, "opening_hours", "fees", "goodbye"),
    ]


async def interrupt(caller: Caller, _agent: Phone) -> None:
    """Ask in English, interrupt the answer, give a number by keypad."""
    await caller.hears_a_prompt()
    await caller.says("hours")
    await caller.interrupts("refund", after_s=0.8)
    await caller.presses("202688")
    await caller.says("goodbye")
    await caller.is_hung_up_on()


def interrupted(record: CallRecord, turns: Sequence[Turn]) -> list[str]:
    """The answer was cut, the number arrived, the refund was told."""
    cut = any(turn.interrupted for turn in turns)
    entered = any(turn.text == "[6 keys]" for turn in turns)
    return [
        *_unless(record.outcome is Outcome.COMPLETED, f"outcome is {record.outcome}"),
        *_understood(turns, "opening_hours", "refund"),
        *_unless(cut, "the answer was not interrupted"),
        *_unless(entered, "the number did not arrive"),
        *_unless(record.question == "refund", f"it was about {record.question or 'nothing'}"),
    ]


async def ask_for_a_person(caller: Caller, agent: Phone) -> None:
    """Ask for a person; both must hear each other; the agent hangs up."""
    await caller.hears_a_prompt()
    await caller.says("person")
    ringing = await asyncio.wait_for(agent.rings(), 15)
    if not ringing.header(BRIEF_HEADER):
        raise CallerGaveUp("the agent's phone rang without a brief")
    await asyncio.wait_for(ringing.answered(), 5)
    talk = Caller(ringing, caller.language)
    await caller.audio.hears_silence(0.5)
    await asyncio.gather(caller.audio.hears_sound(0.1), talk.says("okay"))
    await asyncio.gather(ringing.audio.hears_sound(0.1), caller.says("thanks"))
    await ringing.hang_up()
    await caller.is_hung_up_on()


def reached_a_person(record: CallRecord, turns: Sequence[Turn]) -> list[str]:
    """An agent took the call."""
    return [
        *_unless(record.outcome is Outcome.WITH_AGENT, f"outcome is {record.outcome}"),
        *_understood(turns, "person"),
        *_unless(bool(record.agent), "no agent is noted"),
    ]


def _understood(turns: Sequence[Turn], *intents: str) -> list[str]:
    found = {turn.intent for turn in turns if turn.speaker is Speaker.CALLER}
    return [f"{intent} was not understood" for intent in intents if intent not in found]


def _unless(is_right: bool, fault: str) -> list[str]:
    return [] if is_right else [fault]


CALLS: Final = (
    DemoCall(
        "mandarin", "asks two things and says goodbye", "95000", Language.ZH, ask_twice, asked_twice
    ),
    DemoCall(
        "english",
        "interrupts the answer, enters a number",
        "95001",
        Language.EN,
        interrupt,
        interrupted,
    ),
    DemoCall(
        "person", "asks for a person", "95001", Language.EN, ask_for_a_person, reached_a_person
    ),
)
