"""Who asks: the account, the Org it asks in, and the principals that it is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.authenticate import Credential
from auth.errors import AuthError
from auth.levels import Facts, Kind, Permission, Standing, permission
from db.models import ACCOUNT, MEMBERSHIP, ORG, PRINCIPAL
from db.queries import AnySelect

ADMINS, MEMBERS = "admins", "members"  # the keys of the two reserved groups


class AccountRow(NamedTuple):
    """An account's columns."""

    id: int
    email: str | None
    name: str


class OrgRow(NamedTuple):
    """An Org's columns, with the subject's permission on it as `level`."""

    id: int
    key: str
    name: str
    revision: int
    level: Permission


@dataclass(frozen=True, slots=True)
class Subject:
    """The asker in one snapshot; `org` is None for whoever is no active member of it."""

    account: AccountRow
    org: OrgRow | None
    member_id: int | None
    principals: tuple[int, ...]
    standing: Standing


async def load_subject(connection: AsyncConnection, credential: Credential) -> Subject:
    """Look the credential up, in one statement; AuthError when its account is gone."""
    result = await connection.execute(_lookup(credential))
    rows = result.mappings().all()
    if not rows:
        raise AuthError("UNAUTHENTICATED", "The token's account doesn't exist any more.")
    return _subject(rows)


def _lookup(credential: Credential) -> AnySelect:
    member, group = PRINCIPAL.alias("member"), PRINCIPAL.alias("grp")
    account, org, held = ACCOUNT.c, ORG.c, MEMBERSHIP.c
    lasting = and_(held.org_id == org.id, held.member_id == member.c.id, held.ended_at.is_(None))
    return (
        select(
            *(account.id.label("account_id"), account.email, account.name.label("account_name")),
            *(org.id.label("org_id"), org.key, org.name, org.revision),
            *(member.c.id.label("member_id"), group.c.id.label("group_id")),
            group.c.key.label("group_key"),
        )
        .select_from(ACCOUNT)
        .outerjoin(ORG, _named(org, credential.org, text=org.key))
        .outerjoin(member, and_(member.c.org_id == org.id, member.c.account_id == account.id))
        .outerjoin(MEMBERSHIP, lasting)
        .outerjoin(group, and_(group.c.org_id == org.id, group.c.id == held.group_id))
        .where(_named(account, credential.account, text=account.email))
        .where(account.deleted_at.is_(None))
    )


def _named(columns: Any, value: int | str, *, text: ColumnElement[Any]) -> ColumnElement[bool]:
    """Compare the id where a number was given, else the column of text."""
    return columns.id == value if isinstance(value, int) else text == value


def _subject(rows: Sequence[Mapping[Any, Any]]) -> Subject:
    first = rows[0]
    account = AccountRow(first["account_id"], first["email"], first["account_name"])
    standing = _standing({row["group_key"] for row in rows})
    if standing is Standing.OUTSIDER:
        return Subject(account, None, None, (), standing)
    level = permission(standing, Facts(Kind.ORG), now=0)
    return Subject(
        account=account,
        org=OrgRow(first["org_id"], first["key"], first["name"], first["revision"], level),
        member_id=first["member_id"],
        principals=(first["member_id"], *(row["group_id"] for row in rows)),
        standing=standing,
    )


def _standing(groups: set[str]) -> Standing:
    if MEMBERS not in groups:
        return Standing.OUTSIDER
    return Standing.ADMIN if ADMINS in groups else Standing.MEMBER
