"""What a change does to permissions: everyone's levels before it and after it, compared.

The levels lie in temporary tables, so that as many pairs as an Org has can be compared, and they
are compared once, whatever is then told of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    MetaData,
    SmallInteger,
    Subquery,
    Table,
    and_,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable, DropTable

from auth.levels import Permission, Standing
from auth.pairs import ASSETS, KINDS, PROJECTS, levels
from auth.rule import ORG_ID
from auth.scope import Scope, merged
from auth.subject import Subject
from db.models import ASSET, PRINCIPAL
from db.queries import AnySelect

FIRST = 100  # pairs that are told one by one
TEMPORARY = MetaData()


def _table(name: str) -> Table:
    keys = (Column(key, BigInteger()) for key in ("member_id", "kind", "node_id"))
    levels_of = (Column(key, SmallInteger()) for key in ("before", "after"))
    return Table(name, TEMPORARY, *keys, *levels_of, prefixes=["TEMPORARY"])


# A pair that several scopes name lies in SEEN as often, and once in DIFFERING.
# OWNED has the asker's own levels, where it isn't told of everyone's by its role.
SEEN, DIFFERING, OWNED = map(_table, ("level_seen", "level_differing", "level_owned"))


class Count(NamedTuple):
    """How many (member, node) pairs go from one level to another."""

    kind: str
    before: Permission
    after: Permission
    pairs: int


class Pair(NamedTuple):
    """One member's level on one node, before and after."""

    member_id: int
    kind: str
    node_id: int
    before: Permission
    after: Permission


class Difference(NamedTuple):
    """What differs: counted by kind and level, and the first pairs by the member's name.

    Of what the asker doesn't own its own level alone is told and counted; `redacted` says whether
    there is more.
    """

    counts: tuple[Count, ...]
    first: tuple[Pair, ...]
    redacted: bool


class Effects:
    """Compares levels before and after changes in one transaction, which is to be undone."""

    def __init__(self, connection: AsyncConnection, subject: Subject, *, now: int) -> None:
        self._connection, self._dialect = connection, connection.dialect.name
        self._parameters = {"org_id": subject.org.id if subject.org else None, "now": now}
        self._asker, self._told_all = subject.member_id, subject.standing is Standing.ADMIN
        self._watched: list[Scope] = []

    async def watch(self, scopes: Iterable[Scope]) -> None:
        """Keep the levels of the scopes as they are before the changes; must be called once."""
        self._watched = merged(scopes)
        for table in (SEEN, OWNED):
            await self._connection.execute(CreateTable(table))
        await self._see("before")

    async def difference(self) -> Difference:
        """Return how the levels of the scopes that were watched differ now."""
        await self._see("after")
        await self._connection.execute(CreateTable(DIFFERING))
        await self._connection.execute(_compared())
        counts, first = await self._counts(), await self._first()
        redacted = not self._told_all and bool(await self._connection.scalar(self._untold()))
        for table in (SEEN, OWNED, DIFFERING):
            await self._connection.execute(DropTable(table))
        return Difference(counts, first, redacted)

    async def _see(self, when: str) -> None:
        await self._fill(SEEN, self._watched, when)
        if not self._told_all and self._asker is not None:
            mine = (replace(one, principals=(self._asker,), groups=False) for one in self._watched)
            await self._fill(OWNED, merged(mine), when)

    async def _fill(self, table: Table, scopes: Iterable[Scope], when: str) -> None:
        for scope in scopes:
            inserted = _inserted(table, levels(self._dialect, scope), when)
            values = {**self._parameters, **scope.parameters(self._dialect)}
            await self._connection.execute(inserted, values)

    async def _counts(self) -> tuple[Count, ...]:
        totals: dict[tuple[int, int, int], int] = {}
        for statement in map(self._told, _counted()):
            for kind, before, after, number in await self._rows(statement):
                totals[kind, before, after] = totals.get((kind, before, after), 0) + int(number)
        return tuple(
            Count(KINDS[kind], Permission(before), Permission(after), number)
            for (kind, before, after), number in sorted(totals.items())
        )

    async def _first(self) -> tuple[Pair, ...]:
        return tuple(
            Pair(member_id, KINDS[kind], node_id, Permission(before), Permission(after))
            for member_id, kind, node_id, before, after in await self._rows(self._told(_listed()))
        )

    def _told(self, statement: AnySelect) -> AnySelect:
        return statement if self._told_all else statement.where(_is_told(self._asker))

    def _untold(self) -> AnySelect:
        untold = select(DIFFERING.c.node_id).where(not_(_is_told(self._asker)))
        return select(untold.exists())

    async def _rows(self, statement: AnySelect) -> Sequence[Any]:
        rows: Sequence[Any] = (await self._connection.execute(statement, self._parameters)).all()
        return rows


@cache
def _compared() -> Any:
    """Insert the pairs whose level isn't what it was; NONE where there is no row."""
    none = literal(int(Permission.NONE))
    key = (SEEN.c.member_id, SEEN.c.kind, SEEN.c.node_id)
    before, after = (
        func.coalesce(func.max(level), none) for level in (SEEN.c.before, SEEN.c.after)
    )
    differing = select(*key, before, after).group_by(*key).having(before != after)
    return insert(DIFFERING).from_select(list(DIFFERING.c), differing)


def _assets_of_projects() -> Subquery:
    """Return the number of live assets of each project among the pairs."""
    projects = select(DIFFERING.c.node_id).where(DIFFERING.c.kind == PROJECTS)
    live = (ASSET.c.org_id == ORG_ID, ASSET.c.deleted_at.is_(None))
    return (
        select(ASSET.c.project_id, func.count().label("number"))
        .where(*live, ASSET.c.project_id.in_(projects))
        .group_by(ASSET.c.project_id)
        .subquery("assets")
    )


@cache
def _counted() -> tuple[AnySelect, ...]:
    """Count the pairs by their kind and levels, and the assets that go with projects."""
    pairs, assets = DIFFERING, _assets_of_projects()
    kinds = (pairs.c.kind, pairs.c.before, pairs.c.after)
    through = (
        select(literal(ASSETS), pairs.c.before, pairs.c.after, func.sum(assets.c.number))
        .select_from(pairs.join(assets, assets.c.project_id == pairs.c.node_id))
        .where(pairs.c.kind == PROJECTS)
        .group_by(pairs.c.before, pairs.c.after)
    )
    return select(*kinds, func.count()).group_by(*kinds), through


@cache
def _listed() -> AnySelect:
    """Select the first of the pairs, by the member's name."""
    pairs, member = DIFFERING, PRINCIPAL.alias("member")
    named = and_(member.c.org_id == ORG_ID, member.c.id == pairs.c.member_id)
    return (
        select(pairs)
        .select_from(pairs.join(member, named))
        .order_by(member.c.sort, member.c.id, pairs.c.kind, pairs.c.node_id)
        .limit(FIRST)
    )


def _is_told(asker: int | None) -> ColumnElement[bool]:
    """Return whether a pair is of the asker itself, or of a node that it owns or would own."""
    same = (OWNED.c.kind == DIFFERING.c.kind, OWNED.c.node_id == DIFFERING.c.node_id)
    level = func.coalesce(OWNED.c.before, OWNED.c.after)
    owned = select(OWNED.c.node_id).where(*same, level == int(Permission.OWNER))
    return or_(DIFFERING.c.member_id == asker, owned.exists())


@cache
def _inserted(table: Table, found: CompoundSelect[Any], when: str) -> Any:
    rows = select(found.subquery("found"))
    return insert(table).from_select(["member_id", "kind", "node_id", when], rows)
