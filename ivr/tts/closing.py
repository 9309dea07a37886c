"""Letting go of speech that nobody wants to hear any more."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def closing(pieces: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    """Give the pieces, and close their source at the end, heard to the end or not.

    Without it a generator left in mid-sentence runs its `finally` only when it is collected,
    and its worker goes on speaking until then.
    """
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
