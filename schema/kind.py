"""The kinds of node that permissions are on, and the fields that lead to a node of any of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry

from engine.edge import Edge, Reference, declare
from resolvers import assets, projects, spaces


@strawberry.enum(description="The kinds of node that permissions are on.")
class NodeKind(StrEnum):
    """Kinds of node."""

    SPACE = "SPACE"
    PROJECT = "PROJECT"
    ASSET = "ASSET"


EDGES: Mapping[str, Edge] = {
    "SPACE": Edge(spaces.by_id.rows, needs=("id",), gives=spaces.SpaceRow),
    "PROJECT": Edge(projects.by_id.rows, needs=("id",), gives=projects.ProjectRow),
    "ASSET": Edge(assets.by_id.rows, needs=("id",), gives=assets.AssetRow),
}
TYPES = {"SPACE": "Space", "PROJECT": "Project", "ASSET": "Asset"}


def node_of_kind(kind: str, key: str, *, description: str) -> Any:
    """Declare the node whose kind and number these columns tell; null where it isn't seen."""
    return declare(Reference(kind, key, EDGES, TYPES), description=description)
