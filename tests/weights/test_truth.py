"""Weights against the truth: whatever a field's weight allows is done in a bounded time.

The questions are made of the schema, so a new field is among them by itself. The small form has a
small Org and a small limit on cost; `pytest -m full` has both as they are.
"""

import time

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from bench.crowd import Crowd
from bench.heaviest import Heaviest, Ids, Question
from resolvers.manifest.load import load_manifest
from schema.limits import Limits
from schema.root import executable_schema
from tests.factories import address, asked_as, find, run

PREFIXES = {"spc": "Space", "prj": "Project", "ast": "Asset", "mem": "Member", "grp": "Group"}
SECONDS, MEBIBYTES = 10, 64
SMALL = Crowd(users=200, groups=70, spaces=5, projects=20, assets=2)
SMALL_LIMIT, SMALL_SECONDS = 2_000, 4  # generous, as others use the machine
LARGE, LARGE_LIMIT = Crowd(), Limits().cost
SAID = ("ANSWER_TOO_LARGE", "TIMEOUT")  # the budgets that hold while it runs


async def ids_in(engine: AsyncEngine) -> Ids:
    """Return the ids of what is in the Org that is measured, 1,000 of each type at most."""
    loaded = await find(engine, "bench")
    of_type: dict[str, list[str]] = {"Org": [loaded.id]}
    for public_id in reversed(loaded.ids.values()):
        of_type.setdefault(PREFIXES[public_id[:3]], []).append(public_id)
    busy = loaded.ids["user:busy"]
    under = of_type["Space"][0]
    named = {"for": busy, "actor": busy, "deletedBy": busy, "under": under, "object": under}
    return Ids({name: found[:1_000] for name, found in of_type.items()}, named)


async def answered(engine: AsyncEngine, question: Question, who: str) -> tuple[float, int]:
    """Return how many seconds a question takes, and how many MiB the answer has."""
    began = time.perf_counter()
    asked = asked_as(question.text, question.sizes)
    answer = await run(engine, Credential(address(who), "bench"), asked, compiles=True)
    took = time.perf_counter() - began
    told = {(error.extensions or {}).get("code") for error in answer.errors}
    assert told <= set(SAID), (question, answer.errors[:1])
    return took, len(orjson.dumps(answer.data, option=orjson.OPT_UTC_Z)) >> 20


async def slow_and_large(
    engine: AsyncEngine, crowd: Crowd, *, limit: int, seconds: float, deep: bool
) -> tuple[int, list[str]]:
    """Return how many questions there were, and which took too long or answered too much."""
    await load_manifest(engine, crowd.lines())
    heaviest = Heaviest(executable_schema(), await ids_in(engine), limit=limit, deep=deep)
    number, found = 0, list[str]()
    for number, question in enumerate(heaviest.questions(), 1):  # noqa: B007 - it is returned
        for who in ("admin", "owner") if deep else ("owner",):
            took, size = await answered(engine, question, who)
            if took > seconds:  # what takes long but once waited for something else
                took = min(took, (await answered(engine, question, who))[0])
            if took > seconds or size > MEBIBYTES:
                found.append(f"{question.field} {took:.1f} s, {size} MiB: {question.text[:300]}")
    return number, found


async def test_no_field_does_more_than_it_weighs(engine: AsyncEngine) -> None:
    number, found = await slow_and_large(
        engine, SMALL, limit=SMALL_LIMIT, seconds=SMALL_SECONDS, deep=False
    )
    assert number > 60
    assert found == []


@pytest.mark.full
async def test_no_field_does_more_than_it_weighs_in_a_large_org(engine: AsyncEngine) -> None:
    number, found = await slow_and_large(
        engine, LARGE, limit=LARGE_LIMIT, seconds=SECONDS, deep=True
    )
    assert number > 300
    assert found == []
