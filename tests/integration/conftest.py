"""What several files of this floor share: an Asterisk for the tests of the exchange."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.asterisk import Lab, lab
from tests.integration.exchange_scene import AGENTS, HEARTBEAT_S, QUEUES, Scene, a_scene


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """One Asterisk for all tests of a file, with short queues and leases."""
    folder = Path(tmp_path_factory.mktemp("asterisk"))
    async with lab(
        folder, heartbeat_s=HEARTBEAT_S, queues=QUEUES, agents=AGENTS, callers=["7001", "7002"]
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def scene(asterisk: Lab) -> AsyncIterator[Scene]:
    """A hotline with a caller's phone."""
    async with a_scene(asterisk) as made:
        yield made
