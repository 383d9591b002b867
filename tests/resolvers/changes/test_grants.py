"""Grants changed through the API: what comes of it, who may, and what is told."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.clock import time_text
from db.engine import snapshot
from db.models import GRANT
from tests.factories import Loaded, ask, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import CHANGED, codes, kept

HOUR = 3_600_000_000
LISTED = "edges { inherited node { principal { key } level propagate from { id } expiresAt } }"
NODE = f"id ... on Space {{ grants {{ {LISTED} }} }} ... on Project {{ grants {{ {LISTED} }} }}"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


def held(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return who holds what on the payload's node, those that it inherits in brackets."""
    return {
        one["node"]["principal"]["key"]: f"({level})" if one["inherited"] else level
        for one in payload["node"]["grants"]["edges"]
        if (level := one["node"]["level"])
    }


async def intervals(engine: AsyncEngine) -> list[tuple[int, bool]]:
    """Return the levels of all grants ever made, in that order, and whether each still lasts."""
    async with snapshot(engine) as connection:
        rows = await connection.execute(
            select(GRANT.c.level, GRANT.c.ended_at.is_(None))
            .where(GRANT.c.org_id == 1)
            .order_by(GRANT.c.id)
        )
        return [(level, bool(lasts)) for level, lasts in rows]


async def sees(engine: AsyncEngine, user: str, node: str) -> str | None:
    """Return the user's permission on a node; None where it isn't there for them."""
    levels = "... on Space { effectivePermission } ... on Project { effectivePermission }"
    text = f"query ($id: ID!) {{ node(id: $id) {{ {levels} }} }}"
    answer = await ask(engine, user, "acme", text, {"id": node})
    found = answer.data["node"]
    return None if found is None else str(found["effectivePermission"])


async def test_a_grant_is_in_force_at_once(engine: AsyncEngine, acme: Loaded) -> None:
    site = acme.ids["core/site"]
    assert await sees(engine, "nan", site) is None
    given = {"node": site, "principal": acme.ids["user:nan"], "level": "FULL"}
    payload = await mutate(engine, "pip", "grantSet", given)
    assert payload["errors"] == []
    assert held(payload) == {"nan": "FULL", "pip": "OWNER", "oz": "(OWNER)"} | {
        "fay": "(FULL)",
        "ria": "(READ)",
    }
    assert await sees(engine, "nan", site) == "FULL"
    _, events = await kept(engine)
    assert events[-1][3:5] == ("grant.set", site)
    revoked = await mutate(
        engine, "pip", "grantRevoke", {k: given[k] for k in given if k != "level"}
    )
    assert "nan" not in held(revoked)
    assert await sees(engine, "nan", site) is None


async def test_a_change_of_level_keeps_the_past(engine: AsyncEngine, acme: Loaded) -> None:
    before = await intervals(engine)
    given = {"node": acme.ids["core"], "principal": acme.ids["user:ria"], "level": "FULL"}
    await mutate(engine, "oz", "grantSet", given)
    after = await intervals(engine)
    assert after == [*((level, lasts and level != 1) for level, lasts in before), (3, True)]
    await mutate(engine, "oz", "grantSet", given)
    assert await intervals(engine) == after


async def test_what_doesnt_propagate_reaches_no_project(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"node": acme.ids["core"], "principal": acme.ids["user:nan"], "level": "FULL"}
    await mutate(engine, "oz", "grantSet", given)
    assert await sees(engine, "nan", acme.ids["core"]) == "FULL"
    assert await sees(engine, "nan", acme.ids["core/site"]) is None
    assert await sees(engine, "nan", acme.ids["core/shared"]) == "FULL"
    await mutate(engine, "oz", "grantSet", {**given, "propagate": True})
    assert await sees(engine, "nan", acme.ids["core/site"]) == "FULL"


async def test_a_dialog_is_replaced_at_once(engine: AsyncEngine, acme: Loaded) -> None:
    core, until = acme.ids["core"], time_text(clock.now() + HOUR)
    lines = [
        {"principal": acme.ids["user:oz"], "level": "OWNER", "propagate": True},
        {"principal": acme.ids["user:nan"], "level": "READ", "expiresAt": until},
    ]
    payload = await mutate(engine, "oz", "grantsReplace", {"node": core, "grants": lines})
    assert held(payload) == {"oz": "OWNER", "nan": "READ"}
    assert [g["node"]["expiresAt"] for g in payload["node"]["grants"]["edges"]] == [until, None]
    assert await sees(engine, "fay", core) is None
    twice = await mutate(engine, "oz", "grantsReplace", {"node": core, "grants": lines[:1] * 2})
    assert codes(twice) == ["INVALID"]


async def test_ownership_is_handed_over(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"node": acme.ids["core/site"], "to": acme.ids["user:nan"], "keep": "READ"}
    payload = await mutate(engine, "pip", "ownershipTransfer", given)
    assert held(payload) == {"pip": "READ"}  # who owns it no more is told of their own alone
    assert await sees(engine, "nan", acme.ids["core/site"]) == "OWNER"
    again = await mutate(engine, "pip", "ownershipTransfer", given)
    assert codes(again) == ["FORBIDDEN"]
    of_admin = {"node": acme.ids["core"], "to": acme.ids["user:fay"], "from": acme.ids["user:oz"]}
    payload = await mutate(engine, "ada", "ownershipTransfer", of_admin)
    assert held(payload) == {"fay": "OWNER", "ria": "READ"}


