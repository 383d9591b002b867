"""The endpoint around an operation: its request id, its log entry, its statements, its content."""

import orjson
import pytest

from tests.counting import counted
from tests.server.asking import JSON, Client, Log, shown

KEY = "{ org { key } }"
TREE = """
query Tree($text: String) {
  org {
    spaces(filter: { nameContains: $text }) {
      nodes { key projects { totalCount nodes { key assets { nodes { key } } } } }
    }
  }
}
"""


@pytest.mark.parametrize(
    "given", ["a", "A-b_c.9", "0" * 64, "018f3a5c-7d1e-7000-8000-000000000000"]
)
def test_a_request_keeps_the_id_that_it_came_with(client: Client, given: str) -> None:
    assert client.ask(KEY, X_Request_Id=given).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", " ", "a b", "a\tb", "0" * 65, "a/b", "a;b", '"a"', "<b>", "%0a"]
)
def test_an_id_that_is_not_fit_for_a_log_is_replaced(client: Client, given: str) -> None:
    answers = [client.ask(KEY, X_Request_Id=given).headers["x-request-id"] for _ in range(2)]
    assert all(len(answer) == 32 and answer.isalnum() for answer in answers)
    assert answers[0] != answers[1]


def test_every_response_has_a_request_id(client: Client) -> None:
    headers = {"X-Request-Id": "mine"}
    refused = [
        client.send("DELETE", headers=headers),
        client.send("POST", headers=headers),
        client.ask(KEY, Accept="text/html", X_Request_Id="mine"),
        client.post(b"{", X_Request_Id="mine"),
        client.ask("{", X_Request_Id="mine"),
    ]
    assert [response.status_code for response in refused] == [405, 401, 406, 400, 200]
    assert {response.headers["x-request-id"] for response in refused} == {"mine"}


def test_an_answer_is_json_in_utf_8_with_its_cost(client: Client) -> None:
    response = client.ask("{ org { spaces(first: 1) { nodes { name } } } }")
    assert shown(response) == (200, JSON, [])
    assert response.content == orjson.dumps(
        {
            "data": {"org": {"spaces": {"nodes": [{"name": "Core 100%"}]}}},
            "extensions": {"cost": {"cost": 12, "limit": 250_000}},
        }
    )


def test_the_cost_of_what_is_refused_is_told_where_it_was_measured(client: Client) -> None:
    assert client.ask("{ org { nothing } }").json()["extensions"] == {
        "cost": {"cost": 1, "limit": 250_000}
    }
    assert "extensions" not in client.ask("{ org {").json()
    assert "extensions" not in client.post(b"{").json()


# The log


def test_the_log_says_what_ran_who_asked_and_what_it_took(client: Client, log: Log) -> None:
    client.ask(TREE, {"text": "core"}, X_Request_Id="one")
    client.ask(KEY, user="dan", X_Request_Id="two")
    assert log.entries("graphql") == [
        {
            "level": "info",
            "request_id": "one",
            "status": 200,
            "operation": "Tree",
            "account": client.orgs.accounts["ada"],
            "org": "acme",
            "statements": 5,
        },
        {
            "level": "info",
            "request_id": "two",
            "status": 200,
            "operation": None,
            "account": client.orgs.accounts["dan"],
            "org": None,
            "statements": 1,
        },
    ]


def test_the_log_says_what_was_refused(client: Client, log: Log) -> None:
    client.send("POST", headers={"X-Request-Id": "one"})
    client.post(b"{", X_Request_Id="two")
    client.ask("{", X_Request_Id="three")
    assert log.entries("graphql") == [
        {"level": "info", "request_id": "one", "status": 401},
        {"level": "info", "request_id": "two", "status": 400},
        {"level": "info", "request_id": "three", "status": 200},
    ]


def test_the_name_of_an_operation_is_cut_in_the_log(client: Client, log: Log) -> None:
    client.ask(f"query {'x' * 1000} {KEY}")
    assert [entry["operation"] for entry in log.entries("graphql")] == ["x" * 64]


def test_the_log_holds_no_variables_no_literals_and_no_tokens(client: Client, log: Log) -> None:
    variable, literal = "sesame-in-a-variable", "sesame-in-a-literal"
    token = client.token()
    both = f'query ($k: String) {{ a: org(key: "{literal}") {{ key }} b: org(key: $k) {{ key }} }}'
    client.ask(both, {"k": variable})
    client.ask(both, {"k": [variable]})
    client.ask(TREE, {"text": variable})
    client.ask("query ($n: Int) { org { spaces(first: $n) { nodes { key } } } }", {"n": variable})
    client.ask(f'{{ org {{ spaces(after: "{literal}") {{ nodes {{ key }} }} }} }}')
    client.ask(
        "query ($c: String) { org { spaces(after: $c) { nodes { key } } } }", {"c": variable}
    )
    client.ask(f'{{ org {{ spaces(first: "{literal}") {{ nodes {{ key }} }} }} }}')
    client.ask(
        "query ($f: SpaceFilter) { org { spaces(filter: $f) { totalCount } } }",
        {"f": {"updatedSince": variable}},
    )
    client.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": f"{variable}\0"})
    client.post(orjson.dumps({"query": KEY, "operationName": variable}))
    client.ask(KEY, Authorization=f"Bearer {token}x")
    client.ask(KEY, X_Request_Id=f"{variable} and more")
    client.send("GET", params={"query": KEY, "variables": variable}, headers=client.bearer())
    written = log.getvalue()
    assert len(log.entries("graphql")) == 13
    assert "sesame" not in written
    assert not [part for part in token.split(".") if part in written]


# Statements


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ("{ __typename }", 1),
        (KEY, 1),
        ("{ viewer { account { name } orgs { key } org { key } } }", 1),
        ('{ node(id: "garbage") { id } }', 1),
        ('{ node(id: "org_1") { id } }', 1),
        ('{ nodes(ids: ["spc_1_1", "spc_1_2", "prj_1_1", "mem_2_1"]) { id } }', 3),
        ("{ org { spaces { nodes { key } } } }", 2),
        ("{ org { spaces { totalCount } } }", 2),
        ("{ org { spaces { totalCount nodes { key } pageInfo { hasNextPage } } } }", 3),
        ('{ org { spaces(filter: { key: "nothing" }) { nodes { projects { totalCount } } } } }', 2),
        ("{ org { spaces(first: 1001) { nodes { key } } } }", 1),
        (TREE, 5),
    ],
)
@pytest.mark.parametrize("user", ["ada", "pat"])
def test_an_operation_takes_as_many_statements_as_it_says(
    client: Client, log: Log, query: str, statements: int, user: str
) -> None:
    with counted() as executed:
        client.ask(query, user=user)
    assert len(executed) == statements
    assert [entry["statements"] for entry in log.entries("graphql")] == [statements]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"query": "{"}',
        b'{"query": "{ nothing }"}',
        b'{"query": "{ a: org { key } }", "operationName": "A"}',
    ],
)
def test_what_does_not_run_takes_no_statement(client: Client, body: bytes) -> None:
    with counted() as executed:
        client.post(body)
        client.send("POST", content=body)
    assert executed == []
