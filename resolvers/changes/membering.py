"""Putting members into a group and taking them out: many at once, in one change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import select

from auth.scope import Scope
from auth.subject import ADMINS, MEMBERS
from db import ids
from db.ids import NodeId, parse_id
from db.models import PRINCIPAL
from resolvers.changes.change import Change, Done, Input, Item, UnchangedError, check_ids, expect
from resolvers.changes.held_by import held_by, scope_of
from resolvers.changes.memberships import ONE_REMAINS, active, join, leave, members_of
from resolvers.changes.rows import row_of
from resolvers.changes.touching import members_of_group
from resolvers.errors import (
    ALREADY_MEMBER,
    INACTIVE,
    LAST_ADMIN,
    NOT_MEMBER,
    RESERVED_GROUP,
    UserError,
    not_found,
)

Refuse: TypeAlias = Callable[[int], UserError | None]  # of a member's id: why it can't be
OF_SERVER = "The server keeps this group: whoever is active is in it."
IS_IN, IS_NOT_IN = "The member is in the group already.", "The member is not in the group."
IS_INACTIVE = "The member is deactivated, and admins must be active: reactivate it first."


class Chosen(NamedTuple):
    """Whom a change is of: their keys by id, and what came of each id that was given."""

    members: Mapping[int, str]
    items: tuple[Item, ...]


async def add_members(making: Change, given: Input) -> Done:
    """Put members into a group; into `admins` only active ones."""
    node, row = await _group(making, given, "group.members.add")
    inside = await members_of(making, node.id)
    able = await active(making) if row.key == ADMINS else None

    def refuse(member: int) -> UserError | None:
        if member in inside:
            return UserError(ALREADY_MEMBER, IS_IN, "members")
        if able is not None and member not in able:
            return UserError(INACTIVE, IS_INACTIVE, "members")
        return None

    chosen = await _choose(making, given, node, refuse)
    await making.affects(await _scope(making, node, row, chosen.members))
    await join(making, node.id, chosen.members)
    told = {"members": list(chosen.members.values())}
    done = Done("group.members.add", node, row.key, after=told, items=chosen.items)
    beside = members_of_group(making.org.id, chosen.members, joined=row.key)
    return replace(done, beside=beside)


async def remove_members(making: Change, given: Input) -> Done:
    """Take members out of a group; the last active admin stays one."""
    node, row = await _group(making, given, "group.members.remove")
    inside = await members_of(making, node.id)
    admins = await active(making, ADMINS) if row.key == ADMINS else set[int]()

    def refuse(member: int) -> UserError | None:
        if member not in inside:
            return UserError(NOT_MEMBER, IS_NOT_IN, "members")
        if admins == {member}:
            return UserError(LAST_ADMIN, ONE_REMAINS, "members")
        admins.discard(member)
        return None

    chosen = await _choose(making, given, node, refuse)
    await making.affects(await _scope(making, node, row, chosen.members))
    await leave(making, [node.id], chosen.members)
    told = {"members": list(chosen.members.values())}
    done = Done("group.members.remove", node, row.key, told, items=chosen.items)
    beside = members_of_group(making.org.id, chosen.members, left=row.key)
    return replace(done, beside=beside)


async def people(making: Change, given: Sequence[str]) -> dict[str, Any]:
    """Return the rows of the members whom the ids name, by id; whoever isn't there is left out."""
    nodes = {text: node for text in given if (node := parse_id(text)) and _is_here(making, node)}
    principal = PRINCIPAL.c
    live = (principal.org_id == making.org.id, principal.deleted_at.is_(None))
    numbers = [node.id for node in nodes.values()]
    found = await making.connection.execute(
        select(principal.id, principal.key).where(
            *live, principal.kind == "MEMBER", principal.id.in_(numbers)
        )
    )
    rows = {row.id: row for row in found}
    return {text: rows[node.id] for text, node in nodes.items() if node.id in rows}


def _is_here(making: Change, node: NodeId) -> bool:
    return (node.type, node.org_id) == (ids.MEMBER, making.org.id)


async def _group(making: Change, given: Input, action: str) -> tuple[NodeId, Any]:
    """Return the input's `group` and its row, if the asker may do the action."""
    node = await making.find(given["group"], ids.GROUP, "group")
    await making.require(action, "group")
    row = await row_of(making, node)
    if row.key == MEMBERS:
        raise UserError(RESERVED_GROUP, OF_SERVER, "group")
    expect(given, "expectedMembersRevision", row.members_revision)
    return node, row


async def _choose(making: Change, given: Input, group: NodeId, refuse: Refuse) -> Chosen:
    """Return whom of the input's `members` the change is of; UnchangedError if it is of nobody."""
    check_ids(given["members"], "members")
    rows = await people(making, given["members"])
    members, items = dict[int, str](), list[Item]()
    for text in given["members"]:
        row = rows.get(text)
        error = not_found("members") if row is None else refuse(row.id)
        if row is not None and error is None:
            members[row.id] = row.key
        items.append(Item(text, row and row.id, error.rows if error else ()))
    if not members:
        raise UnchangedError(group, tuple(items))
    return Chosen(members, tuple(items))


async def _scope(making: Change, group: NodeId, row: Any, members: Collection[int]) -> Scope:
    """Return what the members get or lose by the group: for admins that is everything."""
    if row.key == ADMINS:
        return Scope(principals=tuple(members), everything=True)
    return scope_of(await held_by(making, group.id), *members)
