"""One id has one content by whatever way: made-up Orgs with a past, in a client's cache."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.access.asking import Asker
from tests.access.model import Node, Org, User
from tests.access.normalised import Store, conflicts, sweeps
from tests.access.orgs import orgs
from tests.access.storing import store
from tests.access.test_generated import GENERATED

ORGS = 2
BOSS = User("boss", admin=True)
FIRST, SECOND = Node("early", "Early"), Node("late", "Late")
MOVED, LEFT = Node("early/moved", "Moved"), Node("early/left", "Left")
ASSETS = (Node("early/moved/plan", "Plan", "FILE"), Node("early/left/plan", "Plan", "FILE"))


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers for the Orgs, of which one database holds all."""
    return itertools.count()


def test_one_document_may_ask_for_all_fields_of_all_nodes() -> None:
    assert conflicts() == []


@given(org=orgs())
@settings(GENERATED, max_examples=ORGS, phases=[Phase.generate])
async def test_what_has_an_id_is_the_same_however_it_is_found(
    engine: AsyncEngine, numbers: Iterator[int], org: Org
) -> None:
    org = replace(
        org,
        users=(*org.users, BOSS),
        spaces=(*org.spaces, FIRST, SECOND),
        ordinary=(*org.ordinary, MOVED, LEFT),
        assets=(*org.assets, *ASSETS),
    )
    number = next(numbers)
    loaded = await store(engine, org, f"org-{number}")
    boss = Asker(engine, loaded, BOSS.key, compiles=False)
    await live_on(boss, org)
    for user in (BOSS, *org.users[:1]):
        kept = Store()
        asker = Asker(engine, loaded, user.key, compiles=bool(number % 2))
        for text, given_ids in sweeps(loaded.ids.values()):
            kept.keep(await asker.ask(text, given_ids))
        assert kept.differing == set()
        if user is BOSS:
            assert {"Event", "Grant", "Purge", "Deletion", "Project", "Member"} <= kept.types


async def live_on(boss: Asker, org: Org) -> None:
    """Change what is moved, granted and deleted, so that there is a history to tell."""
    ids, member = boss.loaded.ids, f"user:{org.users[0].key}"
    held = {"principal": ids[member], "level": "OWNER", "propagate": True}
    await change(boss, "grantSet", {"node": ids["early"], **held})
    await change(boss, "projectMove", {"id": ids["early/moved"], "into": ids["late"]})
    copied = {"id": ids["early/left"], "into": ids["late"], "newName": "Moved", "newKey": "moved"}
    await change(boss, "projectCopy", {**copied, "onClash": "OVERWRITE"})
    await change(boss, "grantSet", {"node": ids["late"], **held})
    token = await change(boss, "assetDelete", {"id": ids["early/left/plan"]})
    await change(boss, "purge", {"id": token, "confirmName": "Plan"})
    await change(boss, "spaceDelete", {"id": ids["early"]})


async def change(boss: Asker, name: str, given_: dict[str, Any]) -> Any:
    undo = "" if name in {"grantSet", "purge"} else "undoToken"
    type_ = f"{name[0].upper()}{name[1:]}Input"
    text = f"mutation($i: {type_}!) {{ {name}(input: $i) {{ errors {{ message }} {undo} }} }}"
    payload = (await boss.ask(text, {"i": given_}))[name]
    assert payload["errors"] == []
    return payload.get("undoToken")
