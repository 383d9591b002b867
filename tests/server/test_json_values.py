"""JSON is kept and answered as it was sent, by literals and variables alike, or refused."""

# A value of JSON has parts of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import run
from tests.server.asking import GRAPHQL, JSON, Client, messages, settings_for, shown, store_orgs
from tests.server.queries import STRICT

ASSETS = '{ org { projects(filter: { key: "site" }) { nodes { assets { nodes { id } } } } } }'
BY_VARIABLE = "mutation($id: ID!, $m: JSON) { assetUpdate(input: { id: $id, metadata: $m })"
BY_LITERAL = "mutation($id: ID!) { assetUpdate(input: { id: $id, metadata: %s })"
RETURNED = " { node { ... on Asset { metadata } } errors { code field message } } }"
READ = (
    "query($id: ID!) { node(id: $id) { ... on Asset { metadata history(first: 1)"
    " { nodes { before after } } } } }"
)
NUMBERS = some.integers(-(2**63), 2**64 - 1) | some.floats(allow_nan=False, allow_infinity=False)
TEXTS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
NAMES = some.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,5}", fullmatch=True)
VALUES = some.recursive(
    some.none() | some.booleans() | NUMBERS | TEXTS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = some.dictionaries(NAMES, VALUES, max_size=3)


class Asset:
    """An asset, and the ways of giving it metadata."""

    def __init__(self, client: Client) -> None:
        self.client = client
        (project,) = client.ask(ASSETS).json()["data"]["org"]["projects"]["nodes"]
        self.id: str = project["assets"]["nodes"][0]["id"]

    def by_variable(self, text: str) -> Any:
        """Send a JSON text as a variable, and return the answer."""
        query = orjson.dumps(BY_VARIABLE + RETURNED).decode()
        variables = f'{{"id": "{self.id}", "m": {text}}}'
        body = f'{{"query": {query}, "variables": {variables}}}'.encode()
        return self.client.post(body, Accept=STRICT)

    def by_literal(self, literal: str, definitions: str = "", **variables: Any) -> Any:
        """Send a literal of GraphQL, and return the answer."""
        query = BY_LITERAL.replace("$id: ID!", f"$id: ID!{definitions}") % literal + RETURNED
        return self.client.ask(query, {"id": self.id, **variables}, Accept=STRICT)

    @property
    def metadata(self) -> Any:
        """Read it, its history as well."""
        answer = self.client.ask(READ, {"id": self.id}).json()
        return answer["data"]["node"]["metadata"]


def literal(value: Any) -> str:
    """Return the GraphQL literal of a value."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value)


def same(found: Any, sent: Any) -> bool:
    """Return whether two values are the same, the types of their numbers included."""
    return repr(found) == repr(sent)


@pytest.fixture
def asset(database_url: str) -> Iterator[Asset]:
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url))) as http:
        yield Asset(Client(http, orgs))


SHARED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(sent=OBJECTS)
def test_what_is_sent_is_what_is_answered(asset: Asset, sent: dict[str, Any]) -> None:
    for answer in (asset.by_literal(literal(sent)), asset.by_variable(json.dumps(sent))):
        assert shown(answer) == (200, GRAPHQL, []), answer.text
        payload = answer.json()["data"]["assetUpdate"]
        if not payload["errors"]:  # the second changes nothing
            assert same(_sorted(payload["node"]["metadata"]), _sorted(sent))
        assert same(_sorted(asset.metadata), _sorted(sent))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


LARGE = "can't hold a number beyond 64 bits or the range of a double"


@pytest.mark.parametrize("number", ["18446744073709551616", "-9223372036854775809", "9" * 300])
def test_an_integer_beyond_64_bits_is_refused(asset: Asset, number: str) -> None:
    before = asset.metadata
    by_literal, by_variable = (
        asset.by_literal(f"{{n: {number}}}"),
        asset.by_variable(f'{{"n": [{number}]}}'),
    )
    for answer, code in ((by_literal, "BAD_DOCUMENT"), (by_variable, "BAD_INPUT")):
        assert shown(answer) == (400, GRAPHQL, [code])
        assert LARGE in messages(answer)[0]
    assert asset.metadata == before


@pytest.mark.parametrize("number", ["18446744073709551615", "-9223372036854775808", "1e308"])
def test_numbers_at_the_rim_are_kept(asset: Asset, number: str) -> None:
    assert shown(asset.by_variable(f'{{"n": {number}}}')) == (200, GRAPHQL, [])
    assert asset.metadata == {"n": json.loads(number)}
    assert shown(asset.by_literal("{}")) == (200, GRAPHQL, [])
    assert shown(asset.by_literal(f"{{n: {number}}}")) == (200, GRAPHQL, [])
    assert asset.metadata == {"n": json.loads(number)}


def test_what_no_double_holds_is_refused(asset: Asset) -> None:
    answer = asset.by_literal("{n: 1e999}")
    assert shown(answer) == (400, GRAPHQL, ["BAD_DOCUMENT"])
    assert LARGE in messages(answer)[0]
    answer = asset.by_variable('{"n": 1e999}')
    assert shown(answer) == (400, GRAPHQL, ["BAD_REQUEST"])
    assert messages(answer) == ["The body has a number beyond the range of a double."]
    assert not any(math.isinf(each) for each in asset.metadata.values())


def test_variables_within_a_literal_are_taken_as_they_were_sent(asset: Asset) -> None:
    answer = asset.by_literal(
        "{at: $at, level: $level, id: $i, list: [$n, $absent], absent: $absent, in: {on: $on}}",
        ", $at: DateTime, $level: Permission, $i: ID, $n: Int, $absent: String"
        ", $on: Boolean = true",
        at="2027-01-01T00:00:00Z",
        level="FULL",
        i="7",
        n=5,
    )
    assert shown(answer) == (200, GRAPHQL, [])
    assert asset.metadata == {
        "at": "2027-01-01T00:00:00Z",
        "level": "FULL",
        "id": "7",
        "list": [5, None],
        "in": {"on": True},
    }


@pytest.mark.parametrize(("levels", "fits"), [(99, True), (100, False), (250, False), (900, False)])
def test_values_are_as_deep_as_an_answer_can_hold(asset: Asset, levels: int, fits: bool) -> None:
    before = asset.metadata
    # `metadata` itself is a level.
    inner = "[" * levels + "]" * levels
    for answer in (asset.by_variable(f'{{"n": {inner}}}'), asset.by_literal(f"{{n: {inner}}}")):
        if fits:
            assert shown(answer) == (200, GRAPHQL, [])
        else:
            assert (answer.status_code, "data" in answer.json()) == (400, False)
            assert "deep" in messages(answer)[0] or "LIMIT" in answer.text
    if fits:
        assert orjson.dumps(asset.metadata) == f'{{"n":{inner}}}'.encode()
    else:
        assert asset.metadata == before


DEEP = "query Deep($f: SpaceFilter) { org { spaces(filter: $f) { totalCount } } }"


@pytest.mark.parametrize("levels", [130, 260, 900])
def test_variables_nested_deep_are_refused_alike_by_every_way(asset: Asset, levels: int) -> None:
    client, value = asset.client, "[" * levels + "]" * levels
    variables = f'{{"f": {{"key": {value}}}}}'
    body = f'{{"query": {json.dumps(DEEP)}, "variables": {variables}}}'.encode()
    by_post = client.post(body)
    by_get = client.send(
        "GET", params={"query": DEEP, "variables": variables}, headers=client.bearer()
    )
    digest = hashlib.sha256(DEEP.encode()).hexdigest()
    hashed = f'{{"persistedQuery": {{"version": 1, "sha256Hash": "{digest}"}}}}'
    named = f'{{"query": {json.dumps(DEEP)}, "variables": {variables}, "extensions": {hashed}}}'
    for answer in (by_post, by_get, client.post(named.encode())):
        assert shown(answer) == (200, JSON, ["BAD_INPUT"])
        assert messages(answer) == ["The variables: JSON is nested too deep: 120 levels at most."]
