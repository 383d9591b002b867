"""What a change is refused for by whoever asks it, told by reading alone, for all ids at once.

It says what the work would say, which looks again: whoever may do nothing takes no lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from auth.actions import ACTIONS, Need, On
from auth.levels import Permission
from db import ids
from db.ids import NodeId, parse_id
from resolvers import assets, deletions, principals, projects, spaces
from resolvers.changes.answer import FIELD
from resolvers.changes.change import Input, refusal
from resolvers.changes.plans import DRY_RUN, PLAN_TOKEN
from resolvers.changes.rows import EXPECTED
from resolvers.context import Reading
from resolvers.errors import FORBIDDEN, UserError, not_found
from resolvers.pagination import Matched

NODES = (ids.SPACE, ids.PROJECT)
PRINCIPALS = (ids.MEMBER, ids.GROUP)
BY_ID: Mapping[str, tuple[Matched, tuple[str, ...]]] = {
    ids.SPACE: (spaces.by_id, ("level",)),
    ids.PROJECT: (projects.by_id, ("level", "space.level")),
    ids.ASSET: (assets.by_id, ("level",)),
    ids.MEMBER: (principals.member_by_id, ()),
    ids.GROUP: (principals.group_by_id, ()),
    ids.DELETION: (deletions.by_id, ("level", "space_level", "kind")),
}


NAME_ALONE = {"id", "name", EXPECTED, FIELD, DRY_RUN, PLAN_TOKEN}


class Place(NamedTuple):
    """A field of the input that names a node, of which types, and what that is to the action."""

    field: str
    types: tuple[str, ...]
    role: On | None = None


class Asked(NamedTuple):
    """What a mutation looks up, in this order, and the action for which rights are needed then.

    `field` is the one that is refused where rights are missing. Where nothing but the name is given
    the action may be another.
    """

    action: str
    field: str
    places: tuple[Place, ...] = ()
    of_name: str | None = None

    def action_of(self, given: Input) -> str:
        """Return the action that an input is."""
        return self.of_name if self.of_name and given.keys() <= NAME_ALONE else self.action


def _itself(type_: str, action: str, *before: Place) -> Asked:
    return Asked(action, "id", (*before, Place("id", (type_,), On.NODE)))


def _updated(type_: str, noun: str) -> Asked:
    return _itself(type_, f"{noun}.update")._replace(of_name=f"{noun}.rename")


def _into(type_: str, field: str = "into") -> Place:
    return Place(field, (type_,), On.TARGET)


def _grants(action: str) -> Asked:
    return Asked(action, "node", (Place("node", NODES, On.NODE),))


IN_SPACE, IN_PROJECT = _into(ids.SPACE), _into(ids.PROJECT)
GROUP = (Place("group", (ids.GROUP,)),)
RESTORE = "restore"  # of the kind that was deleted
ASKED: Mapping[str, Asked] = {
    "spaceCreate": Asked("space.create", "key"),
    "spaceRename": _itself(ids.SPACE, "space.rename"),
    "spaceUpdate": _updated(ids.SPACE, "space"),
    "spaceDelete": _itself(ids.SPACE, "space.delete"),
    "spacesDelete": _itself(ids.SPACE, "space.delete"),
    "projectCreate": Asked("project.create", "space", (_into(ids.SPACE, "space"),)),
    "projectRename": _itself(ids.PROJECT, "project.rename"),
    "projectUpdate": _updated(ids.PROJECT, "project"),
    "projectMove": _itself(ids.PROJECT, "project.move", IN_SPACE),
    "projectsMove": _itself(ids.PROJECT, "project.move", IN_SPACE),
    "projectCopy": _itself(ids.PROJECT, "project.copy", IN_SPACE),
    "projectsCopy": _itself(ids.PROJECT, "project.copy", IN_SPACE),
    "projectDelete": _itself(ids.PROJECT, "project.delete"),
    "projectsDelete": _itself(ids.PROJECT, "project.delete"),
    "assetCreate": Asked("asset.create", "project", (_into(ids.PROJECT, "project"),)),
    "assetRename": _itself(ids.ASSET, "asset.rename"),
    "assetUpdate": _updated(ids.ASSET, "asset"),
    "assetMove": _itself(ids.ASSET, "asset.move", IN_PROJECT),
    "assetsMove": _itself(ids.ASSET, "asset.move", IN_PROJECT),
    "assetCopy": _itself(ids.ASSET, "asset.copy", IN_PROJECT),
    "assetsCopy": _itself(ids.ASSET, "asset.copy", IN_PROJECT),
    "assetDelete": _itself(ids.ASSET, "asset.delete"),
    "assetsDelete": _itself(ids.ASSET, "asset.delete"),
    "restore": _itself(ids.DELETION, RESTORE),
    "restores": _itself(ids.DELETION, RESTORE),
    "purge": Asked("bin.purge", "id", (Place("id", (ids.DELETION,)),)),
    "grantSet": _grants("grant.set"),
    "grantRevoke": _grants("grant.revoke"),
    "grantsReplace": _grants("grants.replace"),
    "ownershipTransfer": _grants("ownership.transfer"),
    "groupCreate": Asked("group.create", "key"),
    "groupRename": _itself(ids.GROUP, "group.rename"),
    "groupUpdate": _updated(ids.GROUP, "group"),
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


class Sight(NamedTuple):
    """The asker's level on a node, and on the space of a project; of a deletion as if undone."""

    level: Permission = Permission.NONE
    space_level: Permission = Permission.NONE
    kind: str | None = None  # of what a deletion took


