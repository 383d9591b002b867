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
    null,
    or_,
    select,
    true,
    union_all,
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
Only: TypeAlias = Callable[[FromClause], tuple[ColumnElement[bool], ...]]
HELD: Mapping[str, Only] = {"cap": lambda _: (), "flow": lambda grant: (grant.c.propagate,)}


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
        # OFFSET keeps both databases from computing a column wherever it is named.
        space = spaces.subquery("here")
        space_id = space.c[0].label("space_id")
        levels = [self._held_at(space_id, only).label(name) for name, only in HELD.items()]
        held = select(space_id, *levels).offset(ZERO).subquery("held")
        # It matters only where there is no cap: by a cap the space is seen, and its shared project.
        best = case((held.c.cap.is_(None), self._best_at(held.c.space_id))).label("best")
        reach = select(held, best).offset(ZERO).subquery()
        seen = or_(reach.c.cap.is_not(None), reach.c.best.is_not(None))
        table = select(reach).where(seen).subquery("reach")
        return Reach(table.c.cap, table.c.flow, table.c.best, table)

    def reach(self) -> Reach:
        """Return the reach at every space at once, as a table to join."""
        if self.admin:
            owner = literal(int(Permission.OWNER), SmallInteger())
            return Reach(owner, owner, owner)
        facts = union_all(self._space_grants(), self._project_grants()).subquery("fact")
        table = (
            select(
                facts.c.space_id,
                func.max(facts.c.cap).label("cap"),
                func.max(facts.c.flow).label("flow"),
                func.max(facts.c.best).label("best"),
            )
            .group_by(facts.c.space_id)
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

    def _space_grants(self) -> AnySelect:
        grant = GRANT.alias()
        flow = case((grant.c.propagate, grant.c.level)).label("flow")
        columns = (grant.c.space_id, grant.c.level.label("cap"), flow, null().label("best"))
        return select(*columns).where(self._held(grant), grant.c.space_id.is_not(None))

    def _project_grants(self) -> AnySelect:
        # Its space is looked up for each grant: joined, PostgreSQL reads all of the Org's projects.
        grant, project = GRANT.alias(), PROJECT.alias()
        lies = (project.c.org_id == ORG_ID, project.c.id == grant.c.project_id)
        space_id = select(project.c.space_id).where(*lies, project.c.deleted_at.is_(None))
        return select(space_id.scalar_subquery(), null(), null(), grant.c.level).where(
            self._held(grant), grant.c.project_id.is_not(None)
        )

    def _held_at(self, space_id: Number, only: Only) -> Number:
        grant = GRANT.alias()
        here = (self._held(grant), grant.c.space_id == space_id, *only(grant))
        found = select(func.max(grant.c.level)).where(*here).group_by(grant.c.space_id)
        return found.correlate_except(grant).scalar_subquery()

    def _best_at(self, space_id: Number) -> Number:
        grant, project = GRANT.alias(), PROJECT.alias()
        lies = (project.c.org_id == ORG_ID, project.c.space_id == space_id)
        granted = and_(self._held(grant), grant.c.project_id == project.c.id)
        found = select(func.max(grant.c.level)).select_from(in_this_order(project, grant, granted))
        live = found.where(*lies, project.c.deleted_at.is_(None)).group_by(project.c.space_id)
        return live.correlate_except(grant, project).scalar_subquery()

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
