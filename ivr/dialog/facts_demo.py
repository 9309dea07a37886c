"""The demonstration's customers, and what they owe, get back and have asked for.

| id | number | card | code | who it is |
|---|---|---|---|---|
| paying | 7001 | 6688 | 246810 | pays in time, automatically |
| late | 7002 | 1234 | 135790 | five days late, pays by hand |
| new | 7003 | 5050 | 112233 | has asked for a first loan |
| gold | 7006 | 8866 | 998877 | tag vip: a customer for nine years |
| frail | 7007 | 4321 | 556677 | tag needs_person: reaches people without talking to us |
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ivr.dialog.facts_tables import (
    Application,
    Coupon,
    Customer,
    Loan,
    Payment,
    Refund,
    Table,
)
from ivr.dialog.pin import pin_hash


@dataclass(frozen=True)
class _Person:
    id: str
    number: str
    card: str
    code: str
    days: int
    limit: Decimal | None = None
    used: Decimal = Decimal(0)
    tags: str = ""
    autopay: str | None = None
    points: int = 0
    identity_days: int = 1500


_PEOPLE = (
    _Person(
        "paying", "7001", "6688", "246810", 400, Decimal(50000), Decimal(12345), "", "6688", 3200
    ),
    _Person(
        "late", "7002", "1234", "135790", 700, Decimal(20000), Decimal(20000), identity_days=-12
    ),
    _Person("new", "7003", "5050", "112233", 3),
    _Person(
        "gold", "7006", "8866", "998877", 3300, Decimal(200000), Decimal(0), "vip", "8866", 18400
    ),
    _Person("frail", "7007", "4321", "556677", 1500, Decimal(10000), tags="needs_person"),
)


def demo_customers(key_of: Callable[[str], str], today: date) -> list[Table]:
    """Five customers; see the table above."""
    return [
        Customer(
            id=person.id,
            caller_key=key_of(person.number),
            card_tail=person.card,
            pin_hash=pin_hash(person.id, person.code),
            since=today - timedelta(days=person.days),
            tags=person.tags,
            credit_limit=person.limit,
            credit_used=person.used,
            autopay_tail=person.autopay,
            points=person.points,
            identity_until=today + timedelta(days=person.identity_days),
        )
        for person in _PEOPLE
    ]


def demo_accounts(today: date) -> list[Table]:
    """What the customers owe, have paid, get back and have asked for."""
    return [*_loans(today), *_payments(today), *_rest(today)]


def _loans(today: date) -> list[Table]:
    return [
        Loan(
            customer_id="paying",
            balance=Decimal("12345.60"),
            due_amount=Decimal("1086.50"),
            due_on=today + timedelta(days=12),
            instalments=24,
            instalments_left=12,
        ),
        Loan(
            customer_id="late",
            balance=Decimal(18200),
            due_amount=Decimal(2050),
            due_on=today - timedelta(days=5),
            instalments=12,
            instalments_left=9,
            overdue_amount=Decimal("2062.30"),
            overdue_since=today - timedelta(days=5),
        ),
    ]


def _payments(today: date) -> list[Table]:
    a_month_ago = today - timedelta(days=19)
    return [
        Payment(
            customer_id="paying",
            amount=Decimal("1086.50"),
            paid_on=a_month_ago,
            booked_on=a_month_ago,
        ),
        Payment(customer_id="late", amount=Decimal(500), paid_on=today - timedelta(days=1)),
    ]


def _rest(today: date) -> list[Table]:
    return [
        Coupon(customer_id="paying", expires_on=today + timedelta(days=20)),
        Coupon(customer_id="paying", expires_on=today + timedelta(days=50)),
        Refund(
            order_number="202688",
            amount=Decimal(299),
            expected_on=today + timedelta(days=2),
        ),
        Refund(
            order_number="202699",
            amount=Decimal("58.80"),
            expected_on=today - timedelta(days=3),
            paid_on=today - timedelta(days=3),
        ),
        Application(customer_id="new", amount=Decimal(8000), decided_on=today + timedelta(days=1)),
    ]
