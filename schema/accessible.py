"""What a principal has access to."""

from typing import Any

import strawberry

from auth.levels import Permission
from engine.edge import Argument, Weight, column
from resolvers import lookups
from resolvers.lookups import AccessibleRow
from schema.connection import Listed, ListOf, connection
from schema.filter import MINIMUM
from schema.kind import NodeKind, node_of_kind
from schema.node import Node

UNDER = Argument("under", strawberry.ID | None, "Only this space or project, and what is in it.")


@strawberry.type(description="A space or project that someone has access to.")
class Accessible:
    """One of them."""

    kind: NodeKind = column("kind", make=NodeKind, description="What it is.")
    node: Node | None = node_of_kind(
        "kind", "node_id", description="The space or project; null where the viewer doesn't see it."
    )
    level: Permission = column("level", make=Permission, description="What they may do there.")


def can_access(listed: Listed) -> Any:
    """Declare what the principals that `listed` gets the ids of have access to."""
    return connection(
        listed,
        ListOf(AccessibleRow, arguments=(MINIMUM, UNDER)),
        needs=("id",),
        orders=lookups.ACCESSIBLE_ORDERS,
        weight=Weight(parent=1000, count=200, sift=200),
        description="All spaces and projects that they have access to, spaces first; assets go "
        "with their project. Admins may ask about anyone, others about themselves, and about "
        "anyone under what they own.",
    )
