"""The words an ear can hear, as its model lists them."""

import re
from collections.abc import Iterable
from pathlib import Path

from ivr.domain import Language

_NOT_SPOKEN = re.compile(r"[^\w\s']")
"""Signs that people write and nobody says: "what is it?"."""


class Vocabulary:
    """Words of one language."""

    def __init__(self, words: frozenset[str], language: Language) -> None:
        self._words, self._language = words, language
        self._longest = max(map(len, words), default=1)

    @classmethod
    def of_models(cls, models: Iterable[Path], language: Language) -> "Vocabulary | None":
        """Read the words that any of some Vosk models knows; None where none lists its words."""
        files = [model / "graph" / "words.txt" for model in models]
        texts = [file.read_text("utf-8") for file in files if file.exists()]
        if not texts:
            return None
        lines = (line for text in texts for line in text.splitlines())
        return cls(frozenset(line.split()[0] for line in lines if line.strip()), language)

    def unheard(self, text: str) -> list[str]:
        """The parts of a text that no words of the ear make up."""
        words = _NOT_SPOKEN.sub(" ", text.lower().replace("\u2019", "'")).split()
        if self._language is Language.ZH:
            # Blanks mean nothing in Mandarin: every reader splits it differently.
            return self._unheard_signs("".join(words))
        return [word for word in words if word not in self._words]

    def _unheard_signs(self, text: str) -> list[str]:
        """Split a text into known words with as few signs left over as possible."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(text) + 1):
            count, left = best[end - 1]
            found = (count + 1, [*left, text[end - 1]])
            for length in range(1, min(self._longest, end) + 1):
                if text[end - length : end] in self._words and best[end - length][0] < found[0]:
                    found = best[end - length]
            best.append(found)
        return best[-1][1]
