"""Words from behind the caller: far fainter than their own, and none of theirs.

Where a caller pauses, an ear hears what is behind them, a colleague, a television, and finds words
in it, however faint it is. A caller's own words are about as loud as each other. So a word is
left out where all of it is far below another word near it. A cough or a slammed door is no word, so
it takes none away, and an utterance that is faint as a whole is kept.

Measured (November 2026, 40 sentences each of voices that the ears were not trained on, in babble of
six such voices all through the clip): 30 dB below the caller, English word errors fall from 34 to
6 %, Mandarin ones from 34 to 5 %; at 20 dB from 45 to 12 % and from 50 to 18 %; in babble of 10 dB
nothing is gained. Without babble the words of 280 sentences stay as they are, and of 80 joined from
single recordings two words are lost.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ivr.asr.vocabulary import UNKNOWN
from ivr.domain import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, Word

_FAR_BELOW: Final = 10**-1.6
"""Of the other word's power: 16 dB. At 20 dB twice as many words of the room are left, and at 13 dB
callers' own are lost."""
_AROUND_FRAMES: Final = 3  # Vosk's times are those of the network's peaks, not of the mouth
_NEAR_S: Final = 4.0
"""A caller who turned to the phone only now, or away from it, is heard all the same."""


class Loudness:
    """How loud an utterance (s16le, 8 kHz) is from frame to frame."""

    def __init__(self) -> None:
        self._rest = b""
        self._powers: list[float] = []

    def add(self, pcm: bytes) -> None:
        """Take audio; costs about 10 µs."""
        pcm = self._rest + pcm
        size = len(pcm) // FRAME_BYTES * FRAME_BYTES
        samples = np.frombuffer(pcm[:size], "<i2").reshape(-1, FRAME_SAMPLES).astype(np.float32)
        self._powers += np.einsum("ij,ij->i", samples, samples).tolist()
        self._rest = pcm[size:]

    def near(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Leave out words that are far fainter than another one near them."""
        powers = [self._power(word) for word in words]
        return tuple(
            word
            for word, power in zip(words, powers, strict=True)
            if power >= _FAR_BELOW * _loudest_near(word, words, powers)
        )

    def _power(self, word: Word) -> float:
        first, last = round(word.start_s / FRAME_S), round(word.end_s / FRAME_S)
        stretch = self._powers[max(0, first - _AROUND_FRAMES) : last + _AROUND_FRAMES]
        return max(stretch, default=0.0)


def _loudest_near(word: Word, words: Sequence[Word], powers: Sequence[float]) -> float:
    """The power of the loudest known word near one; 0 where there is none."""
    return max(
        (
            power
            for other, power in zip(words, powers, strict=True)
            if other.text != UNKNOWN
            and other.start_s < word.end_s + _NEAR_S
            and other.end_s > word.start_s - _NEAR_S
        ),
        default=0.0,
    )
