"""Pronunciations that people wrote down: `flows/pronunciations.yaml`.

en:
  klarna: K L AA R N AH            # sounds of the CMU dictionary, stress marks allowed
zh:
  花呗: hua bei                     # syllables of pinyin, tones allowed
  APP: [ei pi pi, a pu]            # several ways of saying it
"""

from collections.abc import Iterable, Mapping

from ivr.asr.build import mandarin
from ivr.asr.build.pronunciation import Reading
from ivr.domain import Language
from ivr.errors import ConfigError

Written = str | list[str]


def read(
    written: Mapping[str, Written], language: Language, sounds: Iterable[str]
) -> dict[str, tuple[Reading, ...]]:
    """Readings by word. Raises ConfigError naming the word and the sound that does not exist."""
    known = frozenset(sounds)
    found = {}
    for word, spoken in written.items():
        ways = spoken if isinstance(spoken, list) else [spoken]
        found[word.lower()] = tuple(_reading(word, str(way), language, known) for way in ways)
    return found


def _reading(word: str, way: str, language: Language, known: frozenset[str]) -> Reading:
    sounds: list[str] = []
    for piece in way.split():
        parts = _sounds(piece, language, known)
        if not known.issuperset(parts) or not parts:
            example = "K AE SH" if language is Language.EN else "hua bei"
            raise ConfigError(
                f"{piece!r} in the pronunciation of {word!r} is no sound of this ear.",
                f"Write it like {example!r}; the sounds are in the model's graph/phones.txt.",
            )
        sounds += parts
    if not sounds:
        raise ConfigError(f"{word!r} has an empty pronunciation.", "Write its sounds or drop it.")
    return tuple(sounds)


def _sounds(piece: str, language: Language, known: frozenset[str]) -> Reading:
    if language is Language.EN:
        return (piece.upper().rstrip("012"),)
    return mandarin.split_syllable(piece) or ((piece,) if piece in known else ())
