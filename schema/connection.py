"""Relay's connections: their types, their arguments, and how a field becomes one."""

from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import strawberry

from engine import edge as declared
from engine.edge import BY_KEY, Argument, Batch, Columns, PagePart, Stream, Weight, declare
from engine.inputs import Rule
from engine.page import DEFAULT_SIZE, LARGEST_SIZE, LONGEST_CURSOR, Orders

NodeType = TypeVar("NodeType")
CURSOR = Rule(LONGEST_CURSOR)


def _part(name: str, description: str) -> Any:
    return declare(PagePart(name), description=description)


def edges_of_page() -> Any:
    """Declare a page's edges, of whatever type they are."""
    return _part("edges", "The rows of the page with their cursors.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether there are rows after the page.")
    has_previous_page: bool = strawberry.field(description="Whether there are rows before it.")
    start_cursor: str | None = strawberry.field(description="The first row's cursor.")
    end_cursor: str | None = strawberry.field(
        description="The last row's cursor: pass it as `after` for the next page."
    )


@strawberry.type(description="A row of a list with its place there.")
class Edge(Generic[NodeType]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The row's place, for `after` and `before`.")
    node: NodeType = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list that holds only what the viewer sees.")
class Connection(Generic[NodeType]):
    """Relay's connection, with the rows themselves beside their edges."""

    nodes: list[NodeType] = _part("nodes", "The rows of the page.")
    edges: list[Edge[NodeType]] = edges_of_page()
    page_info: PageInfo = _part("page_info", "Where the page lies in the list.")
    total_count: int = _part(
        "total_count", "How many rows the whole list has, filtered but not paged."
    )


class Listed(Protocol):
    """What answers a list for many parents: its rows, and their number."""

    @property
    def rows(self) -> Batch:
        """Return the batch function of the rows."""
        ...

    @property
    def stream(self) -> Stream | None:
        """Return what gives the rows by and by, if anything does."""
        ...

    @property
    def count(self) -> Batch:
        """Return the batch function of their number."""
        ...

    @property
    def bears(self) -> Columns:
        """Return the columns of the parent that the rows have, too, with the same value."""
        ...


class ListOf(NamedTuple):
    """What the lists of one noun have in common: the class of the rows, and two input types.

    They go by name where no order is asked for, or from the newest down. Further arguments are
    filters by themselves.
    Without these, a list is neither filtered nor in any other order than its own.
    """

    row: type[Any]
    filter: type | None = None
    order: type | None = None
    arguments: tuple[Argument, ...] = ()
    newest_first: bool = False


def connection(  # noqa: PLR0913 - all but two by their names
    listed: Listed,
    of: ListOf,
    *,
    needs: Columns,
    orders: Orders,
    weight: Weight = BY_KEY,
    description: str,
) -> Any:
    """Declare a connection; `needs` are the columns of the parent that `listed` gets."""
    made = declared.Connection(
        *(listed.rows, listed.count, needs, of.row, orders),
        descending=of.newest_first,
        bears=listed.bears,
        stream=listed.stream,
        weight=weight,
    )
    return declare(made, description=description, arguments=_arguments(of))


def _arguments(of: ListOf) -> list[Argument]:
    size = f"{DEFAULT_SIZE} where neither is given, {LARGEST_SIZE} at most."
    default = "the newest first" if of.newest_first else "by name as people read it"
    found = [
        *of.arguments,
        Argument("first", int | None, f"How many rows from the start, or after `after`: {size}"),
        Argument("after", str | None, "Only rows after the one with this cursor.", rule=CURSOR),
        Argument("last", int | None, f"How many rows up to the end, or before `before`: {size}"),
        Argument("before", str | None, "Only rows before the one with this cursor.", rule=CURSOR),
    ]
    if of.filter is not None:
        found.append(Argument("filter", of.filter | None, "Only rows that meet all of this."))
    if of.order is not None:
        text = f"The order; {default} if omitted."
        found.append(Argument("orderBy", of.order | None, text))
    return found
