"""The type AssetVersion: what an asset held at one time."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.edge import Edge, column, declare
from resolvers.principals import MemberRow, member_by_id
from resolvers.versions import VersionRow
from schema.connection import ListOf
from schema.node import created_column
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.principal import Member


@strawberry.type(description="The content of an asset at one time; it never changes.")
class AssetVersion:
    """A version as its viewer sees it."""

    number: int = column("number", description="Counted from 1, which is the oldest.")
    media_type: str = column("media_type", description="What the content is, as in text/plain.")
    text: str | None = column(
        "text", weight=100, description="The content itself, where it is kept here."
    )
    reference: str | None = column(
        "reference", description="The URI of the content, where it is kept elsewhere."
    )
    created_at: DateTime = created_column()
    created_by: Annotated["Member", strawberry.lazy("schema.principal")] | None = declare(
        Edge(member_by_id.rows, needs=("created_by",), gives=MemberRow),
        description="Who made it; null where it came with an import.",
    )


VERSIONS = ListOf(VersionRow)
