"""The schema is told to whoever asks, unless that is switched off."""

from collections.abc import Iterator

import pytest
from graphql import get_introspection_query
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import SQLiteFiles, run
from tests.server.asking import (
    GRAPHQL,
    JSON,
    Client,
    messages,
    settings_for,
    shown,
    store_orgs,
)
from tests.server.queries import STRICT


@pytest.fixture
def closed(sqlite_files: SQLiteFiles) -> Iterator[Client]:
    """A server that tells nothing of its schema."""
    with sqlite_files.fresh() as url:
        orgs = run(store_orgs(url))
        with TestClient(create_app(settings_for(url, introspection=False))) as http:
            yield Client(http, orgs)


INTROSPECTION = ["{ __schema { types { name } } }", '{ __type(name: "Org") { name } }']


@pytest.mark.parametrize("query", INTROSPECTION)
def test_the_schema_is_told(client: Client, query: str) -> None:
    assert shown(client.ask(query)) == (200, JSON, [])


def test_the_whole_schema_is_within_the_limits(client: Client) -> None:
    response = client.ask(get_introspection_query(input_value_deprecation=True))
    assert shown(response) == (200, JSON, [])
    assert {"Org", "Space"} <= {
        each["name"] for each in response.json()["data"]["__schema"]["types"]
    }


@pytest.mark.parametrize("query", INTROSPECTION)
def test_the_schema_is_not_told_where_that_is_switched_off(closed: Client, query: str) -> None:
    response = closed.ask(query, Accept=STRICT)
    assert shown(response)[:2] == (400, GRAPHQL)
    assert set(shown(response)[2]) == {"BAD_DOCUMENT"}
    assert all("introspection has been disabled" in text for text in messages(response))


def test_with_introspection_off_no_error_suggests_a_name(client: Client, closed: Client) -> None:
    typed = "query ($f: SpaceFilter) { org { spaces(filter: $f) { totalCount } } }"
    for query in ("{ orgs { key } }", typed):
        variables = {"f": {"minimumPermission": "OWNR"}}
        assert "Did you mean" in messages(client.ask(query, variables))[0]
        assert "Did you mean" not in messages(closed.ask(query, variables))[0]
    assert closed.ask("{ __typename }").json()["data"] == {"__typename": "Query"}