async def test_an_expired_grant_makes_room(engine: AsyncEngine, acme: Loaded) -> None:
    moment = clock.now() + 300_000
    given = {"node": acme.ids["core"], "principal": acme.ids["user:nan"], "level": "FULL"}
    await mutate(engine, "oz", "grantSet", {**given, "expiresAt": time_text(moment)})
    while clock.now() <= moment:
        assert await sees(engine, "ria", acme.ids["core"]) == "READ"
    assert await sees(engine, "nan", acme.ids["core"]) is None
    before, _ = await kept(engine)
    payload = await mutate(engine, "oz", "grantSet", given)
    assert await sees(engine, "nan", acme.ids["core"]) == "FULL"
    revision, events = await kept(engine)
    # The end of the other is told first, by the server, and has a revision of its own.
    assert [event[:4] for event in events[-2:]] == [
        (before + 1, "system", "expiry", "grant.expire"),
        (before + 2, events[-1][1], "token", "grant.set"),
    ]
    assert payload["revision"] == revision == before + 2


TRANSFERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "to who is deactivated": ({"to": "user:dan"}, "INACTIVE_MEMBER", "to"),
    "to a group of nobody": ({"to": "group:idle"}, "INACTIVE_MEMBER", "to"),
    "from who owns nothing": ({"to": "user:nan", "from": "user:ria"}, "INVALID", "from"),
    "from who holds nothing": ({"to": "user:nan", "from": "user:pip"}, "INVALID", "from"),
    "nothing": ({"to": "user:nan", "from": "user:oz", "keep": "OWNER"}, "INVALID", "keep"),
    "to itself": ({"to": "user:oz", "from": "user:oz"}, "INVALID", "to"),
}


@pytest.mark.parametrize("given", TRANSFERS)
async def test_ownership_goes_from_an_owner_to_somebody(engine: AsyncEngine, given: str) -> None:
    idle = CHANGED.copy().group("idle", "dan")
    acme = await load(engine, idle)
    asked, code, field = TRANSFERS[given]
    asked = {"node": "core", **asked}
    before, made = await kept(engine), await intervals(engine)
    named = {key: acme.ids.get(value, value) for key, value in asked.items()}
    payload = await mutate(engine, "ada", "ownershipTransfer", named)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert (await kept(engine), await intervals(engine)) == (before, made)


WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no such principal": ("core", {"principal": "mem_1_999"}, "NOT_FOUND", "principal"),
    "no principal at all": ("core", {"principal": "x"}, "NOT_FOUND", "principal"),
    "a node as principal": ("core", {"principal": "spc_1_1"}, "NOT_FOUND", "principal"),
    "no level": ("core", {"level": "NONE"}, "INVALID", "level"),
    "a project that propagates": ("core/site", {"propagate": True}, "INVALID", "propagate"),
    "the past": ("core", {"expiresAt": "2020-01-01T00:00:00Z"}, "INVALID", "expiresAt"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_wont_do_changes_nothing(engine: AsyncEngine, acme: Loaded, wrong: str) -> None:
    path, wanting, code, field = WRONG[wrong]
    before, made = await kept(engine), await intervals(engine)
    given = {"node": acme.ids[path], "principal": acme.ids["user:nan"], "level": "READ"}
    payload = await mutate(engine, "ada", "grantSet", given | wanting)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert (await kept(engine), await intervals(engine)) == (before, made)


MORE: dict[str, dict[str, Any]] = {
    "grantSet": {"principal": "user:nan", "level": "READ"},
    "grantRevoke": {"principal": "user:nan"},
    "grantsReplace": {"grants": []},
    "ownershipTransfer": {"to": "user:nan"},
}
# Who owns each node; whoever else sees it may change no grant on it.
OWNERS = {
    "core": {"oz", "ada"},
    "core/site": {"oz", "pip", "ada"},
    "core/shared": {"oz", "ada"},
    "shared": {"ada"},
}


@pytest.mark.parametrize("name", MORE)
async def test_owners_alone_change_grants(engine: AsyncEngine, acme: Loaded, name: str) -> None:
    before, made = await kept(engine), await intervals(engine)
    more = {key: acme.ids.get(str(value), value) for key, value in MORE[name].items()}
    for node, owners in OWNERS.items():
        for user in {"nan", "ria", "fay", "oz", "pip", "dan"} - owners:
            level = None if user == "dan" else await sees(engine, user, acme.ids[node])
            payload = await mutate(engine, user, name, {"node": acme.ids[node], **more})
            assert codes(payload) == ["NOT_FOUND" if level is None else "FORBIDDEN"]
    assert (await kept(engine), await intervals(engine)) == (before, made)
    for node, owners in OWNERS.items():
        payload = await mutate(engine, min(owners), name, {"node": acme.ids[node], **more})
        assert codes(payload) == (["NOT_FOUND"] if name == "grantRevoke" else [])
