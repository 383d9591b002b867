"""The log over HTTP: a change is in it at once, under the id of the request that made it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import run
from tests.server.asking import Client, settings_for, store_orgs

RENAME = """mutation($id: ID!) {
  spaceRename(input: { id: $id, name: "Heart" }) { revision errors { code } }
}"""
EVENTS = """query($id: ID!) {
  org { events(first: 1) { totalCount nodes {
    revision actor { key } through action object { id } before after requestId
  } } }
  node(id: $id) { ... on Space { history { totalCount nodes { action } } } }
}"""


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    """A server of the test's own, in which something is changed."""
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url))) as http:
        yield Client(http, orgs)


def test_a_change_is_in_the_log_of_admins_alone(client: Client) -> None:
    core = client.orgs.acme.ids["core"]
    renamed = client.ask(RENAME, {"id": core})
    assert renamed.json()["data"] == {"spaceRename": {"revision": 2, "errors": []}}
    event = {
        "revision": 2,
        "actor": {"key": "ada"},
        "through": "TOKEN",
        "action": "space.rename",
        "object": {"id": core},
        "before": {"name": "Core 100%"},
        "after": {"name": "Heart"},
        "requestId": renamed.headers["x-request-id"],
    }
    assert client.ask(EVENTS, {"id": core}).json()["data"] == {
        "org": {"events": {"totalCount": 2, "nodes": [event]}},
        "node": {"history": {"totalCount": 1, "nodes": [{"action": "space.rename"}]}},
    }
    assert client.ask(EVENTS, {"id": core}, user="pat").json()["data"] == {
        "org": {"events": {"totalCount": 0, "nodes": []}},
        "node": {"history": {"totalCount": 0, "nodes": []}},
    }


def test_a_cursor_that_no_page_of_events_gave_is_refused(client: Client) -> None:
    text = "query($after: String) { org { events(after: $after) { totalCount nodes { id } } } }"
    response = client.ask(text, {"after": "nonsense"})
    codes = [error["extensions"]["code"] for error in response.json()["errors"]]
    assert codes == ["BAD_CURSOR"]
