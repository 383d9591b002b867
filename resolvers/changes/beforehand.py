"""What a change is refused for by whoever asks it, told by reading alone, for all ids at once.

It says what the work would say, which looks again: whoever may do nothing takes no lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from auth.actions import ACTIONS, Need, On
from auth.levels import Permission
from db import ids
from db.ids import NodeId, parse_id
from resolvers import assets, deletions, principals, projects, spaces
from resolvers.changes.change import Input, refusal
from resolvers.context import Reading
from resolvers.errors import FORBIDDEN, UserError, not_found
from resolvers.pagination import Matched

NODES = (ids.SPACE, ids.PROJECT)
PRINCIPALS = (ids.MEMBER, ids.GROUP)
BY_ID: Mapping[str, tuple[Matched, tuple[str, ...]]] = {
    ids.SPACE: (spaces.by_id, ("level",)),
    ids.PROJECT: (projects.by_id, ("level", "space_id")),
    ids.ASSET: (assets.by_id, ("level",)),
    ids.MEMBER: (principals.member_by_id, ()),
    ids.GROUP: (principals.group_by_id, ()),
    ids.DELETION: (deletions.by_id, ()),
}


class Place(NamedTuple):
    """A field of the input that names a node, of which types, and what that is to the action."""

    field: str
    types: tuple[str, ...]
    role: On | None = None


class Asked(NamedTuple):
    """What a mutation looks up, in this order, and the action for which rights are needed then.

    `field` is the one that is refused where rights are missing.
    """

    action: str | None
    field: str
    places: tuple[Place, ...] = ()


def _itself(type_: str, action: str, *before: Place) -> Asked:
    return Asked(action, "id", (*before, Place("id", (type_,), On.NODE)))


def _into(type_: str, field: str = "into") -> Place:
    return Place(field, (type_,), On.TARGET)


def _grants(action: str) -> Asked:
    return Asked(action, "node", (Place("node", NODES, On.NODE),))


IN_SPACE, IN_PROJECT = _into(ids.SPACE), _into(ids.PROJECT)
GROUP = (Place("group", (ids.GROUP,)),)
BINNED = (Place("id", (ids.DELETION,)),)
ASKED: Mapping[str, Asked] = {
    "spaceCreate": Asked("space.create", "key"),
    "spaceRename": _itself(ids.SPACE, "space.rename"),
    "spaceUpdate": _itself(ids.SPACE, "space.update"),
    "spaceDelete": _itself(ids.SPACE, "space.delete"),
    "spacesDelete": _itself(ids.SPACE, "space.delete"),
    "projectCreate": Asked("project.create", "space", (_into(ids.SPACE, "space"),)),
    "projectRename": _itself(ids.PROJECT, "project.rename"),
    "projectUpdate": _itself(ids.PROJECT, "project.update"),
    "projectMove": _itself(ids.PROJECT, "project.move", IN_SPACE),
    "projectsMove": _itself(ids.PROJECT, "project.move", IN_SPACE),
    "projectCopy": _itself(ids.PROJECT, "project.copy", IN_SPACE),
    "projectsCopy": _itself(ids.PROJECT, "project.copy", IN_SPACE),
    "projectDelete": _itself(ids.PROJECT, "project.delete"),
    "projectsDelete": _itself(ids.PROJECT, "project.delete"),
    "assetCreate": Asked("asset.create", "project", (_into(ids.PROJECT, "project"),)),
    "assetRename": _itself(ids.ASSET, "asset.rename"),
    "assetUpdate": _itself(ids.ASSET, "asset.update"),
    "assetMove": _itself(ids.ASSET, "asset.move", IN_PROJECT),
    "assetsMove": _itself(ids.ASSET, "asset.move", IN_PROJECT),
    "assetCopy": _itself(ids.ASSET, "asset.copy", IN_PROJECT),
    "assetsCopy": _itself(ids.ASSET, "asset.copy", IN_PROJECT),
    "assetDelete": _itself(ids.ASSET, "asset.delete"),
    "assetsDelete": _itself(ids.ASSET, "asset.delete"),
    "restore": Asked(None, "id", BINNED),
    "restores": Asked(None, "id", BINNED),
    "purge": Asked("bin.purge", "id", BINNED),
    "grantSet": _grants("grant.set"),
    "grantRevoke": _grants("grant.revoke"),
    "grantsReplace": _grants("grants.replace"),
    "ownershipTransfer": _grants("ownership.transfer"),
    "groupCreate": Asked("group.create", "key"),
    "groupRename": _itself(ids.GROUP, "group.rename"),
    "groupDelete": _itself(ids.GROUP, "group.delete"),
    "groupMembersAdd": Asked("group.members.add", "group", GROUP),
    "groupMembersRemove": Asked("group.members.remove", "group", GROUP),
    "memberAdd": Asked("member.add", "email"),
    "memberUpdate": _itself(ids.MEMBER, "member.update"),
    "memberDeactivate": _itself(ids.MEMBER, "member.deactivate"),
    "memberReactivate": _itself(ids.MEMBER, "member.reactivate"),
    "memberRemove": _itself(ids.MEMBER, "member.remove"),
    "serviceAccountCreate": Asked("service.create", "key"),
    "orgUpdate": Asked("org.update", "name"),
}


async def refused_of(
    reading: Reading, name: str, given: Input, of: Sequence[str]
) -> dict[str, UserError]:
    """Return which of many ids a mutation is refused for, and why."""
    asked, inputs = ASKED.get(name), {id_: {**given, "id": id_} for id_ in of}
    if asked is None:
        return {}
    sights = await Sights.load(reading, asked, inputs.values())
    found = ((id_, sights.refusal(asked, input_)) for id_, input_ in inputs.items())
    return {id_: error for id_, error in found if error is not None}


async def refused(reading: Reading, name: str, given: Input) -> UserError | None:
    """Return why a mutation of one is refused; None where that can't be told from a read."""
    asked = ASKED.get(name)
    if asked is None:
        return None
    return (await Sights.load(reading, asked, [given])).refusal(asked, given)


