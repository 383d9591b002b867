"""Purges that are asked for while the server is killed again and again."""

import asyncio
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.installation import DUTY
from tests.durability.asking import Api, Asked
from tests.durability.orgs import DOOMED_ROWS
from tests.durability.storage import Stored, number_of
from tests.factories import Loaded

PURGES = "query Purges { org { purges(first: 1000) { nodes { path rowsPurged finishedAt } } } }"
SECONDS = 0.02  # between one look at them and the next
ASKER = "u1"


async def doom(api: Api, org: Loaded, number: int) -> None:
    """Delete a large space and ask for it to be purged."""
    path = doomed(number)
    delete = Asked(ASKER, "spaceDelete", {"id": org.ids[path]}, f"delete-{number}")
    token = (await api.change(delete))["undoToken"]
    given = {"id": token, "confirmName": path}
    purged = await api.change(Asked(ASKER, "purge", given, f"purge-{number}"))
    assert purged["errors"] == []


def doomed(number: int) -> str:
    """Return the key of one of the spaces that are there to be purged, which is its name, too."""
    return f"doomed{number}"


async def purges(api: Api) -> dict[str, Any]:
    """Return how far the purges are, by what is purged."""
    found = (await api.ask(ASKER, PURGES, {}, "purges"))["org"]["purges"]["nodes"]
    return {each["path"]: each for each in found}


async def begun(api: Api, number: int) -> None:
    """Wait until a purge has begun."""
    while (await purges(api))[doomed(number)]["rowsPurged"] == 0:  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(SECONDS)


async def finished(api: Api) -> None:
    """Wait until nothing is left to purge."""
    while not all(each["finishedAt"] for each in (await purges(api)).values()):  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(SECONDS)


async def free_duty(engine: AsyncEngine) -> None:
    """Let the lease of whoever was killed have run out, so that the next needn't wait for that."""
    async with change(engine) as connection:
        await connection.execute(update(DUTY).values(until=0))


def cut_off(stored: Stored) -> int:
    """Return how many purges have begun and aren't over."""
    return sum(row.rows_purged > 0 and row.purged_at is None for row in stored.rows["deletion"])


def check_purged(stored: Stored, org: Loaded, number: int) -> None:
    """So many spaces are gone with each of their rows, and the log tells the end of each once."""
    told = {event.object: event.after["rows"] for event in stored.told("bin.purged")}
    spaces = [number_of(org.ids[doomed(each)]) for each in range(number)]
    assert told == dict.fromkeys(spaces, DOOMED_ROWS)
    assert len(stored.told("bin.purged")) == number
    gone = {number_of(id_) for path, id_ in org.nodes.items() if path.startswith("doomed")}
    left = {row.id for name in ("space", "project", "asset") for row in stored.rows[name]}
    versions = {row.asset_id for row in stored.rows["asset_version"]}
    assert gone.isdisjoint(left | versions)
