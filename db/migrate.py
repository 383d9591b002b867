"""Brings a database to the newest version of the models, and tells how far it is from it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import Base
from db.errors import UnfitError
from db.installation import INSTALLATION
from db.queries import POSTGRESQL
from db.version import AT_VERSION, VERSION

ENCODING = "UTF8"
OTHER_ENCODING = (
    "The database's encoding is {found}, which can't hold every text: make it anew by "
    "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
)
LOCK = 0x46726565686F6C64  # any number that means only this
SCRIPTS = Path(__file__).parent / "migrations"
T = TypeVar("T")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


async def migrate(engine: AsyncEngine, version: str = "head") -> None:
    """Run the migrations that are missing, in one transaction."""

    def work(connection: Connection) -> None:
        if connection.dialect.name == POSTGRESQL:
            _check_encoding(connection)
            _lock(connection)
        upgrade(connection, version)
        _tell_readers(connection)

    await _run(engine, work)


def upgrade(connection: Connection, version: str = "head") -> None:
    """Run the migrations that are missing on a connection, whose transaction the caller ends."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _check_encoding(connection: Connection) -> None:
    """Refuse a database that can't hold every text."""
    found = str(connection.scalar(select(func.current_setting("server_encoding"))))
    if found != ENCODING:
        raise UnfitError(OTHER_ENCODING.format(found=found))


def _lock(connection: Connection) -> None:
    """Let another migration and all changes wait, so that each finds the version after this one."""
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if inspect(connection).has_table(VERSION.name):
        connection.execute(select(VERSION.c.version_num).with_for_update())


def _tell_readers(connection: Connection) -> None:
    """Note which older Freeholds read the database as it is now; a migration may name one."""
    if not inspect(connection).has_table(INSTALLATION.name):
        return
    version = connection.scalars(select(AT_VERSION)).one()
    script = ScriptDirectory.from_config(_config()).get_revision(version)
    oldest = getattr(script and script.module, "READABLE_FROM", version)
    connection.execute(update(INSTALLATION).values(readable_from=oldest))


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
