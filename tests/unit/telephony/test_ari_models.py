"""Events as Asterisk writes them, and as a broken one might."""

import pytest

from ivr.errors import EngineRejected
from ivr.telephony.ari_models import Dial, parse_event
from ivr.telephony.media_websocket import command, parse_control


def test_an_event_that_we_do_not_use_is_ignored() -> None:
    assert parse_event('{"type": "ChannelVarset", "variable": "x"}') is None


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"type": "StasisStart"}', '{"type": 7}'])
def test_an_event_that_makes_no_sense_is_rejected(text: str) -> None:
    with pytest.raises(EngineRejected, match="makes no sense"):
        parse_event(text)


def test_a_rejection_quotes_nothing_of_the_event() -> None:
    with pytest.raises(EngineRejected) as rejected:
        parse_event('{"type": "StasisStart", "channel": {"caller": {"number": "13800000001"}}}')

    assert "13800000001" not in str(rejected.value)


def test_a_dial_event_is_about_the_phone_that_is_dialled() -> None:
    event = parse_event(
        '{"type": "Dial", "dialstatus": "BUSY", '
        '"peer": {"id": "agent-1", "name": "PJSIP/6001", "state": "Down"}}'
    )

    assert isinstance(event, Dial)
    assert (event.subject, event.dialstatus) == ("agent-1", "BUSY")


def test_a_media_command_is_one_short_line_of_json() -> None:
    assert command("MARK_MEDIA", correlation_id="7") == (
        '{"command": "MARK_MEDIA", "correlation_id": "7"}'
    )


@pytest.mark.parametrize("text", ["", "[]", "MEDIA_START channel:x", "{"])
def test_a_media_event_that_makes_no_sense_is_nothing(text: str) -> None:
    assert parse_control(text) == {}
