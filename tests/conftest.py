"""What every test shares."""

import asyncio

import pytest

# pytest-asyncio asks for "the current loop" before its first test; Python 3.11 then makes one
# that nobody closes, and a ResourceWarning at exit fails the run. None says: there is none.
asyncio.set_event_loop(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test a second try, and let the summary name those that needed it.

    Most of them run real engines, sockets and threads in real time, three at once: a machine that
    stalls can fail a sound one.
    """
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1))
