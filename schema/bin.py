"""The types Deletion and Purge: what lies in the recycle bin, and what leaves it for good."""

from enum import Enum

import strawberry

from db import ids
from db.clock import as_datetime
from engine.edge import Edge, Weight, column, declare, template
from resolvers.deletions import DeletionRow, HiddenRow, PurgeRow, hidden
from resolvers.principals import MemberRow, member_by_id
from schema.connection import ListOf
from schema.filter import OrderDirection, in_name, optional, order_direction, order_field
from schema.kind import NodeKind
from schema.node import ORG_ID, Node, id_column, rows_of
from schema.principal import Member
from schema.scalars import Count, DateTime

KIND, PATH = "Of which kind it was.", "The keys that led to it, with slashes between them."


@strawberry.type(
    description="How many nodes a deletion hides, what was deleted itself among them. What was "
    "deleted on its own before isn't: restoring brings back just what is counted here. Whoever is "
    "no admin is told of as many as they would see then."
)
class Hidden:
    """The sum of what a deletion hides."""

    spaces: Count = column("spaces", description="Spaces.")
    projects: Count = column("projects", description="Projects, shared ones included.")
    assets: Count = column("assets", description="Assets.")


@strawberry.type(description="What was deleted and can be restored.")
class Deletion(Node):
    """A deletion that was neither taken back nor purged."""

    is_type_of = rows_of(DeletionRow)
    id: strawberry.ID = id_column(ids.DELETION)
    node_kind: NodeKind = column("kind", description=KIND)
    key: str = column("key", description="Its key.")
    name: str = column("name", description="Its name.")
    path: str = column(
        "path",
        description="The keys that led to it, with slashes between them. For whoever is no admin "
        "the place where it would come back to, with `…` for the key of what they don't see now.",
    )
    redacted: bool = column(
        "redacted", description="Whether a part of the path isn't told, as the viewer can't see it."
    )
    deleted_by: Member | None = declare(
        Edge(member_by_id.rows, needs=("by_id",), gives=MemberRow), description="Who deleted it."
    )
    deleted_at: DateTime = column("deleted_at", raw=as_datetime, description="When.")
    purges_at: DateTime = column(
        "purges_at",
        raw=as_datetime,
        description="When it will be purged unless it is restored: `Org.retentionDays` later.",
    )
    hides: Hidden = declare(
        Edge(hidden.rows, needs=("id",), gives=HiddenRow, weight=Weight(parent=500)),
        description="How much went with it. Counted when asked, so it takes time for much.",
    )


@strawberry.type(description="What was taken out of the recycle bin, to be removed for good.")
class Purge:
    """A deletion that is being purged, or was."""

    id: strawberry.ID = id_column(ids.PURGE)
    deletion_id: strawberry.ID = template(
        f"{ids.DELETION}_{{}}_{{}}",
        ORG_ID,
        "id",
        description="The id that the deletion had while it lay in the recycle bin.",
    )
    node_kind: NodeKind = column("kind", description=KIND)
    key: str = column("key", description="Its key.")
    name: str = column("name", description="Its name.")
    path: str = column("path", description=PATH)
    asked_at: DateTime = column("asked_at", raw=as_datetime, description="When that was decided.")
    rows_to_purge: Count | None = column(
        "rows_to_purge",
        description="How many rows of the database it takes with it; null until it has begun.",
    )
    rows_purged: Count = column("rows_purged", description="How many of them are gone.")
    finished_at: DateTime | None = column(
        "purged_at", raw=as_datetime, description="When all of it was gone."
    )


@strawberry.input(description="Which deletions are wanted: those that meet all that is given.")
class DeletionFilter:
    """The filter of the recycle bin."""

    node_kind: NodeKind | None = optional("What was deleted is of this kind.")
    name_contains: str | None = in_name("Its name has this in it, whatever the case.")
    deleted_by: strawberry.ID | None = optional("The member with this id deleted it.")
    deleted_since: DateTime | None = optional("It was deleted at this time or later.")
    deleted_before: DateTime | None = optional("It was deleted before this time.")


@strawberry.enum(description="What deletions can be ordered by.")
class DeletionOrderField(Enum):
    """Orders of deletions."""

    DELETED_AT = "DELETED_AT"
    PATH = "PATH"


@strawberry.input(description="An order of deletions.")
class DeletionOrder:
    """By what, and which way."""

    field: DeletionOrderField = order_field()
    direction: OrderDirection = order_direction()


@strawberry.input(description="Which purges are wanted: those that meet all that is given.")
class PurgeFilter:
    """The filter of purges."""

    node_kind: NodeKind | None = optional("What is purged is of this kind.")
    name_contains: str | None = in_name("Its name has this in it, whatever the case.")


@strawberry.enum(description="What purges can be ordered by.")
class PurgeOrderField(Enum):
    """Orders of purges."""

    ASKED_AT = "ASKED_AT"
    PATH = "PATH"


@strawberry.input(description="An order of purges.")
class PurgeOrder:
    """By what, and which way."""

    field: PurgeOrderField = order_field()
    direction: OrderDirection = order_direction()


DELETIONS = ListOf(DeletionRow, DeletionFilter, DeletionOrder, newest_first=True)
PURGES = ListOf(PurgeRow, PurgeFilter, PurgeOrder, newest_first=True)
