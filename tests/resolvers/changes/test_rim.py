"""Counters beyond what 32 bits hold go on, and end with words where 53 or 63 bits do."""

from typing import Any

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.engine import write
from db.ids import LARGEST
from db.models import ORG
from db.revision import LARGEST_REVISION
from tests.factories import address, asked_as, content, load, run
from tests.resolvers.changes import changing

READ = """{ org { revision spaces(first: 9) { totalCount nodes { id key revision
  history(first: 1) { nodes { revision } } } } } }"""
CREATE = 'mutation { spaceCreate(input: { key: "s1", name: "S1" }) { revision } }'


async def put(engine: AsyncEngine, column: str, value: int) -> None:
    async with write(engine) as connection:
        await connection.execute(update(ORG).where(ORG.c.id == 1).values({column: value}))


async def create(engine: AsyncEngine, key: str) -> dict[str, Any]:
    given = {"key": key, "name": key.upper()}
    return await changing.mutate(engine, "ada", "spaceCreate", given, node="id key revision")


async def read(engine: AsyncEngine) -> dict[str, Any]:
    answer = await run(
        engine, Credential(address("ada"), "acme"), asked_as(READ, {}), compiles=True
    )
    assert answer.errors == []
    found: dict[str, Any] = orjson.loads(content(answer))["data"]["org"]
    return found


@pytest.mark.parametrize("at", [2**31 - 2, 2**32 - 2, 2**53 - 4])
async def test_revisions_go_on_up_to_the_largest_that_clients_read(
    engine: AsyncEngine, at: int
) -> None:
    await load(engine, changing.CHANGED)
    await put(engine, "revision", at)
    for number in (1, 2, 3):
        payload = await create(engine, f"s{number}")
        assert (payload["errors"], payload["revision"]) == ([], at + number)
        assert payload["node"]["revision"] == at + number
    found = await read(engine)
    made = [node for node in found["spaces"]["nodes"] if node["key"].startswith("s")]
    told = {node["key"]: node["history"]["nodes"][0]["revision"] for node in made}
    assert found["revision"] == at + 3
    assert {key: told[key] for key in ("s1", "s2", "s3")} == {f"s{n}": at + n for n in (1, 2, 3)}


@pytest.mark.parametrize("at", [2**31 - 2, 2**53 - 2, 2**62])
async def test_ids_go_on(engine: AsyncEngine, at: int) -> None:
    await load(engine, changing.CHANGED)
    await put(engine, "next_id", at)
    made = [(await create(engine, f"s{number}"))["node"]["id"] for number in (1, 2)]
    assert made == [f"spc_1_{at}", f"spc_1_{at + 2}"]  # a shared project is beside each


@pytest.mark.parametrize(
    ("column", "at"),
    [("revision", LARGEST_REVISION), ("next_id", LARGEST), ("next_id", LARGEST - 1)],
)
async def test_what_is_used_up_is_told_and_nothing_is_changed(
    engine: AsyncEngine, column: str, at: int
) -> None:
    await load(engine, changing.CHANGED)
    await put(engine, column, at)
    before = await read(engine)
    answer = await run(
        engine, Credential(address("ada"), "acme"), asked_as(CREATE, {}), compiles=True
    )
    [error] = answer.errors
    assert (error.extensions or {})["code"] == "UNAVAILABLE"
    assert "has used up its" in error.message
    assert await read(engine) == before
