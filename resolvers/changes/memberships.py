"""Who is in which group now: read, begun and ended under the Org's lock."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, select

from auth.bearers import in_group
from auth.subject import ADMINS, MEMBERS
from db.models import MEMBERSHIP, PRINCIPAL
from resolvers.changes.change import Change
from resolvers.changes.facts import begin, end
from resolvers.errors import LAST_ADMIN, UserError
from resolvers.manifest.queries import reserved_groups

ONE_REMAINS = "An Org keeps one active admin: make another member an admin first."


async def reserved(making: Change) -> dict[str, int]:
    """Return the ids of the groups `admins` and `members` by their keys."""
    found = await making.connection.execute(reserved_groups(making.org.id))
    return {row.key: row.id for row in found}


async def members_of(making: Change, group_id: int) -> dict[int, str]:
    """Return the keys of the group's members by their ids, in the order in which they came."""
    return {row.id: row.key for row in await _others(making, "group_id", group_id, of="member_id")}


async def groups_of(making: Change, member_id: int) -> dict[str, int]:
    """Return the ids of the member's groups by their keys, in the order in which it came."""
    found = await _others(making, "member_id", member_id, of="group_id")
    return {row.key: row.id for row in found}


async def _others(making: Change, side: str, id_: int, *, of: str) -> Sequence[Any]:
    held = MEMBERSHIP.c
    other = and_(PRINCIPAL.c.org_id == held.org_id, PRINCIPAL.c.id == held[of])
    lasting = (held.org_id == making.org.id, held.ended_at.is_(None), held[side] == id_)
    found = await making.connection.execute(
        select(PRINCIPAL.c.id, PRINCIPAL.c.key)
        .select_from(MEMBERSHIP.join(PRINCIPAL, other))
        .where(*lasting)
        .order_by(held.id)
    )
    return found.all()


async def active(making: Change, among: str = MEMBERS) -> set[int]:
    """Return the active members who are in the group with that key."""
    found = in_group(among)
    both = found.where(found.selected_columns[0].in_(in_group(MEMBERS)))
    return set(await making.connection.scalars(both, {"org_id": making.org.id}))


async def keep_an_admin(making: Change, member_id: int, field: str) -> None:
    """Refuse to let the last active admin go."""
    if await active(making, ADMINS) == {member_id}:
        raise UserError(LAST_ADMIN, ONE_REMAINS, field)


async def join(making: Change, group_id: int, member_ids: Collection[int]) -> None:
    """Put members, who aren't in it, into the group."""
    joined = [{"group_id": group_id, "member_id": id_} for id_ in member_ids]
    await begin(making, MEMBERSHIP, joined)


async def leave(making: Change, group_ids: Collection[int], member_ids: Collection[int]) -> None:
    """Take the members out of the groups."""
    held = MEMBERSHIP.c
    await end(making, MEMBERSHIP, held.group_id.in_(group_ids), held.member_id.in_(member_ids))
