"""The mutations of assets."""

import strawberry

from engine.inputs import Rule
from resolvers import values
from resolvers.assets import AssetRow, by_id
from resolvers.changes import assets, copies, deletions, moves
from resolvers.changes.change import Each
from schema.asset import Asset
from schema.changes.inputs import (
    A_KEY,
    A_NAME,
    EXPECTED,
    KEY,
    NAME,
    PlannableNodesInput,
    PlannableRevisedInput,
    Repeatable,
    RevisedNodeInput,
    needed,
)
from schema.changes.moving import ArrivalInput, ArrivalsInput
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
from schema.scalars import Json, Revision

KIND = "PIPELINE, TASK, ACCOUNT, FILE, DATASET or any other: 1 to 64 of A-Z 0-9 _, a letter first."
METADATA = "An object of whatever is to be noted"
CONTENT = "What it holds"
INTO = "The project that it is to be in."
A_KIND, SOME_METADATA = Rule(fits=values.kind), Rule(fits=values.json_text)
SOME_CONTENT = Rule(fits=values.either)


@strawberry.input(description="The content of an asset: either a text or a reference.")
class AssetContentInput:
    """One version of it."""

    media_type: str = needed("What it is, such as text/plain.", Rule(512, values.media_type))
    text: str | None = optional(
        "The content itself; for what is small.", Rule(values.LONGEST_CONTENT)
    )
    reference: str | None = optional(
        "Where it is kept: a URI, such as s3://bucket/object.", Rule(4_352, values.uri)
    )


@strawberry.input(description="A new asset.")
class AssetCreateInput(Repeatable):
    """What `assetCreate` takes."""

    project: strawberry.ID = needed("The project that it is to be in.")
    key: str = needed(KEY, A_KEY)
    name: str = needed(NAME, A_NAME)
    kind: str = needed(KIND, A_KIND)
    metadata: Json | None = optional(f"{METADATA}; null for nothing.", SOME_METADATA)
    content: AssetContentInput | None = optional(f"{CONTENT}; null for nothing.", SOME_CONTENT)


@strawberry.input(description="Another name for an asset.")
class AssetRenameInput(RevisedNodeInput):
    """What `assetRename` takes."""

    name: str = needed(NAME, A_NAME)


@strawberry.input(description="What is changed of an asset: what is left out stays.")
class AssetUpdateInput(RevisedNodeInput):
    """What `assetUpdate` takes."""

    name: str | None = left_as_it_is(NAME, A_NAME)
    kind: str | None = left_as_it_is(KIND, A_KIND)
    metadata: Json | None = left_as_it_is(
        f"{METADATA}, instead of all that was; null for nothing.", SOME_METADATA
    )
    content: AssetContentInput | None = left_as_it_is(
        f"{CONTENT} now: a new version.", SOME_CONTENT
    )


@strawberry.input(description="The asset that is to go into the recycle bin.")
class AssetDeleteInput(PlannableRevisedInput):
    """What `assetDelete` takes."""


@strawberry.input(description="The assets that are to go into the recycle bin.")
class AssetsDeleteInput(PlannableNodesInput):
    """What `assetsDelete` takes."""


@strawberry.input(description="The asset that is to be in another project.")
class AssetMoveInput(ArrivalInput):
    """What `assetMove` takes."""

    into: strawberry.ID = needed(INTO)
    expected_revision: Revision | None = optional(EXPECTED)


@strawberry.input(description="The assets that are to be in another project.")
class AssetsMoveInput(ArrivalsInput):
    """What `assetsMove` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.input(description="The asset that is to be copied.")
class AssetCopyInput(ArrivalInput):
    """What `assetCopy` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.input(description="The assets that are to be copied.")
class AssetsCopyInput(ArrivalsInput):
    """What `assetsCopy` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.type(description="The answer to a change of an asset.")
class AssetPayload(Payload):
    """An asset after a change."""

    node: Asset | None = node_edge(by_id.rows, AssetRow)
    undo_token: str | None = undo_column()
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="What came of one of many assets.")
class AssetResult(Item):
    """An asset after a change of many."""

    node: Asset | None = node_edge(by_id.rows, AssetRow)


@strawberry.type(description="The answer to a change of many assets.")
class AssetsPayload(Payload):
    """Assets after a change."""

    results: list[AssetResult] = results_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type
class AssetMutations:
    """The fields of the mutation root that are about assets."""

    asset_create: AssetPayload = mutation(
        "assetCreate",
        assets.create,
        AssetCreateInput,
        description="Make an asset. Takes FULL on the project.",
    )
    asset_rename: AssetPayload = mutation(
        "assetRename",
        assets.rename,
        AssetRenameInput,
        description="Give an asset another name. Takes FULL on it.",
    )
    asset_update: AssetPayload = mutation(
        "assetUpdate",
        assets.update,
        AssetUpdateInput,
        description="Change an asset's kind, metadata and content. Takes FULL on it.",
    )
    asset_move: AssetPayload = mutation(
        "assetMove",
        moves.move_asset,
        AssetMoveInput,
        description="Move an asset into another project. Takes FULL on it and on that project.",
    )
    assets_move: AssetsPayload = mutation(
        "assetsMove",
        Each(moves.move_asset),
        AssetsMoveInput,
        description="Move assets into another project. Takes FULL on each and on that project.",
    )
    asset_copy: AssetPayload = mutation(
        "assetCopy",
        copies.copy_asset,
        AssetCopyInput,
        description="Copy an asset with the newest version of its content. Takes READ on it, and "
        "FULL on the project.",
    )
    assets_copy: AssetsPayload = mutation(
        "assetsCopy",
        Each(copies.copy_asset),
        AssetsCopyInput,
        description="Copy assets with the newest version of their content. Takes READ on each, and "
        "FULL on the project.",
    )
    asset_delete: AssetPayload = mutation(
        "assetDelete",
        deletions.delete_asset,
        AssetDeleteInput,
        description="Put an asset into the recycle bin. Takes FULL on it.",
    )
    assets_delete: AssetsPayload = mutation(
        "assetsDelete",
        Each(deletions.delete_asset),
        AssetsDeleteInput,
        description="Put assets into the recycle bin. Takes FULL on each.",
    )
