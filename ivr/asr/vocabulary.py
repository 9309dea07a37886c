"""The words a model knows, and how a phrase is written in them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

UNKNOWN: Final = "[unk]"
"""What a Vosk model writes for speech that is none of its words."""

_IGNORED: Final = {"<eps>", "<s>", "</s>", "#0", "!SIL", "<UNK>", UNKNOWN}
_CJK: Final = re.compile(r"[㐀-鿿]+")
_PIECE: Final = re.compile(r"[㐀-鿿]+|[a-z0-9']+")


class Vocabulary:
    """The set of words of one model."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words) - _IGNORED
        self._longest = max((len(word) for word in self._words if _CJK.fullmatch(word)), default=0)

    @classmethod
    def read(cls, words_txt: Path) -> "Vocabulary":
        """Read Kaldi's `words.txt` (`word id` a line)."""
        lines = words_txt.read_text(encoding="utf-8").splitlines()
        return cls(line.split()[0] for line in lines if line.strip())

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def __len__(self) -> int:
        return len(self._words)

    def known(self, words: Iterable[str]) -> tuple[str, ...]:
        """Keep the words the model knows, in order, each once."""
        return tuple(dict.fromkeys(word for word in words if word in self._words))

    def split(self, phrase: str) -> tuple[str, ...]:
        """Write a phrase in the model's words; empty when it cannot be said with them.

        English is split at blanks, Mandarin into as few words as possible: which of several
        splits is taken does not matter to the ear, since they sound the same.
        """
        words: list[str] = []
        for piece in _PIECE.findall(phrase.lower()):
            found = self._split_mandarin(piece) if _CJK.match(piece) else self._english(piece)
            if not found:
                return ()
            words += found
        return tuple(words)

    def _english(self, word: str) -> list[str]:
        return [word] if word in self._words else []

    def _split_mandarin(self, text: str) -> list[str]:
        best: list[list[str] | None] = [[], *[None] * len(text)]
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - self._longest), end):
                before, word = best[start], text[start:end]
                if before is None or word not in self._words:
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, word]
        return best[-1] or []
