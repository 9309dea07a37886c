"""The lookups that flows name: facts of the example lender, as texts that templates can speak.

A lookup gets the facts database, the conversation's memory and today's date, and gives `Found`.
Write a new one here, add it to `LOOKUPS` with the facts of each outcome (`ivr flows check` holds
sentences to them), name it in a flow.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ivr.dialog.facts import Facts, pin_hash
from ivr.dialog.memory import Memory
from ivr.dialog.step import Found

Lookup = Callable[[Facts, Memory, date], Awaitable[Found]]

NONE = Found(outcome="none")


async def identify(facts: Facts, memory: Memory, today: date) -> Found:
    """Who calls: known numbers prove it by their card, unknown ones by card and code.

    A number can be faked, so it never suffices; four digits can be guessed, so without the
    number they do not suffice either.
    """
    del today
    tail = memory.slots.get("card_tail", "")
    by_number = await facts.customer_by_number(memory.caller_key) if memory.caller_key else None
    if by_number is not None:
        right = hmac.compare_digest(by_number.card_tail, tail)
        return Found({"customer": by_number.id}) if right else Found(outcome="wrong")
    pin = memory.slots.get("pin")
    if pin is None:
        return Found(outcome="pin")
    customer = await facts.customer_by_card(tail)
    if customer is None or not hmac.compare_digest(customer.pin_hash, pin_hash(customer.id, pin)):
        return Found(outcome="wrong")
    return Found({"customer": customer.id})


async def loan(facts: Facts, memory: Memory, today: date) -> Found:
    """`balance`, `due_amount`, `due_on`; outcome none without an open loan."""
    del today
    row = await facts.loan(memory.customer)
    if row is None:
        return NONE
    return Found(
        {
            "balance": str(row.balance),
            "due_amount": str(row.due_amount),
            "due_on": row.due_on.isoformat(),
        }
    )


async def overdue(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `days`; outcome none when nothing is late."""
    row = await facts.loan(memory.customer)
    if row is None or row.overdue_since is None:
        return NONE
    days = (today - row.overdue_since).days
    return Found({"amount": str(row.overdue_amount), "days": str(days)})


async def limit(facts: Facts, memory: Memory, today: date) -> Found:
    """`limit`, `available`; outcome none without a limit."""
    del today
    customer = await facts.customer(memory.customer)
    if customer is None or customer.credit_limit is None:
        return NONE
    available = customer.credit_limit - customer.credit_used
    return Found({"limit": str(customer.credit_limit), "available": str(available)})


async def refund(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `expected_on`; outcome paid (with `paid_on`) or none."""
    del today
    row = await facts.refund(memory.slots["order_number"])
    if row is None:
        return NONE
    if row.paid_on is not None:
        return Found({"amount": str(row.amount), "paid_on": row.paid_on.isoformat()}, "paid")
    return Found({"amount": str(row.amount), "expected_on": row.expected_on.isoformat()})


async def application(facts: Facts, memory: Memory, today: date) -> Found:
    """`amount`, `decided_on`; outcome approved or none."""
    del today
    row = await facts.application(memory.customer)
    if row is None:
        return NONE
    told = {"amount": str(row.amount), "decided_on": row.decided_on.isoformat()}
    return Found(told, "approved" if row.approved else "ok")


@dataclass(frozen=True)
class Entry:
    """A lookup and what it promises: the facts of each outcome, "ok" among them."""

    run: Lookup
    facts: Mapping[str, frozenset[str]]


def _entry(run: Lookup, **facts: str) -> Entry:
    return Entry(run, {outcome: frozenset(names.split()) for outcome, names in facts.items()})


LOOKUPS: Final[Mapping[str, Entry]] = {
    "identify": _entry(identify, ok="customer", pin="", wrong=""),
    "loan": _entry(loan, ok="balance due_amount due_on", none=""),
    "overdue": _entry(overdue, ok="amount days", none=""),
    "limit": _entry(limit, ok="limit available", none=""),
    "refund": _entry(refund, ok="amount expected_on", paid="amount paid_on", none=""),
    "application": _entry(
        application, ok="amount decided_on", approved="amount decided_on", none=""
    ),
}
