"""Grants as a node's dialog lists them: those on it, and those that reach it from elsewhere."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from auth.access import Access
from auth.levels import Permission
from auth.rule import ORG_ID, in_force
from db.models import GRANT, PRINCIPAL, PROJECT
from db.queries import among, one_of
from engine.page import Orders
from resolvers.listing import Expression, Listing
from resolvers.pagination import Paged


class GrantRow(NamedTuple):
    """A grant's columns; `from_id` is the space or project that it is on, as `from_kind` tells."""

    org_id: int
    id: int
    principal_kind: str
    principal_id: int
    level: int
    propagate: bool
    inherited: bool
    from_kind: str
    from_id: int
    expires_at: int | None
    began_at: int


ORDERS: Orders = {
    "NAME": {"sort": str, "id": int},
    "LEVEL": {"level": int, "id": int},
    "CREATED_AT": {"began_at": int, "id": int},
}
COLUMNS = ("org_id", "id", "principal_id", "level", "propagate", "expires_at", "began_at")


def _listing(
    access: Access, parent: FromClause, grant: FromClause, *where: ColumnElement[bool]
) -> Listing:
    """Return the listing of the grants that meet the conditions.

    Whoever owns the node is told of all of them, anybody else of those that they hold themselves.
    """
    owned = parent.c.level == int(Permission.OWNER)
    own = one_of(access.dialect, grant.c.principal_id, "principals")
    of_project = grant.c.project_id.is_not(None)
    columns: dict[str, Expression] = {
        **{name: grant.c[name] for name in COLUMNS},
        **{name: _of_principal(grant, name) for name in ("sort", "folded")},
        "principal_kind": _of_principal(grant, "kind"),
        "from_kind": case((of_project, "PROJECT"), else_="SPACE"),
        "from_id": case((of_project, grant.c.project_id), else_=grant.c.space_id),
    }
    return Listing(grant, grant, columns, (in_force(grant), or_(owned, own), *where))


def _of_principal(grant: FromClause, name: str) -> Expression:
    principal = PRINCIPAL.alias()
    named = (principal.c.org_id == ORG_ID, principal.c.id == grant.c.principal_id)
    return select(principal.c[name]).where(*named).correlate(grant).scalar_subquery()


def _of_space(access: Access, parent: FromClause) -> Listing:
    grant = GRANT.alias("held")
    listing = _listing(access, parent, grant, grant.c.space_id == parent.c.id)
    return _with(listing, inherited=literal(value=False))


def _of_project(access: Access, parent: FromClause) -> Listing:
    """Return the listing of those on the project, and of those on its space that reach it.

    A space's shared project is reached from the projects beside it, too.
    """
    grant, project = GRANT.alias("held"), PROJECT.alias()
    named = (project.c.org_id == ORG_ID, project.c.id == parent.c.id, project.c.is_shared)
    shared = select(project.c.space_id).where(*named).correlate(parent).scalar_subquery()
    here = grant.c.project_id == parent.c.id
    reaches = or_(grant.c.propagate, grant.c.space_id == shared)
    above = and_(grant.c.space_id == parent.c.space_id, reaches)
    beside = and_(grant.c.within_id == shared, _reaches_shared(access, parent, grant))
    near = among(access.dialect, grant.c.id, _near(parent, shared))
    listing = _listing(access, parent, grant, near, or_(here, above, beside))
    return _with(listing, inherited=func.coalesce(grant.c.project_id != parent.c.id, true()))


def _near(parent: FromClause, shared: Expression) -> CompoundSelect[Any]:
    """Select the ids of those on the project and on its space, and of all in it if it is shared.

    Each by its own index: for an OR of them SQLite reads all grants of the Org.
    """
    grant = GRANT.alias("near")
    lasting = (grant.c.org_id == ORG_ID, grant.c.ended_at.is_(None))
    found = (
        grant.c.project_id == parent.c.id,
        grant.c.space_id == parent.c.space_id,
        and_(grant.c.within_id == shared, grant.c.project_id != parent.c.id),
    )
    return union_all(*(select(grant.c.id).where(*lasting, one).correlate(parent) for one in found))


def _reaches_shared(access: Access, parent: FromClause, grant: FromClause) -> ColumnElement[bool]:
    """Return whether a grant beside the parent, a shared project, reaches it and may be told.

    That is where its holder has none on the parent or the space (rule 7). It is told to whoever
    holds it, or owns what it is on.
    """
    beside, nearer = PROJECT.alias("beside"), GRANT.alias("nearer")
    own = one_of(access.dialect, grant.c.principal_id, "principals")
    level = access.project_level(beside, access.reach_in(grant.c.within_id))
    live = (beside.c.org_id == ORG_ID, beside.c.id == grant.c.project_id)
    told = or_(own, level == int(Permission.OWNER))
    there = select(beside.c.id).where(*live, beside.c.deleted_at.is_(None), told)
    on = or_(nearer.c.project_id.is_(None), nearer.c.project_id == parent.c.id)
    same = (nearer.c.principal_id == grant.c.principal_id, nearer.c.within_id == grant.c.within_id)
    held = select(nearer.c.id).where(in_force(nearer), *same, on)
    return and_(
        grant.c.project_id != parent.c.id,
        there.correlate_except(beside).exists(),
        ~held.correlate_except(nearer).exists(),
    )


def _with(listing: Listing, **columns: Expression) -> Listing:
    return Listing(listing.table, listing.source, {**listing.columns, **columns}, listing.where)


of_space = Paged(_of_space, ("id", "level"))
of_project = Paged(_of_project, ("id", "space_id", "level"))
