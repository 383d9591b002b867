"""The type Grant, and how lists of grants are filtered and ordered."""

from enum import Enum

import strawberry

from auth.levels import Permission
from db.clock import as_datetime
from db.ids import GRANT
from engine.edge import OfEdge, Reference, column, declare
from resolvers.grants import GrantRow
from schema.connection import Connection, Edge, ListOf, edges_of_page
from schema.filter import OrderDirection, in_name, optional, order_direction, order_field
from schema.kind import node_of_kind
from schema.node import Node, id_column, rows_of
from schema.principal import PRINCIPAL_EDGES, PRINCIPAL_TYPES, Principal
from schema.scalars import DateTime


@strawberry.type(description="A level that a member or a group holds on a space or a project.")
class Grant:
    """A grant as a node's dialog lists it."""

    is_type_of = rows_of(GrantRow)
    id: strawberry.ID = id_column(GRANT)
    principal: Principal = declare(
        Reference("principal_kind", "principal_id", PRINCIPAL_EDGES, PRINCIPAL_TYPES),
        description="Who holds it.",
    )
    level: Permission = column("level", make=Permission, description="What it gives.")
    propagate: bool = column(
        "propagate", description="Whether it reaches the ordinary projects of its space."
    )
    origin: Node = node_of_kind(
        "from_kind", "from_id", name="from", description="The space or project that it is on."
    )
    expires_at: DateTime | None = column(
        "expires_at", raw=as_datetime, description="When it ends by itself; null for never."
    )
    created_at: DateTime = column("began_at", raw=as_datetime, description="Since when it is held.")


@strawberry.type(description="A grant with its place in a node's list.")
class GrantEdge(Edge[Grant]):
    """What depends on the node that lists the grant."""

    inherited: bool = declare(
        OfEdge("inherited"),
        description="Whether it isn't on the node that lists it, but reaches it.",
    )


@strawberry.type(description="A page of a list that holds only what the viewer sees.")
class GrantConnection(Connection[Grant]):
    """A page of a node's grants."""

    edges: list[GrantEdge] = edges_of_page()  # type: ignore[assignment]


@strawberry.input(description="Which grants are wanted: those that meet all that is given.")
class GrantFilter:
    """The filter of grants."""

    name_contains: str | None = in_name("The name of who holds it has this in it.")
    minimum_permission: Permission | None = optional("It gives at least this.")


@strawberry.enum(description="What grants can be ordered by.")
class GrantOrderField(Enum):
    """Orders of grants."""

    NAME = "NAME"
    LEVEL = "LEVEL"
    CREATED_AT = "CREATED_AT"


@strawberry.input(description="An order of grants.")
class GrantOrder:
    """By what, and which way."""

    field: GrantOrderField = order_field()
    direction: OrderDirection = order_direction()


GRANTS = ListOf(GrantRow, GrantFilter, GrantOrder)
