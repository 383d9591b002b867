"""Members looked up as operators name them, and tokens for them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.addresses import SMALL, AddressError, same_form
from auth.authenticate import issue_token
from auth.credential import Credential
from auth.errors import AuthError
from auth.subject import load_subject
from db.models import ACCOUNT, ORG, PRINCIPAL
from db.reader import ConnectionReader
from server.commands.errors import CommandError


class Person(NamedTuple):
    """An active member of an Org."""

    org_id: int
    account_id: int


class Member(NamedTuple):
    """A member of the Org, active or not, with the e-mail address by which it signs in."""

    key: str
    name: str
    account_id: int
    email: str | None


async def find_org(connection: AsyncConnection, key: str) -> int | None:
    """Return the id of the Org with the key."""
    found: int | None = await connection.scalar(select(ORG.c.id).where(ORG.c.key == key))
    return found


async def find_person(connection: AsyncConnection, org: str, account: str) -> Person:
    """Return the active member whose key or e-mail address is `account`, in any case of letters.

    A key that is exactly so comes first, then the e-mail address, then the key in other letters.
    CommandError where there is no such Org, no such member or more than one, or an inactive one.
    """
    org_id = await find_org(connection, org)
    if org_id is None:
        raise CommandError(f'There is no Org "{org}".')
    member = _only(await _candidates(connection, org_id, account), account, org)
    person = Person(org_id, member.account_id)
    await _check_active(connection, person, f'"{member.key}" ({member.name})')
    return person


async def _candidates(connection: AsyncConnection, org_id: int, account: str) -> Sequence[Member]:
    same_key = func.lower(PRINCIPAL.c.key) == account.translate(SMALL)
    found = await connection.execute(
        select(PRINCIPAL.c.key, PRINCIPAL.c.name, PRINCIPAL.c.account_id, ACCOUNT.c.email)
        .join(ACCOUNT, ACCOUNT.c.id == PRINCIPAL.c.account_id)
        .where(PRINCIPAL.c.org_id == org_id, PRINCIPAL.c.kind == "MEMBER")
        .where(PRINCIPAL.c.deleted_at.is_(None))
        .where(or_(same_key, ACCOUNT.c.email == _address(account)))
        .order_by(PRINCIPAL.c.key)
    )
    return [Member(*row) for row in found]


def _address(account: str) -> str:
    try:
        return same_form(account)
    except AddressError:
        return account  # which nobody has


def _only(candidates: Sequence[Member], account: str, org: str) -> Member:
    exact = [member for member in candidates if member.key == account]
    by_email = [member for member in candidates if member.email == _address(account)]
    best = exact or by_email or candidates
    if not best:
        raise CommandError(f'The Org "{org}" has no member with the key or e-mail "{account}".')
    if len(best) > 1:
        keys = ", ".join(member.key for member in best)
        raise CommandError(f'More than one member is meant by "{account}": {keys}.')
    return best[0]


async def _check_active(connection: AsyncConnection, person: Person, called: str) -> None:
    try:
        subject = await load_subject(
            ConnectionReader(connection), Credential(person.account_id, person.org_id)
        )
    except AuthError as error:
        raise CommandError(f"The account of {called} was deleted.") from error
    if subject.org is None:
        raise CommandError(f"{called} is deactivated: a token would open nothing.")


def token_for(person: Person, secret: bytes, *, lifetime: timedelta) -> str:
    """Sign a token for the person."""
    return issue_token(
        secret, account_id=person.account_id, org_id=person.org_id, lifetime=lifetime
    )
