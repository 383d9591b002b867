"""Nobody's change is overwritten unseen: revisions follow what is changed, and are expected."""

# JSON and graphql-core's generic types leave their parts open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false
# pyright: reportPrivateUsage=false

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ASSET, GRANT, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE
from schema.root import executable_schema
from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, answered, codes

Rows = dict[tuple[str, int], Any]
STALE = "errors { code message field currentRevision } revision"
NODES = (SPACE, PROJECT, ASSET, PRINCIPAL)
OTHER_COLUMNS = {"revision", "grants_revision", "members_revision"}
NODE_OF = {GRANT: (("space_id", "space"), ("project_id", "project"))}
SCHEMA = executable_schema()


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    manifest = CHANGED.copy().group("crew", "nan").asset("core/site/home", text="one")
    return await load(engine, manifest.grant("group:crew", "READ", on="core/docs"))


async def rows(engine: AsyncEngine, *tables: Table) -> Rows:
    """Return the rows of tables, by the table's name and their id."""
    found: Rows = {}
    async with snapshot(engine) as connection:
        for table in tables:
            for row in await connection.execute(select(table).where(table.c.org_id == 1)):
                found[table.name, row.id] = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return found


async def make(engine: AsyncEngine, name: str, given: Any) -> int:
    payload = await answered(engine, "ada", name, given, payload=STALE)
    assert payload["errors"] == []
    return int(payload["revision"])


STEPS: list[tuple[str, dict[str, Any]]] = [
    ("spaceCreate", {"key": "new", "name": "New"}),
    ("spaceUpdate", {"id": "core", "name": "Heart", "description": "All of it"}),
    ("spaceRename", {"id": "core", "name": "Core"}),
    ("projectCreate", {"space": "core", "key": "new", "name": "New"}),
    ("projectUpdate", {"id": "core/site", "name": "Place", "description": None}),
    ("projectCopy", {"id": "core/site", "into": "lab"}),
    ("assetCreate", {"project": "core/docs", "key": "a", "name": "A", "kind": "FILE"}),
    ("assetUpdate", {"id": "core/site/home", "name": "House", "metadata": {"a": 1}}),
    ("grantSet", {"node": "lab", "principal": "user:ria", "level": "OWNER"}),
    ("grantSet", {"node": "core/docs", "principal": "user:ria", "level": "OWNER"}),
    ("grantRevoke", {"node": "core/docs", "principal": "group:crew"}),
    ("grantsReplace", {"node": "core/site", "grants": []}),
    ("ownershipTransfer", {"node": "lab", "from": "user:ria", "to": "user:oz"}),
    ("groupCreate", {"key": "night", "name": "Night", "members": ["user:oz"]}),
    ("groupUpdate", {"id": "group:crew", "name": "The crew"}),
    ("groupMembersAdd", {"group": "group:crew", "members": ["user:ria", "user:pip"]}),
    ("groupMembersRemove", {"group": "group:crew", "members": ["user:pip"]}),
    ("memberUpdate", {"id": "user:ria", "name": "Ria"}),
    ("memberDeactivate", {"id": "user:ria", "heir": "user:fay"}),
    ("memberReactivate", {"id": "user:ria"}),
    ("projectMove", {"id": "core/docs", "into": "lab"}),
    ("assetMove", {"id": "core/site/home", "into": "core/docs"}),
    ("memberRemove", {"id": "user:oz", "heir": "user:fay"}),
    ("groupDelete", {"id": "group:crew"}),
    ("assetDelete", {"id": "core/site/home"}),
    ("projectDelete", {"id": "core/site"}),
    ("spaceDelete", {"id": "lab"}),
    ("memberAdd", {"email": "eve@example.org", "key": "eve", "name": "Eve", "admin": True}),
    ("serviceAccountCreate", {"key": "bot", "name": "Bot"}),
]


def named(acme: Loaded, given: Any) -> Any:
    """Return an input with the ids of what it names by paths."""
    if isinstance(given, dict):
        return {name: value if name in {"key", "name", "description"} else named(acme, value)
                for name, value in given.items()}  # fmt: skip
    if isinstance(given, list):
        return [named(acme, one) for one in given]
    return acme.ids.get(given, given) if isinstance(given, str) else given


async def test_a_revision_follows_all_that_it_is_of_and_nothing_else(
    engine: AsyncEngine, acme: Loaded
) -> None:
    for name, given in STEPS:
        before = await rows(engine, *NODES, GRANT, MEMBERSHIP)
        revision = await make(engine, name, named(acme, given))
        after = await rows(engine, *NODES, GRANT, MEMBERSHIP)
        wanted = dict(expected(before, after, revision))
        for key, row in after.items():
            for column in OTHER_COLUMNS & row.keys():
                was = before[key][column] if key in before else revision
                found = wanted.get((*key, column), was)
                if not (column == "members_revision" and row["kind"] == "MEMBER"):
                    assert row[column] == found, (name, key, column)


def expected(
    before: Rows, after: Rows, revision: int
) -> Iterator[tuple[tuple[str, int, str], int]]:
    """Yield the revisions that must be the change's: of rows, and of what facts are about."""
    for (table, id_), row in after.items():
        known = before.get((table, id_))
        if known == row:
            continue
        if table == "membership":
            yield ("principal", row["group_id"], "members_revision"), revision
        elif table == "access_grant":
            if known is None or known["ended_at"] != row["ended_at"]:
                on = "space" if row["project_id"] is None else "project"
                yield (on, row[f"{on}_id"], "grants_revision"), revision
        elif known is None or _itself(known) != _itself(row):
            yield (table, id_, "revision"), revision


