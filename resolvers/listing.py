"""Listings: what the rows of a list are made of, and how a page of one is cut in SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    select,
    tuple_,
)

from auth.access import Access
from engine.edge import Columns
from engine.page import Shape
from resolvers.filters import filter_conditions

Expression: TypeAlias = ColumnElement[Any]
LIMIT = bindparam("limit", type_=Integer())


@dataclass(frozen=True)
class Listing:
    """What a list is made of: where its rows come from, and what each of its columns is.

    `table` is the rows' own table; `where` leaves out what isn't in the list or isn't seen.
    """

    table: FromClause
    source: FromClause
    columns: Mapping[str, Expression]
    where: tuple[ColumnElement[bool], ...]

    def chosen(self, columns: Columns) -> list[Expression]:
        """Return the columns asked for, labelled by their place (a name may be asked twice)."""
        return [self.columns[name].label(f"c{place}") for place, name in enumerate(columns)]

    def seen(self, filters: Sequence[str]) -> list[ColumnElement[bool]]:
        """Return the conditions for being in the filtered list."""
        return [*self.where, *filter_conditions(self.columns, filters)]


# Makes a listing, anew at each call, from the table of parents; from None where there is one list.
Build: TypeAlias = Callable[[Access, Any], Listing]


def cut_page(listing: Listing, shape: Shape, columns: Sequence[Expression]) -> Select[Any]:
    """Return the page of a listing, as the columns given."""
    return (
        select(*columns)
        .select_from(listing.source)
        .where(*listing.seen(shape.filters), *_between(listing, shape))
        .order_by(*ordering(shape, [listing.columns[name] for name in shape.order.columns]))
        .limit(LIMIT)
    )


def ordering(shape: Shape, keys: Sequence[Expression]) -> list[Expression]:
    """Return the keys in the direction that the page is read in."""
    descending = shape.order.descending is not shape.backward
    return [key.desc() if descending else key.asc() for key in keys]


def position(name: str, shape: Shape, places: range | None = None) -> list[Expression]:
    """Return the parameters of a cursor's values, all or those at the places."""
    types = [Text() if type_ is str else BigInteger() for type_ in shape.order.types]
    wanted = range(len(types)) if places is None else places
    return [bindparam(f"{name}_{place}", type_=types[place]) for place in wanted]


def _between(listing: Listing, shape: Shape) -> list[ColumnElement[bool]]:
    """Return the conditions that a row lies after and before the cursors given."""
    keys = tuple_(*(listing.columns[name] for name in shape.order.columns))
    return [
        keys > tuple_(*position(name, shape)) if upwards else keys < tuple_(*position(name, shape))
        for name, upwards in cursors(shape)
    ]


def cursors(shape: Shape) -> list[tuple[str, bool]]:
    """Return the cursors given, each with whether rows must have larger values than it."""
    given = [("after", not shape.order.descending)] if shape.after else []
    return [*given, ("before", shape.order.descending)] if shape.before else given
