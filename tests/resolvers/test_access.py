"""Why someone may do what, asked through GraphQL: who may ask, about whom, and about when."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.clock import time_text
from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.changing import mutate

# ada is an admin; oz owns core and all in it, pip owns core/site alone; ria is in the group crew,
# with bo and cy.
ASKED = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .user("pip")
    .user("ria")
    .user("bo")
    .user("cy")
    .group("crew", "ria", "bo", "cy")
    .space("core", name="Core")
    .project("core/site", name="Site")
    .project("core/docs", name="Docs")
    .grant("user:oz", "OWNER", on="core", propagate=True)
    .grant("group:crew", "READ", on="core")
    .grant("user:pip", "OWNER", on="core/site")
    .grant("group:crew", "FULL", on="core/site")
    .grant("user:ria", "READ", on="core/site")
)
GRANT = "{ redacted level propagate principal { key } principalName on { id } }"
WHY = f"""
query ($node: ID!, $for: ID, $at: DateTime) {{
  node(id: $node) {{ ...A ...B }}
}}
fragment A on Space {{ access(for: $for, at: $at) {{ ...Why }} }}
fragment B on Project {{ access(for: $for, at: $at) {{ ...Why }} }}
fragment Why on Access {{
  principal {{ key }}
  level
  source
  because
  redacted
  reachedBy {GRANT}
  limitedBy {{ rule sentence grants {GRANT} }}
  shadowed {GRANT}
  ways(to: FULL) {{
    steps {{ redacted principal {{ key }} on {{ id }} level propagate }}
    othersAffected
    redacted
    others {{ member {{ key }} node {{ id }} before after }}
  }}
}}
"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, ASKED)


async def why(engine: AsyncEngine, user: str, node: str, **asked: Any) -> Any:
    """Return what a user is told of access to a node."""
    answer = await ask(engine, user, "acme", WHY, {"node": node, **asked})
    assert answer.errors == []
    return answer.data["node"] and answer.data["node"]["access"]


def said(grants: list[dict[str, Any]], acme: Loaded) -> list[str]:
    """Return grants as sentences."""
    paths = {id_: path for path, id_ in acme.nodes.items()}
    return [
        "redacted"
        if one["redacted"]
        else f"{one['principal']['key']} {one['level']} on {paths[one['on']['id']]}"
        for one in grants
    ]


async def test_a_level_is_told_with_what_reaches_and_what_limits_it(
    engine: AsyncEngine, acme: Loaded
) -> None:
    found = await why(engine, "ria", acme.ids["core/site"])
    assert (found["principal"]["key"], found["level"], found["source"]) == ("ria", "READ", "GRANT")
    assert said(found["reachedBy"], acme) == ["crew FULL on core/site"]
    assert found["limitedBy"]["rule"] == "SPACE_LOWERS"
    assert said(found["limitedBy"]["grants"], acme) == ["crew READ on core"]
    assert said(found["shadowed"], acme) == ["ria READ on core/site"]
    assert found["because"].endswith(found["limitedBy"]["sentence"])


async def test_ways_tell_owners_whom_else_they_affect(engine: AsyncEngine, acme: Loaded) -> None:
    asked = {"for": acme.ids["user:ria"]}
    found = await why(engine, "oz", acme.ids["core/site"], **asked)
    ways = [
        ([(s["principal"]["key"], s["level"], s["propagate"]) for s in w["steps"]], w["others"])
        for w in found["ways"]
    ]

    def crew(node: str, after: str) -> list[Any]:
        on = {"id": acme.ids[node]}
        changed = {"node": on, "before": "READ", "after": after}
        return [{"member": {"key": key}, **changed} for key in ("bo", "cy")]

    assert ways == [
        ([("ria", "FULL", False)], []),
        ([("crew", "NONE", False)], crew("core", "NONE")),
        ([("crew", "FULL", False)], crew("core", "FULL")),
    ]
    own = await why(engine, "ria", acme.ids["core/site"])
    assert [(w["othersAffected"], w["redacted"], w["others"]) for w in own["ways"]] == [
        *[(None, True, [])] * 3,
    ]


async def test_a_way_that_is_taken_gives_the_level(engine: AsyncEngine, acme: Loaded) -> None:
    site = acme.ids["core/site"]
    for way in (await why(engine, "oz", site, **{"for": acme.ids["user:ria"]}))["ways"]:
        undone: list[tuple[str, str]] = []
        for step in way["steps"]:
            kind = "user" if step["principal"]["key"] == "ria" else "group"
            principal = acme.ids[f"{kind}:{step['principal']['key']}"]
            given = {"node": step["on"]["id"], "principal": principal}
            if step["level"] == "NONE":
                await mutate(engine, "ada", "grantRevoke", given, node="id")
            else:
                more = {"level": step["level"], "propagate": step["propagate"]}
                await mutate(engine, "ada", "grantSet", given | more, node="id")
            undone.append((step["on"]["id"], principal))
        assert (await why(engine, "ria", site))["level"] == "FULL"
        for node, principal in undone:
            crew = principal == acme.ids["group:crew"]
            given = {"node": node, "principal": principal, "level": "READ"}
            back = "grantSet" if crew else "grantRevoke"
            given = given if crew else {k: v for k, v in given.items() if k != "level"}
            await mutate(engine, "ada", back, given, node="id")
        assert (await why(engine, "ria", site))["level"] == "READ"


