"""The example lender's database: customers, loans, refunds, applications.

It stands for the systems of whoever runs the hotline. Customers are found by the keyed hash of
their number; the telephone code is kept as a keyed hash too. Amounts are in yuan.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, Select, String, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Money = Numeric(12, 2)


class _Table(DeclarativeBase):
    """Tables of the example lender."""


class Customer(_Table):
    """A person with a card."""

    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    caller_key: Mapped[str] = mapped_column(String(128), index=True)
    card_tail: Mapped[str] = mapped_column(String(4), index=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    credit_used: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))


class Loan(_Table):
    """An open loan."""

    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    balance: Mapped[Decimal] = mapped_column(Money)
    due_amount: Mapped[Decimal] = mapped_column(Money)
    due_on: Mapped[date]
    overdue_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    overdue_since: Mapped[date | None]


class Refund(_Table):
    """Money on its way back; `paid_on` once it has arrived."""

    __tablename__ = "refunds"
    order_number: Mapped[str] = mapped_column(String(6), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    expected_on: Mapped[date]
    paid_on: Mapped[date | None]


class Application(_Table):
    """A request for a loan."""

    __tablename__ = "applications"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    approved: Mapped[bool] = mapped_column(default=False)
    decided_on: Mapped[date]


class Facts:
    """Questions to the database; raises sqlalchemy.exc.SQLAlchemyError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._engine = engine

    async def prepare(self, key_of: Callable[[str], str], today: date) -> None:
        """Create the tables and put the demonstration's customers in, due dates from today."""
        async with self._engine.begin() as connection:
            await connection.run_sync(_Table.metadata.create_all)
        async with self._sessions.begin() as session:
            for table in (Application, Loan, Refund, Customer):
                await session.execute(delete(table))
            session.add_all(demo_customers(key_of))
            await session.flush()
            session.add_all(demo_accounts(today))

    async def customer_by_number(self, caller_key: str) -> Customer | None:
        """The customer who calls from this number, if exactly one does."""
        return await self._only(select(Customer).where(Customer.caller_key == caller_key))

    async def customer_by_card(self, card_tail: str) -> Customer | None:
        """The customer whose card ends so, if exactly one does."""
        return await self._only(select(Customer).where(Customer.card_tail == card_tail))

    async def customer(self, customer_id: str) -> Customer | None:
        """A customer by id."""
        async with self._sessions() as session:
            return await session.get(Customer, customer_id)

    async def loan(self, customer_id: str) -> Loan | None:
        """The customer's open loan that is due first."""
        async with self._sessions() as session:
            return await session.scalar(
                select(Loan).where(Loan.customer_id == customer_id).order_by(Loan.due_on)
            )

    async def refund(self, order_number: str) -> Refund | None:
        """A refund by its order."""
        async with self._sessions() as session:
            return await session.get(Refund, order_number)

    async def application(self, customer_id: str) -> Application | None:
        """The customer's application."""
        async with self._sessions() as session:
            return await session.scalar(
                select(Application).where(Application.customer_id == customer_id)
            )

    async def _only(self, query: Select[Customer]) -> Customer | None:
        async with self._sessions() as session:
            rows = (await session.scalars(query.limit(2))).all()
        return rows[0] if len(rows) == 1 else None


def pin_hash(customer_id: str, pin: str) -> str:
    """The form in which a telephone code is kept."""
    return hmac.new(customer_id.encode(), pin.encode(), hashlib.sha256).hexdigest()


def demo_customers(key_of: Callable[[str], str]) -> list[Customer]:
    """Three customers: one who pays, one who is late, one without a loan."""
    rows = (
        ("paying", "7001", "6688", "246810", Decimal(50000), Decimal(12345)),
        ("late", "7002", "1234", "135790", Decimal(20000), Decimal(20000)),
        ("new", "7003", "5050", "112233", None, Decimal(0)),
    )
    return [
        Customer(
            id=id_,
            caller_key=key_of(number),
            card_tail=tail,
            pin_hash=pin_hash(id_, pin),
            credit_limit=limit,
            credit_used=used,
        )
        for id_, number, tail, pin, limit, used in rows
    ]


def demo_accounts(today: date) -> list[Loan | Refund | Application]:
    """What the demonstration's customers owe, get back and have asked for."""
    return [
        Loan(
            customer_id="paying",
            balance=Decimal("12345.60"),
            due_amount=Decimal("1086.50"),
            due_on=today + timedelta(days=12),
        ),
        Loan(
            customer_id="late",
            balance=Decimal(18200),
            due_amount=Decimal(2050),
            due_on=today - timedelta(days=5),
            overdue_amount=Decimal("2062.30"),
            overdue_since=today - timedelta(days=5),
        ),
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
