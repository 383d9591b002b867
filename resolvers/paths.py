"""Lists of what lies in many parents: all of the Org's projects, all of its assets.

Their own order, PATH, is by parent and then by name. A page of it is found by walking: parents in
their order, in each only rows behind the cursor, no further than the page is long. So what the
viewer can't see costs nothing, and neither does the Org's size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, literal_column, or_, select, true

from auth.access import Access
from db.queries import POSTGRESQL, in_this_order
from engine.edge import Columns
from engine.page import Shape
from resolvers.listing import (
    LIMIT,
    Build,
    Expression,
    Listing,
    beyond,
    cursors,
    cut_page,
    ordering,
    position,
)
from resolvers.short_walk import OF_WHAT_LIES_IN_THEM, walked_or_gathered

PATH = "PATH"


@dataclass(frozen=True)
class Level:
    """One level of the walk, in its parent's order by `sort` and `id`.

    `build` makes its listing from the level above; `gives` is what the level below needs of it,
    `id` among it. A path whose first level is `of_spaces` may be walked for a part of its way.
    """

    build: Build
    gives: Columns = ()
    of_spaces: bool = False


@dataclass(frozen=True)
class Path:
    """A walk down the levels. The order's columns above the last are `sort_0`, `id_0` and so on."""

    levels: tuple[Level, ...]

    def page(self, access: Access, shape: Shape, *, columns: Columns) -> Select[Any]:
        """Return the page of the last level's rows, as the columns asked for."""
        if shape.order.name != PATH:
            listing = self.listing(access)
            return cut_page(listing, shape, listing.chosen(columns))
        if access.admin or not shape.short or not self.levels[0].of_spaces:
            return self._in_order(access, shape, columns)
        trial = OF_WHAT_LIES_IN_THEM
        return walked_or_gathered(access, shape, columns, self._in_order, trial=trial)

    def _in_order(self, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
        """Return the page in order PATH."""
        if access.dialect == POSTGRESQL:
            return self._by_lateral(access, shape, columns)
        listing = self.listing(access, shape)
        known, where = listing.columns, listing.seen(shape.filters)
        return _finished(listing.source, known, shape, columns).where(*where)

    def listing(self, access: Access, shape: Shape | None = None) -> Listing:
        """Return all rows of the last level, or those between the cursors of a shape in order PATH.

        It is one join, which SQLite reads in the order that it is written in: that of the walk.
        """
        listings: list[Listing] = []
        where: list[ColumnElement[bool]] = []
        known: dict[str, Expression] = {}
        above: Any = None
        if self.levels[0].of_spaces:
            access = access.walking()
        for place, level in enumerate(self.levels):
            listing = level.build(access, above)
            where += listing.where
            if shape is not None:
                where += self._bounds(listing, shape, place=place, above=above)
            known = {**known, **listing.columns, **_keys(listing, place)}
            listings.append(listing)
            above = SimpleNamespace(c=SimpleNamespace(**listing.columns))
        source = listings[0].source
        for listing in listings[1:]:
            source = in_this_order(source, listing.source)
        if access.found is not None:
            source = access.reach().join(source, known["id_0"])
        return Listing(listings[-1].table, source, known, tuple(where))

    def _by_lateral(self, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
        """Return the walk as a chain of LATERAL subqueries, the last of them limited."""
        above: FromClause | None = None
        for place in range(len(self.levels) - 1):
            above = self._stage(access, shape, place=place, above=above)
        assert above is not None, "a walk has two levels or more"  # noqa: S101
        last = len(self.levels) - 1
        listing = self.levels[last].build(access, above)
        names = dict.fromkeys((*(c for c in columns if c in listing.columns), "sort", "id"))
        keys = [listing.columns["sort"], listing.columns["id"]]
        page = (
            select(*(listing.columns[name].label(name) for name in names))
            .select_from(listing.source)
            .where(*listing.seen(shape.filters))
            .where(*self._bounds(listing, shape, place=last, above=above))
            .order_by(*ordering(shape, keys))
            .limit(LIMIT)
            .lateral("page")
        )
        known = {**dict(above.c.items()), **dict(page.c.items())}
        return _finished(above.join(page, true()), known, shape, columns)

    def _stage(
        self, access: Access, shape: Shape, *, place: int, above: FromClause | None
    ) -> FromClause:
        """Return a level joined to those above it, in order, as a subquery."""
        level = self.levels[place]
        listing = level.build(access, above)
        columns = {name: listing.columns[name] for name in level.gives} | _keys(listing, place)
        own = (
            select(*(column.label(name) for name, column in columns.items()))
            .select_from(listing.source)
            .where(*listing.where, *self._bounds(listing, shape, place=place, above=above))
        )
        if above is None:
            return own.order_by(*ordering(shape, list(_keys(listing, place).values()))).subquery()
        # OFFSET keeps PostgreSQL from making one join of it all, and sorting the Org for one page.
        below = own.offset(literal_column("0")).lateral()
        carried = [c for name, c in above.c.items() if name not in columns]
        joined = select(*carried, *below.c).select_from(above.join(below, true()))
        names = shape.order.columns[: 2 * place + 2]
        keys = [joined.selected_columns[name] for name in names]
        return joined.order_by(*ordering(shape, keys)).subquery()

    def _bounds(
        self, listing: Listing, shape: Shape, *, place: int, above: Any
    ) -> list[ColumnElement[bool]]:
        """Return the conditions that leave out of a level what lies before a cursor."""
        # Above the last level the cursor's own row is wanted for what lies in it.
        inclusive = shape.inclusive or place < len(self.levels) - 1
        return [
            _within(
                listing,
                position(name, shape)[: 2 * place + 2],
                upwards=up,
                inclusive=inclusive,
                above=above,
            )
            for name, up in cursors(shape)
        ]


def _within(
    listing: Listing, cursor: Sequence[Expression], *, upwards: bool, inclusive: bool, above: Any
) -> ColumnElement[bool]:
    """Return the condition that a row lies behind the cursor, whose last two values are its own.

    If `inclusive` it may be the cursor's own. Below the first level the cursor counts only in its
    own parent.
    """
    keys = [listing.columns["sort"], listing.columns["id"]]
    sort, id_ = cursor[-2:]
    if above is None:
        return beyond(keys, [sort, id_], upwards=upwards, inclusive=inclusive)
    here = above.c.id == cursor[-3]
    if upwards:  # from the least key on, elsewhere: an index serves this, but no OR
        least = [case((here, sort), else_=""), case((here, id_), else_=-1)]
        return beyond(keys, least, upwards=True, inclusive=inclusive)
    return or_(~here, beyond(keys, [sort, id_], upwards=False, inclusive=inclusive))


def _keys(listing: Listing, place: int) -> dict[str, Expression]:
    return {f"sort_{place}": listing.columns["sort"], f"id_{place}": listing.columns["id"]}


def _finished(
    source: FromClause, known: Mapping[str, Expression], shape: Shape, columns: Columns
) -> Select[Any]:
    keys = [known[name] for name in shape.order.columns]
    chosen = (known[name].label(f"c{place}") for place, name in enumerate(columns))
    return select(*chosen).select_from(source).order_by(*ordering(shape, keys)).limit(LIMIT)
