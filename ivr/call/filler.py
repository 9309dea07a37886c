"""Something to hear while an answer is slow: "one moment", once, and the caller may speak into it.

For the turn table the filler lasts until the answer is there, longer than it sounds: whatever
the caller says meanwhile interrupts it like a prompt, and joins what they had asked.
"""

import asyncio
from collections.abc import Awaitable
from typing import Final, Protocol, TypeVar

from ivr import log
from ivr.call.mouth import Mouth
from ivr.call.turns import Event, State
from ivr.domain import Language, Prompt
from ivr.errors import EngineError

_log = log.get(__name__)

T = TypeVar("T")

FILLER_AFTER_S: Final = 0.6
"""Silence behind the end of a turn in which callers begin to wonder."""
_LATE_S: Final = 1.0
_TEXTS: Final = {Language.ZH: "请稍等，我查一下。", Language.EN: "One moment, let me check."}


class Floor(Protocol):
    """Whose turn it is, as our side sees it."""

    @property
    def state(self) -> State:
        """The state of the turn table."""
        ...

    async def on(self, event: Event) -> None:
        """Let something happen in the turn table."""
        ...

    def fail(self, error: EngineError) -> None:
        """End the talk with an error."""
        ...


class Filler:
    """Fills the wait for one answer at a time: for its words first, and then for the dialog's."""

    def __init__(self, mouth: Mouth, floor: Floor, tasks: asyncio.TaskGroup) -> None:
        self._mouth, self._floor, self._tasks = mouth, floor, tasks
        self._heard: asyncio.Event | None = None
        self._due_at: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether the filler has begun and the answer has not."""
        return self._heard is not None

    def stop(self) -> None:
        """The caller has interrupted it."""
        self._heard = None

    def wait_begins(self) -> None:
        """The caller's turn has ended: from now on they wait."""
        self._due_at = asyncio.get_running_loop().time() + FILLER_AFTER_S

    async def beside(self, work: Awaitable[T], language: Language) -> T:
        """Give what is worked on for the answer; begins the filler when that is slow.

        The filler may sound on then: `over` waits for its end.
        """
        if self._heard is not None:
            return await work
        if self._due_at is None:
            self.wait_begins()
        filling = self._tasks.create_task(self._fill_later(language))
        try:
            outcome = await work
            if self.is_on:
                await filling
        finally:
            filling.cancel()
        return outcome

    async def over(self) -> None:
        """The answer is there: return when the filler has been heard, at once if none was."""
        self._due_at = None
        await self._until_heard()

    async def _fill_later(self, language: Language) -> None:
        await asyncio.sleep((self._due_at or 0.0) - asyncio.get_running_loop().time())
        prompt = Prompt(_TEXTS[language], language, recording="one_moment")
        try:
            pcm = await self._mouth.rendered(prompt)
            if self._floor.state is not State.THINKING:
                return
            self._heard = asyncio.Event()
            await self._floor.on(Event.REPLY)
            await self._mouth.play_aside(pcm, self._heard)
        except EngineError as error:
            _log.warning("no filler", problem=error.problem)

    async def _until_heard(self) -> None:
        if self._heard is None:
            return
        try:
            async with asyncio.timeout(self._mouth.aside_s + _LATE_S):
                await self._heard.wait()
        except TimeoutError:
            _log.warning("the end of the filler was not reported")
        self._heard = None
        await self._floor.on(Event.SAID)
