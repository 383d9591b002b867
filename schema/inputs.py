"""What mutations are given."""

from typing import Any

import strawberry

from schema.filter import optional

KEY = "Permanent, used in URLs: 1 to 255 of A-Z a-z 0-9 . _ ~ -, unique among its siblings."
NAME = "What people call it: 1 to 255 characters, none of / \\ # ?, unique among its siblings."


def needed(description: str) -> Any:
    """Declare a field of an input that must be given."""
    return strawberry.field(description=description)


@strawberry.input(description="What every mutation takes.")
class Repeatable:
    """A change that may be sent again."""

    idempotency_key: str | None = optional(
        "Any text, another for each change: whoever sends the same again gets the first answer."
    )


@strawberry.input(description="A change of one node.")
class NodeInput(Repeatable):
    """Which node."""

    id: strawberry.ID = needed("The id that the API gave.")


@strawberry.input(description="A new space.")
class SpaceCreateInput(Repeatable):
    """What `spaceCreate` takes."""

    key: str = needed(KEY)
    name: str = needed(NAME)
    description: str | None = optional("What it is for.")


@strawberry.input(description="Another name for a space.")
class SpaceRenameInput(NodeInput):
    """What `spaceRename` takes."""

    name: str = needed(NAME)


@strawberry.input(description="What is said of a space.")
class SpaceUpdateInput(NodeInput):
    """What `spaceUpdate` takes."""

    description: str | None = optional("What it is for; null for nothing.")


@strawberry.input(description="The space that is to go into the recycle bin.")
class SpaceDeleteInput(NodeInput):
    """What `spaceDelete` takes."""


@strawberry.input(description="A new project.")
class ProjectCreateInput(Repeatable):
    """What `projectCreate` takes."""

    space: strawberry.ID = needed("The space that it is to be in.")
    key: str = needed(KEY)
    name: str = needed(NAME)
    description: str | None = optional("What it is for.")


@strawberry.input(description="Another name for a project.")
class ProjectRenameInput(NodeInput):
    """What `projectRename` takes."""

    name: str = needed(NAME)


@strawberry.input(description="What is said of a project.")
class ProjectUpdateInput(NodeInput):
    """What `projectUpdate` takes."""

    description: str | None = optional("What it is for; null for nothing.")


@strawberry.input(description="The project that is to go into the recycle bin.")
class ProjectDeleteInput(NodeInput):
    """What `projectDelete` takes."""
