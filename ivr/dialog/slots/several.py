"""Several values in one sentence: "five hundred yuan from card six six eight eight on Friday"."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots.amounts import amounts_in, is_money
from ivr.dialog.slots.choices import choices_in
from ivr.dialog.slots.dates import dates_in
from ivr.dialog.slots.digits import digit_string, digits_in
from ivr.dialog.slots.heard import Heard, heard
from ivr.dialog.slots.match import Match, after_correction, said_last
from ivr.dialog.slots.yes_no import yes_no
from ivr.domain import Language


@dataclass(frozen=True, slots=True)
class Given:
    """A slot's value and the place of its words in the sentence: `text[start:end]`.

    `is_clear` is False for a value whose words may mean another one as well.
    """

    value: str = field(repr=False)
    start: int = 0
    end: int = 0
    is_clear: bool = True


def match_for(slot: Slot, sentence: Heard, today: date) -> Match | None:
    """The value of one slot, in a sentence that answers for it alone; never of a text slot."""
    match slot.type:
        case SlotType.DIGITS:
            return digit_string(sentence, slot.length)
        case SlotType.AMOUNT:
            return said_last(sentence, amounts_in(sentence))
        case SlotType.DATE:
            return said_last(sentence, dates_in(sentence, today, slot.when))
        case SlotType.YES_NO:
            return yes_no(sentence)
        case SlotType.CHOICE:
            return said_last(sentence, choices_in(sentence, slot.options))
        case SlotType.TEXT:
            return None


def values_in(
    slots: Mapping[str, Slot], text: str, language: Language, today: date
) -> dict[str, Given]:
    """The value of each slot that the sentence fills, and where; slots that it leaves out lack.

    Every word fills one slot at most. Slots of one kind take their values in the order of
    `slots`: put first what was asked for. A "yes" beside other values may belong to any question,
    and a text would take everything: those two are found only as the one slot asked for.
    """
    sentence = heard(text, language)
    found: Mapping[str, Match | None]
    if len(slots) == 1:
        found = {name: match_for(slot, sentence, today) for name, slot in slots.items()}
    else:
        found = _matches(slots, sentence, today)
    return {name: _given(sentence, match) for name, match in found.items() if match is not None}


def plain_values_in(
    slots: Mapping[str, Slot], text: str, language: Language, today: date
) -> dict[str, Given]:
    """Like `values_in`, for a sentence that was no answer: only what is plainly of a slot's kind.

    A yes, a text, and digits of any number may mean anything then, and are not found.
    """
    sentence = heard(text, language)
    plain = {name: slot for name, slot in slots.items() if not _may_be_anything(slot)}
    return {name: _given(sentence, m) for name, m in _matches(plain, sentence, today).items()}


def _may_be_anything(slot: Slot) -> bool:
    if slot.type is SlotType.DIGITS:
        return slot.length is None
    return slot.type in (SlotType.TEXT, SlotType.YES_NO)


def _given(sentence: Heard, match: Match) -> Given:
    return Given(match.value, *sentence.span(match.start, match.end), match.is_clear)


Finder = Callable[[Slot, Heard, date], Sequence[Match]]


def _dates(slot: Slot, sentence: Heard, today: date) -> Sequence[Match]:
    return dates_in(sentence, today, slot.when)


def _choices(slot: Slot, sentence: Heard, _today: date) -> Sequence[Match]:
    """Options, but no part of a longer number: "twelve" in "twelve thousand" is no choice."""
    numbers = amounts_in(sentence)
    return [
        match
        for match in choices_in(sentence, slot.options)
        if not any(_is_part_of(match, number) for number in numbers)
    ]


def _is_part_of(match: Match, other: Match) -> bool:
    inside = other.start <= match.start and match.end <= other.end
    return inside and match.end - match.start < other.end - other.start


def _amounts(_slot: Slot, sentence: Heard, _today: date) -> Sequence[Match]:
    return [match for match in amounts_in(sentence) if match.is_plain]


def _money(slot: Slot, sentence: Heard, today: date) -> Sequence[Match]:
    """Amounts that cannot be digits of a card: with a currency, or in hundreds and thousands."""
    found = _amounts(slot, sentence, today)
    return [match for match in found if is_money(sentence, match)]


def _digits(slot: Slot, sentence: Heard, _today: date) -> Sequence[Match]:
    found = digits_in(sentence)
    fitting = [match for match in found if slot.length in (None, len(match.value))]
    named = [match for match in fitting if _NAMED.search(sentence.text, 0, match.start)]
    return named or fitting


_NAMED: Final = re.compile(
    r"(?:(?:card|account|order|number|ending|ends|code|digits|phone)(?: (?:is|in|with|number))*|"
    "尾号|卡号|卡|账号|订单|订单号|号码|号|密码|电话|手机)(?:是|为|尾号)? ?$"
)
"""Words that announce digits: in "card 6688, pay 3500" they tell which is which."""


_IN_TURN: Final[tuple[tuple[SlotType, Finder], ...]] = (
    (SlotType.DATE, _dates),
    (SlotType.CHOICE, _choices),
    (SlotType.AMOUNT, _money),
    (SlotType.DIGITS, _digits),
    (SlotType.AMOUNT, _amounts),
)
"""What is plainest is looked for first: the words of a day are no amount and no digits."""


def _matches(slots: Mapping[str, Slot], sentence: Heard, today: date) -> dict[str, Match]:
    found: dict[str, Match] = {}
    for type_, finder in _IN_TURN:
        taken = tuple(found.values())
        free: dict[str, list[Match]] = {
            name: [match for match in finder(slot, sentence, today) if _is_free(match, taken)]
            for name, slot in slots.items()
            if slot.type is type_ and name not in found
        }
        found |= _one_each(sentence, free)
    return found


def _one_each(sentence: Heard, free: Mapping[str, list[Match]]) -> dict[str, Match]:
    """A match for each slot of one kind, in the order in which they were said."""
    if len(free) == 1:
        ((name, matches),) = free.items()
        last = said_last(sentence, matches)
        return {name: last} if last is not None else {}
    given: dict[str, Match] = {}
    for name, matches in free.items():
        count = after_correction(sentence, matches)
        open_ = (match for match in count if match.value and _is_free(match, given.values()))
        first = next(open_, None)
        if first is not None:
            given[name] = first
    return given


def _is_free(match: Match, taken: Iterable[Match]) -> bool:
    return all(match.end <= other.start or other.end <= match.start for other in taken)
