"""What a change does to permissions: everyone's levels before it and after it, compared.

The levels lie in temporary tables, so that as many pairs as an Org has can be compared.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    CompoundSelect,
    MetaData,
    Select,
    SmallInteger,
    Subquery,
    Table,
    and_,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable, DropTable

from auth.levels import Permission
from auth.pairs import ASSETS, KINDS, PROJECTS, Scope, levels
from auth.rule import ORG_ID
from auth.subject import Subject
from db.models import ASSET, PRINCIPAL
from db.queries import UPSERT

FIRST = 100  # pairs that are told one by one
TEMPORARY = MetaData()


def _table(name: str) -> Table:
    keys = (Column(key, BigInteger(), primary_key=True) for key in ("member_id", "kind", "node_id"))
    level = Column("level", SmallInteger(), nullable=False)
    return Table(name, TEMPORARY, *keys, level, prefixes=["TEMPORARY"])


BEFORE, AFTER = _table("level_before"), _table("level_after")


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
    """All that differs: counted by kind and level, and the first pairs by the member's name."""

    counts: tuple[Count, ...]
    first: tuple[Pair, ...]


class Effects:
    """Watches scopes while changes are made in one transaction, which is to be undone."""

    def __init__(self, connection: AsyncConnection, subject: Subject, *, now: int) -> None:
        self._connection, self._dialect = connection, connection.dialect.name
        self._parameters = {"org_id": subject.org.id if subject.org else None, "now": now}
        self._watched: list[Scope] = []

    async def watch(self, scope: Scope) -> None:
        """Keep the levels of a scope as they are before the change; must be called before it is."""
        if not self._watched:
            await self._connection.execute(CreateTable(BEFORE))
        new = self._unwatched(scope)
        await self._fill(BEFORE, new)
        self._watched.append(new)

    async def difference(self) -> Difference:
        """Return how the levels of the scopes that were watched differ now."""
        if not self._watched:
            return Difference((), ())
        await self._connection.execute(CreateTable(AFTER))
        for scope in self._watched:
            await self._fill(AFTER, scope)
        counts, first = await self._counts(), await self._first()
        for table in (BEFORE, AFTER):
            await self._connection.execute(DropTable(table))
        return Difference(counts, first)

    def _unwatched(self, scope: Scope) -> Scope:
        """Return what isn't watched yet: its levels may not be those before the change any more."""
        same = [one for one in self._watched if one.principals == scope.principals]
        return replace(
            scope,
            spaces=_without(scope.spaces, [one.spaces for one in same]),
            projects=_without(scope.projects, [one.projects for one in same]),
            assets=_without(scope.assets, [one.assets for one in same]),
            everything=scope.everything and not any(one.everything for one in same),
        )

    async def _fill(self, table: Table, scope: Scope) -> None:
        found = levels(self._dialect, scope).subquery("found")
        # SQLite takes ON CONFLICT after a SELECT for part of a join, but not behind a WHERE.
        rows = select(found).where(literal(1) == 1)
        names = [column.name for column in table.c]
        inserted = UPSERT[self._dialect](table).from_select(names, rows).on_conflict_do_nothing()
        values = {**self._parameters, **scope.parameters(self._dialect)}
        await self._connection.execute(inserted, values)

    async def _counts(self) -> tuple[Count, ...]:
        pairs, assets = _differing(), _assets_of(_differing())
        kinds = (pairs.c.kind, pairs.c.before, pairs.c.after)
        single = select(*kinds, func.count()).group_by(*kinds)
        through = (
            select(literal(ASSETS), pairs.c.before, pairs.c.after, func.sum(assets.c.number))
            .select_from(pairs.join(assets, assets.c.project_id == pairs.c.node_id))
            .where(pairs.c.kind == PROJECTS)
            .group_by(pairs.c.before, pairs.c.after)
        )
        rows = [*await self._rows(single), *await self._rows(through)]
        totals: dict[tuple[int, int, int], int] = {}
        for kind, before, after, number in rows:
            totals[kind, before, after] = totals.get((kind, before, after), 0) + int(number)
        return tuple(
            Count(KINDS[kind], Permission(before), Permission(after), number)
            for (kind, before, after), number in sorted(totals.items())
        )

    async def _first(self) -> tuple[Pair, ...]:
        pairs, member = _differing(), PRINCIPAL.alias("member")
        named = and_(member.c.org_id == ORG_ID, member.c.id == pairs.c.member_id)
        found = (
            select(pairs)
            .select_from(pairs.join(member, named))
            .order_by(member.c.sort, member.c.id, pairs.c.kind, pairs.c.node_id)
            .limit(FIRST)
        )
        return tuple(
            Pair(member_id, KINDS[kind], node_id, Permission(before), Permission(after))
            for member_id, kind, node_id, before, after in await self._rows(found)
        )

    async def _rows(self, statement: Select[Any]) -> Sequence[Any]:
        rows: Sequence[Any] = (await self._connection.execute(statement, self._parameters)).all()
        return rows


def _without(ids: tuple[int, ...], watched: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(id_ for id_ in ids if not any(id_ in some for some in watched))


def _differing() -> Subquery:
    """Return the pairs whose level isn't what it was; NONE where there is no row."""
    none = literal(int(Permission.NONE))
    both: CompoundSelect[Any] = union_all(
        select(*_key(BEFORE), BEFORE.c.level.label("before"), none.label("after")),
        select(*_key(AFTER), none, AFTER.c.level),
    )
    either = both.subquery("either")
    before, after = func.max(either.c.before), func.max(either.c.after)
    return (
        select(*_key(either), before.label("before"), after.label("after"))
        .group_by(*_key(either))
        .having(before != after)
        .subquery("differing")
    )


def _key(table: Any) -> tuple[Any, ...]:
    return table.c.member_id, table.c.kind, table.c.node_id


def _assets_of(pairs: Subquery) -> Subquery:
    """Return the number of live assets of each project among the pairs."""
    projects = select(pairs.c.node_id).where(pairs.c.kind == PROJECTS)
    live = (ASSET.c.org_id == ORG_ID, ASSET.c.deleted_at.is_(None))
    return (
        select(ASSET.c.project_id, func.count().label("number"))
        .where(*live, ASSET.c.project_id.in_(projects))
        .group_by(ASSET.c.project_id)
        .subquery("assets")
    )
