"""Who is looked at when many are judged at once, in SQL: members or groups, and what they bear.

The parameters are `org_id`, and `scope_principals` where the scope is of some principals.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, or_, select, union_all

from auth.rule import ORG_ID, Number
from auth.subject import ADMINS, MEMBERS
from db.models import MEMBERSHIP, PRINCIPAL
from db.queries import one_of


def in_group(key: str) -> Select[Any]:
    """Return the ids of the members who are in the group now; in `members` are the active ones."""
    held, group = MEMBERSHIP.alias(), PRINCIPAL.alias()
    named = and_(group.c.org_id == ORG_ID, group.c.id == held.c.group_id)
    return (
        select(held.c.member_id)
        .select_from(held.join(group, named))
        .where(held.c.org_id == ORG_ID, held.c.ended_at.is_(None))
        .where(group.c.kind == "GROUP", group.c.key == key)
    )


@dataclass(frozen=True, slots=True)
class Bearers:
    """The active members, or those who bear one of `scope_principals` if they are `some`.

    With `groups` they are those principals themselves, which are groups and bear nothing else.
    """

    dialect: str
    some: bool
    groups: bool

    def of_standing(self, *, admin: bool) -> Subquery:
        """Return them as a table of `member_id`: the admins, or all others."""
        found = self._groups(admin=admin) if self.groups else self._members(admin=admin)
        return found.subquery("member")

    def principals(self) -> Subquery:
        """Return what each that is no admin bears, as (member_id, principal_id)."""
        members = self.of_standing(admin=False)
        own = select(members.c.member_id, members.c.member_id.label("principal_id"))
        if self.groups:
            return own.subquery("bearer")
        held = MEMBERSHIP.alias()
        lasting = and_(held.c.member_id == members.c.member_id, held.c.ended_at.is_(None))
        groups = (
            select(held.c.member_id, held.c.group_id)
            .select_from(members.join(held, lasting))
            .where(held.c.org_id == ORG_ID)
        )
        return union_all(own, groups).subquery("bearer")

    def _members(self, *, admin: bool) -> Select[Any]:
        admins, found = in_group(ADMINS), in_group(MEMBERS)
        member_id: Number = found.selected_columns[0]
        found = found.where(member_id.in_(admins) if admin else member_id.not_in(admins))
        return found.where(self._bears(member_id)) if self.some else found

    def _bears(self, member_id: Number) -> ColumnElement[bool]:
        held = MEMBERSHIP.alias()
        named = one_of(self.dialect, held.c.group_id, "scope_principals")
        lasting = (held.c.org_id == ORG_ID, held.c.ended_at.is_(None), named)
        itself = one_of(self.dialect, member_id, "scope_principals")
        return or_(itself, member_id.in_(select(held.c.member_id).where(*lasting)))

    def _groups(self, *, admin: bool) -> Select[Any]:
        group = PRINCIPAL.alias()
        named = one_of(self.dialect, group.c.id, "scope_principals")
        standing = group.c.key == ADMINS if admin else group.c.key != ADMINS
        found = select(group.c.id.label("member_id")).where(group.c.org_id == ORG_ID, named)
        return found.where(group.c.kind == "GROUP", standing)
