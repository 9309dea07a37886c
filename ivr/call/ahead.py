"""The dialog asked ahead: before it is certain that the caller has finished.

The pause that ends a turn is time in which the answer can be prepared. The words so far are
asked under the number that the turn will have; when the final words are the same, the answer is
there already. When they are not, the dialog is asked again under the same number, which replaces
what it was told before. Nothing is noted and nothing is said until then, and nothing outside the
call is changed: a dialog that would have to note a promise to answer withholds its answer until
the words are final.
"""

import asyncio

from ivr.call.engines import Engines
from ivr.domain import Language, Prompt, Reach, Reply, Utterance
from ivr.errors import EngineError


class Ahead:
    """At most one question asked ahead; one per call."""

    def __init__(self, engines: Engines, call_id: str, tasks: asyncio.TaskGroup) -> None:
        self._engines, self._call_id, self._tasks = engines, call_id, tasks
        self._words = ""
        self._asking: asyncio.Task[Reply | EngineError] | None = None
        self._rendering: asyncio.Task[None] | None = None
        self._rendered: tuple[Prompt, list[bytes]] | None = None

    def ask(self, words: str, language: Language, turn: int, reach: Reach) -> None:
        """Ask with these words, unless they have been asked already."""
        if self._asking is not None and words == self._words:
            return
        self.forget()
        self._words = words
        # As if the words were certain: others, or these in doubt, are asked again.
        said = Utterance(words, language, confidence=1.0, is_final=False)
        self._asking = self._tasks.create_task(self._ask(turn, said, reach))
        self._rendering = self._tasks.create_task(self._render(self._asking))

    def forget(self) -> None:
        """Drop what was asked."""
        for task in (self._asking, self._rendering):
            if task is not None:
                task.cancel()
        self._asking = self._rendering = self._rendered = None

    def answer_to(self, said: Utterance) -> "asyncio.Task[Reply | EngineError] | None":
        """Give what the dialog answers to these words, None when it was asked something else.

        It was asked as if the words were certain, so words in doubt are asked anew.
        """
        is_other = self._words.split() != said.text.split() or said.is_doubtful
        if self._asking is None or is_other:
            self.forget()
            return None
        asking, self._asking = self._asking, None
        return asking

    def take_rendered(self) -> tuple[Prompt, list[bytes]] | None:
        """Give the first prompt of the answer as PCM, if it is all there."""
        rendered, self._rendered = self._rendered, None
        return rendered

    async def _ask(self, turn: int, said: Utterance, reach: Reach) -> Reply | EngineError:
        try:
            return await self._engines.dialog.reply(self._call_id, turn, said, reach)
        except EngineError as error:
            return error

    async def _render(self, asking: "asyncio.Task[Reply | EngineError]") -> None:
        reply = await asyncio.shield(asking)
        if isinstance(reply, EngineError) or not reply.prompts or reply.is_withheld:
            return
        first = reply.prompts[0]
        try:
            pieces = [pcm async for pcm in self._engines.voice.say(first)]
        except EngineError:
            return  # it will be met again, by who can apologise
        self._rendered = (first, pieces)
