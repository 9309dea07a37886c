"""Key presses become one entry: pure, no clock.

A question for a number collects keys until "#" or until it has as many as it asked for; a menu
takes a single key at once. An open question takes a key too, but waits a moment for more,
because people type their number before they are asked for it. "*" begins a command of two keys
("*3": back), whatever was asked, and is one by itself when no other key follows in a moment.

Who presses a key in the middle of a sentence (a cheek on the glass, or a number typed ahead) has
not finished it: such keys wait for its end, unless they are a command or answer what was asked.
"""

from ivr.domain import Expect, Keys, Listening

MAX_KEYS = 64  # longest number anyone enters is a 34-digit IBAN; more is a cat on the phone
_NUMBERS = {Expect.DIGITS, Expect.AMOUNT, Expect.DATE}
_SINGLE = {Expect.YES_NO, Expect.MENU}
_COMMAND_KEYS = 2
_MOMENT_S = 0.7
_COMMANDS = "0*#"  # as they begin; whoever wants a person shall not have to finish the sentence


class Keypad:
    """Collects the keys of one entry."""

    def __init__(self) -> None:
        self._keys = ""
        self._listening: Listening | None = None

    def expect(self, listening: Listening) -> None:
        """Begin anew for the next question."""
        self._listening, self._keys = listening, ""

    def press(self, key: str) -> None:
        """Add one key; keys beyond MAX_KEYS are ignored."""
        if len(self._keys) < MAX_KEYS:
            self._keys += key

    @property
    def is_empty(self) -> bool:
        """Whether no key has been pressed since the last `take`."""
        return not self._keys

    @property
    def is_complete(self) -> bool:
        """Whether waiting for more keys makes no sense."""
        wanted = self._listening
        if self.is_empty or wanted is None:
            return False
        if self._is_command:
            return len(self._keys) == _COMMAND_KEYS
        if wanted.expect in _SINGLE or self._keys[-1] == "#":
            return True
        return wanted.max_digits is not None and len(self._keys) >= wanted.max_digits

    def wait_s(self, between_keys_s: float) -> float:
        """Seconds to wait for one more key before an entry that is not complete is taken."""
        wanted = self._listening
        is_number = wanted is not None and wanted.expect in _NUMBERS and not self._is_command
        return between_keys_s if is_number else min(_MOMENT_S, between_keys_s)

    @property
    def lets_finish(self) -> bool:
        """Whether these keys leave the sentence in whose middle they were pressed its end."""
        is_free = self._listening is None or self._listening.expect is Expect.FREE
        return is_free and not self.is_empty and self._keys[0] not in _COMMANDS

    def begins(self, listening: Listening) -> bool:
        """Whether these keys, typed ahead, may begin the answer to the question that follows."""
        return listening.expect in _NUMBERS and not self.is_empty

    def answers(self, listening: Listening) -> bool:
        """Whether they are all of that answer."""
        is_whole = self._keys.endswith("#") or len(self._keys) == listening.max_digits
        return self.begins(listening) and is_whole

    @property
    def _is_command(self) -> bool:
        return self._keys.startswith("*")

    def take(self) -> Keys:
        """Give the entry and begin the next one; a closing "#" is dropped, a lone one kept."""
        keys, self._keys = self._keys, ""
        return Keys(keys[:-1] if len(keys) > 1 and keys.endswith("#") else keys)
