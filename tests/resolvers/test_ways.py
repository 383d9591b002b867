"""The ways to a level: however many grants there are, and whom else each affects."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.counting import counted
from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.changing import answered

# oz owns core and lab; ria is in all groups, and the others in some with her, but ada is an admin,
# and dan deactivated. Nothing is held on core/docs, nor on its like core/more.
GROUPED = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .user("ria")
    .user("bo")
    .user("cy")
    .user("dan", active=False)
    .group("crew", "ria", "bo", "cy", "ada", "dan")
    .group("hid", "ria", "cy")
    .group("duo", "ria", "bo")
    .space("core")
    .space("lab")
    .project("core/site")
    .project("core/docs")
    .project("core/more")
    .project("lab/bench")
    .grant("user:oz", "OWNER", on="core", propagate=True)
    .grant("user:oz", "OWNER", on="lab", propagate=True)
    .grant("group:crew", "READ", on="core", propagate=True)
    .grant("group:hid", "READ_EXECUTE", on="core")
    .grant("group:duo", "FULL", on="core/site")
    .grant("user:cy", "READ", on="core/docs")
    .grant("user:bo", "OWNER", on="core/docs")
    .grant("group:duo", "FULL", on="lab/bench")
    .grant("group:hid", "READ", on="shared")
    .grant("user:bo", "FULL", on="shared")
)
USERS = ("ada", "oz", "ria", "bo", "cy", "dan")
LEVELS = ("NONE", "READ", "READ_EXECUTE", "FULL", "OWNER")
CAN_ACCESS = """
query ($id: ID!) { node(id: $id) { ... on Member {
  canAccess(first: 100) { nodes { node { id } level } }
} } }
"""
WAYS = """
query ($node: ID!, $for: ID, $to: Permission!, $first: Int) {
  node(id: $node) { ...A ...B ...C }
}
fragment A on Space { access(for: $for) { ways(to: $to, first: $first) { ...W } } }
fragment B on Project { access(for: $for) { ways(to: $to, first: $first) { ...W } } }
fragment C on Asset { access(for: $for) { ways(to: $to, first: $first) { ...W } } }
fragment W on AccessWay {
  steps { principal { id } on { id } level propagate }
  othersAffected
  others { member { id } node { id } before after }
}
"""
PLAN = """plan { gained lost changed first {
  member { id } node { id } before after
} } errors { code }"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, GROUPED)


async def ways(engine: AsyncEngine, user: str, node: str, to: str, **asked: Any) -> Any:
    """Return the ways that a user is told of."""
    given = {"node": node, "to": to, "first": 20, **asked}
    answer = await ask(engine, user, "acme", WAYS, given)
    assert answer.errors == []
    return answer.data["node"]["access"]["ways"]


async def planned(engine: AsyncEngine, step: Mapping[str, Any], *, dry: bool = True) -> list[Any]:
    """Return whose level on which node a step alters, as its dry run tells; or take it."""
    given = {"node": step["on"]["id"], "principal": step["principal"]["id"], "dryRun": dry}
    if step["level"] == "NONE":
        made = await answered(engine, "ada", "grantRevoke", given, payload=PLAN)
    else:
        given |= {"level": step["level"], "propagate": step["propagate"]}
        made = await answered(engine, "ada", "grantSet", given, payload=PLAN)
    assert made["errors"] == []
    return made["plan"]["first"] if dry else []


async def levels(engine: AsyncEngine, acme: Loaded) -> dict[tuple[str, str], str]:
    """Return each member's level on each space and project; NONE where there is none."""
    found = {
        (acme.ids[f"user:{user}"], id_): "NONE" for user in USERS for id_ in acme.nodes.values()
    }
    for user in USERS:
        member = acme.ids[f"user:{user}"]
        answer = await ask(engine, "ada", "acme", CAN_ACCESS, {"id": member})
        for one in answer.data["node"]["canAccess"]["nodes"]:
            found[member, one["node"]["id"]] = one["level"]
    return found


@pytest.mark.parametrize("path", ["core", "core/site", "core/docs", "core/shared", "shared"])
@pytest.mark.parametrize("whom", ["user:ria", "group:hid"])
async def test_others_are_those_whom_the_dry_run_tells(
    engine: AsyncEngine, acme: Loaded, path: str, whom: str
) -> None:
    asked = {"for": acme.ids[whom]}
    found = [await ways(engine, "ada", acme.ids[path], to, **asked) for to in LEVELS]
    for way in (way for some in found for way in some if len(way["steps"]) == 1):
        pairs = await planned(engine, way["steps"][0])
        others = {one["member"]["id"] for one in pairs} - {asked["for"]}
        assert way["othersAffected"] == len(others) == len(way["others"])
        assert {one["member"]["id"] for one in way["others"]} == others
        assert all(one in pairs for one in way["others"])


