"""What has lain in the recycle bin for longer than its Org keeps things is purged by itself."""

from sqlalchemy import BigInteger, ColumnElement, and_, cast, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.ids import NodeId
from db.models import DELETION, ORG
from resolvers.bin import is_binned
from resolvers.changes.purges import ACTION, asked, told
from resolvers.changes.rows import TYPES
from resolvers.changes.system import system_change
from resolvers.deletions import DAY

EVER = 2**62
AT_ONCE = 50  # deletions under one lock


def is_due(now: int) -> ColumnElement[bool]:
    """Return whether an Org, a row of `org`, has kept something for long enough."""
    overdue = select(DELETION.c.id).where(DELETION.c.org_id == ORG.c.id, _overdue(now))
    return overdue.correlate(ORG).exists()


def _overdue(now: int) -> ColumnElement[bool]:
    kept = cast(ORG.c.retention_days, BigInteger) * DAY
    return and_(is_binned(DELETION), DELETION.c.began_at <= now - kept)


async def purge_overdue(engine: AsyncEngine, org_id: int, sure: int = EVER) -> int:
    """Ask for the purge of some of what was kept for long enough by then; return of how many."""
    async with system_change(engine, org_id, "retention") as making:
        found = (
            select(DELETION)
            .join(ORG, ORG.c.id == DELETION.c.org_id)
            .where(DELETION.c.org_id == org_id, _overdue(min(making.now, sure)))
            .order_by(DELETION.c.began_at, DELETION.c.id)
            .limit(AT_ONCE)
        )
        deletions = (await making.connection.execute(found)).all()
        for deletion in deletions:
            await making.connection.execute(asked(org_id, deletion.id, at=making.now))
            node = NodeId(TYPES[deletion.kind.lower()], org_id, deletion.node_id)
            await making.tell(ACTION, node, deletion.path, before=told(deletion))
    return len(deletions)
