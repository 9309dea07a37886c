"""How loud Asterisk plays what we have queued: the ducking of prompts on chan_websocket.

Up to 10 s of speech wait at Asterisk, so turning down what we send would be heard too late, and a
flush with everything sent anew repeats or skips what was on its way. Asterisk's own VOLUME
function works on the frame that it plays next: 1 ms for the request, then at most 20 ms (measured
on 22.10, November 2026), and not a sample is lost.
"""

import asyncio
from typing import Final

from ivr import log, metrics
from ivr.errors import EngineError
from ivr.telephony.ari import Ari

_FUNCTION: Final = "VOLUME(RX)"  # RX: what Asterisk receives from us
_FULL, _DUCKED = "1", "-4"  # a factor; negative ones divide: 12 dB down

_log = log.get(__name__)


class Volume:
    """The volume of one media channel; `run()` must run for as long as it is used."""

    def __init__(self, ari: Ari, channel_id: str) -> None:
        self._ari, self._channel_id = ari, channel_id
        self._shall_duck = False
        self._changed = asyncio.Event()
        self.is_ducked = False
        """Whether Asterisk has turned it down."""

    def duck(self) -> None:
        """Have it turned down."""
        self._set(shall_duck=True)

    def unduck(self) -> None:
        """Have it turned up."""
        self._set(shall_duck=False)

    async def run(self) -> None:
        """Pass the latest wish on to Asterisk, for ever; one that it refuses is logged."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            shall_duck = self._shall_duck
            if shall_duck is not self.is_ducked:
                await self._apply(shall_duck=shall_duck)

    def _set(self, *, shall_duck: bool) -> None:
        self._shall_duck = shall_duck
        self._changed.set()

    async def _apply(self, *, shall_duck: bool) -> None:
        try:
            value = _DUCKED if shall_duck else _FULL
            await self._ari.set_variable(self._channel_id, _FUNCTION, value)
        except EngineError as error:
            metrics.ENGINE_FAILURES.labels("asterisk", type(error).__name__).inc()
            _log.warning("volume_not_changed", problem=error.problem)
            return
        self.is_ducked = shall_duck
