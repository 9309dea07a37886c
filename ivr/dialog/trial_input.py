"""How a caller's turn is written where somebody types it: words, `#1234` for keys, nothing.

A question mark in front says that the ear is in doubt about the words: `?three thousand`.
"""

from typing import Final

from ivr.domain import CallerInput, Happening, Keys, Language, Utterance

KEYPAD: Final = frozenset("0123456789*#")
DOUBT: Final = "?？"
CERTAIN: Final = 1.0
"""Typed words are heard as they are."""


def caller_input(line: str, language: Language) -> CallerInput:
    """The turn that a typed line stands for.

    `#1234` are keys (`##` and `#*` the keys # and * themselves), an empty line is silence,
    anything else is said, with `?` in front of it so that the ear is in doubt.
    """
    line = line.strip()
    if not line:
        return Happening.SILENCE
    keys = line[1:].replace(" ", "")
    if line.startswith("#") and keys and KEYPAD.issuperset(keys):
        # The closing "#" ends an entry on the phone; it is no part of it.
        return Keys(keys.rstrip("#") or "#")
    words = line.lstrip(DOUBT).lstrip()
    return Utterance(words, language, CERTAIN, is_doubtful=words != line)


def as_line(said: CallerInput) -> str:
    """The opposite of `caller_input`, for showing a turn."""
    match said:
        case Utterance(text=text, is_doubtful=is_doubtful):
            return f"?{text}" if is_doubtful else text
        case Keys(digits=digits):
            return f"#{digits}"
        case Happening():
            return f"({said.value.replace('_', ' ')})"
