"""What the keypad menu makes of words while nobody understands sentences."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from ivr.dialog.actions import Actions
from ivr.dialog.memory import Memory
from ivr.dialog.menu import NOT_UNDERSTOOD, MenuDialog, understand
from ivr.dialog.step import Input, Pressed, Understood
from ivr.domain import CallerInput, CallInfo, Keys, Language, Opening, Utterance
from tests.integration.lender import TODAY, lender
from tests.unit.dialog.talk import starter_flows


def understood(text: str, language: Language) -> Input:
    said = Utterance(text, language, 1.0)
    return understand(starter_flows(), Memory(language=language), said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i want to move to another town for a year", Language.EN),
        ("oh what a day", Language.EN),
        ("i want to pay", Language.EN),
        ("我 想 问 一下", Language.ZH),
        ("一下", Language.ZH),
        ("我 有 三 张 卡 要 换", Language.ZH),
    ],
)
def test_a_sentence_with_something_like_a_digit_presses_no_key(
    text: str, language: Language
) -> None:
    assert understood(text, language) == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "language"),
    [("two", Language.EN), ("press two please", Language.EN), ("按 二", Language.ZH)],
)
def test_a_key_may_be_said_aloud(text: str, language: Language) -> None:
    second = starter_flows().hotline.menu[1]

    assert understood(text, language) == Understood(second, 1.0, "", ((second, 1.0),))


def test_zero_may_be_said_aloud() -> None:
    assert understood("zero", Language.EN) == Pressed("0")


CALL = CallInfo("1", "", "", "95001", Language.EN, datetime(2026, 1, 5, tzinfo=UTC))


@pytest_asyncio.fixture
async def menu() -> AsyncIterator[MenuDialog]:
    async with lender() as facts:
        opened = MenuDialog(Actions(starter_flows(), facts, lambda: TODAY))
        await opened.open(CALL, Opening())
        yield opened


async def spoken(menu: MenuDialog, *turns: CallerInput) -> str:
    """What is said to the last of the turns."""
    text = ""
    for number, said in enumerate(turns, start=1):
        reply = await menu.reply(CALL.call_id, number, said)
        text = " ".join(prompt.text for prompt in reply.prompts)
    return text


def words(text: str, *, doubtful: bool = False) -> Utterance:
    return Utterance(text, Language.EN, 1.0, is_doubtful=doubtful)


REFUND = Keys(str(1 + starter_flows().hotline.menu.index("refund")))


async def test_what_a_form_asks_for_may_be_said_aloud(menu: MenuDialog) -> None:
    text = await spoken(menu, REFUND, words("two zero two six eight eight"))

    assert "two hundred ninety nine yuan" in text


async def test_what_was_said_badly_is_read_back_and_can_be_put_right(menu: MenuDialog) -> None:
    six = words("two zero two six eight nine", doubtful=True)

    assert "Is that right" in await spoken(menu, REFUND, six)
    right = words("no two zero two six eight eight")
    assert "two hundred ninety nine" in await spoken(menu, REFUND, six, right)


async def test_nonsense_in_a_form_asks_for_the_same_again(menu: MenuDialog) -> None:
    text = await spoken(menu, REFUND, words("purple elephants"))

    assert "six digits" in text
