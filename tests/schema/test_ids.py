"""An id is of one type alone, and what a change takes away is told by its id."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from collections import Counter

import pytest
from graphql import GraphQLObjectType, GraphQLType, get_named_type
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.edge import MARK, Column
from engine.resolve import declaration_of
from schema.root import executable_schema
from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, answered

SCHEMA = executable_schema()
DELETED = "deletedId errors { message }"
RESULTS = "results { givenId deletedId errors { message } } errors { message }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED.copy().group("crew", "nan").asset("core/site/home"))


def identified() -> dict[str, GraphQLType]:
    """Return the object types that have an `id`."""
    return {
        name: type_
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLObjectType) and "id" in type_.fields
    }


def test_no_two_types_have_ids_in_common() -> None:
    prefixes = Counter[str]()
    for type_ in identified().values():
        assert isinstance(type_, GraphQLObjectType)
        declared = declaration_of(type_.fields["id"])
        assert isinstance(declared, Column), MARK
        assert declared.template is not None, type_.name  # or it would have another's id
        prefixes[declared.template.partition("_")[0]] += 1
    assert set(prefixes.values()) == {1}
    assert {"Purge", "Deletion", "Event", "Grant", "Account", "Space"} <= identified().keys()


def test_every_change_that_takes_something_away_tells_its_id() -> None:
    root = SCHEMA.mutation_type
    assert root is not None
    taking = {
        name: get_named_type(field.type)
        for name, field in root.fields.items()
        if name.endswith(("Delete", "Remove", "Revoke", "purge", "restore", "restores"))
        and name != "groupMembersRemove"  # the members are still there
    }
    assert len(taking) == 12
    for name, payload in taking.items():
        assert isinstance(payload, GraphQLObjectType)
        results = payload.fields.get("results")
        holder = payload if results is None else get_named_type(results.type)
        assert isinstance(holder, GraphQLObjectType)
        assert "deletedId" in holder.fields, name


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("spaceDelete", "core"),
        ("projectDelete", "core/site"),
        ("assetDelete", "core/site/home"),
        ("groupDelete", "group:crew"),
        ("memberRemove", "user:nan"),
    ],
)
async def test_what_is_gone_is_told(
    engine: AsyncEngine, acme: Loaded, name: str, what: str
) -> None:
    id_ = acme.ids[what]
    given = {"id": id_}
    tried = await answered(engine, "ada", name, {**given, "dryRun": True}, payload=DELETED)
    assert tried == {"deletedId": None, "errors": []}
    gone = await answered(engine, "ada", name, given, payload=DELETED)
    assert gone == {"deletedId": id_, "errors": []}
    again = await answered(engine, "ada", name, given, payload=DELETED)
    assert again["deletedId"] is None
    assert again["errors"] != []


async def test_a_grant_that_ended_is_told(engine: AsyncEngine, acme: Loaded) -> None:
    held = {"node": acme.ids["core/site"], "principal": acme.ids["group:crew"]}
    told = "deletedId node { ... on Project { grants { nodes { id principal { id } } } } }"
    rounds = [("grantSet", "READ"), ("grantSet", "READ"), ("grantSet", "FULL"), ("grantRevoke", "")]
    gone, at_crew = [], [None]
    for name, level in rounds:
        given = held | ({"level": level} if level else {})
        payload = await answered(engine, "ada", name, given, payload=f"{told} errors {{ code }}")
        assert payload["errors"] == []
        gone.append(payload["deletedId"])
        rows = payload["node"]["grants"]["nodes"]
        of_crew = [row["id"] for row in rows if row["principal"]["id"] == held["principal"]]
        at_crew.append(next(iter(of_crew), None))
    assert gone == [None, None, at_crew[1], at_crew[3]]
    assert None not in at_crew[1:4]


async def test_what_came_back_or_is_purged_is_no_deletion_any_more(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = [acme.ids["core/site"], acme.ids["core/docs"]]
    payload = RESULTS.replace("deletedId", "deletedId undoToken")
    deleted = await answered(engine, "ada", "projectsDelete", {"ids": ids}, payload=payload)
    assert [one["deletedId"] for one in deleted["results"]] == ids
    first, second = [one["undoToken"] for one in deleted["results"]]
    back = await answered(engine, "ada", "restores", {"ids": [first]}, payload=RESULTS)
    assert back["results"] == [{"givenId": first, "deletedId": first, "errors": []}]
    given = {"id": second, "confirmName": "Docs"}
    payload = "deletedId purge { id deletionId } errors { message }"
    purged = await answered(engine, "ada", "purge", given, payload=payload)
    asked = {"id": second.replace("del", "pur"), "deletionId": second}
    assert purged == {"deletedId": second, "purge": asked, "errors": []}
