"""Reads anyone's call log (CSV, plain or gzipped); every complaint names line and remedy."""

import csv
import difflib
import gzip
import math
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, TextIO

from ivr.errors import ConfigError, Place

REQUIRED: Final = ("call_id", "opened_at", "caller_id", "category")
OPTIONAL: Final = ("resolved_at", "place", "detail")
ALIASES: Final = {"location": "place", "subcategory": "detail"}
"""Column names that are understood without `--map`."""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One line of a log; times in hours since 1970, `resolved_h` infinite when not known.

    `place` is where the caller belongs (known when the phone rings), `detail` a finer reason
    that is known only with the reason itself. An empty `caller` is a withheld number.
    """

    call_id: str
    at_h: float
    caller: str
    reason: str
    detail: str = ""
    place: str = ""
    resolved_h: float = math.inf
    ahead_h: float = 0.0
    """Hours by which the clocks were ahead of UTC where the line was written."""


@dataclass(frozen=True)
class CallLog:
    """Calls in order of time, and what a reader should know about how they were read."""

    calls: tuple[LoggedCall, ...]
    notes: tuple[str, ...] = ()


def hours(text: str) -> float:
    """Turn an ISO 8601 date or time into hours since 1970; without a zone it is UTC."""
    return _when(text).timestamp() / 3600.0


def _when(text: str) -> datetime:
    when = datetime.fromisoformat(text.strip())
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _ahead_h(text: str) -> float:
    ahead = _when(text).utcoffset()
    return ahead.total_seconds() / 3600.0 if ahead is not None else 0.0


def read_log(file: Path, columns: Mapping[str, str] | None = None) -> CallLog:
    """Read a log; `columns` maps the file's column names to ours. Raises ConfigError."""
    try:
        with _open(file) as lines:
            rows = csv.DictReader(lines)
            found = list(rows.fieldnames or ())
            names = _columns(found, columns or {}, file)
            calls = list(_calls(rows, names, file))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        remedy = "Give a UTF-8 CSV file, plain or gzipped (.csv, .csv.gz)."
        raise ConfigError(f"cannot be read: {error}.", remedy, Place(file)) from error
    if not calls:
        raise ConfigError("holds no calls.", "Export at least some weeks of calls.", Place(file))
    ordered = sorted(calls, key=lambda call: call.at_h)  # stable: ties keep the file's order
    return CallLog(tuple(ordered), tuple(_notes(calls, found, names.values())))


def _open(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _columns(found: list[str], mapped: Mapping[str, str], file: Path) -> dict[str, str]:
    """Give our name -> the file's name; mapped names win over equal ones and aliases."""
    ours = (*REQUIRED, *OPTIONAL)
    names = {alias: column for column, alias in ALIASES.items() if column in found}
    names |= {name: name for name in ours if name in found}
    for column, field in mapped.items():
        if column not in found:
            raise _unknown(f"has no column {column!r}, which --map names.", column, found, file)
        if field not in ours:
            raise _unknown(f"--map gives {column!r} an unknown meaning.", field, list(ours), file)
        names[field] = column
    for name in REQUIRED:
        if name not in names:
            raise _unknown(f"has no column {name!r}.", name, found, file)
    return names


def _unknown(problem: str, wanted: str, known: list[str], file: Path) -> ConfigError:
    near = difflib.get_close_matches(wanted, known, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    remedy = f"{hint}There are: {', '.join(known) or 'none'}. Name yours with --map column=field."
    return ConfigError(problem, remedy, Place(file, 1))


def _calls(
    rows: "csv.DictReader[str]", names: Mapping[str, str], file: Path
) -> Iterator[LoggedCall]:
    lines: dict[str, int] = {}
    for row in rows:
        place = Place(file, rows.line_num)
        call = _call({name: (row[column] or "").strip() for name, column in names.items()}, place)
        if call.call_id in lines:
            problem = f"call_id {call.call_id!r} is also on line {lines[call.call_id]}."
            raise ConfigError(problem, "Each call must appear once.", place)
        lines[call.call_id] = rows.line_num
        yield call


def _call(row: Mapping[str, str], place: Place) -> LoggedCall:
    for name in ("call_id", "category"):
        if not row[name]:
            raise ConfigError(f"{name} is empty.", "Fill it in or leave the line out.", place)
    at_h = _time(row["opened_at"], "opened_at", place)
    resolved = row.get("resolved_at", "")
    resolved_h = _time(resolved, "resolved_at", place) if resolved else math.inf
    return LoggedCall(
        call_id=row["call_id"],
        at_h=at_h,
        caller=row["caller_id"],
        reason=row["category"],
        detail=row.get("detail", ""),
        place=row.get("place", ""),
        resolved_h=max(resolved_h, at_h),
        ahead_h=_ahead_h(row["opened_at"]),
    )


def _time(text: str, name: str, place: Place) -> float:
    try:
        return hours(text)
    except ValueError as error:
        remedy = "Write dates as 2026-05-01 or 2026-05-01 13:45:00."
        raise ConfigError(f"{name} {text!r} is not a date.", remedy, place) from error


def _notes(calls: list[LoggedCall], found: Sequence[str], used: Collection[str]) -> Iterator[str]:
    back = sum(after.at_h < before.at_h for before, after in pairwise(calls))
    if back:
        yield f"time goes backwards on {back} lines: the calls were sorted by opened_at"
    if all(call.resolved_h == math.inf for call in calls):
        yield "no call has resolved_at: every case counts as open"
    unused = [column for column in found if column not in used]
    if unused:
        yield f"columns not used: {', '.join(unused)}"


def read_logs(files: Sequence[Path], columns: Mapping[str, str] | None = None) -> CallLog:
    """Read several files as one log; a call_id may appear in only one. Raises ConfigError."""
    logs = [read_log(file, columns) for file in files]
    seen: dict[str, Path] = {}
    for file, log in zip(files, logs, strict=True):
        for call in log.calls:
            if seen.setdefault(call.call_id, file) != file:
                problem = f"call_id {call.call_id!r} is also in {seen[call.call_id]}."
                raise ConfigError(problem, "Each call must appear once.", Place(file))
    calls = sorted((call for log in logs for call in log.calls), key=lambda call: call.at_h)
    return CallLog(tuple(calls), tuple(dict.fromkeys(note for log in logs for note in log.notes)))
