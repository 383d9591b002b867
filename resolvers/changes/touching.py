"""What a change touches beside its own node: grants end and begin there, or who is in what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auth.levels import Permission
from db import ids
from db.ids import NodeId
from resolvers.changes.change import Beside
from resolvers.changes.held_by import path_of_grant
from resolvers.changes.held_on import Holding, listed


def nodes_of_grants(
    type_: str, org_id: int, ended: Sequence[Any], begun: Iterable[Any] = ()
) -> tuple[Beside, ...]:
    """Return the spaces and projects on which grants to principals of a type ended and began.

    Those that ended are as `held_by` gives them, and others began only where one of them was.
    """
    before, after = _by_node(type_, org_id, ended), _by_node(type_, org_id, begun)
    paths = {_node(org_id, grant): path_of_grant(grant) for grant in ended}
    return tuple(
        Beside(node, path, listed(before[node]), listed(after[node]) if node in after else None)
        for node, path in paths.items()
    )


def _by_node(type_: str, org_id: int, grants: Iterable[Any]) -> defaultdict[NodeId, list[Holding]]:
    found = defaultdict[NodeId, list[Holding]](list)
    for grant in grants:
        principal, level = NodeId(type_, org_id, grant.principal_id), Permission(grant.level)
        held = Holding(principal, level, bool(grant.propagate), grant.expires_at)
        found[_node(org_id, grant)].append(held)
    return found


def _node(org_id: int, grant: Any) -> NodeId:
    if grant.project_id is None:
        return NodeId(ids.SPACE, org_id, grant.space_id)
    return NodeId(ids.PROJECT, org_id, grant.project_id)


def members_of_group(
    org_id: int, members: Mapping[int, str], *, left: str | None = None, joined: str | None = None
) -> tuple[Beside, ...]:
    """Return the members, keys by ids, who left or joined the group with the key."""
    before, after = _listed("groups", left), _listed("groups", joined)
    return tuple(
        Beside(NodeId(ids.MEMBER, org_id, id_), key, before, after) for id_, key in members.items()
    )


def groups_of_member(
    org_id: int, groups: Mapping[str, int], *, left: str | None = None, joined: str | None = None
) -> tuple[Beside, ...]:
    """Return the groups, ids by keys, that the member with the key left or joined."""
    before, after = _listed("members", left), _listed("members", joined)
    return tuple(
        Beside(NodeId(ids.GROUP, org_id, id_), key, before, after) for key, id_ in groups.items()
    )


def _listed(name: str, key: str | None) -> dict[str, Any] | None:
    return None if key is None else {name: [key]}
