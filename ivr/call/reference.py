"""Is the line still told what we play? Without it our own echo cannot be known from the caller.

The canceller takes what we play as its reference. Should a line lose it while the caller hears
our prompt, every echo sounds like somebody who interrupts. So a prompt is watched: when two
seconds of it were heard and the reference was silent all the while, only words that are not our
own and keys stop us, until it comes back (`ivr.call.interruption`).
"""

from typing import Final

from ivr import log
from ivr.domain import FRAME_BYTES

_SILENCE: Final = bytes(FRAME_BYTES)
_MISSING_S: Final = 2.0
"""Longer than any silence inside a prompt."""

_log = log.get(__name__)


class Reference:
    """Watches the reference of one call."""

    def __init__(self) -> None:
        self.is_missing = False
        self._was_told = False
        self._silent_since_s = 0.0  # of speech heard

    def on_frame(self, played: bytes, heard_s: float) -> None:
        """Take what was played in 20 ms, and the seconds of our speech heard until now."""
        if played != _SILENCE:
            self._silent_since_s, self.is_missing = heard_s, False
        elif heard_s - self._silent_since_s >= _MISSING_S:
            self.is_missing = True
            self._tell()

    def _tell(self) -> None:
        if not self._was_told:
            self._was_told = True
            _log.warning("echo_reference_missing", effect="only words and keys interrupt")
