"""Callers who are no model customers, many at once: each is answered, and none harms another.

The long ones call at the same time, once for all tests of this file; each test then looks at
what came of its caller.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import pytest_asyncio

from ivr.domain import FRAME_BYTES, SAMPLE_RATE_HZ, Language, Outcome, Speaker, Turn
from ivr.sim.caller import Caller, calling
from ivr.sim.callers import caller_lines
from ivr.sim.phone import Line, phone
from ivr.store.records import KeptCall
from tests.e2e.hotline import PATIENCE_S, PROVIDER, START_S, Hotline

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

KEYS = 200
MONOLOGUE_S = 60.0
NOISE_S = 12.0


@dataclass(frozen=True)
class Past:
    """What came of a call."""

    record: KeptCall
    turns: Sequence[Turn]

    def said_by(self, speaker: Speaker) -> list[Turn]:
        """Give the turns of one side."""
        return [turn for turn in self.turns if turn.speaker is speaker]


def pcm(caller: Caller, name: str) -> bytes:
    """Give a line of the caller's language."""
    return caller_lines(caller.language)[name].pcm


async def ends_well(caller: Caller) -> None:
    """Say goodbye until the hotline hangs up: whoever is at the phone can still use it."""
    for _ in range(3):
        await caller.says("goodbye")
        try:
            await asyncio.wait_for(caller.call.ended(), 6)
            return
        except TimeoutError:
            continue
    await caller.is_hung_up_on()


