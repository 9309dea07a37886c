"""Bring a database to the tables that this version of the product needs."""

from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ivr.store.database import Database

UPGRADE_DEADLINE_S: Final = 300.0
"""Seconds that building or changing tables may take; large tables change slowly."""


async def upgrade(database: Database) -> str:
    """Run the steps that are missing; gives the version reached. Raises EngineError."""
    async with database.transaction(UPGRADE_DEADLINE_S) as connection:
        await connection.run_sync(_upgrade)
    return newest_version()


async def version_of(database: Database) -> str | None:
    """Give the version of a database's tables; None when it has none. Raises EngineError."""
    async with database.transaction() as connection:
        return await connection.run_sync(_version)


def newest_version() -> str:
    """Give the version that this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config(**attributes: Any) -> Config:  # Alembic hands any objects to its scripts
    config = Config(attributes=attributes)
    config.set_main_option("script_location", "ivr.store:migrations")
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection=connection), "head")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
