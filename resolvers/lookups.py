"""Who has access to a node, and what a principal has access to: complete, and paged in SQL."""

from abc import abstractmethod
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from auth.access import MEMBER_ID, Access
from auth.levels import Permission, Standing
from auth.pairs import ASSETS, KINDS, PROJECTS, SPACES, levels
from auth.rule import ORG_ID
from auth.scope import Scope
from db import ids
from db.ids import NodeId, parse_id
from db.models import PRINCIPAL, PROJECT
from db.queries import Amount, AnySelect, amount, parent_table
from db.stream import Take
from engine.edge import Columns, Key, Row
from engine.page import Orders, Page, Shape
from resolvers import projects, spaces
from resolvers.context import Reading
from resolvers.crowd import BY_ID, BY_NAME, Crowd, find_places, load_crowd
from resolvers.holders import number_of_holders, rows_of_holders
from resolvers.listing import LIMIT, Listing, between, ordering
from resolvers.pagination import Listed
from resolvers.reachable import Everywhere, load_everywhere

OF_TYPES = {ids.SPACE: SPACES, ids.PROJECT: PROJECTS, ids.ASSET: ASSETS}
NOBODY: Sequence[Key] = [(0,)]
UNDER = "under"  # the filter of what lies in a space or a project


class HolderRow(NamedTuple):
    """A member who has access to a node."""

    member_id: int
    level: int


class AccessibleRow(NamedTuple):
    """A space or project that a principal has access to."""

    kind: str
    node_id: int
    level: int


HOLDER_ORDERS: Orders = {
    "NAME": {"sort": str, "member_id": int},
    "LEVEL": {"level": int, "member_id": int},
}
ACCESSIBLE_ORDERS: Orders = {"NODE": {"number": int, "node_id": int}}


class Lookup(Listed):
    """A list made of `auth.pairs`, which is numbered for each parent and then cut."""

    @abstractmethod
    def listing(self, access: Access, parent: FromClause, filters: Sequence[str]) -> Listing:
        """Return the listing of all parents' rows."""

    def page(self, access: Access, shape: Shape, columns: Columns) -> AnySelect:
        """Return the statement for a page of each parent."""
        parent = parent_table(access.dialect, self.parent, access.parents)
        listing, filters = self._listing(access, parent, shape.filters)
        shape = shape._replace(filters=filters)
        keys = [listing.columns[name] for name in shape.order.columns]
        place = func.row_number().over(partition_by=parent.c[0], order_by=ordering(shape, keys))
        numbered = (
            select(parent.c[0].label("parent"), *listing.chosen(columns), place.label("place"))
            .select_from(listing.source)
            .where(*listing.seen(filters), *between(listing, shape))
            .subquery("numbered")
        )
        kept = [column for column in numbered.c if column.name != "place"]
        within = numbered.c.place <= LIMIT
        return select(*kept).where(within).order_by(numbered.c.parent, numbered.c.place)

    def number(self, access: Access, filters: tuple[str, ...]) -> AnySelect:
        """Return the statement for the number of rows that each parent's list has."""
        parent = parent_table(access.dialect, self.parent, access.parents)
        listing, others = self._listing(access, parent, filters)
        counted = select(parent.c[0], func.count()).select_from(listing.source)
        return counted.where(*listing.seen(others)).group_by(parent.c[0])

    def _listing(
        self, access: Access, parent: FromClause, filters: Sequence[str]
    ) -> tuple[Listing, tuple[str, ...]]:
        others = tuple(name for name in filters if name != UNDER)
        return self.listing(access, parent, filters), others


