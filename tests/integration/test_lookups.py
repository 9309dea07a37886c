"""Facts of the example lender, from a real database."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.dialog.facts import Facts
from ivr.dialog.lookups import (
    LOOKUPS,
    application,
    coupons,
    identify,
    identity_card,
    last_payment,
    limit,
    loan,
    overdue,
    promise,
    quote,
    recognise,
    refund,
)
from ivr.dialog.memory import Memory
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

    assert (right.outcome, right.facts["customer"]) == ("ok", "paying")
    assert wrong.outcome == "wrong"


@pytest.mark.parametrize("number", ["", "5555"])
async def test_an_unknown_number_needs_card_and_code(facts: Facts, number: str) -> None:
    tail_only = await identify(facts, caller(number, card_tail="6688"), TODAY)
    right = await identify(facts, caller(number, card_tail="6688", pin="246810"), TODAY)
    wrong = await identify(facts, caller(number, card_tail="6688", pin="135790"), TODAY)

    assert tail_only.outcome == "pin"
    assert (right.outcome, right.facts["customer"]) == ("ok", "paying")
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


async def test_a_known_number_tells_whose_it_is_and_their_tags(facts: Facts) -> None:
    gold = await recognise(facts, caller("7006"), TODAY)
    stranger = await recognise(facts, caller("5555"), TODAY)

    assert (gold.facts["customer"], gold.facts["tags"]) == ("gold", "vip")
    assert stranger.outcome == "none"


async def test_who_has_proved_who_they_are_brings_what_groups_go_by(facts: Facts) -> None:
    late = await identify(facts, caller("7002", card_tail="1234"), TODAY)
    new = await identify(facts, caller("7003", card_tail="5050"), TODAY)

    assert (late.facts["days_overdue"], late.facts["open_loans"]) == ("5", "1")
    assert (new.facts["days_customer"], new.facts["open_loans"]) == ("3", "0")


async def test_a_payment_counts_once_it_is_booked(facts: Facts) -> None:
    assert (await last_payment(facts, caller(customer="paying"), TODAY)).outcome == "ok"
    assert (await last_payment(facts, caller(customer="late"), TODAY)).outcome == "pending"
    assert (await last_payment(facts, caller(customer="new"), TODAY)).outcome == "none"


async def test_the_coupon_that_ends_first_is_told(facts: Facts) -> None:
    found = await coupons(facts, caller(customer="paying"), TODAY)

    assert found.facts == {"count": "2", "expires_on": "2026-01-25"}


async def test_an_identity_card_is_valid_or_expired(facts: Facts) -> None:
    assert (await identity_card(facts, caller(customer="paying"), TODAY)).outcome == "ok"
    assert (await identity_card(facts, caller(customer="late"), TODAY)).outcome == "expired"


@pytest.mark.parametrize(
    ("customer", "day", "outcome"),
    [
        ("late", "2026-01-09", "ok"),
        ("late", "2026-01-20", "too_late"),
        ("late", "2026-01-04", "too_late"),
        ("new", "2026-01-09", "none"),
    ],
)
async def test_a_promise_to_pay_is_for_the_next_two_weeks(
    facts: Facts, customer: str, day: str, outcome: str
) -> None:
    found = await promise(facts, caller(customer=customer, pay_on=day), TODAY)

    assert found.outcome == outcome


async def test_a_promise_again_is_the_same_promise(facts: Facts) -> None:
    for day in ("2026-01-09", "2026-01-10"):
        found = await promise(facts, caller(customer="late", pay_on=day), TODAY)

    assert found.facts == {"pay_on": "2026-01-10"}


async def test_a_quote_pays_back_the_amount_with_interest(facts: Facts) -> None:
    found = await quote(facts, caller(amount="12000", months="12"), TODAY)
    too_much = await quote(facts, caller(amount="500000", months="12"), TODAY)

    assert found.facts["monthly"] == "1069.56"
    assert too_much.outcome == "too_much"


async def test_preparing_twice_leaves_one_of_each(facts: Facts) -> None:
    await facts.prepare(key_of, TODAY)

    assert await facts.customer_by_number(key_of("7001")) is not None


@pytest.mark.parametrize("name", LOOKUPS)
async def test_every_lookup_keeps_what_it_promises(facts: Facts, name: str) -> None:
    slots = {"card_tail": "6688", "order_number": "202688", "pay_on": "2026-01-09"}
    slots |= {"amount": "3000", "months": "12"}
    for customer in ("paying", "late", "new"):
        found = await LOOKUPS[name].run(facts, caller("7001", customer, **slots), TODAY)

        assert set(found.facts) == LOOKUPS[name].facts[found.outcome]
