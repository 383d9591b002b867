"""Rows in parts as they come: all of them, in order, and the snapshot goes on afterwards."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import ColumnElement, Integer, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from db.queries import POSTGRESQL, AnySelect
from db.reader import read
from db.stream import stream


def rows_of(*values: ColumnElement[Any]) -> AnySelect:
    """Return the statement for rows of one value each."""
    return select(union_all(*map(select, values)).subquery())


SEVEN = rows_of(*(literal(n, Integer()) for n in range(7)))
FAULTY = rows_of(*(literal(6, Integer()) / literal(n, Integer()) for n in (3, 2, 1, 0)))
SLOW = rows_of(*(func.pg_sleep(seconds) for seconds in (0, 0, 60)))


@pytest.fixture(autouse=True)
def parts_of_two() -> Iterator[None]:
    with patch("db.stream.PART", 2):
        yield


def numbers(rows: Sequence[Sequence[Any]]) -> list[int]:
    return [number for (number,) in rows]


async def test_rows_come_in_parts_where_the_driver_can_and_in_their_order(
    engine: AsyncEngine,
) -> None:
    parts = list[list[int]]()
    async with read(engine) as reader:
        await reader.stream(SEVEN, {}, lambda rows: parts.append(numbers(rows)))
    in_parts = engine.dialect.name == POSTGRESQL
    assert parts == ([[0, 1], [2, 3], [4, 5], [6]] if in_parts else [[0, 1, 2, 3, 4, 5, 6]])


async def test_what_goes_wrong_with_a_row_leaves_the_snapshot_usable(engine: AsyncEngine) -> None:
    def refuse(rows: Sequence[Sequence[Any]]) -> None:
        raise OverflowError(len(rows))

    async with read(engine) as reader:
        with pytest.raises(OverflowError):
            await reader.stream(SEVEN, {}, refuse)
        assert numbers(await reader.fetch(SEVEN, {})) == [0, 1, 2, 3, 4, 5, 6]


async def test_a_fault_after_some_rows_tells_its_statement(postgresql_url: str) -> None:
    engine, parts = open_engine(postgresql_url), list[list[int]]()
    with pytest.raises(Exception, match="division by zero") as fault:
        async with read(engine) as reader:
            await reader.stream(FAULTY, {}, lambda rows: parts.append(numbers(rows)))
    assert parts == [[2, 3]]
    assert fault.value.__notes__[0].startswith("[SQL: SELECT")
    async with read(engine) as reader:
        assert numbers(await reader.fetch(SEVEN, {})) == [0, 1, 2, 3, 4, 5, 6]
    await engine.dispose()


async def test_who_is_cancelled_waits_for_no_more_rows(postgresql_url: str) -> None:
    engine, came = open_engine(postgresql_url, connections=1), asyncio.Event()

    async def wait() -> None:
        async with read(engine) as reader:
            await reader.stream(SLOW, {}, lambda _: came.set())

    task = asyncio.create_task(wait())
    await asyncio.wait_for(came.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    async with read(engine) as reader:
        assert numbers(await reader.fetch(SEVEN, {})) == [0, 1, 2, 3, 4, 5, 6]
    await engine.dispose()


class Portal:
    """A driver's connection whose only result is these parts; it notes when it is asked."""

    def __init__(self, *parts: list[Any]) -> None:
        self._parts, self.noted = [*parts, []], list[str]()

    async def cursor(self, _text: str, *_arguments: object) -> "Portal":
        return self

    async def fetch(self, _number: int) -> list[Any]:
        self.noted.append("asked")
        return self._parts.pop(0)


async def test_more_is_asked_for_before_rows_are_used() -> None:
    portal = Portal([1, 2], [3, 4])
    await stream(portal, "", (), lambda _: portal.noted.append("used"))
    assert portal.noted == ["asked", "asked", "used", "asked", "used"]
