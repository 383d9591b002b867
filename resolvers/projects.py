"""Projects: of a space, of the Org, the shared ones, and a project by its id."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, null, or_, select

from auth.access import ORG_ID, Access, Reach
from db.models import PROJECT, SPACE
from db.queries import AnySelect, in_this_order
from engine.page import Orders, Value
from resolvers.listing import Expression, Listing, brought, with_ids_of
from resolvers.pagination import ById, Matched, Paged, Walked
from resolvers.paths import Level, Path
from resolvers.spaces import HELD, REACH, SPACES, for_owner, space_columns


class ProjectRow(NamedTuple):
    """A project's columns; `space_id` is None for the Org's shared project."""

    org_id: int
    id: int
    key: str
    name: str
    description: str | None
    is_shared: bool
    space_id: int | None
    level: int
    created_at: int
    updated_at: int
    revision: int
    grants_revision: int | None


BY_NAME: Mapping[str, type[Value]] = {"sort": str, "id": int}
OTHER_ORDERS: Orders = {
    "NAME": BY_NAME,
    "KEY": {"key": str, "id": int},
    "CREATED_AT": {"created_at": int, "id": int},
    "UPDATED_AT": {"updated_at": int, "id": int},
}
ORDERS_IN_SPACE: Orders = {"PATH": BY_NAME, **OTHER_ORDERS}
ORDERS_IN_ORG: Orders = {
    "PATH": {"sort_0": str, "id_0": int, **BY_NAME},
    **OTHER_ORDERS,
}
COLUMNS = (
    *("org_id", "id", "key", "name", "folded", "sort", "description"),
    *("is_shared", "space_id", "created_at", "updated_at", "revision"),
)


def project_columns(access: Access, project: FromClause, reach: Reach) -> dict[str, Expression]:
    """Return a project's columns by name, its permission as `level` among them."""
    columns: dict[str, Expression] = {name: project.c[name] for name in COLUMNS}
    level = access.project_level(project, reach)
    return {**columns, "level": level, "grants_revision": for_owner(level, project)}


def seen_projects(access: Access, project: FromClause, reach: Reach) -> tuple[Any, ...]:
    """Return the conditions that a project is of the Org, live in itself, and seen."""
    seen = access.project_seen(project, reach)
    return (project.c.org_id == ORG_ID, project.c.deleted_at.is_(None), seen)


def _in_space(access: Access, parent: Any) -> Listing:
    """Return the listing of a space's projects, its shared one among them."""
    project, reach = PROJECT.alias("project"), access.reach_of(parent)
    lies = project.c.space_id == parent.c.id
    conditions = (*seen_projects(access, project, reach), lies)
    return Listing(project, project, project_columns(access, project, reach), conditions)


def _of_space(access: Access, parent: FromClause) -> Listing:
    listing = _in_space(access, parent)
    ordinary = listing.table.c.is_shared.is_(False)
    return replace(listing, where=(*listing.where, ordinary))


def _by_id(access: Access, parent: FromClause) -> Listing:
    """Return the listing of projects wherever they lie, the Org's shared one included."""
    project, space = PROJECT.alias("project"), SPACE.alias("space")
    reach = access.reach_at(_spaces_of(parent))
    in_space = and_(space.c.org_id == ORG_ID, space.c.id == project.c.space_id)
    source, found = with_ids_of(parent, project, access)
    source = reach.join(source.outerjoin(space, in_space), project.c.space_id, outer=True)
    live = or_(project.c.space_id.is_(None), space.c.id.is_not(None))
    seen = (*seen_projects(access, project, reach), live, space.c.deleted_at.is_(None))
    above = brought("space", space_columns(access, space, reach))
    columns = {**project_columns(access, project, reach), **above}
    return Listing(project, source, columns, (*seen, found))


def _spaces_of(parent: FromClause) -> AnySelect:
    project = PROJECT.alias()
    source = in_this_order(parent, project)
    lies = (project.c.org_id == ORG_ID, project.c.id == parent.c.id)
    return select(project.c.space_id).select_from(source).where(*lies).distinct()


def _shared_of_space(access: Access, parent: FromClause) -> Listing:
    listing = _in_space(access, parent)
    source, shared = in_this_order(parent, listing.table), listing.table.c.is_shared.is_(True)
    return replace(listing, source=source, where=(*listing.where, shared))


def org_shared(access: Access, _parent: Any) -> Listing:
    """Return the listing of the Org's shared project alone."""
    project = PROJECT.alias("project")
    nowhere = Reach(null(), null(), null())
    where = (*seen_projects(access, project, nowhere), project.c.space_id.is_(None))
    return Listing(project, project, project_columns(access, project, nowhere), where)


def _shared_of_org(access: Access, parent: FromClause) -> Listing:
    listing = org_shared(access, None)
    return replace(listing, source=in_this_order(parent, listing.table))


PROJECTS = Level(_in_space, gives=("id", "level"))
of_space = Paged(_of_space, ("id",), held=HELD)
of_org = Walked(Path((SPACES, PROJECTS)))
by_id = ById(_by_id)
shared_of_space = Matched(_shared_of_space, REACH)
shared_of_org = Matched(_shared_of_org, ("id",))
