"""How far to believe what was heard: one probability, one table of what to do with it.

Vosk's own figure says how much better one path was than its neighbours, not whether it is right:
speech of another kind is often "sure". So it is calibrated: a logistic regression (Platt 1999)
on what both hypotheses tell and, in English, on what the sound tells of the words
(`evidence.py`), fitted by `ivr models calibrate` on speech and noise in and out of domain;
docs/developers/ear.md tells what it reaches, and `ivr evaluate asr --plot` draws it. The weights
belong to the small hotline models; with a published model they still order answers well, but
`accept` should be set anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import Final

from ivr.asr.evidence import Evidence
from ivr.asr.faint import CLEAR_DB
from ivr.asr.vocabulary import UNKNOWN
from ivr.domain import Expect, Language, Word


class Verdict(StrEnum):
    """What to do with an answer."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities (0-1) from which an answer is accepted, or at least worth confirming.

    Raising `accept` asks "did you say …?" more often, raising `confirm` asks again more often.
    """

    accept: float
    confirm: float


THRESHOLDS: Final[Mapping[Expect, Thresholds]] = {
    Expect.FREE: Thresholds(accept=0.45, confirm=0.2),
    Expect.YES_NO: Thresholds(accept=0.45, confirm=0.2),
    Expect.MENU: Thresholds(accept=0.4, confirm=0.2),
    Expect.DIGITS: Thresholds(accept=0.4, confirm=0.2),
    Expect.DATE: Thresholds(accept=0.4, confirm=0.2),
    Expect.AMOUNT: Thresholds(accept=0.4, confirm=0.2),
}


def verdict(confidence: float, expect: Expect) -> Verdict:
    """What to do with an answer of this calibrated confidence (0-1) to a question of this kind."""
    limits = THRESHOLDS[expect]
    if confidence >= limits.accept:
        return Verdict.ACCEPT
    return Verdict.CONFIRM if confidence >= limits.confirm else Verdict.ASK_AGAIN


# --- calibration -------------------------------------------------------------------------

FEATURES: Final = (
    "constant", "sureness", "weakest word", "speech outside the words", "something outside",
    "length of the words", "pace", "pace squared", "agreement of both", "sureness of the other",
    "words", "drowned in the room",
)  # fmt: skip

SOUND_FEATURES: Final = (
    "posterior of the sounds", "likeness of the sounds", "clearness of the sounds", "misfit",
)  # fmt: skip

_LEAST_POSTERIOR: Final = -8.0
"""Log probability of a sound below which it does not matter how much worse it fits."""

_TYPICAL_PACE_S: Final = {Language.EN: 0.085, Language.ZH: 0.21}
"""Seconds a character takes in ordinary speech: median over synthesised sentences."""

# (language, whether a grammar was listened for) -> one weight a feature. Fitted in November 2026
# on 400 (en) and 237 (zh) clips: digits, commands, sentences and synthetic voices in domain; other
# words and languages, coughs, music and noise out of it; all over random lines in altered voices.
# The English constants were lowered by 0.8 when that ear, trained longer, became surer of all it
# hears: so no more of what is out of domain is accepted than before, and more of what is in it.
# The weight of the room was fitted alone, all others held, on 1,322 Mandarin clips, four of ten in
# babble or noise 0 to 30 dB below the caller; in babble English is refused without it.
WEIGHTS: Final[Mapping[tuple[Language, bool], tuple[float, ...]]] = {
    (Language.EN, False): (
        -3.42, 1.40, -0.01, -0.25, -0.41, 1.18, -1.04, -0.56, 0.00, 0.00, -1.53, 0.00,
    ),
    (Language.EN, True): (
        -4.47, 1.01, 0.37, -0.15, -0.33, 1.00, -1.25, -0.90, 0.18, -0.27, -0.61, 0.00,
    ),
    (Language.ZH, False): (
        -3.09, 1.15, 0.05, 0.03, -0.10, -0.14, -0.46, -0.35, 0.00, 0.00, 0.94, -1.50,
    ),
    (Language.ZH, True): (
        -3.48, 1.05, 0.17, 0.09, -0.03, -0.25, 0.28, -0.04, 1.00, -0.00, 1.40, -1.50,
    ),
}  # fmt: skip

# The same where the sound is asked too. Fitted in November 2026 on clips of speakers that the ear
# was trained on, in altered voices over random lines (499 heard in the open, 892 for digits and
# for single words), and judged on the test speakers (docs/adr/ask-the-sound.md). Mandarin has none:
# on 370 clips of its training side nothing was gained where most of what is right is accepted.
SOUND_WEIGHTS: Final[Mapping[tuple[Language, bool], tuple[float, ...]]] = {
    (Language.EN, False): (
        -4.72, -0.05, 0.52, -6.68, -4.02, 1.15, 0.31, -1.22, 0.00, 0.00, -0.48, 0.00,
        0.95, 0.52, 6.31, 1.77,
    ),
    (Language.EN, True): (
        -7.60, -0.15, 0.21, -4.18, -2.90, 0.60, 0.23, -0.82, 0.81, 3.67, -0.20, 0.00,
        0.47, 0.14, 6.19, 0.26,
    ),
}  # fmt: skip


def calibrated(
    believed: Sequence[Word],
    other: Sequence[Word] | None,
    language: Language,
    evidence: Evidence | None = None,
    above_room_db: float = CLEAR_DB,
) -> float:
    """The probability (0-1) that the believed words are in domain and all right.

    `believed` and `other` are the hypotheses with their `[unk]`; `other` is None where nothing
    was expected and only the open ear listened. `evidence` is what the sound says of the believed
    words; None where it cannot be asked. `above_room_db` is how far they stand out of other sound
    (`faint.py`). Without a single known word the probability is 0.
    """
    if not any(word.text != UNKNOWN for word in believed):
        return 0.0
    weights = weights_of(language, is_expected=other is not None, has_evidence=bool(evidence))
    found = features(believed, other, language, evidence, above_room_db)
    return probability(weights, found[: len(weights)])


def weights_of(language: Language, *, is_expected: bool, has_evidence: bool) -> tuple[float, ...]:
    """One weight for each of `FEATURES`; where there is evidence, of `SOUND_FEATURES` too.

    The latter only where it was found to help in the language.
    """
    words_alone = WEIGHTS[language, is_expected]
    return SOUND_WEIGHTS.get((language, is_expected), words_alone) if has_evidence else words_alone


def asks_sound(language: Language) -> bool:
    """Whether what the sound says counts in a language; asking it costs milliseconds."""
    return any(known is language for known, _ in SOUND_WEIGHTS)


def probability(weights: Iterable[float], found: Iterable[float]) -> float:
    """The probability (0-1) that weights give to features, one for each of `FEATURES`."""
    total = sum(weight * each for weight, each in zip(weights, found, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def features(
    believed: Sequence[Word],
    other: Sequence[Word] | None,
    language: Language,
    evidence: Evidence | None = None,
    above_room_db: float = CLEAR_DB,
) -> tuple[float, ...]:
    """What the probability is made of: a number for each of `FEATURES` and `SOUND_FEATURES`.

    The latter only where there is evidence.
    """
    drowned = (CLEAR_DB - above_room_db) / 10
    sound = _of_sound(evidence) if evidence else ()
    return (*_of_words(believed, other, language), drowned, *sound)


def _of_sound(evidence: Evidence) -> tuple[float, ...]:
    posterior = max(_LEAST_POSTERIOR, evidence.posterior)
    return (posterior, _stretched(exp(posterior)), evidence.clearness, evidence.misfit)


def _of_words(
    believed: Sequence[Word], other: Sequence[Word] | None, language: Language
) -> tuple[float, ...]:
    known = [word for word in believed if word.text != UNKNOWN]
    total_s, known_s = _length_s(believed), _length_s(known)
    pace = _pace(known, known_s, language)
    other_known = [word for word in other or () if word.text != UNKNOWN]
    return (
        1.0,
        _stretched(sum(w.confidence * _length_s([w]) for w in known) / total_s),
        _stretched(min((word.confidence for word in known), default=0.0)),
        1 - known_s / total_s,
        float(len(known) < len(believed)),
        min(known_s, 3.0),
        pace,
        pace * pace,
        _agreement(known, other_known) if other is not None else 0.0,
        sum(w.confidence * _length_s([w]) for w in other_known) / _length_s(other or ()),
        log(len(known) or 1),
    )


def _length_s(words: Sequence[Word]) -> float:
    return max(0.01, sum(word.end_s - word.start_s for word in words))


def _stretched(confidence: float) -> float:
    """Confidence with its upper end drawn out: 0.99 says much more than 0.95."""
    return -log(1.02 - min(1.0, max(0.0, confidence)))


def _pace(known: Sequence[Word], known_s: float, language: Language) -> float:
    """Logarithm of the time a character took, relative to ordinary speech; cut to +-2."""
    characters = sum(len(word.text) for word in known) or 1
    return max(-2.0, min(2.0, log(known_s / characters / _TYPICAL_PACE_S[language])))


def _agreement(known: Sequence[Word], other: Sequence[Word]) -> float:
    """The share of the words that the other hypothesis has too, in order."""
    rest = iter([word.text for word in other])
    return sum(word.text in rest for word in known) / (len(known) or 1)
