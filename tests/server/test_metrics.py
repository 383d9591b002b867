"""/metrics: exact counts, off unless it is wanted, and nothing of what was asked."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import run
from tests.server.asking import Client, settings_for, store_orgs
from tests.server.queries import KEY, LIST

SCHEMA = "query Marked { marked: __schema { queryType { name } } }"
COMPILED = 'freehold_executions_total{how="compiled",reason=""}'
NOT_COMPILED = 'freehold_executions_total{how="not compiled",reason="introspection"}'
GIVEN_UP = 'freehold_executions_total{how="given up",reason="GraphQLError"}'
COUNT = "freehold_request_duration_seconds_count"
STATEMENTS = "freehold_sql_statements_total"
OK, UNAUTHENTICATED = (f'freehold_requests_total{{status="{status}"}}' for status in (200, 401))


@pytest.fixture
def measured(database_url: str) -> Iterator[Client]:
    """A server that tells its measures."""
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url, metrics=True))) as http:
        yield Client(http, orgs)


def counts(client: Client) -> dict[str, float]:
    """Return our own counts, without the histogram's times."""
    lines = client.send("GET", "/metrics").text.splitlines()
    pairs = [line.rpartition(" ") for line in lines if line.startswith("freehold_")]
    times = re.compile(r"_(bucket|sum|created)\b")
    return {name: float(value) for name, _, value in pairs if not times.search(name)}


def test_each_way_to_run_is_counted_exactly(measured: Client) -> None:
    assert counts(measured) == {COUNT: 0, STATEMENTS: 0}
    for _ in range(3):
        measured.ask(KEY)
    assert counts(measured) == {COMPILED: 3, OK: 3, COUNT: 3, STATEMENTS: 3}
    measured.ask(SCHEMA)
    assert counts(measured) == {COMPILED: 3, NOT_COMPILED: 1, OK: 4, COUNT: 4, STATEMENTS: 4}
    measured.ask(LIST, {"after": "none"})
    measured.send("POST", json={"query": KEY})
    assert counts(measured) == {
        COMPILED: 3,
        NOT_COMPILED: 1,
        GIVEN_UP: 1,
        OK: 5,
        UNAUTHENTICATED: 1,
        COUNT: 6,
        STATEMENTS: 5,
    }


def test_the_sql_statements_are_those_of_the_log(measured: Client) -> None:
    measured.ask(LIST)
    assert counts(measured)[STATEMENTS] == 2


def test_the_process_and_its_collector_are_measured(measured: Client) -> None:
    text = measured.send("GET", "/metrics").text
    assert re.search(r"^process_resident_memory_bytes \d", text, re.MULTILINE)
    assert re.search(r'^python_gc_collections_total{generation="2"} \d', text, re.MULTILINE)


def test_it_is_text_as_prometheus_reads_it(measured: Client) -> None:
    response = measured.send("GET", "/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert measured.send("POST", "/metrics").status_code == 405


def test_nothing_of_a_request_appears(measured: Client) -> None:
    marked = "query Marked($marked: ID!) { marked: node(id: $marked) { id } }"
    measured.ask(marked, {"marked": "marked"}, X_Request_Id="marked")
    measured.ask(SCHEMA)
    measured.ask("query Marked { org { marked } }")
    measured.ask(LIST, {"after": "marked"})
    measured.ask(LIST, {"marked": "marked", "first": "marked"})
    measured.send("MARKED", headers={"Marked": "marked"})
    measured.send("GET", "/metrics?marked", headers=measured.bearer())
    text = measured.send("GET", "/metrics").text
    words = ["marked", "acme", "ada", "core", "node", measured.token(), measured.orgs.acme.id]
    assert [word for word in words if re.search(rf"\b{word}\b", text, re.IGNORECASE)] == []


def test_two_applications_count_apart(measured: Client, database_url: str) -> None:
    with TestClient(create_app(settings_for(database_url, metrics=True))) as http:
        other = Client(http, measured.orgs)
        other.ask(KEY)
        assert counts(other) == {COMPILED: 1, OK: 1, COUNT: 1, STATEMENTS: 1}
    assert counts(measured) == {COUNT: 0, STATEMENTS: 0}


def test_by_default_the_path_is_like_any_unknown_one(client: Client) -> None:
    found, unknown = client.send("GET", "/metrics"), client.send("GET", "/unknown")
    assert (found.status_code, found.text) == (404, unknown.text)
