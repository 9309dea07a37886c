"""When the mind fails: the caller goes on with the keypad menu instead of hearing an apology.

One slow answer is not a failure yet: the caller is asked to say it again. A call that had to
switch stays with the menu: minds that change twice in a call confuse people more than a menu
does. A Rasa that was started again and does not know the call is not a failure: the
conversation begins anew behind the caller's back, and only what was asked before is lost.
"""

from dataclasses import dataclass, replace

from ivr import log
from ivr.dialog import HEARD, Dialog
from ivr.dialog.menu import MenuDialog
from ivr.dialog.rasa import ENGINE, UnknownCall
from ivr.domain import CallerInput, CallInfo, Language, Opening, Reach, Reply
from ivr.errors import EngineError, EngineRejected, EngineTimeout
from ivr.metrics import ENGINE_FAILURES

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _Call:
    info: CallInfo
    language: Language
    is_switched: bool = False
    was_slow: bool = False
    """The last turn took too long: once is an accident, twice in a row is a failure."""


class FallbackDialog:
    """The promise `Dialog`: by the primary mind while it works, by the menu otherwise."""

    def __init__(self, primary: Dialog, menu: MenuDialog) -> None:
        self._primary, self._menu = primary, menu
        self._calls: dict[str, _Call] = {}

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Begin with the primary mind, or with the menu at once."""
        self._calls[info.call_id] = _Call(info, info.language)
        try:
            return await self._primary.open(info, opening)
        except EngineError as error:
            self._switch(info.call_id, error)
            return await self._menu.open(info, opening)

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer; a failure switches the call to the menu.

        Raises EngineTimeout the first time that an answer takes too long: the caller is asked
        to say it again, which is less than a menu.
        """
        call = self._calls.get(call_id)
        if call is None:
            raise EngineRejected(ENGINE, "the call is unknown.")
        if call.is_switched:
            return await self._menu.reply(call_id, turn, said, reach)
        try:
            reply = await self._ask_primary(call, turn, said, reach)
        except EngineError as error:
            if isinstance(error, EngineTimeout) and not call.was_slow:
                self._calls[call_id] = replace(call, was_slow=True)
                raise
            self._switch(call_id, error)
            self._menu.begin(call.info, call.language, turn - 1)
            return await self._menu.reply(call_id, turn, said, reach)
        language = reply.listening.language
        self._calls[call_id] = replace(call, language=language, was_slow=False)
        return reply

    async def close(self, call_id: str) -> None:
        """Forget the conversation in both."""
        call = self._calls.pop(call_id, None)
        await self._menu.close(call_id)
        if call is not None:
            await self._primary.close(call_id)

    async def is_healthy(self) -> bool:
        """Whether the primary mind answers: with the menu alone somebody should be called."""
        return await self._primary.is_healthy()

    async def _ask_primary(self, call: _Call, turn: int, said: CallerInput, reach: Reach) -> Reply:
        try:
            return await self._primary.reply(call.info.call_id, turn, said, reach)
        except UnknownCall:
            _log.warning("conversation was lost and begins anew", call_id=call.info.call_id)
            await self._primary.open(replace(call.info, language=call.language), Opening())
            return await self._primary.reply(call.info.call_id, turn, said)

    def _switch(self, call_id: str, error: EngineError) -> None:
        call = self._calls[call_id]
        self._calls[call_id] = replace(call, is_switched=True)
        ENGINE_FAILURES.labels(ENGINE, "fallback").inc()
        _log.error("call goes on with the keypad menu", call_id=call_id, problem=error.problem)
