"""Talking with a caller: the turn table, lived.

`listen` runs as long as the line carries audio: one loop, a few plain calls for each 20 ms
frame, no waiting. What takes time (understanding, answering, rendering speech) is at most one
answer task beside it (`ivr.call.answers`), which the caller may make pointless at any moment by
talking on or by interrupting. Time is counted in frames.
"""

import asyncio
from typing import Final

from ivr import metrics
from ivr.audio.activity import Activity, ActivityCounter
from ivr.call.answers import Answers
from ivr.call.ending import Ending
from ivr.call.engines import Engines
from ivr.call.interruption import Interruption
from ivr.call.journal import Journal
from ivr.call.keypad import Keypad
from ivr.call.moments import Moments
from ivr.call.mouth import Mouth
from ivr.call.reference import Reference
from ivr.call.talk import Talk
from ivr.call.tempo import Tempo
from ivr.call.turns import Cue, Event, State, after
from ivr.call.utterance import HeardUtterance
from ivr.config.settings import Hearing as HearingSettings
from ivr.domain import FRAME_S, AudioFrame, Digit, Happening, Mark, Prompt, Reply, Then
from ivr.errors import CallGone, EngineError, EngineUnavailable
from ivr.telephony import Media

_WE_SPEAK: Final = (State.SPEAKING, State.OVERLAP, State.ANNOUNCING)
_BEGIN_A_TURN: Final = (
    Cue.OPEN_EAR,
    Cue.UNDERSTAND,
    Cue.ASK_AGAIN,
    Cue.RECONSIDER,
    Cue.FALL_SILENT_AND_UNDERSTAND,
)


