"""An ear for scenarios: it hears exactly what the script says, from audio made for it.

`speak("three words")` gives audio in which each word is a constant tone level of its own; the
ear reads the levels back, so what is cut off, dropped or fed twice is heard that way, and word
times are true. For audio of any other kind the script may say what comes next (`hear_next`).
Held to the same contract as Vosk.
"""

import asyncio
from collections import deque
from collections.abc import Collection
from itertools import pairwise
from typing import Final

import numpy as np

from ivr.asr.hypothesis import clean
from ivr.domain import SAMPLE_RATE_HZ, Language, Listening, Utterance, Word
from ivr.errors import EngineTimeout, EngineUnavailable

WORD_S: Final = 0.3
_SHORTEST_S: Final = 0.05  # less of a word than this is not understood
_FIRST_LEVEL: Final = 1000


class ScriptedRecognizer:
    """Keeps the promise `Recognizer` without an engine."""

    def __init__(
        self,
        languages: Collection[Language] = tuple(Language),
        *,
        confidence: float = 0.9,
        delay_s: float = 0.0,
        deadline_s: float = 2.0,
    ) -> None:
        """`delay_s` is how long the final words take; beyond the deadline they never come."""
        self.languages = set(languages)
        self.confidence, self.delay_s, self.deadline_s = confidence, delay_s, deadline_s
        self.is_down = False
        self.is_doubtful = False
        """Whether what is heard from now on is in doubt."""
        self.listenings: list[Listening] = []
        """What was listened for, in order."""
        self._levels: dict[str, int] = {}
        self._script: deque[str] = deque()

    def speak(self, text: str, word_s: float = WORD_S) -> bytes:
        """Give audio (s16le, 8 kHz) that this recogniser's ears understand as `text`."""
        levels = [self._level(word) for word in text.split()]
        return np.repeat(levels, round(word_s * SAMPLE_RATE_HZ)).astype("<i2").tobytes()

    def hear_next(self, *texts: str) -> None:
        """Let the next ears that are finished hear these texts, whatever they are fed."""
        self._script.extend(texts)

    def listen(self, listening: Listening) -> "ScriptedEar":
        """Open an ear. Raises EngineUnavailable when down or without the language."""
        if self.is_down or listening.language not in self.languages:
            raise EngineUnavailable("ear", f"no model for {listening.language.value}")
        self.listenings.append(listening)
        return ScriptedEar(self, listening.language)

    async def is_healthy(self) -> bool:
        """Whether it is not down."""
        return not self.is_down

    def word_at(self, level: int) -> str:
        """Give the word of a level, "" for any other sound."""
        return next((word for word, known in self._levels.items() if known == level), "")

    def next_line(self) -> str:
        """Take the next text of the script, "" when there is none."""
        return self._script.popleft() if self._script else ""

    def _level(self, word: str) -> int:
        return self._levels.setdefault(word, _FIRST_LEVEL + len(self._levels))


class ScriptedEar:
    """Keeps the promise `Ear`."""

    def __init__(self, recognizer: ScriptedRecognizer, language: Language) -> None:
        self._recognizer, self._language = recognizer, language
        self._heard = bytearray()
        self._changes: list[tuple[int, int]] = []  # samples at which another level begins
        self._read = self._level = 0
        self._is_over = False

    def feed(self, pcm: bytes) -> None:
        """Take audio."""
        if not self._is_over:
            self._heard += pcm

    @property
    def partial(self) -> str:
        """The words so far."""
        return clean(" ".join(word.text for word in self._words()))

    async def finish(self) -> Utterance:
        """Give the words. Raises EngineTimeout, or EngineUnavailable when it is over already."""
        if self._is_over:
            raise EngineUnavailable("ear", "this utterance is over already")
        self._is_over = True
        try:
            async with asyncio.timeout(self._recognizer.deadline_s):
                await asyncio.sleep(self._recognizer.delay_s)
        except TimeoutError as error:
            raise EngineTimeout("ear", "no final words in time") from error
        return self._utterance()

    def drop(self) -> None:
        """Forget what was heard."""
        self._is_over = True
        self._heard.clear()
        self._changes.clear()

    def _utterance(self) -> Utterance:
        words = self._words() or self._scripted()
        text = clean(" ".join(word.text for word in words))
        confidence = self._recognizer.confidence if text else 0.0
        return Utterance(
            text, self._language, confidence, words, is_doubtful=self._recognizer.is_doubtful
        )

    def _scripted(self) -> tuple[Word, ...]:
        sure = self._recognizer.confidence
        return tuple(
            Word(word, at * WORD_S, (at + 1) * WORD_S, sure)
            for at, word in enumerate(self._recognizer.next_line().split())
        )

    def _words(self) -> tuple[Word, ...]:
        self._read_on()
        words = []
        for (start, level), (end, _) in pairwise([*self._changes, (self._read, 0)]):
            text = self._recognizer.word_at(level)
            if text and end - start >= _SHORTEST_S * SAMPLE_RATE_HZ:
                start_s, end_s = start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ
                words.append(Word(text, start_s, end_s, self._recognizer.confidence))
        return tuple(words)

    def _read_on(self) -> None:
        """Read what is new: a partial is asked for at every frame, also of ten minutes."""
        whole = len(self._heard) // 2
        samples = np.frombuffer(bytes(self._heard[2 * self._read : 2 * whole]), "<i2").astype(int)
        for at in np.flatnonzero(np.diff(samples, prepend=self._level)).tolist():
            self._changes.append((self._read + at, int(samples[at])))
        if samples.size:
            self._read, self._level = whole, int(samples[-1])
