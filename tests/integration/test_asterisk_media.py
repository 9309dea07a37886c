"""The promise of `ivr.telephony.Media` on a real Asterisk with a real SIP phone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.asterisk import Lab, lab
from tests.contract.media_promise import MediaContract
from tests.line_ends import Line, asterisk_line

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """One Asterisk for all tests of this file."""
    async with lab(Path(tmp_path_factory.mktemp("asterisk"))) as running:
        yield running


class TestChanWebsocket(MediaContract):
    @pytest_asyncio.fixture(loop_scope="module")
    async def line(self, shared: Lab) -> AsyncIterator[Line]:
        async with asyncio.timeout(60), asterisk_line(shared, "websocket") as made:
            yield made


class TestAudioSocket(MediaContract):
    @pytest_asyncio.fixture(loop_scope="module")
    async def line(self, shared: Lab) -> AsyncIterator[Line]:
        async with asyncio.timeout(60), asterisk_line(shared, "audiosocket") as made:
            yield made
