"""What the two databases spell differently means the same on both."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Text, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import ORG
from db.queries import (
    amount,
    contains,
    in_this_order,
    numbers,
    one_of,
    parent_parameters,
    parent_table,
)

LARGEST = 2**63 - 1
PARENTS: dict[str, list[tuple[int | None, ...]]] = {
    "none": [],
    "one": [(7, 1)],
    "several, in their order": [(9, 1), (7, 2), (8, 3)],
    "one twice": [(7, 1), (7, 1)],
    "with nothing for a number": [(7, None), (None, None)],
    "the largest numbers": [(LARGEST, -LARGEST)],
    "a thousand": [(number, -number) for number in range(1000)],
}


@pytest.mark.parametrize("parents", PARENTS.values(), ids=PARENTS)
async def test_parents_are_a_table(
    connection: AsyncConnection, parents: list[tuple[int | None, ...]]
) -> None:
    dialect, columns = connection.dialect.name, ("id", "level")
    parameters = parent_parameters(dialect, columns, parents)
    result = await connection.execute(
        select(parent_table(dialect, columns, amount(len(parents)))), parameters
    )
    assert [tuple(row) for row in result] == parents


async def test_parents_are_joined_with_rows(connection: AsyncConnection) -> None:
    dialect = connection.dialect.name
    parent = parent_table(dialect, ("id",), amount(2))
    found = select(parent.c.id, ORG.c.key).select_from(
        in_this_order(parent, ORG, ORG.c.id == parent.c.id)
    )
    result = await connection.execute(found, parent_parameters(dialect, ("id",), [(2,), (1,)]))
    assert [tuple(row) for row in result] == [(1, "acme")]


async def test_without_a_condition_every_row_is_joined_with_every_row(
    connection: AsyncConnection,
) -> None:
    left, right = (select(literal(name).label("name")).subquery(name) for name in ("a", "b"))
    both = select(left.c.name, right.c.name).select_from(in_this_order(left, right))
    result = await connection.execute(both)
    assert [tuple(row) for row in result] == [("a", "b")]


@pytest.mark.parametrize(
    ("values", "found"),
    [([1], [1]), ([1, 2, 1], [1]), ([2], []), ([], []), ([None], []), ([LARGEST, None, 1], [1])],
)
async def test_numbers_are_looked_for_among_others(
    connection: AsyncConnection, values: Sequence[int | None], found: list[int]
) -> None:
    dialect = connection.dialect.name
    statement = select(ORG.c.id).where(one_of(dialect, ORG.c.id, "wanted"))
    result = await connection.scalars(statement, {"wanted": numbers(dialect, values)})
    assert list(result) == found


@pytest.mark.parametrize(
    ("text", "part", "lies_in_it"),
    [
        ("space", "space", True),
        ("space", "pac", True),
        ("space", "", True),
        ("", "", True),
        ("", "a", False),
        ("space", "Space", False),
        ("100%", "0%", True),
        ("1000", "0%", False),
        ("a_b", "a_b", True),
        ("aab", "a_b", False),
        ("a\\b", "\\", True),
        ("ab", "\\", False),
        ("été", "té", True),
        ("😀", "😀", True),
    ],
)
async def test_text_is_looked_for_in_text_character_by_character(
    connection: AsyncConnection, text: str, part: str, lies_in_it: bool
) -> None:
    given: ColumnElement[Any] = bindparam("text", text, Text())
    statement = select(contains(given, bindparam("part", part, Text())).label("found"))
    assert bool(await connection.scalar(statement)) is lies_in_it
