"""What every change gets: the asker under the Org's lock, and how it finds, may and tells."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.actions import ACTIONS, Need, On
from auth.check import check
from auth.levels import Permission
from auth.scope import Scope
from auth.subject import OrgRow, Subject
from db import ids
from db.ids import NodeId, parse_id, public_id
from db.reader import ConnectionReader
from resolvers import principals, spaces
from resolvers.changes.limits import Limits
from resolvers.context import Reading
from resolvers.errors import FORBIDDEN, INVALID, STALE, ErrorRow, UserError, not_found

CHANGED_SINCE = "This is at revision {} now: look at what was changed, and try again."

Input: TypeAlias = Mapping[str, Any]
MOST_IDS = 1_000
BAD_IDS = f"Give 1 to {MOST_IDS:,} ids, none of them twice."
# What may be seen without a permission on it: a space for what is in it, and the Org's directory.
SEEN = {
    ids.SPACE: spaces.by_id,
    ids.MEMBER: principals.member_by_id,
    ids.GROUP: principals.group_by_id,
}


class Item(NamedTuple):
    """What came of one of many: the id that was given, and as in `Changed`."""

    given_id: str
    node_id: int | None
    errors: tuple[ErrorRow, ...] = ()
    undo_token: str | None = None
    node_kind: str | None = None
    deleted_id: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a change did to a node beside its own; whoever owns only that is told no more of it."""

    node: NodeId
    path: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a change did, for its event and its payload; `before` and `after` are JSON's values.

    `undo` is what takes it back: the deletion that it made. `gone` is what no look-up finds any
    more: what was deleted, or the deletion that was taken back or purged. `warnings` are for the
    asker alone, and so are `items`, which a change of many with one event has. `beside` are the
    other nodes that it touched, each of them once: the event stands in their histories too.
    """

    action: str
    node: NodeId
    path: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    undo: NodeId | None = None
    gone: NodeId | None = None
    warnings: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    beside: tuple[Beside, ...] = ()


class UnchangedError(Exception):
    """A change of many of whom none was changed: each of its items says why."""

    def __init__(self, node: NodeId, items: tuple[Item, ...]) -> None:
        super().__init__("Nothing was changed.")
        self.node, self.items = node, items


@dataclass(frozen=True, slots=True)
class Change:
    """One change by one asker. `now` is in microseconds; the Org's lock is held already.

    `revision` is the Org's that the change makes. `scopes` is where a dry run, of which nothing is
    kept, notes what the change may alter. With `binned` levels are those that the asker would have
    if nothing were deleted.
    """

    connection: AsyncConnection
    subject: Subject
    org: OrgRow
    now: int
    limits: Limits = field(default_factory=Limits)
    revision: int = 0
    scopes: list[Scope] | None = None
    binned: bool = False
    looked_up: set[NodeId] = field(default_factory=set[NodeId])  # that are seen, as is known

    async def find(self, text: str, type_: str | tuple[str, ...], field: str) -> NodeId:
        """Return the node that a public id names; NOT_FOUND unless the asker sees one there."""
        node, types = parse_id(text), (type_,) if isinstance(type_, str) else type_
        if node is None or node.type not in types or not await self._sees(node):
            raise not_found(field)
        return node

    async def look_up(self, given: Sequence[str]) -> None:
        """Look at once whether members and groups are seen, of which each is found later."""
        for type_ in (ids.MEMBER, ids.GROUP):
            nodes = (node for text in given if (node := parse_id(text)) and node.type == type_)
            keys = [(node.id,) for node in nodes if node.org_id == self.org.id]
            rows = await SEEN[type_].rows(self.reading, keys, None, ()) if keys else ()
            self.looked_up.update(NodeId(type_, self.org.id, row[0]) for row in rows)

    async def _sees(self, node: NodeId) -> bool:
        if node in self.looked_up:
            return True
        if await self.level(node) is not Permission.NONE:
            return True
        if node.type not in SEEN or node.org_id != self.org.id:
            return False
        return bool(await SEEN[node.type].rows(self.reading, [(node.id,)], None, ("id",)))

    async def level(self, node: NodeId) -> Permission:
        """Return the asker's permission on a node; NONE where there is none."""
        return await check(self.connection, self.subject, node, now=self.now, binned=self.binned)

    async def require(
        self, action: str, field: str, *, target_field: str | None = None, **nodes: NodeId | None
    ) -> None:
        """Refuse the action unless the asker may; `nodes` are what its needs are on, by name.

        They are called as `On` calls them; the Org needs no name. The fields are of the input.
        """
        for need in ACTIONS[action]:
            if not await self._meets(need, nodes):
                at_target = need.on == (On.TARGET,)
                wrong = target_field if at_target and target_field else field
                raise UserError(FORBIDDEN, refusal(action, need), wrong)

    async def _meets(self, need: Need, nodes: Mapping[str, NodeId | None]) -> bool:
        """Return whether the asker has the level on one of the nodes that the need is on."""
        for on in need.on:
            node = self.org_node if on is On.ORG else nodes.get(on.name.lower())
            if node is not None and await self.level(node) >= need.level:
                return True
        return False

    async def affects(self, scope: Scope) -> None:
        """Tell whose permissions on what the change may alter; it must name them before and after.

        A scope is looked up before the change and after it: what it leaves must be named, too.
        """
        if self.scopes is not None:
            self.scopes.append(scope)

    @property
    def reading(self) -> Reading:
        """Return what lets batch functions answer the asker, as of the change so far."""
        return Reading(ConnectionReader(self.connection), self.subject, now=self.now)

    @property
    def org_node(self) -> NodeId:
        """Return the Org as a node."""
        return NodeId(ids.ORG, self.org.id, self.org.id)

    @property
    def actor(self) -> str:
        """Return the public id of the member who asks."""
        return public_id(ids.MEMBER, self.org.id, self.subject.member_id or 0)


def expect(given: Input, field: str, current: int) -> None:
    """Refuse the change unless what it changes is still at the revision that the field gives."""
    if given.get(field) not in (None, current):
        raise UserError(STALE, CHANGED_SINCE.format(current), field, current=current)


Work: TypeAlias = Callable[[Change, Input], Awaitable[Done]]


@dataclass(frozen=True, slots=True)
class Each:
    """The same work for each of the input's `ids`, which it gets as `id`, one after the other.

    Each is a change of its own, with its revision and its event, all in one transaction; one that
    is refused keeps none of the others from being made. With `newest_first` they are made in that
    order of their ids, and told in the order given.
    """

    work: Work
    newest_first: bool = False

    def ordered(self, given: Sequence[str]) -> Sequence[str]:
        """Return the ids in the order in which they are worked on."""
        return sorted(given, key=_age) if self.newest_first else given


def _age(text: str) -> int:
    node = parse_id(text)
    return 0 if node is None else -node.id


def check_ids(given: Sequence[str], field: str) -> None:
    """Refuse a list of ids that is empty or too long, or names one twice."""
    if not 1 <= len(set(given)) == len(given) <= MOST_IDS:
        raise UserError(INVALID, BAD_IDS, field)


def json_text(value: Mapping[str, Any] | None) -> str | None:
    """Return a value as an event keeps it."""
    return None if value is None else orjson.dumps(value).decode()


def refusal(action: str, need: Need) -> str:
    """Return what is said to whoever may not do something."""
    if need.on == (On.ORG,):
        return f"Only admins may do this ({action})."
    places = " or ".join(on.value for on in need.on)
    return f"This ({action}) needs {need.level.name} on {places}."
