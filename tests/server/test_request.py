"""Requests as they arrive: methods, query strings and bodies of every wrong kind."""

from urllib.parse import quote

import orjson
import pytest
from httpx2 import Response

from tests.server.asking import GRAPHQL, JSON, Client, messages, shown
from tests.server.queries import ACME, KEY, STRICT

NO_JSON = "The body is not JSON."
TOO_DEEP = "The body is nested too deep."
NO_OBJECT = "The body must be an object."
DEEP = b"[" * 100_000


def get(client: Client, query: str, **parameters: str) -> Response:
    return client.send("GET", params={"query": query, **parameters}, headers=client.bearer())


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "HEAD"]
)
def test_only_get_and_post_carry_operations(client: Client, method: str) -> None:
    response = client.send(method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    if method != "HEAD":  # whose response has no body
        assert shown(response) == (405, JSON, ["METHOD"])
        assert messages(response) == ["Use GET or POST."]


def test_a_query_may_come_by_get(client: Client) -> None:
    text = "query ($key: String) { org(key: $key) { key } }"
    response = get(client, text, variables='{"key": "acme"}', operationName="", extensions="{}")
    assert shown(response) == (200, JSON, [])
    assert response.json()["data"] == ACME


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("mutation { __typename }", 405, "METHOD"),
        ('mutation { spaceCreate(input: {key: "a", name: "a"}) { revision } }', 405, "METHOD"),
        ("mutation { spaceCreate(input: {}) { revision } }", 400, "BAD_DOCUMENT"),
        ("subscription { __typename }", 400, "BAD_DOCUMENT"),
        ("query A { org { key } } mutation B { __typename }", 400, "BAD_OPERATION"),
    ],
)
def test_nothing_but_queries_comes_by_get(
    client: Client, query: str, status: int, code: str
) -> None:
    response = client.send(
        "GET", params={"query": query}, headers={**client.bearer(), "Accept": STRICT}
    )
    assert shown(response) == (status, GRAPHQL, [code])
    assert "data" not in response.json()


def test_a_mutation_by_get_is_told_to_come_by_post(faulty: Client) -> None:
    response = get(faulty, "mutation { change }")
    assert shown(response) == (405, JSON, ["METHOD"])
    assert messages(response) == ["Only queries may be sent by GET; send this by POST."]
    assert response.headers["allow"] == "POST"
    assert faulty.ask("mutation { change }").json()["data"] == {"change": "changed"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "The parameter `query` must be a string."),
        ({"query": KEY, "variables": "{"}, "The parameter `variables` is not JSON."),
        ({"query": KEY, "variables": "[]"}, "The parameter `variables` must be an object."),
        ({"query": KEY, "variables": ""}, "The parameter `variables` must be an object."),
        ({"query": KEY, "variables": '"\\ud800"'}, "The parameter `variables` is not JSON."),
        ({"query": KEY, "extensions": "1"}, "The parameter `extensions` must be an object."),
    ],
)
def test_a_get_request_with_wrong_parameters_is_refused(
    client: Client, parameters: dict[str, str], message: str
) -> None:
    response = client.send("GET", params=parameters, headers=client.bearer())
    assert shown(response) == (400, JSON, ["BAD_REQUEST"])
    assert messages(response) == [message]


