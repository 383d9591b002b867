"""The permission rule for many members at once: who has which level on which node.

The same pieces as `auth.access` (`auth.rule`), grouped by member as well. Parameters: `org_id` and
`now`, and those of a scope (`auth.scope`).
"""

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from auth.bearers import Bearers
from auth.levels import Permission
from auth.rule import ORG_ID, Number, in_force, lowered, reached, without_own
from auth.scope import Scope
from auth.subject import MEMBERS
from db.models import ASSET, GRANT, PRINCIPAL, PROJECT, SPACE
from db.queries import AnySelect, among, one_of

SPACES, PROJECTS, ASSETS = 1, 2, 3  # the kinds of node, as the rows tell them
KINDS = {SPACES: "SPACE", PROJECTS: "PROJECT", ASSETS: "ASSET"}


def levels(dialect: str, scope: Scope, kinds: Collection[int] = KINDS) -> CompoundSelect[Any]:
    """Return the rows (member_id, kind, node_id, level) of the scope whose level isn't NONE.

    They are of nodes of the kinds given alone. Scopes of the same form share one statement.
    """
    form = Form(
        dialect, scope.principals is not None, scope.groups, scope.everything, bool(scope.assets)
    )
    return _statement(form, tuple(kinds))


class Form(NamedTuple):
    """What the statement of a scope depends on; the values come as parameters."""

    dialect: str
    of_some: bool
    groups: bool
    everything: bool
    assets: bool


class Held(NamedTuple):
    """The grants of a source, each with the member who bears it, and which are in force."""

    grant: FromClause
    source: FromClause
    member_id: Number
    in_force: ColumnElement[bool]


@cache
def _statement(form: Form, kinds: tuple[int, ...]) -> CompoundSelect[Any]:
    return Levels(form).statement(kinds)