async def presses_200_keys(caller: Caller) -> None:
    caller.audio.press("1234567890" * (KEYS // 10))
    await caller.audio.said_all()
    await caller.audio.hears_silence(0.9)
    await ends_well(caller)


async def says_nothing(caller: Caller) -> None:
    await asyncio.wait_for(caller.call.ended(), 120)


async def is_on_a_noisy_street(caller: Caller) -> None:
    noise = np.random.default_rng(1).normal(0, 1500, int(NOISE_S * SAMPLE_RATE_HZ))
    caller.audio.say(noise.astype("<i2").tobytes())
    await caller.audio.said_all()
    await caller.audio.hears_silence(0.9)
    await ends_well(caller)


async def shouts(caller: Caller) -> None:
    samples = np.frombuffer(pcm(caller, "hours"), "<i2").astype(np.float64)
    clipped = np.clip(samples * 20, -32768, 32767).astype("<i2").tobytes()
    caller.audio.say(clipped)
    await caller.audio.said_all()
    await caller.hears_a_prompt()
    await ends_well(caller)


async def talks_for_a_minute(caller: Caller) -> None:
    line = pcm(caller, "long")
    while caller.audio.say(line) < MONOLOGUE_S:
        pass
    await caller.audio.said_all()
    await caller.audio.hears_silence(0.9)
    await ends_well(caller)


BEHAVIOURS: dict[str, tuple[Language, Callable[[Caller], Awaitable[None]]]] = {
    "7001": (Language.EN, presses_200_keys),
    "7002": (Language.ZH, says_nothing),
    "7003": (Language.EN, is_on_a_noisy_street),
    "7004": (Language.EN, shouts),
    "7005": (Language.ZH, talks_for_a_minute),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def evening(hotline: Hotline) -> AsyncIterator[dict[str, Past]]:
    """All of them call at once."""

    async def calls(extension: str) -> Past:
        language, behaves = BEHAVIOURS[extension]
        async with asyncio.timeout(150), hotline.caller(language, extension) as caller:
            await caller.audio.hears_silence(0.9)
            await behaves(caller)
        record = await hotline.record(extension)
        return Past(record, await hotline.turns(extension))

    async with asyncio.TaskGroup() as group:
        tasks = {
            behaves.__name__: group.create_task(calls(extension))
            for extension, (_, behaves) in BEHAVIOURS.items()
        }
    yield {name: task.result() for name, task in tasks.items()}
    await hotline.is_quiet()


async def test_200_key_presses_are_answered_and_not_kept(evening: dict[str, Past]) -> None:
    call = evening["presses_200_keys"]

    assert call.record.outcome is Outcome.COMPLETED
    texts = [turn.text for turn in call.said_by(Speaker.CALLER)]
    # How many entries they become depends on how evenly a busy machine sends them.
    assert any(re.fullmatch(r"\[(\d|\d+ keys)\]", text) for text in texts), call.turns
    assert not any("12345" in text for text in texts)


async def test_a_silent_caller_is_asked_again_and_then_hung_up_on(evening: dict[str, Past]) -> None:
    call = evening["says_nothing"]

    assert {turn.text for turn in call.said_by(Speaker.CALLER)} == {"[silence]"}
    assert "您还在吗" in call.turns[2].text
    assert "挂断" in call.turns[-1].text
    assert call.record.outcome is Outcome.COMPLETED


async def test_a_noisy_line_can_still_be_used_afterwards(evening: dict[str, Past]) -> None:
    assert evening["is_on_a_noisy_street"].record.outcome is Outcome.COMPLETED


async def test_clipped_speech_is_answered(evening: dict[str, Past]) -> None:
    call = evening["shouts"]

    assert len(call.said_by(Speaker.HOTLINE)) >= 3  # greeting, an answer, goodbye
    assert call.record.outcome is Outcome.COMPLETED


async def test_a_monologue_is_heard_to_its_end(evening: dict[str, Past]) -> None:
    call = evening["talks_for_a_minute"]

    spoken = call.said_by(Speaker.CALLER)
    assert sum(turn.ended_s - turn.started_s for turn in spoken) >= 0.9 * MONOLOGUE_S
    assert call.record.outcome is Outcome.COMPLETED


async def test_a_key_pressed_while_speaking_counts(hotline: Hotline) -> None:
    async with asyncio.timeout(60), hotline.phone("6001") as agent, hotline.caller() as caller:
        await caller.audio.hears_silence(0.9)
        line = pcm(caller, "hours")
        middle = len(line) // 2 // FRAME_BYTES * FRAME_BYTES
        caller.audio.say(line[:middle])
        caller.audio.press("0")
        caller.audio.say(line[middle:])

        talking = await asyncio.wait_for(agent.rings(), PATIENCE_S)

        await talking.answered()
    await hotline.is_quiet()


@pytest.mark.parametrize(
    ("name", "user"),
    [
        (r"Robert\"); DROP TABLE calls; --", "+8613800138000"),
        ("😀 你好 ☎", "%F0%9F%98%80"),
        ("a" * 1000, "1" * 1000),
        ("", "anonymous"),
        (r"${SHELL(reboot)},,\\", "$%7BSHELL(id)%7D"),
    ],
    ids=["quotes", "emoji", "1000 characters", "withheld", "dialplan"],
)
async def test_a_strange_caller_id_is_only_a_caller_id(
    hotline: Hotline, name: str, user: str
) -> None:
    line = hotline.settings.telephony
    there = Line(host=PROVIDER, caller_id=name)
    async with (
        asyncio.timeout(60),
        phone(user, "", (line.sip_host, line.sip_port), there, register=False) as handset,
        calling(handset, "95001", Language.EN) as caller,
    ):
        await caller.hears_a_prompt()
        await caller.says("goodbye")
        await caller.is_hung_up_on()
    newest = await hotline.newest()

    assert newest.outcome is Outcome.COMPLETED
    assert "1380013" not in hotline.log
    await hotline.is_quiet()


ASKED = {
    "7001": (Language.EN, "hours", "opening_hours"),
    "7002": (Language.ZH, "fees", "fees"),
    "7003": (Language.EN, "early_repayment", "early_repayment"),
    "7004": (Language.ZH, "hours", "opening_hours"),
    "7005": (Language.EN, "fees", "fees"),
}


async def test_records_of_five_callers_at_once_do_not_mix(hotline: Hotline) -> None:
    async def calls(extension: str) -> None:
        language, line, _ = ASKED[extension]
        async with hotline.caller(language, extension) as caller:
            await caller.audio.hears_silence(0.9)
            await caller.asks(line)
            await caller.says("goodbye")
            await caller.is_hung_up_on()

    async with asyncio.timeout(90), asyncio.TaskGroup() as group:
        for extension in ASKED:
            group.create_task(calls(extension))

    for extension, (language, _, intent) in ASKED.items():
        record, turns = await hotline.record(extension), await hotline.turns(extension)
        asked = {turn.intent for turn in turns if turn.speaker is Speaker.CALLER}
        assert asked == {intent, "goodbye"}
        assert {turn.language for turn in turns} == {language}
        assert (record.language, record.outcome) == (language, Outcome.COMPLETED)
    await hotline.is_quiet()
