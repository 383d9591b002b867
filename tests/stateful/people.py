"""The model's changes of members."""

from auth.levels import Held, Permission
from tests.stateful.judging import (
    Done,
    Given,
    Making,
    need,
    new_key,
    new_title,
)
from tests.stateful.model import Grant, Member, Model, Principal


def member_add(making: Making, given: Given) -> Done:
    """Make an account a member, for the first time or again."""
    making.be_admin()
    need("@" in given["email"], "INVALID")
    key, name = new_key(given["key"], reserved=False), new_title(given["name"])
    email, admin = given["email"], given.get("admin", False)
    account = email.casefold()
    member = next((one for one in making.model.members if one.account == account), None)
    if member is None:
        member = _new(making.model, key, name, account=account)
        member.email, member.admin = email, admin
        return Done(member)
    need(member.removed, "ALREADY_MEMBER")
    need(member.key == key, "INVALID")
    member.removed, member.active, member.admin = False, True, admin
    member.name, member.email = name, email
    return Done(member)


def service_account_create(making: Making, given: Given) -> Done:
    """Make a service account."""
    making.be_admin()
    key, name = new_key(given["key"], reserved=False), new_title(given["name"])
    return Done(_new(making.model, key, name, account=0))


def _new(model: Model, key: str, name: str, *, account: str | int) -> Member:
    need(all(member.key != key for member in model.members), "KEY_TAKEN")
    member = Member(model.new_id(), key, name, account)
    model.members.append(member)
    return member


def member_update(making: Making, given: Given) -> Done:
    """Give a member another name."""
    name, member = new_title(given["name"]), _member(making, given)
    member.name = name
    return Done(member)


def member_deactivate(making: Making, given: Given) -> Done:
    """Take a member out of `members` and `admins`."""
    member = _member(making, given)
    need(member.active, "INACTIVE_MEMBER")
    _let_go(making, given, member)
    member.active = member.admin = False
    return Done(member)


def member_reactivate(making: Making, given: Given) -> Done:
    """Put a member back into `members`."""
    member = _member(making, given)
    need(not member.active, "ALREADY_MEMBER")
    member.active = True
    return Done(member)


def member_remove(making: Making, given: Given) -> Done:
    """End all that a member is and holds."""
    member = _member(making, given)
    _let_go(making, given, member)
    member.active, member.admin, member.removed = False, False, True
    for group in making.model.groups:
        group.members = [one for one in group.members if one is not member]
    end_all(making.model, member)
    return Done(member)


def _member(making: Making, given: Given) -> Member:
    member: Member = making.principal(given["id"], Member)
    making.be_admin()
    return member


def _let_go(making: Making, given: Given, member: Member) -> None:
    """Keep an admin, and hand what the member owns to an heir."""
    need(making.model.admins() != [member], "LAST_ADMIN")
    heir: Member = making.actor
    if given.get("heir") is not None:
        heir = making.principal(given["heir"], Member)
        need(heir.active, "INACTIVE_MEMBER")
    grants = [grant for grant in making.model.grants if making.model.in_force(grant)]
    owned = [one for one in grants if one.to is member and one.held.level is Permission.OWNER]
    need(not owned or heir is not member, "INVALID")
    for grant in owned:
        _hand_over(making.model, grant, heir)


def _hand_over(model: Model, grant: Grant, heir: Member) -> None:
    """Give a grant of OWNER to the heir, who loses nothing that it has there by it."""
    own = next((one for one in model.held_on(grant.on) if one.to is heir), None)
    held = grant.held
    if own is not None:
        ends = (held.expires_at, own.held.expires_at)
        last = None if None in ends else max(end for end in ends if end is not None)
        held = Held(held.level, held.propagate or own.held.propagate, last)
    model.grants = [one for one in model.grants if one not in (grant, own)]
    model.grants.append(Grant(grant.on, heir, held))


def end_all(model: Model, principal: Principal) -> None:
    """End all that a member or a group holds."""
    model.grants = [grant for grant in model.grants if grant.to is not principal]
