"""Tasks that live as long as a block, with errors that read as if there were no tasks.

All calls live in one group, which an error that leaves any of its tasks cancels as a whole. What
serves one call (`alone`) or no call (`kept_up`) must therefore keep its own mistakes to itself.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from ivr import log, metrics

AGAIN_S: Final = 60.0
"""Rest before work that broke begins anew: a full disk is not emptied sooner."""

_log = log.get(__name__)


@asynccontextmanager
async def task_scope() -> AsyncIterator[asyncio.TaskGroup]:
    """Give a TaskGroup whose tasks are cancelled when the block ends.

    A lone error leaves the block as itself instead of as a group of one, so that whoever
    stands outside can say `except ConfigError`.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
            raise _Enough
    except BaseExceptionGroup as group:
        _, failed = group.split(_Enough)
        if failed:
            error = _lone(failed)
            raise error from error.__cause__


Work = Callable[[], Awaitable[object]]


async def alone(work: Work, name: str) -> None:
    """Do the work of one call; a mistake in it is logged and ends that work only."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001  # the border of a call
        _broke(name, error)


async def kept_up(work: Work, name: str, again_s: float = AGAIN_S) -> None:
    """Do work beside the calls to its end; after a mistake in it, once more from the beginning."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # whatever broke, no call needs it
            _broke(name, error)
        else:
            return
        await asyncio.sleep(again_s)


def _broke(name: str, error: Exception) -> None:
    metrics.WORK_BROKEN.labels(name).inc()
    _log.error("work broke", work=name, exc_info=error)


class _Enough(Exception):
    """Nothing went wrong: it only ends the group's tasks."""


def _lone(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
