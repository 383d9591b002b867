"""The type Project, and how lists of projects are filtered and ordered."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from auth.levels import Permission
from auth.subject import OrgRow
from db.ids import PROJECT
from engine.edge import Edge, Weight, column, declare
from resolvers import assets as asset_rows
from resolvers import events, explanations, lookups, spaces, viewer
from resolvers import grants as grant_rows
from resolvers.projects import ProjectRow
from schema.access import Access, access
from schema.asset import ASSETS, Asset
from schema.connection import Connection, ListOf, connection
from schema.event import HistoryEntry, history
from schema.filter import NodeFilter, OrderDirection, order_direction, order_field
from schema.grant import GRANTS, GrantConnection
from schema.holder import Holder, who_has_access
from schema.node import (
    ORG_ID,
    created_column,
    grants_revision_column,
    id_column,
    permission_column,
    revision_column,
    rows_of,
    updated_column,
)
from schema.resource import Resource
from schema.scalars import DateTime, Revision

if TYPE_CHECKING:
    from schema.org import Org
    from schema.space import Space


@strawberry.type(description="Holds assets.")
class Project(Resource):
    """A project as its viewer sees it."""

    is_type_of = rows_of(ProjectRow)
    id: strawberry.ID = id_column(PROJECT)
    key: str = column("key", description="Permanent, used in URLs; unique in its space.")
    name: str = column("name", description="What people call it; unique in its space.")
    description: str | None = column("description", weight=1, description="What it is for.")
    effective_permission: Permission = permission_column("What the viewer may do here.")
    org: Annotated["Org", strawberry.lazy("schema.org")] = declare(
        Edge(viewer.org_of, needs=(ORG_ID,), gives=OrgRow), description="The Org it is in."
    )
    space: Annotated["Space", strawberry.lazy("schema.space")] | None = declare(
        Edge(spaces.by_id.rows, needs=("space_id",), gives=spaces.SpaceRow, name="space"),
        description="The space it is in; null for the Org's shared project.",
    )
    is_shared: bool = column(
        "is_shared", description="Whether it is the project that was made with its space or Org."
    )
    assets: Connection[Asset] = connection(
        asset_rows.of_project,
        ASSETS,
        needs=("id", "level"),
        orders=asset_rows.ORDERS_IN_PROJECT,
        weight=Weight(parent=5, count=10, sift=10),
        description="Its assets.",
    )
    grants: GrantConnection = connection(
        grant_rows.of_project,
        GRANTS,
        needs=("id", "space_id", "level"),
        orders=grant_rows.ORDERS,
        weight=Weight(parent=1000, count=10, sift=10),
        description="The grants on it, and those on its space that reach it: all of them for its "
        "OWNER, for others those that they hold. A space's shared project is reached by those on "
        "the projects beside it, too, told to whoever owns these.",
    )
    access: Access | None = access(explanations.of_project.rows)
    who_has_access: Connection[Holder] = who_has_access(lookups.holders_of_project)
    history: Connection[HistoryEntry] = history(
        events.of_project, needs=("id", "level"), whom="its OWNER"
    )
    revision: Revision | None = revision_column()
    grants_revision: Revision | None = grants_revision_column()
    created_at: DateTime | None = created_column()
    updated_at: DateTime | None = updated_column()


@strawberry.input(description="Which projects are wanted: those that meet all that is given.")
class ProjectFilter(NodeFilter):
    """The filter of projects."""


@strawberry.enum(
    description="What projects can be ordered by. PATH is by space and then by name, and the "
    "quickest way through all of an Org."
)
class ProjectOrderField(Enum):
    """Orders of projects."""

    PATH = "PATH"
    NAME = "NAME"
    KEY = "KEY"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


@strawberry.input(description="An order of projects.")
class ProjectOrder:
    """By what, and which way."""

    field: ProjectOrderField = order_field()
    direction: OrderDirection = order_direction()


PROJECTS = ListOf(ProjectRow, ProjectFilter, ProjectOrder)
