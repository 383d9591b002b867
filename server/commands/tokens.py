"""`freehold token`: a token for a member, to try the API with."""

import asyncio
import re
from datetime import timedelta
from typing import Annotated

import typer

from db.engine import snapshot
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import invocation_of
from server.commands.people import find_person, token_for
from server.commands.sign_in import signing_secret
from server.settings import Settings

TTL = re.compile(r"(\d{1,6})([mhd])", re.ASCII)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=366)

Account = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="The member's key or e-mail address in that Org.")
]
OrgKey = Annotated[str, typer.Option("--org", metavar="KEY", help="The Org's key.")]
Ttl = Annotated[str, typer.Option(metavar="TTL", help="How long it is valid: 30m, 12h or 7d.")]


def token(context: typer.Context, account: Account, org: OrgKey, ttl: Ttl = "12h") -> None:
    """Print a token for a member of an Org."""
    settings, lifetime = read_settings(invocation_of(context)), lifetime_of(ttl)
    typer.echo(asyncio.run(_token(settings, (org, account), lifetime=lifetime)))


def lifetime_of(ttl: str) -> timedelta:
    """Read `30m`, `12h` or `7d`; CommandError for another form, or one out of bounds."""
    match = TTL.fullmatch(ttl)
    lifetime = int(match[1]) * UNITS[match[2]] if match else timedelta()
    if not SHORTEST <= lifetime <= LONGEST:
        raise CommandError("--ttl: write it like 30m, 12h or 7d, from 1m to 366d.", code=2)
    return lifetime


async def _token(settings: Settings, whom: tuple[str, str], *, lifetime: timedelta) -> str:
    org, account = whom
    async with up_to_date(settings) as engine, snapshot(engine) as connection:
        person = await find_person(connection, org, account)
    return token_for(person, signing_secret(settings), lifetime=lifetime)