def test_a_query_string_of_invalid_utf_8_is_a_syntax_error(client: Client) -> None:
    path = f"/graphql?query={quote('{ org(key: ')}%22%FF%ED%A0%80%22%20{quote(') { key } }')}"
    response = client.send("GET", path, headers=client.bearer())
    assert response.json()["data"] == {"org": None}
    response = client.send("GET", "/graphql?query=%FF", headers=client.bearer())
    assert shown(response) == (200, JSON, ["BAD_DOCUMENT"])


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "text/plain", "application/graphql", "application/x-www-form-urlencoded"),
        *("application/graphql-response+json", "application/json-patch+json", "json"),
        *("multipart/form-data; boundary=x", "application/jsonp", "text/plain, application/json"),
    ],
)
def test_a_body_that_is_not_sent_as_json_is_refused(client: Client, content_type: str) -> None:
    response = client.post(orjson.dumps({"query": KEY}), Content_Type=content_type)
    assert shown(response) == (415, JSON, ["MEDIA_TYPE"])
    assert messages(response) == ["Send the request as application/json."]


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON;charset=UTF-8", "application/json ; x=y"]
)
def test_a_body_that_is_sent_as_json_is_taken(client: Client, content_type: str) -> None:
    response = client.post(orjson.dumps({"query": KEY}), Content_Type=content_type)
    assert response.json()["data"] == ACME


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", NO_JSON),
        (b"{", NO_JSON),
        (b"nonsense", NO_JSON),
        (b"query { org { key } }", NO_JSON),
        (b'{"query": "{ org { key } }"} {}', NO_JSON),
        (b"{'query': '{ org { key } }'}", NO_JSON),
        (b'{"query": "\xff"}', NO_JSON),
        (b'{"query": "\xc3"}', NO_JSON),
        (b'\xef\xbb\xbf{"query": "{ org { key } }"}', NO_JSON),
        ('{"query": "{ org { key } }"}'.encode("utf-16"), NO_JSON),
        (b'{"query": "{ org { key } }", "variables": {"a": NaN}}', NO_JSON),
        (b'{"query": "{ org { key } }", "variables": {"a": Infinity}}', NO_JSON),
        (b'{"query": "{ org { key } }", "variables": {"a": %s}}' % DEEP, TOO_DEEP),
        (
            b'{"query": "{ org { key } }", "variables": {"a": %s%s}}' % (DEEP, b"]" * 100_000),
            TOO_DEEP,
        ),
        (DEEP, TOO_DEEP),
        (b"null", NO_OBJECT),
        (b"true", NO_OBJECT),
        (b"1", NO_OBJECT),
        (b'"x"', NO_OBJECT),
        (b"[]", NO_OBJECT),
        (b'[{"query": "{ org { key } }"}]', NO_OBJECT),
        (b"{}", "The parameter `query` must be a string."),
        (b'{"query": null}', "The parameter `query` must be a string."),
        (b'{"query": 1}', "The parameter `query` must be a string."),
        (b'{"query": ["{ org { key } }"]}', "The parameter `query` must be a string."),
        (b'{"query": {"kind": "Document"}}', "The parameter `query` must be a string."),
        (b'{"id": "abc", "variables": {}}', "The parameter `query` must be a string."),
        *(
            (
                b'{"query": "{ org { key } }", "%s": %s}' % (name, value),
                f"The parameter `{name.decode()}` must be an object.",
            )
            for name in (b"variables", b"extensions")
            for value in (b"[]", b'"{}"', b"1", b"true", b'[{"a": 1}]')
        ),
        (
            b'{"query": "{ org { key } }", "operationName": 1}',
            "The parameter `operationName` must be a string.",
        ),
        (
            b'{"query": "{ org { key } }", "operationName": ["A"]}',
            "The parameter `operationName` must be a string.",
        ),
    ],
)
@pytest.mark.parametrize(("accept", "media_type"), [("*/*", JSON), (STRICT, GRAPHQL)])
def test_a_body_that_holds_no_request_is_refused(
    client: Client, body: bytes, message: str, accept: str, media_type: str
) -> None:
    response = client.post(body, Accept=accept)
    assert shown(response) == (400, media_type, ["BAD_REQUEST"])
    assert messages(response) == [message]
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "more",
    [
        {"variables": None, "extensions": None, "operationName": None},
        {"variables": {}, "extensions": {"tracing": {}}, "operationName": ""},
        {"variables": {"unused": [[1, {"a": None}]]}, "unknown": True},
    ],
)
def test_what_is_null_empty_or_unused_does_no_harm(client: Client, more: dict[str, object]) -> None:
    response = client.post(orjson.dumps({"query": KEY, **more}))
    assert shown(response) == (200, JSON, [])
    assert response.json()["data"] == ACME


def test_variables_nested_deeper_than_can_be_answered_are_refused(client: Client) -> None:
    nested = b"[" * 1000 + b"]" * 1000
    ids = b'{"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": %s}}'
    unused = b'{"query": "{ org { key } }", "variables": {"unused": %s}}'
    for body in (ids, unused):
        assert shown(client.post(body % nested)) == (200, JSON, ["BAD_INPUT"])
        assert "nested too deep" in messages(client.post(body % nested))[0]
    fitting = b"[" * 110 + b"]" * 110
    assert client.post(unused % fitting).json()["data"] == ACME
