"""Watching words and pauses of the caller's turn: has it ended, may the dialog be asked?"""

from typing import Final

from ivr.audio.activity import ActivityCounter
from ivr.call.answers import Answers
from ivr.call.endpoint import COMPLETE_S, heard_as, pause_s
from ivr.call.talk import Talk
from ivr.domain import FRAME_S

_STABLE_FRAMES: Final = round(0.24 / FRAME_S)
"""Silence with the same words after which they are probably the last; shorter than every pause."""
_COMPLETE_FRAMES: Final = round(0.06 / FRAME_S)
"""The same for the whole answer to a closed question, after which hardly anything ever comes: its
pause is so short that asking later would leave no time to think and to render in it."""
_NEWS_FRAMES: Final = round(0.5 / FRAME_S)


class Ending:
    """Sets the pause that ends an utterance, and asks the dialog ahead; one per call."""

    def __init__(self, talk: Talk, activity: ActivityCounter, answers: Answers) -> None:
        self._talk, self._activity, self._answers = talk, activity, answers
        self._words = ""
        self._heard_frames = self._most_letters = 0
        self._frames = 0  # of silence with these words
        self._silent_frames = 0
        self._stable_frames = _STABLE_FRAMES
        self._may_be_last = self._is_unfinished = False

    def begin(self) -> None:
        """Something else begins: the pause is the usual one until there are words."""
        self._words, self._frames, self._silent_frames = "", 0, 0
        self._heard_frames = self._most_letters = 0
        self._may_be_last = self._is_unfinished = False
        self._activity.expect(self._talk.usual_pause_s(self._talk.listening))

    def on_frame(self, is_speech: bool) -> None:
        """Take 20 ms of the caller's turn."""
        self._frames = 0 if is_speech else self._frames + 1
        self._heard_frames += 1
        if self._heard_frames % _NEWS_FRAMES == 0:
            self._look_for_news()
        if is_speech:
            self._went_on()
            return
        self._silent_frames += 1
        words = self._talk.utterance.partial
        if words != self._words:
            self._judge(words)
        if self._may_be_last and self._frames == self._stable_frames:
            self._answers.ask_ahead(words)

    def _look_for_news(self) -> None:
        """Let who is telling a long story tell it: only sound without new words is too long."""
        letters = len(self._talk.utterance.partial)
        if letters > self._most_letters:  # words that are not certain yet come and go
            self._most_letters = letters
            self._activity.understood()

    @property
    def has_only_keys(self) -> bool:
        """Whether keys were pressed into a sound that turned out to have no words."""
        talk = self._talk
        has_words = bool(talk.utterance.partial) or not talk.utterance.is_one_piece
        since_s = talk.moments.now_s - talk.moments.key_s
        is_entered = talk.keypad.lets_finish and since_s >= talk.settings.between_keys_s
        return is_entered and not has_words

    def talked_on(self) -> None:
        """The turn had not ended: the caller has spoken again before the answer."""
        moments, onset_s = self._talk.moments, self._talk.settings.onset_s
        if moments.voice_ended_s is not None:
            self._talk.tempo.paused(moments.now_s - onset_s - moments.voice_ended_s)

    def _went_on(self) -> None:
        """Learn the tempo; a pause to think, in the middle of a phrase, is none of it."""
        if not self._is_unfinished:
            self._talk.tempo.paused(self._silent_frames * FRAME_S)
        self._silent_frames = 0

    def _judge(self, words: str) -> None:
        listening = heard_as(self._talk.listening, words)
        usual_s = self._talk.usual_pause_s(listening)
        sounds_unfinished = self._talk.engines.sounds_unfinished
        wanted_s = pause_s(listening, words, usual_s, sounds_unfinished)
        self._activity.expect(wanted_s)
        self._words, self._frames = words, 1
        self._is_unfinished = wanted_s > usual_s
        self._may_be_last = bool(words) and not self._is_unfinished
        is_complete = wanted_s <= COMPLETE_S
        self._stable_frames = _COMPLETE_FRAMES if is_complete else _STABLE_FRAMES
