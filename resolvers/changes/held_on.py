"""What principals hold on a node: grants are never overwritten, one ends and another begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from auth.levels import Permission
from db import ids
from db.clock import time_text
from db.ids import NodeId, public_id
from db.models import GRANT, PRINCIPAL
from resolvers.changes import facts
from resolvers.changes.change import Change
from resolvers.changes.expiry import ExpiredError
from resolvers.changes.rows import parent_of, row_of

ON = {ids.SPACE: "space_id", ids.PROJECT: "project_id"}
TYPES = {"MEMBER": ids.MEMBER, "GROUP": ids.GROUP}


@dataclass(frozen=True, slots=True)
class Holding:
    """What a principal holds or is to hold; `expires_at` is in microseconds.

    `grant_id` is the number of the grant that it holds it by.
    """

    principal: NodeId
    level: Permission
    propagate: bool = False
    expires_at: int | None = None
    grant_id: int | None = None

    def gives_as(self, other: "Holding") -> bool:
        """Return whether it is the same as the other, but for the grant."""
        return (self.level, self.propagate, self.expires_at) == (
            *(other.level, other.propagate, other.expires_at),
        )

    @property
    def node(self) -> NodeId | None:
        """Return the id of the grant that it is held by."""
        if self.grant_id is None:
            return None
        return NodeId(ids.GRANT, self.principal.org_id, self.grant_id)

    @property
    def told(self) -> dict[str, Any]:
        """Return what the log tells of it."""
        return {
            "principal": public_id(*self.principal),
            "level": self.level.name,
            "propagate": self.propagate,
            "expiresAt": None if self.expires_at is None else time_text(self.expires_at),
        }


async def held_on(making: Change, node: NodeId) -> dict[NodeId, Holding]:
    """Return what is held on a space or project, by principal, in the order in which it began.

    ExpiredError where some have expired meanwhile.
    """
    named = and_(PRINCIPAL.c.org_id == making.org.id, PRINCIPAL.c.id == GRANT.c.principal_id)
    on = (GRANT.c.org_id == making.org.id, GRANT.c[ON[node.type]] == node.id)
    lasting = (
        select(GRANT, PRINCIPAL.c.kind)
        .select_from(GRANT.join(PRINCIPAL, named))
        .where(*on, GRANT.c.ended_at.is_(None))
        .order_by(GRANT.c.id)
    )
    found = (await making.connection.execute(lasting)).all()
    over = [row for row in found if row.expires_at is not None and row.expires_at <= making.now]
    if over:
        raise ExpiredError(over)
    held = [_read(making, row) for row in found]
    return {one.principal: one for one in held}


def _read(making: Change, row: Any) -> Holding:
    principal = NodeId(TYPES[row.kind], making.org.id, row.principal_id)
    level = Permission(row.level)
    return Holding(principal, level, bool(row.propagate), row.expires_at, row.id)


async def hold(making: Change, node: NodeId, wanted: Holding, held: Holding | None) -> None:
    """Begin what is wanted on the node and end what is held; nothing where they are the same."""
    if held is not None:
        if held.gives_as(wanted):
            return
        await end(making, held)
    await begin(making, node, wanted)


async def begin(making: Change, node: NodeId, wanted: Holding) -> None:
    """Begin a grant on a space or project on which the principal holds nothing."""
    within = node if node.type == ids.SPACE else parent_of(node, await row_of(making, node))
    fact = {
        ON[node.type]: node.id,
        "within_id": within and within.id,
        "principal_id": wanted.principal.id,
        "level": int(wanted.level),
        "propagate": wanted.propagate,
        "expires_at": wanted.expires_at,
    }
    await facts.begin(making, GRANT, [fact])


async def end(making: Change, held: Holding) -> None:
    """End the grant that something is held by."""
    await facts.end(making, GRANT, GRANT.c.id == held.grant_id)


def listed(holdings: Iterable[Holding]) -> dict[str, Any]:
    """Return what the log tells of all that is held on a node."""
    return {"grants": [holding.told for holding in holdings]}
