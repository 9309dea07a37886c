"""What every test shares."""

import asyncio
from pathlib import Path

import pytest

# pytest-asyncio asks for "the current loop" before its first test; Python 3.11 then makes one
# that nobody closes, and a ResourceWarning at exit fails the run. None says: there is none.
asyncio.set_event_loop(None)

FLOORS = Path(__file__).parent
REAL = tuple(FLOORS / floor for floor in ("contract", "integration", "e2e"))
"""Floors with real engines and real time, where a machine that stalls can fail a sound test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests with real engines a second try; the summary names each that needed it."""
    for item in items:
        if any(floor in item.path.parents for floor in REAL):
            item.add_marker(pytest.mark.flaky(reruns=1))
