"""What a member who goes owns: handed over to an heir."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from auth.levels import Permission
from db import ids
from db.ids import NodeId
from db.models import GRANT
from db.queries import numbers, one_of
from resolvers.changes.change import Change, Input
from resolvers.changes.facts import begin, end
from resolvers.changes.held_by import held_by, path_of_grant, scope_of
from resolvers.changes.memberships import active
from resolvers.changes.rows import row_of
from resolvers.errors import INACTIVE, INVALID, UserError

SOMEBODY_ELSE = "They own something: name another active member as the heir."
ACTIVE_HEIR = "The heir is deactivated: name an active member."


class Place(NamedTuple):
    """What a grant is on, and the space that that is or is in."""

    space_id: int | None
    project_id: int | None
    within_id: int | None


class Terms(NamedTuple):
    """What a grant says beside its node and principal; `expires_at` in microseconds."""

    level: int
    propagate: bool
    expires_at: int | None


class Begun(NamedTuple):
    """A grant that is to begin."""

    space_id: int | None
    project_id: int | None
    within_id: int | None
    principal_id: int
    level: int
    propagate: bool
    expires_at: int | None


class HandedOver(NamedTuple):
    """What the log tells of it, and the grants that ended, as `held_by` has them, and began."""

    told: dict[str, Any]
    ended: Sequence[Any] = ()
    begun: Sequence[Begun] = ()


async def hand_over(making: Change, given: Input, leaver: NodeId) -> HandedOver:
    """Give what the leaver owns to the input's `heir`, or to the asker.

    Owning is to hold OWNER on a node by a grant of one's own that hasn't expired, also on a node in
    the recycle bin.
    """
    heir = await _heir(making, given)
    owned = [grant for grant in await held_by(making, leaver.id) if _is_owner(grant, making.now)]
    if not owned:
        return HandedOver({})
    if heir == leaver:
        raise UserError(INVALID, SOMEBODY_ELSE, "heir")
    await making.affects(scope_of(owned, heir.id))
    ended, begun = await _pass_on(making, owned, heir.id)
    key = (await row_of(making, heir)).key
    told = {"heir": key, "handedOver": [path_of_grant(grant) for grant in owned]}
    return HandedOver(told, ended, begun)


async def _heir(making: Change, given: Input) -> NodeId:
    if given.get("heir") is None:
        return NodeId(ids.MEMBER, making.org.id, making.subject.member_id or 0)
    heir = await making.find(given["heir"], ids.MEMBER, "heir")
    if heir.id not in await active(making):
        raise UserError(INACTIVE, ACTIVE_HEIR, "heir")
    return heir


async def _pass_on(
    making: Change, owned: Sequence[Any], heir_id: int
) -> tuple[list[Any], list[Begun]]:
    """End the grants, and begin grants of the same to the heir; return which ended and began."""
    held = {_place(grant): grant for grant in await held_by(making, heir_id)}
    ended, begun = list(owned), list[Begun]()
    for grant in owned:
        own = held.get(_place(grant))
        terms = _terms(grant) if own is None else united(grant, own, now=making.now)
        if own is not None and terms == _terms(own):
            continue
        if own is not None:
            ended.append(own)
        begun.append(Begun(*_place(grant), heir_id, *terms))
    dialect = making.connection.dialect.name
    these = one_of(dialect, GRANT.c.id, "ended_ids")
    numbered = numbers(dialect, (grant.id for grant in ended))
    await end(making, GRANT, these, ended_ids=numbered)
    await begin(making, GRANT, [grant._asdict() for grant in begun])
    return ended, begun


def united(owned: Any, held: Any, *, now: int) -> Terms:
    """Return the terms under which the heir has what either grant gave: none is lost by the other.

    OWNER is the higher level. It propagates if one of them did, and expires when the later does.
    """
    if _expired(held, now):
        return _terms(owned)
    ends = (owned.expires_at, held.expires_at)
    expires_at = None if None in ends else max(ends)
    return Terms(owned.level, owned.propagate or held.propagate, expires_at)


def _place(grant: Any) -> Place:
    return Place(grant.space_id, grant.project_id, grant.within_id)


def _terms(grant: Any) -> Terms:
    return Terms(grant.level, grant.propagate, grant.expires_at)


def _is_owner(grant: Any, now: int) -> bool:
    return grant.level == int(Permission.OWNER) and not _expired(grant, now)


def _expired(grant: Any, now: int) -> bool:
    return grant.expires_at is not None and grant.expires_at <= now
