"""A value found in a sentence, and which of several a caller means."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ivr.dialog.slots.heard import Heard
from ivr.domain import Language


@dataclass(frozen=True, slots=True)
class Match:
    """A value and where it stands in `Heard.text`.

    `value` is empty where something was said that is no clear value ("five or six hundred",
    三千多): better asked again than guessed. `is_plain` says that its words mean nothing else: a
    lone "one" or 一 may be half of another word. `is_clear` says that a value's words can hardly
    mean another one: "three fifty" may be 3.50, so its 350 is not clear.
    """

    value: str = field(repr=False)
    start: int
    end: int
    is_plain: bool = True
    is_clear: bool = True


_CORRECTIONS: Final = {
    Language.ZH: (
        "不对",
        "不是",
        "不不",
        "错了",
        "说错",
        "应该是",
        "改成",
        "哦不",
        "等等",
        "等一下",
    ),
    Language.EN: ("no", "sorry", "wait", "wrong", "actually", "rather", "mean", "correction"),
}
"""Words after which what was said before no longer counts."""
_EITHER: Final = {
    Language.ZH: ("到", "至", "或", "或者", "还是", "或是"),
    Language.EN: ("or", "to", "or maybe", "maybe"),
}
"""Words between two values of which neither is meant."""


def said_last(heard: Heard, matches: Sequence[Match]) -> Match | None:
    """The value that counts of those found, in their order: the last; callers correct themselves.

    None where the last is unclear, or where it is one of two ("five or six hundred").
    """
    counting = after_correction(heard, matches)
    if not counting:
        return None
    last = next((match for match in reversed(counting) if match.is_plain), counting[-1])
    at = matches.index(last)
    before = matches[at - 1] if at else None
    if before is not None and _is_half_said(heard, before, last):
        return None
    if not last.value:
        return None
    is_contrast = before is not None and heard.text[before.end : last.start] == _CONTRAST
    # 三千不是四千 is "three thousand, not four" or "three, no, four": only the tone tells.
    return replace(last, is_clear=False) if is_contrast else last


_CONTRAST: Final = "不是"


def _is_half_said(heard: Heard, before: Match, last: Match) -> bool:
    """Whether the last is one of two, or a digit that corrects more: "five hundred no six"."""
    between = heard.text[before.end : last.start].strip()
    if between in _EITHER[heard.language]:
        return True
    return before.is_plain and not last.is_plain and corrects(heard, before, last)


def after_correction(heard: Heard, matches: Sequence[Match]) -> Sequence[Match]:
    """The matches behind the last word of correction that stands between two of them."""
    for at in range(len(matches) - 1, 0, -1):
        if corrects(heard, matches[at - 1], matches[at]):
            return matches[at:]
    return matches


def corrects(heard: Heard, first: Match, second: Match) -> bool:
    """Whether a word of correction stands between two matches."""
    between = heard.text[first.end : second.start]
    if heard.language is Language.ZH:
        return any(word in between for word in _CORRECTIONS[Language.ZH]) or between == "不"
    return not set(between.split()).isdisjoint(_CORRECTIONS[Language.EN])


def longest(found: Sequence[Match]) -> list[Match]:
    """Of matches that share signs the longest, all in their order: 十二月三号 is not 三号."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda match: match.start - match.end):
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)
