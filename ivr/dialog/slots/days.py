"""Days by the calendar: which 23rd, which Wednesday, when the month ends. No words here.

Every function gives None where there is no such day (30 February, a year beyond the calendar).
Weeks begin on Monday: on a Saturday "next Wednesday" and 下周三 are four days ahead.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from ivr.dialog.slot_settings import Tense

_SUNDAY: Final = 6
_LEAP_YEARS: Final = 8
"""29 February may be eight years away, as in 1904."""


def day_from(today: date, days: int) -> date | None:
    """A day so many days ahead; behind, if negative."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def months_from(today: date, months: int, day: int | None = None) -> date | None:
    """The same day, or another, of a month ahead; 31 January and a month is the end of February."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    wanted = day if day is not None else min(today.day, monthrange(year, month + 1)[1])
    return exact(year, month + 1, wanted)


def exact(year: int, month: int, day: int) -> date | None:
    """A day of a given year."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_day(today: date, month: int, day: int, when: Tense) -> date | None:
    """The next such day of a year, or the last one where the past is asked for; today is both."""
    step = -1 if when is Tense.PAST else 1
    for years in range(_LEAP_YEARS + 1):
        found = exact(today.year + step * years, month, day)
        if found is not None and (found - today).days * step >= 0:
            return found
    return None


def day_of_month(today: date, day: int, when: Tense) -> date | None:
    """The next such day of a month, or the last one; today is both."""
    step = -1 if when is Tense.PAST else 1
    for months in range(3):  # of two months in a row, one has 31 days
        found = months_from(today, step * months, day)
        if found is not None and (found - today).days * step >= 0:
            return found
    return None


def weekday(today: date, which: int, when: Tense) -> date | None:
    """The next such weekday (Monday is 0), or the last one; never today, which has a word."""
    ahead = (which - today.weekday()) % 7 or 7
    behind = (today.weekday() - which) % 7 or 7
    return day_from(today, -behind if when is Tense.PAST else ahead)


def is_vague_weekday(today: date, which: int, *, is_next: bool) -> bool:
    """Whether people differ about which day a weekday is.

    "Next Wednesday" is one of two while this week's is still to come, and on a Sunday, where weeks
    begin for some; a weekday's own name said on that day is today for some and not for others.
    """
    if is_next:
        return which > today.weekday() or today.weekday() == _SUNDAY
    return which == today.weekday()


def weekday_of_week(today: date, which: int, weeks: int) -> date | None:
    """A weekday of the week so many weeks ahead."""
    return day_from(today, weeks * 7 + which - today.weekday())


def end_of_month(today: date, months: int = 0) -> date | None:
    """The last day of a month ahead."""
    first = months_from(today, months + 1, 1)
    return None if first is None else day_from(first, -1)
