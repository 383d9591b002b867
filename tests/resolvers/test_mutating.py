"""What a mutation notes: how many statements it took, to read and to change."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from tests.counting import counted
from tests.factories import Loaded, address, asked_as, load, run
from tests.resolvers.changes.changing import CHANGED

FIELDS = {
    "one": '{ spaceRename(input: { id: "%s", name: "Heart" }) { revision node { name } } }',
    "two": """{
      a: spaceRename(input: { id: "%s", name: "Heart", idempotencyKey: "once" }) { revision }
      b: spaceCreate(input: { key: "new", name: "New" }) { revision node { key } }
    }""",
    "refused": '{ spaceRename(input: { id: "%s", name: "Lab" }) { errors { code } } }',
    "tried": '{ spaceDelete(input: { id: "%s", dryRun: true }) { plan { lost } } }',
}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def mutated(engine: AsyncEngine, acme: Loaded, fields: str) -> tuple[int, Any]:
    """Return how many statements a mutation took, and how many it noted."""
    asked = asked_as("mutation " + fields % acme.ids["core"])
    with counted() as statements:
        answer = await run(engine, Credential(address("ada"), "acme"), asked, compiles=True)
    assert answer.errors == []
    return len(statements), answer.noted["statements"]


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
async def test_a_mutation_notes_all_its_statements(
    engine: AsyncEngine, acme: Loaded, fields: str
) -> None:
    taken, noted = await mutated(engine, acme, fields)
    assert noted == taken > 5


async def test_one_mutation_counts_nothing_of_another(engine: AsyncEngine, acme: Loaded) -> None:
    first = await mutated(engine, acme, FIELDS["tried"])
    assert await mutated(engine, acme, FIELDS["tried"]) == first
