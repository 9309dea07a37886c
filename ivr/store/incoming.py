"""Events as other systems write them, checked and turned into ours.

A sender may repeat itself, come late and out of order: `source_id` makes an event the same one,
and each event carries its own time. What is kept holds no telephone number, only its key.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeGuard

from ivr.domain import CallerEvent

KIND: Final = re.compile(r"[a-z][a-z0-9_]{1,63}")
FIELDS: Final = ("source_id", "kind", "at", "caller", "caller_key")
LONGEST: Final = 200
MOST_EXTRA: Final = 20
_NUMBERLIKE: Final = re.compile(r"(?:\d[ -]?){9,}")
"""Nine digits in a row may be a phone, a card or an identity: such values are not kept."""

Given = Mapping[str, object]


class EventError(ValueError):
    """An event makes no sense; the message says which field and what to write."""


def read_event(given: Given, key_of: Callable[[str], str]) -> CallerEvent:
    """Turn one given event into ours; raises EventError.

    `key_of` gives the key of a telephone number. Fields beyond FIELDS become the payload,
    except values that look like numbers of phones, cards or ids.
    """
    source_id, kind = _text(given, "source_id"), _text(given, "kind").lower()
    if not KIND.fullmatch(kind):
        raise EventError(f"kind {kind[:40]!r}: write small letters and _, as payment_failed")
    extra = {name: value for name, value in given.items() if name not in FIELDS}
    if len(extra) > MOST_EXTRA:
        raise EventError(f"more than {MOST_EXTRA} further fields: send only what matters")
    return CallerEvent(
        caller_key=_caller(given, key_of),
        kind=kind,
        at=_moment(_text(given, "at")),
        source_id=source_id,
        payload={str(name)[:64]: value for name, value in extra.items() if _may_be_kept(value)},
    )


def _text(given: Given, field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str) or not value.strip():
        raise EventError(f"{field} is missing or no text")
    if len(value) > LONGEST:
        raise EventError(f"{field} is longer than {LONGEST} characters")
    return value.strip()


def _caller(given: Given, key_of: Callable[[str], str]) -> str:
    if given.get("caller_key"):
        key = _text(given, "caller_key")
        if not re.fullmatch(r"[0-9a-f]{32}", key):
            raise EventError("caller_key is no key of ours: 32 hex digits")
        return key
    key = key_of(_text(given, "caller"))
    if not key:
        raise EventError("caller holds no digits")
    return key


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise EventError("at is no time: write 2026-05-04T11:58:00+08:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _may_be_kept(value: object) -> TypeGuard[str | int | float | bool | None]:
    if isinstance(value, str):
        return len(value) <= LONGEST and not _NUMBERLIKE.search(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 10**9
    return value is None or isinstance(value, (bool, float))
