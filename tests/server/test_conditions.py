"""@skip and @include with a variable that is null, wherever they stand; and odd requests."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import SQLiteFiles, run
from tests.server.asking import GRAPHQL, Client, messages, settings_for, shown, store_orgs
from tests.server.queries import STRICT

CREATE = 'spaceCreate(input: { key: "new", name: "New" })'
GIVEN = {
    "a field of the root": "queryY { org @skip(if: $y) { key } }",
    "a field": "queryY { org { key @skip(if: $y) } }",
    "a field of a list": "queryY { org { spaces { nodes { key @include(if: $y) } } } }",
    "a list": "queryY { org { spaces @include(if: $y) { totalCount } } }",
    "a page's part": "queryY { org { spaces { nodes @skip(if: $y) { key } } } }",
    "an inline fragment": "queryY { org { ... @skip(if: $y) { key } } }",
    "a fragment": "queryY { org { ...F @skip(if: $y) } } fragment F on Org { key }",
    "in a fragment": "queryY { org { ...F } } fragment F on Org { key @skip(if: $y) }",
    "deep in fragments": "queryY { ...G } fragment F on Org { key @skip(if: $y) }"
    " fragment G on Query { org { ...F } }",
    "introspection": "queryY { __schema { queryType { name @skip(if: $y) } } }",
    "where it would not be": "queryY"
    " { org @skip(if: true) { key @skip(if: $y) } viewer { account { id } } }",
    "a mutation": f"mutationY {{ {CREATE} @skip(if: $y) {{ node {{ id }} }} }}",
    "a mutation's payload": f"mutationY {{ {CREATE} {{ node {{ key @skip(if: $y) }} }} }}",
}
PLACES = {place: text.replace("Y ", "($y: Boolean = true) ", 1) for place, text in GIVEN.items()}
KEYS = "{ org { spaces { nodes { key } } } }"


@pytest.fixture(params=[True, False], ids=["compiled", "standard"])
def client(request: pytest.FixtureRequest, database_url: str) -> Iterator[Client]:
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url, compiles=request.param))) as http:
        yield Client(http, orgs)


def test_null_is_refused_at_every_place_before_anything_runs(client: Client) -> None:
    before = client.ask(KEYS).json()
    for place, text in PLACES.items():
        response = client.ask(text, {"y": None}, Accept=STRICT)
        assert shown(response) == (400, GRAPHQL, ["BAD_INPUT"]), place
        assert messages(response) == ["The variable $y of @skip or @include can't be null."]
        assert "data" not in response.json()
    assert client.ask(KEYS).json() == before


def test_what_is_not_null_decides(client: Client) -> None:
    text = PLACES["a field of a list"]
    with_keys = {"spaces": {"nodes": [{"key": "core"}, {"key": "lab"}]}}
    for variables, found in (({}, with_keys), ({"y": True}, with_keys)):
        assert client.ask(text, variables).json()["data"]["org"] == found
    assert client.ask(text, {"y": False}).json()["data"]["org"] == {"spaces": {"nodes": [{}, {}]}}


def test_a_null_of_another_operation_is_no_mistake(client: Client) -> None:
    both = (
        "query A($y: Boolean = true) { org { key spaces(first: 1) { totalCount @skip(if: $y) } } }"
    )
    two = f"{both} query B {{ org {{ key }} }}"
    body = json.dumps({"query": two, "operationName": "B", "variables": {"y": None}}).encode()
    assert client.post(body).json()["data"] == {"org": {"key": "acme"}}


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**70), 2**70)
    | some.floats()
    | some.text(max_size=8)
    | some.sampled_from(
        ["prj_1_1", "spc_1_1", "mem_1_1", "2027-01-01T00:00:00Z", "OWNER", "A" * 300]
    ),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.text(max_size=5) | some.sampled_from(["field", "direction", "key", "id"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
TYPED = (
    "query($v: ID!) { node(id: $v) { __typename } }",
    "query($v: [ID!]!) { nodes(ids: $v) { __typename } }",
    "query($v: Int) { org { spaces(first: $v) { totalCount } } }",
    "query($v: String) { org { spaces(after: $v) { nodes { key } } } }",
    "query($v: SpaceFilter) { org { spaces(filter: $v) { nodes { key } } } }",
    "query($v: ProjectOrder) { org { projects(orderBy: $v) { nodes { key } } } }",
    "query($v: DateTime) { org { spaces(first: 1) { nodes { access(at: $v) { level } } } } }",
    "query($v: ID) { org { projects(first: 1) { nodes { access(for: $v) { level } } } } }",
    "query($v: Boolean = true) { org { key @include(if: $v) } }",
    "mutation($v: SpaceUpdateInput!) { spaceUpdate(input: $v) { errors { code } } }",
    (
        'mutation($v: JSON) { assetUpdate(input: { id: "ast_1_1", metadata: $v })'
        " { errors { code } } }"
    ),
    (
        'mutation($v: JSON) { assetUpdate(input: { id: "ast_1_1", metadata: { a: $v } })'
        " { errors { code } } }"
    ),
    (
        'mutation($v: [GrantInput!]!) { grantsReplace(input: { node: "prj_1_1", grants: $v })'
        " { errors { code } } }"
    ),
)
PIECES = (
    *("{", "}", "(", ")", "[", "]", ":", "$v", "$w", "!", "@skip(if: $v)", "@include(if: null)"),
    *("...", "... on Space", "org", "spaces", "nodes", "node", "key", "__schema", "__typename"),
    *("query", "mutation", "subscription", "fragment F on Org", "...F", "1e999", '"x"', "null"),
    *("input", "first", "id", "{ id }", '"\\uD800"', '"""', "#", ",", "99999999999999999999", "-1"),
)


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "standard"])
def lasting(request: pytest.FixtureRequest, sqlite_files: SQLiteFiles) -> Iterator[Client]:
    with sqlite_files.fresh() as url:
        orgs = run(store_orgs(url))
        with TestClient(create_app(settings_for(url, compiles=request.param))) as http:
            yield Client(http, orgs)


def _check(client: Client, body: dict[str, Any]) -> None:
    response = client.post(json.dumps(body).encode(), Accept=STRICT)
    assert response.status_code in (200, 400, 405), response.text
    for error in response.json().get("errors", []):
        assert error["extensions"]["code"] != "INTERNAL", response.text


FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("text", TYPED)
@FUZZ
@given(value=VALUES)
def test_no_variable_makes_a_fault(lasting: Client, text: str, value: Any) -> None:
    _check(lasting, {"query": text, "variables": {"v": value}})


@FUZZ
@given(seed=some.integers(0, 2**32))
def test_no_document_makes_a_fault(lasting: Client, seed: int) -> None:
    draw = random.Random(seed)
    words = list[str](draw.choice(TYPED).replace("(", " ( ").replace(")", " ) ").split())
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(words))
        words[place : place + draw.randint(0, 2)] = [draw.choice(PIECES)]
    value: Any = draw.choice([None, True, 1, "x", [], {}, {"key": None}])
    _check(lasting, {"query": " ".join(words), "variables": {"v": value}})
