"""`ivr run` and its signals."""

import asyncio
import io
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.console import Console

from ivr import app
from ivr.cli.run import run_until_told
from ivr.config import Settings


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_a_start_that_takes_long(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, has_ended = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def teaching_for_ever(*_: object) -> AsyncIterator[None]:
        has_begun.set()
        try:
            await asyncio.Event().wait()
            yield
        finally:
            has_ended.set()

    monkeypatch.setattr(app, "running", teaching_for_ever)
    running = asyncio.ensure_future(run_until_told(Settings(), Console(file=io.StringIO())))
    await has_begun.wait()

    signal.raise_signal(number)

    with pytest.raises(asyncio.CancelledError):
        await running
    assert has_ended.is_set()
