"""Logs: one JSON line per thing that happened, with `call_id`, without personal data.

Write a constant message in the past tense and put values into fields:

    _log = log.get(__name__)
    _log.info("turn answered", silence_s=0.62, intent="balance")

Whoever serves a call binds its id once (`with log.call(call_id): …`); tasks started inside
inherit it. What keeps persons out of the logs is this file and not the care of whoever writes:

- a field whose name says that it holds what people say, type or are called is withheld (small
  whole numbers may pass: they count things);
- a text field is kept only when it looks like an id, a name of ours or an address of ours;
- numbers as long as a telephone number are masked, in messages too;
- of an exception its type and place are kept; its text only when it is an `IvrError`, whose
  messages are ours;
- a library's line keeps its unformatted template, up to the first value in it.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import date
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger

from ivr.errors import IvrError

WITHHELD: Final = "[withheld]"

_PERSONAL: Final = re.compile(
    r"(?:.*_)?(?:answer|brief|caller|content|digits?|heard|keys|names?|numbers?|partial|payload"
    r"|phone|pin|prompts?|reply|said|texts?|transcript|utterance|words?)",
    re.IGNORECASE,
)
_OURS: Final = re.compile(r"call_id|caller_key|channel_id|bridge_id|media_id|(?:\w+_)?version")
_PROSE: Final = frozenset(
    ("problem", "remedy", "cause")
)  # messages of IvrError; theirs name no person
_ID_LIKE: Final = re.compile(r"[A-Za-z0-9_.:/+@=,%#\-]{0,200}")
_KEYPAD: Final = frozenset("0123456789*#ABCD")  # key by key, an entry is one
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s\-]?\d){5,}")  # ports have five digits
_LARGEST_COUNT: Final = 100
_LARGEST_NUMBER: Final = 1_000_000  # what has seven digits may be a telephone number
_WORTH_READING: Final = logging.WARNING  # of libraries; below that they tell of their own work
_FIRST_VALUE: Final = re.compile(r"[<(\[{'\"`%:\n]")

_Fields = MutableMapping[str, Any]  # structlog's own type of a line


def configure(level: str = "INFO", out: TextIO | None = None) -> None:
    """Send JSON lines to standard error (or `out`), for our loggers and those of libraries."""
    _write_guarded_lines(level, out or _STANDARD_ERROR)
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [_LibraryLines(max(_WORTH_READING, logging.getLevelName(level)))]
    root.setLevel(_WORTH_READING)


def _write_guarded_lines(level: str, stream: TextIO) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_exception,
            _guard,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> FilteringBoundLogger:
    """Give the logger of one module."""
    return cast(FilteringBoundLogger, structlog.get_logger(module=name))


@contextmanager
def call(call_id: str) -> Iterator[None]:
    """Put `call_id` on every line written inside, also by tasks that are started inside."""
    with structlog.contextvars.bound_contextvars(call_id=call_id):
        yield


class _LibraryLines(logging.Handler):
    """Rewrites the lines of libraries as ours, without the values in them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a template is cut where its first value or quotation begins."""
        template = _FIRST_VALUE.split(str(record.msg), maxsplit=1)[0].strip()
        logger = structlog.get_logger(module=record.name)
        place = f"{record.module}:{record.lineno}"
        exc_info = record.exc_info if record.exc_info and record.exc_info[0] else None
        message = template or "library message withheld"
        logger.log(record.levelno, message, place=place, exc_info=exc_info)


def _tell_exception(_logger: object, _method: str, fields: _Fields) -> _Fields:
    given = fields.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        fields["exception"] = [_told(each) for each in _chain(error)]
    return fields


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an exception and its causes, and the members of groups; at most ten."""
    waiting, seen = [error], 0
    while waiting and seen < 10:
        each = waiting.pop(0)
        if each is None:
            continue
        seen += 1
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def _told(error: BaseException) -> dict[str, str]:
    told = {"type": type(error).__name__, "at": _place(error.__traceback__)}
    if isinstance(error, IvrError):
        told["problem"] = _masked(str(error))
    return told


def _place(traceback: TracebackType | None) -> str:
    """Give `file:line function` where the exception was raised, "" where it never was."""
    if traceback is None:
        return ""
    while traceback.tb_next:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    return f"{Path(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}"


def _guard(_logger: object, _method: str, fields: _Fields) -> _Fields:
    exempt = ("exception", "timestamp", "level")
    return {
        name: value if name in exempt else _guarded(name, value) for name, value in fields.items()
    }


def _guarded(name: str, value: Any) -> Any:  # a field may be given anything
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, Mapping):
        return {_key(inner): _guarded(str(inner), each) for inner, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_guarded(name, each) for each in value]
    if isinstance(value, str):
        return _guarded_text(name, value)
    if isinstance(value, int):
        limit = _LARGEST_COUNT if _PERSONAL.fullmatch(name) else _LARGEST_NUMBER
        return value if abs(value) < limit else WITHHELD
    return _guarded_object(value)


def _guarded_text(name: str, value: str) -> str:
    if name == "event" or name in _PROSE:
        return _masked(value)
    if _OURS.fullmatch(name):
        return value if _ID_LIKE.fullmatch(value) else WITHHELD
    if _PERSONAL.fullmatch(name) or value in _KEYPAD or not _ID_LIKE.fullmatch(value):
        return WITHHELD
    return _masked(value)


def _guarded_object(value: Any) -> Any:  # as above
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, (Path, date)):
        return str(value)
    return _told(value) if isinstance(value, BaseException) else type(value).__name__


def _key(inner: object) -> str:
    return _masked(str(inner)) if _ID_LIKE.fullmatch(str(inner)) else WITHHELD


def _masked(text: str) -> str:
    return _LONG_NUMBER.sub("[number]", text)


class _StandardError:
    """Standard error as it is when a line is written, whoever has put another in its place."""

    def write(self, text: str) -> int:
        """Write to it."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Have it written out."""
        sys.stderr.flush()


_STANDARD_ERROR: Final = cast(TextIO, _StandardError())

# Most commands configure nothing. structlog's own way would then be unguarded lines on standard
# output, among the JSON that a program reads there.
_write_guarded_lines("WARNING", _STANDARD_ERROR)
