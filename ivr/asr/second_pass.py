"""Listens once more to the words that were believed, with the model's network alone.

Only models of this project tell how their words sound (`graph/lexicon.txt`); others have no
second pass. The network runs along while the caller speaks, a piece of RUN_S at a time, so that at
the end of an utterance only its last rows and the comparison with the words are left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ivr.asr.build import acoustic, features, lexicon_file, phones
from ivr.asr.build.forward import OUTPUT_S, STRIDE
from ivr.asr.evidence import Evidence, Floats, Readings, evidence
from ivr.asr.whole_network import WholeNetwork
from ivr.domain import SAMPLE_RATE_HZ, Word

LONGEST_S: Final = 3.0
"""Most speech that is heard again; where words matter one by one, answers are shorter."""
RUN_S: Final = 0.6
"""Audio that the network is run over at a time. Each time it looks at half a second beside the new
audio again, so longer pieces cost less, and leave more to the end."""
_RUN_BYTES: Final = 2 * round(RUN_S * SAMPLE_RATE_HZ)
_KEPT_ROWS: Final = round(6.0 / OUTPUT_S)
"""Rows that are kept: the longest stretch, and the pause after it, a second at digits."""
_BEFORE_S, _AFTER_S = 0.3, 0.5
"""Audio heard around the words: sounds that are none of theirs speak against them ("forward" for
"four"). Wider and narrower stretches told no more (November 2026)."""


@dataclass(frozen=True)
class SecondPass:
    """A model's network, and the sounds of its words."""

    network: WholeNetwork
    readings: Mapping[str, Readings]

    @classmethod
    def of(cls, model: Path) -> "SecondPass | None":
        """Read what a model folder tells; None where it does not tell how its words sound.

        Raises ConfigError for files that are damaged or do not belong together.
        """
        listed = model / lexicon_file.NAME
        if not listed.exists():
            return None
        network = acoustic.read(model / "am" / "final.mdl")
        sounds = phones.read(model / "graph" / "phones.txt", network)
        return cls(WholeNetwork(network), lexicon_file.read(listed, sounds.names))

    def listen(self) -> "Sounds":
        """Open the second pass over one utterance."""
        return Sounds(self.network, self.readings)


class Sounds:
    """The network's rows over the last seconds of an utterance (s16le, 8 kHz), as it comes in."""

    def __init__(self, network: WholeNetwork, readings: Mapping[str, Readings]) -> None:
        self._network, self._readings, self._is_over = network, readings, False
        self._pcm = bytearray()  # of which there are no frames yet
        self._frames: Floats | None = None  # those that rows to come look at
        self._pieces: list[Floats] = []
        self._first = self._rows = 0  # the oldest row that is kept, and how many are

    def add(self, pcm: bytes) -> None:
        """Take audio. Once in RUN_S this takes about 1 ms."""
        self._pcm += pcm
        if len(self._pcm) >= _RUN_BYTES:
            self._take()
            self._advance()

    def evidence(self, words: Sequence[Word]) -> Evidence | None:
        """Ask the sound for words, whose times count from the start of the utterance.

        None where nothing can be told: no words, or their audio is gone. Nothing is heard after it.
        """
        heard = [word for word in words if word.start_s >= words[-1].end_s - LONGEST_S]
        if not heard:
            return None
        begin_s, scores = self.between(heard[0].start_s - _BEFORE_S, heard[-1].end_s + _AFTER_S)
        return evidence(scores, begin_s, heard, self._readings)

    def between(self, begin_s: float, end_s: float) -> tuple[float, Floats]:
        """The rows of a stretch, of which some may be gone or not be there, and their first's time.

        Audio that is added afterwards is not heard.
        """
        if not self._is_over:
            self._take()
            self._end()
            self._advance()
            self._is_over = True
        first, last = (round(at / OUTPUT_S) - self._first for at in (begin_s, end_s))
        found = np.concatenate(self._pieces)[max(0, first) : max(0, last)]
        return (self._first + max(0, first)) * OUTPUT_S, found

    def _take(self) -> None:
        """Make frames of the audio. What is before the first one is like it, as Kaldi has it."""
        frames = features.mfcc(np.frombuffer(bytes(self._pcm), "<i2"))
        del self._pcm[: 2 * features.HOP * len(frames)]
        if self._frames is not None:
            self._frames = np.concatenate([self._frames, frames])
        elif len(frames):
            self._frames = np.concatenate([np.repeat(frames[:1], self._network.left, 0), frames])

    def _end(self) -> None:
        """What is behind the last frame is like it."""
        if self._frames is not None:
            behind = np.repeat(self._frames[-1:], self._network.right, 0)
            self._frames = np.concatenate([self._frames, behind])

    def _advance(self) -> None:
        """Give the rows that the frames are enough for."""
        if self._frames is None:
            self._pieces.append(np.zeros((0, self._network.sounds), np.float32))
            return
        rows = self._network.log_probabilities(self._frames)
        self._frames = self._frames[STRIDE * len(rows) :].copy()  # a view would keep all of them
        self._pieces.append(rows)
        self._rows += len(rows)
        while self._rows - len(self._pieces[0]) >= _KEPT_ROWS:
            gone = len(self._pieces.pop(0))
            self._first, self._rows = self._first + gone, self._rows - gone
