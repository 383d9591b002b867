"""The pieces of the permission rule in SQL: what `auth.levels` defines, over columns.

They hold nobody's values; `auth.access` puts them together for one viewer, `auth.pairs` for many
members at once. The parameters are `org_id` and `now` (microseconds).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from auth.levels import Permission
from db.models import PROJECT
from db.queries import POSTGRESQL, in_this_order

Number: TypeAlias = ColumnElement[Any]
ORG_ID = bindparam("org_id", type_=BigInteger())
NOW = bindparam("now", type_=BigInteger())


@dataclass(frozen=True)
class Reach:
    """What is held at a space, as SQL; null where nothing is.

    `cap` is the highest level granted there, `flow` the highest that propagates, `best` the highest
    granted on one of its projects. A space is seen where one of them isn't null.
    """

    cap: Number
    flow: Number
    best: Number
    table: FromClause | None = None

    def join(self, source: FromClause, space_id: Number, *, outer: bool = False) -> FromClause:
        """Join the reach of each row's space; without `outer` only spaces that are seen remain."""
        if self.table is None:
            return source
        belongs = self.table.c.space_id == space_id
        if outer:
            return source.outerjoin(self.table, belongs)
        return in_this_order(source, self.table, belongs)

    def lead(self, spaces: FromClause, dialect: str) -> tuple[FromClause, FromClause]:
        """Return a table of the spaces, and its join with the reach, which is read first.

        Each space is looked up, which is quick where little is seen. PostgreSQL, whose plan must do
        for everybody, would rather read all spaces.
        """
        space = spaces.alias("space")
        if self.table is None:
            return space, space
        if dialect != POSTGRESQL:
            return space, in_this_order(self.table, space, self.table.c.space_id == space.c.id)
        found = select(space).where(space.c.org_id == ORG_ID, space.c.id == self.table.c.space_id)
        one = found.offset(literal_column("0")).lateral("space")
        return one, self.table.join(one, true())


def in_force(grant: FromClause) -> ColumnElement[bool]:
    """Return the condition that a grant is live and unexpired (rules 3 and 10)."""
    unexpired = or_(grant.c.expires_at.is_(None), grant.c.expires_at > NOW)
    return and_(grant.c.org_id == ORG_ID, grant.c.ended_at.is_(None), unexpired)


def reached(
    grant: FromClause, source: FromClause, *where: ColumnElement[bool], holder: Number | None = None
) -> Reach:
    """Return the reach at each space by the grants in `source` that meet the conditions.

    With `holder`, of each holder by itself, which the table then has as `member_id`.
    """
    deleted = PROJECT.alias("deleted")
    same = (deleted.c.org_id == ORG_ID, deleted.c.id == grant.c.project_id)
    is_deleted = and_(*same, deleted.c.deleted_at.is_not(None))
    # As an expression: SQLite would read all of the Org's grants by their index on spaces, as that
    # spares it the sorting, in place of what is held.
    space_id = grant.c.within_id + literal_column("0")
    keys = [space_id.label("space_id")]
    if holder is not None:
        keys.append(holder.label("member_id"))
    table = (
        select(*keys, *_levels(grant))
        .select_from(source.outerjoin(deleted, is_deleted))
        .where(*where, grant.c.within_id.is_not(None), deleted.c.id.is_(None))
        .group_by(*(key.element for key in keys))
        .subquery("reach")
    )
    return Reach(table.c.cap, table.c.flow, table.c.best, table)


def _levels(grant: FromClause) -> tuple[Number, ...]:
    level, on_space = grant.c.level, grant.c.project_id.is_(None)
    return (
        func.max(case((on_space, level))).label("cap"),
        func.max(case((and_(on_space, grant.c.propagate), level))).label("flow"),
        func.max(case((~on_space, level))).label("best"),
    )


def lowered(own: Number, cap: Number) -> Number:
    """Return a project's own level as its space leaves it (rules 5 and 6).

    FULL at the space lowers nothing: neither OWNER nor what is no higher than FULL.
    """
    ceiling = case((cap < int(Permission.FULL), cap), else_=int(Permission.OWNER))
    return case((own < ceiling, own), else_=ceiling)


def without_own(project: FromClause, reach: Reach) -> Number:
    """Return the level of a project that has no grant of its own (rules 5, 7 and 8)."""
    share = int(Permission.READ_EXECUTE)
    lower = case((reach.best < share, reach.best), (reach.best.is_not(None), share))
    shared = case((project.c.space_id.is_(None), share), else_=func.coalesce(reach.cap, lower))
    level = case((project.c.is_shared, shared), else_=reach.flow)
    return func.coalesce(level, int(Permission.NONE))
