"""A page of a connection: its arguments read, checked and made into a key."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import orjson
from graphql import GraphQLError

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
MOST_OF_SHORT = 200  # rows
LARGEST_NUMBER = 2**63 - 1
LONGEST_CURSOR = 8192  # characters
OF_PAGES = {"first", "after", "last", "before", "filter", "orderBy"}

Value: TypeAlias = int | str
Orders: TypeAlias = Mapping[str, Mapping[str, type[Value]]]


class Order(NamedTuple):
    """An order of rows: its name, the columns that it compares, the last of them unique."""

    name: str
    columns: tuple[str, ...]
    types: tuple[type[Value], ...]
    descending: bool = False


class Shape(NamedTuple):
    """What a page's SQL depends on, `short` for one of few rows; the values come as parameters.

    If `inclusive`, the rows at the cursors belong to it.
    """

    order: Order
    backward: bool
    after: bool
    before: bool
    filters: tuple[str, ...]
    short: bool = True
    inclusive: bool = False


@dataclass(frozen=True)
class Page:
    """Which rows of a connection are wanted. `size` is at most 1,000; cursors are order values.

    With `peek` one row more is fetched where there is one, which tells that the list goes on. If
    `inclusive`, the rows at the cursors are wanted, too.
    """

    size: int
    backward: bool
    order: Order
    after: tuple[Value, ...] | None
    before: tuple[Value, ...] | None
    filters: tuple[tuple[str, Any], ...]
    peek: bool = True
    inclusive: bool = False

    @property
    def limit(self) -> int:
        """Return how many rows to fetch at most."""
        return self.size + 1 if self.peek else self.size

    @property
    def up_to_after(self) -> "Page | None":
        """Return the page of the one row that comes next before those after `after`, if given."""
        if self.after is None:
            return None
        bound = replace(self, after=None, before=self.after, inclusive=True)
        return replace(bound, size=1, backward=True, peek=False)

    @property
    def from_before(self) -> "Page | None":
        """Return the page of the one row that comes next behind those before `before`, if given."""
        if self.before is None:
            return None
        bound = replace(self, after=self.before, before=None, inclusive=True)
        return replace(bound, size=1, backward=False, peek=False)

    @cached_property
    def shape(self) -> Shape:
        """Return what the SQL depends on."""
        names = tuple(name for name, _ in self.filters)
        after, before = self.after is not None, self.before is not None
        short = self.size <= MOST_OF_SHORT
        return Shape(self.order, self.backward, after, before, names, short, self.inclusive)


def read_page(
    arguments: Mapping[str, Any], orders: Orders, *, peek: bool = True, descending: bool = False
) -> Page:
    """Read a connection's arguments; `orders` gives each order's columns, the default first.

    An argument that isn't about pages is a filter by itself.
    The default order goes down if `descending`. GraphQLError with the code BAD_PAGE or BAD_CURSOR
    says what is wrong.
    """
    order = _order(arguments.get("orderBy"), orders, descending=descending)
    size, backward = _size(arguments.get("first"), arguments.get("last"))
    given = {name: value for name, value in arguments.items() if name not in OF_PAGES}
    given |= arguments.get("filter") or {}
    return Page(
        size=size,
        backward=backward,
        order=order,
        after=_position(arguments.get("after"), order),
        before=_position(arguments.get("before"), order),
        filters=tuple(sorted((name, v) for name, v in given.items() if v is not None)),
        peek=peek,
    )


def _order(given: Mapping[str, Any] | None, orders: Orders, *, descending: bool) -> Order:
    name = next(iter(orders)) if given is None else str(given["field"].value)
    descending = descending if given is None else given["direction"].value == "DESC"
    columns = orders[name]
    return Order(name, tuple(columns), tuple(columns.values()), descending)


def _size(first: int | None, last: int | None) -> tuple[int, bool]:
    if first is not None and last is not None:
        raise _bad_page("Give either `first` or `last`, not both.")
    size = first if first is not None else last
    if size is None:
        return DEFAULT_SIZE, False
    if not 0 <= size <= LARGEST_SIZE:
        advice = "Ask for less and go on with `after`." if size > 0 else ""
        raise _bad_page(f"A page has 0 to {LARGEST_SIZE} rows, not {size}. {advice}".strip())
    return size, first is None


def _bad_page(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_PAGE"})


def write_cursor(order: Order, values: Sequence[Value]) -> str:
    """Return the cursor of a row from its values in the order's columns."""
    return base64.urlsafe_b64encode(orjson.dumps([_mark(order), *values])).decode().rstrip("=")


def _mark(order: Order) -> str:
    return f"-{order.name}" if order.descending else order.name


def _position(cursor: str | None, order: Order) -> tuple[Value, ...] | None:
    if cursor is None:
        return None
    mark, *values = _decoded(cursor) or [None]
    if len(values) != len(order.columns) or not all(map(_fits, values, order.types)):
        raise _bad_cursor("The cursor can't be read: pass one that this connection gave.")
    if mark != _mark(order):
        raise _bad_cursor("The cursor is of another order: keep `orderBy` while you page.")
    return tuple(values)


def _decoded(cursor: str) -> list[Any] | None:
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts: Any = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    return parts if isinstance(parts, list) else None  # pyright: ignore[reportUnknownVariableType]


def _fits(value: object, expected: type[Value]) -> bool:
    """Whether the value is one that the database could have given."""
    if isinstance(value, str):
        return expected is str and "\0" not in value
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return expected is int and abs(value) <= LARGEST_NUMBER


def _bad_cursor(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_CURSOR"})
