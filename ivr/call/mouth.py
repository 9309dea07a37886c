"""Saying one reply at a time, and knowing how much of it was heard.

A reply is spoken in runs: neighbouring prompts that may all be interrupted, or may all not. A
mark behind each run tells when the caller has heard it to its end. What was cut can be taken up
again: when it was no interruption after all, the rest is still to be said.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from itertools import takewhile
from typing import Final

from ivr.call.journal import Journal
from ivr.call.unheard import BREATH_S, Spoken, cut_at, said_lately, unheard
from ivr.domain import SAMPLE_RATE_HZ, Prompt, Reach, Reply
from ivr.errors import EngineError, EngineTimeout
from ivr.telephony import Media
from ivr.tts import Synthesizer

_BYTES_PER_S: Final = 2 * SAMPLE_RATE_HZ
_BREATH: Final = bytes(round(BREATH_S * _BYTES_PER_S))


_LONGEST_ANNOUNCEMENT_S: Final = 15.0


class Mouth:
    """Speaks replies of one call and notes them in its journal."""

    def __init__(self, media: Media, voice: Synthesizer, journal: Journal) -> None:
        self._media, self._voice, self._journal = media, voice, journal
        self._whole: tuple[Prompt, ...] = ()  # the reply, as the dialog gave it
        self._left: tuple[Prompt, ...] = ()  # not heard to the end yet
        self._run: tuple[Prompt, ...] = ()  # the first of them, being said
        self._spoken: list[Spoken] = []  # what of the run has been handed to the line
        self._heard_before_s = 0.0
        self._labels = 0
        self._label = ""
        self._started_s: float | None = None
        self._silence_s: float | None = None
        self._has_spoken = False
        self._is_cut = False
        self._into_s = 0.0  # heard of the prompt that was cut
        self._asides: dict[str, asyncio.Event] = {}  # by mark
        self._prepared: tuple[Prompt, list[bytes]] | None = None
        self.aside_s = 0.0  # length of the last one
        self.reply: Reply | None = None

    def take(self, reply: Reply) -> None:
        """Make this reply the one to say."""
        self.reply, self._whole, self._left = reply, reply.prompts, reply.prompts
        self._run, self._spoken = (), []
        self._is_cut = False
        self._into_s = 0.0
        self._started_s = self._silence_s = None

    @property
    def has_more(self) -> bool:
        """Whether something is left to say."""
        return bool(self._left)

    @property
    def is_cut(self) -> bool:
        """Whether the caller made us stop before all of the reply was heard."""
        return self._is_cut and self.has_more

    @property
    def reach(self) -> Reach:
        """How much of the reply the caller has heard, as long as it is not being said."""
        if not self._left:
            return Reach()
        unheard = len(self._left)
        letters = len(self._whole[-unheard].text) - len(self._left[0].text)
        return Reach(unheard, letters, round(self._into_s, 2))

    async def say_next_run(self, may_begin: Callable[[bool], Awaitable[bool]]) -> None:
        """Queue the next run for the caller's ear, with a mark behind it.

        `may_begin` is asked with the first sound in hand (its argument: may the caller
        interrupt?) and may refuse. Raises EngineError when the voice or the line fails.
        """
        run = _first_run(self._left)
        may_interrupt = not run or (run[0].may_interrupt and not run[0].interruptible_after_s)
        self._labels += 1
        self._label = f"said-{self._labels}"
        spoken: list[Spoken] = []
        has_begun = False
        async for pcm in self._rendered(run, spoken):
            if not has_begun:
                if not await may_begin(may_interrupt):
                    return
                has_begun = True
                self._begin_run(run, spoken)
            spoken[-1].length_s += len(pcm) / _BYTES_PER_S
            await self._media.play(pcm)
        if has_begun or await may_begin(may_interrupt):
            if not has_begun:
                self._begin_run(run, spoken)
            await self._media.mark(self._label)

    def _begin_run(self, run: tuple[Prompt, ...], spoken: list[Spoken]) -> None:
        self._run, self._spoken = run, spoken
        self._heard_before_s = self._media.heard_s

    async def _rendered(
        self, prompts: tuple[Prompt, ...], spoken: list[Spoken]
    ) -> AsyncIterator[bytes]:
        for number, prompt in enumerate(prompts):
            if number and spoken[-1].length_s:
                await self._media.play(_BREATH)
            spoken.append(Spoken(prompt))
            async for pcm in self._pieces(prompt):
                yield pcm
            spoken[-1].is_whole = True

    def prepare(self, rendered: tuple[Prompt, list[bytes]] | None) -> None:
        """Take a prompt that has been rendered already, for when it comes to be said."""
        self._prepared = rendered

    async def prepare_next_run(self) -> None:
        """Render what comes behind the run that is being said, so that no gap is heard there."""
        rest = self._left[len(self._run) :]
        if not (self._run and rest):
            return
        try:
            self.prepare((rest[0], [pcm async for pcm in self._voice.say(rest[0])]))
        except EngineError:
            return  # it is met again by who can apologise, when the run is said

    async def _pieces(self, prompt: Prompt) -> AsyncIterator[bytes]:
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared[0] == prompt:
            for pcm in prepared[1]:
                yield pcm
            return
        async for pcm in self._voice.say(prompt):
            yield pcm

    @property
    def is_open(self) -> bool:
        """Whether the protected beginning of what is being said has been heard."""
        if not self._run or not self._run[0].may_interrupt:
            return False
        heard_s = self._media.heard_s - self._heard_before_s
        return heard_s >= self._run[0].interruptible_after_s

    @property
    def has_spoken(self) -> bool:
        """Whether anything has been said in this call yet."""
        return self._has_spoken

    def said_lately(self, sound_s: float) -> str:
        """Give the words of ours that may have come back to us in the last `sound_s`."""
        return said_lately(self._spoken, self._media.heard_s - self._heard_before_s, sound_s)

    def sounded(self, now_s: float, waited_since_s: float | None) -> None:
        """Note the first sound of a reply and since when the caller waited for it."""
        self._has_spoken = True
        if self._started_s is None:
            self._started_s = now_s
            self._silence_s = None if waited_since_s is None else now_s - waited_since_s

    async def announce(self, prompt: Prompt) -> None:
        """Say one prompt outside of any reply; returns when it has been heard."""
        await self._media.flush()
        heard = asyncio.Event()
        await self.play_aside(await self.rendered(prompt), heard)
        try:
            await asyncio.wait_for(heard.wait(), _LONGEST_ANNOUNCEMENT_S)
        except TimeoutError as error:
            raise EngineTimeout("media", "an announcement was not heard to its end") from error

    async def rendered(self, prompt: Prompt) -> bytes:
        """Give a prompt as PCM. Raises EngineError."""
        return b"".join([pcm async for pcm in self._voice.say(prompt)])

    async def play_aside(self, pcm: bytes, heard: asyncio.Event) -> None:
        """Play something that belongs to no reply; sets `heard` once it has been heard."""
        self._labels += 1
        label = f"aside-{self._labels}"
        self._asides[label] = heard
        self.aside_s = len(pcm) / _BYTES_PER_S
        await self._media.play(pcm)
        await self._media.mark(label)

    def marked(self, label: str) -> None:
        """A mark was heard, whatever it was for."""
        if label in self._asides:
            self._asides.pop(label).set()

    def is_at_end(self, label: str) -> bool:
        """Whether a mark is the end of the run being said."""
        return label == self._label

    def run_heard(self) -> None:
        """The run has been heard to its end."""
        self._left = self._left[len(self._run) :]
        self._run, self._spoken = (), []
        self._into_s = 0.0

    async def fall_silent(self, now_s: float) -> None:
        """Stop at once; what is left of the reply may be taken up again."""
        heard_s = self._media.heard_s - self._heard_before_s
        await self._media.flush()
        _, self._into_s = cut_at(self._spoken, heard_s)
        self._left = unheard(self._run, self._spoken, heard_s) + self._left[len(self._run) :]
        self._run, self._spoken = (), []
        self.hold(now_s)

    def hold(self, now_s: float) -> None:
        """Let the caller speak first; the rest of the reply may be taken up again."""
        self._is_cut = True
        self.finished(now_s, interrupted=True)

    def take_up_again(self) -> None:
        """Make what is left of the reply the one to say."""
        if self.reply is not None:
            whole = self._whole
            self.take(replace(self.reply, prompts=self._left))
            self._whole = whole

    def finished(self, now_s: float, *, interrupted: bool = False) -> None:
        """Note the reply in the journal, once."""
        self._label = ""
        if self.reply is not None and self._started_s is not None:
            self._journal.hotline_said(
                self.reply,
                self._started_s,
                now_s,
                silence_s=self._silence_s,
                interrupted=interrupted,
            )
        self._started_s = None


def _first_run(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Give the prompts that are alike; one with a protected beginning begins a run of its own."""
    rest = takewhile(
        lambda prompt: (
            prompt.may_interrupt == prompts[0].may_interrupt and not prompt.interruptible_after_s
        ),
        prompts[1:],
    )
    return (*prompts[:1], *rest)
