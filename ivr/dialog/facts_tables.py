"""The tables of the example lender.

Customers are found by the keyed hash of their number; the telephone code is kept as a keyed hash
too. Amounts are in yuan.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Money = Numeric(12, 2)


class Table(DeclarativeBase):
    """Tables of the example lender."""


class Customer(Table):
    """A person with a card."""

    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    caller_key: Mapped[str] = mapped_column(String(128), index=True)
    card_tail: Mapped[str] = mapped_column(String(4), index=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    since: Mapped[date]
    tags: Mapped[str] = mapped_column(String(200), default="")
    """Words with blanks between them, such as `vip`: for groups, hand-overs, the green channel."""
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    credit_used: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    autopay_tail: Mapped[str | None] = mapped_column(String(4))
    """End of the card from which repayments are drawn; None: they pay by hand."""
    points: Mapped[int] = mapped_column(default=0)
    identity_until: Mapped[date]
    """Last day on which their identity card is valid."""


class Loan(Table):
    """An open loan."""

    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    balance: Mapped[Decimal] = mapped_column(Money)
    due_amount: Mapped[Decimal] = mapped_column(Money)
    due_on: Mapped[date]
    instalments: Mapped[int]
    instalments_left: Mapped[int]
    overdue_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    overdue_since: Mapped[date | None]


class Payment(Table):
    """Money that a customer has sent; `booked_on` once it counts."""

    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    paid_on: Mapped[date]
    booked_on: Mapped[date | None]


class Promise(Table):
    """A day on which a customer has said they will pay."""

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    pay_on: Mapped[date]


class Coupon(Table):
    """Interest that a customer need not pay."""

    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    expires_on: Mapped[date]


class Refund(Table):
    """Money on its way back; `paid_on` once it has arrived."""

    __tablename__ = "refunds"
    order_number: Mapped[str] = mapped_column(String(6), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    expected_on: Mapped[date]
    paid_on: Mapped[date | None]


class Application(Table):
    """A request for a loan."""

    __tablename__ = "applications"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    approved: Mapped[bool] = mapped_column(default=False)
    decided_on: Mapped[date]
