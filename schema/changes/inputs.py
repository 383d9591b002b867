"""The inputs that mutations have in common."""

from typing import Any

import strawberry

from engine.inputs import Rule
from resolvers import values
from schema.filter import optional, ruled
from schema.scalars import Revision

KEY = "Permanent, used in URLs: 1 to 255 of A-Z a-z 0-9 . _ ~ -, unique among its siblings."
NAME = "What people call it: 1 to 255 characters, none of / \\ # ?, unique among its siblings."
PRINCIPAL_KEY = "Permanent: 1 to 255 of A-Z a-z 0-9 . _ ~ -, unique, and never used again."
TITLE = "What people call it: 1 to 255 characters."
PURPOSE = "What it is for; null for nothing."
OUTDATED = "the change is refused as STALE if it has another by now."
EXPECTED = f"The `revision` of what is changed, as it was read: {OUTDATED}"
A_KEY, A_NAME = Rule(fits=values.node_key), Rule(values.LONGEST_NAME, values.node_name)
A_PRINCIPAL_KEY, A_TITLE = Rule(fits=values.key), Rule(values.LONGEST_NAME, values.composed_title)
A_PURPOSE = Rule(values.LONGEST_DESCRIPTION)


def needed(description: str, rule: Rule | None = None) -> Any:
    """Declare a field of an input that must be given."""
    return strawberry.field(description=description, metadata=ruled(rule))


def flag(description: str) -> Any:
    """Declare a field of an input that is false unless it is given."""
    return strawberry.field(default=False, description=description)


@strawberry.input(description="What every mutation takes.")
class Repeatable:
    """A change that may be sent again."""

    idempotency_key: str | None = optional(
        "Any text, another for each change: whoever sends the same again gets the first answer.",
        Rule(fits=values.idempotency_key),
    )


@strawberry.input(description="What every mutation takes that can alter permissions.")
class Plannable(Repeatable):
    """A change that may be tried first."""

    dry_run: bool = flag("Change nothing, and answer the `plan`: whose permissions it would alter.")
    plan_token: str | None = optional(
        "That of a plan: the change is refused if anything that it is about has changed since."
    )


@strawberry.input(description="A change of one node.")
class NodeInput(Repeatable):
    """Which node."""

    id: strawberry.ID = needed("The id that the API gave.")


@strawberry.input(description="A change of what one node is itself.")
class RevisedNodeInput(NodeInput):
    """Which node, and as it was read."""

    expected_revision: Revision | None = optional(EXPECTED)


@strawberry.input(description="A change of one node that can alter permissions.")
class PlannableNodeInput(Plannable):
    """Which node."""

    id: strawberry.ID = needed("The id that the API gave.")


@strawberry.input(description="A change of what one node is itself, that can alter permissions.")
class PlannableRevisedInput(PlannableNodeInput):
    """Which node, and as it was read."""

    expected_revision: Revision | None = optional(EXPECTED)


@strawberry.input(description="A change of many nodes that can alter permissions.")
class PlannableNodesInput(Plannable):
    """Which nodes."""

    ids: list[strawberry.ID] = needed("Up to 1,000 ids that the API gave, none of them twice.")
