"""What is in the way of restoring: a parent that is deleted too, or who has the name or key now."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from auth.levels import Permission
from db.conflicts import violated_index
from db.ids import NodeId, public_id
from resolvers.changes.binned import deletion_of
from resolvers.changes.change import Change
from resolvers.changes.kinds import KINDS
from resolvers.changes.rows import LIES_IN, TABLES, parent_of, row_of
from resolvers.errors import KEY_TAKEN, NAME_TAKEN, PARENT_DELETED, UserError, together

# By the last word of the unique index: the code, the column, and the input's field that helps.
TAKEN = {"key": (KEY_TAKEN, "key", "newKey"), "name": (NAME_TAKEN, "folded", "newName")}


async def require_live(making: Change, parent: NodeId | None) -> None:
    """Refuse by PARENT_DELETED what lies in a node that is deleted, or in one that is in one."""
    while parent is not None:
        row = await row_of(making, parent)
        if row.deleted_at is not None:
            raise UserError(PARENT_DELETED, await _about(making, parent), "id")
        parent = parent_of(parent, row) if parent.type in LIES_IN else None


async def _about(making: Change, parent: NodeId) -> str:
    """Return what the asker is told of the parent: which it is if it sees that in the bin."""
    deletion, noun = await deletion_of(making, parent), _noun(parent)
    if deletion is None:
        lies = f"The {noun} that it lies in is in the recycle bin"
        return f"{lies}: ask an admin to restore that first, or say by `into` where it is to go."
    named = f'The {noun} "{deletion.name}" ({deletion.path}) that it lies in is in the recycle bin'
    restored = f"restore that first, as {deletion.public_id}"
    return f"{named}: {restored}, or say by `into` where it is to go."


async def taken(
    making: Change, error: IntegrityError, node: NodeId, *, wanted: Mapping[str, Any]
) -> UserError:
    """Return the refusal that names who has the name or the key that the node's row is to have.

    Where both are taken it tells of both. The database's own error is raised where it isn't about
    those.
    """
    if str(violated_index(error)).rpartition("_")[2] not in TAKEN:
        raise error
    found = list[UserError]()
    for what, (code, column, field) in TAKEN.items():
        other = await _holder(making, node, column, wanted=wanted)
        if other is not None:
            message = f"{other} has this {what}: give another as `{field}`."
            found.append(UserError(code, message, field))
    return together(found)


async def _holder(
    making: Change, node: NodeId, column: str, *, wanted: Mapping[str, Any]
) -> str | None:
    table, noun = TABLES[node.type], _noun(node)
    columns = [column, LIES_IN[node.type]] if node.type in LIES_IN else [column]
    same = (table.c[name] == wanted[name] for name in columns)
    here = (table.c.org_id == node.org_id, table.c.deleted_at.is_(None))
    live = select(table.c.id, table.c.name).where(*here, *same)
    other = (await making.connection.execute(live)).one_or_none()
    if other is None:
        return None
    holder = NodeId(node.type, node.org_id, other.id)
    if await making.level(holder) is Permission.NONE:
        return f"The live {noun} that you may not see"
    return f'The {noun} "{other.name}" ({public_id(*holder)})'


def _noun(node: NodeId) -> str:
    return KINDS[node.type].lower()
