"""What to do with the calls found in Asterisk when its event socket comes (back) up. Pure.

No event is replayed. Calls that this process still serves go on. Callers whom nobody serves
(their controller died) go to the agents. Two people who talk are left alone: our fault must not
part them. Media and agents' legs without a caller are hung up, empty bridges taken down.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ivr.telephony.ari_models import Application, Bridge, Channel

MEDIA, AGENT, BRIDGE = "media-", "agent-", "call-"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A caller and an agent in one bridge, without a controller."""

    bridge_id: str
    caller_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Who was found, by what is to be done with them."""

    release: tuple[str, ...]
    conversations: tuple[Conversation, ...]
    hang_up: tuple[str, ...]
    take_down: tuple[str, ...]


def sort_out(
    application: Application,
    channels: Iterable[Channel],
    bridges: Iterable[Bridge],
    served: Collection[str],
) -> Findings:
    """Sort what belongs to our application; `served` are the ids this process knows."""
    living = {channel.id for channel in channels if _is_with_us(channel)}
    ours = [each for each in application.channel_ids if each in living and each not in served]
    strange = [each for each in bridges if each.id.startswith(BRIDGE) and each.id not in served]
    talks = tuple(talk for bridge in strange if (talk := _conversation(bridge)))
    talking = {each for talk in talks for each in (talk.caller_id, talk.agent_id)}
    left = [each for each in ours if each not in talking]
    return Findings(
        release=tuple(each for each in left if not is_own_leg(each)),
        conversations=talks,
        hang_up=tuple(each for each in left if is_own_leg(each)),
        take_down=tuple(
            bridge.id for bridge in strange if bridge.id not in {talk.bridge_id for talk in talks}
        ),
    )


def is_own_leg(channel_id: str) -> bool:
    """Whether we made this channel, for audio or for an agent."""
    return channel_id.startswith((MEDIA, AGENT))


def _is_with_us(channel: Channel) -> bool:
    """Whether a caller is (still) in our application and not on the way through the dialplan."""
    return is_own_leg(channel.id) or channel.dialplan.app_name == "Stasis"


def _conversation(bridge: Bridge) -> Conversation | None:
    agents = [each for each in bridge.channels if each.startswith(AGENT)]
    callers = [each for each in bridge.channels if not is_own_leg(each)]
    if len(agents) == 1 and len(callers) == 1:
        return Conversation(bridge.id, callers[0], agents[0])
    return None
