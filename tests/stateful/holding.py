"""The model's changes of grants."""

from auth.levels import Held, Permission
from db.clock import moment_of
from tests.stateful.judging import Done, Given, Making, need
from tests.stateful.model import Grant, Member, Model, Principal, Project, Space

OWNER = Permission.OWNER
Terms = dict[Principal, Held]


def grant_set(making: Making, given: Given) -> Done:
    """Grant a level in place of what is held."""
    node = _owned(making, given)
    principal, held = _wanted(making, node, given)
    _keep(making.model, node, {**_held(making.model, node), principal: held})
    return Done(node)


def grant_revoke(making: Making, given: Given) -> Done:
    """End a grant."""
    node = _owned(making, given)
    principal, held = making.principal(given["principal"]), _held(making.model, node)
    need(held.pop(principal, None), "NOT_FOUND")
    _keep(making.model, node, held)
    return Done(node)


def grants_replace(making: Making, given: Given) -> Done:
    """Make the grants on a node just those given."""
    node = _owned(making, given)
    wanted = [_wanted(making, node, each) for each in given["grants"]]
    need(len(dict(wanted)) == len(wanted), "INVALID")
    _keep(making.model, node, dict(wanted))
    return Done(node)


def ownership_transfer(making: Making, given: Given) -> Done:
    """Hand ownership over."""
    node = _owned(making, given)
    heir = making.principal(given["to"])
    former = making.principal(given["from"]) if given.get("from") else making.actor
    keep = Permission[given.get("keep") or "NONE"]
    need(heir is not former and keep is not OWNER, "INVALID")
    heirs = [heir] if isinstance(heir, Member) else making.model.in_group(heir)
    need(any(member.active for member in heirs), "INACTIVE_MEMBER")
    held = _held(making.model, node)
    owner = former in held and held[former].level is OWNER
    need(owner or not given.get("from"), "INVALID")
    old, own = held.pop(former) if owner else None, held.get(heir)
    held[heir] = Held(OWNER, any(one is not None and one.propagate for one in (old, own)))
    if old is not None and keep:
        held[former] = Held(keep, old.propagate, old.expires_at)
    _keep(making.model, node, held)
    return Done(node)


def _owned(making: Making, given: Given) -> Space | Project:
    node: Space | Project = making.find(given["node"], Space, Project)
    making.need_level(OWNER, node)
    return node


def _wanted(making: Making, node: Space | Project, given: Given) -> tuple[Principal, Held]:
    principal, level = making.principal(given["principal"]), Permission[given["level"]]
    propagate, text = given.get("propagate", False), given.get("expiresAt")
    expires_at = None if text is None else moment_of(text)
    need(level and (not propagate or isinstance(node, Space)), "INVALID")
    need(expires_at is None or expires_at > making.model.now, "INVALID")
    return principal, Held(level, propagate, expires_at)


def _held(model: Model, node: Space | Project) -> Terms:
    """Return what is held on a node, once what has expired there is ended, each by an event."""
    lasting = [grant for grant in model.grants if grant.on is not node or model.in_force(grant)]
    model.revision += len(model.grants) - len(lasting)
    model.grants = lasting
    return {grant.to: grant.held for grant in model.held_on(node)}


def _keep(model: Model, node: Space | Project, wanted: Terms) -> None:
    """Make the grants on a node just these."""
    others = [grant for grant in model.grants if grant.on is not node]
    model.grants = [*others, *(Grant(node, to, held) for to, held in wanted.items())]
