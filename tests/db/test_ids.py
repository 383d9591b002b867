"""Public ids say type, Org and number; ids in an Org are counted and never given twice."""

import asyncio
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import ids
from db.engine import change, snapshot
from db.ids import NodeId, org_public_id, parse_id, public_id, reserve
from db.models import ORG

LARGEST = 9_223_372_036_854_775_807
NUMBERS = st.integers(1, LARGEST)
TYPES = [ids.SPACE, ids.PROJECT, ids.ASSET, ids.MEMBER, ids.GROUP]


@given(st.sampled_from(TYPES), NUMBERS, NUMBERS)
def test_a_public_id_is_read_back(type_: str, org_id: int, id_: int) -> None:
    assert parse_id(public_id(type_, org_id, id_)) == NodeId(type_, org_id, id_)


@given(NUMBERS)
def test_an_orgs_public_id_is_read_back(org_id: int) -> None:
    assert parse_id(org_public_id(org_id)) == NodeId(ids.ORG, org_id, org_id)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("prj_7_1234", NodeId("prj", 7, 1234)),
        ("org_7", NodeId("org", 7, 7)),
        (f"ast_{LARGEST}_{LARGEST}", NodeId("ast", LARGEST, LARGEST)),
        (f"org_{LARGEST}", NodeId("org", LARGEST, LARGEST)),
    ],
)
def test_ids_up_to_64_bits_are_read(text: str, node: NodeId) -> None:
    assert parse_id(text) == node


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prj",
        "prj_7",
        "prj_7_",
        "prj__7",
        "prj_7_1_2",
        "org_7_7",
        "org_",
        "acc_7",
        "acc_7_1",
        "xyz_7_1",
        "PRJ_7_1",
        "prj-7-1",
        "prj_0_1",
        "prj_1_0",
        "org_0",
        "prj_07_1",
        "prj_7_01",
        "prj_-7_1",
        "prj_+7_1",
        "prj_7_1 ",
        " prj_7_1",
        "prj_7_1\n",
        "prj_7_1.0",
        "prj_7_1e3",
        "prj_7_1_000",
        "prj_\u0667_1",
        "prj_\uff17_1",
        f"prj_{LARGEST + 1}_1",
        f"prj_1_{LARGEST + 1}",
        f"org_{LARGEST + 1}",
        f"prj_1_{10**19}",
        f"prj_1_{'9' * 10_000}",
        "prj_7_1\0",
        "cHJqXzdfMQ==",
    ],
)
def test_whatever_the_api_can_not_have_shown_names_nothing(text: str) -> None:
    assert parse_id(text) is None


@given(st.text() | st.from_regex(r"[a-z]{3}_[0-9_]{0,25}", fullmatch=True))
@example("prj_7_1")
def test_an_id_that_is_read_is_written_the_same(text: str) -> None:
    node = parse_id(text)
    if node is not None:
        org = node.type == ids.ORG
        assert text == (org_public_id(node.org_id) if org else public_id(*node))


async def test_ids_are_counted_in_each_org(engine: AsyncEngine, org_id: int) -> None:
    other = {"key": "other", "name": "Other", "revision": 0, "next_id": 1}
    async with change(engine) as connection:
        made = insert(ORG).values(id=org_id + 1, **other, created_at=0, updated_at=0)
        await connection.execute(made)
        assert await reserve(connection, org_id, 3) == 1
        assert await reserve(connection, org_id, 1) == 4
        assert await reserve(connection, org_id + 1, 1) == 1
    async with snapshot(engine) as connection:
        following = select(ORG.c.next_id).order_by(ORG.c.id)
        assert (await connection.scalars(following)).all() == [5, 2]


async def test_ids_that_were_not_committed_are_given_again(
    engine: AsyncEngine, org_id: int
) -> None:
    async with engine.connect() as connection:
        assert await reserve(connection, org_id, 5) == 1
        await connection.rollback()
    async with change(engine) as connection:
        assert await reserve(connection, org_id, 5) == 1


async def test_an_unknown_org_has_no_ids(engine: AsyncEngine) -> None:
    async with change(engine) as connection:
        with pytest.raises(LookupError, match=r"^There is no Org 7\.$"):
            await reserve(connection, 7, 1)


async def test_no_id_is_given_twice_to_those_who_ask_at_once(
    engine: AsyncEngine, org_id: int
) -> None:
    counts = [1, 2, 3, 5] * 5

    async def take(count: int) -> range:
        async with change(engine) as connection:
            first = await reserve(connection, org_id, count)
        return range(first, first + count)

    taken = await asyncio.gather(*map(take, counts))
    assert sorted(chain.from_iterable(taken)) == list(range(1, sum(counts) + 1))
