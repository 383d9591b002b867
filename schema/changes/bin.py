"""The mutations of the recycle bin."""

import strawberry

from engine.edge import Edge, declare
from engine.inputs import Rule
from resolvers.changes import purges, restoring
from resolvers.changes.change import Each
from resolvers.deletions import PurgeRow, purge_of_node
from resolvers.values import LONGEST_NAME
from schema.bin import Purge
from schema.changes.inputs import (
    A_KEY,
    A_NAME,
    NodeInput,
    PlannableNodeInput,
    PlannableNodesInput,
    needed,
)
from schema.changes.payload import (
    Item,
    Payload,
    deleted_column,
    mutation,
    plan_column,
    results_column,
)
from schema.changes.plan import AccessPlan
from schema.filter import optional
from schema.kind import node_of_kind
from schema.node import Node

BACK = "What came back, as it is now; null where nothing was changed."


@strawberry.input(description="A deletion that is to be taken back; `id` is the deletion's.")
class RestoreInput(PlannableNodeInput):
    """What `restore` takes."""

    new_name: str | None = optional("Another name than it had, where that is taken.", A_NAME)
    new_key: str | None = optional("Another key than it had; a space keeps its own.", A_KEY)
    into: strawberry.ID | None = optional(
        "The space or project that it is to be in, instead of where it was. Takes FULL there."
    )


@strawberry.input(description="Deletions that are to be taken back; `ids` are the deletions'.")
class RestoresInput(PlannableNodesInput):
    """What `restores` takes."""


@strawberry.input(description="A deletion that is to be purged; `id` is the deletion's.")
class PurgeInput(NodeInput):
    """What `purge` takes."""

    confirm_name: str = needed(
        "The name of what is to be gone for good, letter by letter.", Rule(LONGEST_NAME)
    )


@strawberry.type(description="The answer to a deletion taken back.")
class RestorePayload(Payload):
    """What came back."""

    node: Node | None = node_of_kind("node_kind", "node_id", description=BACK)
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="What came of one of many deletions.")
class RestoreResult(Item):
    """What came back by one of many."""

    node: Node | None = node_of_kind("node_kind", "node_id", description=BACK)


@strawberry.type(description="The answer to many deletions taken back.")
class RestoresPayload(Payload):
    """What came back by each of many."""

    results: list[RestoreResult] = results_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="The answer to a purge that was asked for.")
class PurgePayload(Payload):
    """How far it is."""

    purge: Purge | None = declare(
        Edge(purge_of_node.rows, needs=("node_id",), gives=PurgeRow),
        description="What is purged, and how far that is; null where nothing was changed.",
    )
    deleted_id: strawberry.ID | None = deleted_column()


@strawberry.type
class BinMutations:
    """The fields of the mutation root that are about the recycle bin."""

    restore: RestorePayload = mutation(
        "restore",
        restoring.restore,
        RestoreInput,
        description="Take a deletion back: just what it took is there again, with its grants. "
        "Takes to see it in the bin, and what deleting would take.",
    )
    restores: RestoresPayload = mutation(
        "restores",
        Each(restoring.restore, newest_first=True),
        RestoresInput,
        description="Take deletions back, one after the other. Takes for each what `restore` does.",
    )
    purge: PurgePayload = mutation(
        "purge",
        purges.purge,
        PurgeInput,
        description="Take something out of the recycle bin for good. It is gone from there at "
        "once, and removed in the background. Admins only.",
    )
