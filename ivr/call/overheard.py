"""What a caller says or keys over a notice: it is taken when the notice is over, not before.

The same goes for the protected beginning of a prompt that may be interrupted later on. Neither
can be cut, but a caller who answers into it has answered. The turn table knows
nothing of that: while it says ANNOUNCING all is harmless. What was overheard comes to it
afterwards, as the events it would have brought then.
"""

from ivr.audio.activity import Activity
from ivr.call.moments import Moments
from ivr.call.utterance import HeardUtterance


class Overheard:
    """The sounds over one notice."""

    def __init__(self, utterance: HeardUtterance, moments: Moments) -> None:
        self._utterance, self._moments = utterance, moments
        self.is_sounding = False
        self.is_meant = False

    def take(self, activity: Activity) -> None:
        """Note what the caller's voice did."""
        match activity:
            case Activity.ONSET:
                self.is_sounding = True
                self._utterance.keep()
            case Activity.SUSTAINED:
                self.is_meant = True
            case Activity.PAUSE | Activity.TOO_LONG:
                self.is_sounding = False
            case Activity.LONG_SILENCE:
                pass
        if not self.is_anything:  # it was a cough
            self._utterance.forget_kept()
            self._moments.voice_ended_s = None

    @property
    def is_anything(self) -> bool:
        """Whether something is to be taken up, or may turn out to be."""
        return self.is_meant or self.is_sounding
