"""Whoever may not change something is refused by a read alone: while the Org's lock is held."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.revision import lock
from resolvers.changes.beforehand import ASKED
from tests.access.matrix import mutation_rows
from tests.access.standings import ELSEWHERE, Scene, Stage, lived_in
from tests.access.sweeping import mutations
from tests.counting import counted
from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, answered, bulk

# Those who can be told by what they see and hold; what else is refused is refused by the work.
STANDINGS = ("no grant", "READ", "READ_EXECUTE", "FULL", "OWNER", "revoked", "deactivated")
REFUSED = ({"NOT_FOUND"}, {"FORBIDDEN"}, {"NOT_FOUND", "FORBIDDEN"})
SECONDS = 5  # far more than a read takes, and less than whoever waits for the lock
CODES = "errors { code } results { errors { code } }"


def codes_of(outcome: str | Sequence[str]) -> set[str]:
    """Return the codes of an outcome in the matrix."""
    return {outcome} if isinstance(outcome, str) else set(outcome)


async def refused(stage: Stage, standing: str, name: str, given: Mapping[str, Any]) -> set[str]:
    """Return the codes by which a mutation with an idempotency key is refused, or each of many."""
    given = {**given, "idempotencyKey": f"{name} by {standing}"}
    many = "results" in mutations()[name]
    selected = CODES if many else "errors { code }"
    async with asyncio.timeout(SECONDS):
        payload = (await stage.mutate(standing, name, given, selected))[name]
    results = payload.get("results") or ()
    return {error["code"] for one in (payload, *results) for error in one["errors"]}


def test_every_mutation_says_what_it_is_refused_for() -> None:
    assert set(ASKED) == set(mutations())


async def test_who_may_do_nothing_waits_for_no_lock(engine: AsyncEngine) -> None:
    await load(engine, ELSEWHERE)
    stages: dict[Scene, Stage] = {}
    wrong: list[Any] = []
    for row in mutation_rows():
        if row.scene not in stages:
            stages[row.scene] = await lived_in(engine, row.scene, f"org{len(stages)}")
        stage = stages[row.scene]
        due = {who: codes_of(row.outcomes[who]) for who in STANDINGS}
        async with change(engine) as connection:
            await lock(connection, stage.org.org_id)
            for who, codes in due.items():
                if codes in REFUSED:
                    try:
                        found = await refused(stage, who, row.of, row.more["input"])
                    except TimeoutError:
                        found = {"WAITS"}
                    wrong += [(row.name, who, found)] if found != codes else []
    assert wrong == []


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


def forged(number: int) -> list[str]:
    return [f"prj_1_{900_000 + one}" for one in range(number)]


@pytest.mark.parametrize("user", ["nan", "oz", "ada"])
async def test_a_thousand_forged_ids_take_as_many_statements_as_one(
    engine: AsyncEngine, acme: Loaded, user: str
) -> None:
    assert acme.org_id == 1
    numbers = set[int]()
    for number in (2, 1_000):
        with counted() as statements:
            made = await bulk(engine, user, "projectsDelete", {"ids": forged(number)})
        ends = [[error["code"] for error in one["errors"]] for one in made["results"]]
        assert ends == [["NOT_FOUND"]] * number
        numbers.add(len(statements))
    assert len(numbers) == 1


async def test_a_refusal_of_rights_is_not_kept_under_its_key(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = {"ids": [acme.ids["core/site"]], "idempotencyKey": "once"}
    held = {"node": acme.ids["core"], "principal": acme.ids["user:ria"], "level": "OWNER"}
    ends = list[list[str]]()
    for _ in range(2):
        made = await bulk(engine, "ria", "projectsDelete", ids)
        ends.append([error["code"] for error in made["results"][0]["errors"]])
        granted = {**held, "propagate": True}
        await answered(engine, "oz", "grantSet", granted, payload="errors { code }")
    assert ends == [["FORBIDDEN"], []]


async def test_what_is_not_found_under_the_lock_is_not_kept_under_its_key_either(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ends = list[list[str]]()
    for principal in ("mem_1_999", acme.ids["user:nan"]):
        named = {"node": acme.ids["core"], "principal": principal, "idempotencyKey": "once"}
        given = {**named, "level": "READ", "propagate": False}
        payload = await answered(engine, "oz", "grantSet", given, payload="errors { code }")
        ends.append([error["code"] for error in payload["errors"]])
    assert ends == [["NOT_FOUND"], []]


async def test_an_answer_given_before_needs_no_lock(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"ids": [acme.ids["core/site"]], "idempotencyKey": "once"}
    first = await bulk(engine, "oz", "projectsDelete", given)
    async with change(engine) as connection, asyncio.timeout(SECONDS):
        await lock(connection, acme.org_id)
        again = await bulk(engine, "oz", "projectsDelete", given)
    assert (again["revision"], again["results"]) == (first["revision"], first["results"])


async def test_forged_ids_beside_real_ones_cost_nothing_more_under_the_lock(
    engine: AsyncEngine, acme: Loaded
) -> None:
    numbers = set[int]()
    for path, number in (("core/site", 2), ("core/docs", 900)):
        given = {"ids": [acme.ids[path], *forged(number)]}
        with counted() as statements:
            made = await bulk(engine, "oz", "projectsDelete", given)
        assert [one["errors"] == [] for one in made["results"]] == [True, *[False] * number]
        numbers.add(len(statements))
    assert len(numbers) == 1


async def test_what_is_seen_and_may_not_be_changed_is_refused_at_once(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = [acme.ids[path] for path in ("core/site", "core/docs")]
    numbers = set[int]()
    for some in (ids[:1], ids):
        with counted() as statements:
            made = await bulk(engine, "ria", "projectsDelete", {"ids": some})
        assert [one["errors"][0]["code"] for one in made["results"]] == ["FORBIDDEN"] * len(some)
        numbers.add(len(statements))
    assert len(numbers) == 1


async def test_a_list_of_grants_is_looked_up_at_once(engine: AsyncEngine, acme: Loaded) -> None:
    numbers = set[int]()
    for users in (("ria", "fay"), ("ria", "fay", "pip", "nan", "ada")):
        held = [
            {"principal": acme.ids[f"user:{user}"], "level": "READ", "propagate": False}
            for user in users
        ]
        wrong = {"principal": acme.ids["user:oz"], "level": "NONE", "propagate": False}
        given = {"node": acme.ids["core"], "grants": [*held, wrong]}
        with counted() as statements:
            made = await replaced(engine, given)
        assert made == ["INVALID"]
        numbers.add(len(statements))
    assert len(numbers) == 1


async def replaced(engine: AsyncEngine, given: Mapping[str, Any]) -> list[str]:
    """Return the codes by which `grantsReplace` by oz is refused."""
    payload = await answered(engine, "oz", "grantsReplace", given, payload="errors { code }")
    return [error["code"] for error in payload["errors"]]
