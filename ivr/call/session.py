"""One call, from arrival to record: the meeting place of line, ear, mind, voice and memory.

`run` is the life of a call in a dozen lines; `lifecycle.py` holds the rules it keeps. The two
that matter most: whatever breaks, the caller reaches a person; and when the caller hangs up,
everything that belongs to the call ends at once.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from ivr import log, metrics
from ivr.call import rescue
from ivr.call.conversation import Conversation
from ivr.call.engines import Decision, Engines
from ivr.call.journal import Journal
from ivr.call.lifecycle import HARMLESS, Event, State, after
from ivr.config import Settings
from ivr.domain import (
    CallRecord,
    HandOver,
    Happening,
    Language,
    Outcome,
    Reply,
    Then,
)
from ivr.errors import AgentUnavailable, CallGone, EngineError, IvrError
from ivr.store.redaction import redact
from ivr.telephony import Call

_log = log.get(__name__)


class _ReleasedError(Exception):
    """The hotline is closing and gives its calls to the agents."""


class _NobodyCameError(Exception):
    """We broke and no person took the call: the dialplan's queue is left."""


class CallSession:
    """Carries one call; run it once."""

    def __init__(self, call: Call, engines: Engines, settings: Settings, queue: str) -> None:
        self._call, self._engines, self._settings = call, engines, settings
        self._queue = queue
        self._journal = Journal(call.info, engines.store, engines.observer)
        self._state = State.ARRIVED
        self._outcome = Outcome.FAILED
        self._released = asyncio.Event()
        self.began_at = asyncio.get_running_loop().time()

    @property
    def call_id(self) -> str:
        """The call's id in logs, records and Asterisk."""
        return self._call.info.call_id

    @property
    def state(self) -> State:
        """Where the call is."""
        return self._state

    async def run(self) -> CallRecord:
        """Serve the caller until the call is over and give its record."""
        with log.call(self.call_id):
            _log.info("call arrived", dialled=self._call.info.dialled)
            self._engines.observer.call_began(self._call.info)
            async with asyncio.TaskGroup() as keeping:
                keeping.create_task(self._journal.write())
                try:
                    await self._serve_to_the_end()
                finally:
                    self._journal.close()
            return await self._leave_the_record()

    async def turn_away(self) -> CallRecord:
        """Give the caller to the dialplan's queue at once: there is no room for one more."""
        with log.call(self.call_id):
            await self._give_back()
            self._happened(Event.DECLINED, Outcome.DECLINED)
            return await self._leave_the_record()

    def release(self) -> None:
        """Hand the call to the agents now: the hotline is closing. Two who talk are left alone."""
        self._released.set()

    # --- the life of a call -----------------------------------------------------------------

    async def _serve_to_the_end(self) -> None:
        try:
            await self._serve_while_the_caller_is_there()
        except* CallGone:
            self._happened(Event.CALLER_LEFT, Outcome.CALLER_LEFT)
            await self._hang_up()
        except* _ReleasedError:
            await self._give_back()
            self._happened(Event.RELEASED, Outcome.RELEASED)
        except* _NobodyCameError:
            await self._give_back()
        except* Exception as errors:  # noqa: BLE001  # the border of a call: whatever broke, nobody is dropped
            _log.error("call failed", error=[type(e).__name__ for e in errors.exceptions])
            await self._give_back()

    async def _serve_while_the_caller_is_there(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            watches = [
                tasks.create_task(self._until_the_caller_leaves()),
                tasks.create_task(self._until_released()),
            ]
            watches.append(await self._serve(tasks))
            for watch in watches:
                watch.cancel()
            await self._hang_up()

    async def _until_the_caller_leaves(self) -> None:
        await self._call.gone()
        raise CallGone

    async def _until_released(self) -> None:
        await self._released.wait()
        raise _ReleasedError

    async def _serve(self, tasks: asyncio.TaskGroup) -> "asyncio.Task[None]":
        self._happened(Event.ACCEPTED)
        greeting = await self._greeting()
        media = await self._call.answer()
        self._journal.answered_at = datetime.now(UTC)
        conversation = Conversation(
            media, self._engines, self._settings.hearing, self._journal, tasks
        )
        ears = tasks.create_task(conversation.listen())
        if isinstance(greeting, Reply):
            self._happened(Event.MEDIA_UP)
            await self._talk(conversation, greeting)
        else:
            await self._rescue(conversation, greeting)
        return ears

    async def _talk(self, conversation: Conversation, reply: Reply) -> None:
        while True:
            try:
                last = await conversation.talk(reply)
            except EngineError as error:
                await self._rescue(conversation, error)
                return
            if last.then is Then.HANG_UP:
                self._happened(Event.GOODBYE)
                self._happened(Event.FAREWELL_SAID, Outcome.COMPLETED)
                return
            self._happened(Event.TRANSFER_ASKED)
            hand_over = last.hand_over or HandOver(self._queue, "asked")
            try:
                await self._put_through(hand_over)
                return
            except AgentUnavailable as nobody:
                _log.info("no agent took the call", reason=nobody.reason)
                self._happened(Event.AGENT_UNAVAILABLE, Outcome.NO_AGENT)
                reply = await self._offer_something_else(conversation)
            except EngineError as error:
                await self._rescue(conversation, error)
                return

    async def _put_through(self, hand_over: HandOver) -> None:
        said = tuple(f"Said: {words}" for words in self._journal.last_words)
        question = self._journal.question
        told = replace(hand_over, brief=hand_over.brief + said, question=question)
        kinds = frozenset(self._settings.store.redact)
        agent = await self._call.transfer(_without_numbers(told, kinds))
        self._journal.agent = agent.extension
        self._happened(Event.AGENT_ANSWERED, Outcome.WITH_AGENT)
        # Two people may talk for an hour, and flows that were replaced wait for their last call.
        await self._engines.dialog.close(self.call_id)
        await agent.left()
        self._happened(Event.AGENT_LEFT)
        self._happened(Event.FAREWELL_SAID)

    async def _offer_something_else(self, conversation: Conversation) -> Reply:
        try:
            return await conversation.ask(Happening.AGENT_UNAVAILABLE)
        except EngineError:
            prompt = rescue.nobody_free(self._journal.language)
            return rescue.farewell(prompt)

    # --- before the first word ----------------------------------------------------------------

    async def _greeting(self) -> Reply | EngineError:
        """Prepare the first words while the phone still rings, so that none is waited for."""
        decision, language = await self._decision()
        info = replace(self._call.info, language=language, calls_lately=decision.calls_lately)
        self._journal.language = language
        try:
            reply = await self._engines.dialog.open(info, decision.opening)
        except EngineError as error:
            metrics.ENGINE_FAILURES.labels(error.engine, type(error).__name__).inc()
            return error
        version = reply.flows_version or decision.flows_version
        self._journal.opened(decision.opening, decision.prediction, version)
        self._journal.understood(reply)
        return reply

    async def _decision(self) -> tuple[Decision, Language]:
        """What is known of the caller; a guess that is late or fails means a plain greeting."""
        info = self._call.info
        try:
            async with asyncio.timeout(self._settings.predict.deadline_s):
                language = await self._engines.store.language(info.caller_key) or info.language
                known = replace(info, language=language)
                return await self._engines.opener.decide(known), language
        except (EngineError, TimeoutError) as error:
            metrics.ENGINE_FAILURES.labels("opener", type(error).__name__).inc()
            _log.warning("greeted without a guess", problem=type(error).__name__)
            return Decision(), info.language

    # --- when we break ------------------------------------------------------------------------

    async def _rescue(self, conversation: Conversation, cause: IvrError) -> None:
        """Apologise and ring a person; raises _NobodyCameError if nobody comes.

        The caller is given back outside, when nothing watches the call any more: who was given
        back is gone for us, and looks like one who has hung up.
        """
        _log.error("call rescued", cause=str(cause))
        self._happened(Event.FAILED, Outcome.FAILED)
        hand_over = rescue.hand_over(self._queue, self._journal.question)
        try:
            await conversation.announce(rescue.to_a_person(self._journal.language))
        except EngineError as error:
            _log.error("apology not played", problem=error.problem)
        try:
            await self._put_through(hand_over)
        except AgentUnavailable as nobody:
            self._happened(Event.AGENT_UNAVAILABLE, Outcome.NO_AGENT)
            raise _NobodyCameError from nobody
        except EngineError as error:
            _log.error("call not put through", problem=error.problem)
            self._happened(Event.FAILED)
            raise _NobodyCameError from error

    async def _give_back(self) -> None:
        """Let the dialplan queue the caller; two people who talk are left alone."""
        if self._state in (State.WITH_AGENT, State.ENDED):
            return
        try:
            await self._call.decline()
        except IvrError as error:
            _log.error("call not given back", problem=str(error))

    async def _hang_up(self) -> None:
        try:
            await self._call.hang_up()
        except IvrError as error:
            _log.error("call not hung up", problem=str(error))

    # --- the end --------------------------------------------------------------------------------

    def _happened(self, event: Event, outcome: Outcome | None = None) -> None:
        before, self._state = self._state, after(self._state, event)
        if outcome is not None and (before, event) not in HARMLESS:
            kept = self._outcome is Outcome.WITH_AGENT and event is Event.CALLER_LEFT
            self._outcome = self._outcome if kept else outcome
        _log.debug("call moved", was=before.name, cause=event.name, now=self._state.name)

    async def _leave_the_record(self) -> CallRecord:
        await self._engines.dialog.close(self.call_id)
        record = await self._journal.finish(self._outcome)
        try:
            await self._engines.opener.learn(record)
        except EngineError as error:
            _log.error("call not learnt from", problem=error.problem)
        _count(record)
        self._engines.observer.call_ended(record)
        _log.info("call ended", outcome=self._outcome.value, question=record.question)
        return record


def _count(record: CallRecord) -> None:
    opening, answered = record.opening, record.answered_at
    metrics.CALLS.labels(record.outcome.value).inc()
    held_out = "yes" if opening.held_out else "no"
    metrics.OPENINGS.labels(kind=opening.kind.value, held_out=held_out).inc()
    if answered is not None:
        metrics.CALL_S.observe((record.ended_at - answered).total_seconds())


def _without_numbers(hand_over: HandOver, kinds: frozenset[str]) -> HandOver:
    """Take card, phone and id numbers out of a brief: headers end up in logs of phones."""
    brief = tuple(redact(line, kinds) for line in hand_over.brief)
    return replace(hand_over, brief=brief, reason=redact(hand_over.reason, kinds))