class Sights(NamedTuple):
    """What the asker sees of the nodes that inputs name: its levels, and projects' spaces."""

    org_id: int
    org_level: Permission
    levels: Mapping[NodeId, Permission]
    within: Mapping[NodeId, NodeId]

    @classmethod
    async def load(cls, reading: Reading, asked: Asked, inputs: Iterable[Input]) -> "Sights":
        """Load them in one statement a type, and one more for the spaces of projects."""
        org_id, levels = reading.org_id or 0, dict[NodeId, Permission]()
        within = dict[NodeId, NodeId]()
        named = {node for given in inputs for node in _named(asked, given, org_id)}
        for node, row in await _rows(reading, named):
            levels[node] = Permission(row[1]) if len(row) > 1 else Permission.NONE
            if node.type == ids.PROJECT and row[2] is not None:
                within[node] = NodeId(ids.SPACE, org_id, row[2])
        if _asks_of_spaces(asked):
            for node, row in await _rows(reading, {*within.values()} - levels.keys()):
                levels[node] = Permission(row[1])
        org = reading.org
        return cls(org_id, org.level if org else Permission.NONE, levels, within)

    def refusal(self, asked: Asked, given: Input) -> UserError | None:
        """Return what the work would refuse an input for, as far as it is told here."""
        nodes = dict[On, NodeId]()
        for place in asked.places:
            node = parse_id(given[place.field])
            if node is None or node.type not in place.types or node not in self.levels:
                return not_found(place.field)
            if place.role is not None:
                nodes[place.role] = node
        for need in ACTIONS[asked.action] if asked.action else ():
            if not self._meets(need, nodes):
                field = "into" if need.on == (On.TARGET,) and "into" in given else asked.field
                return UserError(FORBIDDEN, refusal(asked.action or "", need), field)
        return None

    def _meets(self, need: Need, nodes: Mapping[On, NodeId]) -> bool:
        return any(level >= need.level for level in self._on(need, nodes))

    def _on(self, need: Need, nodes: Mapping[On, NodeId]) -> Iterator[Permission]:
        for on in need.on:
            node = nodes.get(on)
            if on is On.ORG:
                yield self.org_level
            elif on is On.SPACE and On.NODE in nodes and nodes[On.NODE] in self.within:
                yield self.levels.get(self.within[nodes[On.NODE]], Permission.NONE)
            elif node is not None:
                yield self.levels[node]


def _asks_of_spaces(asked: Asked) -> bool:
    return any(On.SPACE in need.on for need in ACTIONS.get(asked.action or "", ()))


def _named(asked: Asked, given: Input, org_id: int) -> Iterator[NodeId]:
    for place in asked.places:
        node = parse_id(given[place.field])
        if node is not None and node.type in place.types and node.org_id == org_id:
            yield node


async def _rows(reading: Reading, nodes: Iterable[NodeId]) -> list[tuple[NodeId, Sequence[Any]]]:
    by_type = defaultdict[str, list[NodeId]](list)
    for node in nodes:
        by_type[node.type].append(node)
    found: list[tuple[NodeId, Sequence[Any]]] = []
    for type_, some in by_type.items():
        by_id, columns = BY_ID[type_]
        org_id = some[0].org_id
        rows = await by_id.rows(reading, [(node.id,) for node in some], None, columns)
        found += [(NodeId(type_, org_id, row[0]), row) for row in rows]
    return found
