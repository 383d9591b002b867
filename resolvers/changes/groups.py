"""Changes of groups: made, renamed and deleted. Who is in them is changed by `membering`."""

from typing import Any

from auth.subject import ADMINS, MEMBERS
from db import ids
from db.ids import NodeId
from db.models import MEMBERSHIP
from resolvers import values
from resolvers.changes.change import Change, Done, Input, check_ids
from resolvers.changes.facts import end
from resolvers.changes.held_by import end_holdings, held_by, scope_of, told_of_grant
from resolvers.changes.membering import people
from resolvers.changes.memberships import join, members_of
from resolvers.changes.names import NOTHING, checked, is_given, title_columns
from resolvers.changes.rows import add, found, mark, write
from resolvers.changes.touching import members_of_group, nodes_of_grants
from resolvers.errors import INVALID, RESERVED_GROUP, UserError, not_found

KEPT = "The server keeps this group: it is neither renamed nor deleted."


async def create(making: Change, given: Input) -> Done:
    """Make a group, of the members named."""
    await making.require("group.create", "key")
    columns = {"key": checked(given, "key", values.key), **title_columns(given)}
    members = await _first_members(making, given.get("members") or [])
    id_ = await ids.reserve(making.connection, making.org.id, 1)
    node = await add(making, ids.GROUP, id_, kind="GROUP", **columns)
    await join(making, id_, members)
    after = {"key": columns["key"], "name": columns["name"], "members": list(members.values())}
    beside = members_of_group(making.org.id, members, joined=columns["key"])
    return Done("group.create", node, columns["key"], after=after, beside=beside)


async def rename(making: Change, given: Input) -> Done:
    """Give a group another name; its key stays."""
    node, row = await _own(making, given, "group.rename")
    return await write(making, node, "group.rename", row=row, columns=title_columns(given))


async def update(making: Change, given: Input) -> Done:
    """Change a group's name."""
    node, row = await _own(making, given, "group.update")
    if not is_given(given, "name"):
        raise UserError(INVALID, NOTHING)
    return await write(making, node, "group.update", row=row, columns=title_columns(given))


async def delete(making: Change, given: Input) -> Done:
    """End all that a group is and holds; its row stays, as what names it lasts."""
    node, row = await _own(making, given, "group.delete")
    members, held = await members_of(making, node.id), await held_by(making, node.id)
    await making.affects(scope_of(held, *members))
    await end(making, MEMBERSHIP, MEMBERSHIP.c.group_id == node.id)
    await end_holdings(making, node.id)
    await mark(making, node, deleted_at=making.now)
    grants = [told_of_grant(grant) for grant in held]
    before = {"name": row.name, "members": list(members.values()), "grants": grants}
    beside = (
        *nodes_of_grants(ids.GROUP, making.org.id, held),
        *members_of_group(making.org.id, members, left=row.key),
    )
    return Done("group.delete", node, row.key, before, gone=node, beside=beside)


async def _own(making: Change, given: Input, action: str) -> tuple[NodeId, Any]:
    """Return the group that the input's `id` names and its row, unless the server keeps it."""
    node, row = await found(making, given, action)
    if row.key in (ADMINS, MEMBERS):
        raise UserError(RESERVED_GROUP, KEPT, "id")
    return node, row


async def _first_members(making: Change, given: list[str]) -> dict[int, str]:
    """Return the keys by id of the members whom the ids name; NOT_FOUND unless all are there."""
    if not given:
        return {}
    check_ids(given, "members")
    rows = await people(making, given)
    if len(rows) < len(given):
        raise not_found("members")
    return {row.id: row.key for row in rows.values()}
