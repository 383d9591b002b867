"""The type Org: the tenant, and the lists of all that is in it."""

import strawberry

from auth.levels import Permission
from auth.subject import OrgRow
from engine.edge import Edge, Weight, column, declare, template
from resolvers import assets as asset_rows
from resolvers import deletions, principals
from resolvers import events as event_rows
from resolvers import projects as project_rows
from resolvers import spaces as space_rows
from schema.asset import ASSETS, Asset
from schema.bin import DELETIONS, PURGES, Deletion, Purge
from schema.connection import Connection, connection
from schema.event import EVENTS, Event
from schema.node import Node, permission_column, rows_of
from schema.principal import GROUPS, MEMBERS, Group, Member
from schema.project import PROJECTS, Project
from schema.scalars import Revision
from schema.space import SPACES, Space


@strawberry.type(description="The tenant: everything but an account belongs to exactly one.")
class Org(Node):
    """An Org as its viewer sees it."""

    is_type_of = rows_of(OrgRow)
    id: strawberry.ID = template("org_{}", "id", description="Permanent and opaque.")
    key: str = column("key", description="Permanent, used in URLs.")
    name: str = column("name", description="What people call it.")
    effective_permission: Permission = permission_column(
        "OWNER for admins, READ for other active members."
    )
    revision: Revision | None = column(
        "revision", description="How many changes the Org has seen; never null."
    )
    settings_revision: Revision = column(
        "settings_revision",
        description="The revision that last changed the Org itself: pass it as `expectedRevision` "
        "to `orgUpdate`.",
    )
    retention_days: int = column(
        "retention_days", description="How many days the recycle bin keeps things."
    )
    cost_per_minute: int | None = column(
        "cost_per_minute",
        description="What each viewer's operations may cost in a minute, if the server doesn't "
        "allow less anyway; null for what the server allows.",
    )
    shared_project: Project | None = declare(
        Edge(project_rows.shared_of_org.rows, needs=("id",), gives=project_rows.ProjectRow),
        description="The project that all active members share.",
    )
    spaces: Connection[Space] = connection(
        space_rows.of_org,
        SPACES,
        needs=("id",),
        orders=space_rows.ORDERS,
        weight=Weight(parent=10, count=100, sift=200),
        description="Its spaces.",
    )
    projects: Connection[Project] = connection(
        project_rows.of_org,
        PROJECTS,
        needs=("id",),
        orders=project_rows.ORDERS_IN_ORG,
        weight=Weight(parent=20, count=1500, sift=2000),
        description="The projects of all spaces, their shared ones included.",
    )
    assets: Connection[Asset] = connection(
        asset_rows.of_org,
        ASSETS,
        needs=("id",),
        orders=asset_rows.ORDERS_IN_ORG,
        weight=Weight(parent=20, count=4000, sift=5000),
        description="The assets of all projects, those of the Org's shared project first.",
    )
    users: Connection[Member] = connection(
        principals.members_of_org,
        MEMBERS,
        needs=("id",),
        orders=principals.ORDERS,
        weight=Weight(parent=10, count=300, sift=400),
        description="Its members, deactivated ones included.",
    )
    groups: Connection[Group] = connection(
        principals.groups_of_org,
        GROUPS,
        needs=("id",),
        orders=principals.ORDERS,
        weight=Weight(parent=5, count=50, sift=100),
        description="Its groups, `admins` and `members` among them.",
    )
    events: Connection[Event] = connection(
        event_rows.of_org,
        EVENTS,
        needs=("id",),
        orders=event_rows.ORDERS,
        weight=Weight(parent=10, count=2000, sift=4000),
        description="All that was changed in it, the newest first; for others than admins, none.",
    )
    recycle_bin: Connection[Deletion] = connection(
        deletions.of_org,
        DELETIONS,
        needs=("id",),
        orders=deletions.ORDERS,
        weight=Weight(parent=10, count=200, sift=400),
        description="What was deleted and can be restored. Admins see all of it, others what they "
        "deleted themselves.",
    )
    purges: Connection[Purge] = connection(
        deletions.purges_of_org,
        PURGES,
        needs=("id",),
        orders=deletions.PURGE_ORDERS,
        weight=Weight(parent=10, count=200, sift=400),
        description="What was taken out of the recycle bin for good, and how far that is. Told to "
        "admins; others see none.",
    )
