"""The example lender's database in memory, with the demonstration's customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy.ext.asyncio import create_async_engine

from ivr.dialog.facts import Facts

TODAY = date(2026, 1, 5)


def key_of(number: str) -> str:
    return f"key of {number}"


@asynccontextmanager
async def lender() -> AsyncIterator[Facts]:
    engine = create_async_engine("sqlite+aiosqlite:///:memory:")
    try:
        facts = Facts(engine)
        await facts.prepare(key_of, TODAY)
        yield facts
    finally:
        await engine.dispose()
