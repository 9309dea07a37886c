"""Facts of the example lender, from a real database."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.dialog.facts import Facts
from ivr.dialog.lookups import LOOKUPS, application, identify, limit, loan, overdue, refund
from ivr.dialog.memory import Memory
from ivr.dialog.step import Found
from ivr.domain import Language
from tests.integration.lender import TODAY, key_of, lender


@pytest_asyncio.fixture
async def facts() -> AsyncIterator[Facts]:
    async with lender() as opened:
        yield opened


def caller(number: str = "", customer: str = "", **slots: str) -> Memory:
    key = key_of(number) if number else ""
    return Memory(language=Language.EN, caller_key=key, customer=customer, slots=slots)


async def test_a_known_number_needs_its_own_card(facts: Facts) -> None:
    right = await identify(facts, caller("7001", card_tail="6688"), TODAY)
    wrong = await identify(facts, caller("7001", card_tail="1234"), TODAY)

    assert right == Found({"customer": "paying"})
    assert wrong.outcome == "wrong"


@pytest.mark.parametrize("number", ["", "5555"])
async def test_an_unknown_number_needs_card_and_code(facts: Facts, number: str) -> None:
    tail_only = await identify(facts, caller(number, card_tail="6688"), TODAY)
    right = await identify(facts, caller(number, card_tail="6688", pin="246810"), TODAY)
    wrong = await identify(facts, caller(number, card_tail="6688", pin="135790"), TODAY)

    assert tail_only.outcome == "pin"
    assert right == Found({"customer": "paying"})
    assert wrong.outcome == "wrong"


async def test_a_card_that_nobody_has_is_wrong_only_after_the_code(facts: Facts) -> None:
    tail_only = await identify(facts, caller(card_tail="9999"), TODAY)

    assert tail_only.outcome == "pin"


async def test_a_loan_has_balance_and_due_date(facts: Facts) -> None:
    found = await loan(facts, caller(customer="paying"), TODAY)

    assert found.facts == {"balance": "12345.60", "due_amount": "1086.50", "due_on": "2026-01-17"}


async def test_late_days_count_from_today(facts: Facts) -> None:
    late = await overdue(facts, caller(customer="late"), TODAY)
    paying = await overdue(facts, caller(customer="paying"), TODAY)

    assert late.facts["days"] == "5"
    assert paying.outcome == "none"


async def test_a_limit_tells_what_is_left(facts: Facts) -> None:
    found = await limit(facts, caller(customer="paying"), TODAY)
    none = await limit(facts, caller(customer="new"), TODAY)

    assert found.facts["available"] == "37655.00"
    assert none.outcome == "none"


@pytest.mark.parametrize(
    ("order", "outcome"), [("202688", "ok"), ("202699", "paid"), ("000000", "none")]
)
async def test_a_refund_is_coming_paid_or_unknown(facts: Facts, order: str, outcome: str) -> None:
    found = await refund(facts, caller(order_number=order), TODAY)

    assert found.outcome == outcome


async def test_an_application_is_in_progress_or_unknown(facts: Facts) -> None:
    assert (await application(facts, caller(customer="new"), TODAY)).outcome == "ok"
    assert (await application(facts, caller(customer="late"), TODAY)).outcome == "none"


async def test_preparing_twice_leaves_one_of_each(facts: Facts) -> None:
    await facts.prepare(key_of, TODAY)

    assert await facts.customer_by_number(key_of("7001")) is not None


@pytest.mark.parametrize("name", LOOKUPS)
async def test_every_lookup_keeps_what_it_promises(facts: Facts, name: str) -> None:
    slots = {"card_tail": "6688", "order_number": "202688"}
    for customer in ("paying", "late", "new"):
        found = await LOOKUPS[name].run(facts, caller("7001", customer, **slots), TODAY)

        assert set(found.facts) == LOOKUPS[name].facts[found.outcome]
