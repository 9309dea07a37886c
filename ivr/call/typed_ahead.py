"""Keys that a caller presses while still speaking: a number typed before it was asked for.

Who knows what comes says "my balance" and types the last digits of the card at once. The words
are answered first; when that answer asks for just what was typed, it is given without asking.
What was typed for nothing is noted and dropped: a stray digit in front of a number spoils it.
"""

import asyncio
from typing import Final

from ivr.call.keypad import Keypad
from ivr.call.moments import Moments
from ivr.domain import Listening

_MOMENT_S: Final = 0.7
"""Silence of the keys behind which nobody is typing any more; as for keys to an open question."""


async def is_typed_ahead(keypad: Keypad, moments: Moments, listening: Listening) -> bool:
    """Whether the keys are a whole answer to this question; waits for who is still typing."""
    while keypad.begins(listening) and not keypad.answers(listening):
        left_s = moments.key_s + _MOMENT_S - moments.now_s
        if left_s <= 0:
            return False
        await asyncio.sleep(left_s)
    return keypad.answers(listening)
