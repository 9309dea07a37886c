"""A voice whose audio says which words it stands for, so that a test knows what was heard.

Every text gets a number; its audio is as long as speech would be and holds that number in every
sample. Loud enough to be taken for sound, meaningless to an ear.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence

from ivr.domain import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, Language, Prompt
from ivr.errors import EngineUnavailable

_DUCKED_TO = 4
_SECONDS_PER_CHARACTER = {Language.ZH: 0.2, Language.EN: 0.065}
_FIRST_TAG = 1004
_TAG_STEP = 8
"""Tags are multiples of four that leave an odd number when a line plays them ducked."""


class SimVoice:
    """A `Synthesizer` that needs `first_s` before the first sound and can be switched off."""

    def __init__(self, first_s: float = 0.0) -> None:
        self.first_s = first_s
        self.is_broken = False
        self._texts: list[str] = []

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give tagged audio as long as the text would take to speak."""
        await asyncio.sleep(self.first_s)
        if self.is_broken and not prompt.recording:
            raise EngineUnavailable("voice", "switched off by the test")
        if prompt.text not in self._texts:
            self._texts.append(prompt.text)
        tag = _FIRST_TAG + _TAG_STEP * self._texts.index(prompt.text)
        seconds = len(prompt.text) * _SECONDS_PER_CHARACTER[prompt.language] / prompt.speed
        frame = struct.pack("<h", tag) * FRAME_SAMPLES
        for _ in range(max(1, round(seconds / FRAME_S)) if prompt.text else 0):
            yield frame

    async def is_healthy(self) -> bool:
        """Whether the test has left it switched on."""
        return not self.is_broken

    def heard(self, played: Sequence[bytes]) -> list[tuple[str, float]]:
        """Tell what a line played, frame by frame: texts in order, each with its seconds."""
        spoken: list[tuple[str, float]] = []
        before = None
        for frame in played:
            text = self._text_in(frame)
            if text is not None and text == before:
                spoken[-1] = (text, spoken[-1][1] + FRAME_S)
            elif text is not None:
                spoken.append((text, FRAME_S))
            before = text
        return spoken

    def _text_in(self, frame: bytes) -> str | None:
        if frame == bytes(FRAME_BYTES):
            return None
        level = struct.unpack_from("<h", frame)[0]
        tag = level * _DUCKED_TO if level % 2 else level
        number, rest = divmod(tag - _FIRST_TAG, _TAG_STEP)
        return self._texts[number] if not rest and 0 <= number < len(self._texts) else None


def is_ducked(frame: bytes) -> bool:
    """Whether a frame of such a voice was played softly."""
    return bool(struct.unpack_from("<h", frame)[0] % 2)
