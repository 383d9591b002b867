"""The schema explains itself: all of it is described, written down, and shown by examples."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_directive,
    parse,
    validate,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from auth.levels import Permission
from schema.__main__ import FILE, main
from schema.root import build_schema, executable_schema
from tests.factories import Loaded, Manifest, address, ask, asked_as, load, run

EXAMPLES = Path(__file__).parents[2] / "graphiql" / "src" / "examples"
QUERIES = ("recycleBin", "search", "tree", "upwards", "whatISee", "why")
MUTATIONS = ("createSpace", "tryDelete")


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Give the place and the description of everything public."""
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description
    for type_ in schema.type_map.values():
        if not is_introspection_type(type_):
            yield type_.name, type_.description
            yield from parts(type_)


def parts(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Give the same of what a type is made of."""
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field.description
            for argument, definition in field.args.items():
                yield f"{type_.name}.{name}({argument}:)", definition.description
    elif isinstance(type_, GraphQLInputObjectType):
        for name, input_field in type_.fields.items():
            yield f"{type_.name}.{name}", input_field.description


def test_everything_is_described() -> None:
    found = dict(described(executable_schema()))
    assert [place for place, text in found.items() if not (text or "").strip()] == []
    assert {"Query.nodes(ids:)", "SpaceFilter.nameContains", "Permission"} <= found.keys()


def test_each_permission_is_described() -> None:
    type_ = executable_schema().type_map["Permission"]
    assert isinstance(type_, GraphQLEnumType)
    assert list(type_.values) == [level.name for level in Permission]
    assert all(value.description for value in type_.values.values())


def test_each_code_of_a_refusal_is_described_here_and_in_the_docs() -> None:
    type_ = executable_schema().type_map["UserErrorCode"]
    assert isinstance(type_, GraphQLEnumType)
    assert all(value.description for value in type_.values.values())
    page = (EXAMPLES.parents[2] / "docs" / "changes.md").read_text(encoding="utf-8")
    table = page.partition("| code |")[2].partition("\n\n")[0]
    codes = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(codes))) == {*type_.values}


def test_the_schema_is_the_one_that_is_written_down() -> None:
    assert FILE.read_text(encoding="utf-8") == build_schema().as_str() + "\n"
    assert main(["--check"]) == 0


@pytest.fixture
async def org(engine: AsyncEngine) -> Loaded:
    manifest = (
        Manifest("acme")
        .user("ada", admin=True)
        .space("core")
        .project("core/site", name="Project 1")
        .asset("core/site/home")
    )
    return await load(engine, manifest)


def examples(*names: str) -> list[Any]:
    """Return the text and the variables of each example named."""
    paths = [EXAMPLES / f"{name}.graphql" for name in names]
    return [
        pytest.param(path.read_text(encoding="utf-8"), variables_of(path), id=path.stem)
        for path in paths
    ]


def variables_of(path: Path) -> dict[str, Any]:
    beside = path.with_suffix(".json")
    return orjson.loads(beside.read_bytes()) if beside.exists() else {}


def test_the_examples_are_those_that_graphiql_shows() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.graphql")} == {*QUERIES, *MUTATIONS}
    assert variables_of(EXAMPLES / "search.graphql") != {}


@pytest.mark.parametrize(("text", "variables"), examples(*QUERIES))
async def test_a_query_in_graphiql_is_valid_and_runs(
    text: str, variables: dict[str, Any], engine: AsyncEngine, org: Loaded
) -> None:
    assert validate(executable_schema(), parse(text)) == []
    answer = await ask(engine, "ada", org.key, text, of(org, text, variables))
    assert answer.errors == []
    assert answer.data
    assert None not in answer.data.values()


def of(org: Loaded, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the variables with the id that GraphiQL finds for whoever asks."""
    return {**variables, "id": org.ids["core"]} if "$id" in text else variables


@pytest.mark.parametrize(("text", "variables"), examples(*MUTATIONS))
async def test_a_mutation_in_graphiql_is_valid_and_refused_nothing(
    text: str, variables: dict[str, Any], engine: AsyncEngine, org: Loaded
) -> None:
    assert validate(executable_schema(), parse(text)) == []
    asked = asked_as(text, of(org, text, variables))
    answer = await run(engine, Credential(address("ada"), org.key), asked, compiles=True)
    payloads: dict[str, Any] = answer.data or {}
    assert answer.errors == []
    assert [payload["errors"] for payload in payloads.values()] == [[]]
