"""When things happened in a call."""

from dataclasses import dataclass


@dataclass(slots=True)
class Moments:
    """Seconds of audio since the line was opened; one per call, kept by the hearing side."""

    now_s: float = 0.0
    turn_began_s: float = 0.0
    """First sound of the caller's turn; what is talked on, or said into a filler, belongs to it."""
    voice_began_s: float = 0.0
    """First sound of its last piece."""
    noticed_after_s: float = 0.0
    """How much earlier that piece began: in loud rooms a caller is noticed late, and heard from
    the beginning all the same."""
    turn_noticed_after_s: float = 0.0
    """The same for the turn's first piece."""
    voice_ended_s: float | None = None
    """Last voiced frame of what waits for an answer, None when nothing does."""
    key_s: float = 0.0
    """The last key."""
    we_ended_s: float = 0.0
    """When the caller had heard the end of what we said last."""

    @property
    def spoken_since_s(self) -> float:
        """When the caller's turn began, as far back as it was heard."""
        return self.turn_began_s - self.turn_noticed_after_s

    @property
    def voice_s(self) -> float:
        """How long the caller's last sound was, pauses included."""
        return (self.voice_ended_s or 0.0) - self.voice_began_s

    @property
    def turn_s(self) -> float:
        """How long the caller's turn was, from its first sound to its last."""
        return (self.voice_ended_s or 0.0) - self.turn_began_s

    @property
    def waiting_since_s(self) -> float | None:
        """Since when the caller waits for our next sound, None when they do not."""
        if self.voice_ended_s is None:
            return None
        return max(self.voice_ended_s, self.we_ended_s)
