"""No text is looked at before its length was seen, wherever one may be given."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from starlette.testclient import TestClient

from engine.inputs import TEXTS, rule_of
from schema.root import executable_schema
from server.app import create_app
from tests.databases import run
from tests.server.asking import Client, Log, settings_for, store_orgs

SCHEMA = executable_schema()
# Combining marks in the wrong order: to bring n of them into order takes the square of n.
CRAFTED = "a" + "\u0315\u0300" * 62_500
SECONDS = 5  # a hundred times what the largest takes, and a tenth of what normalising one did
LIMITS = {"content.text": 1_048_576}
TAKEN = {"content.text", "description"}
DUMMIES: Mapping[str, Any] = {
    "ID": "x",
    "String": "x",
    "Int": 1,
    "Boolean": True,
    "JSON": {},
    "DateTime": "2027-01-01T00:00:00Z",
    "Revision": 1,
    "Count": 1,
}


class Place(NamedTuple):
    """Where a text may be given, a document that gives it there, and its variables."""

    name: str
    document: str
    given: Any
    field: str


def _texts(type_: GraphQLInputType, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each text in a value of the type: its name, and a value that has it."""
    inner: Any = get_nullable_type(type_)
    if is_list_type(inner):
        yield from ((name, [value]) for name, value in _texts(inner.of_type, path))
    elif isinstance(inner, GraphQLInputObjectType):
        for name, each in inner.fields.items():
            for place, value in _texts(each.type, f"{path}.{name}" if path else name):
                yield place, {**_least(inner), name: value}
    elif inner.name in TEXTS:
        yield path, CRAFTED


def _least(type_: GraphQLInputObjectType) -> dict[str, Any]:
    """Return what an input needs at least."""
    return {
        name: _dummy(each.type)
        for name, each in type_.fields.items()
        if is_non_null_type(each.type)
    }


def _dummy(type_: GraphQLInputType) -> Any:
    inner: Any = get_nullable_type(type_)
    if is_list_type(inner):
        return [_dummy(inner.of_type)]
    if isinstance(inner, GraphQLEnumType):
        return next(name for name in inner.values if name != "NONE")
    return _least(inner) if isinstance(inner, GraphQLInputObjectType) else DUMMIES[inner.name]


def _selected(field: GraphQLField) -> str:
    return "" if not hasattr(get_named_type(field.type), "fields") else " { __typename }"


def _queries() -> Iterator[Place]:
    """Yield the texts in arguments of the roots' and the Org's fields."""
    for type_, around in (("Query", "{}"), ("Org", "org {{ {} }}")):
        for name, field in SCHEMA.type_map[type_].fields.items():  # type: ignore[attr-defined]
            for argument, each in field.args.items():
                for path, value in _texts(each.type, argument):
                    asked = around.format(f"{name}({argument}: $x){_selected(field)}")
                    yield Place(
                        f"{type_}.{name}", f"query($x: {each.type}) {{ {asked} }}", value, path
                    )


def _mutations() -> Iterator[Place]:
    assert SCHEMA.mutation_type
    for name, field in SCHEMA.mutation_type.fields.items():
        type_ = field.args["input"].type
        asked = f"{name}(input: $x) {{ errors {{ code field message }} }}"
        for path, value in _texts(type_):
            yield Place(name, f"mutation($x: {type_}) {{ {asked} }}", value, path)


def _limit(place: Place) -> int:
    return LIMITS.get(place.field, 65_536 if place.field == "description" else 0)


@pytest.fixture(params=[True, False], ids=["compiled", "standard"])
def client(request: pytest.FixtureRequest, database_url: str) -> Iterator[Client]:
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url, compiles=request.param))) as http:
        yield Client(http, orgs)


def test_every_text_is_refused_by_its_length_before_all_else(client: Client, log: Log) -> None:
    places = [*_queries(), *_mutations()]
    assert len(places) > 150
    for place in places:
        if len(CRAFTED) <= _limit(place):
            continue
        began = time.monotonic()
        answer = client.ask(place.document, {"x": place.given}).json()
        assert time.monotonic() - began < SECONDS, place.name
        errors = answer.get("errors") or answer["data"][place.name]["errors"]
        error = next(
            one for one in errors if one.get("extensions", one).get("field") == place.field
        )
        told = error.get("extensions", error)
        assert told["code"] in ("BAD_INPUT", "INVALID", "BAD_CURSOR"), (place.name, error)
        assert told["field"] == place.field, place.name
        assert f"not {len(CRAFTED):,}" in error["message"], place.name
    statements = {entry["statements"] for entry in log.entries("graphql")}
    assert statements <= {1, 2}  # who asks: before a change, and where a query has something else


def test_what_may_be_long_says_how_long() -> None:
    found = {
        f"{name}.{field}": rule_of(each).longest
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLInputObjectType)
        for field, each in type_.fields.items()
        if rule_of(each).longest > 255 and get_named_type(each.type).name in TEXTS
    }
    assert {*found.values()} == {512, 1_020, 4_352, 65_536, 1_048_576}
    assert {name for name, longest in found.items() if longest > 4_352} == {
        "AssetContentInput.text",
        "ProjectCreateInput.description",
        "ProjectUpdateInput.description",
        "SpaceCreateInput.description",
        "SpaceUpdateInput.description",
    }


MANY = """mutation { spaceCreate(input: { key: "a/b", name: " x", description: "fine" }) {
  node { id } errors { code field message } } }"""


def test_all_mistakes_of_an_input_come_together(client: Client) -> None:
    payload = client.ask(MANY).json()["data"]["spaceCreate"]
    assert payload["node"] is None
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("INVALID", "key"),
        ("INVALID", "name"),
    ]


LONG_DESCRIPTION = """mutation ($text: String) {
  spaceCreate(input: { key: "k", name: "K", description: $text }) { errors { field message } } }"""


def test_texts_that_may_be_long_are_taken_up_to_their_limit(client: Client) -> None:
    for length, errors in ((65_537, 1), (65_536, 0)):
        answer = client.ask(LONG_DESCRIPTION, {"text": "d" * length}).json()
        assert len(answer["data"]["spaceCreate"]["errors"]) == errors