class Holders(Lookup):
    """Who has access to nodes of one type: their OWNER is told of all, anybody else of itself.

    Of few nodes a statement finds it; for many, all members are judged at once.
    """

    parent = ("id", "level")

    def __init__(self, type_: str) -> None:
        self._type, self._kind = type_, OF_TYPES[type_]

    async def rows(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's page, one row more than its size where there are more."""
        if amount(len(parents)) is not Amount.MANY or page.limit == 0:
            return await super().rows(reading, parents, page, columns)
        crowd = await self._crowd(reading, parents, page)
        return await to_thread(rows_of_holders, (crowd, reading.subject), parents, page, columns)

    async def stream(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns, take: Take
    ) -> None:
        """Give the rows of each parent's page to `take`."""
        if amount(len(parents)) is not Amount.MANY:
            await super().stream(reading, parents, page, columns, take)
        else:
            take(await self.rows(reading, parents, page, columns))

    async def count(
        self, reading: Reading, parents: Sequence[Key], page: Page, _columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's key and the number of rows that its list has."""
        if amount(len(parents)) is not Amount.MANY:
            return await super().count(reading, parents, page, _columns)
        crowd = await self._crowd(reading, parents, page)
        return await to_thread(number_of_holders, (crowd, reading.subject), parents, page)

    async def _crowd(self, reading: Reading, parents: Sequence[Key], page: Page) -> Crowd:
        order = BY_NAME if page.order.name == "NAME" else BY_ID
        places = await find_places(reading, self._type, [id_ for id_, _ in parents])
        return await load_crowd(reading, places, order=order)

    def listing(self, access: Access, parent: FromClause, filters: Sequence[str]) -> Listing:  # noqa: ARG002 - as of all look-ups
        """Return the listing of the members with a level on the parents."""
        found = levels(access.dialect, Scope(assets=(0,)), [self._kind]).subquery("found")
        member = PRINCIPAL.alias("member")
        named = and_(member.c.org_id == ORG_ID, member.c.id == found.c.member_id)
        source = parent.join(found, found.c.node_id == parent.c.id).join(member, named)
        columns = {
            **{name: member.c[name] for name in ("sort", "folded", "key")},
            "member_id": found.c.member_id,
            "level": found.c.level,
        }
        told = or_(parent.c.level == int(Permission.OWNER), member.c.id == MEMBER_ID)
        return Listing(member, source, columns, (told,))

    def _parameters(self, reading: Reading, parents: Sequence[Key], page: Page) -> dict[str, Any]:
        nodes = tuple(id_ for id_, _ in parents)
        scopes = {
            SPACES: Scope(spaces=nodes),
            PROJECTS: Scope(projects=nodes),
            ASSETS: Scope(assets=nodes),
        }
        values = super()._parameters(reading, parents, page)
        return {**values, **scopes[self._kind].parameters(reading.dialect)}


class Accessible(Lookup):
    """What principals of one kind have access to: spaces and projects, which hold the assets.

    Admins are told of anyone, others of themselves, and of anyone under what they own.
    """

    parent = ("id",)

    def __init__(self, *, groups: bool) -> None:
        self._groups = groups

    async def rows(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's page, one row more than its size where there are more."""
        told = await self._at_once(reading, parents, page)
        if not told or page.limit == 0:
            return await super().rows(reading, parents, page, columns)
        return await to_thread((await _everywhere(reading, page)).rows, told, page, columns)

    async def stream(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns, take: Take
    ) -> None:
        """Give the rows of each parent's page to `take`."""
        take(await self.rows(reading, parents, page, columns))

    async def count(
        self, reading: Reading, parents: Sequence[Key], page: Page, _columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's key and the number of rows that its list has."""
        told = await self._at_once(reading, parents, page)
        if not told:
            return await super().count(reading, parents, page, _columns)
        return await to_thread((await _everywhere(reading, page)).numbers, told, page)

    async def _at_once(self, reading: Reading, parents: Sequence[Key], page: Page) -> Sequence[Key]:
        """Return those of whom the viewer is told, if they are many members."""
        if self._groups or amount(len(parents)) is not Amount.MANY:
            return ()
        told = await self.told(reading, parents, page)
        return told if amount(len(told)) is Amount.MANY else ()

    def listing(self, access: Access, parent: FromClause, filters: Sequence[str]) -> Listing:
        """Return the listing of the nodes on which the parents have a level."""
        scope = Scope((), groups=self._groups, everything=UNDER not in filters)
        found = levels(access.dialect, scope, [SPACES, PROJECTS]).subquery("found")
        columns = {
            "kind": case(*((found.c.kind == number, name) for number, name in KINDS.items())),
            "number": found.c.kind,
            "node_id": found.c.node_id,
            "level": found.c.level,
        }
        source = parent.join(found, found.c.member_id == parent.c.id)
        return Listing(found, source, columns, (_lies_under(found),) if UNDER in filters else ())

    async def told(self, reading: Reading, parents: Sequence[Key], page: Page) -> Sequence[Key]:
        """Return those of the parents that the viewer is told of; nobody where there are none."""
        under = _under(reading, page)
        if UNDER in dict(page.filters) and under is None:
            return NOBODY
        if reading.subject.standing is Standing.ADMIN or await _owns(reading, under):
            return parents
        own = None if self._groups else reading.subject.member_id
        return [key for key in parents if key[0] == own] or NOBODY

    def _parameters(self, reading: Reading, parents: Sequence[Key], page: Page) -> dict[str, Any]:
        scope, under = Scope(tuple(id_ for (id_,) in parents)), _under(reading, page)
        others = tuple((name, value) for name, value in page.filters if name != UNDER)
        values = super()._parameters(reading, parents, replace(page, filters=others))
        if under is not None:
            here, in_space = (under.id,), under.type == ids.SPACE
            scope = replace(scope, spaces=here) if in_space else replace(scope, projects=here)
        values[UNDER] = 0 if under is None else under.id
        return {**values, **scope.parameters(reading.dialect)}


def _lies_under(found: Subquery) -> ColumnElement[bool]:
    """Return the condition that a node is the one that the filter names, or is in it."""
    project, under = PROJECT.alias(), bindparam(UNDER, type_=BigInteger())
    lies = (project.c.org_id == ORG_ID, project.c.space_id == under)
    return or_(found.c.node_id == under, found.c.node_id.in_(select(project.c.id).where(*lies)))


def _under(reading: Reading, page: Page) -> NodeId | None:
    """Return the space or project that the filter names; None for nothing of the kind."""
    text = dict(page.filters).get(UNDER)
    node = parse_id(text) if text else None
    known = node is not None and reading.org is not None and node.org_id == reading.org.id
    return node if node and known and node.type in (ids.SPACE, ids.PROJECT) else None


async def _everywhere(reading: Reading, page: Page) -> Everywhere:
    under = _under(reading, page)
    return await load_everywhere(reading, under=None if under is None else under.id)


async def _owns(reading: Reading, node: NodeId | None) -> bool:
    if node is None:
        return False
    by_id = spaces.by_id if node.type == ids.SPACE else projects.by_id
    rows = await by_id.rows(reading, [(node.id,)], None, ("level",))
    return any(level == Permission.OWNER for _, level in rows)


holders_of_space, holders_of_project = Holders(ids.SPACE), Holders(ids.PROJECT)
holders_of_asset = Holders(ids.ASSET)
of_member, of_group = Accessible(groups=False), Accessible(groups=True)
