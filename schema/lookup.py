"""How nodes are found by the ids that the API gave, whatever their type."""

from collections.abc import Iterable
from typing import Any

from auth.subject import OrgRow
from db import ids
from engine.edge import Edge, Lookup, declare
from resolvers import assets, deletions, principals, projects, spaces, viewer

EDGES = {
    ids.ORG: Edge(viewer.org_of, needs=("id",), gives=OrgRow),
    ids.SPACE: Edge(spaces.by_id.rows, needs=("id",), gives=spaces.SpaceRow),
    ids.PROJECT: Edge(
        projects.by_id.rows, needs=("id",), gives=projects.ProjectRow, brings=("space",)
    ),
    ids.ASSET: Edge(
        assets.by_id.rows,
        needs=("id",),
        gives=assets.AssetRow,
        brings=("project", "project.space"),
    ),
    ids.MEMBER: Edge(principals.member_by_id.rows, needs=("id",), gives=principals.MemberRow),
    ids.GROUP: Edge(principals.group_by_id.rows, needs=("id",), gives=principals.GroupRow),
    ids.DELETION: Edge(deletions.by_id.rows, needs=("id",), gives=deletions.DeletionRow),
}
TYPES = {
    ids.ORG: "Org",
    ids.SPACE: "Space",
    ids.PROJECT: "Project",
    ids.ASSET: "Asset",
    ids.MEMBER: "Member",
    ids.GROUP: "Group",
    ids.DELETION: "Deletion",
}
BY_ID = Lookup(viewer.parse_in_org, EDGES, TYPES)


def node_named(column: str, types: Iterable[str] = TYPES, *, description: str) -> Any:
    """Declare the node of one of the types whose id a column has; null where it isn't seen."""
    edges = {type_: EDGES[type_] for type_ in types}
    named = {type_: TYPES[type_] for type_ in types}
    lookup = Lookup(viewer.parse_in_org, edges, named, column)
    return declare(lookup, description=description)
