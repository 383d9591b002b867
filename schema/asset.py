"""The type Asset, and how lists of assets are filtered and ordered."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from auth.levels import Permission
from db.ids import ASSET
from engine.edge import Edge, Weight, column, declare
from resolvers import events, explanations, lookups, projects
from resolvers import versions as version_rows
from resolvers.assets import AssetRow
from schema.access import Access, access
from schema.connection import Connection, ListOf, connection
from schema.event import HistoryEntry, history
from schema.filter import NodeFilter, OrderDirection, optional, order_direction, order_field
from schema.holder import Holder, who_has_access
from schema.node import (
    created_column,
    id_column,
    permission_column,
    revision_column,
    rows_of,
    updated_column,
)
from schema.resource import Resource
from schema.scalars import DateTime, Json, Revision, json_fragment, json_value
from schema.version import VERSIONS, AssetVersion

if TYPE_CHECKING:
    from schema.project import Project


@strawberry.type(description="What is worked with: a pipeline, a task, a file and so on.")
class Asset(Resource):
    """An asset as its viewer sees it."""

    is_type_of = rows_of(AssetRow)
    id: strawberry.ID = id_column(ASSET)
    key: str = column("key", description="Permanent, used in URLs; unique in its project.")
    name: str = column("name", description="What people call it; unique in its project.")
    kind: str = column("kind", description="PIPELINE, TASK, ACCOUNT, FILE, DATASET or any other.")
    effective_permission: Permission = permission_column("That on its project.")
    project: Annotated["Project", strawberry.lazy("schema.project")] = declare(
        Edge(
            projects.by_id.rows,
            needs=("project_id",),
            gives=projects.ProjectRow,
            brings=("space",),
            name="project",
            shares=("level",),
        ),
        description="The project it is in.",
    )
    metadata: Json = column(
        "metadata",
        make=json_value,
        raw=json_fragment,
        weight=5,
        description="An object of whatever its makers noted.",
    )
    access: Access | None = access(explanations.of_asset.rows)
    who_has_access: Connection[Holder] = who_has_access(lookups.holders_of_asset)
    history: Connection[HistoryEntry] = history(
        events.of_asset, needs=("id", "level"), whom="its OWNER"
    )
    content: AssetVersion | None = declare(
        Edge(
            version_rows.newest_of_asset.rows,
            needs=version_rows.ASSET,
            gives=version_rows.VersionRow,
        ),
        description="The newest version of its content; null where it has none.",
    )
    versions: Connection[AssetVersion] = connection(
        version_rows.of_asset,
        VERSIONS,
        needs=version_rows.ASSET,
        orders=version_rows.ORDERS,
        weight=Weight(parent=5, count=5, sift=5),
        description="All versions of its content, the newest first.",
    )
    revision: Revision | None = revision_column()
    created_at: DateTime | None = created_column()
    updated_at: DateTime | None = updated_column()


@strawberry.input(description="Which assets are wanted: those that meet all that is given.")
class AssetFilter(NodeFilter):
    """The filter of assets."""

    kind: str | None = optional("The kind is exactly this.")


@strawberry.enum(
    description="What assets can be ordered by. PATH is by space, by project and then by name."
)
class AssetOrderField(Enum):
    """Orders of assets."""

    PATH = "PATH"
    NAME = "NAME"
    KEY = "KEY"
    KIND = "KIND"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


@strawberry.input(description="An order of assets.")
class AssetOrder:
    """By what, and which way."""

    field: AssetOrderField = order_field()
    direction: OrderDirection = order_direction()


ASSETS = ListOf(AssetRow, AssetFilter, AssetOrder)
