"""What each connection of the schema says of what lies around a page, wherever its cursors lie.

That a row vanished since its cursor was given is told apart by nothing from a cursor between rows.
"""

import base64
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, NamedTuple

import orjson
import pytest
from graphql import GraphQLObjectType
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from engine.edge import Connection
from engine.resolve import declaration_of
from schema.root import executable_schema
from tests.counting import counted
from tests.factories import Loaded, Manifest, address, ask, asked_as, load, run
from tests.resolvers.changes.binning import BINNED, delete, purge
from tests.resolvers.changes.changing import mutate
from tests.resolvers.writing import add_asset

# Whose connections are looked at, by type; the members are `oz`, who is granted much, and `ada`.
PARENTS = {
    "Org": "",
    "Space": "core",
    "Project": "core/site",
    "Asset": "core/site/plan",
    "Member": "user:oz",
    "Group": "group:crew",
}
PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) { ... on %s { list: %s(
    first: $first, after: $after, last: $last, before: $before%s
  ) { edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }
}
"""
DRAWN = 2  # pages of each list in each order, beside those at its rim


class Way(NamedTuple):
    """A connection with one of its orders, as a document; `upwards` is how its last column goes."""

    name: str
    parent: str
    text: str
    upwards: bool


class Bound(NamedTuple):
    """A cursor: how many rows lie up to it, and how many before it, which its own row is not."""

    cursor: str | None
    up_to: int
    before: int


@cache
def ways() -> list[Way]:
    """Return every connection of the schema in every order, and in its first one downwards."""
    types = executable_schema().type_map.values()
    return [
        way
        for type_ in types
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if isinstance(connection := declaration_of(field), Connection)
        for way in _ways(type_.name, name, connection, ordered="orderBy" in field.args)
    ]


def _ways(type_: str, field: str, connection: Connection, *, ordered: bool) -> Iterator[Way]:
    name, parent = f"{type_}.{field}", PARENTS[type_]
    if not ordered:
        yield Way(name, parent, PAGE % (type_, field, ""), not connection.descending)
        return
    for place, order in enumerate(connection.orders):
        for direction in ("ASC", "DESC")[: 2 - min(place, 1)]:
            by = f", orderBy: {{ field: {order}, direction: {direction} }}"
            yield Way(name, parent, PAGE % (type_, field, by), direction == "ASC")


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    """An Org in which no connection is empty."""
    org = deepcopy(BINNED).group("crew", "oz", "fay", "ria").group("night", "oz")
    org.asset("core/site/plan", text="Plan").grant("group:crew", "READ", on="lab")
    acme = await load(engine, org)
    for path, name in (("core/docs/guide", "guide"), ("core/docs", "Docs")):
        await purge(engine, "ada", await delete(engine, "ada", acme.ids[path]), name)
    for key in ("site/home", "site/news"):
        await delete(engine, "ada", acme.ids[f"core/{key}"])
    for name, path in (("space", "core"), ("project", "core/site"), ("asset", "core/site/plan")):
        given = {"id": acme.ids[path], "name": "Anew"}
        await mutate(engine, "ada", f"{name}Rename", given, node="id")
    joined = {"group": acme.ids["group:crew"], "members": [acme.ids["user:oz"]]}
    for name in ("groupMembersRemove", "groupMembersAdd"):
        await mutate(engine, "ada", name, joined, node="id")
    return acme


def _bounds(cursors: Sequence[str], *, upwards: bool) -> list[Bound]:
    """Return every cursor of a list, and one just before each as if its row had vanished."""
    bounds = [Bound(None, 0, len(cursors))]
    for place, cursor in enumerate(cursors):
        bounds.append(Bound(cursor, place + 1, place))
        gone = _just_before(cursor, upwards=upwards)
        if gone not in cursors:
            bounds.append(Bound(gone, place, place))
    return bounds


def _just_before(cursor: str, *, upwards: bool) -> str:
    *values, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    text = orjson.dumps([*values, last - 1 if upwards else last + 1])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


async def _page(engine: AsyncEngine, acme: Loaded, way: Way, **given: object) -> Any:
    id_ = acme.ids[way.parent] if way.parent else acme.id
    answer = await ask(engine, "ada", "acme", way.text, {"id": id_, **given})
    assert answer.errors == []
    return answer.data["node"]["list"]


async def test_every_connection_knows_what_lies_around_a_page(
    engine: AsyncEngine, acme: Loaded
) -> None:
    chance = Random(8)
    for way in ways():
        whole = await _page(engine, acme, way, first=1000)
        cursors = [edge["cursor"] for edge in whole["edges"]]
        assert cursors, f"{way.name} is empty"
        bounds = _bounds(cursors, upwards=way.upwards)
        some = [(bounds[-1], bounds[0]), (bounds[0], bounds[1]), (bounds[2], bounds[0])]
        for after, before in [*some, *(chance.choices(bounds, k=2) for _ in range(DRAWN))]:
            size = {chance.choice(["first", "last"]): chance.randrange(4)}
            given = {"after": after.cursor, "before": before.cursor, **size}
            found = await _page(engine, acme, way, **given)
            assert found == _expected(cursors, (after, before), **size), (way.name, given)


def _expected(
    cursors: Sequence[str], bounds: tuple[Bound, Bound], first: int | None = None, last: int = 0
) -> Any:
    """Return the page that Relay's algorithm makes of the list."""
    after, before = bounds
    rows = list(cursors[after.up_to : before.before])
    cut = rows[:first] if first is not None else rows[max(len(rows) - last, 0) :]
    shorter = len(cut) < len(rows)
    return {
        "edges": [{"cursor": cursor} for cursor in cut],
        "pageInfo": {
            "hasNextPage": (first is not None and shorter) or before.before < len(cursors),
            "hasPreviousPage": (first is None and shorter) or after.up_to > 0,
            "startCursor": cut[0] if cut else None,
            "endCursor": cut[-1] if cut else None,
        },
    }


VANISHING = """
query($id: ID!, $after: String, $before: String) {
  node(id: $id) { ... on Project {
    forward: assets(first: 1, after: $after) { nodes { key } pageInfo { hasPreviousPage } }
    backward: assets(last: 1, before: $before) { nodes { key } pageInfo { hasNextPage } }
  } }
}
"""


async def test_rows_that_vanish_or_appear_between_two_pages_are_told(engine: AsyncEngine) -> None:
    org = Manifest("acme").user("ada", admin=True).space("core").project("core/site")
    for key in ("a", "b", "c"):
        org.asset(f"core/site/{key}")
    acme = await load(engine, org)
    way = next(way for way in ways() if way.name == "Project.assets")
    cursors = [edge["cursor"] for edge in (await _page(engine, acme, way))["edges"]]

    async def around() -> tuple[object, object]:
        given = {"id": acme.ids["core/site"], "after": cursors[0], "before": cursors[2]}
        answer = await ask(engine, "ada", "acme", VANISHING, given)
        forward, backward = (answer.data["node"][name] for name in ("forward", "backward"))
        assert forward["nodes"] == backward["nodes"] == [{"key": "b"}]
        return forward["pageInfo"]["hasPreviousPage"], backward["pageInfo"]["hasNextPage"]

    assert await around() == (True, True)
    await delete(engine, "ada", acme.ids["core/site/a"])
    assert await around() == (False, True)
    await delete(engine, "ada", acme.ids["core/site/c"])
    assert await around() == (False, False)
    for name in ("0 first", "z last"):
        await add_asset(engine, acme, name, project="core/site")
    assert await around() == (True, True)


@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        ("nodes { key }", 2),
        ("pageInfo { endCursor hasNextPage }", 2),
        ("pageInfo { hasPreviousPage }", 3),
        ("a: pageInfo { hasPreviousPage } b: pageInfo { hasPreviousPage hasNextPage }", 3),
    ],
)
async def test_only_who_asks_what_lies_before_a_page_pays_for_it(
    engine: AsyncEngine, acme: Loaded, asked: str, statements: int
) -> None:
    cursor = "WyJOQU1FIiwiIiwwXQ"  # before all names
    text = f'{{ org {{ groups(first: 1, after: "{cursor}") {{ {asked} }} }} }}'
    for compiles in (True, False):
        with counted() as found:
            answer = await run(
                engine, Credential(address("ada"), acme.key), asked_as(text), compiles=compiles
            )
        assert (answer.errors, len(found)) == ([], statements)
