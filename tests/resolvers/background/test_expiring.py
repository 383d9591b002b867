"""Expired grants: gone from answers at once, and ended in the log with an event each."""

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.clock import time_text
from db.engine import change
from db.ids import parse_id, public_id
from db.models import GRANT
from resolvers.background import expiring
from resolvers.background.duty import Duty
from resolvers.background.work import work
from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes.binning import delete, rows_of
from tests.resolvers.changes.changing import kept

LATER = "2100-01-01T00:00:00Z"
ACME = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("bo")
    .user("cy")
    .group("crew", "cy")
    .space("core")
    .project("core/site")
    .grant("user:bo", "FULL", on="core", propagate=True, expires_at=LATER)
    .grant("group:crew", "READ", on="core/site", expires_at=LATER)
    .grant("user:cy", "READ", on="shared", expires_at=LATER)
    .grant("user:cy", "READ", on="core", expires_at=LATER)
    .grant("user:bo", "OWNER", on="core/site")
)


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, ACME)


async def expire(engine: AsyncEngine, acme: Loaded, principal: str, at: int) -> None:
    """Let what was granted to a principal until some time expire at another."""
    member = parse_id(acme.ids[principal])
    assert member is not None
    granted = (GRANT.c.org_id == 1, GRANT.c.principal_id == member.id)
    lasting = update(GRANT).where(*granted, GRANT.c.expires_at.is_not(None))
    async with change(engine) as connection:
        await connection.execute(lasting.values(expires_at=at))


async def test_each_grant_that_expired_is_ended_as_it_expired(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await expire(engine, acme, "user:bo", 7_000_000)
    await expire(engine, acme, "group:crew", 5_000_000)
    before = {row[1]: row for row in (await rows_of(engine))["access_grant"]}
    revision, told = await kept(engine)
    assert (await work(Duty(engine, apart=0)) or {})["grants ended"] == 2
    rows = (await rows_of(engine))["access_grant"]
    ended = {row[1]: row[-1] for row in rows if row != before[row[1]]}
    assert sorted(ended.values()) == [5_000_000, 7_000_000]
    after, events = await kept(engine)
    assert after == revision + 2
    made = events[len(told) :]
    assert [event[:6] for event in made] == [
        (revision + 1, "system", "expiry", "grant.expire", acme.ids["core/site"], "core/site"),
        (revision + 2, "system", "expiry", "grant.expire", acme.ids["core"], "core"),
    ]
    first, second = (
        next(id_ for id_ in ended if ended[id_] == at) for at in (5_000_000, 7_000_000)
    )
    assert [orjson.loads(event[6]) for event in made] == [
        {
            "grant": public_id("gnt", 1, first),
            "principal": acme.ids["group:crew"],
            "level": "READ",
            "propagate": False,
            "expiresAt": time_text(5_000_000),
        },
        {
            "grant": public_id("gnt", 1, second),
            "principal": acme.ids["user:bo"],
            "level": "FULL",
            "propagate": True,
            "expiresAt": time_text(7_000_000),
        },
    ]
    assert (await work(Duty(engine, apart=0)) or {})["grants ended"] == 0


async def test_grants_on_what_lies_in_the_bin_are_ended_too(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await delete(engine, "ada", acme.ids["core"])
    for principal in ("user:bo", "user:cy", "group:crew"):
        await expire(engine, acme, principal, 5_000_000)
    assert (await work(Duty(engine, apart=0)) or {})["grants ended"] == 4
    _, events = await kept(engine)
    assert sorted(event[5] for event in events[-4:]) == ["core", "core", "core/site", "shared"]


async def test_many_are_ended_a_few_at_a_time(engine: AsyncEngine) -> None:
    manifest = Manifest("acme").user("ada", admin=True).space("core")
    for number in range(expiring.AT_ONCE + 7):
        manifest.user(f"u{number}")
        manifest.grant(f"user:u{number}", "READ", on="core", expires_at=LATER)
    await load(engine, manifest)
    async with change(engine) as connection:
        await connection.execute(update(GRANT).where(GRANT.c.org_id == 1).values(expires_at=9))
    assert await expiring.end_expired(engine, 1) == expiring.AT_ONCE
    assert await expiring.end_expired(engine, 1) == 7
    assert await expiring.end_expired(engine, 1) == 0
