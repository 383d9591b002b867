"""The types Member and Group, and how lists of them are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from db import ids
from engine.edge import Weight, column
from resolvers import events, lookups, principals
from resolvers.principals import GroupRow, MemberRow
from schema.accessible import Accessible, can_access
from schema.connection import Connection, ListOf, connection
from schema.event import HistoryEntry, history
from schema.filter import Filter, OrderDirection, order_direction, order_field
from schema.lookup import EDGES
from schema.node import (
    Node,
    created_column,
    id_column,
    revision_column,
    rows_of,
    updated_column,
)
from schema.scalars import DateTime, Revision


@strawberry.input(description="Which members or groups are wanted: those that meet all given.")
class PrincipalFilter(Filter):
    """The filter of members and of groups."""


@strawberry.enum(description="What members and groups can be ordered by.")
class PrincipalOrderField(Enum):
    """Orders of members and of groups."""

    NAME = "NAME"
    KEY = "KEY"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


@strawberry.input(description="An order of members or groups.")
class PrincipalOrder:
    """By what, and which way."""

    field: PrincipalOrderField = order_field()
    direction: OrderDirection = order_direction()


@strawberry.interface(description="Whom grants are made to: a member, or a group of them.")
class Principal(Node):
    """What members and groups have in common."""

    key: str = strawberry.field(description="Permanent; unique among members, and among groups.")
    name: str = strawberry.field(description="What people call them.")


PRINCIPAL_EDGES = {"MEMBER": EDGES[ids.MEMBER], "GROUP": EDGES[ids.GROUP]}
PRINCIPAL_TYPES = {"MEMBER": "Member", "GROUP": "Group"}
MEMBERS = ListOf(MemberRow, PrincipalFilter, PrincipalOrder)
GROUPS = ListOf(GroupRow, PrincipalFilter, PrincipalOrder)


@strawberry.type(description="An account's membership of the Org.")
class Member(Principal):
    """A member, whom grants can be made to."""

    is_type_of = rows_of(MemberRow)
    id: strawberry.ID = id_column(ids.MEMBER)
    key: str = column("key", description="Permanent; unique among the Org's members.")
    name: str = column("name", description="What people call them.")
    email: str | None = column("email", description="Told to admins and to the member alone.")
    active: bool = column("active", description="Whether they may do anything in the Org.")
    is_service: bool = column(
        "is_service", description="Whether it is a service account, which is no person's."
    )
    groups: Connection[Annotated["Group", strawberry.lazy("schema.principal")]] = connection(
        principals.groups_of_member,
        GROUPS,
        needs=("id",),
        orders=principals.ORDERS,
        weight=Weight(parent=5, count=5, sift=5),
        description="The groups that they are in.",
    )
    can_access: Connection[Accessible] = can_access(lookups.of_member)
    history: Connection[HistoryEntry] = history(events.of_member, needs=("id",), whom="admins")
    created_at: DateTime | None = created_column()
    updated_at: DateTime | None = updated_column()
    revision: Revision | None = revision_column()


@strawberry.type(description="A set of members, to which grants can be made at once.")
class Group(Principal):
    """A group, whom grants can be made to."""

    is_type_of = rows_of(GroupRow)
    id: strawberry.ID = id_column(ids.GROUP)
    key: str = column("key", description="Permanent; unique among the Org's groups.")
    name: str = column("name", description="What people call it.")
    reserved: bool = column(
        "reserved", description="Whether the server keeps it: `admins` and `members`."
    )
    members: Connection[Member] = connection(
        principals.members_of_group,
        MEMBERS,
        needs=("id",),
        orders=principals.ORDERS,
        weight=Weight(parent=5, count=100, sift=150),
        description="Who is in it.",
    )
    can_access: Connection[Accessible] = can_access(lookups.of_group)
    history: Connection[HistoryEntry] = history(events.of_group, needs=("id",), whom="admins")
    created_at: DateTime | None = created_column()
    updated_at: DateTime | None = updated_column()
    revision: Revision | None = revision_column()
    members_revision: Revision = column(
        "members_revision",
        description="The Org's revision that last changed who is in it, 0 since an import. Pass it "
        "as `expectedMembersRevision`.",
    )
