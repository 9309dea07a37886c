"""English reading of numbers. Plain integers stay digits: every engine reads those well."""

import calendar
import re
from typing import Final

from ivr.tts.rewriting import grouped, rewrite, rules

_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TO: Final = r"\s?[-–—]\s?"
_RANGED: Final = (
    r"(?:%|(?:(?:business|working|calendar) )?(?:second|minute|hour|day|week|month|year|time|step"
    r"|people|person|dollar|euro|pound|cent|percent|yuan|RMB|CNY|instalment|installment)s?\b)"
)
"""Words before which "5-10" is a range, not a code."""
_MONTHS: Final = tuple(calendar.month_name)  # [0] is empty
_SMALL_UNITS: Final = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}


def read_aloud(text: str) -> str:
    """Give the text with money, dates, times, codes and signs in words."""
    return rewrite(text, _RULES)


def plain(number: str) -> str:
    """Give a quantity without thousands signs and needless zeros: 1,234.50 is 1234.5."""
    whole, _, fraction = number.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return whole + (" point " + " ".join(fraction) if fraction else "")


def ordinal(value: int) -> str:
    """Give 1st, 2nd, 3rd, 4th, 11th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{'th' if 10 < value % 100 < 14 else ending}"


def _plural(count: str, unit: str) -> str:
    if count == "1":
        return f"1 {unit}"
    return f"{count} {'pence' if unit == 'penny' else unit + 's'}"


def _foreign(match: re.Match[str]) -> str:
    large, small = _SMALL_UNITS[match[1]]
    whole, _, fraction = match[2].replace(",", "").partition(".")
    cents = int(fraction[:2].ljust(2, "0")) if fraction else 0
    words = _plural(whole, large)
    return words + (f" and {_plural(str(cents), small)}" if cents else "")


def _as_name(digits: str) -> str:
    groups = grouped(re.sub(r"\D", "", digits))
    return ", ".join(" ".join(group) for group in groups)


def _date(match: re.Match[str]) -> str:
    year, month, day = map(int, match.groups())
    if not 1 <= month <= 12:
        return match[0]
    return f"{_MONTHS[month]} {ordinal(day)}, {year}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    usual = "am" if hour == 24 else "pm" if hour > 12 else ""  # 24:00 is midnight
    half = (match[3] or usual).lower().replace(".", "")
    shown = hour - 12 if hour > 12 else hour
    minutes = f" {'oh ' if minute < 10 else ''}{minute}" if minute else ""
    if half:
        return f"{shown}{minutes} {half[0]} m"
    return f"{shown}{minutes or (' o' + chr(39) + 'clock' if 0 < hour <= 12 else ' hundred')}"


_RULES: Final = rules(
    (
        (r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", _date),
        (r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?:\s?([ap]\.?m\b\.?))?", _time),
        # Engines leave a dash between numbers out.
        (
            rf"(?<![\w.,\-])(?!0\d)({_NUMBER}){_TO}({_NUMBER})(?=\s?{_RANGED})",
            lambda match: f"{plain(match[1])} to {plain(match[2])}",
        ),
        (rf"(?<=[\dm%]){_TO}(?=\d{{1,2}}:\d{{2}}|[$£€¥￥]\s?\d|\d+\s?%)", lambda _: " to "),
        (rf"({_NUMBER})\s?%", lambda match: plain(match[1]) + " percent"),
        (rf"(?:[¥￥]|\b(?:RMB|CNY))\s?({_NUMBER})", lambda match: plain(match[1]) + " yuan"),
        (rf"({_NUMBER})\s?(?:RMB|CNY|yuan)\b", lambda match: plain(match[1]) + " yuan"),
        (rf"([$£€])\s?({_NUMBER})", _foreign),
        (
            r"(\b(?:ending(?: in| with)?|code|card|account|reference|hotline|extension|phone)"
            r"(?: number)?(?: is|:)?\s)(\d[\d\- ]*\d)\b",
            lambda match: match[1] + _as_name(match[2]),
        ),
        (r"\+?(?<![\d.,])\d{3,4}-\d{3,4}(?:-\d{3,4})*(?!\d)", lambda match: _as_name(match[0])),
        (r"(?<![\d.,])(?:0\d+|\d{5,})(?![\d.,]*\d)", lambda match: _as_name(match[0])),
        (rf"(?<=[\s(])(?:{_NUMBER})(?=[\s).,;!?]|$)", lambda match: plain(match[0])),
        (r"#", lambda _: "hash"),
        (r"\*", lambda _: "star"),
        (r"&", lambda _: " and "),
    )
)
