"""One of several named options: by its words, or by its place ("the second one", 最后一个)."""

from collections.abc import Mapping
from typing import Final

from ivr.dialog.slot_settings import Option
from ivr.dialog.slots.heard import Heard, heard, listed
from ivr.dialog.slots.match import Match, longest
from ivr.domain import Language

_PLACES: Final = {
    Language.ZH: tuple(f"第{sign}|第{sign}个|选{sign}|选项{sign}" for sign in "一二三四五六七八九"),
    Language.EN: tuple(
        f"the {ordinal}|the {ordinal} one|{ordinal}|{ordinal} one|number {name}|option {name}"
        for ordinal, name in zip(
            listed("first second third fourth fifth sixth seventh eighth ninth"),
            listed("one two three four five six seven eight nine"),
            strict=True,
        )
    ),
}
_ALONE: Final = {
    Language.ZH: ("一", "二", "三", "四", "五", "六", "七", "八", "九"),
    Language.EN: tuple(listed("one two three four five six seven eight nine")),
}
"""Numbers that choose only as the whole answer."""
_LAST: Final = {
    Language.ZH: "最后一个|后面那个|后一个|后者|最后那个",
    Language.EN: "the last one|the last|last one|the latter|latter",
}
_FORMER: Final = {
    Language.ZH: "前面那个|前一个|前者",
    Language.EN: "the former|former",
}


def choices_in(sentence: Heard, options: Mapping[str, Option]) -> list[Match]:
    """All options of a sentence, in their order; of words in one place the longest count."""
    language, names = sentence.language, list(options)
    found = [
        match
        for name, option in options.items()
        for words in option.of(language)
        for match in _places_of(heard(words, language).text, name, sentence)
    ]
    for at, name in enumerate(names[: len(_PLACES[language])]):
        for words in _PLACES[language][at].split("|"):
            found += _places_of(words, name, sentence)
        if sentence.text in (_ALONE[language][at], str(at + 1)):
            found.append(Match(name, 0, len(sentence.text)))
    for words in _LAST[language].split("|"):
        found += _places_of(words, names[-1], sentence)
    for words in _FORMER[language].split("|"):
        found += _places_of(words, names[0], sentence)
    return longest([match for match in found if not _is_denied(sentence, match)])


def _is_denied(sentence: Heard, match: Match) -> bool:
    before = sentence.text[: match.start].rstrip()
    if sentence.language is Language.ZH:
        return before.endswith(("不要", "不是", "不选"))
    return before.split()[-1:] == ["not"]


def _places_of(words: str, name: str, sentence: Heard) -> list[Match]:
    matches, at = [], sentence.text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        if sentence.language is Language.ZH or _is_whole(sentence.text, at, end):
            matches.append(Match(name, at, end))
        at = sentence.text.find(words, at + 1)
    return matches


def _is_whole(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in ("", " ") and text[end : end + 1] in ("", " ")
