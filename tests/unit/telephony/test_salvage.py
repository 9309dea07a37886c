"""What is done with the calls found in Asterisk."""

from ivr.telephony.ari_models import Application, Bridge, Channel, DialplanCEP
from ivr.telephony.salvage import Conversation, sort_out


def channel(channel_id: str, app: str = "Stasis") -> Channel:
    return Channel(id=channel_id, name="", state="Up", dialplan=DialplanCEP(app_name=app))


def found(*channels: Channel, bridges: tuple[Bridge, ...] = (), served: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]  # the type is sort_out's
    ids = tuple(each.id for each in channels)
    return sort_out(Application(channel_ids=ids), channels, bridges, served)


def test_a_call_that_is_served_is_left_alone() -> None:
    bridge = Bridge(id="call-1.1", channels=("1.1", "media-a"))

    findings = found(
        channel("1.1"),
        channel("media-a"),
        bridges=(bridge,),
        served=("1.1", "media-a", "call-1.1"),
    )

    assert not any((findings.release, findings.hang_up, findings.take_down, findings.conversations))


def test_a_caller_whom_nobody_serves_goes_to_the_agents_and_the_rest_is_freed() -> None:
    bridge = Bridge(id="call-1.1", channels=("1.1", "media-a"))

    findings = found(channel("1.1"), channel("media-a"), bridges=(bridge,))

    assert findings.release == ("1.1",)
    assert findings.hang_up == ("media-a",)
    assert findings.take_down == ("call-1.1",)


def test_two_people_who_talk_are_not_parted() -> None:
    bridge = Bridge(id="call-1.1", channels=("1.1", "agent-a"))

    findings = found(channel("1.1"), channel("agent-a"), bridges=(bridge,))

    assert findings.conversations == (Conversation("call-1.1", "1.1", "agent-a"),)
    assert not any((findings.release, findings.hang_up, findings.take_down))


def test_a_caller_who_waits_in_the_dialplans_queue_is_left_there() -> None:
    assert found(channel("1.1", app="Queue")).release == ()


def test_a_ringing_agents_phone_without_a_caller_falls_silent() -> None:
    assert found(channel("agent-a")).hang_up == ("agent-a",)


def test_bridges_of_others_are_not_ours_to_take_down() -> None:
    assert found(bridges=(Bridge(id="conference"),)).take_down == ()
