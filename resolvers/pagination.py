"""Edges in SQL: one statement for a list of the Org, or for what belongs to many parents."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any

from sqlalchemy import FromClause, Select, func, select, true

from auth.access import ORG_ID, Access
from db.queries import POSTGRESQL, AnySelect, in_this_order, parent_parameters, parent_table
from db.stream import LARGE, Take
from engine.edge import Columns, Key, Row
from engine.page import Page, Shape
from resolvers.context import Reading
from resolvers.filters import filter_parameters
from resolvers.listing import Build, Expression, Listing, cut_page, merged, ordering
from resolvers.paths import Path

CACHED_STATEMENTS = 512


class Listed(ABC):
    """A list edge: its pages and its counts, for any number of parents.

    `parent` are the columns of the table of parents; without any there is one list, the Org's.
    `held` are those that follow for the permission rule, which an admin's statements go without.
    `bears` are those of `parent` that the rows have, too, with the same value.
    """

    parent: Columns = ()
    held: Columns = ()
    bears: Columns = ()

    @abstractmethod
    def page(self, access: Access, shape: Shape, columns: Columns) -> AnySelect:
        """Return the statement for a page of each parent."""

    @abstractmethod
    def number(self, access: Access, filters: tuple[str, ...]) -> AnySelect:
        """Return the statement for the number of rows that each parent's list has."""

    def given(self, access: Access) -> Columns:
        """Return the columns of the parents that statements take."""
        return self.parent if access.admin else self.parent + self.held

    async def rows(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's page, one row more than its size where there are more."""
        if page.limit == 0:
            return []
        parents = await self.told(reading, parents, page)
        return await reading.fetch(*self._asked(reading, parents, page, columns))

    async def stream(
        self,
        reading: Reading,
        parents: Sequence[Key],
        page: Page,
        columns: Columns,
        take: Take,
    ) -> None:
        """Give the rows of each parent's page to `take`, part by part if they may be many."""
        parents = await self.told(reading, parents, page)
        asked = self._asked(reading, parents, page, columns)
        if len(parents) * page.limit < LARGE:
            take(await reading.fetch(*asked))
        else:
            await reading.stream(*asked, take)

    async def count(
        self, reading: Reading, parents: Sequence[Key], page: Page, _columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's key and the number of rows that its list has."""
        parents = await self.told(reading, parents, page)
        access = reading.access.about(len(parents))
        statement = _count_statement(self, access, page.shape.filters)
        return await reading.fetch(statement, self._parameters(reading, parents, page))

    async def told(self, _reading: Reading, parents: Sequence[Key], _page: Page) -> Sequence[Key]:
        """Return the parents of whose lists the viewer is told: of all that it sees."""
        return parents

    def _asked(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> tuple[AnySelect, dict[str, Any]]:
        """Return the statement for the pages, and its parameters."""
        access = reading.access.about(len(parents))
        statement = _page_statement(self, access, page.shape, columns)
        return statement, {**self._parameters(reading, parents, page), "limit": page.limit}

    def _parameters(self, reading: Reading, parents: Sequence[Key], page: Page) -> dict[str, Any]:
        values = filter_parameters(page.filters)
        for name, position in (("after", page.after), ("before", page.before)):
            values |= {f"{name}_{place}": value for place, value in enumerate(position or ())}
        if self.parent:
            values |= parent_parameters(reading.dialect, self.given(reading.access), parents)
        return values


class Paged(Listed):
    """A list that lies in each parent, or in the Org.

    `build` makes its listing, anew at each call, from the table of parents; from None without one.
    """

    def __init__(
        self, build: Build, parent: Columns = (), *, held: Columns = (), bears: Columns = ()
    ) -> None:
        self.build, self.parent, self.held, self.bears = build, parent, held, bears

    def page(self, access: Access, shape: Shape, columns: Columns) -> AnySelect:
        """Return the statement for a page of each parent."""
        if not self.parent:
            return _of_org(self.page_of_org(access, shape, columns))
        parent = parent_table(access.dialect, self.given(access), access.parents)
        if access.dialect == POSTGRESQL:
            listing = self.build(access, parent)
            page = cut_page(listing, shape, listing.chosen(columns)).lateral("page")
            return select(parent.c[self.parent[0]], *page.c).select_from(parent.join(page, true()))
        return _page_by_ids(self, access, shape, parent=parent, columns=columns)

    def number(self, access: Access, filters: tuple[str, ...]) -> AnySelect:
        """Return the statement for the number of rows that each parent's list has."""
        if not self.parent:
            return _of_org(_counted(self.build(access, None), filters))
        parent = parent_table(access.dialect, self.given(access), access.parents)
        number = _counted(self.build(access, parent), filters).correlate(parent).scalar_subquery()
        return select(parent.c[self.parent[0]], number).select_from(parent)

    def page_of_org(self, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
        """Return the page of a list without parents, as the columns asked for."""
        listing = self.build(access, None)
        return cut_page(listing, shape, listing.chosen(columns))


class Walked(Listed):
    """A list of the Org that paths lead to: all of them together are the list."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths

    def page(self, access: Access, shape: Shape, columns: Columns) -> AnySelect:
        """Return the statement for a page."""
        if len(self.paths) == 1:
            return _of_org(self.paths[0].page(access, shape, columns=columns))
        wanted = columns + shape.order.columns
        pages = (path.page(access, shape, columns=wanted) for path in self.paths)
        return _of_org(merged(pages, shape, columns))

    def number(self, access: Access, filters: tuple[str, ...]) -> AnySelect:
        """Return the statement for the number of rows."""
        statements = (_counted(path.listing(access), filters) for path in self.paths)
        numbers: list[Expression] = [each.scalar_subquery() for each in statements]
        return select(ORG_ID.label("parent"), reduce(add, numbers))


class Matched:
    """A to-one edge: the row that belongs to each parent, for any number of parents.

    `build` makes a listing whose source starts with the table of parents.
    """

    def __init__(self, build: Build, parent: Columns) -> None:
        self.build, self.parent = build, parent

    def key(self, parent: FromClause, listing: Listing) -> Expression:  # noqa: ARG002 - as of ById
        """Return by what a row is told to be a parent's."""
        return parent.c[self.parent[0]]

    async def rows(
        self, reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's row; none for a parent whose row isn't there or isn't seen."""
        access = reading.access.about(len(parents))
        statement = _match_statement(self, access, columns)
        parameters = parent_parameters(reading.dialect, self.parent, parents)
        return await reading.fetch(statement, parameters)


class ById(Matched):
    """A look-up: the rows whose ids the parents hold."""

    def __init__(self, build: Build) -> None:
        super().__init__(build, ("id",))

    def key(self, parent: FromClause, listing: Listing) -> Expression:  # noqa: ARG002 - as above
        """Return the row's id, which is the parent's."""
        return listing.columns["id"]


@lru_cache(CACHED_STATEMENTS)
def _match_statement(matched: Matched, access: Access, columns: Columns) -> Select[Any]:
    parent = parent_table(access.dialect, matched.parent, access.parents)
    listing = matched.build(access, parent)
    key = matched.key(parent, listing)
    return select(key, *listing.chosen(columns)).select_from(listing.source).where(*listing.where)


@lru_cache(CACHED_STATEMENTS)
def _page_statement(listed: Listed, access: Access, shape: Shape, columns: Columns) -> AnySelect:
    return listed.page(access, shape, columns)


@lru_cache(CACHED_STATEMENTS)
def _count_statement(listed: Listed, access: Access, filters: tuple[str, ...]) -> AnySelect:
    return listed.number(access, filters)


def _of_org(statement: Select[Any]) -> AnySelect:
    """Add the Org as the parent that each row belongs to."""
    return statement.with_only_columns(ORG_ID.label("parent"), *statement.selected_columns)


def _counted(listing: Listing, filters: tuple[str, ...]) -> Select[Any]:
    return select(func.count()).select_from(listing.source).where(*listing.seen(filters))


def _page_by_ids(
    paged: Paged, access: Access, shape: Shape, *, parent: FromClause, columns: Columns
) -> AnySelect:
    """Return the page for SQLite, which has no LATERAL: each parent's ids, then their rows."""
    inner, outer = paged.build(access, parent), paged.build(access, parent)
    ids = cut_page(inner, shape, [inner.columns["id"]]).correlate(parent)
    key, rows, where = parent.c[paged.parent[0]], outer.rows, outer.where
    if rows is None:
        rows, where = in_this_order(parent, outer.table), (outer.table.c.org_id == ORG_ID,)
    return (
        select(key, *outer.chosen(columns))
        .select_from(rows)
        .where(*where, outer.columns["id"].in_(ids))
        .order_by(key, *ordering(shape, [outer.columns[name] for name in shape.order.columns]))
    )
