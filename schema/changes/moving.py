"""The inputs of moves and copies: where to, under which name, and what happens if that is taken."""

from typing import Any

import strawberry

from resolvers.changes.clashes import OnClash
from schema.changes.inputs import A_KEY, A_NAME, PlannableNodeInput, PlannableNodesInput
from schema.closed import closed
from schema.filter import optional

ON_CLASH = {
    "FAIL": "Refuse the change.",
    "SKIP": "Leave all as it was, and say so by the code SKIPPED.",
    "RENAME": 'Take the next number that is free, as in "Name 2" and "key-2".',
    "OVERWRITE": "Put what is in the way into the recycle bin, if the asker may delete it.",
}

closed(
    OnClash,
    name="OnClash",
    description="What happens where the name or the key is taken by another.",
    meanings={one: ON_CLASH[one.name] for one in OnClash},
)


def on_clash() -> Any:
    """Declare what is to happen on a clash."""
    return strawberry.field(
        default=OnClash.FAIL, description="What is done where the name or the key is taken there."
    )


@strawberry.input(description="A node that is to be somewhere else, or a copy of it.")
class ArrivalInput(PlannableNodeInput):
    """What a move or a copy of one node takes."""

    new_name: str | None = optional("What it is to be called there; null to keep the name.", A_NAME)
    new_key: str | None = optional("Its key there; null to keep the key.", A_KEY)
    on_clash: OnClash = on_clash()


@strawberry.input(description="Nodes that are to be somewhere else, or copies of them.")
class ArrivalsInput(PlannableNodesInput):
    """What a move or a copy of many nodes takes."""

    on_clash: OnClash = on_clash()
