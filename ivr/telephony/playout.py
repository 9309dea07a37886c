"""What the caller is going to hear, and how far the line has got with it. Pure: no clock, no I/O.

Speech is a row of 20 ms frames. Frame numbers count from the answer and never go back:

    played <= sent <= queued
      |        |       └ accepted from the voice
      |        └ handed to Asterisk
      └ heard by the caller, as far as we know

`take()` moves `played` on by one frame for every frame that arrives from the caller, because
both directions of a telephone line run on the same 20 ms; Asterisk's marks correct the guess.
"""

from collections import deque
from dataclasses import dataclass

from ivr.domain import FRAME_BYTES, FRAME_S

SILENCE = bytes(FRAME_BYTES)
_TOLERANCE = 1
"""Frames by which guess and mark may differ: both clocks tick somewhere within 20 ms."""


@dataclass(frozen=True, slots=True)
class MarkAt:
    """Everything before frame `position` has been heard when this mark is reached."""

    position: int
    label: str


class Playout:
    """The queue of speech of one call."""

    def __init__(self) -> None:
        self.played = self.sent = 0
        self._audio = bytearray()  # whole frames from `played` on
        self._tail = b""  # less than a frame: the voice's chunks may have any length
        self._marks: deque[MarkAt] = deque()
        self._heard = 0

    @property
    def queued(self) -> int:
        """Frames accepted so far, the unfinished last one not counted."""
        return self.played + len(self._audio) // FRAME_BYTES

    @property
    def heard_s(self) -> float:
        """Seconds of speech that the caller has heard; never goes back."""
        return self._heard * FRAME_S

    def queue(self, pcm: bytes) -> None:
        """Take speech of any length, s16le at 8 kHz."""
        whole = self._tail + pcm
        cut = len(whole) - len(whole) % FRAME_BYTES
        self._audio += whole[:cut]
        self._tail = whole[cut:]

    def mark(self, label: str) -> None:
        """Remember that all of the above is to be announced as heard."""
        self._pad()
        self._marks.append(MarkAt(self.queued, label))

    def flush(self) -> None:
        """Forget what was not heard yet, and the marks in it."""
        self._audio.clear()
        self._tail = b""
        self._marks.clear()
        self.sent = self.played

    def unsent(self, ahead: int, most: int) -> bytes:
        """Give up to `most` frames to send now, while fewer than `ahead` wait at Asterisk.

        Stops at the next mark, which has to be sent in between; waits for room for `most`, so
        that a full window is not topped up frame by frame. The end of a text that did not fill
        its last frame is padded with silence once everything before it has been played.
        """
        if self._tail and self.sent == self.queued and self.played >= self.sent - 1:
            self._pad()
        until = min(self.queued, self.sent + most)
        if self._marks:
            until = min(until, self._marks[0].position)
        if until > self.played + ahead:
            return b""
        start = (self.sent - self.played) * FRAME_BYTES
        frames = bytes(self._audio[start : (until - self.played) * FRAME_BYTES])
        self.sent += len(frames) // FRAME_BYTES
        return frames

    def next_mark(self, reached: int) -> MarkAt | None:
        """Give the first mark at or before frame `reached`, once; None when there is none."""
        if self._marks and self._marks[0].position <= reached:
            return self._marks.popleft()
        return None

    def take(self) -> bytes:
        """Give the frame that the caller hears now; silence when nothing is being played."""
        if self.played >= self.sent:
            return SILENCE
        frame = bytes(self._audio[:FRAME_BYTES])
        self._move(1)
        return frame

    def correct(self, position: int) -> None:
        """Learn that exactly `position` frames have been played; going back is not undone."""
        if position > self.played + _TOLERANCE:
            self._move(min(position, self.sent) - self.played)
        self._heard = max(self._heard, min(position, self.sent))

    def _move(self, frames: int) -> None:
        del self._audio[: frames * FRAME_BYTES]
        self.played += frames
        self._heard = max(self._heard, self.played)

    def _pad(self) -> None:
        if self._tail:
            self._audio += self._tail.ljust(FRAME_BYTES, b"\0")
            self._tail = b""
