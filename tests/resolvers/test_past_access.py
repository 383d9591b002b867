"""What was so once, asked through GraphQL: as far as it is known, and as whose it is known."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.clock import time_text
from db.engine import change as changing_database
from db.models import ASSET, GRANT, MEMBERSHIP, PROJECT, SPACE
from resolvers.background.purging import purge_some
from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.binning import change, delete, purge

# ria is in the group crew, which holds all that she has; out is in no group.
LASTING = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("ria")
    .user("out")
    .user("off", active=False)
    .group("crew", "ria")
    .space("first", name="First")
    .space("second", name="Second")
    .project("first/site", name="Site")
    .project("second/docs", name="Docs")
    .asset("first/site/home")
    .grant("group:crew", "READ", on="first", propagate=True)
    .grant("user:out", "READ", on="first/site")
)
THEN = """
query ($node: ID!, $for: ID!, $at: DateTime!) { node(id: $node) { ...P ...A } }
fragment P on Project { access(for: $for, at: $at) { ...Then } }
fragment A on Asset { access(for: $for, at: $at) { ...Then } }
fragment Then on Access {
  level
  source
  because
  limitedBy { rule }
  reachedBy { redacted level principal { key } principalName on { id } }
}
"""
MEMBERS = ("ria", "out", "ada")
FORGOTTEN: dict[str, Any] = {
    "level": None,
    "source": "PURGED",
    "because": "What was so then was purged with the space or the project that it lay in.",
    "limitedBy": None,
    "reachedBy": [],
}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, LASTING)


async def then(engine: AsyncEngine, node: str, whom: str, at: str, user: str = "ada") -> Any:
    """Return what was so of a node."""
    answer = await ask(engine, user, "acme", THEN, {"node": node, "for": whom, "at": at})
    assert answer.errors == []
    return answer.data["node"]["access"]


@pytest.mark.parametrize("moved", ["first/site", "first/site/home"])
async def test_what_was_purged_with_its_place_is_said_to_be_unknown(
    engine: AsyncEngine, acme: Loaded, moved: str
) -> None:
    node, at = acme.ids[moved], time_text(clock.now())
    kind, into = ("project", "second") if moved.count("/") == 1 else ("asset", "second/docs")
    made = await change(engine, "ada", f"{kind}Move", {"id": node, "into": acme.ids[into]})
    assert made["errors"] == []
    later = time_text(clock.now())
    whom = {user: acme.ids[f"user:{user}"] for user in ("ria", "out", "ada", "off")}
    known = {user: (await then(engine, node, id_, at))["level"] for user, id_ in whom.items()}
    assert known == {"ria": "READ", "out": "READ", "ada": "OWNER", "off": "NONE"}
    now = {user: await then(engine, node, id_, later) for user, id_ in whom.items()}
    token = await delete(engine, "ada", acme.ids["first"])
    assert (await then(engine, node, whom["ria"], at))["level"] == "READ"
    await purge(engine, "ada", token, "First")
    assert [await then(engine, node, whom[user], at) for user in MEMBERS] == [FORGOTTEN] * 3
    while await purge_some(engine, 1):
        pass
    assert [await then(engine, node, whom[user], at) for user in MEMBERS] == [FORGOTTEN] * 3
    assert (await then(engine, node, whom["off"], at))["limitedBy"] == {"rule": "NOT_A_MEMBER"}
    before = time_text(acme.made_at - 1)
    assert (await then(engine, node, whom["ria"], before))["limitedBy"] == {"rule": "NOT_THERE"}
    assert {user: await then(engine, node, id_, later) for user, id_ in whom.items()} == now


@pytest.mark.parametrize(("gone", "whom"), [("group:crew", "user:ria"), ("user:out", "user:out")])
async def test_a_grant_is_told_with_the_name_of_who_held_it(
    engine: AsyncEngine, acme: Loaded, gone: str, whom: str
) -> None:
    site, at = acme.ids["first/site"], time_text(clock.now())
    kind, key = gone.split(":")
    (held,) = (await then(engine, site, acme.ids[whom], at))["reachedBy"]
    assert (held["principal"], held["principalName"]) == ({"key": key}, key)
    name = {"group": "groupDelete", "user": "memberRemove"}[kind]
    made = await change(engine, "ada", name, {"id": acme.ids[gone]}, answer="errors { code }")
    assert made["errors"] == []
    (told,) = (await then(engine, site, acme.ids[whom], at))["reachedBy"]
    assert told == held | {"principal": None}


async def test_an_owner_is_told_nothing_of_the_space_that_its_project_was_moved_out_of(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site, out, crew = acme.ids["first/site"], acme.ids["user:out"], acme.ids["group:crew"]
    at = time_text(clock.now())
    for node, level in ((site, "OWNER"), (acme.ids["second"], "FULL")):
        given = {"node": node, "principal": out, "level": level}
        assert (await change(engine, "ada", "grantSet", given))["errors"] == []
    (told,) = (await then(engine, site, acme.ids["user:ria"], at, "out"))["reachedBy"]
    assert (told["redacted"], told["principal"]) == (False, {"key": "crew"})
    moved = await change(engine, "ada", "projectMove", {"id": site, "into": acme.ids["second"]})
    assert moved["errors"] == []
    hidden = {"redacted": True, "level": None, "principal": None, "principalName": None, "on": None}
    for whom in (acme.ids["user:ria"], crew):
        found = await then(engine, site, whom, at, "out")
        assert (found["level"], found["reachedBy"]) == ("READ", [hidden])
        (known,) = (await then(engine, site, whom, at))["reachedBy"]
        assert (known["redacted"], known["principalName"]) == (False, "crew")
    given = {"node": acme.ids["first"], "principal": out, "level": "OWNER"}
    assert (await change(engine, "ada", "grantSet", given))["errors"] == []
    (known,) = (await then(engine, site, crew, at, "out"))["reachedBy"]
    assert known["redacted"] is False


async def test_now_asks_no_clock_but_for_the_end_of_grants(
    engine: AsyncEngine, acme: Loaded
) -> None:
    later = clock.now() + 60_000_000  # another server's clock is a minute ahead
    columns = {GRANT: "began_at", MEMBERSHIP: "began_at", SPACE: "created_at"}
    columns |= {PROJECT: "created_at", ASSET: "created_at"}
    async with changing_database(engine) as connection:
        for table, column in columns.items():
            placed = {"placed_at": later} if "placed_at" in table.c else {}
            of_org = update(table).where(table.c.org_id == acme.org_id)
            await connection.execute(of_org.values({column: later, **placed}))
    text = """{ org {
      spaces { nodes { effectivePermission access { level } } }
      projects { nodes { effectivePermission access { level } } }
      assets { nodes { effectivePermission access { level } } }
    } }"""
    for user in ("ada", "ria", "out"):
        org = (await ask(engine, user, "acme", text)).data["org"]
        levels = [
            (node["effectivePermission"], node["access"]["level"])
            for listed in org.values()
            for node in listed["nodes"]
        ]
        assert [one for one, _ in levels] == [other for _, other in levels]
        assert {one for one, _ in levels} >= {"OWNER" if user == "ada" else "READ"}
