"""The demo Org is what it says, every time, and can be loaded."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.manifest.load import LoadResult, load_manifest
from server.demo import ADMIN, DEMO_PEOPLE, GUEST, OWNER, demo_lines


@cache
def objects(type_: str) -> list[dict[str, Any]]:
    return [each for each in map(orjson.loads, demo_lines()) if each["type"] == type_]


def grants_to(principal: str) -> list[dict[str, Any]]:
    return [grant for grant in objects("grant") if grant["to"] == principal]


def groups_of(user: str) -> list[str]:
    return [group["key"] for group in objects("group") if user in group["members"]]


async def test_the_demo_can_be_loaded(engine: AsyncEngine) -> None:
    assert await load_manifest(engine, demo_lines()) == LoadResult(43_783, ("demo",), ())


def test_the_demo_is_the_same_every_time() -> None:
    assert list(demo_lines()) == list(demo_lines())


def test_the_demo_has_a_thousand_spaces_of_ten_projects_of_three_assets() -> None:
    assert Counter(orjson.loads(each)["type"] for each in demo_lines()) == {
        "org": 1, "user": 50, "group": 12, "space": 1_000, "project": 10_000, "asset": 30_000,
        "grant": 2_720,
    }  # fmt: skip
    projects = Counter(project["space"] for project in objects("project"))
    assets = Counter((asset["space"], asset["project"]) for asset in objects("asset"))
    assert (set(projects.values()), set(assets.values())) == ({10}, {3})
    kinds = {"PIPELINE", "TASK", "ACCOUNT", "FILE", "APPLICATION", "DATASET"}
    assert {asset["kind"] for asset in objects("asset")} == kinds


def test_names_have_numbers_that_sort_unlike_their_letters() -> None:
    names = {space["name"] for space in objects("space")}
    assert {"Sensor Lab 2", "Sensor Lab 10"} <= names


def test_two_groups_hold_most_and_every_space_has_one_owner() -> None:
    held = Counter(grant["to"] for grant in objects("grant") if grant["to"].startswith("group:"))
    assert held.most_common(2) == [("group:growers", 398), ("group:field-sensors", 270)]
    owners = [(grant["on"], grant["to"]) for grant in objects("grant") if grant["level"] == "OWNER"]
    assert {on for on, _ in owners} == {space["key"] for space in objects("space")}
    assert len(owners) == 1_000
    assert Counter(to for _, to in owners).most_common(1) == [("user:anouk", 542)]


def test_some_grants_have_expired_and_some_will() -> None:
    expiries = [grant["expiresAt"] for grant in objects("grant") if "expiresAt" in grant]
    past = [each for each in expiries if datetime.fromisoformat(each) < datetime.now(UTC)]
    assert (len(past), len(expiries)) == (37, 88)


def test_some_projects_are_capped_by_a_grant_on_their_space() -> None:
    reads = {(grant["on"], grant["to"]) for grant in objects("grant") if grant["level"] == "READ"}
    capped = [
        grant
        for grant in objects("grant")
        if grant["level"] == "FULL" and (grant["on"].partition("/")[0], grant["to"]) in reads
    ]
    assert len(capped) >= 50


def test_one_user_is_deactivated() -> None:
    assert [user["key"] for user in objects("user") if user.get("active") is False] == ["quim"]


def test_the_people_to_look_at_it_as_are_users_of_it() -> None:
    users = {user["key"]: user["name"] for user in objects("user") if user.get("active", True)}
    assert [users[person.key] for person in DEMO_PEOPLE] == [person.name for person in DEMO_PEOPLE]


@pytest.mark.parametrize(
    ("key", "admin"), [(ADMIN.key, True), (OWNER.key, False), (GUEST.key, False)]
)
def test_only_the_admin_among_them_is_one(key: str, admin: bool) -> None:
    assert [user["admin"] for user in objects("user") if user["key"] == key] == [admin]


def test_the_owner_owns_five_spaces_and_all_in_them() -> None:
    grants = grants_to(f"user:{OWNER.key}")
    assert [(grant["level"], grant["propagate"]) for grant in grants] == [("OWNER", True)] * 5


def test_the_guest_sees_six_spaces_by_a_group_and_four_more_as_signposts() -> None:
    assert groups_of(GUEST.key) == ["contractors"]
    spaces = {grant["on"] for grant in grants_to("group:contractors")}
    signposts = {grant["on"].partition("/")[0] for grant in grants_to(f"user:{GUEST.key}")}
    assert (len(spaces), len(signposts), spaces & signposts) == (6, 4, set())
    assert all("/" in grant["on"] for grant in grants_to(f"user:{GUEST.key}"))
