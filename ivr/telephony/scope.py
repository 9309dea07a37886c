"""Tasks that live as long as a block, with errors that read as if there were no tasks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


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


class _Enough(Exception):
    """Nothing went wrong: it only ends the group's tasks."""


def _lone(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
