"""Who asks: the account, the Org it asks in, and the principals that it is there."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, select

from auth.credential import Credential
from auth.errors import AuthError
from auth.levels import Facts, Kind, Permission, Standing, permission
from db.errors import UnfitError, lacks_a_table
from db.models import ACCOUNT, MEMBERSHIP, ORG, PRINCIPAL
from db.queries import AnySelect
from db.reader import Reader
from db.version import AT_VERSION, EPOCH, LACKS_A_TABLE, READABLE_FROM, check_readable

ADMINS, MEMBERS = "admins", "members"  # the keys of the two reserved groups


class AccountRow(NamedTuple):
    """An account's columns; the name is what the Org calls it, as others may call it otherwise."""

    id: int
    email: str | None
    name: str


class OrgRow(NamedTuple):
    """An Org's columns, with the subject's permission on it as `level`."""

    id: int
    key: str
    name: str
    revision: int
    retention_days: int
    cost_per_minute: int | None
    settings_revision: int
    level: Permission


class Subject(NamedTuple):
    """The asker in one snapshot; `org` is None for whoever is no active member of it."""

    account: AccountRow
    org: OrgRow | None
    member_id: int | None
    principals: tuple[int, ...]
    standing: Standing
    is_service: bool = False
    epoch: str = ""  # the database's: another after a restore


class Found(NamedTuple):
    """A row of the look-up; outside the Org, or without a group, only the account is known."""

    account_id: int
    email: str | None
    account_name: str
    org_id: int
    org_key: str
    org_name: str
    revision: int
    retention_days: int
    cost_per_minute: int | None
    settings_revision: int
    member_id: int
    member_name: str | None
    is_service: bool
    group_id: int
    group_key: str | None
    epoch: str
    version: str | None
    readable_from: str | None


async def load_subject(reader: Reader, credential: Credential) -> Subject:
    """Look the credential up, in one statement; AuthError when its account is gone.

    UnfitError where the database's version is none that this Freehold reads.
    """
    by_id = isinstance(credential.account, int), isinstance(credential.org, int)
    parameters = {"account": credential.account, "org": credential.org}
    try:
        rows = [Found(*row) for row in await reader.fetch(_lookup(*by_id), parameters)]
    except Exception as error:
        if lacks_a_table(error):
            raise UnfitError(LACKS_A_TABLE) from error
        raise
    if not rows:
        raise AuthError("UNAUTHENTICATED", "The token's account doesn't exist any more.")
    check_readable(rows[0].version, rows[0].readable_from)
    return _subject(rows)


@cache
def _lookup(account_by_id: bool, org_by_id: bool) -> AnySelect:
    member, group = PRINCIPAL.alias("member"), PRINCIPAL.alias("grp")
    account, org, held = ACCOUNT.c, ORG.c, MEMBERSHIP.c
    lasting = and_(held.org_id == org.id, held.member_id == member.c.id, held.ended_at.is_(None))
    account_named = _named(account.id if account_by_id else account.email, "account")
    return (
        select(
            *(account.id, account.email, account.name),
            *(org.id, org.key, org.name, org.revision, org.retention_days),
            *(org.cost_per_minute, org.settings_revision),
            *(member.c.id, member.c.name, member.c.is_service, group.c.id, group.c.key),
            *(EPOCH, AT_VERSION, READABLE_FROM),
        )
        .select_from(ACCOUNT)
        .outerjoin(ORG, _named(org.id if org_by_id else org.key, "org"))
        .outerjoin(member, and_(member.c.org_id == org.id, member.c.account_id == account.id))
        .outerjoin(MEMBERSHIP, lasting)
        .outerjoin(group, and_(group.c.org_id == org.id, group.c.id == held.group_id))
        .where(account_named, account.deleted_at.is_(None))
    )


def _named(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    return column == bindparam(parameter, type_=column.type)


def _subject(rows: Sequence[Found]) -> Subject:
    first = rows[0]
    name = first.member_name or first.email or first.account_name
    account = AccountRow(first.account_id, first.email, name)
    standing = _standing({row.group_key for row in rows})
    if standing is Standing.OUTSIDER:
        return Subject(account, None, None, (), standing, epoch=first.epoch)
    known = (
        *(first.org_id, first.org_key, first.org_name),
        *(first.revision, first.retention_days, first.cost_per_minute),
        first.settings_revision,
    )
    return Subject(
        account=account,
        org=OrgRow(*known, _on_org(standing)),
        member_id=first.member_id,
        principals=(first.member_id, *(row.group_id for row in rows)),
        standing=standing,
        is_service=bool(first.is_service),
        epoch=first.epoch,
    )


@cache
def _on_org(standing: Standing) -> Permission:
    return permission(standing, Facts(Kind.ORG), now=0)


def _standing(groups: set[str | None]) -> Standing:
    if MEMBERS not in groups:
        return Standing.OUTSIDER
    return Standing.ADMIN if ADMINS in groups else Standing.MEMBER
