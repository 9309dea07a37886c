"""The few sentences that must be heard when no engine speaks; they ship as recordings.

`texts.yaml` says what each one says and README.md how they were made and how to replace them by
a human voice. A file is named `<recording>.<language>.wav`, 8 kHz, mono, 16 bit.
"""

import wave
from collections.abc import AsyncIterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from ivr.domain import SAMPLE_RATE_HZ, Language, Prompt
from ivr.errors import ConfigError
from ivr.tts import Synthesizer
from ivr.tts.closing import closing

_PIECE_BYTES: Final = 3200  # 200 ms

Recordings = dict[tuple[str, Language], bytes]


def shipped_recordings() -> Recordings:
    """Give every shipped recording as PCM (s16le, 8 kHz), by name and language.

    Raises ConfigError for a file of another format.
    """
    return {
        (name, Language(language)): _pcm(file)
        for file in files(__name__).iterdir()
        if file.name.endswith(".wav")
        for name, language in [file.name.removesuffix(".wav").split(".")]
    }


class RecordedFirst:
    """Plays a prompt's recording where there is one, else lets the engine speak.

    A recording cannot fail, so whoever catches an EngineError can still say the apology (name
    it in `Prompt.recording`). The error itself goes on: an apology that looked like the answer
    would hide the failure from the call.
    """

    def __init__(self, engine: Synthesizer, recordings: Recordings) -> None:
        self._engine, self._recordings = engine, recordings

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt; a recording ignores `speed`. Raises EngineError."""
        if pcm := self._recordings.get((prompt.recording, prompt.language)):
            for start in range(0, len(pcm), _PIECE_BYTES):
                yield pcm[start : start + _PIECE_BYTES]
            return
        async with closing(self._engine.say(prompt)) as pieces:
            async for piece in pieces:
                yield piece

    async def is_healthy(self) -> bool:
        """Whether the engine is; recordings always are."""
        return await self._engine.is_healthy()


def _pcm(file: Traversable) -> bytes:
    with file.open("rb") as opened, wave.open(opened, "rb") as audio:
        form = (audio.getframerate(), audio.getnchannels(), audio.getsampwidth())
        if form != (SAMPLE_RATE_HZ, 1, 2):
            raise ConfigError(
                f"the recording {file.name} is not 8 kHz, mono, 16 bit.",
                "Convert it: sox IN.wav -r 8000 -c 1 -b 16 OUT.wav",
            )
        return audio.readframes(audio.getnframes())
