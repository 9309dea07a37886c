"""What the two sides of one call share: the caller's, who is heard, and ours, who answer."""

import asyncio
from dataclasses import dataclass, field

from ivr.call.engines import Engines
from ivr.call.journal import Journal
from ivr.call.keypad import Keypad
from ivr.call.moments import Moments
from ivr.call.mouth import Mouth
from ivr.call.room import Room
from ivr.call.tempo import Tempo
from ivr.call.utterance import HeardUtterance
from ivr.config.settings import Hearing
from ivr.domain import Listening


@dataclass(frozen=True)
class Talk:
    """What one call's two sides share."""

    engines: Engines
    settings: Hearing
    journal: Journal
    tasks: asyncio.TaskGroup
    mouth: Mouth
    utterance: HeardUtterance
    keypad: Keypad
    moments: Moments
    tempo: Tempo
    room: Room = field(default_factory=Room)

    @property
    def listening(self) -> Listening:
        """How to hear what the caller says now."""
        reply = self.mouth.reply
        return reply.listening if reply else Listening(self.journal.language)

    def usual_pause_s(self, wanted: Listening) -> float:
        """Give the silence that ends what is listened for, unless the words say otherwise.

        What the designer of a flow has set holds for every caller.
        """
        return wanted.pause_s or self.settings.pause_s[wanted.expect] * self.tempo.factor
