"""SQLite plans by numbers that the migrations fix: they cover every index, and nothing else."""

from collections.abc import AsyncIterator
from typing import NamedTuple, TypeAlias

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.base import Base
from db.engine import open_engine, snapshot

INDEXES = """
SELECT tbl.name AS tbl, found.name AS idx, found."unique" AS only_one,
  (SELECT count(*) FROM pragma_index_info(found.name)) AS width
FROM pragma_table_list AS tbl, pragma_index_list(tbl.name) AS found
WHERE tbl.schema = 'main' AND found.origin = 'c'
UNION ALL
SELECT tbl.name, tbl.name, 1, (SELECT count(*) FROM pragma_table_info(tbl.name) WHERE pk > 0)
FROM pragma_table_list AS tbl WHERE schema = 'main' AND wr
"""

Key: TypeAlias = tuple[str, str]  # a table and its index; the table again for its primary key


class Index(NamedTuple):
    """How many columns an index has, and whether they find one row at most."""

    columns: int
    unique: bool


@pytest.fixture
async def connection(sqlite_url: str) -> AsyncIterator[AsyncConnection]:
    engine = open_engine(sqlite_url)
    async with snapshot(engine) as connection:
        yield connection
    await engine.dispose()


async def indexes(connection: AsyncConnection) -> dict[Key, Index]:
    rows = await connection.execute(text(INDEXES))
    return {(row.tbl, row.idx): Index(row.width, bool(row.only_one)) for row in rows}


async def sizes(connection: AsyncConnection) -> dict[Key, list[int]]:
    rows = await connection.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1"))
    return {(row.tbl, row.idx): [int(size) for size in row.stat.split()] for row in rows}


async def test_every_index_has_its_numbers_and_nothing_else_has(
    connection: AsyncConnection,
) -> None:
    found = await indexes(connection)
    assert (await sizes(connection)).keys() == found.keys()
    clustered = {table for table, index in found if table == index}
    assert clustered == set(Base.metadata.tables) - {"account", "org"}


async def test_an_index_has_a_number_for_all_rows_and_one_for_each_column(
    connection: AsyncConnection,
) -> None:
    lengths = {key: len(numbers) for key, numbers in (await sizes(connection)).items()}
    assert lengths == {key: 1 + one.columns for key, one in (await indexes(connection)).items()}


async def test_longer_prefixes_find_fewer_rows_and_a_unique_index_one(
    connection: AsyncConnection,
) -> None:
    found = await sizes(connection)
    assert found == {key: sorted(numbers, reverse=True) for key, numbers in found.items()}
    unique = {key for key, one in (await indexes(connection)).items() if one.unique}
    assert {key: found[key][-1] for key in unique} == dict.fromkeys(unique, 1)


async def test_no_index_has_more_rows_than_its_table(connection: AsyncConnection) -> None:
    found = await sizes(connection)
    whole = {table: numbers[0] for (table, index), numbers in found.items() if table == index}
    assert {(table, index) for table, index in found if table in whole} == {
        key for key, numbers in found.items() if numbers[0] <= whole.get(key[0], 0)
    }
