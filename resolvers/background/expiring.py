"""Grants that expired are ended in the log; in answers they ended the moment that they expired."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.levels import Permission
from db import ids
from db.clock import time_text
from db.ids import NodeId, public_id
from db.models import GRANT, ORG, PRINCIPAL
from resolvers.background.system import SystemChange, system_change
from resolvers.changes.rows import path_of

AT_ONCE = 50  # grants under one lock
PRINCIPALS = {"MEMBER": ids.MEMBER, "GROUP": ids.GROUP}


def is_due(now: int) -> ColumnElement[bool]:
    """Return whether an Org, a row of `org`, has grants that expired."""
    expired = select(GRANT.c.id).where(GRANT.c.org_id == ORG.c.id, _expired(now))
    return expired.correlate(ORG).exists()


def _expired(now: int) -> ColumnElement[bool]:
    return and_(GRANT.c.ended_at.is_(None), GRANT.c.expires_at <= now)


async def end_expired(engine: AsyncEngine, org_id: int) -> int:
    """End some of the Org's grants that expired, each with its event; return how many."""
    named = and_(PRINCIPAL.c.org_id == org_id, PRINCIPAL.c.id == GRANT.c.principal_id)
    async with system_change(engine, org_id, "expiry") as making:
        found = (
            select(GRANT, PRINCIPAL.c.kind)
            .join(PRINCIPAL, named)
            .where(GRANT.c.org_id == org_id, _expired(making.now))
            .order_by(GRANT.c.expires_at, GRANT.c.id)
            .limit(AT_ONCE)
        )
        grants = (await making.connection.execute(found)).all()
        for grant in grants:
            await _end(making, grant)
    return len(grants)


async def _end(making: SystemChange, grant: Any) -> None:
    itself = (GRANT.c.org_id == making.org_id, GRANT.c.id == grant.id)
    ended = update(GRANT).where(*itself).values(ended_at=grant.expires_at)
    await making.connection.execute(ended)
    node = NodeId(ids.SPACE, making.org_id, grant.space_id)
    if grant.project_id is not None:
        node = NodeId(ids.PROJECT, making.org_id, grant.project_id)
    before = {
        "grant": public_id(ids.GRANT, making.org_id, grant.id),
        "principal": public_id(PRINCIPALS[grant.kind], making.org_id, grant.principal_id),
        "level": Permission(grant.level).name,
        "propagate": grant.propagate,
        "expiresAt": time_text(grant.expires_at),
    }
    await making.tell("grant.expire", node, await path_of(making, node), before=before)
