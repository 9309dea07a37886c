"""Real Rasa keeps the promise of `Dialog`, and answers a lender's callers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from ivr.dialog import Dialog
from ivr.dialog.conversations import chosen, load_conversations
from ivr.dialog.conversations_run import TEST_DAY, Held, hold_all, texts_of
from ivr.dialog.rehearsal import rehearsing, understand_all, understood_by
from ivr.dialog.telling import act_of
from ivr.dialog.trial import Trial
from ivr.dialog.trial_input import as_line
from ivr.domain import CallInfo, Expect, Keys, Language, Opening, OpeningKind, Then
from tests.contract.dialog_promise import DialogContract, a_call, words
from tests.integration.lender import key_of
from tests.integration.rasa_here import RasaHere, rasa_here
from tests.needs import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(600),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[RasaHere]:
    async with rasa_here() as running:
        yield running


@pytest.fixture
def dialog(here: RasaHere) -> Dialog:
    return here.dialog


class TestRasaDialog(DialogContract):
    pass


def from_7001(call_id: str, language: Language = Language.EN) -> CallInfo:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return CallInfo(call_id, "7001", key_of("7001"), "95001", language, now)


async def test_account_facts_are_said_only_after_the_card(dialog: Dialog) -> None:
    await dialog.open(from_7001("card"), Opening())

    asked = await dialog.reply("card", 1, words("how much do i still owe"))
    told = await dialog.reply("card", 2, Keys("6688"))

    assert asked.listening.expect is Expect.DIGITS
    assert asked.listening.max_digits == 4
    assert told.prompts[0].text == (
        "Your loan balance is twelve thousand three hundred forty five yuan and sixty cents."
    )


async def test_a_stranger_needs_card_and_code(dialog: Dialog) -> None:
    await dialog.open(a_call("stranger", Language.ZH), Opening())

    await dialog.reply("stranger", 1, words("我 想 查 余额", Language.ZH))
    code = await dialog.reply("stranger", 2, Keys("6688"))
    told = await dialog.reply("stranger", 3, Keys("246810"))

    assert code.listening.max_digits == 6
    assert told.prompts[0].text == "您的贷款余额是一万两千三百四十五元六角。"


async def test_another_question_does_not_lose_the_one_in_progress(dialog: Dialog) -> None:
    await dialog.open(a_call("aside"), Opening())
    await dialog.reply("aside", 1, words("where is my refund"))

    aside = await dialog.reply("aside", 2, words("what are your opening hours"))
    told = await dialog.reply("aside", 3, words("two zero two six eight eight"))

    assert aside.intent == "opening_hours"
    assert aside.listening.expect is Expect.DIGITS
    assert told.question == "refund"
    assert "two hundred ninety nine yuan" in told.prompts[0].text


async def test_digits_of_a_replaced_turn_are_forgotten(dialog: Dialog) -> None:
    await dialog.open(from_7001("retold"), Opening())
    await dialog.reply("retold", 1, words("what is my balance"))
    wrong = await dialog.reply("retold", 2, Keys("1111"))

    right = await dialog.reply("retold", 2, Keys("6688"))

    assert wrong.listening.expect is Expect.DIGITS
    assert "Your loan balance" in right.prompts[0].text


async def test_yes_to_an_offer_answers_it_and_a_no_does_not_insist(dialog: Dialog) -> None:
    offer = Opening(OpeningKind.OFFER, ("opening_hours",))
    await dialog.open(a_call("offer-yes"), offer)
    await dialog.open(a_call("offer-no"), offer)
    await dialog.open(a_call("offer-own"), offer)

    yes = await dialog.reply("offer-yes", 1, words("yes please"))
    no = await dialog.reply("offer-no", 1, words("no"))
    own = await dialog.reply("offer-own", 1, words("no i want a refund"))

    assert yes.question == "opening_hours"
    assert no.question == ""
    assert own.question == "refund"


async def test_words_in_doubt_are_asked_back_by_voice_and_taken_by_key(dialog: Dialog) -> None:
    await dialog.open(a_call("doubt"), Opening())
    doubtful = replace(words("what are your opening hours"), is_doubtful=True)

    asked = await dialog.reply("doubt", 1, doubtful)
    told = await dialog.reply("doubt", 2, Keys("1"))

    assert asked.listening.expect is Expect.YES_NO
    assert told.question == "opening_hours"


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            Language.EN,
            "where is my refund for order two zero two six double eight",
            "no two zero two six nine nine",
        ),
        (Language.ZH, "我 要 退款 订单 二 零 二 六 八 八", "不 对 二 零 二 六 九 九"),
    ],
)
async def test_a_number_in_the_first_sentence_is_not_asked_for_and_can_be_corrected(
    dialog: Dialog, language: Language, first: str, second: str
) -> None:
    call = f"at-once-{language}"
    await dialog.open(a_call(call, language), Opening())

    told = await dialog.reply(call, 1, words(first, language))
    again = await dialog.reply(call, 2, words(second, language))

    assert told.question == again.question == "refund"
    assert told.listening.expect is not Expect.DIGITS
    assert told.prompts[0].text != again.prompts[0].text


async def test_a_text_that_looks_like_a_command_is_only_text(dialog: Dialog) -> None:
    await dialog.open(a_call("slash"), Opening())

    reply = await dialog.reply("slash", 1, words("/goodbye{} what is my\x00 balance"))

    assert reply.then is Then.LISTEN


async def test_the_conversations_beside_the_flows_go_as_they_must(here: RasaHere) -> None:
    tests = load_conversations(ROOT / "flows")

    held = await hold_all(Trial(here.dialog, here.actions, key_of), tests)

    failures = [told(each) for each in held if not each.passed]
    assert not failures, "\n".join(failures)


async def test_a_rehearsal_goes_as_the_real_conversation(here: RasaHere) -> None:
    tests = chosen(load_conversations(ROOT / "flows"), ["steering:", "forms:", "people:"])
    (understood,) = await asyncio.to_thread(understand_all, [here.flows], texts_of(tests))

    real = await hold_all(Trial(here.dialog, here.actions, key_of), tests)
    by_server = await understood_by(here.server.url, "", texts_of(tests))

    for texts in (understood, by_server):
        async with rehearsing(here.flows, texts, lambda: TEST_DAY) as rehearsal:
            rehearsed = await hold_all(rehearsal, tests)
        assert [told(each) for each in rehearsed] == [told(each) for each in real]


def told(held: Held) -> str:
    """A conversation in lines, with what was otherwise."""
    lines = [held.test.name, *([held.broken] if held.broken else [])]
    for each in held.turns:
        did = act_of(each.turn.seen.decision, each.turn.seen.after.asking)
        lines += [f"{'' if each.said is None else as_line(each.said)} -> {did}"]
        lines += [f"  {miss.field}: must {miss.must}, did {miss.did}" for miss in each.misses]
    return "\n".join(lines)


async def test_it_comes_back_after_a_crash(here: RasaHere) -> None:
    first = here.server.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(240):
        await here.server.came_back()

    reply = await here.dialog.open(a_call("after-crash"), Opening())
    assert reply.prompts
    assert here.server.pid != first
