"""Looks for what breaks the invariants, and for what a database lacks of its schema."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import Base
from db.declared import declared
from db.engine import open_engine, snapshot
from db.invariants import INVARIANTS, Invariant
from db.migrate import migrate, upgrade
from db.queries import SQLITE
from db.schema_objects import Objects, postgresql_objects, sqlite_objects

TRIED_IN = "freehold_doctor"  # a schema that is never committed


class Breach(NamedTuple):
    """What is wrong, by the invariant's or the object's name."""

    name: str
    found: str


async def breaches(engine: AsyncEngine, *, deep: bool) -> list[Breach]:
    """Return what breaks the invariants, `deep` all and else those that are quickly looked at."""
    every: Iterable[Invariant] = (one for one in INVARIANTS if deep or one.is_quick)
    if deep:
        every = (*INVARIANTS, *declared(engine.dialect))
    found = [await _look(engine, invariant) for invariant in every]
    return [breach for breach in found if breach is not None]


async def _look(engine: AsyncEngine, invariant: Invariant) -> Breach | None:
    """Look in a snapshot of its own: what one finds missing is no reason not to ask the next."""
    query = (
        text(invariant.query).columns(*map(literal_column, ("org_id", "what"))).subquery("found")
    )
    counted = select(query.c.org_id, query.c.what, func.count().over().label("number"))
    try:
        async with snapshot(engine) as connection:
            row = (await connection.execute(counted.limit(1))).one_or_none()
    except DBAPIError as error:
        return Breach(invariant.name, f"can't be looked at: {str(error.orig).splitlines()[0]}")
    if row is None:
        return None
    where = f" of Org {row.org_id}" if row.org_id else ""
    return Breach(invariant.name, f"{row.number:,} times, such as {row.what}{where}")


async def storage_breaches(engine: AsyncEngine) -> list[Breach]:
    """Return what the database's own check finds; on PostgreSQL all rows are read instead."""
    try:
        async with snapshot(engine) as connection:
            if engine.dialect.name == SQLITE:
                found = await connection.exec_driver_sql("PRAGMA integrity_check")
                return [Breach("integrity_check", text) for (text,) in found if text != "ok"]
    except DBAPIError as error:
        return [Breach("integrity_check", str(error.orig).splitlines()[0])]
    read = [await _read_whole(engine, table) for table in Base.metadata.sorted_tables]
    return [breach for breach in read if breach is not None]


async def _read_whole(engine: AsyncEngine, table: Table) -> Breach | None:
    """Read each value of a table, also those that lie beside it; tables that lack are told so."""
    whole: ColumnElement[str] = literal_column(f"{table.name}::text")
    query = select(func.sum(func.length(whole))).select_from(table)
    asked = text(f"{query.compile(dialect=engine.dialect)} /* of each org_id */")
    try:
        async with snapshot(engine) as connection:
            await connection.execute(asked)
    except DBAPIError as error:
        return Breach(f"table {table.name}", f"can't be read: {str(error.orig).splitlines()[0]}")
    return None


async def schema_breaches(engine: AsyncEngine) -> list[Breach]:
    """Return what the migrations make, and the database hasn't, or has otherwise."""
    if engine.dialect.name == SQLITE:
        wanted, present = await _made_anew(), await _read(engine)
    else:
        wanted, present = await _compared(engine)
    return [
        Breach(name, "is missing" if name not in present else "is another than it should be")
        for name in sorted(wanted)
        if present.get(name) != wanted[name]
    ]


async def _made_anew() -> Objects:
    with tempfile.TemporaryDirectory(prefix="freehold-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'wanted.db'}")
        try:
            await migrate(engine)
            return await _read(engine)
        finally:
            await engine.dispose()


async def _read(engine: AsyncEngine) -> Objects:
    async with snapshot(engine) as connection:
        return await connection.run_sync(sqlite_objects)


async def _compared(engine: AsyncEngine) -> tuple[Objects, Objects]:
    async with engine.connect() as connection:
        return await connection.run_sync(_compare)


def _compare(connection: Connection) -> tuple[Objects, Objects]:
    """Make all once more in a schema beside, which is never committed, and read both."""
    schema = str(connection.scalar(select(func.current_schema())))
    present = postgresql_objects(connection, schema)
    connection.execute(text(f"CREATE SCHEMA {TRIED_IN}"))
    connection.execute(text(f"SET LOCAL search_path = {TRIED_IN}"))
    upgrade(connection)
    wanted = postgresql_objects(connection, TRIED_IN)
    connection.rollback()
    return wanted, present


def all_of(found: Sequence[Breach]) -> str:
    """Return breaches as lines of text."""
    return "\n".join(f"{breach.name}: {breach.found}" for breach in found)
