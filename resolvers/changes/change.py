"""What every change gets: the asker under the Org's lock, and how it finds, may and tells."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.actions import ACTIONS, Need, On
from auth.check import check
from auth.effects import Effects
from auth.levels import Permission
from auth.pairs import Scope
from auth.subject import OrgRow, Subject
from db import ids
from db.ids import NodeId, parse_id, public_id
from db.reader import ConnectionReader
from resolvers import spaces
from resolvers.changes.limits import Limits
from resolvers.context import Reading
from resolvers.errors import FORBIDDEN, UserError, not_found

Input: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a change did, for its event and its payload; `before` and `after` are JSON's values.

    `undo` is what takes it back: the deletion that it made. `warnings` are for the asker alone.
    """

    action: str
    node: NodeId
    path: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    undo: NodeId | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change by one asker. `now` is in microseconds; the Org's lock is held already.

    `effects` compares permissions in a dry run, of which nothing is kept. With `binned` levels are
    those that the asker would have if nothing were deleted.
    """

    connection: AsyncConnection
    subject: Subject
    org: OrgRow
    now: int
    limits: Limits = field(default_factory=Limits)
    effects: Effects | None = None
    binned: bool = False

    async def find(self, text: str, type_: str, field: str) -> NodeId:
        """Return the node that a public id names; NOT_FOUND unless the asker sees one there."""
        node = parse_id(text)
        if node is None or node.type != type_ or not await self._sees(node):
            raise not_found(field)
        return node

    async def _sees(self, node: NodeId) -> bool:
        if await self.level(node) is not Permission.NONE:
            return True
        # A space may be seen without any permission on it, for what is in it.
        if node.type != ids.SPACE or node.org_id != self.org.id:
            return False
        return bool(await spaces.by_id.rows(self.reading, [(node.id,)], None, ("id",)))

    async def level(self, node: NodeId) -> Permission:
        """Return the asker's permission on a node; NONE where there is none."""
        return await check(self.connection, self.subject, node, now=self.now, binned=self.binned)

    async def require(self, action: str, field: str, **nodes: NodeId | None) -> None:
        """Refuse the action unless the asker may; `nodes` are what its needs are on, by name.

        They are called as `On` calls them; the Org needs no name.
        """
        for need in ACTIONS[action]:
            if not await self._meets(need, nodes):
                raise UserError(FORBIDDEN, _refusal(action, need), field)

    async def _meets(self, need: Need, nodes: Mapping[str, NodeId | None]) -> bool:
        """Return whether the asker has the level on one of the nodes that the need is on."""
        for on in need.on:
            node = self.org_node if on is On.ORG else nodes.get(on.name.lower())
            if node is not None and await self.level(node) >= need.level:
                return True
        return False

    async def affects(self, scope: Scope) -> None:
        """Tell, before anything is written, whose permissions on what the change may alter."""
        if self.effects is not None:
            await self.effects.watch(scope)

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


Work: TypeAlias = Callable[[Change, Input], Awaitable[Done]]


@dataclass(frozen=True, slots=True)
class Each:
    """The same work for each of the input's `ids`, which it gets as `id`, one after the other.

    Each is a change of its own, with its revision and its event, all in one transaction; one that
    is refused keeps none of the others from being made.
    """

    work: Work


def json_text(value: Mapping[str, Any] | None) -> str | None:
    """Return a value as an event keeps it."""
    return None if value is None else orjson.dumps(value).decode()


def _refusal(action: str, need: Need) -> str:
    if need.on == (On.ORG,):
        return f"Only admins may do this ({action})."
    places = " or ".join(on.value for on in need.on)
    return f"This ({action}) needs {need.level.name} on {places}."
