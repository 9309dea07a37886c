"""The lookups that flows name: facts of the example lender, as texts that templates can speak.

A lookup gets the facts database, the conversation's memory and today's date, and gives `Found`.
Write a new one here, add it to `LOOKUPS` with the facts of each outcome (`ivr flows check` holds
sentences to them) and with `_writing` if it changes something, name it in a flow.
"""

# Annotations are not evaluated: the database's library takes 0.3 s to import, and checking flows
# needs only the names and promises of the lookups.
from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ivr.dialog.flows import MayHear
from ivr.dialog.memory import Memory
from ivr.dialog.pin import pin_hash
from ivr.dialog.step import Found

if TYPE_CHECKING:
    from ivr.dialog.facts import Facts
    from ivr.dialog.facts_tables import Customer

Lookup = Callable[["Facts", Memory, date], Awaitable[Found]]

NONE = Found(outcome="none")


def _found(outcome: str = "ok", /, **values: date | Decimal | int | str) -> Found:
    """Give facts as the texts that templates read; days as 2026-12-03."""
    return Found({name: str(value) for name, value in values.items()}, outcome)


async def identify(facts: Facts, memory: Memory, today: date) -> Found:
    """Who calls: known numbers prove it by their card, unknown ones by card and code.

    A number can be faked, so it never suffices; four digits can be guessed, so without the
    number they do not suffice either.
    """
    tail = memory.slots.get("card_tail", "")
    by_number = await facts.customer_by_number(memory.caller_key) if memory.caller_key else None
    if by_number is not None:
        right = hmac.compare_digest(by_number.card_tail, tail)
        return await _profile(facts, by_number, today) if right else Found(outcome="wrong")
    pin = memory.slots.get("pin")
    if pin is None:
        return Found(outcome="pin")
    customer = await facts.customer_by_card(tail)
    if customer is None or not hmac.compare_digest(customer.pin_hash, pin_hash(customer.id, pin)):
        return Found(outcome="wrong")
    return await _profile(facts, customer, today)


async def recognise(facts: Facts, memory: Memory, today: date) -> Found:
    """Whose number it is: the same facts as `identify`, but nothing is proved; or none."""
    customer = await facts.customer_by_number(memory.caller_key) if memory.caller_key else None
    return NONE if customer is None else await _profile(facts, customer, today)


async def _profile(facts: Facts, customer: Customer, today: date) -> Found:
    """What groups of callers go by."""
    row = await facts.loan(customer.id)
    late_since = row.overdue_since if row else None
    return _found(
        customer=customer.id,
        tags=customer.tags,
        days_customer=(today - customer.since).days,
        days_overdue=(today - late_since).days if late_since else 0,
        open_loans=await facts.loans(customer.id),
    )


async def loan(facts: Facts, memory: Memory, today: date) -> Found:
    """`balance`, `due_amount`, `due_on`; outcome none without an open loan."""
    del today
    row = await facts.loan(memory.customer)
    if row is None:
        return NONE
    return _found(balance=row.balance, due_amount=row.due_amount, due_on=row.due_on)


