"""Recordings and their sounds, ready for training."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ivr.asr.build import features, vocabulary
from ivr.asr.build.features import Floats
from ivr.asr.build.pronunciation import Reading
from ivr.asr.manifest import Clip, read_audio
from ivr.asr.train.channel import Channel, telephone
from ivr.asr.train.disguise import Disguise, disguised
from ivr.asr.train.gate import Gate, gated
from ivr.asr.train.net import Net
from ivr.asr.train.recording import Recording
from ivr.asr.train.rows import Rows, in_rows
from ivr.audio.resample import resample
from ivr.domain import SAMPLE_RATE_HZ, Language

_BATCH_FRAMES = 9000
_MOST_READINGS = 16
_LONGEST_S = 20.0


@dataclass(frozen=True)
class Variety:
    """In what ways a recording sounds different each time it is heard."""

    gate: Gate = Gate()  # noqa: RUF009  # frozen
    channel: Channel = Channel()  # noqa: RUF009  # frozen
    rows: Rows = Rows()  # noqa: RUF009  # frozen
    disguise: Disguise = Disguise()  # noqa: RUF009  # frozen


def is_held_out(speaker: str, share: float) -> bool:
    """Whether a speaker is kept for testing; the same every time, for any list of speakers."""
    return zlib.crc32(speaker.encode()) % 1000 < 1000 * share


@dataclass(frozen=True)
class Lexicon:
    """How words become the network's outputs."""

    language: Language
    number: Mapping[str, int]
    known: frozenset[str]
    overrides: Mapping[str, tuple[Reading, ...]]

    def ways(self, text: str) -> list[tuple[int, ...]]:
        """Every way of saying a text, at most 16; none if a word cannot be said."""
        words, lost = vocabulary.split(text, self.language, self.known)
        readings = [self._readings(word) for word in words]
        if lost or not words or not all(readings):
            return []
        found = islice(product(*readings), _MOST_READINGS)
        return [tuple(self.number[s] for reading in way for s in reading) for way in found]

    def _readings(self, word: str) -> tuple[Reading, ...]:
        found = self.overrides.get(word) or vocabulary.pronounce(word, self.language).readings
        return tuple(reading for reading in found if self.number.keys() >= set(reading))


def load(clips: Iterable[Clip], lexicon: Lexicon, net: Net) -> Iterator[Recording]:
    """Read the clips whose words can be said; of several readings the likeliest is taken.

    A clip without a text is one in which nobody speaks: noise, breath, a line that hums.
    """
    for clip in clips:
        ways = lexicon.ways(clip.text) if clip.text else [()]
        samples, rate_hz = read_audio(clip.path)
        speech = resample(samples, rate_hz, SAMPLE_RATE_HZ)
        if ways and features.FRAME < len(speech) < _LONGEST_S * SAMPLE_RATE_HZ:
            sounds = ways[0] if len(ways) == 1 else _likeliest(speech, ways, net)
            yield Recording(speech, sounds, clip.speaker)


def _likeliest(
    speech: NDArray[np.int16], ways: Sequence[tuple[int, ...]], net: Net
) -> tuple[int, ...]:
    with torch.no_grad():
        scores = net(torch.from_numpy(net.pad(features.mfcc(speech)))[None])
    losses = [
        float(
            functional.ctc_loss(
                scores[0],
                torch.tensor(way),
                torch.tensor([len(scores[0])]),
                torch.tensor([len(way)]),
            )
        )
        for way in ways
    ]
    return ways[int(np.argmin(losses))]


@dataclass(frozen=True)
class Batch:
    """Padded features (clips, frames, 40), outputs of each, all sounds in a row, and how many."""

    features: torch.Tensor
    outputs: torch.Tensor
    sounds: torch.Tensor
    lengths: torch.Tensor


def batches(
    recordings: Sequence[Recording], net: Net, random: np.random.Generator, variety: Variety | None
) -> Iterator[Batch]:
    """All recordings once, varied anew (None: as they are), in batches of like length.

    Those in which nobody speaks are heard behind the others, too.
    """
    backgrounds = [each.samples for each in recordings if not each.sounds]
    if variety:
        recordings = in_rows(recordings, variety.rows, random)
    order = sorted(
        range(len(recordings)),
        key=lambda at: len(recordings[at].samples) * random.uniform(0.9, 1.1),
    )
    groups: list[list[int]] = [[]]
    for at in order:
        frames = len(recordings[at].samples) // features.HOP + 200
        if groups[-1] and frames * (len(groups[-1]) + 1) > _BATCH_FRAMES:
            groups.append([])
        groups[-1].append(at)
    groups = [group for group in groups if group]
    for index in random.permutation(len(groups)) if variety else range(len(groups)):
        chosen = [recordings[at] for at in groups[index]]
        yield _batch(
            chosen, [_features(each, random, variety, backgrounds) for each in chosen], net
        )


def _batch(recordings: Sequence[Recording], computed: Sequence[Floats], net: Net) -> Batch:
    padded = [net.pad(each) for each in computed]
    longest = max(len(each) for each in padded)
    longest += -(longest - net.left - net.right - 1) % 3
    whole = np.stack([np.pad(each, ((0, longest - len(each)), (0, 0)), "edge") for each in padded])
    return Batch(
        torch.from_numpy(whole),
        torch.tensor([-(-len(each) // 3) for each in computed]),
        torch.tensor([sound for recording in recordings for sound in recording.sounds]),
        torch.tensor([len(recording.sounds) for recording in recordings]),
    )


def _features(
    recording: Recording,
    random: np.random.Generator,
    variety: Variety | None,
    backgrounds: Sequence[NDArray[np.int16]],
) -> Floats:
    if variety is None:
        return features.mfcc(recording.samples)
    speech = gated(recording.samples.astype(np.float64), random, variety.gate)
    heard = telephone(speech, random, variety.channel, backgrounds)
    return disguised(features.mfcc(heard), random, variety.disguise)
