"""Changes that arrive at once: one after another, none lost, and a repeated one made once."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, codes, kept, mutate


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def test_each_change_has_a_revision_and_an_event_of_its_own(
    engine: AsyncEngine, acme: Loaded
) -> None:
    before, events = await kept(engine)
    given = [{"key": f"space-{number}", "name": f"Space {number}"} for number in range(12)]
    payloads = await asyncio.gather(
        *(mutate(engine, "ada", "spaceCreate", each, node="key") for each in given)
    )
    made = sorted(payload["revision"] for payload in payloads)
    assert made == list(range(before + 1, before + 13))
    assert [codes(payload) for payload in payloads] == [[]] * 12
    revision, after = await kept(engine)
    assert revision == before + 12
    assert [event[0] for event in after[len(events) :]] == made
    assert acme.key == "acme"


async def test_a_repeated_change_is_made_once_though_all_arrive_together(
    engine: AsyncEngine, acme: Loaded
) -> None:
    before, _ = await kept(engine)
    given = {"key": "new", "name": "New", "idempotencyKey": "once"}
    payloads = await asyncio.gather(
        *(mutate(engine, "ada", "spaceCreate", given, node="id") for _ in range(8))
    )
    assert [payload["revision"] for payload in payloads] == [before + 1] * 8
    assert len({payload["node"]["id"] for payload in payloads}) == 1
    assert (await kept(engine))[0] == before + 1
    assert acme.key == "acme"


async def test_of_two_that_want_the_same_name_one_is_refused(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = (acme.ids["core"], acme.ids["lab"])
    payloads = await asyncio.gather(
        *(
            mutate(engine, "ada", "spaceRename", {"id": id_, "name": "Same"}, node="id")
            for id_ in ids
        )
    )
    assert sorted(codes(payload) for payload in payloads) == [[], ["NAME_TAKEN"]]


async def test_nothing_is_changed_after_it_was_deleted(engine: AsyncEngine, acme: Loaded) -> None:
    renames = [
        mutate(
            engine, "oz", "spaceRename", {"id": acme.ids["core"], "name": f"Core {n}"}, node="id"
        )
        for n in range(5)
    ]
    deleted = mutate(engine, "ada", "spaceDelete", {"id": acme.ids["core"]}, node="id")
    *renamed, gone = await asyncio.gather(*renames, deleted)
    assert codes(gone) == []
    late = [p for p in renamed if p["revision"] is None]
    assert all(codes(payload) == ["NOT_FOUND"] for payload in late)
    assert all(p["revision"] < gone["revision"] for p in renamed if p["revision"] is not None)
