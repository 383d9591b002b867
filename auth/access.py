"""The permission rule in SQL: fetches rows with their permission and leaves out what is unseen.

It computes what `auth.levels` defines; a test holds the two together. Values are the parameters
`org_id`, `principals` and `now`, so that one statement serves every viewer of its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    SmallInteger,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from auth.levels import Permission, Standing
from auth.subject import Subject
from db.models import GRANT, PROJECT
from db.queries import Amount, AnySelect, amount, in_this_order, numbers, one_of

Number: TypeAlias = ColumnElement[Any]
ORG_ID = bindparam("org_id", type_=BigInteger())
MEMBER_ID = bindparam("member_id", type_=BigInteger())
NOW = bindparam("now", type_=BigInteger())

ZERO: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True)
class Reach:
    """What the subject holds at a space, as SQL; null where it holds nothing.

    `cap` is the highest level granted there, `flow` the highest that propagates, `best` the highest
    granted on one of its projects. A space is seen where one of them isn't null.
    """

    cap: Number
    flow: Number
    best: Number
    table: Subquery | None = None

    def join(self, source: FromClause, space_id: Number, *, outer: bool = False) -> FromClause:
        """Join the reach of each row's space; without `outer` only spaces that are seen remain."""
        if self.table is None:
            return source
        belongs = self.table.c.space_id == space_id
        if outer:
            return source.outerjoin(self.table, belongs)
        return in_this_order(source, self.table, belongs)

    def lead(self, source: FromClause, space_id: Number) -> FromClause:
        """Join each row to its space's reach, which is read first: quick where little is seen."""
        if self.table is None:
            return source
        return in_this_order(self.table, source, self.table.c.space_id == space_id)


@dataclass(frozen=True)
class Access:
    """The rule for one kind of viewer on one database; it holds no viewer's values.

    Where the parents are few, what is held at their spaces is best looked up space by space.
    """

    dialect: str
    admin: bool
    parents: Amount = Amount.MANY

    def about(self, parents: int) -> "Access":
        """Return the rule for statements about so many parents."""
        return _about(self, amount(parents))

    def reach_at(self, spaces: AnySelect) -> Reach:
        """Return the reach at the spaces whose ids are given; at every space if they are many."""
        if self.admin or self.parents is Amount.MANY:
            return self.reach()
        here = spaces.subquery("here")
        space_id = here.c[0]
        return self._reached(lambda held: in_this_order(here, held, held.c.within_id == space_id))

    def reach(self) -> Reach:
        """Return the reach at every space at once, as a table to join."""
        if self.admin:
            owner = literal(int(Permission.OWNER), SmallInteger())
            return Reach(owner, owner, owner)
        return self._reached(lambda grant: grant)

    def _reached(self, source: Callable[[FromClause], FromClause]) -> Reach:
        grant, deleted = GRANT.alias("held"), PROJECT.alias("deleted")
        is_deleted = and_(
            deleted.c.org_id == ORG_ID,
            deleted.c.id == grant.c.project_id,
            deleted.c.deleted_at.is_not(None),
        )
        table = (
            select(grant.c.within_id.label("space_id"), *reach_columns(grant))
            .select_from(source(grant).outerjoin(deleted, is_deleted))
            .where(self._held(grant), grant.c.within_id.is_not(None), deleted.c.id.is_(None))
            .group_by(grant.c.within_id)
            .subquery("reach")
        )
        return Reach(table.c.cap, table.c.flow, table.c.best, table)

    def space_level(self, reach: Reach) -> Number:
        """Return a space's permission (rule 4)."""
        return reach.cap if self.admin else func.coalesce(reach.cap, int(Permission.NONE))

    def project_level(self, project: FromClause, reach: Reach) -> Number:
        """Return a project's permission (rules 5 to 8)."""
        if self.admin:
            return literal(int(Permission.OWNER), SmallInteger())
        return func.coalesce(self._own_level(project, reach.cap), _without_own(project, reach))

    def project_seen(self, project: FromClause, reach: Reach) -> ColumnElement[bool]:
        """Return whether a live project is seen, that is whether its level is above NONE."""
        if self.admin:
            return true()
        somehow = or_(reach.cap.is_not(None), reach.best.is_not(None))
        return or_(
            reach.flow.is_not(None),
            and_(project.c.is_shared, or_(project.c.space_id.is_(None), somehow)),
            project.c.id.in_(self._granted_projects()),
        )

    def _held(self, grant: FromClause) -> ColumnElement[bool]:
        """Return the condition that a grant is the subject's, live and unexpired (3 and 10)."""
        return and_(
            grant.c.org_id == ORG_ID,
            one_of(self.dialect, grant.c.principal_id, "principals"),
            grant.c.ended_at.is_(None),
            or_(grant.c.expires_at.is_(None), grant.c.expires_at > NOW),
        )

    def _granted_projects(self) -> AnySelect:
        grant = GRANT.alias()
        return select(grant.c.project_id).where(self._held(grant), grant.c.project_id.is_not(None))

    def _own_level(self, project: FromClause, cap: Number) -> Number:
        """Return the highest grant on the project itself, lowered by its space; null without one.

        FULL at the space lowers nothing: neither OWNER (rule 6) nor what is no higher than FULL.
        """
        # Without GROUP BY, SQLite 3.40 stops at the first of the principals' grants: its shortcut
        # for a lone max() doesn't go with the scan by which its statistics let it look for IN.
        grant = GRANT.alias()
        ceiling = case((cap < int(Permission.FULL), cap), else_=int(Permission.OWNER))
        level = case((grant.c.level < ceiling, grant.c.level), else_=ceiling)
        own = select(func.max(level)).where(self._held(grant), grant.c.project_id == project.c.id)
        return own.group_by(grant.c.project_id).correlate_except(grant).scalar_subquery()


def reach_columns(grant: FromClause) -> tuple[Number, ...]:
    """Return what is held at a space, of the grants on it and on its live projects."""
    level, on_space = grant.c.level, grant.c.project_id.is_(None)
    return (
        func.max(case((on_space, level))).label("cap"),
        func.max(case((and_(on_space, grant.c.propagate), level))).label("flow"),
        func.max(case((~on_space, level))).label("best"),
    )


@cache
def _about(access: Access, parents: Amount) -> Access:
    return replace(access, parents=parents)


def _without_own(project: FromClause, reach: Reach) -> Number:
    """Return the level of a project that has no grant of its own."""
    share = int(Permission.READ_EXECUTE)
    lower = case((reach.best < share, reach.best), (reach.best.is_not(None), share))
    shared = case((project.c.space_id.is_(None), share), else_=func.coalesce(reach.cap, lower))
    level = case((project.c.is_shared, shared), else_=reach.flow)
    return func.coalesce(level, int(Permission.NONE))


def access_parameters(subject: Subject, dialect: str, now: int) -> Mapping[str, object]:
    """Return the values of the subject for statements built by `Access`; `now` in microseconds."""
    org_id = subject.org.id if subject.org else None
    return {
        "org_id": org_id,
        "member_id": subject.member_id,
        "principals": numbers(dialect, subject.principals),
        "now": now,
    }


def access_of(subject: Subject, dialect: str) -> Access:
    """Return the rule for the subject's kind of viewer."""
    return Access(dialect, subject.standing is Standing.ADMIN)
