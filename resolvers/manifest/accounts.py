"""The accounts of a manifest's users: by e-mail the one that exists already, else a new one."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.addresses import same_form
from db.models import ACCOUNT
from resolvers.manifest.lines import UserLine

Insert: TypeAlias = sqlite.Insert | postgresql.Insert
INSERTS: dict[str, Callable[[Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


async def account_ids(
    connection: AsyncConnection, users: Sequence[UserLine], *, now: int
) -> dict[int, int]:
    """Return the id of each user's account by the number of the user's line."""
    reachable = [user for user in users if user.email]
    return {
        **await _by_email(connection, reachable, now=now),
        **await _new(connection, [user for user in users if not user.email], now=now),
    }


async def _by_email(
    connection: AsyncConnection, users: Sequence[UserLine], *, now: int
) -> dict[int, int]:
    if not users:
        return {}
    made = [_account(user, now) for user in users]
    unless_there = INSERTS[connection.dialect.name](ACCOUNT).on_conflict_do_nothing()
    await connection.execute(unless_there, made)
    emails = [account["email"] for account in made]
    found = await connection.execute(
        select(ACCOUNT.c.email, ACCOUNT.c.id).where(ACCOUNT.c.email.in_(emails))
    )
    ids: dict[object, int] = dict(found.all())
    return {user.number: ids[email] for user, email in zip(users, emails, strict=True)}


async def _new(
    connection: AsyncConnection, users: Sequence[UserLine], *, now: int
) -> dict[int, int]:
    if not users:
        return {}
    in_this_order = insert(ACCOUNT).returning(ACCOUNT.c.id, sort_by_parameter_order=True)
    made = await connection.scalars(in_this_order, [_account(user, now) for user in users])
    return dict(zip((user.number for user in users), made, strict=True))


def _account(user: UserLine, now: int) -> dict[str, object]:
    email = same_form(user.email) if user.email else None
    return {"email": email, "name": user.name, "created_at": now}
