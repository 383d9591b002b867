"""The log: events for admins, a node's own for its OWNER, and nothing of it for anybody else."""

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import open_engine
from tests.databases import SQLiteFiles, run
from tests.factories import Loaded, Manifest, ask, load
from tests.postgresql import PostgreSQLDatabases
from tests.resolvers.conftest import Stored
from tests.resolvers.log import EVENTS, answer, events, history, revisions, store_logged

# What `acme` has seen, with the revisions: the import is the first.
MADE = [
    (1, "org.imported", "org_1"),
    (2, "space.rename", "core"),
    (3, "project.rename", "core/site"),
    (4, "project.update", "core/site"),
    (5, "project.rename", "core/docs"),
    (6, "space.update", "core"),
]


async def store_at(url: str) -> Loaded:
    engine = open_engine(url)
    acme = await store_logged(engine)
    await load(engine, Manifest("other").user("ada", admin=True).space("core"))
    await engine.dispose()
    return acme


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def logged(request: pytest.FixtureRequest) -> Iterator[Stored]:
    """The Org with a log, and another one, in a database that tests only read."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield Stored(url, run(store_at(url)))


@pytest.fixture
async def engine(logged: Stored) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(logged.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def acme(logged: Stored) -> Loaded:
    return logged.loaded


async def test_an_admin_reads_all_events_the_newest_first(
    engine: AsyncEngine, acme: Loaded
) -> None:
    found = await events(engine)
    told = [(n["revision"], n["action"], n["objectId"]) for n in found["nodes"]]
    ids = {**acme.ids, "org_1": "org_1"}
    assert told == [(number, action, ids[path]) for number, action, path in MADE[::-1]]
    assert found["totalCount"] == len(MADE)


async def test_an_event_tells_who_did_what_to_what(engine: AsyncEngine, acme: Loaded) -> None:
    text = """{ org { events(first: 1, filter: { action: "project.update" }) { nodes {
      id revision at actor { key } actorId through action objectId path before after requestId
      object { __typename id ... on Project { name } }
    } } } }"""
    (node,) = (await answer(engine, "ada", text))["org"]["events"]["nodes"]
    assert clock.moment_of(node.pop("at")) >= acme.made_at
    assert node == {
        "id": "evt_1_4",
        "revision": 4,
        "actor": {"key": "pip"},
        "actorId": acme.ids["user:pip"],
        "through": "TOKEN",
        "action": "project.update",
        "objectId": acme.ids["core/site"],
        "object": {"__typename": "Project", "id": acme.ids["core/site"], "name": "Place"},
        "path": "core/site",
        "before": {"description": None},
        "after": {"description": "Ours"},
        "requestId": "test",
    }


@pytest.mark.usefixtures("acme")
async def test_the_system_is_no_member_and_the_org_is_an_object(engine: AsyncEngine) -> None:
    text = """{ org { events(last: 1) { nodes {
      actor { key } actorId before requestId object { __typename ... on Org { key } }
    } } } }"""
    (node,) = (await answer(engine, "ada", text))["org"]["events"]["nodes"]
    assert node == {
        "actor": None,
        "actorId": "system",
        "before": None,
        "requestId": None,
        "object": {"__typename": "Org", "key": "acme"},
    }


# By user the number of events that they are told: of the Org, and of the history of nodes.
TOLD: Mapping[str, tuple[int, tuple[int | None, ...]]] = {
    "ada": (6, (2, 2, 1, 0)),
    "oz": (0, (2, 2, 1, 0)),
    "pip": (0, (0, 2, None, 0)),
    "fay": (0, (0, 0, 0, 0)),
    "ria": (0, (0, 0, 0, 0)),
    "nan": (0, (None, None, None, None)),
}


@pytest.mark.parametrize("user", TOLD)
async def test_who_is_told_what(engine: AsyncEngine, acme: Loaded, user: str) -> None:
    of_org, of_nodes = TOLD[user]
    found = await events(engine, user)
    assert (found["totalCount"], len(found["nodes"])) == (of_org, of_org)
    paths = ("core", "core/site", "core/docs", "core/site/home")
    histories = [await history(engine, user, acme.ids[path]) for path in paths]
    assert [each and each["totalCount"] for each in histories] == list(of_nodes)
    assert [each and len(each["nodes"]) for each in histories] == list(of_nodes)


@pytest.mark.usefixtures("acme")
async def test_who_is_not_active_is_told_nothing(engine: AsyncEngine) -> None:
    assert await answer(engine, "dan", EVENTS) == {"org": None}


async def test_another_orgs_admin_is_told_nothing_of_this_one(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert acme.id == "org_1"
    text = "{ org { events { totalCount nodes { objectId } } } }"
    found = await ask(engine, "ada", "other", text)
    assert found.data["org"]["events"] == {"totalCount": 1, "nodes": [{"objectId": "org_2"}]}


async def test_a_node_has_its_own_events_alone(engine: AsyncEngine, acme: Loaded) -> None:
    found = await history(engine, "oz", acme.ids["core"])
    assert [(n["revision"], n["action"]) for n in found["nodes"]] == [
        (6, "space.update"),
        (2, "space.rename"),
    ]
    by_ada = await history(engine, "oz", acme.ids["core"], actor=acme.ids["user:ada"])
    assert (by_ada["totalCount"], revisions(by_ada)) == (1, [2])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"actor": "user:oz"}, [6, 3]),
        ({"actor": "system"}, [1]),
        ({"actor": "mem_1_999"}, []),
        ({"actor": "nonsense"}, []),
        ({"action": "project.rename"}, [5, 3]),
        ({"action": "project"}, [5, 4, 3]),
        ({"action": "space"}, [6, 2]),
        ({"action": "spac"}, []),
        ({"action": "space."}, []),
        ({"action": "Space"}, []),
        ({"action": "%"}, []),
        ({"action": ""}, []),
        ({"object": "core/site"}, [4, 3]),
        ({"object": "org_1"}, [1]),
        ({"object": "core/site", "actor": "user:pip"}, [4]),
        ({"object": "core/site", "action": "space"}, []),
        ({"actor": None, "action": None}, [6, 5, 4, 3, 2, 1]),
    ],
)
async def test_events_are_found_by_actor_action_and_object(
    engine: AsyncEngine, acme: Loaded, wanted: dict[str, str | None], found: list[int]
) -> None:
    filters = {name: acme.ids.get(text or "", text) for name, text in wanted.items()}
    page = await events(engine, filter=filters)
    assert (revisions(page), page["totalCount"]) == (found, len(found))


@pytest.mark.usefixtures("acme")
async def test_events_are_found_by_their_time(engine: AsyncEngine) -> None:
    text = '{ org { events(filter: { action: "project" }) { nodes { at revision } } } }'
    nodes = (await answer(engine, "ada", text))["org"]["events"]["nodes"]
    latest, _, earliest = (node["at"] for node in nodes)
    assert revisions(await events(engine, filter={"since": latest})) == [6, 5]
    assert revisions(await events(engine, filter={"until": earliest})) == [2, 1]
    both = {"since": earliest, "until": latest}
    assert revisions(await events(engine, filter=both)) == [4, 3]


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("order", "found"),
    [
        (None, [6, 5, 4, 3, 2, 1]),
        ({"field": "REVISION"}, [6, 5, 4, 3, 2, 1]),
        ({"field": "REVISION", "direction": "DESC"}, [6, 5, 4, 3, 2, 1]),
        ({"field": "REVISION", "direction": "ASC"}, [1, 2, 3, 4, 5, 6]),
    ],
)
async def test_events_go_by_revision_both_ways(
    engine: AsyncEngine, order: dict[str, str] | None, found: list[int]
) -> None:
    assert revisions(await events(engine, by=order)) == found
    assert revisions(await events(engine, by=order, first=2)) == found[:2]
    assert revisions(await events(engine, by=order, last=2)) == found[-2:]
