"""One of several named options: by its words, or by its place ("the second one", 最后一个).

Some ears, and whoever types, write numbers in figures: an option called "twelve months" is also
chosen by "12 months".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ivr.dialog.slot_settings import Option
from ivr.dialog.slots import numbers_en, numbers_zh
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

_RUN_ZH: Final = re.compile(numbers_zh.RUN)


def choices_in(sentence: Heard, options: Mapping[str, Option]) -> list[Match]:
    """All options of a sentence, in their order; of words in one place the longest count."""
    language, names = sentence.language, list(options)
    found = [
        match
        for name, option in options.items()
        for words in option.of(language)
        for written in _ways_to_write(heard(words, language))
        for match in _places_of(written, name, sentence)
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


def _ways_to_write(words: Heard) -> Iterator[str]:
    """Give an option's words, and where they begin with a number the same with figures."""
    yield words.text
    if words.language is Language.ZH:
        run = _RUN_ZH.match(words.text)
        value, rest = (
            numbers_zh.number(run[0] if run else ""),
            words.text[run.end() if run else 0 :],
        )
    else:
        end = numbers_en.run_at(words.words, 0) if words.words else 0
        value, rest = numbers_en.number(words.words[:end]), words.text[_end_of(words, end) :]
    if value is not None:
        yield f"{value.normalize():f}{rest}"


def _end_of(words: Heard, count: int) -> int:
    return words.place(0, count)[1] if count else 0


def _is_denied(sentence: Heard, match: Match) -> bool:
    before = sentence.text[: match.start].rstrip()
    if sentence.language is Language.ZH:
        return before.endswith(("不要", "不是", "不选"))
    return before.split()[-1:] == ["not"]


def _places_of(words: str, name: str, sentence: Heard) -> list[Match]:
    matches, at = [], sentence.text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        if _is_whole(sentence, at, end):
            matches.append(Match(name, at, end))
        at = sentence.text.find(words, at + 1)
    return matches


def _is_whole(sentence: Heard, start: int, end: int) -> bool:
    """Whether a place begins and ends with a word; in Mandarin only figures have such borders."""
    before, behind = sentence.text[start - 1 : start], sentence.text[end : end + 1]
    if sentence.language is Language.EN:
        return before in ("", " ") and behind in ("", " ")
    begins = not sentence.text[start].isdigit() or not (before.isdigit() or before == ".")
    ends = not sentence.text[end - 1].isdigit() or not (behind.isdigit() or behind == ".")
    return begins and ends
