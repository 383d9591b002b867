"""Heirs of members who go: who can be one, and what they then hold."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.levels import Permission
from db.clock import moment_of
from db.engine import snapshot
from db.models import GRANT
from resolvers.changes.heirs import Terms, united
from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes.changing import answered, codes, mutate
from tests.resolvers.changes.peopling import (
    LATER,
    LONG_AGO,
    intervals,
    level,
    peopled,
    stored,
)

SOONER = "2098-01-01T00:00:00Z"
NOW = moment_of("2026-01-01T00:00:00Z")
READ, OWNER = int(Permission.READ), int(Permission.OWNER)


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


@pytest.mark.parametrize(
    ("owned", "held", "expected"),
    [
        ((True, None), (READ, False, None), (True, None)),
        ((False, None), (READ, True, None), (True, None)),
        ((False, None), (OWNER, False, None), (False, None)),
        ((False, LATER), (READ, False, SOONER), (False, LATER)),
        ((False, SOONER), (READ, False, LATER), (False, LATER)),
        ((False, SOONER), (READ, False, None), (False, None)),
        ((False, None), (OWNER, True, SOONER), (True, None)),
        ((False, LATER), (OWNER, True, LONG_AGO), (False, LATER)),
    ],
)
def test_an_heir_has_what_either_grant_gave(
    owned: tuple[bool, str | None],
    held: tuple[int, bool, str | None],
    expected: tuple[bool, str | None],
) -> None:
    found = united(_terms(OWNER, *owned), _terms(*held), now=NOW)
    assert found == _terms(OWNER, *expected)


def _terms(level: int, propagate: bool, expires_at: str | None) -> Terms:
    return Terms(level, propagate, None if expires_at is None else moment_of(expires_at))


HELD = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .user("ria")
    .space("core")
    .project("core/site")
    .project("core/docs")
    .grant("user:oz", "OWNER", on="core", expires_at=SOONER)
    .grant("user:oz", "OWNER", on="core/site")
    .grant("user:oz", "OWNER", on="core/docs", expires_at=LATER)
    .grant("user:ria", "OWNER", on="core", propagate=True)
    .grant("user:ria", "READ", on="core/docs", expires_at=LONG_AGO)
)


async def test_nothing_is_begun_anew_that_the_heir_has_already(engine: AsyncEngine) -> None:
    acme = await load(engine, HELD)
    given = {"id": acme.ids["user:oz"], "heir": acme.ids["user:ria"]}
    assert codes(await mutate(engine, "ada", "memberRemove", given, node="id")) == []
    assert await intervals(engine, "core", acme) == [
        ("oz", "OWNER", False, False),
        ("ria", "OWNER", True, True),
    ]
    assert await intervals(engine, "core/docs", acme) == [
        ("oz", "OWNER", False, False),
        ("ria", "READ", False, False),
        ("ria", "OWNER", False, True),
    ]
    async with snapshot(engine) as connection:
        lasting = select(GRANT.c.expires_at, GRANT.c.within_id, GRANT.c.began_at)
        of_acme = (GRANT.c.org_id == 1, GRANT.c.ended_at.is_(None), GRANT.c.project_id.is_not(None))
        rows = (await connection.execute(lasting.where(*of_acme).order_by(GRANT.c.id))).all()
        ended = await connection.scalars(select(GRANT.c.ended_at).where(GRANT.c.org_id == 1))
    within = int(acme.ids["core"].rpartition("_")[2])
    assert [row[:2] for row in rows] == [(None, within), (moment_of(LATER), within)]
    assert {row.began_at for row in rows} == set(ended) - {None}


async def test_what_lies_in_the_bin_is_handed_over_too(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "ada", "spaceDelete", {"id": acme.ids["core"]}, node="id")
    await mutate(engine, "ada", "memberRemove", {"id": acme.ids["user:oz"]}, node="id")
    lasting = [grant for grant in await intervals(engine, "core", acme) if grant[3]]
    assert ("ada", "OWNER", True, True) in lasting


async def test_ownership_that_has_expired_is_handed_to_nobody(
    engine: AsyncEngine, acme: Loaded
) -> None:
    oz = {"id": acme.ids["user:oz"]}
    await mutate(engine, "ada", "memberDeactivate", oz, node="id")
    held = await intervals(engine, "lab/tools", acme)
    assert ("oz", "OWNER", False, True) in held
    assert [grant for grant in held if grant[0] == "ada"] == []
    await mutate(engine, "ada", "memberRemove", oz, node="id")
    assert ("oz", "OWNER", False, False) in await intervals(engine, "lab/tools", acme)


@pytest.mark.parametrize("name", ["memberDeactivate", "memberRemove"])
@pytest.mark.parametrize(
    ("heir", "code"),
    [
        ("user:oz", "INVALID"),
        ("user:dan", "INACTIVE_MEMBER"),
        ("group:build", "NOT_FOUND"),
        ("mem_2_4", "NOT_FOUND"),
        ("nobody", "NOT_FOUND"),
    ],
)
async def test_who_can_be_no_heir(
    engine: AsyncEngine, acme: Loaded, name: str, heir: str, *, code: str
) -> None:
    before = await stored(engine)
    given: Mapping[str, Any] = {"id": acme.ids["user:oz"], "heir": acme.ids.get(heir, heir)}
    payload = await mutate(engine, "ada", name, given, node="id")
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, "heir")]
    assert await stored(engine) == before


async def test_whoever_was_removed_can_be_no_heir(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "ada", "memberRemove", {"id": acme.ids["user:fay"]}, node="id")
    before = await stored(engine)
    given = {"id": acme.ids["user:oz"], "heir": acme.ids["user:fay"]}
    assert codes(await mutate(engine, "ada", "memberRemove", given, node="id")) == ["NOT_FOUND"]
    assert await stored(engine) == before


async def test_an_admin_who_owns_and_goes_names_an_heir(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"space": acme.ids["core"], "key": "own", "name": "Own"}
    made = await answered(engine, "abe", "projectCreate", given, payload="node { id }")
    abe = {"id": acme.ids["user:abe"]}
    before = await stored(engine)
    assert codes(await mutate(engine, "abe", "memberDeactivate", abe, node="id")) == ["INVALID"]
    assert await stored(engine) == before
    named = abe | {"heir": acme.ids["user:fay"]}
    gone = await mutate(engine, "abe", "memberDeactivate", named, node="id")
    assert (gone["node"], gone["errors"], gone["revision"]) == (None, [], before[0][0] + 1)
    assert await level(engine, "fay", made["node"]["id"]) == "OWNER"


async def test_an_admin_who_owns_nothing_goes_without_an_heir(
    engine: AsyncEngine, acme: Loaded
) -> None:
    gone = await mutate(engine, "abe", "memberRemove", {"id": acme.ids["user:abe"]}, node="id")
    assert codes(gone) == []
    assert codes(
        await mutate(engine, "abe", "spaceCreate", {"key": "a", "name": "A"}, node="id")
    ) == ["NOT_FOUND"]
