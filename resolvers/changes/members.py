"""Changes of members: added, renamed, deactivated, reactivated and removed."""

from dataclasses import replace

from auth.scope import Scope
from auth.subject import ADMINS, MEMBERS
from db import ids
from db.ids import NodeId
from resolvers import values
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.entering import enter
from resolvers.changes.heirs import HandedOver, hand_over
from resolvers.changes.held_by import end_holdings, held_by, told_of_grant
from resolvers.changes.memberships import groups_of, join, keep_an_admin, leave, reserved
from resolvers.changes.names import NOTHING, checked, is_given, title_columns
from resolvers.changes.rows import changed, found, mark
from resolvers.changes.touching import groups_of_member, nodes_of_grants
from resolvers.errors import ALREADY_MEMBER, INACTIVE, INVALID, UserError

IS_ACTIVE, IS_INACTIVE = "The member is active already.", "The member is deactivated already."


async def add(making: Change, given: Input) -> Done:
    """Make the account of an e-mail address a member; one that was removed comes back."""
    await making.require("member.add", "email")
    email = checked(given, "email", values.email)
    return await enter(making, given, "member.add", email=email, admin=given["admin"])


async def rename(making: Change, given: Input) -> Done:
    """Give a member another name; its key stays."""
    if not is_given(given, "name"):
        raise UserError(INVALID, NOTHING)
    return await changed(making, given, "member.update", title_columns(given))


async def deactivate(making: Change, given: Input) -> Done:
    """Take a member out of `members` and `admins`; what it holds and doesn't own remains."""
    node, row = await found(making, given, "member.deactivate")
    groups = await groups_of(making, node.id)
    if MEMBERS not in groups:
        raise UserError(INACTIVE, IS_INACTIVE, "id")
    handed = await _let_go(making, given, node)
    left = {key: groups[key] for key in (MEMBERS, ADMINS) if key in groups}
    await leave(making, left.values(), [node.id])
    await mark(making, node)
    before = {"active": True, "admin": ADMINS in groups}
    after = {"active": False, "admin": False, **handed.told}
    beside = (
        *nodes_of_grants(ids.MEMBER, making.org.id, handed.ended, handed.begun),
        *groups_of_member(making.org.id, left, left=row.key),
    )
    return Done("member.deactivate", node, row.key, before, after, beside=beside)


async def reactivate(making: Change, given: Input) -> Done:
    """Put a member back into `members`, but not into `admins`."""
    node, row = await found(making, given, "member.reactivate")
    if MEMBERS in await groups_of(making, node.id):
        raise UserError(ALREADY_MEMBER, IS_ACTIVE, "id")
    await making.affects(_all_of(node))
    joined = {MEMBERS: (await reserved(making))[MEMBERS]}
    await join(making, joined[MEMBERS], [node.id])
    await mark(making, node)
    done = Done("member.reactivate", node, row.key, {"active": False}, {"active": True})
    return replace(done, beside=groups_of_member(making.org.id, joined, joined=row.key))


async def remove(making: Change, given: Input) -> Done:
    """End all that a member is and holds in the Org; its row stays, as what names it lasts."""
    node, row = await found(making, given, "member.remove")
    groups, held = await groups_of(making, node.id), await held_by(making, node.id)
    handed = await _let_go(making, given, node)
    await leave(making, groups.values(), [node.id])
    await end_holdings(making, node.id)
    await mark(making, node, deleted_at=making.now)
    grants = [told_of_grant(grant) for grant in held]
    before = {"name": row.name, "groups": list(groups), "grants": grants}
    ended = {grant.id: grant for grant in (*handed.ended, *held)}.values()
    beside = (
        *nodes_of_grants(ids.MEMBER, making.org.id, list(ended), handed.begun),
        *groups_of_member(making.org.id, groups, left=row.key),
    )
    return Done(
        "member.remove", node, row.key, before, handed.told or None, gone=node, beside=beside
    )


async def _let_go(making: Change, given: Input, member: NodeId) -> HandedOver:
    """Hand over what the member owns, unless it is the last active admin."""
    await keep_an_admin(making, member.id, "id")
    await making.affects(_all_of(member))
    return await hand_over(making, given, member)


def _all_of(member: NodeId) -> Scope:
    return Scope(principals=(member.id,), everything=True)
