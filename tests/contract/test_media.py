"""The promise of `ivr.telephony.Media`, held by the line in memory.

chan_websocket and AudioSocket on a real Asterisk are held to `MediaContract` too, in
`tests/integration/test_asterisk_media.py`.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.contract.media_promise import MediaContract
from tests.line_ends import Line, sim_line

pytestmark = pytest.mark.looptime


class TestLineInMemory(MediaContract):
    @pytest.fixture
    async def line(self) -> AsyncIterator[Line]:
        async with asyncio.timeout(60), sim_line() as made:
            yield made
