"""Our side of the talk: from what the caller did to what we say about it.

At most one answer is in preparation; the caller may make it pointless at any moment by talking
on or by interrupting, and then it is cancelled.
"""

import asyncio
from collections.abc import Coroutine
from typing import Final

from ivr import log, metrics
from ivr.call import rescue
from ivr.call.ahead import Ahead
from ivr.call.filler import Filler, Floor
from ivr.call.overlap import is_backchannel
from ivr.call.talk import Talk
from ivr.call.turns import Event, State
from ivr.call.typed_ahead import is_typed_ahead
from ivr.domain import CallerInput, Expect, Happening, Reach, Reply, Utterance
from ivr.errors import EngineError

_log = log.get(__name__)

_NOISE_S: Final = 0.7
"""A sound without words that is shorter was no attempt to say something."""
_GUESS_S: Final = 0.16
"""In a room with voices, no word of the caller's is shorter: see WORD_S in overlap.py."""
_MOST_MENDS: Final = 2
"""Stops of one reply that are mended; whoever speaks up once more wants to be asked."""


class Answers:
    """Prepares and says the answers of one call."""

    def __init__(self, talk: Talk, floor: Floor) -> None:
        self._talk, self._floor = talk, floor
        self._patience = rescue.Patience()
        self._filler = Filler(talk.mouth, floor, talk.tasks)
        self._ahead = Ahead(talk.engines, talk.journal.call_id, talk.tasks)
        self._turn = 0
        self._is_replied = True  # the dialog has answered turn number `_turn`
        self._reach = Reach()  # of the reply before this turn
        self._asks_anew = True  # the next question to the dialog is a new turn
        self._is_over_us = False  # the caller's turn began while we spoke
        self._mends = 0
        self._answering: asyncio.Task[None] | None = None
        self._is_about_words = False

    # --- what the hearing side uses -------------------------------------------------------

    def new_turn(self, *, is_over_us: bool) -> None:
        """The caller begins something new; a turn that was never answered is replaced by it.

        What is said into a filler goes on with the turn that waits for its answer.
        """
        if self._filler.is_on:
            return
        self._ahead.forget()
        self._asks_anew = self._is_replied
        self._is_over_us = is_over_us
        self._talk.moments.turn_began_s = self._talk.moments.voice_began_s
        self._talk.moments.turn_noticed_after_s = self._talk.moments.noticed_after_s
        self._talk.utterance.begin_anew()

    def begin_reply(self, reply: Reply) -> None:
        """Say a reply."""
        self._begin(self._say(reply))

    def begin_next_run(self) -> None:
        """Go on with the reply."""
        self._begin(self._say_next_run())

    def begin_speech(self) -> None:
        """Answer what was said."""
        self._begin(self._answer_speech())
        self._is_about_words = True

    @property
    def is_about_words(self) -> bool:
        """Whether an answer to what was said, not keyed, is in preparation."""
        return self._is_about_words and self._floor.state is State.THINKING

    def begin_keys(self) -> None:
        """Answer the keys, when no more come."""
        self._begin(self._answer_keys())

    def begin_happening(self, happening: Happening) -> None:
        """Answer something that is not words."""
        self._begin(self._answer(happening))

    def begin_apology(self, error: EngineError) -> None:
        """Say that something went wrong; the second time in a row ends the talk."""
        self._begin(self._apologise(error))

    def cancel(self) -> None:
        """Drop the answer in preparation."""
        if self._answering is not None and self._answering is not asyncio.current_task():
            self._answering.cancel()
        self._answering = None

    def interrupted(self) -> None:
        """The caller has interrupted what we say; a filler, by talking on."""
        if self._filler.is_on:
            self._talk.journal.caller_talked_on()
            self._filler.stop()
        self.cancel()

    def stop(self) -> None:
        """The talk is over."""
        self._ahead.forget()
        self.cancel()

    def ask_ahead(self, words: str) -> None:
        """Ask the dialog what it would answer if these were the caller's last words."""
        talk = self._talk
        is_all = talk.keypad.is_empty or talk.keypad.lets_finish
        if is_all and talk.utterance.is_one_piece and not self._is_only_listening(words):
            turn = self._turn + 1 if self._asks_anew else self._turn
            reach = talk.mouth.reach if self._asks_anew else self._reach
            self._ahead.ask(words, talk.listening.language, turn, reach)

    async def ask(self, happening: Happening) -> Reply:
        """Get the dialog's answer to something that happened outside the talk."""
        self._turn += 1
        self._reach = Reach()
        reply = await self._reply(happening)
        self._talk.journal.understood(reply)
        return reply

    # --- preparing ------------------------------------------------------------------------

    def _begin(self, answer: Coroutine[None, None, None]) -> None:
        self.cancel()
        self._is_about_words = False
        self._answering = self._talk.tasks.create_task(answer)

    async def _reply(self, said: CallerInput) -> Reply:
        talk = self._talk
        dialog = talk.engines.dialog
        return await dialog.reply(talk.journal.call_id, self._turn, said, self._reach)

    async def _answer_speech(self) -> None:
        said = await self._words_in_time()
        if isinstance(said, EngineError):
            await self._filler.over()
            await self._apologise(said)
            return
        if said is not None and not (self._is_guess or self._is_only_listening(said.text)):
            await self._answer(said)
            return
        self._talk.utterance.was_nothing()
        await self._filler.over()
        if not self._talk.keypad.is_empty:
            await self._answer_keys()
        elif self._talk.mouth.is_cut and self._mends < _MOST_MENDS:
            await self._mend()
        elif self._was_nothing:
            await self._floor.on(Event.REPLY)  # nothing was said, so nothing is answered
            await self._floor.on(Event.SAID)
        else:
            await self._answer(Happening.UNHEARD)

    async def _words_in_time(self) -> Utterance | EngineError | None:
        """Get the final words; when the ear is slow, with a filler if there were any."""
        self._filler.wait_begins()
        utterance = self._talk.utterance
        words = utterance.words_or_error()
        if not utterance.has_words:
            return await words
        return await self._filler.beside(words, self._talk.journal.language)

    @property
    def _is_guess(self) -> bool:
        """Whether the ear made words of an instant of the voices in the room."""
        return self._talk.room.has_risen is not None and self._talk.moments.turn_s < _GUESS_S

    @property
    def _was_nothing(self) -> bool:
        is_beside_our_voice = self._is_over_us and not self._talk.mouth.is_cut
        return is_beside_our_voice or self._talk.moments.voice_s < _NOISE_S

    def _is_only_listening(self, words: str) -> bool:
        """Whether it was a "mm-hm" over our prompt; behind a question it may be an answer."""
        listening = self._talk.listening
        may_answer = listening.expect is not Expect.FREE and not self._talk.mouth.is_cut
        return self._is_over_us and not may_answer and is_backchannel(words, listening)

    async def _mend(self) -> None:
        """We fell silent for nothing: go on with what has not been heard yet."""
        metrics.FALSE_STOPS.inc()
        self._mends += 1
        self._talk.moments.voice_ended_s = None
        self._talk.mouth.take_up_again()
        await self._say_next_run()

    async def _answer_keys(self) -> None:
        keypad = self._talk.keypad
        if not keypad.is_complete:
            await asyncio.sleep(keypad.wait_s(self._talk.settings.between_keys_s))
        await self._answer(keypad.take())

    async def _answer(self, said: CallerInput) -> None:
        self._note(said)
        if self._asks_anew:
            self._turn += 1
            self._reach = self._talk.mouth.reach
        self._asks_anew = self._is_replied = False
        reply = await self._reply_in_time(said)
        if self._floor.state is State.HEARING:  # into a filler: the turn goes on
            self._talk.journal.caller_talked_on()
            return
        if isinstance(reply, EngineError):
            await self._apologise(reply)
            return
        self._is_replied = True
        self._patience.succeeded()
        self._talk.journal.understood(reply)
        if isinstance(said, Utterance) and not self._talk.keypad.is_empty:
            if await is_typed_ahead(self._talk.keypad, self._talk.moments, reply.listening):
                self._asks_anew = True
                await self._answer(self._talk.keypad.take())
                return
            self._note(self._talk.keypad.take())
        self._talk.mouth.prepare(self._ahead.take_rendered())
        await self._say(self._talk.room.advised(reply, said))

    async def _reply_in_time(self, said: CallerInput) -> Reply | EngineError:
        """Get the dialog's answer, asked ahead if it was, with a filler if it is slow."""
        if isinstance(said, Happening):
            self._ahead.forget()
            return await self._reply_or_error(said)
        asked = self._ahead.answer_to(said) if isinstance(said, Utterance) else None
        answer = self._reply_or_error(said) if asked is None else self._unless_withheld(asked, said)
        reply = await self._filler.beside(answer, self._talk.journal.language)
        await self._filler.over()
        return reply

    async def _unless_withheld(
        self, asked: "asyncio.Task[Reply | EngineError]", said: CallerInput
    ) -> Reply | EngineError:
        """Give what was answered ahead, or ask now that the words are final."""
        answer = await asked
        is_withheld = isinstance(answer, Reply) and answer.is_withheld
        return await self._reply_or_error(said) if is_withheld else answer

    async def _reply_or_error(self, said: CallerInput) -> Reply | EngineError:
        try:
            return await self._reply(said)
        except EngineError as error:
            return error

    def _note(self, said: CallerInput) -> None:
        moments = self._talk.moments
        ended_s = moments.voice_ended_s if moments.voice_ended_s is not None else moments.now_s
        started_s = moments.spoken_since_s if isinstance(said, Utterance) else ended_s
        self._talk.journal.caller_said(said, min(started_s, ended_s), ended_s)

    async def _apologise(self, error: EngineError) -> None:
        metrics.ENGINE_FAILURES.labels(error.engine, type(error).__name__).inc()
        _log.warning("engine failed", engine=error.engine, problem=error.problem)
        if self._patience.failed():
            await self._say(rescue.apologise(self._talk.journal.language))
        else:
            self._floor.fail(error)

    # --- saying ---------------------------------------------------------------------------

    async def _say(self, reply: Reply) -> None:
        self._mends = 0
        self._talk.mouth.take(reply)
        self._talk.keypad.expect(reply.listening)
        await self._say_next_run()

    async def _say_next_run(self) -> None:
        try:
            await self._talk.mouth.say_next_run(self._may_begin)
            await self._talk.mouth.prepare_next_run()
        except EngineError as error:
            self._floor.fail(error)

    async def _may_begin(self, may_interrupt: bool) -> bool:
        """Take the turn with the first sound in hand, unless the caller has it meanwhile."""
        if self._floor.state not in (State.WAITING, State.THINKING):
            self._talk.mouth.hold(self._talk.moments.now_s)
            return False
        await self._floor.on(Event.REPLY if may_interrupt else Event.NOTICE)
        moments, mouth = self._talk.moments, self._talk.mouth
        if not mouth.has_spoken:
            metrics.FIRST_WORD_S.observe(moments.now_s)
        mouth.sounded(moments.now_s, moments.waiting_since_s)
        moments.voice_ended_s = None
        return True
