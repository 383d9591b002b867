"""The members and groups that changes name."""

from sqlalchemy import select

from db import ids
from db.ids import NodeId, parse_id
from db.models import PRINCIPAL
from resolvers.changes.change import Change
from resolvers.errors import NOT_FOUND, UserError

KINDS = {ids.MEMBER: "MEMBER", ids.GROUP: "GROUP"}
NOBODY = "There is no such member or group in this Org."


async def principal_of(making: Change, text: str, field: str) -> NodeId:
    """Return the member or group that a public id names; NOT_FOUND for anything else."""
    node = parse_id(text)
    if node is None or node.type not in KINDS or node.org_id != making.org.id:
        raise UserError(NOT_FOUND, NOBODY, field)
    named = (PRINCIPAL.c.org_id == node.org_id, PRINCIPAL.c.id == node.id)
    live = (*named, PRINCIPAL.c.deleted_at.is_(None))
    kind = await making.connection.scalar(select(PRINCIPAL.c.kind).where(*live))
    if kind != KINDS[node.type]:
        raise UserError(NOT_FOUND, NOBODY, field)
    return node
