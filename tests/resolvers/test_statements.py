"""Each documented query takes the same number of SQL statements, however large the Org is."""

from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.stream import LARGE
from engine.executor import Executor
from resolvers.context import reading
from schema.asked import Asked
from schema.documents import Documents
from schema.operation import Operations
from schema.root import executable_schema
from tests.counting import counted
from tests.factories import Loaded, Manifest, address, load

QUERIES = Path(__file__).parents[2] / "docs" / "queries"
SCHEMA = executable_schema()
# The asker's look-up is one of them; the others are one for each edge in the document.
STATEMENTS = {
    "tree": 5,
    "ancestors": 4,
    "search": 4,
    "page": 2,
    "totals": 4,
    "people": 7,
    "node": 4,
}

# The spaces of projects that are found by their ids come with them, where that is compiled.
BROUGHT = {"ancestors": 3, "node": 3}


def org_of(spaces: int) -> Manifest:
    """An Org of two people, of whom one sees every space by a group."""
    manifest = Manifest(f"org{spaces}").user("ada", admin=True).user("bo").group("crew", "bo")
    for number in range(spaces):
        manifest.space(f"s{number}").project(f"s{number}/p1").asset(f"s{number}/p1/a1")
        manifest.grant("group:crew", "FULL", on=f"s{number}", propagate=True)
    return manifest


@pytest.fixture(params=[10, 1000])
async def org(request: pytest.FixtureRequest, engine: AsyncEngine) -> Loaded:
    return await load(engine, org_of(request.param))


def test_every_documented_query_has_its_number() -> None:
    assert {path.stem for path in QUERIES.glob("*.graphql")} == set(STATEMENTS)


@pytest.mark.parametrize(
    ("compiles", "large"),
    [(True, LARGE), (True, 1), (False, LARGE)],
    ids=["compiled", "in parts", "standard"],
)
@pytest.mark.parametrize("user", ["ada", "bo"])
async def test_a_documented_query_takes_its_number_of_statements(
    engine: AsyncEngine, org: Loaded, user: str, *, compiles: bool, large: int
) -> None:
    executor = Executor(SCHEMA, compiles=compiles)
    operations = Operations(executor, Documents(), partial(reading, engine))
    ids = {"id": org.ids["s1"], "ids": [org.ids["s2/p1"], org.ids["s3/shared"]]}
    found: dict[str, int] = {}
    for path in sorted(QUERIES.glob("*.graphql")):
        variables = ids if path.stem == "node" else {}
        asked = Asked(path.read_text(), variables, None, read_only=True, request_id="counted")
        with counted() as statements, patch("resolvers.pagination.LARGE", large):
            answer = await operations.run(asked, Credential(address(user), org.key))
        assert (answer.errors, answer.ran) == ([], True)
        assert len(statements) == answer.noted["statements"]
        found[path.stem] = len(statements)
    assert found == (STATEMENTS | BROUGHT if compiles else STATEMENTS)
    assert executor.counts == ({("compiled", ""): len(STATEMENTS)} if compiles else {})