async def overdue(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `days`; outcome none when nothing is late."""
    row = await facts.loan(memory.customer)
    if row is None or row.overdue_since is None:
        return NONE
    return _found(amount=row.overdue_amount, days=(today - row.overdue_since).days)


async def limit(facts: Facts, memory: Memory, today: date) -> Found:
    """`limit`, `available`; outcome none without a limit."""
    del today
    customer = await facts.customer(memory.customer)
    if customer is None or customer.credit_limit is None:
        return NONE
    available = customer.credit_limit - customer.credit_used
    return _found(limit=customer.credit_limit, available=available)


async def refund(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `expected_on`; outcome paid (with `paid_on`) or none."""
    del today
    row = await facts.refund(memory.slots["order_number"])
    if row is None:
        return NONE
    if row.paid_on is not None:
        return _found("paid", amount=row.amount, paid_on=row.paid_on)
    return _found(amount=row.amount, expected_on=row.expected_on)


async def application(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `decided_on`; outcome approved or none."""
    del today
    row = await facts.application(memory.customer)
    if row is None:
        return NONE
    outcome = "approved" if row.approved else "ok"
    return _found(outcome, amount=row.amount, decided_on=row.decided_on)


async def instalments(facts: Facts, memory: Memory, today: date) -> Found:
    """`left`, `total`, `amount` of each; outcome none without an open loan."""
    del today
    row = await facts.loan(memory.customer)
    if row is None:
        return NONE
    return _found(left=row.instalments_left, total=row.instalments, amount=row.due_amount)


async def autopay(facts: Facts, memory: Memory, today: date) -> Found:
    """`card`, the end of the card that repayments are drawn from; outcome off."""
    del today
    customer = await facts.customer(memory.customer)
    if customer is None or customer.autopay_tail is None:
        return Found(outcome="off")
    return _found(card=customer.autopay_tail)


async def last_payment(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `paid_on` of a payment that counts; outcome pending (the same) or none."""
    del today
    row = await facts.last_payment(memory.customer)
    if row is None:
        return NONE
    return _found("ok" if row.booked_on else "pending", amount=row.amount, paid_on=row.paid_on)


async def points(facts: Facts, memory: Memory, today: date) -> Found:
    """`points`; outcome none without any."""
    del today
    customer = await facts.customer(memory.customer)
    if customer is None or not customer.points:
        return NONE
    return _found(points=customer.points)


async def coupons(facts: Facts, memory: Memory, today: date) -> Found:
    """`count`, and `expires_on` of the one that ends first; outcome none without any."""
    rows = await facts.coupons(memory.customer, today)
    if not rows:
        return NONE
    return _found(count=len(rows), expires_on=rows[0].expires_on)


async def identity_card(facts: Facts, memory: Memory, today: date) -> Found:
    """`valid_until` of the identity card; outcome expired (the same) or none."""
    customer = await facts.customer(memory.customer)
    if customer is None:
        return NONE
    is_valid = customer.identity_until >= today
    return _found("ok" if is_valid else "expired", valid_until=customer.identity_until)


async def promise(facts: Facts, memory: Memory, today: date) -> Found:
    """Note that the caller pays on the slot `pay_on` and give it back; outcomes too_late, none.

    Too late is more than `LATEST_PROMISE_DAYS` ahead, or in the past.
    """
    pay_on = date.fromisoformat(memory.slots["pay_on"])
    if await facts.loan(memory.customer) is None:
        return NONE
    if not 0 <= (pay_on - today).days <= LATEST_PROMISE_DAYS:
        return Found(outcome="too_late")
    await facts.promise(memory.customer, pay_on)
    return _found(pay_on=pay_on)


LATEST_PROMISE_DAYS: Final = 14

DAILY_RATE: Final = Decimal("0.00035")
"""What the example lender charges a day, as `flows/fees.yaml` tells."""


async def quote(facts: Facts, memory: Memory, today: date) -> Found:
    """`monthly` for the slots `amount` and `months` with equal instalments; outcome too_much.

    The formula of an annuity, thirty days a month. Too much is more than `MOST_LENT`.
    """
    del facts, today
    amount, months = Decimal(memory.slots["amount"]), int(memory.slots["months"])
    if not 0 < amount <= MOST_LENT:
        return Found(outcome="too_much")
    rate = DAILY_RATE * 30
    monthly = amount * rate / (1 - (1 + rate) ** -months)
    return _found(amount=amount, months=months, monthly=monthly.quantize(Decimal("0.01")))


MOST_LENT: Final = Decimal(200_000)


@dataclass(frozen=True)
class Entry:
    """A lookup and what it promises: the facts of each outcome, "ok" among them.

    `slots` are those it reads; `certainty` is how sure we must be of who calls before a flow may
    tell what it finds, at least. `writes`: it changes something, and so is never run with words
    that the caller may still be in the middle of.
    """

    run: Lookup
    facts: Mapping[str, frozenset[str]]
    slots: frozenset[str] = frozenset()
    certainty: MayHear = MayHear.ANYONE
    writes: bool = False


def _entry(run: Lookup, slots: str = "", **facts: str) -> Entry:
    by_outcome = {outcome: frozenset(names.split()) for outcome, names in facts.items()}
    return Entry(run, by_outcome, frozenset(slots.split()))


def _account(run: Lookup, slots: str = "", **facts: str) -> Entry:
    """Give a lookup of facts that only their owner may hear."""
    return replace(_entry(run, slots, **facts), certainty=MayHear.VERIFIED)


def _own(run: Lookup, **facts: str) -> Entry:
    """Give a lookup of facts that do no harm where somebody fakes a number."""
    return replace(_entry(run, **facts), certainty=MayHear.NUMBER_KNOWN)


def _writing(entry: Entry) -> Entry:
    """Mark a lookup that changes something."""
    return replace(entry, writes=True)


_PROFILE = "customer tags days_customer days_overdue open_loans"
ACCOUNT_FACTS: Final = frozenset(_PROFILE.split()) - {"customer", "tags"}
"""What groups of callers may go by: numbers, as `identify` finds them."""

LOOKUPS: Final[Mapping[str, Entry]] = {
    "identify": _account(identify, ok=_PROFILE, pin="", wrong=""),
    "recognise": _account(recognise, ok=_PROFILE, none=""),
    "loan": _account(loan, ok="balance due_amount due_on", none=""),
    "overdue": _account(overdue, ok="amount days", none=""),
    "limit": _account(limit, ok="limit available", none=""),
    "refund": _entry(
        refund, "order_number", ok="amount expected_on", paid="amount paid_on", none=""
    ),
    "application": _account(
        application, ok="amount decided_on", approved="amount decided_on", none=""
    ),
    "instalments": _account(instalments, ok="left total amount", none=""),
    "autopay": _account(autopay, ok="card", off=""),
    "last_payment": _account(last_payment, ok="amount paid_on", pending="amount paid_on", none=""),
    "points": _account(points, ok="points", none=""),
    "coupons": _own(coupons, ok="count expires_on", none=""),
    "identity_card": _account(identity_card, ok="valid_until", expired="valid_until", none=""),
    "promise": _writing(_account(promise, "pay_on", ok="pay_on", too_late="", none="")),
    "quote": _entry(quote, "amount months", ok="amount months monthly", too_much=""),
}
