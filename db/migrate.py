"""Brings a database to the newest version of the models, and tells how far it is from it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import Base
from db.queries import POSTGRESQL

LOCK = 0x46726565686F6C64  # any number that means only this
SCRIPTS = Path(__file__).parent / "migrations"
T = TypeVar("T")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def newest_version() -> str | None:
    """Return the version that the code's own migrations lead to."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def current_version(engine: AsyncEngine) -> str | None:
    """Return the database's version, None for one that was never migrated."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    return await _run(engine, read)


async def migrate(engine: AsyncEngine, version: str = "head") -> None:
    """Run the migrations that are missing, in one transaction."""

    def upgrade(connection: Connection) -> None:
        if connection.dialect.name == POSTGRESQL:  # who comes second waits, and finds it done
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)

    await _run(engine, upgrade)


async def differences(engine: AsyncEngine) -> Sequence[Any]:
    """Return what the models have that the migrated database hasn't, and the other way round."""

    def compare(connection: Connection) -> Sequence[Any]:
        options = {"compare_type": True}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
        )

    return await _run(engine, compare)


async def _run(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    async with engine.begin() as connection:
        return await connection.run_sync(work)
