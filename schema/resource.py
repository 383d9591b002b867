"""The interface of what is owned and granted: spaces, projects and assets."""

import strawberry

from auth.levels import Permission
from engine.edge import of_interface
from resolvers import events, explanations, lookups
from schema.access import Access, access
from schema.connection import Connection
from schema.event import HistoryEntry, history
from schema.holder import Holder, who_has_access
from schema.node import (
    Node,
    created_column,
    permission_column,
    revision_column,
    updated_column,
)
from schema.scalars import DateTime, Revision


@strawberry.interface(
    description="What permissions are on: a space, a project or an asset. Fragments on it work for "
    "each of them."
)
class Resource(Node):
    """What they have in common; where it comes from, each of them declares itself."""

    key: str = strawberry.field(description="Permanent, used in URLs; unique among its siblings.")
    name: str = strawberry.field(description="What people call it; unique among its siblings.")
    effective_permission: Permission = of_interface(
        permission_column("What the viewer may do here.")
    )
    access: Access | None = of_interface(access(explanations.of_space.rows))
    who_has_access: Connection[Holder] = of_interface(who_has_access(lookups.holders_of_space))
    history: Connection[HistoryEntry] = of_interface(
        history(events.of_space, needs=("id", "level"), whom="its OWNER")
    )
    revision: Revision | None = of_interface(
        revision_column(" Null for a space that is listed only for what is in it.")
    )
    created_at: DateTime | None = of_interface(created_column(of_space=True))
    updated_at: DateTime | None = of_interface(updated_column(of_space=True))
