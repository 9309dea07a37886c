"""A caller with a phone and ready-made sentences: dials, listens, talks, interrupts.

Used by the demonstration, the end-to-end tests and the benchmarks, so that all of them call the
hotline in the same way a person does: through SIP, with ears and a mouth and nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from ivr.domain import Language
from ivr.sim.callers import caller_lines
from ivr.sim.phone import Phone
from ivr.sim.phone_call import PhoneCall

Result = TypeVar("Result")

PROMPT_OVER_S: Final = 0.9
"""Silence after which a caller takes a prompt for finished; sentences are less far apart."""
PATIENCE_S: Final = 12.0
"""Longest wait for anything before a caller gives up."""
LONGEST_PROMPT_S: Final = 30.0
"""The same for the end of a prompt: nobody hangs up on an answer for taking 15 s."""


class CallerGaveUp(AssertionError):
    """The hotline did not do what the caller waited for."""


class Caller:
    """One caller in one call."""

    def __init__(self, call: PhoneCall, language: Language) -> None:
        self.call, self.audio = call, call.audio
        self.language = language
        self._lines = caller_lines(language)

    async def hears_a_prompt(self) -> None:
        """Wait until the hotline has spoken and has finished."""
        await self._patiently(self.audio.hears_sound(0.06), "the hotline said nothing")
        await self.hears_the_end()

    async def hears_for(self, seconds: float) -> None:
        """Wait until the next prompt has sounded for so long."""
        started_s = await self._patiently(self.audio.hears_sound(0.06), "the hotline said nothing")
        await self.audio.reaches(started_s + seconds)

    async def hears_the_end(self) -> None:
        """Wait until the hotline has finished, or has hung up."""
        silence = self.audio.hears_silence(PROMPT_OVER_S)
        await self._patiently(silence, "the hotline never stopped", LONGEST_PROMPT_S)

    async def says(self, name: str) -> None:
        """Say a line; returns when the last of it has left the phone."""
        self.audio.say(self._lines[name].pcm)
        await self.audio.said_all()

    async def asks(self, name: str) -> None:
        """Say a line and hear the answer to its end."""
        await self.says(name)
        await self.hears_a_prompt()

    async def interrupts(self, name: str, after_s: float) -> float:
        """Let the next prompt sound for `after_s`, say a line over it, hear what comes then.

        Gives the seconds from our first sound to the hotline's silence.
        """
        await self._patiently(self.audio.hears_sound(0.06), "nothing to interrupt")
        await asyncio.sleep(after_s)
        started_s = self.audio.say(self._lines[name].pcm)
        silent_s = await self._patiently(self.audio.hears_silence(0.2), "it talked on and on")
        await self.audio.said_all()
        await self.hears_a_prompt()
        return silent_s - started_s

    async def presses(self, keys: str) -> None:
        """Press keys and hear the answer to its end."""
        self.audio.press(keys)
        await self.audio.said_all()
        await self.hears_a_prompt()

    async def is_hung_up_on(self) -> None:
        """Wait until the hotline ends the call."""
        await self._patiently(self.call.ended(), "the hotline did not hang up")

    async def hangs_up(self) -> None:
        """End the call."""
        await self.call.hang_up()

    async def _patiently(
        self, waiting: Awaitable[Result], otherwise: str, patience_s: float = PATIENCE_S
    ) -> Result:
        try:
            return await asyncio.wait_for(waiting, patience_s)
        except TimeoutError as error:
            raise CallerGaveUp(otherwise) from error


@asynccontextmanager
async def calling(phone: Phone, number: str, language: Language) -> AsyncIterator[Caller]:
    """Dial the hotline and talk while the block runs; hangs up at its end."""
    call = await asyncio.wait_for(phone.call(number), PATIENCE_S)
    try:
        yield Caller(call, language)
    finally:
        await call.hang_up()
