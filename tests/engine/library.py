"""The schema of an invented library, with every kind of declaration, and how to ask it."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLSchema, parse

from engine.edge import Argument, Edge, Key, Lookup, OfContext, column, declare, template
from engine.executor import Executor
from engine.page import Orders
from engine.resolve import install
from schema.connection import Connection, ListOf, connection
from schema.filter import OrderDirection, order_direction, order_field
from tests.engine import rows
from tests.engine.rows import AuthorRow, BookRow, Desk, ShelfRow, SignedRow

HOUSE = OfContext("house")


def is_row(row: type[Any]) -> Callable[[Any, Any], bool]:
    def is_type_of(value: Any, _info: Any) -> bool:
        return isinstance(value, row)

    return is_type_of


def short(title: str, year: int) -> str:
    """Abbreviate a title; of one that can't be done."""
    if title == "Frost":
        raise ValueError("no short form")
    return f"{title[:2]}{year % 100:02}"


def read_most(arguments: Mapping[str, Any]) -> Any:
    return arguments["most"]


def read_name(arguments: Mapping[str, Any]) -> Any:
    return arguments.get("name")


def parse_id(_desk: Desk, public_id: str) -> tuple[str, Key] | None:
    type_, _, number = public_id.partition("-")
    return (type_, (int(number),)) if number.isdigit() else None


EDGES = {
    "shelf": Edge(rows.shelves_by_id, needs=("id",), gives=ShelfRow),
    "book": Edge(rows.books_by_id, needs=("id",), gives=BookRow),
    "author": Edge(rows.authors_by_id, needs=("id",), gives=AuthorRow),
}
TYPES = {"shelf": "Shelf", "book": "Book", "author": "Author"}
BY_ID = Lookup(parse_id, EDGES, TYPES)


@strawberry.interface(description="Anything with an id.")
class Item:
    id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="An author.")
class Author(Item):
    is_type_of = is_row(AuthorRow)
    id: strawberry.ID = template("author-{}", "id", description="Its id.")
    name: str = column("name", description="Its name.")
    mark: str = template("{}-{}.", HOUSE, "id", description="A text that its house begins.")
    house: str = template("{}", HOUSE, description="Its house.")
    fellows: list[Annotated["Author", strawberry.lazy("tests.engine.library")]] = declare(
        Edge(rows.authors_of_house, needs=(HOUSE,), gives=AuthorRow, many=True),
        description="All authors of its house.",
    )


@strawberry.type(description="A book.")
class Book(Item):
    is_type_of = is_row(BookRow)
    id: strawberry.ID = template("book-{}", "id", description="Its id.")
    title: str = column("title", description="Its title.")
    year: int = column("year", description="When it came out.")
    loud: str = column("title", make=str.upper, description="Its title, cried.")
    short: str | None = column("title", "year", make=short, description="A short form.")
    author: Author | None = declare(
        Edge(rows.authors_by_id, needs=("author_id",), gives=AuthorRow), description="Its author."
    )
    shelf: Annotated["Shelf", strawberry.lazy("tests.engine.library")] = declare(
        Edge(rows.shelves_by_id, needs=("shelf_id",), gives=ShelfRow), description="Its shelf."
    )
    siblings: list[Annotated["Book", strawberry.lazy("tests.engine.library")]] = declare(
        Edge(rows.siblings, needs=("id", "shelf_id"), gives=BookRow, many=True, read=read_most),
        description="Other books of the shelf.",
        arguments=[Argument("most", int, "How many at most.", 9)],
    )
    topic: Item | None = declare(
        Lookup(parse_id, EDGES, TYPES, "topic"), description="What it is about, if that is here."
    )
    lost: Author | None = declare(
        Edge(rows.lost, needs=("id",), gives=AuthorRow), description="What nobody can find."
    )


@strawberry.input(description="Which books.")
class BookFilter:
    since: int | None = strawberry.field(default=None, description="From this year on.")


@strawberry.enum(description="What books are ordered by.")
class BookOrderField(Enum):
    TITLE = "TITLE"
    YEAR = "YEAR"


@strawberry.input(description="An order of books.")
class BookOrder:
    field: BookOrderField = order_field()
    direction: OrderDirection = order_direction()


ORDERS: Orders = {"TITLE": {"title": str, "id": int}, "YEAR": {"year": int, "id": int}}


@strawberry.type(description="A book that bears its shelf's name.")
class Signed:
    title: str = column("title", description="Its title.")
    name: str = column("name", description="Its shelf's name.")
    sign: str = template("{}: {}", "name", "title", description="Both.")
    namesakes: list[Annotated["Shelf", strawberry.lazy("tests.engine.library")]] = declare(
        Edge(rows.shelves_named, needs=("name",), gives=ShelfRow, many=True),
        description="Shelves of that name.",
    )


@strawberry.type(description="A shelf.")
class Shelf(Item):
    is_type_of = is_row(ShelfRow)
    id: strawberry.ID = template("shelf-{}", "id", description="Its id.")
    name: str = column("name", description="Its name.")
    books: Connection[Book] = connection(
        rows.books_of_shelf,
        ListOf(BookRow, BookFilter, BookOrder),
        needs=("id",),
        orders=ORDERS,
        description="Its books.",
    )
    latest: Connection[Book] = connection(
        rows.books_of_shelf,
        ListOf(BookRow, BookFilter, BookOrder, newest_first=True),
        needs=("id",),
        orders={name: ORDERS[name] for name in ("YEAR", "TITLE")},
        description="The same, by year.",
    )
    signed: Connection[Signed] = connection(
        rows.signed_of_shelf,
        ListOf(SignedRow, BookFilter, BookOrder),
        needs=("id", "name"),
        orders=ORDERS,
        description="Its books with its name.",
    )


@strawberry.type(description="All that can be read.")
class Query:
    shelves: list[Shelf] = declare(
        Edge(rows.all_shelves, needs=(), gives=ShelfRow, many=True), description="All shelves."
    )
    shelf: Shelf | None = declare(
        Edge(rows.shelf_named, needs=(), gives=ShelfRow, read=read_name),
        description="The shelf of this name.",
        arguments=[Argument("name", str | None, "Its name.")],
    )
    item: Item | None = declare(
        BY_ID, description="By id.", arguments=[Argument("id", strawberry.ID, "An id.")]
    )
    items: list[Item | None] = declare(
        BY_ID, description="By ids.", arguments=[Argument("ids", list[strawberry.ID], "Ids.")]
    )


class Asked:
    """What came of an operation: its data and errors as the client gets them, and the desk."""

    def __init__(self, desk: Desk, result: ExecutionResult) -> None:
        self.desk = desk
        self.data: Any = orjson.loads(orjson.dumps(result.data))
        self.errors = [(error.path, error.message) for error in result.errors or ()]


@cache
def library() -> GraphQLSchema:
    declared = strawberry.Schema(query=Query)
    built: GraphQLSchema = vars(declared)["_schema"]  # it has no public name
    install(built)
    return built


async def ask(text: str, *, compiles: bool = False, **variables: object) -> Asked:
    """Run an operation on the executor chosen; what has no errors must have been compiled."""
    desk, executor = Desk(), Executor(library(), compiles=compiles)
    result = await executor.execute(
        parse(text), {}, operation_name=None, variables=variables, context=desk
    )
    if compiles and not result.errors:
        assert executor.counts == {("compiled", ""): 1}
    return Asked(desk, result)