class Sights(NamedTuple):
    """What the asker sees of the nodes that inputs name, and may do in the Org."""

    org_level: Permission
    seen: Mapping[NodeId, Sight]

    @classmethod
    async def load(cls, reading: Reading, asked: Asked, inputs: Iterable[Input]) -> "Sights":
        """Load them in one statement a type."""
        org_id = reading.org_id or 0
        named = {node for given in inputs for node in _named(asked, given, org_id)}
        org = reading.org
        return cls(org.level if org else Permission.NONE, dict(await _seen(reading, named)))

    def refusal(self, asked: Asked, given: Input) -> UserError | None:
        """Return what the work would refuse an input for, as far as it is told here."""
        sights = dict[On, Sight]()
        for place in asked.places:
            node = parse_id(given[place.field])
            if node is None or node.type not in place.types or node not in self.seen:
                return not_found(place.field)
            if place.role is not None:
                sights[place.role] = self.seen[node]
        itself = sights.get(On.NODE, Sight())
        action = f"{itself.kind}.restore" if itself.kind else asked.action_of(given)
        for need in ACTIONS[action]:
            if not any(level >= need.level for level in self._levels(need, sights)):
                field = "into" if need.on == (On.TARGET,) and "into" in given else asked.field
                return UserError(FORBIDDEN, refusal(action, need), field)
        return None

    def _levels(self, need: Need, sights: Mapping[On, Sight]) -> Iterator[Permission]:
        for on in need.on:
            if on is On.ORG:
                yield self.org_level
            elif on is On.SPACE:
                yield sights[On.NODE].space_level
            else:
                yield sights[on].level


def _named(asked: Asked, given: Input, org_id: int) -> Iterator[NodeId]:
    for place in asked.places:
        node = parse_id(given[place.field])
        if node is not None and node.type in place.types and node.org_id == org_id:
            yield node


async def _seen(reading: Reading, nodes: Iterable[NodeId]) -> list[tuple[NodeId, Sight]]:
    by_type = defaultdict[str, list[NodeId]](list)
    for node in nodes:
        by_type[node.type].append(node)
    found: list[tuple[NodeId, Sight]] = []
    for type_, some in by_type.items():
        by_id, columns = BY_ID[type_]
        rows = await by_id.rows(reading, [(node.id,) for node in some], None, columns)
        found += [(NodeId(type_, some[0].org_id, id_), _sight(*more)) for id_, *more in rows]
    return found


def _sight(level: int | None = None, space_level: int | None = None, kind: str = "") -> Sight:
    none = Permission.NONE
    return Sight(Permission(level or none), Permission(space_level or none), kind.lower() or None)
