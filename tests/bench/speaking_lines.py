"""Lines that carry real speech into the product's ears, at the pace of life, as calls do.

Each line is heard frame by frame on the event loop (`SpeechDetector`), and what is said on it
goes into an ear of the one recogniser that all share. The words are asked for after each
utterance, so that a load which the ears cannot bear shows.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ivr.asr import Ear
from ivr.asr.vosk import VoskRecognizer
from ivr.audio.speech import SpeechDetector, find_voice_net
from ivr.config import Settings
from ivr.domain import FRAME_BYTES, FRAME_S, AudioFrame, Expect, Language, Listening
from ivr.errors import EngineError
from ivr.sim.callers import CallerLine, caller_lines

PAUSE_S = 0.6
"""Silence that ends an utterance; the ear hears it too."""
QUIET_S = (1.5, 4.5)
"""Between two utterances, while the hotline has the turn."""
EXPECTED = (Expect.FREE, Expect.FREE, Expect.DIGITS, Expect.YES_NO)
"""Half of the questions are open; the others have two recognisers at work."""


@dataclass
class SpeakingLines:
    """Lines on which somebody speaks while `on` is set."""

    recognizer: VoskRecognizer
    settings: Settings
    on: asyncio.Event = field(default_factory=asyncio.Event)
    words_ms: list[float] = field(default_factory=list[float])
    """Waits for the words of an utterance, from when its last frame was due: what the loop is late
    with it waits for too."""
    failures: int = 0
    open_ears: int = 0

    def __post_init__(self) -> None:
        self._net = find_voice_net(self.settings)

    async def carry(self, line: int) -> None:
        """Speak, be silent, speak again."""
        drawn = random.Random(f"line-{line}")
        language = list(Language)[line % 2]
        said = [each for each in caller_lines(language).values() if each.text]
        detector = SpeechDetector(self.settings.hearing, self._net)
        while True:
            await self.on.wait()
            await self._play(detector, bytes(_frames(drawn.uniform(*QUIET_S)) * FRAME_BYTES))
            if self.on.is_set():
                await self._utter(detector, drawn.choice(said), drawn.choice(EXPECTED), language)

    async def _utter(
        self, detector: SpeechDetector, said: CallerLine, expect: Expect, language: Language
    ) -> None:
        ear = self.recognizer.listen(Listening(language, expect))
        self.open_ears += 1
        try:
            pcm = said.pcm + bytes(_frames(PAUSE_S) * FRAME_BYTES)
            ended = await self._play(detector, pcm, ear)
            await ear.finish()
            self.words_ms.append(1000 * (asyncio.get_running_loop().time() - ended))
        except EngineError:
            self.failures += 1
        finally:
            ear.drop()
            self.open_ears -= 1

    async def _play(self, detector: SpeechDetector, pcm: bytes, ear: Ear | None = None) -> float:
        """One frame every 20 ms; frames that are late come at once, as from a network.

        Gives the loop's time at which the last one was due.
        """
        now = asyncio.get_running_loop().time
        due = now()
        for at in range(0, len(pcm), FRAME_BYTES):
            due += FRAME_S
            await asyncio.sleep(due - now())
            heard = detector.hear(AudioFrame(pcm[at : at + FRAME_BYTES]))
            if ear is not None:
                ear.feed(heard.pcm)
        return due


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_S)


@asynccontextmanager
async def speaking_lines(settings: Settings, lines: int) -> AsyncIterator[SpeakingLines]:
    """Have lines, silent at first, while inside."""
    recognizer = await asyncio.to_thread(VoskRecognizer.from_settings, settings)
    try:
        speaking = SpeakingLines(recognizer, settings)
        async with asyncio.TaskGroup() as tasks:
            carrying = [tasks.create_task(speaking.carry(line)) for line in range(lines)]
            yield speaking
            for each in carrying:
                each.cancel()
    finally:
        recognizer.close()
