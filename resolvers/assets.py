"""Assets: of a project, of the Org, and by id. An asset has its project's permission."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, FromClause, Text, and_, literal, or_, select

from auth.access import ORG_ID, Access
from db.models import ASSET, PROJECT, SPACE
from db.queries import in_this_order
from engine.page import Orders, Value
from resolvers.listing import Expression, Listing
from resolvers.pagination import Matched, Paged
from resolvers.paths import Level, Path
from resolvers.projects import PROJECTS, org_shared, seen_projects
from resolvers.spaces import SPACES


class AssetRow(NamedTuple):
    """An asset's columns; `metadata` is a JSON object as text, None for an empty one."""

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
    *("project_id", "created_at", "updated_at"),
)


def _columns(asset: FromClause, level: Expression) -> dict[str, Expression]:
    return {**{name: asset.c[name] for name in COLUMNS}, "level": level}


def _of_project(_access: Access, parent: FromClause) -> Listing:
    asset = ASSET.alias("asset")
    live = (asset.c.org_id == ORG_ID, asset.c.deleted_at.is_(None))
    where = (*live, asset.c.project_id == parent.c.id, parent.c.level > 0)
    return Listing(asset, asset, _columns(asset, parent.c.level), where)


def _anywhere(access: Access, asset: FromClause, source: FromClause, *where: Any) -> Listing:
    """Return a listing of assets wherever they lie, the Org's shared project included."""
    project, space, reach = PROJECT.alias("project"), SPACE.alias("space"), access.reach()
    in_project = and_(project.c.org_id == ORG_ID, project.c.id == asset.c.project_id)
    in_space = and_(space.c.org_id == ORG_ID, space.c.id == project.c.space_id)
    joined = source.join(project, in_project).outerjoin(space, in_space)
    columns = _columns(asset, access.project_level(project, reach))
    live = (asset.c.org_id == ORG_ID, asset.c.deleted_at.is_(None), space.c.deleted_at.is_(None))
    placed = or_(project.c.space_id.is_(None), space.c.id.is_not(None))
    seen = (*live, placed, *seen_projects(access, project, reach))
    source = reach.join(joined, project.c.space_id, outer=True)
    return Listing(asset, source, columns, (*seen, *where))


def _of_org(access: Access, _parent: None) -> Listing:
    asset = ASSET.alias("asset")
    return _anywhere(access, asset, asset)


def _by_id(access: Access, parent: FromClause) -> Listing:
    asset = ASSET.alias("asset")
    return _anywhere(access, asset, in_this_order(parent, asset), asset.c.id == parent.c.id)


def _no_space(_access: Access, _parent: None) -> Listing:
    """Return a listing of one row, before all spaces, for what lies in none."""
    row = select(literal("", Text()).label("sort"), literal(0, BigInteger()).label("id"))
    nowhere = row.subquery("nowhere")
    return Listing(nowhere, nowhere, {"sort": nowhere.c.sort, "id": nowhere.c.id}, ())


ASSETS = Level(_of_project)
SHARED_FIRST = Path((Level(_no_space, ("id",)), Level(org_shared, ("id", "level")), ASSETS))
IN_SPACES = Path((SPACES, PROJECTS, ASSETS))
of_project = Paged(_of_project, ("id", "level"))
of_org = Paged(_of_org, paths=[SHARED_FIRST, IN_SPACES])
by_id = Matched(_by_id, ("id",))
