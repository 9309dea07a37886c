"""From where on an utterance is heard."""

import asyncio

from ivr.call.utterance import HeardUtterance
from ivr.domain import FRAME_BYTES, Language, Listening, Utterance

LISTENING = Listening(Language.EN)
PRE_ROLL_S = 0.04


class Ear:
    """Keeps what it is given."""

    partial = ""

    def __init__(self) -> None:
        self.fed = bytearray()

    def feed(self, pcm: bytes) -> None:
        self.fed += pcm

    async def finish(self) -> Utterance:
        return Utterance("", Language.EN, 0.0)

    def drop(self) -> None:
        pass


class Ears:
    """Opens ears and remembers them."""

    def __init__(self) -> None:
        self.opened: list[Ear] = []

    def listen(self, listening: Listening) -> Ear:
        del listening
        self.opened.append(Ear())
        return self.opened[-1]

    async def is_healthy(self) -> bool:
        return True

    @property
    def numbers(self) -> list[int]:
        """The frames that the last ear was given."""
        return list(self.opened[-1].fed[::FRAME_BYTES])


async def utterance(tasks: asyncio.TaskGroup) -> tuple[HeardUtterance, Ears]:
    ears = Ears()
    return HeardUtterance(ears, PRE_ROLL_S, tasks), ears


def hears(heard: HeardUtterance, first: int, last: int, risen_for_s: float = 0.0) -> None:
    for number in range(first, last + 1):
        heard.feed(bytes([number]) * FRAME_BYTES, risen_for_s)


async def test_who_is_noticed_at_once_is_heard_from_the_usual_time_before() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, ears = await utterance(tasks)
        hears(heard, 1, 20)

        heard.open_piece(LISTENING)

        assert ears.numbers == [19, 20]


async def test_who_is_noticed_late_is_heard_from_the_beginning() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, ears = await utterance(tasks)
        hears(heard, 1, 20, risen_for_s=0.2)

        heard.open_piece(LISTENING)

        assert ears.numbers == list(range(9, 21))
        assert heard.noticed_after_s(0.06) == 0.2 - 0.06


async def test_a_word_that_seemed_to_be_a_cough_is_heard_with_the_words_behind_it() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, ears = await utterance(tasks)
        hears(heard, 1, 20, risen_for_s=0.2)
        heard.open_piece(LISTENING)
        heard.drop_piece()
        hears(heard, 21, 25, risen_for_s=0.3)

        heard.open_piece(LISTENING)

        assert ears.numbers == list(range(9, 26))


async def test_what_an_utterance_before_had_is_not_heard_again() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, ears = await utterance(tasks)
        heard.open_piece(LISTENING)
        hears(heard, 1, 20)
        heard.close_piece()
        hears(heard, 21, 25, risen_for_s=1.0)

        heard.open_piece(LISTENING)

        assert ears.numbers == list(range(19, 26))


async def test_what_brought_no_words_is_heard_again_with_what_follows() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, ears = await utterance(tasks)
        heard.open_piece(LISTENING)
        hears(heard, 1, 20)
        heard.close_piece()
        heard.was_nothing()
        hears(heard, 21, 25, risen_for_s=0.4)

        heard.open_piece(LISTENING)

        assert ears.numbers == list(range(4, 26))


async def test_nobody_is_told_to_be_heard_from_earlier_than_they_are() -> None:
    async with asyncio.TaskGroup() as tasks:
        heard, _ = await utterance(tasks)
        heard.open_piece(LISTENING)
        hears(heard, 1, 20)
        heard.close_piece()
        hears(heard, 21, 23, risen_for_s=1.0)

        assert heard.noticed_after_s(0.06) == 5 * 0.02 - 0.06
