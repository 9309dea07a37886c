"""Listens once more to the words that were believed, with the model's network alone.

Only models of this project tell how their words sound (`graph/lexicon.txt`); others have no
second pass. It costs 3 ms for an answer of a second and 6 ms for the most, once an utterance
(one core of an EPYC, November 2026), and is bounded: of a longer one its end is heard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.asr.build import acoustic, features, forward, lexicon_file, phones
from ivr.asr.evidence import Evidence, Readings, evidence
from ivr.domain import SAMPLE_RATE_HZ, Word

LONGEST_S: Final = 3.0
"""Most speech that is heard again; where words matter one by one, answers are shorter."""
_KEPT_S: Final = 6.0
"""Audio that is kept for it: the longest stretch, and the pause after it, a second at digits."""
_BYTES_PER_S: Final = 2 * SAMPLE_RATE_HZ
_KEPT_BYTES: Final = round(_KEPT_S * _BYTES_PER_S)
_BEFORE_S, _AFTER_S = 0.3, 0.5
"""Audio heard around the words: sounds that are none of theirs speak against them ("forward" for
"four"). Wider and narrower stretches told no more (November 2026)."""


@dataclass(frozen=True)
class SecondPass:
    """A model's network, and the sounds of its words."""

    network: acoustic.Acoustic
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
        return cls(network, lexicon_file.read(listed, sounds.names))

    def evidence(self, audio: "Recent", words: Sequence[Word]) -> Evidence | None:
        """Ask the sound for words, whose times count from the start of the utterance.

        None where nothing can be told: no words, or their audio is gone.
        """
        heard = [word for word in words if word.start_s >= words[-1].end_s - LONGEST_S]
        if not heard:
            return None
        begin_s = max(audio.begin_s, heard[0].start_s - _BEFORE_S)
        cepstra = features.mfcc(audio.between(begin_s, heard[-1].end_s + _AFTER_S))
        if not len(cepstra):
            return None
        scores = forward.log_probabilities(self.network, cepstra)
        return evidence(scores, begin_s, heard, self.readings)


class Recent:
    """The last seconds of an utterance's audio (s16le, 8 kHz)."""

    def __init__(self) -> None:
        self._pcm, self._heard_bytes = bytearray(), 0

    def add(self, pcm: bytes) -> None:
        """Take audio; what is older than KEPT_S may go."""
        self._pcm += pcm
        self._heard_bytes += len(pcm)
        if len(self._pcm) > 2 * _KEPT_BYTES:  # not at every frame: deleting moves all the rest
            del self._pcm[:-_KEPT_BYTES]

    @property
    def begin_s(self) -> float:
        """When the oldest audio was heard, in seconds from the start of the utterance."""
        return (self._heard_bytes - len(self._pcm)) / _BYTES_PER_S

    def between(self, begin_s: float, end_s: float) -> NDArray[np.int16]:
        """The samples of a stretch, of which some may be gone or not yet there."""
        samples = np.frombuffer(bytes(self._pcm), "<i2")
        first, last = (round((at - self.begin_s) * SAMPLE_RATE_HZ) for at in (begin_s, end_s))
        return samples[max(0, first) : max(0, last)]
