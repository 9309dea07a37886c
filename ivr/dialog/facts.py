"""The example lender's database: customers, loans, refunds, applications, and what else they ask.

It stands for the systems of whoever runs the hotline. The tables are in `facts_tables`, the
demonstration's customers in `facts_demo`.
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, Select, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from ivr.dialog.facts_demo import demo_accounts, demo_customers
from ivr.dialog.facts_tables import (
    Application,
    Coupon,
    Customer,
    Loan,
    Payment,
    Promise,
    Refund,
    Table,
)
from ivr.errors import ConfigError


def _require_ours(connection: Connection) -> None:
    """What is made anew is dropped first: never the customers of a real lender."""
    found = inspect(connection)
    for table in Table.metadata.sorted_tables:
        if not found.has_table(table.name):
            continue
        columns = {column["name"] for column in found.get_columns(table.name)}
        if not columns <= set(table.columns.keys()):
            problem = f"dialog.facts_url: its table {table.name!r} is not the example lender's."
            remedy = (
                "The example is made anew at every start and needs a database of its own; your "
                "systems are asked over HTTP (docs/designers/lookups.md)."
            )
            raise ConfigError(problem, remedy)


class Facts:
    """Questions to the database; raises sqlalchemy.exc.SQLAlchemyError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._engine = engine

    async def prepare(self, key_of: Callable[[str], str], today: date) -> None:
        """Make the tables anew, with the demonstration's customers, due dates from today.

        Raises ConfigError, and touches nothing, where one of them is somebody else's.
        """
        async with self._engine.begin() as connection:
            await connection.run_sync(_require_ours)
            await connection.run_sync(Table.metadata.drop_all)
            await connection.run_sync(Table.metadata.create_all)
        async with self._sessions.begin() as session:
            session.add_all(demo_customers(key_of, today))
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

    async def loans(self, customer_id: str) -> int:
        """How many open loans the customer has."""
        async with self._sessions() as session:
            query = select(func.count()).where(Loan.customer_id == customer_id)
            return await session.scalar(query) or 0

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

    async def last_payment(self, customer_id: str) -> Payment | None:
        """The customer's latest payment."""
        query = select(Payment).where(Payment.customer_id == customer_id)
        async with self._sessions() as session:
            return await session.scalar(query.order_by(Payment.paid_on.desc()))

    async def coupons(self, customer_id: str, today: date) -> list[Coupon]:
        """The customer's coupons that are still good, the one that ends first in front."""
        query = select(Coupon).where(Coupon.customer_id == customer_id, Coupon.expires_on >= today)
        async with self._sessions() as session:
            return list(await session.scalars(query.order_by(Coupon.expires_on)))

    async def promise(self, customer_id: str, pay_on: date) -> None:
        """Note a promise to pay; a new one replaces the customer's earlier one."""
        query = select(Promise).where(Promise.customer_id == customer_id)
        async with self._sessions.begin() as session:
            kept = await session.scalar(query) or Promise(customer_id=customer_id)
            kept.pay_on = pay_on
            session.add(kept)

    async def _only(self, query: Select[Customer]) -> Customer | None:
        async with self._sessions() as session:
            rows = (await session.scalars(query.limit(2))).all()
        return rows[0] if len(rows) == 1 else None