@pytest.mark.parametrize(
    ("path", "to", "steps"),
    [("core/site", "NONE", 2), ("core/site", "OWNER", 2), ("core/docs", "NONE", 1)],
)
async def test_ways_alter_the_levels_of_those_who_are_told(
    engine: AsyncEngine, acme: Loaded, path: str, to: str, steps: int
) -> None:
    ria = acme.ids["user:ria"]
    found = await ways(engine, "oz", acme.ids[path], to, **{"for": ria})
    way = next(way for way in reversed(found) if len(way["steps"]) == steps and way["others"])
    before = await levels(engine, acme)
    for step in way["steps"]:
        await planned(engine, step, dry=False)
    after = await levels(engine, acme)
    altered = {pair: level for pair, level in after.items() if before[pair] != level}
    assert altered[ria, acme.ids[path]] == to
    assert way["othersAffected"] == len({member for member, _ in altered} - {ria})
    for other in way["others"]:
        pair = (other["member"]["id"], other["node"]["id"])
        assert (before[pair], altered[pair]) == (other["before"], other["after"])


@pytest.mark.parametrize("to", ["NONE", "READ", "OWNER"])
async def test_a_member_of_many_groups_is_told_of_the_best_ways(
    engine: AsyncEngine, to: str
) -> None:
    many = Manifest("acme").user("oz").user("ria").user("bo").space("core").project("core/site")
    for number in range(60):
        many.group(f"g{number}", *("ria", "bo")[: number % 2 + 1])
        level = "READ_EXECUTE" if to == "READ" else "READ"
        for node in ("core", "core/site"):
            many.grant(f"group:g{number}", level, on=node, propagate=node == "core")
    many.grant("user:oz", "OWNER", on="core", propagate=True)
    acme = await load(engine, many)
    asked = {"for": acme.ids["user:ria"]}
    found = await ways(engine, "oz", acme.ids["core/site"], to, **asked)
    told = [(len(way["steps"]), way["othersAffected"]) for way in found]
    assert (
        told
        == {
            "NONE": [(120, 1)] * 2,  # revoked on the project, and at the space or else kept there
            "READ": [(60, 1)] * 2,
            "OWNER": [(2, 0)] * 20,  # by herself, and by groups that she is in alone
        }[to]
    )


@pytest.mark.parametrize(
    ("user", "without", "with_ways"),
    [("oz", 6, 14), ("ria", 6, 6)],  # ria owns nothing, so that nobody is counted for her
)
async def test_all_ways_are_found_by_as_many_statements(
    engine: AsyncEngine, acme: Loaded, user: str, without: int, with_ways: int
) -> None:
    fields = " ".join(f"{to}: ways(to: {to}) {{ othersAffected }}" for to in LEVELS[:2])
    for selected, number in (("level", without), (fields, with_ways)):
        access = f'access(for: "{acme.ids["user:ria"]}") {{ {selected} }}'
        text = f'{{ node(id: "{acme.ids["core/site"]}") {{ ... on Project {{ {access} }} }} }}'
        with counted() as statements:
            answer = await ask(engine, user, "acme", text)
        assert answer.errors == []
        assert len(statements) == 2 * number  # by both executors


async def test_others_are_counted_of_what_the_viewer_owns(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    for path in ("core", "core/site"):  # of core/more, where crew would lose READ, nothing is seen
        held = {"node": ids[path], "principal": ids["user:oz"], "level": "OWNER"}
        await answered(engine, "ada", "grantSet", held, payload="errors { code }")
    told: dict[str, list[tuple[int, list[str]]]] = {}
    for user in ("ada", "oz"):
        found = await ways(engine, user, ids["core/site"], "NONE", **{"for": ids["group:crew"]})
        kept = [way for way in found if way["steps"][0]["level"] != "NONE"]
        told[user] = [
            (way["othersAffected"], [one["member"]["id"] for one in way["others"]]) for way in kept
        ]
    bo, cy, ria = (ids[f"user:{user}"] for user in ("bo", "cy", "ria"))
    assert told == {"ada": [(3, [bo, cy, ria])], "oz": [(1, [cy])]}
