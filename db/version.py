"""The version that a database is at, and whether this Freehold may read and change it there."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Text, column, func, inspect, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.errors import UnfitError, lacks_a_table
from db.installation import INSTALLATION

SCRIPTS = Path(__file__).parent / "migrations" / "versions"
SCRIPT = re.compile(r"(\d{4})_\w+\.py", re.ASCII)

VERSION = table("alembic_version", column("version_num", Text()))
# For a statement that reads something else besides: each is null where nothing is told.
AT_VERSION = select(func.min(VERSION.c.version_num)).scalar_subquery()
READABLE_FROM = select(func.min(INSTALLATION.c.readable_from)).scalar_subquery()
EPOCH = select(func.min(INSTALLATION.c.epoch)).scalar_subquery()

# A migration takes the row for itself before anything else (`db.migrate`): whoever comes meanwhile
# waits, and is told of the version after it.
HELD = select(VERSION.c.version_num).with_for_update(read=True, key_share=True)

EMPTY = "The database is empty: run `freehold migrate`."
OLDER = "The database is at version {found}, not {newest}: run `freehold migrate`."
NEWER = (
    "The database is at version {found}, which this Freehold doesn't know: "
    "a newer one has migrated it. Install that one."
)
UNTOLD = (
    "The database doesn't tell its version, as its table alembic_version is empty: restore a "
    "backup. Or, if no other Freehold has migrated it, INSERT INTO alembic_version VALUES "
    "('{newest}')."
)
LACKS_A_TABLE = (
    "The database lacks a table that this Freehold needs: run `freehold migrate`, and if that finds"
    " nothing to do, `freehold doctor --deep`."
)


@cache
def known_versions() -> frozenset[str]:
    """Return the versions that this Freehold's migrations lead to."""
    found = (SCRIPT.fullmatch(path.name) for path in SCRIPTS.iterdir())
    return frozenset(match[1] for match in found if match)


@cache
def newest_version() -> str:
    """Return the version that this Freehold is made for."""
    return max(known_versions())


def version_problem(found: str | None, *, has_tables: bool = True) -> str | None:
    """Return what to do about a database at this version; None for the newest."""
    newest = newest_version()
    if found == newest:
        return None
    if found is None:
        return UNTOLD.format(newest=newest) if has_tables else EMPTY
    form = OLDER if found in known_versions() else NEWER
    return form.format(found=found, newest=newest)


def check_readable(found: str | None, readable_from: str | None) -> None:
    """Raise UnfitError unless a database is read rightly by this Freehold.

    It is at this Freehold's own version, or at a newer one that says that it may be.
    """
    problem = version_problem(found)
    newer = found is not None and found not in known_versions()
    if problem and not (newer and readable_from and readable_from <= newest_version()):
        raise UnfitError(problem)


async def check_changeable(connection: AsyncConnection) -> None:
    """Raise UnfitError unless the database is at this Freehold's version, and keep it there.

    It stays until the connection's transaction, of which this must be the first statement, is over.
    """
    try:
        found = (await connection.scalars(HELD)).all()
    except DBAPIError as error:
        if lacks_a_table(error):
            raise UnfitError(LACKS_A_TABLE) from error
        raise
    if problem := version_problem(found[0] if found else None):
        raise UnfitError(problem)


async def database_problem(engine: AsyncEngine) -> str | None:
    """Return why the database isn't fit for this Freehold and what to do; None where it is."""
    async with engine.connect() as connection:
        return await connection.run_sync(problem_of)


async def current_version(engine: AsyncEngine) -> str | None:
    """Return the database's version, None for one that doesn't tell any."""
    async with engine.connect() as connection:
        return await connection.run_sync(_version)


def problem_of(connection: Connection) -> str | None:
    """Return what `database_problem` does, of the connection's database."""
    found = _version(connection)
    return version_problem(found, has_tables=bool(found) or inspect(connection).has_table("org"))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.scalar(select(AT_VERSION))
    return found
