"""The type Event, how lists of events are filtered and ordered, and a node's own as a field."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from auth.actions import MEANINGS, Through, through_of
from db import ids
from db.clock import as_datetime
from engine.edge import Columns, Weight, column, template
from resolvers.events import ORDERS, EventRow
from schema.closed import closed
from schema.connection import Listed, ListOf, connection
from schema.filter import OrderDirection, optional, order_direction, order_field
from schema.lookup import node_named
from schema.node import Node, rows_of
from schema.scalars import DateTime, Json, Revision, json_fragment_or_null, json_value_or_null

if TYPE_CHECKING:
    from schema.principal import Member


closed(Through, name="EventThrough", description="By what a change was made.", meanings=MEANINGS)


def _json(name: str, description: str) -> Any:
    made, raw = json_value_or_null, json_fragment_or_null
    return column(name, make=made, raw=raw, weight=5, description=description)


@strawberry.type
class Told:
    """What is told of a change, whether of its object or of another node that it touched."""

    revision: Revision = column("revision", description="The Org's revision that the change made.")
    at: DateTime = column("at", raw=as_datetime, description="When it was made.")
    actor: Annotated["Member", strawberry.lazy("schema.principal")] | None = node_named(
        "actor", (ids.MEMBER,), description="Who made it; null for the system, or if they are gone."
    )
    actor_id: str = column("actor", description="The id of who made it, or `system`.")
    through: Through = column(
        "through", make=through_of, description="By what they made it, such as a token."
    )
    action: str = column("action", description="What was done: a noun and a verb, `space.rename`.")
    object: Node | None = node_named(
        "object_id", description="What it was done to; null where it is gone, or isn't seen."
    )
    object_id: strawberry.ID | None = column(
        "object_id",
        description="The id of what it was done to; null where the viewer may not know it.",
    )
    redacted: bool = column(
        "redacted",
        description="Whether an id or a part of a path isn't told, as the viewer doesn't see now "
        "what that names; ids of members and groups are always told.",
    )
    request_id: str | None = column("request_id", description="The request's, as in the log files.")


@strawberry.type(description="What one change did; it outlives what it was done to.")
class Event(Told):
    """An entry of the log."""

    is_type_of = rows_of(EventRow)
    id: strawberry.ID = template(
        f"{ids.EVENT}_{{}}_{{}}", "org_id", "revision", description="Permanent and opaque."
    )
    path: str = column(
        "path", description="Where its object lay then: keys, with slashes between them."
    )
    before: Json | None = _json("before", "What of that was otherwise before.")
    after: Json | None = _json("after", "What of that became so.")


@strawberry.type(
    description="What one change did to the node whose history this is. It has no id: the same "
    "change stands in the histories of all that it touched, and tells each its own."
)
class HistoryEntry(Told):
    """An entry of a node's history."""

    path: str = column(
        "path",
        description="Where this node lay then: keys, with slashes between them. For whoever is no "
        "admin `…` stands in place of the key of what they don't see now.",
    )
    before: Json | None = _json("before", "What of this node was otherwise before.")
    after: Json | None = _json("after", "What of this node became so.")


@strawberry.input(description="Which events are wanted: those that meet all that is given.")
class HistoryFilter:
    """The filter of one node's events."""

    actor: strawberry.ID | None = optional("Made by the member with this id, or by `system`.")
    action: str | None = optional("Just this action, or with a noun such as `space` all of its.")
    since: DateTime | None = optional("Made at this time or later.")
    until: DateTime | None = optional("Made before this time.")


@strawberry.input(description="Which events are wanted: those that meet all that is given.")
class EventFilter(HistoryFilter):
    """The filter of the Org's events."""

    object: strawberry.ID | None = optional(
        "Done to what has this id, or touching it, though it be gone."
    )


@strawberry.enum(description="What events can be ordered by.")
class EventOrderField(Enum):
    """Orders of events."""

    REVISION = "REVISION"


@strawberry.input(description="An order of events.")
class EventOrder:
    """By what, and which way."""

    field: EventOrderField = order_field()
    direction: OrderDirection = order_direction(OrderDirection.DESC)


EVENTS = ListOf(EventRow, EventFilter, EventOrder, newest_first=True)
HISTORY = ListOf(EventRow, HistoryFilter, EventOrder, newest_first=True)


def history(of: Listed, *, needs: Columns, whom: str) -> Any:
    """Declare a node's own events; `whom` are those whom they are told."""
    told = f"What touched it, the newest first; told to {whom}, and empty for others."
    return connection(
        of,
        HISTORY,
        needs=needs,
        orders=ORDERS,
        weight=Weight(parent=10, count=100, sift=200),
        description=told,
    )
