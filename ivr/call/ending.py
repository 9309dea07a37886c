"""Watching the words while the caller is silent: has the turn ended, may the dialog be asked?"""

from typing import Final

from ivr.audio.activity import ActivityCounter
from ivr.call.answers import Answers, Talk
from ivr.call.endpoint import pause_s
from ivr.domain import FRAME_S

_STABLE_FRAMES: Final = round(0.24 / FRAME_S)
"""Silence with the same words after which they are probably the last; shorter than every pause."""


class Ending:
    """Sets the pause that ends an utterance, and asks the dialog ahead; one per call."""

    def __init__(self, talk: Talk, activity: ActivityCounter, answers: Answers) -> None:
        self._talk, self._activity, self._answers = talk, activity, answers
        self._words = ""
        self._frames = 0  # of silence with these words
        self._may_be_last = False

    def begin(self) -> None:
        """Something else begins: the pause is the usual one until there are words."""
        self._words, self._frames = "", 0
        self._may_be_last = False
        self._activity.expect(self._talk.usual_pause_s)

    def on_frame(self, is_speech: bool) -> None:
        """Take 20 ms of the caller's turn."""
        self._frames = 0 if is_speech else self._frames + 1
        if is_speech:
            return
        words = self._talk.utterance.partial
        if words != self._words:
            self._judge(words)
        if self._may_be_last and self._frames == _STABLE_FRAMES:
            self._answers.ask_ahead(words)

    def _judge(self, words: str) -> None:
        usual_s = self._talk.usual_pause_s
        wanted_s = pause_s(self._talk.listening, words, usual_s)
        self._activity.expect(wanted_s)
        self._words, self._frames = words, 1
        self._may_be_last = bool(words) and wanted_s <= usual_s
