"""The mutations of spaces."""

import strawberry

from resolvers.changes import deletions, spaces
from resolvers.changes.change import Each
from resolvers.spaces import SpaceRow, by_id
from schema.changes.inputs import (
    A_KEY,
    A_NAME,
    A_PURPOSE,
    KEY,
    NAME,
    PURPOSE,
    PlannableNodesInput,
    PlannableRevisedInput,
    Repeatable,
    RevisedNodeInput,
    needed,
)
from schema.changes.payload import (
    Item,
    Payload,
    deleted_column,
    mutation,
    node_edge,
    plan_column,
    results_column,
    undo_column,
)
from schema.changes.plan import AccessPlan
from schema.filter import left_as_it_is, optional
from schema.space import Space


@strawberry.input(description="A new space.")
class SpaceCreateInput(Repeatable):
    """What `spaceCreate` takes."""

    key: str = needed(KEY, A_KEY)
    name: str = needed(NAME, A_NAME)
    description: str | None = optional(PURPOSE, A_PURPOSE)


@strawberry.input(description="Another name for a space.")
class SpaceRenameInput(RevisedNodeInput):
    """What `spaceRename` takes."""

    name: str = needed(NAME, A_NAME)


@strawberry.input(description="What is said of a space.")
class SpaceUpdateInput(RevisedNodeInput):
    """What `spaceUpdate` takes."""

    name: str | None = left_as_it_is(NAME, A_NAME)
    description: str | None = left_as_it_is(PURPOSE, A_PURPOSE)


@strawberry.input(description="The space that is to go into the recycle bin.")
class SpaceDeleteInput(PlannableRevisedInput):
    """What `spaceDelete` takes."""


@strawberry.input(description="The spaces that are to go into the recycle bin.")
class SpacesDeleteInput(PlannableNodesInput):
    """What `spacesDelete` takes."""


@strawberry.type(description="The answer to a change of a space.")
class SpacePayload(Payload):
    """A space after a change."""

    node: Space | None = node_edge(by_id.rows, SpaceRow)
    undo_token: str | None = undo_column()
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="What came of one of many spaces.")
class SpaceResult(Item):
    """A space after a change of many."""

    node: Space | None = node_edge(by_id.rows, SpaceRow)


@strawberry.type(description="The answer to a change of many spaces.")
class SpacesPayload(Payload):
    """Spaces after a change."""

    results: list[SpaceResult] = results_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type
class SpaceMutations:
    """The fields of the mutation root that are about spaces."""

    space_create: SpacePayload = mutation(
        "spaceCreate",
        spaces.create,
        SpaceCreateInput,
        description="Make a space, and its shared project with it. Admins only.",
    )
    space_rename: SpacePayload = mutation(
        "spaceRename",
        spaces.rename,
        SpaceRenameInput,
        description="Give a space another name. Takes FULL on it.",
    )
    space_update: SpacePayload = mutation(
        "spaceUpdate",
        spaces.update,
        SpaceUpdateInput,
        description="Change what is said of a space. Takes OWNER on it.",
    )
    space_delete: SpacePayload = mutation(
        "spaceDelete",
        deletions.delete_space,
        SpaceDeleteInput,
        description="Put a space into the recycle bin, with all that is in it. Takes OWNER on it.",
    )
    spaces_delete: SpacesPayload = mutation(
        "spacesDelete",
        Each(deletions.delete_space),
        SpacesDeleteInput,
        description="Put spaces into the recycle bin. Takes OWNER on each.",
    )
