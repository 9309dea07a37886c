"""Which sentences an ear was built around: a digest of each, in its folder.

An ear that knows every word of a new sentence still hears it worse than those it was built
around, so flows are told apart by their sentences too. Digests, because the note need not repeat
what the flows say, and is read at every publication.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from ivr.asr.build.vocabulary import Example
from ivr.domain import Language

NOTE: Final = Path("graph", "sentences.txt")
"""Where it stands in a model's folder, a digest a line."""

_WORD: Final = re.compile(r"[\w'{}]+")
_BYTES: Final = 6
"""Of ten thousand sentences two are mistaken for each other once in five million ears."""


def digests(examples: Iterable[Example], language: Language) -> frozenset[str]:
    """Give a digest of each sentence; capitals, punctuation and Mandarin's blanks do not count."""
    between = " " if language is Language.EN else ""
    plain = {between.join(_WORD.findall(example.text.lower())) for example in examples}
    return frozenset(blake2b(text.encode(), digest_size=_BYTES).hexdigest() for text in plain)


def read_note(model: Path) -> frozenset[str] | None:
    """Give the digests of a model's folder; None where nobody noted them, or not readably."""
    try:
        return frozenset((model / NOTE).read_text("ascii").split())
    except (OSError, UnicodeDecodeError):
        return None


def write_note(model: Path, found: frozenset[str]) -> None:
    """Note the digests in a model's folder. Raises OSError."""
    (model / NOTE).write_text("".join(f"{each}\n" for each in sorted(found)), "ascii")