def _itself(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OTHER_COLUMNS}


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("spaceUpdate", {"id": "core", "name": "A"}, "expectedRevision"),
        ("spaceRename", {"id": "core", "name": "A"}, "expectedRevision"),
        ("spaceDelete", {"id": "core"}, "expectedRevision"),
        ("projectUpdate", {"id": "core/site", "name": "A"}, "expectedRevision"),
        ("projectMove", {"id": "core/site", "into": "lab"}, "expectedRevision"),
        ("projectDelete", {"id": "core/site"}, "expectedRevision"),
        ("assetUpdate", {"id": "core/site/home", "name": "A"}, "expectedRevision"),
        ("groupUpdate", {"id": "group:crew", "name": "A"}, "expectedRevision"),
        ("groupDelete", {"id": "group:crew"}, "expectedRevision"),
        ("memberUpdate", {"id": "user:ria", "name": "A"}, "expectedRevision"),
        ("memberDeactivate", {"id": "user:ria"}, "expectedRevision"),
        ("memberRemove", {"id": "user:ria"}, "expectedRevision"),
        ("orgUpdate", {"name": "A"}, "expectedRevision"),
        ("grantsReplace", {"node": "core", "grants": []}, "expectedGrantsRevision"),
        ("grantRevoke", {"node": "core", "principal": "user:fay"}, "expectedGrantsRevision"),
        (
            "grantSet",
            {"node": "core/docs", "principal": "user:fay", "level": "READ"},
            "expectedGrantsRevision",
        ),
        (
            "groupMembersAdd",
            {"group": "group:crew", "members": ["user:oz"]},
            "expectedMembersRevision",
        ),
    ],
)
async def test_a_change_of_what_was_changed_since_is_refused_with_what_it_is_now(
    engine: AsyncEngine, acme: Loaded, name: str, given: dict[str, Any], field: str
) -> None:
    given = named(acme, given)
    stale = await answered(engine, "ada", name, {**given, field: 7}, payload=STALE)
    (error,) = stale["errors"]
    assert (error["code"], error["field"], error["currentRevision"]) == ("STALE", field, 0)
    assert stale["revision"] is None
    done = await answered(engine, "ada", name, {**given, field: 0}, payload=STALE)
    assert done["errors"] == []


async def test_of_two_dialogs_over_one_node_the_second_is_told_of_the_first(
    engine: AsyncEngine, acme: Loaded
) -> None:
    text = "node { ... on Space { revision grantsRevision } } errors { code }"
    given = {"node": acme.ids["core"], "principal": acme.ids["user:nan"], "level": "READ"}
    first = await answered(engine, "oz", "grantSet", given, payload=text)
    read = first["node"]
    one = {"node": acme.ids["core"], "grants": [], "expectedGrantsRevision": read["grantsRevision"]}
    owner = {"principal": acme.ids["user:oz"], "level": "OWNER", "propagate": True}
    assert codes(await answered(engine, "oz", "grantsReplace", {**one, "grants": [owner]},
                                payload=STALE)) == []  # fmt: skip
    assert codes(await answered(engine, "ada", "grantsReplace", one, payload=STALE)) == ["STALE"]
    renamed = {"id": acme.ids["core"], "name": "C", "expectedRevision": read["revision"]}
    assert codes(await answered(engine, "oz", "spaceRename", renamed, payload=STALE)) == []


def updates() -> Iterator[tuple[str, str]]:
    """Yield the fields of all updates that may be left out."""
    root = SCHEMA.mutation_type
    assert root is not None
    for name, field in root.fields.items():
        given: Any = field.args["input"].type
        type_ = given.of_type
        assert isinstance(type_, GraphQLInputObjectType)
        for key, one in type_.fields.items() if name.endswith("Update") else ():
            if not isinstance(one.type, GraphQLNonNull) and not key.startswith(("idem", "expect")):
                yield name, key


VALUES: Mapping[str, Any] = {
    "name": "Another",
    "description": "For guests",
    "kind": "TASK",
    "metadata": {"a": 1},
    "content": {"mediaType": "text/plain", "text": "two"},
    "retentionDays": 7,
    "costPerMinute": 20_000,
}
CLEARED: Mapping[str, Any] = {"description": None, "metadata": {}, "costPerMinute": None}
SHOWN = {"metadata": "metadata", "content": "content { text }"}
OF = {"space": "core", "project": "core/site", "asset": "core/site/home",
      "member": "user:ria", "group": "group:crew", "org": None}  # fmt: skip


@pytest.mark.parametrize(("name", "field"), [*updates()])
async def test_null_clears_what_can_be_empty_and_what_is_left_out_stays(
    engine: AsyncEngine, acme: Loaded, name: str, field: str
) -> None:
    what = OF[name.removesuffix("Update")]
    node = {} if what is None else {"id": acme.ids[what]}
    payload = f"node {{ {SHOWN.get(field, field)} }} errors {{ code field }}"

    async def change(**values: Any) -> Any:
        return await answered(engine, "ada", name, {**node, **values}, payload=payload)

    changed = await change(**{field: VALUES[field]})
    assert changed["errors"] == []
    others = {key for of, key in updates() if of == name} - {field}
    for other in others:
        assert (await change(**{other: VALUES[other]}))["node"] == changed["node"]
    nothing = await change(**{field: None})
    if field in CLEARED:
        assert (nothing["errors"], nothing["node"]) == ([], {field: CLEARED[field]})
    else:
        assert nothing["errors"] == [{"code": "INVALID", "field": field}]
    assert codes(await change()) == ["INVALID"]