async def test_owners_ask_about_anyone_others_about_themselves(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site, asked = acme.ids["core/site"], {"for": acme.ids["user:bo"]}
    levels = {}
    for user in ("ada", "oz", "pip", "bo", "ria", "cy"):
        found = await why(engine, user, site, **asked)
        levels[user] = found and found["level"]
    assert levels == {
        **dict.fromkeys(("ada", "oz", "pip", "bo"), "READ"),
        **dict.fromkeys(("ria", "cy")),
    }
    assert await why(engine, "ria", acme.ids["core/docs"]) is None


async def test_what_an_owner_of_a_project_may_not_know_is_redacted(
    engine: AsyncEngine, acme: Loaded
) -> None:
    asked = {"for": acme.ids["user:bo"]}
    found = await why(engine, "pip", acme.ids["core/site"], **asked)
    assert found["redacted"]
    assert said(found["limitedBy"]["grants"], acme) == ["redacted"]
    assert [one["principal"] for one in found["limitedBy"]["grants"]] == [None]
    assert not (await why(engine, "oz", acme.ids["core/site"], **asked))["redacted"]


async def test_ways_hide_the_grants_that_are_redacted(engine: AsyncEngine, acme: Loaded) -> None:
    asked = {"for": acme.ids["user:bo"]}
    told = (await why(engine, "pip", acme.ids["core/site"], **asked))["ways"]
    hidden = {"redacted": True, "principal": None, "on": None, "level": None, "propagate": None}
    itself = {"redacted": False, "principal": {"key": "bo"}, "level": "FULL", "propagate": False}
    by_itself = itself | {"on": {"id": acme.ids["core"]}}
    way: dict[str, Any] = {"redacted": True, "othersAffected": None, "others": []}
    assert told == [{"steps": [by_itself], **way}, *[{"steps": [hidden], **way}] * 2]


@pytest.mark.parametrize("principal", ["mem_1_999", "spc_1_1", "nonsense", "mem_2_1"])
async def test_nobody_has_no_access_to_be_explained(
    engine: AsyncEngine, acme: Loaded, principal: str
) -> None:
    assert await why(engine, "ada", acme.ids["core/site"], **{"for": principal}) is None


async def test_groups_and_admins_are_explained_too(engine: AsyncEngine, acme: Loaded) -> None:
    site = acme.ids["core/site"]
    crew = await why(engine, "ada", site, **{"for": acme.ids["group:crew"]})
    assert (crew["level"], said(crew["reachedBy"], acme)) == ("READ", ["crew FULL on core/site"])
    ada = await why(engine, "ada", site)
    assert (ada["level"], ada["source"], ada["limitedBy"]) == ("OWNER", "ADMIN", None)


async def test_the_past_is_known(engine: AsyncEngine, acme: Loaded) -> None:
    site, ria = acme.ids["core/site"], acme.ids["user:ria"]
    moments: list[tuple[str, str]] = []

    async def note() -> None:
        told = await why(engine, "ada", site, **{"for": ria})
        moments.append((time_text(clock.now()), told["level"] if told else "NONE"))

    await note()
    given = {"node": acme.ids["core"], "principal": acme.ids["group:crew"]}
    await mutate(engine, "ada", "grantRevoke", given, node="id")
    await note()
    more = {"level": "READ_EXECUTE", "propagate": True}
    await mutate(engine, "ada", "grantSet", given | more, node="id")
    await note()
    await mutate(engine, "ada", "grantRevoke", {"node": site, "principal": ria}, node="id")
    crew = acme.ids["group:crew"]
    await mutate(engine, "ada", "grantRevoke", {"node": site, "principal": crew}, node="id")
    await note()
    assert [level for _, level in moments] == ["READ", "FULL", "READ_EXECUTE", "READ_EXECUTE"]
    for moment, level in moments:
        told = await why(engine, "ada", site, **{"for": ria, "at": moment})
        assert (told["level"], told["ways"]) == (level, [])
    before = time_text(acme.made_at - 1)
    told = await why(engine, "ada", site, **{"for": ria, "at": before})
    assert (told["level"], told["limitedBy"]["rule"]) == ("NONE", "NOT_THERE")
