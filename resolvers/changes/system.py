"""A change that the server makes by itself: under the Org's lock, and told in the log."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import clock
from db.engine import change
from db.ids import NodeId, public_id
from db.revision import Deed, advance, lock, record
from resolvers.changes.change import json_text

ACTOR = "system"


@dataclass(frozen=True, slots=True)
class SystemChange:
    """The change: `through` tells by which of the server's habits, `now` is in microseconds."""

    connection: AsyncConnection
    org_id: int
    now: int
    through: str

    async def tell(
        self, action: str, node: NodeId, path: str, **told: Mapping[str, Any] | None
    ) -> int:
        """Write an event, with what it was `before` and `after`; return the revision that it is."""
        revision = await advance(self.connection, self.org_id, at=self.now)
        texts = {name: json_text(value) for name, value in told.items()}
        deed = Deed(ACTOR, self.through, action, public_id(*node), path, **texts)
        await record(self.connection, (self.org_id, revision), deed, at=self.now)
        return revision


@asynccontextmanager
async def system_change(
    engine: AsyncEngine, org_id: int, through: str
) -> AsyncGenerator[SystemChange]:
    """Give a change of the Org, whose lock is held until it is committed at the end."""
    async with change(engine, org_id) as connection:
        await lock(connection, org_id)
        yield SystemChange(connection, org_id, clock.now(), through)
