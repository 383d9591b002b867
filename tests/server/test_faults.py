"""Faults of our own: the caller gets a code and a request id, the log the rest."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from auth.authenticate import Authenticator
from auth.credential import Credential
from db.engine import open_engine
from engine.executor import Executor
from resolvers.context import Reading
from schema.documents import Documents
from schema.operation import Operations
from server.view import GraphQLView
from tests.databases import run
from tests.schema.faulty import OddError, faulty_schema
from tests.server.asking import JSON, SECRET, Client, Log, messages, shown, store_orgs
from tests.server.outage import NOT_SET_UP, NOT_YET, TREE, assert_told_unavailable, server


def told(column: int, *path: str | int) -> dict[str, object]:
    """Return what is told of a fault in the field that begins at the column."""
    return {
        "message": "Something went wrong here; the log has it as mine.",
        "locations": [{"line": 1, "column": column}],
        "path": list(path),
        "extensions": {"code": "INTERNAL", "requestId": "mine"},
    }


def test_a_field_that_raises_is_masked_and_the_others_are_answered(
    faulty: Client, log: Log
) -> None:
    response = faulty.ask("{ fine broken late }", X_Request_Id="mine")
    assert shown(response) == (200, JSON, ["INTERNAL", "INTERNAL"])
    assert response.json()["errors"] == [told(8, "broken"), told(15, "late")]
    assert response.json()["data"] == {"fine": "fine", "broken": None, "late": None}
    for fault in log.entries("fault"):
        assert (fault["request_id"], fault["code"], fault["level"]) == ("mine", "INTERNAL", "error")
        assert "Traceback (most recent call last):" in str(fault["exception"])
        assert str(fault["exception"]).endswith("OddError: SELECT secret FROM vault")
    assert [entry["status"] for entry in log.entries("graphql")] == [200]
    assert len(log.entries("fault")) == 1  # of two of one kind


def test_a_fault_in_a_list_leaves_the_other_elements(faulty: Client, log: Log) -> None:
    response = faulty.ask("{ items { name } }", X_Request_Id="mine")
    assert response.json()["errors"] == [told(11, "items", 1, "name")]
    assert response.json()["data"] == {"items": [{"name": "one"}, None]}
    assert "Cannot return null for non-nullable field Item.name." in log.getvalue()


def test_a_value_that_its_type_cannot_hold_is_a_fault_of_ours(faulty: Client, log: Log) -> None:
    response = faulty.ask("{ large }", X_Request_Id="mine")
    assert response.json()["errors"] == [told(3, "large")]
    assert response.json()["data"] == {"large": None}
    assert "Int cannot represent" in log.getvalue()


def test_after_faults_the_next_request_is_answered(faulty: Client, log: Log) -> None:
    for _ in range(20):  # more than there are connections
        assert shown(faulty.ask("{ broken late }"))[0] == 200
    assert faulty.ask("{ fine }").json()["data"] == {"fine": "fine"}
    assert len(log.entries("fault")) == 1
    told = [entry["faults"] for entry in log.entries("graphql") if "faults" in entry]
    assert len(told) == 20
    assert {str(kinds).partition(" at ")[0] for kinds in told} == {"['OddError"}


def test_the_name_of_a_fault_is_found_by_the_id_that_was_told(faulty: Client, log: Log) -> None:
    response = faulty.ask("{ broken }", X_Request_Id="not fit for a log")
    told_id = response.json()["errors"][0]["extensions"]["requestId"]
    assert response.headers["x-request-id"] == told_id
    assert told_id in messages(response)[0]
    assert [fault["request_id"] for fault in log.entries("fault")] == [told_id]


def test_a_fault_before_anything_ran_is_a_500(log: Log) -> None:
    @asynccontextmanager
    async def broken(_credential: Credential) -> AsyncGenerator[Reading]:
        raise OddError("SELECT secret FROM vault")
        yield

    operations = Operations(Executor(faulty_schema()), Documents(), broken)
    view = GraphQLView(operations, Authenticator(SECRET.encode()), max_bytes=1024)
    with TestClient(Starlette(routes=[Route("/graphql", view)])) as http:
        response = Client(http, NOT_YET).ask("{ fine }", X_Request_Id="mine")
    assert shown(response) == (500, JSON, ["INTERNAL"])
    assert messages(response) == ["Something went wrong here; the log has it as mine."]
    assert "data" not in response.json()
    assert [fault["request_id"] for fault in log.entries("fault")] == ["mine"]


@pytest.mark.parametrize("compiles", [True, False])
def test_what_a_statement_was_given_is_not_logged_when_it_fails(
    database_url: str, log: Log, compiles: bool
) -> None:
    orgs = run(store_orgs(database_url))
    with server(database_url, orgs, compiles=compiles) as client:
        run(_execute(database_url, "ALTER TABLE space RENAME TO elsewhere"))
        response = client.ask(TREE, {"text": "sesame"}, X_Request_Id="mine")
    assert_told_unavailable(response, told=NOT_SET_UP)
    assert [fault["code"] for fault in log.entries("fault")] == ["UNAVAILABLE"]
    assert "FROM space" in log.getvalue()
    assert "sesame" not in log.getvalue()


@pytest.mark.parametrize("compiles", [True, False])
def test_a_statement_at_fault_is_not_taken_for_an_outage(
    database_url: str, log: Log, compiles: bool
) -> None:
    orgs = run(store_orgs(database_url))
    with server(database_url, orgs, compiles=compiles) as client:
        run(_execute(database_url, "ALTER TABLE space RENAME COLUMN folded TO elsewhere"))
        response = client.ask(TREE, {"text": "sesame"}, X_Request_Id="mine")
    assert shown(response) == (200, JSON, ["INTERNAL"])
    assert response.json()["data"] == {"viewer": {"account": {"name": "ada"}}, "org": None}
    assert [fault["code"] for fault in log.entries("fault")] == ["INTERNAL"]
    assert "sesame" not in log.getvalue()


async def _execute(url: str, statement: str) -> None:
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(statement)
    await engine.dispose()