class Levels:
    """Builds the statement of the scopes of one form."""

    def __init__(self, form: Form) -> None:
        self._dialect, self._form = form.dialect, form
        self._bearers = Bearers(form.dialect, form.of_some, form.groups)

    def statement(self, kinds: tuple[int, ...]) -> CompoundSelect[Any]:
        """Return the statement for the kinds of node."""
        parts: list[AnySelect] = []
        if SPACES in kinds:
            parts += [self._spaces(), self._of_admins(SPACE, SPACES)]
        if PROJECTS in kinds:
            parts += self._of_projects()
        if ASSETS in kinds and self._form.assets:
            parts.append(self._assets(union_all(*self._of_projects()).subquery("level")))
        return union_all(*parts)

    def _of_projects(self) -> list[AnySelect]:
        return [self._projects(), self._shared_of_org(), self._of_admins(PROJECT, PROJECTS)]

    def _within(self, space_id: Number) -> ColumnElement[bool]:
        """Return whether a space, or anything in it, is in the scope."""
        if self._form.everything:
            return true()
        named = one_of(self._dialect, space_id, "scope_spaces")
        return or_(named, space_id.in_(self._spaces_of_projects()))

    def _spaces_of_projects(self) -> AnySelect:
        project = PROJECT.alias()
        ways = or_(*self._named(project))
        return select(project.c.space_id).where(project.c.org_id == ORG_ID, ways)

    def _named(self, project: FromClause) -> list[ColumnElement[bool]]:
        named = [one_of(self._dialect, project.c.id, "scope_projects")]
        if self._form.assets:
            named.append(project.c.id.in_(self._projects_of_assets()))
        return named

    def _projects_of_assets(self) -> AnySelect:
        asset = ASSET.alias()
        named = one_of(self._dialect, asset.c.id, "scope_assets")
        return select(asset.c.project_id).where(asset.c.org_id == ORG_ID, named)

    def _chosen(self, node: FromClause) -> ColumnElement[bool]:
        """Return whether a space or a project is in the scope itself."""
        if self._form.everything:
            return true()
        if "space_id" not in node.c:
            return one_of(self._dialect, node.c.id, "scope_spaces")
        project = PROJECT.alias()
        in_space = one_of(self._dialect, project.c.space_id, "scope_spaces")
        beside = and_(project.c.is_shared, project.c.space_id.in_(self._spaces_of_projects()))
        ways = (in_space, beside, *self._named(project))
        found = (select(project.c.id).where(project.c.org_id == ORG_ID, way) for way in ways)
        return among(self._dialect, node.c.id, union_all(*found))

    def _live(self, node: FromClause) -> list[ColumnElement[bool]]:
        live = [node.c.org_id == ORG_ID, node.c.deleted_at.is_(None), self._chosen(node)]
        if "space_id" in node.c:
            space = SPACE.alias()
            gone = (space.c.org_id == ORG_ID, space.c.deleted_at.is_not(None))
            deleted = select(space.c.id).where(*gone)
            live.append(or_(node.c.space_id.is_(None), node.c.space_id.not_in(deleted)))
        return live

    def _held(self) -> Held:
        """Return what everybody bears, of grants in force."""
        grant, bearer = GRANT.alias("held"), self._bearers.principals()
        source = bearer.join(grant, grant.c.principal_id == bearer.c.principal_id)
        return Held(grant, source, bearer.c.member_id, in_force(grant))

    def _reach(self) -> Any:
        held = self._held()
        conditions = (held.in_force, self._within(held.grant.c.within_id))
        return reached(held.grant, held.source, *conditions, holder=held.member_id)

    def _own(self) -> Subquery:
        """Return each member's highest grant on each project."""
        held = self._held()
        grant = held.grant
        within = or_(grant.c.within_id.is_(None), self._within(grant.c.within_id))
        return (
            select(held.member_id, grant.c.project_id, func.max(grant.c.level).label("level"))
            .select_from(held.source)
            .where(held.in_force, grant.c.project_id.is_not(None), within)
            .group_by(held.member_id, grant.c.project_id)
            .subquery("own")
        )

    def _spaces(self) -> AnySelect:
        space, reach = SPACE.alias("space"), self._reach()
        return (
            _row(reach.table.c.member_id, SPACES, space, reach.cap)
            .select_from(space.join(reach.table, reach.table.c.space_id == space.c.id))
            .where(*self._live(space), reach.cap.is_not(None))
        )

    def _projects(self) -> AnySelect:
        project, reach, own = PROJECT.alias("project"), self._reach(), self._own()
        same = and_(own.c.project_id == project.c.id, own.c.member_id == reach.table.c.member_id)
        source = project.join(reach.table, reach.table.c.space_id == project.c.space_id)
        own_level = (own.c.level.is_not(None), lowered(own.c.level, reach.cap))
        level = case(own_level, else_=without_own(project, reach))
        return (
            _row(reach.table.c.member_id, PROJECTS, project, level)
            .select_from(source.outerjoin(own, same))
            .where(*self._live(project), level > int(Permission.NONE))
        )

    def _shared_of_org(self) -> AnySelect:
        project, own = PROJECT.alias("project"), self._own()
        member = self._everybody()
        same = and_(own.c.project_id == project.c.id, own.c.member_id == member.c.member_id)
        level = func.coalesce(own.c.level, self._by_default(member.c.member_id))
        return (
            _row(member.c.member_id, PROJECTS, project, level)
            .select_from(project.join(member, true()).outerjoin(own, same))
            .where(*self._live(project), project.c.space_id.is_(None), level > 0)
        )

    def _everybody(self) -> Subquery:
        return self._bearers.of_standing(admin=False)

    def _by_default(self, member_id: Number) -> Number:
        """Return what an active member has on the Org's shared project without a grant (rule 8)."""
        share = literal(int(Permission.READ_EXECUTE))
        if not self._form.groups:
            return share
        group = PRINCIPAL.alias()
        members = (group.c.org_id == ORG_ID, group.c.kind == "GROUP", group.c.key == MEMBERS)
        return case((member_id.in_(select(group.c.id).where(*members)), share), else_=0)

    def _of_admins(self, table: FromClause, kind: int) -> AnySelect:
        node, member = table.alias("node"), self._bearers.of_standing(admin=True)
        owner = literal(int(Permission.OWNER))
        # Where there are no admins nothing is read: not even the nodes, which may be a million.
        some = select(self._bearers.of_standing(admin=True).c.member_id).exists()
        return (
            _row(member.c.member_id, kind, node, owner)
            .select_from(node.join(member, true()))
            .where(*self._live(node), some)
        )

    def _assets(self, level: Subquery) -> AnySelect:
        asset = ASSET.alias("asset")
        lies = and_(level.c.node_id == asset.c.project_id, level.c.kind == PROJECTS)
        named = one_of(self._dialect, asset.c.id, "scope_assets")
        return (
            _row(level.c.member_id, ASSETS, asset, level.c.level)
            .select_from(asset.join(level, lies))
            .where(asset.c.org_id == ORG_ID, asset.c.deleted_at.is_(None), named)
        )


def _row(member_id: Number, kind: int, node: FromClause, level: Number) -> AnySelect:
    return select(
        member_id.label("member_id"),
        literal(kind).label("kind"),
        node.c.id.label("node_id"),
        level.label("level"),
    )
