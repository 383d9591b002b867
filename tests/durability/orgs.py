"""The Org that the clients change: most of them are admins, and each has a guest."""

from typing import NamedTuple

from sqlalchemy import select

from db.engine import open_engine, snapshot
from db.models import ACCOUNT
from tests.factories import Loaded, Manifest, load
from tests.server.asking import token_for

CLIENTS = 16
COUNTERS = tuple(f"core/site/counter{number}" for number in range(3))
DOOMED_PROJECTS, DOOMED_ASSETS = 3, 200
# The space, its projects and the shared one; each asset has a version.
DOOMED_ROWS = 1 + (DOOMED_PROJECTS + 1) + DOOMED_PROJECTS * DOOMED_ASSETS * 2


def held_by(number: int) -> str:
    """Return who holds what a guest may: every second guest itself, the others a group of theirs.

    FULL on core/site, which is given and taken away while the guest writes there.
    """
    return f"group:ring{number}" if number % 2 else f"user:guest{number}"


def acme(doomed: int = 0) -> Manifest:
    """Return the Org, with so many large spaces that are there to be purged."""
    numbers = range(CLIENTS)
    manifest = Manifest("acme").user("ada", admin=True)
    for number in numbers:
        manifest.user(f"u{number}", admin=number % 4 > 0).user(f"guest{number}")
        manifest.group(f"ring{number}", f"guest{number}").user(f"idle{number}")
    manifest.group("makers", *(f"u{number}" for number in numbers if number % 4 == 0)).group("band")
    manifest.space("core").project("core/site").space("lab").project("lab/bench").space("field")
    for name in ("core", "lab", "field"):
        manifest.grant("group:makers", "FULL", on=name, propagate=True)
    for number in numbers:
        manifest.asset(f"core/site/guest{number}", text="0")
        manifest.grant(held_by(number), "FULL", on="core/site")
    for path in COUNTERS:
        manifest.asset(path, text="0")
    for number in range(doomed):
        _add_doomed(manifest, f"doomed{number}")
    return manifest


def _add_doomed(manifest: Manifest, key: str) -> None:
    manifest.space(key)
    for project in range(DOOMED_PROJECTS):
        manifest.project(f"{key}/p{project}")
        for asset in range(DOOMED_ASSETS):
            manifest.asset(f"{key}/p{project}/a{asset}", text="to be gone")


class Acme(NamedTuple):
    """The Org in a database, and a token for each of its users."""

    org: Loaded
    tokens: dict[str, str]


async def store(url: str, manifest: Manifest) -> Acme:
    """Store the Org in a migrated database."""
    engine = open_engine(url)
    org = await load(engine, manifest)
    async with snapshot(engine) as connection:
        rows = (await connection.execute(select(ACCOUNT.c.email, ACCOUNT.c.id))).all()
    await engine.dispose()
    tokens = {email.partition("@")[0]: token_for(id_, org.org_id) for email, id_ in rows}
    return Acme(org, tokens)
