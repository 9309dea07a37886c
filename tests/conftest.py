"""What every test shares."""

import asyncio
import os

import hypothesis
import pytest

# pytest-asyncio asks for "the current loop" before its first test; Python 3.11 then makes one
# that nobody closes, and a ResourceWarning at exit fails the run. None says: there is none.
asyncio.set_event_loop(None)

# The same examples in each run, so that a red run means a changed program, and no deadline, so
# that a stalled machine fails nobody. `HYPOTHESIS_PROFILE=explore` looks for new examples.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test a second try, and let the summary name those that needed it.

    Most of them run real engines, sockets and threads in real time, three at once: a machine that
    stalls can fail a sound one.
    """
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1))
