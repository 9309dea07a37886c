"""Several versions of the flows at once: a call ends on the one it began with.

    published ──prepare──> ready ──serve──> current ──serve another──> leaving ──last call──> gone

What is prepared can answer before anybody is sent there; serving it is one assignment, so no
call can meet half of a version. What leaves goes when its last call has ended.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace

from ivr import log
from ivr.dialog import HEARD, Dialog
from ivr.dialog.version import Version
from ivr.domain import CallerInput, CallInfo, Opening, Reach, Reply
from ivr.errors import EngineRejected, EngineUnavailable

_log = log.get(__name__)
ENGINE = "dialog"


MindOf = Callable[[Version], AbstractAsyncContextManager[Dialog]]
"""Makes the mind of one version, able to answer; raises EngineError when it is not."""


@dataclass
class _Mind:
    version: Version
    dialog: Dialog
    closing: AsyncExitStack
    calls: set[str] = field(default_factory=set[str])


class VersionedDialog:
    """The promise `Dialog` by one mind for each version; use `aclose` at the end."""

    def __init__(self, mind_of: MindOf) -> None:
        self._mind_of = mind_of
        self._minds: dict[str, _Mind] = {}
        self._of_call: dict[str, _Mind] = {}
        self._current: _Mind | None = None
        self.kept: Collection[str] = ()
        """Versions that stay without calls: what may be wanted again at once."""

    # --- versions

    @property
    def calls(self) -> Mapping[str, int]:
        """How many calls each version has."""
        return {name: len(mind.calls) for name, mind in self._minds.items()}

    async def prepare(self, version: Version) -> None:
        """Make a version able to answer; nothing happens to one that is. Raises EngineError."""
        if version.name in self._minds:
            return
        async with AsyncExitStack() as stack:
            dialog = await stack.enter_async_context(self._mind_of(version))
            self._minds[version.name] = _Mind(version, dialog, stack.pop_all())

    def serve(self, name: str) -> None:
        """Send calls that begin from now on to a version that was prepared."""
        self._current = self._minds[name]

    async def tidy(self) -> None:
        """Let go of versions that have no calls, get no new ones, and are not `kept`."""
        for name, mind in list(self._minds.items()):
            is_idle = mind is not self._current and not mind.calls and name not in self.kept
            if is_idle and self._minds.get(name) is mind:
                del self._minds[name]
                await mind.closing.aclose()
                _log.info("version let go", version=name)

    async def aclose(self) -> None:
        """Let go of all versions."""
        self._current, self.kept = None, ()
        for mind in self._minds.values():
            mind.calls.clear()
        await self.tidy()

    # --- Dialog

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Begin the conversation with the current version."""
        mind = self._of_call.get(info.call_id) or self._current
        if mind is None:
            raise EngineUnavailable(ENGINE, "no flows are being served.")
        self._of_call[info.call_id] = mind
        mind.calls.add(info.call_id)
        # The guess may have been made a moment before another version took over.
        if not all(question in mind.version.flows.flows for question in opening.questions):
            opening = Opening(propensity=opening.propensity, held_out=opening.held_out)
        return replace(await mind.dialog.open(info, opening), flows_version=mind.version.name)

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer one input with the version that the call began with."""
        mind = self._of_call.get(call_id)
        if mind is None:
            raise EngineRejected(ENGINE, "the call is unknown.")
        reply = await mind.dialog.reply(call_id, turn, said, reach)
        return replace(reply, flows_version=mind.version.name)

    async def close(self, call_id: str) -> None:
        """Forget the conversation, and with the last one a version that is leaving."""
        mind = self._of_call.pop(call_id, None)
        if mind is None:
            return
        try:
            await mind.dialog.close(call_id)
        finally:
            mind.calls.discard(call_id)  # only now: without calls it may go at any moment
        if mind is not self._current:
            await self.tidy()

    async def is_healthy(self) -> bool:
        """Whether the current version could answer right now."""
        return self._current is not None and await self._current.dialog.is_healthy()
