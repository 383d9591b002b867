"""Each mutation and each field that leads to nodes gives everybody what the access matrix says."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from db.engine import open_engine
from tests.access.keeping import ACCOUNTS, LOG, Kept, kept
from tests.access.matrix import Row, document, field_rows, mutation_rows
from tests.access.stages import Stages
from tests.access.standings import ELSEWHERE, OTHER_ORG, USERS, Stage
from tests.access.sweeping import mutations, node_fields
from tests.databases import SQLiteFiles
from tests.factories import load
from tests.postgresql import PostgreSQLDatabases

DONE = "DONE"
MUTATIONS = mutations()
WHAT = ("node", "purge")  # what a payload is about


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the matrix's database."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(shared_url: str) -> AsyncIterator[Stages]:
    """The Orgs of the matrix; the engine, too, lasts for all rows, or each would compile anew."""
    engine = open_engine(shared_url)
    await load(engine, ELSEWHERE)
    yield Stages(engine)
    await engine.dispose()


def selected(mutation: str) -> str:
    """Return what is selected of a mutation's payload."""
    below = {name: f"{name} {{ id }}" for name in WHAT} | {
        "results": f"results {{ errors {{ code }} {WHAT[0]} {{ id }} }}"
    }
    parts = [text for name, text in below.items() if name in MUTATIONS[mutation]]
    return " ".join(["errors { code } revision", *parts])


def codes(answer: Any) -> list[str]:
    """Return the codes of the errors of a payload or of one of its results."""
    return [error["code"] for error in answer["errors"]]


def ends(payload: Any) -> list[str]:
    """Return how a change ended, or each of many."""
    if refused := codes(payload):
        return refused
    return [(codes(result) or [DONE])[0] for result in payload.get("results") or ()] or [DONE]


def outcome(words: list[str]) -> str | list[str]:
    """Return the words as the matrix has them."""
    return words[0] if len(set(words)) == 1 else words


async def refuse(stages: Stages, stage: Stage, row: Row, standing: str) -> str | list[str]:
    """Return what came of a mutation that changes nothing in the Org."""
    engine, org_id = stage.engine, stage.org.org_id
    accounts = await kept(engine, org_id, ACCOUNTS)
    answer = await answered(stage, row, standing)
    assert await kept(engine, org_id) == stages.kept[org_id]
    if standing == OTHER_ORG and ends(answer) == [DONE]:
        return "ELSEWHERE"
    assert await kept(engine, org_id, ACCOUNTS) == accounts
    return outcome(ends(answer))


async def do(stage: Stage, row: Row, standing: str) -> str | list[str]:
    """Return what came of a mutation that is done, of one of many at least, and is in the log."""
    engine, org_id = stage.engine, stage.org.org_id
    before = await kept(engine, org_id, LOG)
    answer = await answered(stage, row, standing)
    events, words = told(before, await kept(engine, org_id, LOG)), ends(answer)
    steps = len(done_of(answer))
    assert [event.actor for event in events] == [stage.named("$user:own", standing)] * steps
    assert answer["revision"] == events[-1].revision
    check_nodes(row, standing, answer)
    return outcome(words)


async def answered(stage: Stage, row: Row, standing: str) -> Any:
    """Return the payload of a mutation, or the errors of what has none."""
    answer = await stage.mutate(standing, row.of, row.more["input"], selected(row.of))
    return answer.get(row.of, answer)


def told(before: Kept, after: Kept) -> list[Any]:
    """Return the events that came, one for each revision."""
    (was,), (becomes,) = before["org"], after["org"]
    number = len(before["event"])
    assert list(after["event"])[:number] == before["event"]
    made = list(after["event"])[number:]
    assert [event.revision for event in made] == [*range(was.revision + 1, becomes.revision + 1)]
    return made


def done_of(payload: Any) -> list[Any]:
    """Return the payload, or where it is of many changes those of its results that are done."""
    if any(name in payload for name in WHAT):
        return [payload]
    return [result for result in payload["results"] if not codes(result)]


def check_nodes(row: Row, standing: str, payload: Any) -> None:
    """Assert that what was changed is told, unless it is gone for who did it."""
    is_told = standing not in row.more.get("gone", [])
    for done in done_of(payload):
        assert [done[name] is not None for name in WHAT if name in done] == [is_told]


def leaves(value: Any) -> Iterator[Any]:
    """Give what is told at the ends of an answer; lists count just the rows that they have."""
    if isinstance(value, dict):
        found: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        *counted, below = found.values()
        assert not counted or counted == [len(below)]
        yield from leaves(below)
    elif isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from leaves(each)
    else:
        yield value


def seen(stage: Stage, row: Row, standing: str, answer: Any) -> Any:
    """Return what is seen, in the matrix's words."""
    if "errors" in answer:
        return outcome(codes(answer))
    found, user = [stage.name(leaf) for leaf in leaves(answer)], USERS[standing]
    if set(found) == {None}:
        return None
    words = {
        "EMPTY": not found,
        "SEEN": found == row.more.get("seen"),
        "OWN": found in ([user], [f"user:{user}"], [f"bin:{user}"]),
    }
    return next((word for word, is_so in words.items() if is_so), found)


def test_every_mutation_has_a_row() -> None:
    assert {row.of for row in mutation_rows()} == set(MUTATIONS)


def test_every_field_that_leads_to_nodes_has_a_row() -> None:
    assert {row.of for row in field_rows()} == node_fields()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", mutation_rows(), ids=lambda row: row.name)
async def test_a_mutation_does_what_the_matrix_says(stages: Stages, row: Row) -> None:
    found: dict[str, Any] = {}
    for standing, expected in row.outcomes.items():
        if DONE in expected:
            found[standing] = await do(await stages.fresh(row.scene), row, standing)
        else:
            stage = await stages.lasting(row.scene)
            found[standing] = await refuse(stages, stage, row, standing)
    assert found == row.outcomes


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", field_rows(), ids=lambda row: row.name)
async def test_a_field_gives_what_the_matrix_says(stages: Stages, row: Row) -> None:
    stage, text = await stages.lasting(row.scene), document(row)
    found = {
        standing: seen(stage, row, standing, await stage.ask(standing, text))
        for standing in row.outcomes
    }
    assert found == row.outcomes
    assert await kept(stage.engine, stage.org.org_id) == stages.kept[stage.org.org_id]
