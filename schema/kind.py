"""The kinds of node that permissions are on, and the fields that lead to a node of any of them."""

from enum import StrEnum
from typing import Any

import strawberry

from db import ids
from engine.edge import Reference, declare
from schema import lookup


@strawberry.enum(description="The kinds of node that permissions are on.")
class NodeKind(StrEnum):
    """Kinds of node."""

    SPACE = "SPACE"
    PROJECT = "PROJECT"
    ASSET = "ASSET"


IDS = {"SPACE": ids.SPACE, "PROJECT": ids.PROJECT, "ASSET": ids.ASSET}
EDGES = {kind: lookup.EDGES[type_] for kind, type_ in IDS.items()}
TYPES = {kind: lookup.TYPES[type_] for kind, type_ in IDS.items()}


def node_of_kind(kind: str, key: str, *, description: str, name: str | None = None) -> Any:
    """Declare the node whose kind and number these columns tell; null where it isn't seen."""
    return declare(Reference(kind, key, EDGES, TYPES), description=description, name=name)
