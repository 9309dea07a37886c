"""Writes to the store that are tried again: a disk that stalls for seconds loses no record."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from ivr import log, metrics
from ivr.errors import EngineTimeout, EngineUnavailable

_log = log.get(__name__)

PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0)
"""Waited before each further try; with forty callers on two cores, writes were late for 4 s."""


class PatientWriter:
    """Writes for one call. The call goes on whatever happens; what is lost is told and counted.

    Once all tries of a write have failed the store is away, and each further write has one try
    until one succeeds: a call must end soon, also without a database.
    """

    def __init__(self) -> None:
        self._is_away = False

    async def write(self, what: str, attempt: Callable[[], Awaitable[object]]) -> None:
        """Write, as often as it takes within reason.

        What was late may have been written all the same, and `attempt` then writes it again:
        the store replaces turns, records and wishes to be called back.
        """
        for pause_s in () if self._is_away else PAUSES_S:
            try:
                await attempt()
            except (EngineTimeout, EngineUnavailable):
                await asyncio.sleep(pause_s)
            except Exception as error:  # noqa: BLE001  # a record is worth less than the call
                _lost(what, error)
                return
            else:
                return
        try:
            await attempt()
        except Exception as error:  # noqa: BLE001  # as above: a bug in the store costs no call
            self._is_away = True
            _lost(what, error)
        else:
            self._is_away = False


def _lost(what: str, error: Exception) -> None:
    metrics.ENGINE_FAILURES.labels("store", type(error).__name__).inc()
    _log.error("record not written", what=what, cause=type(error).__name__)
