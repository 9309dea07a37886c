"""The example lender is made anew at every start, and nothing but the example."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from ivr.dialog.facts import Facts
from ivr.errors import ConfigError

TODAY = date(2026, 1, 5)


@asynccontextmanager
async def facts_in(file: Path) -> AsyncIterator[Facts]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    try:
        yield Facts(engine)
    finally:
        await engine.dispose()


async def test_a_real_lenders_customers_are_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "bank.db"
    with closing(sqlite3.connect(file)) as bank:
        bank.execute("CREATE TABLE customers (id TEXT, full_name TEXT)")
        bank.execute("INSERT INTO customers VALUES ('1', 'Li Lei')")
        bank.commit()

    async with facts_in(file) as facts:
        with pytest.raises(ConfigError, match=r"'customers' is not the example.*of its own"):
            await facts.prepare(str, TODAY)

    with closing(sqlite3.connect(file)) as bank:
        assert bank.execute("SELECT full_name FROM customers").fetchall() == [("Li Lei",)]


async def test_the_example_is_made_anew_at_every_start(tmp_path: Path) -> None:
    async with facts_in(tmp_path / "facts.db") as facts:
        await facts.prepare(str, TODAY)
        await facts.prepare(str, TODAY)

        assert await facts.customer_by_number("7001") is not None
