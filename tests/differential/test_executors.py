"""Whatever is asked by whomever, both executors give the same bytes."""

import re
from collections import Counter
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from graphql import parse, validate
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db import clock
from db.queries import POSTGRESQL
from db.reader import PostgreSQLReader
from db.stream import LARGE
from engine.executor import Executor
from resolvers.context import reading
from schema.asked import Asked
from schema.documents import Documents
from schema.limits import Limits
from schema.operation import Operations
from schema.root import executable_schema
from tests.conftest import Tell
from tests.differential.operations import Made, Maker
from tests.differential.orgs import USERS, change_randomly, random_org
from tests.factories import Loaded, Manifest, address, ask, asked_as, load, run

# The error nulls the viewer, and cancels what is still waited for below it: the Org's spaces too.
SHARED = """{
  viewer { orgs {
    spaces { totalCount nodes { id } }
    projects { nodes { space { id } bad: assets(after: "nonsense") { totalCount } } }
  } }
  org { spaces { totalCount nodes { id } } projects { nodes { space { id } } } }
}"""
SCHEMA = executable_schema()
# After an error graphql-core doesn't await what it began beside it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ORGS, OPERATIONS_OF_AN_ORG = 4, 40
SEED = 20261122
CURSOR = re.compile(r'"(?:cursor|endCursor)":"([A-Za-z0-9_-]+)"')


class Pair:
    """The two executors over one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.compiled, self.standard = Executor(SCHEMA), Executor(SCHEMA, compiles=False)
        self._documents = Documents(Limits(cost=10**12))  # the Orgs are small
        self._reading = partial(reading, engine)

    async def answer(self, executor: Executor, made: Made, credential: Credential) -> bytes:
        """Return the response, as the server writes it."""
        asked = Asked(made.text, made.variables, None, read_only=True, request_id="same")
        operations = Operations(executor, self._documents, self._reading)
        answer = await operations.run(asked, credential)
        errors = [error.formatted for error in answer.errors]
        return orjson.dumps({"data": answer.data, "errors": errors}, option=orjson.OPT_UTC_Z)


def cursors_in(answer: bytes) -> list[str]:
    """Return the cursors in an answer, wherever they are."""
    return CURSOR.findall(answer.decode())


async def bin_some(engine: AsyncEngine, org: Loaded, random: Random) -> None:
    """Delete a few of the Org's projects, and a space: most by the admin, some by others."""
    for name, path in (*(("projectDelete", f"s{n}/p1") for n in (1, 2, 3)), ("spaceDelete", "s3")):
        text = f"mutation($id: ID!) {{ {name}(input: {{ id: $id }}) {{ revision }} }}"
        asked = asked_as(text, {"id": org.ids[path]})
        user = random.choice(USERS[:3]) if path != "s3" else "ada"
        await run(engine, Credential(address(user), org.key), asked, compiles=True)


@patch("db.stream.PART", 3)
async def compare(engine: AsyncEngine, *, orgs: int, operations: int, seed: int) -> Counter[str]:
    """Compare the executors on made-up operations; return how many there were of each sort."""
    random, counts, pair = Random(seed), Counter[str](), Pair(engine)
    stream = PostgreSQLReader.stream

    async def streamed(*arguments: Any) -> None:
        counts["streamed"] += 1
        await stream(*arguments)

    for number in range(orgs):
        org = await load(engine, random_org(random, f"org{number}"))
        await change_randomly(engine, random, org)
        await bin_some(engine, org, random)
        keys = [path.rpartition("/")[2].partition(":")[2] or path for path in org.ids]
        maker = Maker(SCHEMA, random, [*org.ids.values(), org.id, "none", "prj_99_1"], keys)
        for _ in range(operations):
            made = maker.make()
            if validate(SCHEMA, parse(made.text)):
                counts["invalid"] += 1
                continue
            counts["valid"] += 1
            credential = Credential(address(random.choice(USERS)), org.key)
            with patch("db.clock.now", return_value=clock.now()):  # which answers may tell
                large = patch("resolvers.pagination.LARGE", random.choice((1, LARGE)))
                with large, patch.object(PostgreSQLReader, "stream", streamed):
                    compiled = await pair.answer(pair.compiled, made, credential)
                standard = await pair.answer(pair.standard, made, credential)
            assert compiled == standard, f"{made.text}\n{made.variables}\n{credential}"
            answer = orjson.loads(standard)
            counts["with errors" if answer["errors"] else "without errors"] += 1
            for cursor in cursors_in(standard):
                maker.learn(cursor)
    counts.update({f"{what} {why}".strip(): n for (what, why), n in pair.compiled.counts.items()})
    return counts


def assert_compiled(counts: Counter[str]) -> None:
    """Assert that operations ran compiled if they were right, as nearly all of them are."""
    given_up = {what: n for what, n in counts.items() if what.startswith("given up")}
    assert set(given_up) <= {"given up GraphQLError"}, given_up
    assert counts["compiled"] == counts["without errors"] >= 0.95 * counts["valid"]


async def test_both_executors_give_the_same_bytes(engine: AsyncEngine, tell: Tell) -> None:
    counts = await compare(engine, orgs=ORGS, operations=OPERATIONS_OF_AN_ORG, seed=SEED)
    tell(str(dict(counts)))
    assert_compiled(counts)
    assert (counts["streamed"] > 0) is (engine.dialect.name == POSTGRESQL)


async def test_an_error_cancels_nothing_that_is_waited_for_elsewhere(engine: AsyncEngine) -> None:
    org = Manifest().user("ada", admin=True).space("core").project("core/site")
    await load(engine, org)
    answer = await ask(engine, "ada", "acme", SHARED)
    assert [error.path for error in answer.errors] == [
        ["viewer", "orgs", 0, "projects", "nodes", 0, "bad"]
    ]


@pytest.mark.full
async def test_both_executors_give_the_same_bytes_ten_thousand_times(
    engine: AsyncEngine, tell: Tell
) -> None:
    counts = await compare(engine, orgs=50, operations=130, seed=SEED + 1)
    tell(str(dict(counts)))
    assert_compiled(counts)
    assert counts["valid"] >= 5_000
