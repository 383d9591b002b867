"""Members and groups of the Org: its directory, which every active member may read."""

from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, case, exists, null, select

from auth.access import MEMBER_ID, ORG_ID, Access
from auth.subject import ADMINS, MEMBERS
from db.models import MEMBERSHIP, PRINCIPAL
from engine.page import Orders
from resolvers.listing import Expression, Listing, with_ids_of
from resolvers.pagination import ById, Paged


class MemberRow(NamedTuple):
    """A member's columns; the e-mail address is told to admins and to the member alone."""

    org_id: int
    id: int
    key: str
    name: str
    email: str | None
    active: bool
    is_service: bool
    created_at: int
    updated_at: int
    revision: int


class GroupRow(NamedTuple):
    """A group's columns; the reserved ones are kept by the server."""

    org_id: int
    id: int
    key: str
    name: str
    reserved: bool
    created_at: int
    updated_at: int
    revision: int
    members_revision: int


ORDERS: Orders = {
    "NAME": {"sort": str, "id": int},
    "KEY": {"key": str, "id": int},
    "CREATED_AT": {"created_at": int, "id": int},
    "UPDATED_AT": {"updated_at": int, "id": int},
}
COLUMNS = (
    *("org_id", "id", "key", "name", "folded", "sort"),
    *("created_at", "updated_at", "revision"),
)


def _active(member: FromClause) -> Expression:
    """Return whether the member is active, that is in the group `members` now."""
    held, group = MEMBERSHIP.alias(), PRINCIPAL.alias()
    named = and_(group.c.org_id == ORG_ID, group.c.id == held.c.group_id)
    lasting = (held.c.org_id == ORG_ID, held.c.member_id == member.c.id, held.c.ended_at.is_(None))
    found = (
        select(held.c.id)
        .select_from(held.join(group, named))
        .where(*lasting, group.c.kind == "GROUP", group.c.key == MEMBERS)
    )
    return found.correlate(member).exists()


def _members(access: Access, member: FromClause, source: FromClause, *where: Any) -> Listing:
    own = case((member.c.id == MEMBER_ID, member.c.email), else_=null())
    columns = {
        **{name: member.c[name] for name in COLUMNS},
        "email": member.c.email if access.admin else own,
        "active": _active(member),
        "is_service": member.c.is_service,
    }
    return Listing(member, source, columns, (*_live(member, "MEMBER"), *where))


def _groups(group: FromClause, source: FromClause, *where: Any) -> Listing:
    columns: dict[str, Expression] = {name: group.c[name] for name in COLUMNS}
    columns["members_revision"] = group.c.members_revision
    columns["reserved"] = group.c.key.in_((ADMINS, MEMBERS))
    return Listing(group, source, columns, (*_live(group, "GROUP"), *where))


def _live(principal: FromClause, kind: str) -> tuple[Expression, ...]:
    """Return the conditions that a row is a member who wasn't removed, or a group that is there."""
    return (
        principal.c.org_id == ORG_ID,
        principal.c.kind == kind,
        principal.c.deleted_at.is_(None),
    )


def _members_of_org(access: Access, _parent: None) -> Listing:
    member = PRINCIPAL.alias("member")
    return _members(access, member, member)


def _groups_of_org(_access: Access, _parent: None) -> Listing:
    group = PRINCIPAL.alias("grp")
    return _groups(group, group)


def _members_of_group(access: Access, parent: FromClause) -> Listing:
    member, held = PRINCIPAL.alias("member"), MEMBERSHIP.alias("held")
    belongs = (held.c.member_id == member.c.id, held.c.group_id == parent.c.id)
    lasting = (held.c.org_id == ORG_ID, held.c.ended_at.is_(None), *belongs)
    return _members(access, member, member, exists().where(*lasting).correlate(member, parent))


def _groups_of_member(_access: Access, parent: FromClause) -> Listing:
    group, held = PRINCIPAL.alias("grp"), MEMBERSHIP.alias("held")
    belongs = (held.c.group_id == group.c.id, held.c.member_id == parent.c.id)
    lasting = (held.c.org_id == ORG_ID, held.c.ended_at.is_(None), *belongs)
    return _groups(group, group, exists().where(*lasting).correlate(group, parent))


def _member_by_id(access: Access, parent: FromClause) -> Listing:
    member = PRINCIPAL.alias("member")
    return _members(access, member, *with_ids_of(parent, member, access))


def _group_by_id(access: Access, parent: FromClause) -> Listing:
    group = PRINCIPAL.alias("grp")
    return _groups(group, *with_ids_of(parent, group, access))


members_of_org, groups_of_org = Paged(_members_of_org), Paged(_groups_of_org)
members_of_group = Paged(_members_of_group, ("id",))
groups_of_member = Paged(_groups_of_member, ("id",))
member_by_id, group_by_id = ById(_member_by_id), ById(_group_by_id)
