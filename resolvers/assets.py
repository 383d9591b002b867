"""Assets: of a project, of the Org, and by id. An asset has its project's permission."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, FromClause, Text, and_, literal, or_, select

from auth.access import ORG_ID, Access
from db.models import ASSET, PROJECT, SPACE
from db.queries import AnySelect, in_this_order
from engine.page import Orders, Value
from resolvers.listing import Expression, Listing, brought, with_ids_of
from resolvers.pagination import ById, Paged, Walked
from resolvers.paths import Level, Path
from resolvers.projects import PROJECTS, org_shared, project_columns, seen_projects
from resolvers.spaces import SPACES, space_columns


class AssetRow(NamedTuple):
    """An asset's columns; `metadata` is a JSON object as text, None for an empty one.

    `revision` is the Org's that last changed it.
    """

    org_id: int
    id: int
    key: str
    name: str
    kind: str
    metadata: str | None
    project_id: int
    level: int
    created_at: int
    updated_at: int
    revision: int


BY_NAME: Mapping[str, type[Value]] = {"sort": str, "id": int}
OTHER_ORDERS: Orders = {
    "NAME": BY_NAME,
    "KEY": {"key": str, "id": int},
    "KIND": {"kind": str, "sort": str, "id": int},
    "CREATED_AT": {"created_at": int, "id": int},
    "UPDATED_AT": {"updated_at": int, "id": int},
}
ORDERS_IN_PROJECT: Orders = {"PATH": BY_NAME, **OTHER_ORDERS}
ORDERS_IN_ORG: Orders = {
    "PATH": {"sort_0": str, "id_0": int, "sort_1": str, "id_1": int, **BY_NAME},
    **OTHER_ORDERS,
}
COLUMNS = (
    *("org_id", "id", "key", "name", "folded", "sort", "kind", "metadata"),
    *("project_id", "created_at", "updated_at", "revision"),
)


def _columns(asset: FromClause, level: Expression) -> dict[str, Expression]:
    columns: dict[str, Expression] = {name: asset.c[name] for name in COLUMNS}
    return {**columns, "level": level}


def _in_project(_access: Access, parent: Any) -> Listing:
    """Return the listing of the assets of a project that is seen."""
    asset = ASSET.alias("asset")
    where = (asset.c.org_id == ORG_ID, asset.c.deleted_at.is_(None))
    lies = asset.c.project_id == parent.c.id
    return Listing(asset, asset, _columns(asset, parent.c.level), (*where, lies))


def _of_project(access: Access, parent: FromClause) -> Listing:
    listing = _in_project(access, parent)
    return replace(listing, where=(*listing.where, parent.c.level > 0))


def _by_id(access: Access, parent: FromClause) -> Listing:
    """Return the listing of assets wherever they lie, the Org's shared project included."""
    asset, project, space = ASSET.alias("asset"), PROJECT.alias("project"), SPACE.alias("space")
    reach = access.reach_at(_spaces_of(parent))
    in_project = and_(project.c.org_id == ORG_ID, project.c.id == asset.c.project_id)
    in_space = and_(space.c.org_id == ORG_ID, space.c.id == project.c.space_id)
    source, found = with_ids_of(parent, asset, access)
    source = source.join(project, in_project).outerjoin(space, in_space)
    live = (asset.c.org_id == ORG_ID, asset.c.deleted_at.is_(None), space.c.deleted_at.is_(None))
    placed = or_(project.c.space_id.is_(None), space.c.id.is_not(None))
    seen = (*live, placed, *seen_projects(access, project, reach), found)
    columns = {
        **_columns(asset, access.project_level(project, reach)),
        **brought("project", project_columns(access, project, reach)),
        **brought("project.space", space_columns(access, space, reach)),
    }
    return Listing(asset, reach.join(source, project.c.space_id, outer=True), columns, seen)


def _spaces_of(parent: FromClause) -> AnySelect:
    asset, project = ASSET.alias(), PROJECT.alias()
    in_project = and_(project.c.org_id == ORG_ID, project.c.id == asset.c.project_id)
    source = in_this_order(in_this_order(parent, asset), project, in_project)
    lies = (asset.c.org_id == ORG_ID, asset.c.id == parent.c.id)
    return select(project.c.space_id).select_from(source).where(*lies).distinct()


def _no_space(_access: Access, _parent: None) -> Listing:
    """Return a listing of one row, before all spaces, for what lies in none."""
    row = select(literal("", Text()).label("sort"), literal(0, BigInteger()).label("id"))
    nowhere = row.subquery("nowhere")
    return Listing(nowhere, nowhere, {"sort": nowhere.c.sort, "id": nowhere.c.id}, ())


ASSETS = Level(_in_project)
SHARED_FIRST = Path((Level(_no_space, ("id",)), Level(org_shared, ("id", "level")), ASSETS))
IN_SPACES = Path((SPACES, PROJECTS, ASSETS))
of_project = Paged(_of_project, ("id", "level"), bears=("level",))
of_org = Walked(SHARED_FIRST, IN_SPACES)
by_id = ById(_by_id)
