"""`freehold demo`: the demo Org, and links by which its people open GraphiQL."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from resolvers.manifest.load import load_manifest
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.invocation import Json, answer, invocation_of
from server.commands.listener import url_of
from server.commands.people import find_org, find_person, token_for
from server.commands.sign_in import signing_secret
from server.demo import DEMO_ORG, DEMO_PEOPLE, demo_lines
from server.settings import Settings

LIFETIME = timedelta(days=7)

PublicUrl = Annotated[
    str | None, typer.Option("--url", help="Where people reach the server [FREEHOLD_PUBLIC_URL]")
]


def demo(context: typer.Context, url: PublicUrl = None, as_json: Json = False) -> None:
    """Load the demo Org unless it is there, and print links for three of its people."""
    settings = read_settings(invocation_of(context))
    loaded, people = asyncio.run(_demo(settings, url or settings.public_url or url_of()))
    answer(_text(loaded, people), {"loaded": loaded, "people": people}, as_json=as_json)


def load_demo(settings: Settings, url: str) -> str:
    """Load the demo Org unless it is there; return the links, which begin with the URL."""
    return _text(*asyncio.run(_demo(settings, url)))


def _text(loaded: bool, people: list[dict[str, str]]) -> str:
    first = "The demo is loaded." if loaded else "The demo was loaded already."
    links = [f"{each['name']} ({each['role']})\n  {each['url']}" for each in people]
    return "\n".join([first, *links])


async def _demo(settings: Settings, url: str) -> tuple[bool, list[dict[str, str]]]:
    async with up_to_date(settings) as engine:
        loaded = await _load(engine)
        secret = signing_secret(settings)
        return loaded, await _people(engine, secret, f"{url.rstrip('/')}/graphiql#token=")


async def _load(engine: AsyncEngine) -> bool:
    """Load the demo Org; False where it was there already."""
    async with snapshot(engine) as connection:
        if await find_org(connection, DEMO_ORG) is not None:
            return False
    with Console(stderr=True).status("Loading the demo"):
        await load_manifest(engine, demo_lines())
    return True


async def _people(engine: AsyncEngine, secret: bytes, start: str) -> list[dict[str, str]]:
    people = list[dict[str, str]]()
    async with snapshot(engine) as connection:
        for each in DEMO_PEOPLE:
            person = await find_person(connection, DEMO_ORG, each.key)
            token = token_for(person, secret, lifetime=LIFETIME)
            shown = {"key": each.key, "name": each.name, "role": each.role}
            people.append({**shown, "token": token, "url": start + token})
    return people
