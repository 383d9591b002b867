"""Changes of what principals hold on a space or a project, shared ones too."""

from collections.abc import Iterable, Mapping

from auth.levels import Permission
from auth.scope import Scope
from db import ids
from db.ids import NodeId
from resolvers.changes.change import Change, Done, Input, expect
from resolvers.changes.held_on import Holding, end, held_on, hold, listed
from resolvers.changes.memberships import active, members_of
from resolvers.changes.rows import path_of, row_of
from resolvers.errors import INACTIVE, INVALID, NOT_FOUND, UserError

PRINCIPALS = (ids.MEMBER, ids.GROUP)
EXPECTED = "expectedGrantsRevision"
NOT_HELD = "It has no grant on the node itself."
ONLY_SPACES = "Only a grant on a space propagates."
PAST = "It would have ended already: give a time to come."
TWICE = "Each principal may stand in the list once."
TO_ITSELF = "They own it already: name somebody else."
NO_OWNER = "They hold no OWNER grant on the node itself: name who does."
TO_NOBODY = "Nobody active would own it: name an active member, or a group that has one."
KEPT_ALL = "Who keeps OWNER hands nothing over: use `grantSet` to own it together."


async def give(making: Change, given: Input) -> Done:
    """Grant a principal a level on a space or project, in place of what it holds there."""
    node = await _owned(making, given, "grant.set")
    wanted = await _wanted(making, node, given)
    await making.affects(_scope(node, [wanted.principal]))
    held = (await held_on(making, node)).get(wanted.principal)
    await hold(making, node, wanted, held)
    return Done(
        "grant.set",
        node,
        await path_of(making, node),
        before=None if held is None else held.told,
        after=wanted.told,
        gone=None if held is None or held.gives_as(wanted) else held.node,
    )


async def revoke(making: Change, given: Input) -> Done:
    """End the grant of a principal on a space or project."""
    node = await _owned(making, given, "grant.revoke")
    principal = await making.find(given["principal"], PRINCIPALS, "principal")
    held = (await held_on(making, node)).get(principal)
    if held is None:
        raise UserError(NOT_FOUND, NOT_HELD, "principal")
    await making.affects(_scope(node, [principal]))
    await end(making, held)
    path = await path_of(making, node)
    return Done("grant.revoke", node, path, before=held.told, gone=held.node)


async def replace(making: Change, given: Input) -> Done:
    """Make the grants on a space or project just those of a list."""
    node = await _owned(making, given, "grants.replace")
    await making.look_up([each["principal"] for each in given["grants"]])
    wanted = [await _wanted(making, node, each) for each in given["grants"]]
    if len({each.principal for each in wanted}) < len(wanted):
        raise UserError(INVALID, TWICE, "grants")
    return await _replaced(making, node, "grants.replace", {one.principal: one for one in wanted})


async def transfer(making: Change, given: Input) -> Done:
    """Hand ownership over: `to` gets OWNER, and `from` keeps the level `keep`, or nothing.

    `from` is by default the asker, who loses nothing where it has no OWNER grant of its own.
    """
    node = await _owned(making, given, "ownership.transfer")
    heir = await making.find(given["to"], PRINCIPALS, "to")
    former = await making.find(given.get("from") or making.actor, PRINCIPALS, "from")
    if former == heir:
        raise UserError(INVALID, TO_ITSELF, "to")
    if given.get("keep") is Permission.OWNER:
        raise UserError(INVALID, KEPT_ALL, "keep")
    await _require_somebody(making, heir)
    wanted = dict(await held_on(making, node))
    old = _owner(wanted, former)
    if old is None and given.get("from"):
        raise UserError(INVALID, NO_OWNER, "from")
    if old is not None:
        del wanted[former]
    propagate = any(one and one.propagate for one in (old, wanted.get(heir)))
    wanted[heir] = Holding(heir, Permission.OWNER, propagate)
    if old is not None and given.get("keep"):
        wanted[former] = Holding(former, given["keep"], old.propagate, old.expires_at)
    return await _replaced(making, node, "ownership.transfer", wanted)


async def _require_somebody(making: Change, heir: NodeId) -> None:
    """Refuse a member who is deactivated, and a group in which nobody is active."""
    heirs = {heir.id} if heir.type == ids.MEMBER else set(await members_of(making, heir.id))
    if not heirs & await active(making):
        raise UserError(INACTIVE, TO_NOBODY, "to")


def _owner(held: Mapping[NodeId, Holding], former: NodeId) -> Holding | None:
    """Return what the former owner holds, if that is OWNER."""
    holding = held.get(former)
    return holding if holding and holding.level is Permission.OWNER else None


async def _replaced(
    making: Change, node: NodeId, action: str, wanted: Mapping[NodeId, Holding]
) -> Done:
    """Begin and end grants until just those wanted are held on the node."""
    held = await held_on(making, node)
    await making.affects(_scope(node, {**held, **wanted}))
    for principal in held.keys() - wanted.keys():
        await end(making, held[principal])
    for principal, each in wanted.items():
        await hold(making, node, each, held.get(principal))
    path = await path_of(making, node)
    return Done(action, node, path, listed(held.values()), listed(wanted.values()))


async def _owned(making: Change, given: Input, action: str) -> NodeId:
    node = await making.find(given["node"], (ids.SPACE, ids.PROJECT), "node")
    await making.require(action, "node", node=node)
    if given.get(EXPECTED) is not None:
        expect(given, EXPECTED, (await row_of(making, node)).grants_revision)
    return node


async def _wanted(making: Change, node: NodeId, given: Input) -> Holding:
    principal = await making.find(given["principal"], PRINCIPALS, "principal")
    expires_at: int | None = given.get("expiresAt")
    if given["propagate"] and node.type != ids.SPACE:
        raise UserError(INVALID, ONLY_SPACES, "propagate")
    if expires_at is not None and expires_at <= making.now:
        raise UserError(INVALID, PAST, "expiresAt")
    return Holding(principal, given["level"], given["propagate"], expires_at)


def _scope(node: NodeId, principals: Iterable[NodeId]) -> Scope:
    return Scope(
        principals=tuple(principal.id for principal in principals),
        spaces=(node.id,) if node.type == ids.SPACE else (),
        projects=(node.id,) if node.type == ids.PROJECT else (),
    )
