"""One running hotline for all tests of this folder that leave it alive."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.hotline import Hotline, running, settings_for


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hotline(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hotline]:
    """A hotline in a process of its own, with its own Asterisk and Rasa."""
    async with running(settings_for(Path(tmp_path_factory.mktemp("hotline")))) as here:
        yield here
