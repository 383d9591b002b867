"""Grants as a node's dialog lists them: those on it, and those that reach it from its space."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, case, literal, or_, select

from auth.access import Access
from auth.levels import Permission
from auth.rule import ORG_ID, in_force
from db.models import GRANT, PRINCIPAL, PROJECT
from db.queries import one_of
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
    """Return the listing of those on the project, and of those on its space that reach it."""
    grant, project = GRANT.alias("held"), PROJECT.alias()
    named = (project.c.org_id == ORG_ID, project.c.id == parent.c.id, project.c.is_shared)
    is_shared = select(project.c.id).where(*named).correlate(parent).exists()
    reaches = and_(grant.c.space_id == parent.c.space_id, or_(grant.c.propagate, is_shared))
    listing = _listing(access, parent, grant, or_(grant.c.project_id == parent.c.id, reaches))
    return _with(listing, inherited=grant.c.project_id.is_(None))


def _with(listing: Listing, **columns: Expression) -> Listing:
    return Listing(listing.table, listing.source, {**listing.columns, **columns}, listing.where)


of_space = Paged(_of_space, ("id", "level"))
of_project = Paged(_of_project, ("id", "space_id", "level"))
