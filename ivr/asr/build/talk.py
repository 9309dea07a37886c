"""Sentences the language model should expect whatever the flows say.

`data/talk_en.txt` explains its own form: sections of sentences with a share each, lists, and
classes such as {amount}. Sentences are drawn with a fixed seed, so that the same files always
build the same ear.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from ivr.asr.build.classes import Class, classes
from ivr.domain import Language

_DATA = files("ivr.asr.build") / "data"
_HEADING = re.compile(r"\[([a-z ]+?)(?: (\d+))?\]")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Talk:
    """Sections (share, sentences) and the lists their sentences name."""

    sections: tuple[tuple[float, tuple[str, ...]], ...]
    lists: Mapping[str, tuple[str, ...]]


@cache
def general(language: Language) -> Talk:
    """The talk that ships with the project."""
    return parse((_DATA / f"talk_{language.value}.txt").read_text("utf-8"))


@cache
def base_words(language: Language) -> frozenset[str]:
    """Words every ear knows, whatever flows there are."""
    text = (_DATA / f"words_{language.value}.txt").read_text("utf-8")
    listed = {w for line in text.splitlines() if not line.startswith("#") for w in line.split()}
    talk = general(language)
    written = [s for _, sentences in talk.sections for s in sentences]
    written += [item for items in talk.lists.values() for item in items]
    return frozenset(listed | {w for s in written for w in _SLOT.sub(" ", s).split()})


def decoys(language: Language) -> tuple[tuple[str, ...], ...]:
    """Sounds of common words that callers of a lender rarely need: they become `[unk]`."""
    text = (_DATA / f"decoys_{language.value}.txt").read_text("utf-8")
    return tuple(tuple(line.split()) for line in text.splitlines() if line)


def parse(text: str) -> Talk:
    """Read the form explained in `talk_en.txt`."""
    sections: dict[str, tuple[float, list[str]]] = {}
    here: list[str] = []
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line.strip())
        if heading:
            here = []
            sections[heading[1]] = float(heading[2] or 0), here
        elif line.strip() and not line.startswith("#"):
            for item in line.split("|"):
                here += _repeated(item.strip())
    return Talk(
        tuple((share, tuple(items)) for share, items in sections.values() if share),
        {name: tuple(items) for name, (share, items) in sections.items() if not share},
    )


def _repeated(item: str) -> list[str]:
    times, star, rest = item.partition("*")
    return [rest.strip()] * int(times) if star and times.isdigit() else [item]


# --- filling in --------------------------------------------------------------------------


class Filler:
    """Fills {names} in templates from lists and classes; deterministic for a seed."""

    def __init__(
        self, language: Language, lists: Mapping[str, Sequence[str]] | None = None, seed: int = 1
    ) -> None:
        self._lists = dict(lists or {})
        self._classes: Mapping[str, Class] = classes(language)
        self._random = Random(seed)  # noqa: S311  # text for a model, not a secret

    def fill(self, template: str) -> str:
        """One sentence; a name that is neither list nor class is left out."""
        filled = template
        for _ in range(4):  # a list may name a class
            filled, count = _SLOT.subn(lambda slot: self._one(slot[1]), filled)
            if not count:
                break
        return " ".join(filled.split())

    def _one(self, name: str) -> str:
        if name in self._lists:
            return self._random.choice(self._lists[name])
        return self._classes[name](self._random) if name in self._classes else ""


def sentences(language: Language, count: int) -> Iterable[str]:
    """About `count` sentences of general talk, each section as often as its share says."""
    talk = general(language)
    filler = Filler(language, talk.lists)
    choose = Random(2)  # noqa: S311  # text for a model, not a secret
    whole = sum(share for share, _ in talk.sections)
    for share, templates in talk.sections:
        wanted = round(count * share / whole)
        yield from (filler.fill(template) for template in templates)
        for _ in range(max(0, wanted - len(templates))):
            yield filler.fill(choose.choice(templates))
