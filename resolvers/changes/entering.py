"""Entering the Org: an account becomes a member of it, for the first time or again."""

from typing import Any

from sqlalchemy import select

from auth.scope import Scope
from auth.subject import ADMINS, MEMBERS
from db import ids
from db.ids import NodeId
from db.models import PRINCIPAL
from resolvers import values
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.memberships import join, reserved
from resolvers.changes.names import checked, title_columns
from resolvers.changes.rows import add, mark
from resolvers.changes.touching import groups_of_member
from resolvers.errors import ALREADY_MEMBER, INVALID, UserError
from resolvers.manifest.accounts import account_ids
from resolvers.manifest.lines import UserLine

IS_MEMBER = "The account is a member already; if it is deactivated, reactivate it."
OTHER_KEY = 'The account was a member before, as "{}", and keys are permanent: give that one.'


async def enter(
    making: Change, given: Input, action: str, *, email: str | None, admin: bool
) -> Done:
    """Make a member by the input's `key` and `name`; without an address it is a service account."""
    key, names, service = checked(given, "key", values.key), title_columns(given), email is None
    line = UserLine(0, key, names["name"], email, admin, active=True, service=service)
    accounts = await account_ids(making.connection, [line], now=making.now)
    former = await _former(making, accounts[line.number], key)
    node = former or await _next(making)
    await making.affects(Scope(principals=(node.id,), everything=True))
    if former:
        await mark(making, node, deleted_at=None, email=email, **names)
    else:
        account = {"account_id": accounts[line.number], "email": email, "is_service": service}
        await add(making, ids.MEMBER, node.id, kind="MEMBER", key=key, **names, **account)
    groups = await reserved(making)
    joined = {group: groups[group] for group in [MEMBERS] + [ADMINS] * admin}
    for group_id in joined.values():
        await join(making, group_id, [node.id])
    after = {"key": key, "name": names["name"], "admin": admin}
    beside = groups_of_member(making.org.id, joined, joined=key)
    return Done(action, node, key, after=after, beside=beside)


async def _next(making: Change) -> NodeId:
    return NodeId(ids.MEMBER, making.org.id, await ids.reserve(making.connection, making.org.id, 1))


async def _former(making: Change, account_id: int, key: str) -> NodeId | None:
    """Return the member that the account was before it was removed; None if it never was one."""
    account = (PRINCIPAL.c.org_id == making.org.id, PRINCIPAL.c.account_id == account_id)
    row: Any = (await making.connection.execute(select(PRINCIPAL).where(*account))).one_or_none()
    if row is None:
        return None
    if row.deleted_at is None:
        raise UserError(ALREADY_MEMBER, IS_MEMBER, "email")
    if row.key != key:
        raise UserError(INVALID, OTHER_KEY.format(row.key), "key")
    return NodeId(ids.MEMBER, making.org.id, row.id)
