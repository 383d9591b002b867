"""The end of a grant that has expired, told in the log by whoever comes upon it first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from auth.actions import Through
from auth.levels import Permission
from db import ids
from db.clock import time_text
from db.ids import NodeId, public_id
from db.models import GRANT
from resolvers.changes.rows import TABLES, here, path_of
from resolvers.changes.system import SystemChange

THROUGH = Through.EXPIRY
PRINCIPALS = {"MEMBER": ids.MEMBER, "GROUP": ids.GROUP}


class ExpiredError(Exception):
    """A change came upon grants that have expired: they are to end first, by events of their own.

    They are rows of `access_grant` with their principal's `kind`.
    """

    def __init__(self, grants: Sequence[Any]) -> None:
        super().__init__("Some grants have expired.")
        self.grants = grants


async def expire(making: SystemChange, grant: Any) -> None:
    """End a grant, a row with its principal's `kind`, as of when it expired, with its event."""
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
    path, table = await path_of(making, node), TABLES[node.type]
    revision = await making.tell("grant.expire", node, path, before=before)
    revised = update(table).where(*here(table, node)).values(grants_revision=revision)
    await making.connection.execute(revised)