class Conversation:
    """One call's talk; `talk` may be called again after a hand-over that found nobody."""

    def __init__(
        self,
        media: Media,
        engines: Engines,
        settings: HearingSettings,
        journal: Journal,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._media, self._engines, self._settings = media, engines, settings
        self._journal = journal
        self._detector = engines.detector()
        self._activity = ActivityCounter(settings)
        self._utterance = HeardUtterance(engines.recognizer, settings.pre_roll_s, tasks)
        self._keypad, self._moments = Keypad(), Moments()
        self._mouth = Mouth(media, engines.voice, journal)
        self._talk = Talk(
            engines,
            settings,
            journal,
            tasks,
            self._mouth,
            self._utterance,
            self._keypad,
            self._moments,
            Tempo(),
        )
        self._answers = Answers(self._talk, self)
        self._ending = Ending(self._talk, self._activity, self._answers)
        self._reference = Reference()
        self._interruption = Interruption(self._talk, self._activity, self._reference, self)
        self._state = State.WAITING
        self._over: asyncio.Future[Reply] | None = None
        self._line_error: EngineError | None = None

    # --- what the session uses ------------------------------------------------------------

    async def listen(self) -> None:
        """Hear the line until it ends; raises CallGone when the caller left while we talked."""
        try:
            async for happening in self._media:
                match happening:
                    case AudioFrame():
                        await self._hear(happening)
                    case Digit(key):
                        await self._press(key)
                    case Mark(label):
                        await self._heard_to_the_end(label)
        except EngineError as error:
            self._line_error = error
            self.fail(error)
            return
        self._line_error = EngineUnavailable("media", "the audio has ended")
        if self._is_talking:
            raise CallGone

    async def talk(self, reply: Reply) -> Reply:
        """Say a reply and go on until one has been heard that ends the talk; gives that one.

        Raises EngineError when the line breaks or an engine has failed twice in a row.
        """
        if self._line_error is not None:
            raise self._line_error
        self._over = asyncio.get_running_loop().create_future()
        self._state = State.WAITING
        self._activity.prompt_ended()
        self._answers.begin_reply(reply)
        try:
            return await self._over
        finally:
            self._answers.stop()
            self._utterance.drop_piece()
            self._media.unduck()

    async def ask(self, happening: Happening) -> Reply:
        """Get the dialog's answer to something that happened outside the talk."""
        return await self._answers.ask(happening)

    async def announce(self, prompt: Prompt) -> None:
        """Play one prompt without listening; returns when it has been heard. Raises EngineError."""
        if self._line_error is not None:
            raise self._line_error
        await self._mouth.announce(prompt)

    # --- the caller's side ----------------------------------------------------------------

    @property
    def _is_talking(self) -> bool:
        return self._over is not None and not self._over.done()

    async def _hear(self, frame: AudioFrame) -> None:
        self._moments.now_s += FRAME_S
        self._reference.on_frame(frame.played, self._media.heard_s)
        heard = self._detector.hear(frame)
        self._utterance.feed(heard.pcm, heard.risen_for_s)
        self._talk.room.hear(heard)
        if not self._is_talking or not self._mouth.has_spoken:
            return
        is_vowel = self._state is not State.HEARING and heard.is_vowel()
        for activity in self._activity.on_frame(heard.is_speech, is_vowel=is_vowel):
            await self._heard(activity)
        await self._interruption.on_frame()
        if self._state is State.HEARING:
            self._ending.on_frame(heard.is_speech)
            if self._ending.has_only_keys:
                await self.on(Event.KEY)
        if heard.is_speech and self._state in (State.HEARING, State.OVERLAP, State.ANNOUNCING):
            self._moments.voice_ended_s = self._moments.now_s

    async def _heard(self, activity: Activity) -> None:
        is_new = self._state is not State.HEARING and not self._interruption.overheard.is_anything
        if activity is Activity.ONSET and is_new:
            self._moments.voice_began_s = self._moments.now_s - self._settings.onset_s
            self._moments.noticed_after_s = self._utterance.noticed_after_s(self._settings.onset_s)
        if self._state is State.ANNOUNCING:
            self._interruption.overheard.take(activity)
        elif self._state is State.OVERLAP and activity is Activity.SUSTAINED:
            return  # whether it is meant is not a matter of its length alone
        await self.on(Event[activity.name])

    async def _press(self, key: str) -> None:
        if not self._is_talking:
            return
        self._keypad.press(key)
        self._moments.key_s = self._moments.now_s
        comes_second = self._state is State.HEARING or self._answers.is_about_words
        if comes_second and self._keypad.lets_finish:
            return  # the sentence is heard to its end and answered first
        if self._state is not State.ANNOUNCING:
            self._moments.voice_ended_s = self._moments.now_s
        await self.on(Event.KEY)

    # --- the turn table -------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Whose turn it is."""
        return self._state

    async def on(self, event: Event) -> None:
        """Move in the turn table and follow its cue."""
        before = self._state
        self._state, cue = after(before, event)
        if self._state is not before:
            self._tune_to_the_state(before)
        if cue in (Cue.FALL_SILENT, Cue.FALL_SILENT_AND_UNDERSTAND):
            await self._fall_silent()
        if self._state is not before:
            self._duck_in_overlap(before)
        if before not in (State.HEARING, State.THINKING) and cue in _BEGIN_A_TURN:
            is_over_us = before in _WE_SPEAK or self._interruption.overheard.is_anything
            self._answers.new_turn(is_over_us=is_over_us)
            self._interruption.overhear()
        self._act(cue, event)

    def _act(self, cue: Cue, event: Event) -> None:
        match cue:
            case Cue.OPEN_EAR:
                self._open_ear()
            case Cue.UNDERSTAND if event is not Event.KEY:
                self._utterance.close_piece()
                self._answers.begin_speech()
            case Cue.UNDERSTAND | Cue.FALL_SILENT_AND_UNDERSTAND:
                self._utterance.drop_piece()
                self._activity.answered()  # the rest of the sentence is no interruption
                self._answers.begin_keys()
            case Cue.ASK_AGAIN:
                self._answers.begin_happening(Happening.SILENCE)
            case Cue.RECONSIDER:
                self._reconsider(event)
            case Cue.DROP_EAR:
                metrics.FALSE_STARTS.inc()
                self._utterance.drop_piece()
                self._moments.voice_ended_s = None
            case Cue.FALL_SILENT | Cue.SPEAK | Cue.NOTHING:
                pass

    def _tune_to_the_state(self, before: State) -> None:
        """Tell the counter who speaks, and how long a pause ends what the caller says now."""
        self._ending.begin()
        if self._state is State.ANNOUNCING:
            self._interruption.overhear()
        if self._state in _WE_SPEAK and before not in _WE_SPEAK:
            self._activity.prompt_began()
        elif before in _WE_SPEAK and self._state not in _WE_SPEAK:
            self._activity.prompt_ended()

    def _duck_in_overlap(self, before: State) -> None:
        """Speak softly exactly while it is open whether the caller means it.

        Called behind the flush, so that nothing of a prompt that was cut comes back loud.
        """
        if self._state is State.OVERLAP:
            self._media.duck()
        elif before is State.OVERLAP:
            self._interruption.overlap_ended()
            self._media.unduck()

    def _open_ear(self) -> None:
        try:
            self._utterance.open_piece(self._talk.listening)
        except EngineError as error:
            self._answers.begin_apology(error)

    def _reconsider(self, event: Event) -> None:
        self._journal.caller_talked_on()
        if event is Event.KEY:
            self._answers.begin_keys()
        else:
            self._ending.talked_on()
            self._answers.cancel()
            self._open_ear()

    async def _fall_silent(self) -> None:
        metrics.BARGE_INS.inc()
        now_s = self._moments.now_s
        metrics.FALL_SILENT_S.observe(max(0.0, now_s - self._moments.voice_began_s))
        self._answers.interrupted()
        await self._mouth.fall_silent(now_s)

    async def _heard_to_the_end(self, label: str) -> None:
        self._mouth.marked(label)
        if not (self._is_talking and self._mouth.is_at_end(label)):
            return
        was_notice = self._state is State.ANNOUNCING
        self._moments.we_ended_s = self._moments.now_s
        await self.on(Event.SAID)
        self._mouth.run_heard()
        if not self._mouth.has_more and self._is_last(self._mouth.reply):
            return
        if was_notice and (self._interruption.overheard.is_anything or not self._keypad.is_empty):
            self._let_the_caller_first()
            await self._interruption.take_up_overheard()
        elif self._mouth.has_more and self._state is State.WAITING:
            self._answers.begin_next_run()
        else:
            self._let_the_caller_first()

    def _is_last(self, reply: Reply | None) -> bool:
        self._mouth.finished(self._moments.now_s)
        if reply is None or reply.then is Then.LISTEN:
            return False
        self._finish(reply)
        return True

    def _let_the_caller_first(self) -> None:
        if self._mouth.has_more:
            self._mouth.hold(self._moments.now_s)

    # --- the end --------------------------------------------------------------------------

    def _finish(self, reply: Reply) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(reply)

    def fail(self, error: EngineError) -> None:
        """End the talk with an error."""
        if self._over is not None and not self._over.done():
            self._over.set_exception(error)
