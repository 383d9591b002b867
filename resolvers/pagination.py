"""Edges in SQL: one statement for a list of the Org, or for what belongs to many parents."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, Unpack

from sqlalchemy import FromClause, Select, func, select, true, union_all

from auth.access import ORG_ID, Access
from db.queries import POSTGRESQL, in_this_order, parent_parameters, parent_table
from engine.edge import Columns, Key
from engine.page import Page, Shape
from resolvers.context import Reading
from resolvers.filters import filter_parameters
from resolvers.listing import LIMIT, Build, cut_page, ordering
from resolvers.paths import Path

Row: TypeAlias = tuple[Any, ...]
AnySelect: TypeAlias = Select[Unpack[tuple[Any, ...]]]
CACHED_STATEMENTS = 512


class Paged:
    """A list edge: from one listing come its pages and its counts, for any number of parents.

    `build` makes a listing, anew at each call, from the table of parents, which has the columns
    `parent`; without those the list is the Org's, and `build` gets None. `paths` find the pages in
    the order PATH: all of them together are the list.
    """

    def __init__(self, build: Build, parent: Columns = (), *, paths: Sequence[Path] = ()) -> None:
        self.build, self.parent, self.paths = build, parent, paths

    async def rows(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's page, one row more than its size where there are more."""
        statement = _page_statement(self, reading.access, page.shape, columns)
        parameters = self._parameters(reading, parents, page)
        return await reading.fetch(statement, {**parameters, "limit": page.limit})

    async def count(
        self, reading: Reading, parents: Sequence[Key], page: Page, _columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's key and the number of rows that its list has."""
        statement = _count_statement(self, reading.access, page.shape.filters)
        return await reading.fetch(statement, self._parameters(reading, parents, page))

    def _parameters(self, reading: Reading, parents: Sequence[Key], page: Page) -> dict[str, Any]:
        values = filter_parameters(page.filters)
        for name, position in (("after", page.after), ("before", page.before)):
            values |= {f"{name}_{place}": value for place, value in enumerate(position or ())}
        if self.parent:
            values |= parent_parameters(reading.dialect, self.parent, parents)
        return values


class Matched:
    """A to-one edge: the row that belongs to each parent, for any number of parents.

    `build` makes a listing whose source starts with the table of parents.
    """

    def __init__(self, build: Build, parent: Columns) -> None:
        self.build, self.parent = build, parent

    async def rows(
        self, reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's row; none for a parent whose row isn't there or isn't seen."""
        statement = _match_statement(self, reading.access, columns)
        parameters = parent_parameters(reading.dialect, self.parent, parents)
        return await reading.fetch(statement, parameters)


@lru_cache(CACHED_STATEMENTS)
def _match_statement(matched: Matched, access: Access, columns: Columns) -> Select[Any]:
    parent = parent_table(access.dialect, matched.parent)
    listing = matched.build(access, parent)
    key = parent.c[matched.parent[0]]
    return select(key, *listing.chosen(columns)).select_from(listing.source).where(*listing.where)


@lru_cache(CACHED_STATEMENTS)
def _page_statement(paged: Paged, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
    if not paged.parent:
        return _org_page(paged, access, shape, columns)
    parent = parent_table(access.dialect, paged.parent)
    if access.dialect == POSTGRESQL:
        listing = paged.build(access, parent)
        page = cut_page(listing, shape, listing.chosen(columns)).lateral("page")
        return select(parent.c[paged.parent[0]], *page.c).select_from(parent.join(page, true()))
    return _page_by_ids(paged, access, shape, parent=parent, columns=columns)


def _org_page(paged: Paged, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
    if shape.order.name != "PATH":
        listing = paged.build(access, None)
        page = cut_page(listing, shape, listing.chosen(columns))
    elif len(paged.paths) == 1:
        page = paged.paths[0].page(access, shape, columns=columns)
    else:
        page = _merged(paged.paths, access, shape, columns)
    return page.with_only_columns(ORG_ID.label("parent"), *page.selected_columns)


def _merged(paths: Sequence[Path], access: Access, shape: Shape, columns: Columns) -> Select[Any]:
    """Return the first rows of several paths, whose pages are in one order."""
    wanted = columns + shape.order.columns
    pages = (path.page(access, shape, columns=wanted).subquery() for path in paths)
    page = union_all(*(select(page) for page in pages)).subquery("page")
    chosen, keys = list(page.c)[: len(columns)], list(page.c)[len(columns) :]
    return select(*chosen).order_by(*ordering(shape, keys)).limit(LIMIT)


def _page_by_ids(
    paged: Paged, access: Access, shape: Shape, *, parent: FromClause, columns: Columns
) -> Select[Any]:
    """Return the page for SQLite, which has no LATERAL: each parent's ids, then their rows."""
    inner, outer = paged.build(access, parent), paged.build(access, parent)
    ids = cut_page(inner, shape, [inner.columns["id"]]).correlate(parent)
    key = parent.c[paged.parent[0]]
    return (
        select(key, *outer.chosen(columns))
        .select_from(in_this_order(parent, outer.table))
        .where(outer.table.c.org_id == ORG_ID, outer.columns["id"].in_(ids))
        .order_by(key, *ordering(shape, [outer.columns[name] for name in shape.order.columns]))
    )


@lru_cache(CACHED_STATEMENTS)
def _count_statement(paged: Paged, access: Access, filters: tuple[str, ...]) -> AnySelect:
    parent = parent_table(access.dialect, paged.parent) if paged.parent else None
    listing = paged.build(access, parent)
    count = select(func.count()).select_from(listing.source).where(*listing.seen(filters))
    if parent is None:
        return count.with_only_columns(ORG_ID.label("parent"), func.count())
    number = count.correlate(parent).scalar_subquery()
    return select(parent.c[paged.parent[0]], number).select_from(parent)
