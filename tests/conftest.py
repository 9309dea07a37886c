"""What every test shares."""

import asyncio

# pytest-asyncio asks for "the current loop" before its first test; Python 3.11 then makes one
# that nobody closes, and a ResourceWarning at exit fails the run. None says: there is none.
asyncio.set_event_loop(None)
