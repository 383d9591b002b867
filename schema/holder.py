"""Who has access to a node."""

from enum import Enum
from typing import Any

import strawberry

from auth.levels import Permission
from engine.edge import Edge, Weight, column, declare
from resolvers import lookups
from resolvers.lookups import HolderRow
from resolvers.principals import MemberRow, member_by_id
from schema.connection import Listed, ListOf, connection
from schema.filter import MINIMUM, OrderDirection, in_name, order_direction, order_field
from schema.principal import Member


@strawberry.type(description="A member who has access to a node.")
class Holder:
    """One of them."""

    member: Member = declare(
        Edge(member_by_id.rows, needs=("member_id",), gives=MemberRow), description="Who."
    )
    level: Permission = column("level", make=Permission, description="What they may do.")


@strawberry.input(description="Which of those who have access are wanted.")
class HolderFilter:
    """The filter of those who have access."""

    name_contains: str | None = in_name()


@strawberry.enum(description="What those who have access can be ordered by.")
class HolderOrderField(Enum):
    """Their orders."""

    NAME = "NAME"
    LEVEL = "LEVEL"


@strawberry.input(description="An order of those who have access.")
class HolderOrder:
    """By what, and which way."""

    field: HolderOrderField = order_field()
    direction: OrderDirection = order_direction()


def who_has_access(listed: Listed) -> Any:
    """Declare who has access to a node; `listed` gets its id and the viewer's level."""
    return connection(
        listed,
        ListOf(HolderRow, HolderFilter, HolderOrder, (MINIMUM,)),
        needs=("id", "level"),
        orders=lookups.HOLDER_ORDERS,
        weight=Weight(parent=150, count=50, sift=50),
        description="All active members who have access, admins included. Its OWNER is told of "
        "all, others of themselves.",
    )
