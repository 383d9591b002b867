"""The type Space, and how lists of spaces are filtered and ordered."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from auth.levels import Permission
from auth.subject import OrgRow
from db.ids import SPACE
from engine.edge import Edge, Weight, column, declare
from resolvers import events, explanations, lookups, viewer
from resolvers import grants as grant_rows
from resolvers import projects as project_rows
from resolvers.spaces import REACH, SpaceRow
from schema.access import Access, access
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
from schema.project import PROJECTS, Project
from schema.resource import Resource
from schema.scalars import DateTime, Revision

if TYPE_CHECKING:
    from schema.org import Org


@strawberry.type(description="Groups projects, and holds the grants that reach them.")
class Space(Resource):
    """A space as its viewer sees it."""

    is_type_of = rows_of(SpaceRow)
    id: strawberry.ID = id_column(SPACE)
    key: str = column("key", description="Permanent, used in URLs; unique in the Org.")
    name: str = column("name", description="What people call it; unique in the Org.")
    description: str | None = column("description", weight=1, description="What it is for.")
    effective_permission: Permission = permission_column(
        "What the viewer may do here. NONE where the space is listed only because something in it "
        "is seen: then its id, key and name are told and no more."
    )
    org: Annotated["Org", strawberry.lazy("schema.org")] = declare(
        Edge(viewer.org_of, needs=(ORG_ID,), gives=OrgRow), description="The Org it is in."
    )
    shared_project: Project | None = declare(
        Edge(project_rows.shared_of_space.rows, needs=REACH, gives=project_rows.ProjectRow),
        description="The project that was made with it and goes with it.",
    )
    projects: Connection[Project] = connection(
        project_rows.of_space,
        PROJECTS,
        needs=REACH,
        orders=project_rows.ORDERS_IN_SPACE,
        weight=Weight(parent=5, count=10, sift=10),
        description="Its projects, without the shared one.",
    )
    grants: GrantConnection = connection(
        grant_rows.of_space,
        GRANTS,
        needs=("id", "level"),
        orders=grant_rows.ORDERS,
        weight=Weight(parent=10, count=10, sift=10),
        description="The grants on it: all of them for its OWNER, for others those that they hold.",
    )
    access: Access | None = access(explanations.of_space.rows)
    who_has_access: Connection[Holder] = who_has_access(lookups.holders_of_space)
    history: Connection[HistoryEntry] = history(
        events.of_space, needs=("id", "level"), whom="its OWNER"
    )
    revision: Revision | None = revision_column(" Null for a signpost.")
    grants_revision: Revision | None = grants_revision_column()
    created_at: DateTime | None = created_column(of_space=True)
    updated_at: DateTime | None = updated_column(of_space=True)


@strawberry.input(description="Which spaces are wanted: those that meet all that is given.")
class SpaceFilter(NodeFilter):
    """The filter of spaces."""


@strawberry.enum(description="What spaces can be ordered by.")
class SpaceOrderField(Enum):
    """Orders of spaces."""

    NAME = "NAME"
    KEY = "KEY"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


@strawberry.input(description="An order of spaces.")
class SpaceOrder:
    """By what, and which way."""

    field: SpaceOrderField = order_field()
    direction: OrderDirection = order_direction()


SPACES = ListOf(SpaceRow, SpaceFilter, SpaceOrder)
