"""The permission rule in SQL: fetches rows with their permission and leaves out what is unseen.

It computes what `auth.levels` defines; a test holds the two together. Values are the parameters
`org_id`, `principals` and `now`, so that one statement serves every viewer of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    SmallInteger,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from auth.levels import Permission, Standing
from auth.rule import NOW, ORG_ID, Number, Reach, in_force, lowered, reached, without_own
from auth.subject import Subject
from db.models import GRANT, SPACE
from db.queries import POSTGRESQL, Amount, AnySelect, amount, in_this_order, numbers, one_of

__all__ = ["MEMBER_ID", "NOW", "ORG_ID", "Access", "Reach", "access_of", "access_parameters"]

MEMBER_ID = bindparam("member_id", type_=BigInteger())


@dataclass(frozen=True, eq=False)
class Access:
    """The rule for one kind of viewer on one database; it holds no viewer's values.

    Where the parents are few, what is held at their spaces is best looked up space by space; so it
    is where only the spaces `near` count, a table of their ids. Unless what is `provided` holds,
    nothing is found to be held. In a walk the reach is in a table, `found` before.

    There is one rule of each kind, so that statements are quickly found by it.
    """

    dialect: str
    admin: bool
    parents: Amount = Amount.MANY
    near: FromClause | None = None
    provided: ColumnElement[bool] | None = None
    found: FromClause | None = None

    def about(self, parents: int) -> "Access":
        """Return the rule for statements about so many parents."""
        return _about(self, amount(parents))

    def walking(self) -> "Access":
        """Return the rule for a walk through the spaces, which joins the reach at its end.

        It is for SQLite, which keeps an order only up to a table of which it has no index. What is
        seen of a space must be told before.
        """
        if self.admin or self.dialect == POSTGRESQL:
            return self
        reach = self.reach()
        space, source = reach.lead(SPACE, self.dialect)
        columns = (space.c.id.label("space_id"), reach.cap, reach.flow, reach.best, space.c.sort)
        found = select(*columns).select_from(source).where(space.c.org_id == ORG_ID)
        return replace(self, found=found.cte())

    def reach_at(self, spaces: AnySelect) -> Reach:
        """Return the reach at the spaces whose ids are given; at every space if they are many."""
        if self.admin or self.parents is Amount.MANY:
            return self.reach()
        return self._reach_at(spaces.subquery("here"))

    def reach(self) -> Reach:
        """Return the reach at every space at once, as a table to join."""
        if self.admin:
            owner = literal(int(Permission.OWNER), SmallInteger())
            return Reach(owner, owner, owner)
        if self.found is not None:
            return Reach(self.found.c.cap, self.found.c.flow, self.found.c.best, self.found)
        if self.near is not None:
            of_postgresql = self.dialect == POSTGRESQL
            return self._looked_up(self.near) if of_postgresql else self._reach_at(self.near)
        grant = GRANT.alias("held")
        return reached(grant, grant, self._held(grant))

    def _reach_at(self, here: FromClause) -> Reach:
        grant = GRANT.alias("held")
        source = in_this_order(here, grant, here.c[0] == grant.c.within_id)
        return reached(grant, source, self._held(grant))

    def _looked_up(self, here: FromClause) -> Reach:
        """Return the same where PostgreSQL, which can't tell how few they are, would gather all."""
        held = select(GRANT).where(self._held(GRANT), GRANT.c.within_id == here.c[0])
        grant = held.offset(literal_column("0")).lateral("held")
        return reached(grant, here.join(grant, true()))

    def holds_more_than(self, number: Number) -> ColumnElement[bool]:
        """Return whether the subject holds more grants in spaces; no more than those are read."""
        grant = GRANT.alias("held")
        held = select(grant.c.level).where(self._held(grant), grant.c.within_id.is_not(None))
        some = held.limit(number + literal_column("1")).subquery("some")
        return select(func.count()).select_from(some).scalar_subquery() > number

    def reach_of(self, spaces: FromClause) -> Reach:
        """Return the reach that a table of spaces bears; an admin's needn't."""
        if self.admin:
            return self.reach()
        return Reach(spaces.c.cap, spaces.c.flow, spaces.c.best)

    def reach_in(self, space_id: Number) -> Reach:
        """Return what is held at a row's space, `best` aside, looked up for each: for few rows."""
        if self.admin:
            return self.reach()
        grant = GRANT.alias()
        held = (self._held(grant), grant.c.space_id == space_id)
        highest = select(func.max(grant.c.level)).group_by(grant.c.space_id)
        cap, flow = (
            highest.where(*held, *more).correlate_except(grant).scalar_subquery()
            for more in ((), (grant.c.propagate,))
        )
        return Reach(cap, flow, null())

    def space_level(self, reach: Reach) -> Number:
        """Return a space's permission (rule 4)."""
        return reach.cap if self.admin else func.coalesce(reach.cap, int(Permission.NONE))

    def project_level(self, project: FromClause, reach: Reach) -> Number:
        """Return a project's permission (rules 5 to 8)."""
        if self.admin:
            return literal(int(Permission.OWNER), SmallInteger())
        return func.coalesce(self._own_level(project, reach.cap), without_own(project, reach))

    def project_seen(self, project: FromClause, reach: Reach) -> ColumnElement[bool]:
        """Return whether a live project is seen, that is whether its level is above NONE."""
        if self.admin:
            return true()
        flows, is_seen = self._of_its_space(project, reach)
        return or_(
            flows,
            and_(project.c.is_shared, or_(project.c.space_id.is_(None), is_seen)),
            self._own_level(project, null()).is_not(None)
            if self.near is not None
            else project.c.id.in_(self.granted_projects()),
        )

    def _of_its_space(
        self, project: FromClause, reach: Reach
    ) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return whether a level flows down from a project's space, and whether that is seen."""
        if self.found is None:
            return reach.flow.is_not(None), or_(reach.cap.is_not(None), reach.best.is_not(None))
        flowing = select(self.found.c.space_id).where(self.found.c.flow.is_not(None))
        return project.c.space_id.in_(flowing), true()

    def _held(self, grant: FromClause) -> ColumnElement[bool]:
        """Return the condition that a grant is in force and the subject's."""
        ours = one_of(self.dialect, grant.c.principal_id, "principals", self.provided)
        return and_(in_force(grant), ours)

    def granted_projects(self) -> AnySelect:
        """Return the ids of the projects on which the subject holds a grant."""
        grant = GRANT.alias()
        return select(grant.c.project_id).where(self._held(grant), grant.c.project_id.is_not(None))

    def _own_level(self, project: FromClause, cap: Number) -> Number:
        """Return the highest grant on the project itself as its space leaves it; null without."""
        # Without GROUP BY, SQLite 3.40 stops at the first of the principals' grants: its shortcut
        # for a lone max() doesn't go with the scan by which its statistics let it look for IN.
        grant = GRANT.alias()
        level = func.max(lowered(grant.c.level, cap))
        own = select(level).where(self._held(grant), grant.c.project_id == project.c.id)
        return own.group_by(grant.c.project_id).correlate_except(grant).scalar_subquery()


@cache
def _about(access: Access, parents: Amount) -> Access:
    return replace(access, parents=parents)


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
    return _access(dialect, subject.standing is Standing.ADMIN)


@cache
def _access(dialect: str, admin: bool) -> Access:
    return Access(dialect, admin)
