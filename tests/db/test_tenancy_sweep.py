"""Every statement that the schema's fields can lead to stays within the Org, and runs."""

from collections.abc import Iterator
from enum import Enum
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeAlias

import pytest
from graphql import GraphQLField, GraphQLObjectType

from auth.credential import Credential
from auth.levels import Permission
from db.engine import open_engine
from engine.edge import Connection, Edge, Lookup
from engine.page import Orders, Page, read_page, write_cursor
from engine.resolve import declaration_of
from resolvers.context import Reading, reading
from schema.root import executable_schema
from tests.databases import SQLiteFiles, run
from tests.factories import Manifest, address, load
from tests.postgresql import PostgreSQLDatabases

ACME = Manifest().user("ada", admin=True).user("ben").space("core").project("core/site")
FILTERS: dict[str, object] = {
    "nameContains": "x",
    "key": "x",
    "updatedSince": 0,
    "minimumPermission": Permission.READ,
    "kind": "FILE",
    "nodeKind": "PROJECT",
    "actor": "mem_1_1",
    "action": "space",
    "object": "spc_1_1",
    "since": 0,
    "until": 1,
    "deletedBy": "mem_1_1",
    "deletedSince": 0,
    "deletedBefore": 0,
}
# These answer from what is known of the asker, without a statement of their own.
KNOWN = {"viewer", "account", "org", "org_of", "org_by_id"}

Rows: TypeAlias = Edge | Connection


class Direction(Enum):
    ASC = "ASC"
    DESC = "DESC"


OF_AN_EXPLANATION = ("ref",)  # what leads on from one that was kept
WAYS = ((Direction.ASC, "first"), (Direction.DESC, "last"))


class Declared(NamedTuple):
    """What leads to rows, and the filters that its field takes."""

    rows: Rows
    filters: tuple[str, ...] = ()


def filters(field: GraphQLField) -> tuple[str, ...]:
    """Return the names of a connection's filters."""
    argument: Any = field.args.get("filter")
    return () if argument is None else tuple(argument.type.fields)


def fields() -> Iterator[tuple[str, Declared]]:
    """Give all that leads to rows, of every field of the schema."""
    for type_ in executable_schema().type_map.values():
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            declaration = declaration_of(field)
            if isinstance(declaration, Lookup):
                for found, edge in declaration.edges.items():
                    yield f"{type_.name}.{name}:{found}", Declared(edge)
            elif isinstance(declaration, Edge) and declaration.needs != OF_AN_EXPLANATION:
                yield f"{type_.name}.{name}", Declared(declaration)
            elif isinstance(declaration, Connection):
                yield f"{type_.name}.{name}", Declared(declaration, filters(field))


FIELDS = dict(fields())


def pages(orders: Orders, filters: tuple[str, ...]) -> Iterator[Page]:
    """Give pages from either end, plain and with cursors and filters.

    The first order may be found by a way of its own; all others are found like the second.
    """
    for order, (direction, size) in product(list(orders)[:2], WAYS):
        by = {"field": SimpleNamespace(value=order), "direction": direction}
        plain: dict[str, Any] = {"orderBy": by, size: 3}
        page = read_page(plain, orders)
        yield page
        cursor = write_cursor(page.order, [type_() for type_ in page.order.types])
        values = {name: FILTERS[name] for name in filters}
        yield read_page({**plain, "after": cursor, "before": cursor, "filter": values}, orders)


async def follow(asked: Reading, declared: Declared) -> int:
    """Ask for the rows of a field in every way, and return how often it was asked."""
    rows, key = declared.rows, (1,) * len(declared.rows.needs)
    columns = rows.gives._fields
    if isinstance(rows, Edge):
        await rows.rows(asked, [key], rows.read({}), columns)
        batch: Any = getattr(rows.rows, "__self__", None)
        return getattr(batch, "statements", int(getattr(rows.rows, "__name__", "") not in KNOWN))
    every = list(pages(rows.orders, declared.filters))
    for page in every:
        await rows.rows(asked, [key, key], page, (*columns, *page.order.columns))
    for page in every[:2]:  # their number depends on the filters alone
        await rows.count(asked, [key, key], page, ())
    return len(every) + 2


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def acme_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with one Org, which the tests only read."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        run(store(url))
        yield url


async def store(url: str) -> None:
    engine = open_engine(url)
    await load(engine, ACME)
    await engine.dispose()


@pytest.mark.parametrize("viewer", ["ada", "ben"])
@pytest.mark.parametrize("field", FIELDS)
async def test_a_field_leads_to_statements_within_the_org(
    acme_url: str, viewer: str, field: str
) -> None:
    engine = open_engine(acme_url)
    async with reading(engine, Credential(address(viewer), "acme")) as asked:
        before = asked.statements
        followed = await follow(asked, FIELDS[field])
        assert asked.statements - before == followed
    await engine.dispose()


def test_the_sweep_has_found_the_schemas_fields() -> None:
    expected = {"Org.assets", "Space.projects", "Project.assets", "Group.members", "Query.org"}
    assert FIELDS.keys() >= {*expected, "Query.node:ast", "Query.nodes:grp", "Asset.project"}
    assert {name for one in FIELDS.values() for name in one.filters} == set(FILTERS)
