"""The schema explains itself: all of it is described, written down, and shown by examples."""

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

from auth.levels import Permission
from schema.__main__ import FILE, main
from schema.root import build_schema, executable_schema
from tests.factories import Manifest, ask, load

EXAMPLES = Path(__file__).parents[2] / "graphiql" / "src" / "examples"


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


def test_the_schema_is_the_one_that_is_written_down() -> None:
    assert FILE.read_text(encoding="utf-8") == build_schema().as_str() + "\n"
    assert main(["--check"]) == 0


@pytest.fixture
async def org(engine: AsyncEngine) -> str:
    manifest = (
        Manifest("acme")
        .user("ada", admin=True)
        .space("core")
        .project("core/site", name="Project 1")
        .asset("core/site/home")
    )
    return (await load(engine, manifest)).key


def examples() -> list[Any]:
    """Return the text and the variables of each example, by its name."""
    return [
        pytest.param(path.read_text(encoding="utf-8"), variables_of(path), id=path.stem)
        for path in sorted(EXAMPLES.glob("*.graphql"))
    ]


def variables_of(path: Path) -> dict[str, Any] | None:
    beside = path.with_suffix(".json")
    return orjson.loads(beside.read_bytes()) if beside.exists() else None


def test_the_examples_are_those_that_graphiql_shows() -> None:
    assert [example.id for example in examples()] == ["search", "tree", "upwards", "whatISee"]
    assert variables_of(EXAMPLES / "search.graphql") is not None


@pytest.mark.parametrize(("text", "variables"), examples())
async def test_an_example_in_graphiql_is_valid_and_runs(
    text: str, variables: dict[str, Any] | None, engine: AsyncEngine, org: str
) -> None:
    assert validate(executable_schema(), parse(text)) == []
    answer = await ask(engine, "ada", org, text, variables)
    assert answer.errors == []
    assert answer.data
