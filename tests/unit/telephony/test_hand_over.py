"""Whom to ring, what to tell them, what their phone's answer means."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.config.telephony import AgentPhone
from ivr.domain import CallInfo, HandOver, Language
from ivr.telephony import hand_over as handing
from ivr.telephony.ari_models import Endpoint
from ivr.telephony.hand_over import Duty

INFO = CallInfo("17.1", "", "", "95000", Language.ZH, datetime(2026, 1, 5, tzinfo=UTC))


def an_agent(extension: str, *languages: Language) -> AgentPhone:
    return AgentPhone(extension=extension, name=extension, languages=languages or (Language.ZH,))


def test_a_free_agent_is_rung_before_a_busy_one() -> None:
    duties = [Duty(an_agent("6001"), True, False), Duty(an_agent("6002"), True, True)]

    assert [agent.extension for agent in handing.in_turn(duties, Language.ZH)] == ["6002", "6001"]


def test_an_agent_who_speaks_the_callers_language_is_rung_first() -> None:
    duties = [
        Duty(an_agent("6001", Language.EN), True, True),
        Duty(an_agent("6002", Language.ZH), True, True),
    ]

    assert handing.in_turn(duties, Language.ZH)[0].extension == "6002"


def test_the_agent_who_was_rung_longest_ago_is_rung_first() -> None:
    duties = [Duty(an_agent("6001"), True, True, 9.0), Duty(an_agent("6002"), True, True, 3.0)]

    assert handing.in_turn(duties, Language.ZH)[0].extension == "6002"


def test_a_phone_that_is_not_registered_is_not_rung() -> None:
    assert handing.in_turn([Duty(an_agent("6001"), False, True)], Language.ZH) == []


def test_a_phone_in_a_call_is_not_free() -> None:
    endpoint = Endpoint(resource="6001", state="online", channel_ids=("1.2",))

    assert handing.duty(an_agent("6001"), endpoint, 0.0) == Duty(an_agent("6001"), True, False)


@pytest.mark.parametrize(
    ("cause", "status", "reason"),
    [
        (17, "", "busy"),
        (0, "BUSY", "busy"),
        (21, "", "declined"),
        (19, "", "no_answer"),
        (16, "NOANSWER", "no_answer"),
        (20, "CHANUNAVAIL", "unreachable"),
        (0, "", "unreachable"),
    ],
)
def test_every_cause_has_its_reason(cause: int, status: str, reason: str) -> None:
    assert handing.reason_of(cause, status) == reason


@pytest.mark.parametrize(
    ("reasons", "summed_up"),
    [
        ([], "nobody_on_duty"),
        (["unreachable"], "unreachable"),
        (["busy", "unreachable"], "busy"),
        (["busy", "no_answer"], "no_answer"),
    ],
)
def test_a_queue_has_one_reason(reasons: list[str], summed_up: str) -> None:
    assert handing.summed_up(reasons) == summed_up


def test_a_brief_survives_its_way_through_the_headers() -> None:
    lines = ("查询余额，已核实", "wants: a person; said 100%")

    headers = handing.headers(INFO, HandOver("service", "asked", lines))

    assert handing.brief(headers) == lines
    assert headers["X-Hotline-Language"] == "zh"


@given(st.text())
def test_no_text_can_break_out_of_its_header(text: str) -> None:
    value = handing.encoded(text)

    assert len(value) <= handing.MOST_BYTES
    assert value.isascii()
    assert not set(value) & set("\r\n\t,;<>\"'\\()[]{}$")


@given(st.text(alphabet="查询余额abc ", min_size=300))
def test_a_long_line_is_cut_between_characters(text: str) -> None:
    value = unquote(handing.encoded(text), errors="strict")

    assert " ".join(text.split()).startswith(value)


def test_a_brief_of_many_lines_is_cut() -> None:
    headers = handing.headers(INFO, HandOver("service", "asked", ("line",) * 50))

    assert len(handing.brief(headers)) == handing.MOST_LINES
