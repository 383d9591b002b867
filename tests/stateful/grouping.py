"""The model's changes of groups, and of who is in them."""

from collections.abc import Callable

from tests.stateful.judging import (
    Done,
    Given,
    Item,
    Making,
    RefusedError,
    check_ids,
    need,
    new_key,
    new_title,
)
from tests.stateful.model import Group, Member
from tests.stateful.people import end_all


def group_create(making: Making, given: Given) -> Done:
    """Make a group of the members given."""
    making.be_admin()
    key, name = new_key(given["key"], reserved=False), new_title(given["name"])
    ids: list[str] = given.get("members") or []
    model = making.model
    if ids:
        check_ids(ids)
    members = [making.principal(id_, Member) for id_ in ids]
    need(all(group.key != key for group in model.groups), "KEY_TAKEN")
    group = Group(model.new_id(), key, name, members)
    model.groups.append(group)
    return Done(group)


def group_rename(making: Making, given: Given) -> Done:
    """Give a group another name."""
    group = _own_group(making, given)
    group.name = new_title(given["name"])
    return Done(group)


def group_delete(making: Making, given: Given) -> Done:
    """End all that a group is and holds."""
    group = _own_group(making, given)
    group.members, group.deleted = [], True
    end_all(making.model, group)
    return Done(group)


def _own_group(making: Making, given: Given) -> Group:
    group: Group = making.principal(given["id"], Group)
    making.be_admin()
    need(not group.reserved, "RESERVED_GROUP")
    return group


def group_members_add(making: Making, given: Given) -> Done:
    """Put members into a group; into `admins` only active ones."""
    group = _joined(making, given)

    def add(member: Member) -> None:
        need(member not in making.model.in_group(group), "ALREADY_MEMBER")
        need(member.active or group.key != "admins", "INACTIVE_MEMBER")
        if group.key == "admins":
            member.admin = True
        else:
            group.members.append(member)

    return Done(group, items=_each(making, given, add))


def group_members_remove(making: Making, given: Given) -> Done:
    """Take members out of a group; the last admin stays."""
    group = _joined(making, given)

    def remove(member: Member) -> None:
        need(member in making.model.in_group(group), "NOT_MEMBER")
        if group.key != "admins":
            group.members.remove(member)
            return
        need(making.model.admins() != [member], "LAST_ADMIN")
        member.admin = False

    return Done(group, items=_each(making, given, remove))


def _joined(making: Making, given: Given) -> Group:
    group: Group = making.principal(given["group"], Group)
    making.be_admin()
    need(group.key != "members", "RESERVED_GROUP")
    return group


def _each(making: Making, given: Given, work: Callable[[Member], None]) -> tuple[Item, ...]:
    """Do the work for each member, or say why not; nobody's refusal is in another's way."""
    check_ids(given["members"])
    return tuple(_one(making, id_, work) for id_ in given["members"])


def _one(making: Making, id_: str, work: Callable[[Member], None]) -> Item:
    try:
        member: Member = making.principal(id_, Member)
    except RefusedError as refused:
        return Item(id_, refused.codes)
    try:
        work(member)
    except RefusedError as refused:
        return Item(id_, refused.codes, member)
    return Item(id_, (), member)
