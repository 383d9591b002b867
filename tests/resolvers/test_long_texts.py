"""Long texts: no question brings more of them into memory, or into an answer, than is good."""

import tracemalloc
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.budget import MOST, Budget
from db.engine import change
from db.models import PROJECT, VERSION
from schema.asked import Answer
from tests.factories import Loaded, Manifest, address, asked_as, load, run

LENGTH = 900_000
ASSETS = 80  # 72 MB
TEXTS = "query ($first: Int) { org { assets(first: $first) { nodes { content { text } } } } }"
REPEATED = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Asset { content { text } } } }"
BESIDE = """query ($first: Int) {
  org { assets(first: $first) { nodes { project { description again: description } } } } }"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    manifest = Manifest().user("ada", admin=True).space("core")
    manifest = manifest.project("core/site")
    for number in range(ASSETS):
        manifest = manifest.asset(f"core/site/a{number}", text="short")
    loaded = await load(engine, manifest)
    async with change(engine) as connection:
        # Longer than a description may be given today.
        described = update(PROJECT).where(PROJECT.c.org_id == 1).values(description="d" * LENGTH)
        await connection.execute(described)
        rows = (await connection.execute(select(VERSION).where(VERSION.c.org_id == 1))).mappings()
        for row in rows.all():
            longer = {**row, "id": row["id"] + 10_000, "number": 2, "text": "t" * LENGTH}
            await connection.execute(insert(VERSION).values(longer))
    return loaded


async def asked(engine: AsyncEngine, text: str, compiles: bool, **variables: Any) -> Answer:
    credential = Credential(address("ada"), "acme")
    return await run(engine, credential, asked_as(text, variables), compiles=compiles)


def code(answer: Answer) -> object:
    assert answer.data is None
    return (answer.errors[0].extensions or {})["code"]


@pytest.mark.parametrize("compiles", [True, False])
async def test_texts_are_read_until_they_are_too_many_and_no_further(
    engine: AsyncEngine, acme: Loaded, compiles: bool
) -> None:
    few = await asked(engine, TEXTS, compiles, first=40)
    assert few.errors == []
    texts = [each["content"]["text"] for each in few.data["org"]["assets"]["nodes"]]
    assert [len(text) for text in texts] == [LENGTH] * 40
    del few, texts
    tracemalloc.start()
    answer = await asked(engine, TEXTS, compiles, first=ASSETS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code(answer) == "ANSWER_TOO_LARGE"
    assert "for fewer rows" in answer.errors[0].message
    assert peak < 2 * MOST
    assert Budget.held == 0
    assert acme.key == "acme"


@pytest.mark.parametrize("compiles", [True, False])
async def test_a_text_that_is_read_once_and_told_often_is_counted_as_often(
    engine: AsyncEngine, acme: Loaded, compiles: bool
) -> None:
    ids = [acme.ids["core/site/a0"]] * 1_000
    few = await asked(engine, REPEATED, compiles, ids=ids[:3])
    assert [len(each["content"]["text"]) for each in few.data["nodes"]] == [LENGTH] * 3
    tracemalloc.start()
    assert code(await asked(engine, REPEATED, compiles, ids=ids)) == "ANSWER_TOO_LARGE"
    assert code(await asked(engine, BESIDE, compiles, first=ASSETS)) == "ANSWER_TOO_LARGE"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST
