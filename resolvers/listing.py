"""Listings: what the rows of a list are made of, and how a page of one is cut in SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    or_,
    select,
    union_all,
)

from auth.access import Access
from db.queries import POSTGRESQL, Amount, AnySelect, in_this_order, one_of
from engine.edge import Columns
from engine.page import Shape
from resolvers.filters import filter_conditions

Expression: TypeAlias = ColumnElement[Any]
# A literal in the SQL: for a limit that it doesn't know PostgreSQL keeps no plan.
LIMIT = bindparam("limit", type_=Integer(), literal_execute=True)


@dataclass(frozen=True)
class Listing:
    """What a list is made of: where its rows come from, and what each of its columns is.

    `table` is the rows' own table; `where` leaves out what isn't in the list or isn't seen. `rows`
    is the parents with all tables that columns are of, where `table` isn't the only one.
    """

    table: FromClause
    source: FromClause
    columns: Mapping[str, Expression]
    where: tuple[ColumnElement[bool], ...]
    rows: FromClause | None = None

    def chosen(self, columns: Columns) -> list[Expression]:
        """Return the columns asked for, labelled by their place (a name may be asked twice)."""
        return [self.columns[name].label(f"c{place}") for place, name in enumerate(columns)]

    def seen(self, filters: Sequence[str]) -> list[ColumnElement[bool]]:
        """Return the conditions for being in the filtered list."""
        return [*self.where, *filter_conditions(self.columns, filters)]


def brought(edge: str, columns: Mapping[str, Expression]) -> dict[str, Expression]:
    """Return the columns of a row that is brought along, as `engine.edge.Edge` names them."""
    return {f"{edge}.{name}": column for name, column in columns.items()}


# Makes a listing, anew at each call, from the table of parents; from None where there is one list.
Build: TypeAlias = Callable[[Access, Any], Listing]


def with_ids_of(
    parent: FromClause, table: FromClause, access: Access
) -> tuple[FromClause, ColumnElement[bool]]:
    """Return where the rows of the parents' ids come from, and the condition that they are those.

    PostgreSQL finds many ids in an index at once. By a join with their table it goes there once for
    each of them, or reads all rows.
    """
    if access.dialect == POSTGRESQL and access.parents is not Amount.ONE:
        return table, one_of(access.dialect, table.c.id, "parent_id")
    return in_this_order(parent, table), table.c.id == parent.c.id


def cut_page(listing: Listing, shape: Shape, columns: Sequence[Expression]) -> Select[Any]:
    """Return the page of a listing, as the columns given."""
    return (
        select(*columns)
        .select_from(listing.source)
        .where(*listing.seen(shape.filters), *between(listing, shape))
        .order_by(*ordering(shape, [listing.columns[name] for name in shape.order.columns]))
        .limit(LIMIT)
    )


def merged(pages: Iterable[AnySelect], shape: Shape, columns: Columns) -> Select[Any]:
    """Return the first rows of several pages, each of which has the order's columns at its end."""
    every = union_all(*(select(page.subquery()) for page in pages)).subquery("page")
    chosen, keys = list(every.c)[: len(columns)], list(every.c)[len(columns) :]
    ordered = select(*chosen).select_from(every).order_by(*ordering(shape, keys))
    return ordered.limit(LIMIT)


def ordering(shape: Shape, keys: Sequence[Expression]) -> list[Expression]:
    """Return the keys in the direction that the page is read in."""
    descending = shape.order.descending is not shape.backward
    return [key.desc() if descending else key.asc() for key in keys]


def position(name: str, shape: Shape) -> list[Expression]:
    """Return the parameters of a cursor's values."""
    types = (Text() if type_ is str else BigInteger() for type_ in shape.order.types)
    return [bindparam(f"{name}_{place}", type_=type_) for place, type_ in enumerate(types)]


def between(listing: Listing, shape: Shape) -> list[ColumnElement[bool]]:
    """Return the conditions that a row lies after and before the cursors given."""
    keys = [listing.columns[name] for name in shape.order.columns]
    return [
        beyond(keys, position(name, shape), upwards=up, inclusive=shape.inclusive)
        for name, up in cursors(shape)
    ]


def beyond(
    keys: Sequence[Expression],
    bounds: Sequence[Expression],
    *,
    upwards: bool,
    inclusive: bool = False,
) -> ColumnElement[bool]:
    """Return the condition that the keys lie behind the bounds, the first of them deciding first.

    As `(a, b) > (x, y)` PostgreSQL would take it for about `a > x`: for no rows at all, where many
    have the same `a`. It then chooses plans that are right for no rows.
    """
    key, bound = keys[0], bounds[0]
    strictly, at_least = (key > bound, key >= bound) if upwards else (key < bound, key <= bound)
    if len(keys) == 1:
        return at_least if inclusive else strictly
    further = beyond(keys[1:], bounds[1:], upwards=upwards, inclusive=inclusive)
    return and_(at_least, or_(strictly, further))


def cursors(shape: Shape) -> list[tuple[str, bool]]:
    """Return the cursors given, each with whether rows must have larger values than it."""
    given = [("after", not shape.order.descending)] if shape.after else []
    return [*given, ("before", shape.order.descending)] if shape.before else given
