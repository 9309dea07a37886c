"""What every test shares."""

import asyncio
import os

import hypothesis

from tests.second_try import pytest_collection_modifyitems, pytest_runtest_setup  # noqa: F401

# pytest-asyncio asks for "the current loop" before its first test; Python 3.11 then makes one
# that nobody closes, and a ResourceWarning at exit fails the run. None says: there is none.
asyncio.set_event_loop(None)

# The same examples in each run, so that a red run means a changed program, and no deadline, so
# that a stalled machine fails nobody. `HYPOTHESIS_PROFILE=explore` looks for new examples.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
