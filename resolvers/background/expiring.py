"""Grants that expired are ended in the log; in answers they ended the moment that they expired."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.models import GRANT, ORG, PRINCIPAL
from resolvers.changes.expiry import THROUGH, expire
from resolvers.changes.system import system_change

EVER = 2**62
AT_ONCE = 50  # grants under one lock


def is_due(now: int) -> ColumnElement[bool]:
    """Return whether an Org, a row of `org`, has grants that expired."""
    expired = select(GRANT.c.id).where(GRANT.c.org_id == ORG.c.id, _expired(now))
    return expired.correlate(ORG).exists()


def _expired(now: int) -> ColumnElement[bool]:
    return and_(GRANT.c.ended_at.is_(None), GRANT.c.expires_at <= now)


async def end_expired(engine: AsyncEngine, org_id: int, sure: int = EVER) -> int:
    """End some of the Org's grants that expired by then, each with its event; return how many."""
    named = and_(PRINCIPAL.c.org_id == org_id, PRINCIPAL.c.id == GRANT.c.principal_id)
    async with system_change(engine, org_id, THROUGH) as making:
        found = (
            select(GRANT, PRINCIPAL.c.kind)
            .join(PRINCIPAL, named)
            .where(GRANT.c.org_id == org_id, _expired(min(making.now, sure)))
            .order_by(GRANT.c.expires_at, GRANT.c.id)
            .limit(AT_ONCE)
        )
        grants = (await making.connection.execute(found)).all()
        for grant in grants:
            await expire(making, grant)
    return len(grants)
