"""Whom to ring, what to tell them, and what their phone's answer means. Pure.

The brief travels in SIP headers of the agent's INVITE. SIP allows UTF-8 there (RFC 3261 25.1),
phones often do not, and a line break or a comma would be syntax: values are percent-encoded
UTF-8 (RFC 3986), which every agent's page can undo with one call (`urllib.parse.unquote`,
`decodeURIComponent`). Plain English stays readable.

    X-Hotline-Call: 1732170000.12       X-Hotline-Language: zh
    X-Hotline-Reason: asked%20for%20a%20person        X-Hotline-Priority: normal or high
    X-Hotline-Brief-1: %E6%9F%A5...      one header a line of the brief, at most MOST_LINES
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from ivr.config.telephony import AgentPhone
from ivr.domain import CallInfo, HandOver, Language
from ivr.telephony.ari_models import Endpoint

MOST_LINES: Final = 6
MOST_BYTES: Final = 360
"""Encoded length of one value, 40 Mandarin characters; longer lines are cut."""

# Q.850 causes, as Asterisk maps SIP's answers (`res_pjsip.c`: hangup_sip2cause).
_BUSY, _NO_USER, _NO_ANSWER, _REJECTED = 17, 18, 19, 21


@dataclass(frozen=True, slots=True)
class Duty:
    """An agent's phone right now."""

    agent: AgentPhone
    is_registered: bool
    is_free: bool
    rung_at: float = 0.0


def duty(agent: AgentPhone, endpoint: Endpoint, rung_at: float) -> Duty:
    """Read a phone's state."""
    return Duty(agent, endpoint.state == "online", not endpoint.channel_ids, rung_at)


def state_of(endpoint: Endpoint) -> str:
    """Say in a word what a phone does: free, busy or offline."""
    if endpoint.state != "online":
        return "offline"
    return "busy" if endpoint.channel_ids else "free"


def in_turn(duties: Sequence[Duty], language: Language) -> list[AgentPhone]:
    """Order the registered phones: free first, then the caller's language, then longest idle."""
    ready = [each for each in duties if each.is_registered]
    ready.sort(
        key=lambda each: (not each.is_free, language not in each.agent.languages, each.rung_at)
    )
    return [each.agent for each in ready]


def reason_of(cause: int, dial_status: str) -> str:
    """Say in our words why a phone was not answered."""
    if cause == _BUSY or dial_status == "BUSY":
        return "busy"
    if cause == _REJECTED:
        return "declined"
    if cause in (_NO_USER, _NO_ANSWER) or dial_status == "NOANSWER":
        return "no_answer"
    return "unreachable"


def summed_up(reasons: Sequence[str]) -> str:
    """Give one reason for a queue: the last that tells something of a person."""
    told = [reason for reason in reasons if reason != "unreachable"]
    return (told or ["unreachable" if reasons else "nobody_on_duty"])[-1]


def headers(info: CallInfo, hand_over: HandOver) -> dict[str, str]:
    """Give the SIP headers of the agent's INVITE."""
    lines = hand_over.brief[:MOST_LINES]
    return {
        "X-Hotline-Call": encoded(info.call_id),
        "X-Hotline-Language": info.language.value,
        "X-Hotline-Reason": encoded(hand_over.reason),
        "X-Hotline-Priority": "high" if hand_over.is_urgent else "normal",
        **{f"X-Hotline-Brief-{number}": encoded(line) for number, line in enumerate(lines, 1)},
    }


def brief(header: Mapping[str, str]) -> tuple[str, ...]:
    """Read the brief back from an INVITE's headers."""
    values = (header.get(f"X-Hotline-Brief-{number}", "") for number in range(1, MOST_LINES + 1))
    return tuple(unquote(value) for value in values if value)


def encoded(text: str) -> str:
    """Percent-encode on one line, cut to MOST_BYTES without splitting a character."""
    value = ""
    for character in " ".join(text.split()):
        more = quote(character, safe=" -._~:/")
        if len(value) + len(more) > MOST_BYTES:
            break
        value += more
    return value.strip()
