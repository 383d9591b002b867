"""The next test's database on PostgreSQL holds nothing of the one before, and is shaped as ever."""

import pytest

from tests.databases import run
from tests.postgresql import Connection, PostgreSQLDatabases, connect

LEFT = {
    "a column": "ALTER TABLE space ADD COLUMN colour text",
    "a column's default": "ALTER TABLE space ALTER COLUMN description SET DEFAULT 'x'",
    "a table": "CREATE TABLE colour (id int)",
    "a dropped table": "DROP TABLE event CASCADE",
    "a dropped index": "DROP INDEX {index}",
    "a view": "CREATE VIEW colour AS SELECT 1 AS id",
    "a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a table's setting": "ALTER TABLE space SET (autovacuum_enabled = off)",
    "a database's setting": "ALTER DATABASE {database} SET lock_timeout = 1000",
    "a bound of the database": "ALTER DATABASE {database} CONNECTION LIMIT 50",
    "much": "INSERT INTO account (email, name, created_at)"
    " SELECT 'p' || n || '@example.com', 'x', 0"
    " FROM generate_series(1, 60000) AS n",
}
ONE = """
INSERT INTO account (email, name, created_at) VALUES ('ada@example.com', 'Ada', 0);
ANALYZE
"""
INDEX = """
SELECT indexrelid::regclass::text FROM pg_index
WHERE NOT indisprimary AND indrelid = 'space'::regclass LIMIT 1
"""


async def _name(connection: Connection) -> str:
    return str(await connection.fetchval("SELECT current_database()"))


async def _change(url: str, statement: str) -> str:
    connection = await connect(url)
    index = await connection.fetchval(INDEX)
    name = await _name(connection)
    await connection.execute(statement.format(database=name, index=index))
    await connection.close()
    return name


async def _look(url: str) -> tuple[str, int, int]:
    """Return the database's name, how many accounts it has, and how many the planner knows of."""
    connection = await connect(url)
    found = (
        await _name(connection),
        await connection.fetchval("SELECT count(*) FROM account"),
        await connection.fetchval("SELECT reltuples FROM pg_class WHERE relname = 'account'"),
    )
    await connection.close()
    return found


async def _next_id(url: str) -> int:
    connection = await connect(url)
    found = await connection.fetchval("SELECT nextval(pg_get_serial_sequence('account', 'id'))")
    await connection.close()
    return int(found)


@pytest.mark.parametrize("statement", LEFT.values(), ids=LEFT.keys())
def test_one_that_was_changed_does_not_serve_again(
    postgresql_databases: PostgreSQLDatabases, statement: str
) -> None:
    with postgresql_databases.fresh() as url:
        changed = run(_change(url, statement))
    with postgresql_databases.fresh() as url:
        name, accounts, _ = run(_look(url))
    assert (name != changed, accounts) == (True, 0)


def test_one_that_was_written_to_serves_again_empty(
    postgresql_databases: PostgreSQLDatabases,
) -> None:
    with postgresql_databases.fresh() as url:
        written = run(_change(url, ONE))
    with postgresql_databases.fresh() as url:
        assert run(_look(url)) == (written, 0, -1)
        assert run(_next_id(url)) == 1
