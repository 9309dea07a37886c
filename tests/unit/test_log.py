"""Log lines are JSON, carry the call's id, and never tell who called or what was said."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import log
from ivr.domain import CallInfo, Language, Utterance
from ivr.errors import ConfigError, EngineTimeout, Place
from tests.needs import ROOT

CARD, PHONE, WORDS, MANDARIN = "6228480402564890018", "13800138000", "my secret words", "我的密码"
SECRETS = (CARD, PHONE, WORDS, MANDARIN, "secret", "密码")


class Lines(io.StringIO):
    """What was logged, line by line."""

    def read_all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def last(self) -> dict[str, Any]:
        return self.read_all()[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    out = Lines()
    log.configure("DEBUG", out)
    yield out
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_a_line_says_when_where_and_what(lines: Lines) -> None:
    log.get("ivr.call.session").info("turn answered", silence_s=0.62, intent="balance", turn=3)

    line = lines.last()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "turn answered",
        "level": "info",
        "module": "ivr.call.session",
        "silence_s": 0.62,
        "intent": "balance",
        "turn": 3,
    }


async def test_tasks_inside_a_call_carry_its_id_and_others_do_not(lines: Lines) -> None:
    async def work() -> None:
        log.get("x").info("word heard")

    with log.call("1700000000.12"):
        async with asyncio.TaskGroup() as group:
            group.create_task(work())
    await work()

    inside, outside = lines.read_all()
    assert inside["call_id"] == "1700000000.12"
    assert "call_id" not in outside


@pytest.mark.parametrize(
    "field",
    ["text", "caller", "digits", "number", "reply_text", "words", "anything", "intent", "detail"],
)
@pytest.mark.parametrize("secret", [CARD, PHONE, WORDS, MANDARIN, f"+86 {PHONE}"])
def test_no_field_lets_a_person_through(lines: Lines, field: str, secret: str) -> None:
    logger = log.get("x")

    logger.info("line written", **{field: secret})
    logger.info("line written", **{field: [secret, {"deep": secret, secret: (secret,)}]})

    assert secret not in lines.getvalue()


def test_a_number_inside_the_message_is_masked(lines: Lines) -> None:
    log.get("x").warning(f"caller {PHONE} was rude")

    assert lines.last()["event"] == "caller [number] was rude"


def test_a_number_given_as_an_integer_is_withheld(lines: Lines) -> None:
    log.get("x").info("key pressed", size=int(PHONE), digits=4821, port=54321)

    line = lines.last()
    assert (line["size"], line["digits"], line["port"]) == (log.WITHHELD, log.WITHHELD, 54321)


def test_single_key_presses_are_withheld(lines: Lines) -> None:
    log.get("x").debug("key pressed", key="5", pressed="#", wording="balance.answer")

    line = lines.last()
    assert (line["key"], line["pressed"]) == (log.WITHHELD, log.WITHHELD)
    assert line["wording"] == "balance.answer"


def test_an_object_is_named_by_its_type_only(lines: Lines) -> None:
    heard = Utterance(WORDS, Language.EN, 0.9)

    log.get("x").info("turn heard", utterance=heard, thing=heard, path=Path("a/b"), who=Language.ZH)

    line = lines.last()
    assert (line["thing"], line["path"], line["who"]) == ("Utterance", "a/b", "zh")
    assert WORDS not in lines.getvalue()


def test_a_foreign_exceptions_text_stays_out_and_its_place_is_told(lines: Lines) -> None:
    try:
        raise ValueError(f"cannot parse {WORDS} {CARD}")
    except ValueError:
        log.get("x").exception("turn failed")

    (told,) = lines.last()["exception"]
    assert told["type"] == "ValueError"
    assert told["at"].startswith("test_log.py:")
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_our_own_exceptions_are_told_with_their_causes(lines: Lines) -> None:
    try:
        try:
            raise OSError(WORDS)
        except OSError as cause:
            raise EngineTimeout("ear", "no words after 2.0 s") from cause
    except EngineTimeout as error:
        log.get("x").error("turn failed", exc_info=error)

    told = lines.last()["exception"]
    assert [each["type"] for each in told] == ["EngineTimeout", "OSError"]
    assert told[0]["problem"] == "ear: no words after 2.0 s"
    assert "secret" not in lines.getvalue()


def test_every_member_of_an_exception_group_is_told(lines: Lines) -> None:
    group = ExceptionGroup(WORDS, [KeyError(WORDS), ValueError(CARD)])

    log.get("x").error("session failed", exc_info=group)

    assert [each["type"] for each in lines.last()["exception"]] == [
        "ExceptionGroup",
        "KeyError",
        "ValueError",
    ]
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_an_error_may_be_given_as_a_field(lines: Lines) -> None:
    error = ConfigError("unknown key 'prot'.", "Did you mean 'port'?", Place(Path("a.yaml"), 3))

    log.get("x").error("settings refused", error=error, problem=str(error))

    assert lines.last()["problem"] == "a.yaml:3: unknown key 'prot'. Did you mean 'port'?"
    assert lines.last()["error"]["type"] == "ConfigError"


def test_a_librarys_line_keeps_its_template_and_loses_its_values(lines: Lines) -> None:
    library = logging.getLogger("some.library")

    library.warning("Could not send to %s: %s", PHONE, WORDS)
    library.error(f"Task exception was never retrieved\nfuture: <Task result='{WORDS}'>")
    library.error(f"Exception in callback say('{WORDS}')", exc_info=ValueError(CARD))
    library.info("busy with %s", WORDS)

    first, second, third = lines.read_all()
    assert (first["event"], first["level"]) == ("Could not send to", "warning")
    assert first["module"] == "some.library"
    assert second["event"] == "Task exception was never retrieved"
    assert third["exception"][0]["type"] == "ValueError"
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_a_python_warning_becomes_a_line(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.configure("INFO", lines)
        warnings.warn(f"unclosed {WORDS}", stacklevel=1)

    assert lines.last()["module"] == "py.warnings"
    assert "secret" not in lines.getvalue()


def test_a_call_info_given_whole_does_not_tell_the_number(lines: Lines) -> None:
    info = CallInfo("1.2", PHONE, "ab12", "95000", Language.ZH, datetime.now(UTC))

    log.get("x").info("call arrived", info=info, call_id=info.call_id, caller_key=info.caller_key)

    assert PHONE not in lines.getvalue()
    assert lines.last()["caller_key"] == "ab12"


ANYTHING = st.recursive(
    st.sampled_from([CARD, PHONE, WORDS, MANDARIN]) | st.integers(10**6, 10**18),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), ANYTHING)
def test_no_nesting_and_no_field_name_lets_a_person_through(field: str, value: object) -> None:
    if field in ("event", "level", "timestamp", "module", "problem", "remedy", "exc_info"):
        return

    guarded = json.dumps(log._guarded(field, value), ensure_ascii=False)

    assert not any(secret in guarded for secret in SECRETS)
    assert not any(
        len(run) > 6 for run in "".join(c if c.isdigit() else " " for c in guarded).split()
    )


def test_a_program_that_configures_nothing_keeps_standard_output_clean_and_secrets() -> None:
    script = (
        "from ivr import log; told = log.get('x'); "
        f"told.info('call listed'); told.warning('call odd', caller='{PHONE}')"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    (line,) = done.stderr.splitlines()
    assert done.stdout == ""
    assert json.loads(line)["event"] == "call odd"
    assert PHONE not in line
