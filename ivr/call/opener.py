"""How a call is opened: what is known before the first word decides the greeting."""

from ivr.call.engines import Decision
from ivr.domain import CallInfo, CallRecord


class AskingOpener:
    """Asks everybody the open question; for a hotline with `predict.enabled: false`."""

    async def decide(self, info: CallInfo) -> Decision:
        """Ask."""
        del info
        return Decision()

    async def learn(self, record: CallRecord) -> None:
        """Nothing to learn."""
        del record
