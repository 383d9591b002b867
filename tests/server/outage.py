"""What holds while the database of a server can't be used, and once it can be used again."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from db.engine import open_engine
from db.migrate import migrate
from server.app import create_app
from tests.factories import Loaded
from tests.server.asking import GRAPHQL, JSON, Client, Log, Orgs, settings_for, shown, store_orgs

TREE = """
query Tree($text: String) {
  viewer { account { name } }
  org { key spaces(filter: { nameContains: $text }) { nodes { projects { nodes { key } } } } }
}
"""
GONE = "The database can't be reached now; try again in a minute."
NOT_SET_UP = "The database isn't set up; whoever runs this server must migrate it."
DAMAGED = "The database is damaged; whoever runs this server must restore it."
NOT_READY = {"status": "not ready", "problem": "The database can't be reached."}
NOT_WHOLE = {"status": "not ready", "problem": DAMAGED}
EMPTY = {"status": "not ready", "problem": "The database is empty: run `freehold migrate`."}


# With which a token can be made where there is nothing in the database.
NOT_YET = Orgs(Loaded(1, "acme", 0, {}), Loaded(2, "umbra", 0, {}), {"ada": 1})


def assert_unavailable(client: Client, log: Log, logged: str, told: str = GONE) -> None:
    """Ask twice, once for each media type, and look at the answers and the log."""
    for accept, media_type in (("*/*", JSON), ("application/graphql-response+json", GRAPHQL)):
        response = client.ask(TREE, {"text": "sesame"}, Accept=accept, X_Request_Id="mine")
        assert_told_unavailable(response, media_type, told)
    faults = log.entries("fault")
    assert [(fault["request_id"], fault["code"]) for fault in faults] == [  # one a minute
        ("mine", "UNAVAILABLE")
    ]
    assert all(logged in str(fault["exception"]) for fault in faults)
    assert "sesame" not in log.getvalue()


def assert_told_unavailable(response: Response, media_type: str = JSON, told: str = GONE) -> None:
    """Look at the answer to a request with the id `mine`."""
    assert shown(response) == (503, media_type, ["UNAVAILABLE"])
    assert response.headers["retry-after"] == "5"
    assert response.headers["x-request-id"] == "mine"
    assert response.json()["errors"] == [
        {"message": told, "extensions": {"code": "UNAVAILABLE", "requestId": "mine"}}
    ]
    assert "data" not in response.json()


def assert_ready(client: Client, problem: dict[str, str] | None) -> None:
    """Look at what the health routes say; None for a server that is ready."""
    live, ready = client.send("GET", "/livez"), client.send("GET", "/readyz")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (
        (503, problem) if problem else (200, {"status": "ready"})
    )


def assert_recovered(client: Client) -> None:
    """Ask once more, and for the health."""
    response = client.ask(TREE, {"text": "core"})
    assert shown(response) == (200, JSON, [])
    assert response.json()["data"]["org"]["key"] == "acme"
    assert_ready(client, None)


@contextmanager
def server(url: str, orgs: Orgs, **others: Any) -> Generator[Client]:
    """Serve the database with settings of its own."""
    with TestClient(create_app(settings_for(url, **others))) as http:
        yield Client(http, orgs)


async def migrate_and_store(url: str) -> Orgs:
    """Make the database what it should have been."""
    engine = open_engine(url)
    await migrate(engine)
    await engine.dispose()
    return await store_orgs(url)
