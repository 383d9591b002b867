"""What lies in the recycle bin, found by its deletion's id as far as the asker sees it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from db import ids
from db.ids import NodeId, parse_id, public_id
from resolvers import deletions
from resolvers.changes.change import Change, Input
from resolvers.changes.rows import TYPES
from resolvers.errors import not_found


class Binned(NamedTuple):
    """A deletion, and what it took; `deleted_at` is in microseconds.

    `path` is what the asker is told of `full_path`.
    """

    org_id: int
    id: int
    kind: str
    node_id: int
    key: str
    name: str
    path: str
    full_path: str
    deleted_at: int

    @property
    def noun(self) -> str:
        """Return the kind of the node, as actions have it."""
        return self.kind.lower()

    @property
    def node(self) -> NodeId:
        """Return the node that was deleted."""
        return NodeId(TYPES[self.noun], self.org_id, self.node_id)

    @property
    def public_id(self) -> str:
        """Return the deletion's id, as the API gives it."""
        return public_id(*self.itself)

    @property
    def itself(self) -> NodeId:
        """Return the deletion as a node."""
        return NodeId(ids.DELETION, self.org_id, self.id)


async def binned(making: Change, given: Input) -> Binned:
    """Return the deletion that the input's `id` names; NOT_FOUND unless the asker sees it."""
    named = parse_id(given["id"])
    if named is None or (named.type, named.org_id) != (ids.DELETION, making.org.id):
        raise not_found("id")
    found = _read(await deletions.by_id.rows(making.reading, [(named.id,)], None, Binned._fields))
    if found is None:
        raise not_found("id")
    return found


async def deletion_of(making: Change, node: NodeId) -> Binned | None:
    """Return the deletion by which a node lies in the bin, if the asker sees it."""
    return _read(await deletions.of_node.rows(making.reading, [(node.id,)], None, Binned._fields))


def _read(rows: Sequence[Sequence[Any]]) -> Binned | None:
    return Binned._make(rows[0][1:]) if rows else None
