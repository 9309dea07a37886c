"""Our voice, overheard: what it renders is remembered, so that its own silences are known later.

`ivr.call.afterwards` measures recordings of calls and has to tell audio that came late from a
synthesiser that closes its mouth. Nothing is computed here, on a call's path: each prompt is put
down once, and looked at in the thread that measures.
"""

from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from typing import Final

from ivr.domain import Prompt
from ivr.tts import Synthesizer
from ivr.tts.closing import closing

_MOST_KNOWN: Final = 2000
_MOST_WAITING: Final = 200
"""Prompts not looked at yet, 80 kB each; more at once is a start, at which nobody calls."""


class OwnVoice:
    """Keeps the promise `Synthesizer`; gives what `voice` gives."""

    def __init__(self, voice: Synthesizer) -> None:
        self._voice = voice
        self._known: OrderedDict[Prompt, None] = OrderedDict()
        self._rendered: deque[bytes] = deque(maxlen=_MOST_WAITING)

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt piece by piece. Raises EngineError."""
        pieces = list[bytes]()
        async with closing(self._voice.say(prompt)) as rendered:
            async for pcm in rendered:
                pieces.append(pcm)
                yield pcm
        self._remember(prompt, pieces)

    async def is_healthy(self) -> bool:
        """Whether the voice is."""
        return await self._voice.is_healthy()

    def take_rendered(self) -> Iterator[bytes]:
        """Give each prompt that was not given before, as PCM (s16le, 8 kHz); from any thread."""
        while self._rendered:
            yield self._rendered.popleft()

    def _remember(self, prompt: Prompt, pieces: list[bytes]) -> None:
        is_new = prompt not in self._known
        self._known[prompt] = None
        self._known.move_to_end(prompt)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        if is_new:
            self._rendered.append(b"".join(pieces))
