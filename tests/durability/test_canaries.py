"""Why those who change things must say what they saw, and why a change takes the Org's lock first.

Each protection is seen to work and, in a canary, the fault that there is without it. Should a
canary fail, something else protects by now. `tests/db/test_transactions.py` has those of the db.
"""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from sqlalchemy import Connection, Update, event, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.credential import Credential
from db import clock
from db.engine import change, open_engine
from db.gate import Gate
from db.ids import parse_id
from db.models import MEMBERSHIP
from db.revision import lock
from db.sqlite import SQLite
from schema.asked import Answer
from tests.durability.chores import content
from tests.durability.orgs import COUNTERS, acme
from tests.factories import Loaded, address, asked_as, load, run
from tests.factories import content as whole
from tests.resolvers.changes.changing import kept

TAKES_THE_LOCK = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT org.id"}
# SQLite's driver, as it is set up, begins no transaction by itself.
NO_LOCK = {"begin": "SELECT 1"}
ADMINS = ("u1", "u2", "u3", "u5", "u6", "u7")
RAISES_THE_REVISION = "UPDATE org"
UPDATE = "mutation ($i: AssetUpdateInput!) { assetUpdate(input: $i) { errors { code } revision } }"
DESCRIBE = (
    "mutation ($i: SpaceUpdateInput!) { spaceUpdate(input: $i) { errors { code } revision } }"
)
READ = "query ($i: ID!) { node(id: $i) { ... on Asset { revision content { text } } } }"


@pytest.fixture
async def org(engine: AsyncEngine) -> Loaded:
    return await load(engine, acme())


@pytest.fixture
async def others(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Connections of those whose statements aren't waited for."""
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@contextmanager
def unprotected() -> Generator[None]:
    """Have changes take no lock before they look at anything."""

    async def nothing(_connection: AsyncConnection, _org_id: int) -> None:
        pass

    with patch("resolvers.changes.run.lock", nothing), patch.object(SQLite, "change", NO_LOCK):
        yield


@pytest.fixture(autouse=True)
def as_in_several_processes() -> Iterator[None]:
    """Have changes wait for each other in the database alone."""

    def enter(_gate: Gate, _key: object) -> bool:
        return True

    with patch.object(Gate, "try_enter", enter):
        yield


class Waiting:
    """Counts those who have come to a statement that begins so, where the lock makes them wait."""

    def __init__(self, engine: AsyncEngine, beginning: str) -> None:
        self._beginning, self._number = beginning, 0
        self._come = asyncio.Event()
        event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        self._number += statement.startswith(self._beginning)
        self._come.set()

    async def for_(self, number: int) -> None:
        """Wait until so many have come to it."""
        while self._number < number:
            self._come.clear()
            await self._come.wait()


async def ask(engine: AsyncEngine, user: str, text: str, given: Any) -> Answer:
    asked = asked_as(text, {"i": given})
    return await run(engine, Credential(address(user), "acme"), asked, compiles=True)


def data(answer: Answer) -> Any:
    """Return what the operation's one field answered."""
    assert answer.errors == []
    (found,) = orjson.loads(whole(answer))["data"].values()
    return found


async def count_up(engine: AsyncEngine, id_: str, user: str, given: dict[str, Any]) -> Any:
    payload = data(await ask(engine, user, UPDATE, {"id": id_, "content": content("1"), **given}))
    return payload["errors"]


async def count_up_together(engine: AsyncEngine, id_: str, *, careful: bool) -> list[Any]:
    """Have admins read a counter at 0, and then all count it up; return what they are answered."""
    seen = {user: data(await ask(engine, user, READ, id_)) for user in ADMINS}
    assert {each["content"]["text"] for each in seen.values()} == {"0"}
    given = {
        user: {"expectedRevision": each["revision"]} if careful else {}
        for user, each in seen.items()
    }
    return await asyncio.gather(*(count_up(engine, id_, user, given[user]) for user in ADMINS))


async def test_of_those_who_say_what_they_saw_one_counts_up(
    engine: AsyncEngine, org: Loaded
) -> None:
    id_ = org.ids[COUNTERS[0]]
    answered = await count_up_together(engine, id_, careful=True)
    assert sorted(answered, key=len) == [[]] + [[{"code": "STALE"}]] * (len(ADMINS) - 1)
    assert data(await ask(engine, "ada", READ, id_))["content"]["text"] == "1"


async def test_canary_those_who_do_not_say_what_they_saw_wipe_out_each_other(
    engine: AsyncEngine, org: Loaded
) -> None:
    id_ = org.ids[COUNTERS[0]]
    answered = await count_up_together(engine, id_, careful=False)
    assert answered == [[]] * len(ADMINS)
    assert data(await ask(engine, "ada", READ, id_))["content"]["text"] == "1"


async def change_after_revoke(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded, statement: str
) -> Any:
    """Have an admin ask for a change and wait at a statement, until it is no admin any more."""
    waiting = Waiting(engine, statement)
    given = {"id": org.ids["core"], "description": "late"}
    async with change(others) as connection:
        await lock(connection, org.org_id)
        with unprotected() if statement == RAISES_THE_REVISION else nullcontext():
            late = asyncio.create_task(ask(engine, "u1", DESCRIBE, given))
            await waiting.for_(1)
        await connection.execute(let_out(org, "user:u1"))
    return data(await late)


def let_out(org: Loaded, member: str) -> Update:
    """Return what ends all that the member is, as of now."""
    node = parse_id(org.ids[member])
    assert node
    lasting = (MEMBERSHIP.c.org_id == org.org_id, MEMBERSHIP.c.ended_at.is_(None))
    is_in = update(MEMBERSHIP).where(*lasting, MEMBERSHIP.c.member_id == node.id)
    return is_in.values(ended_at=clock.now())


async def test_whoever_waits_for_the_lock_is_looked_up_once_it_is_free(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded
) -> None:
    before = await kept(engine)
    statement = TAKES_THE_LOCK[engine.dialect.name]
    payload = await change_after_revoke(engine, others, org, statement)
    assert payload == {"errors": [{"code": "NOT_FOUND"}], "revision": None}
    assert await kept(engine) == before


async def test_canary_without_the_lock_whoever_was_let_out_makes_a_change(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded
) -> None:
    revision, _ = await kept(engine)
    payload = await change_after_revoke(engine, others, org, RAISES_THE_REVISION)
    assert payload == {"errors": [], "revision": revision + 1}


async def ask_twice(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded, statement: str
) -> list[Answer]:
    """Ask for a change twice under one key, and have both wait at a statement at once."""
    waiting = Waiting(engine, statement)
    given = {"id": org.ids["core"], "description": "once", "idempotencyKey": "once"}
    async with change(others) as connection:
        await lock(connection, org.org_id)
        with unprotected() if statement == RAISES_THE_REVISION else nullcontext():
            both = [asyncio.create_task(ask(engine, "ada", DESCRIBE, given)) for _ in range(2)]
            await waiting.for_(2)
    return await asyncio.gather(*both)


async def test_what_is_asked_twice_at_once_has_one_answer(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded
) -> None:
    revision, _ = await kept(engine)
    answers = await ask_twice(engine, others, org, TAKES_THE_LOCK[engine.dialect.name])
    assert [data(one) for one in answers] == [{"errors": [], "revision": revision + 1}] * 2
    assert (await kept(engine))[0] == revision + 1


async def test_canary_without_the_lock_what_is_asked_twice_at_once_fails(
    engine: AsyncEngine, others: AsyncEngine, org: Loaded
) -> None:
    answers = await ask_twice(engine, others, org, RAISES_THE_REVISION)
    extensions = [error.extensions or {} for one in answers for error in one.errors]
    assert [each["code"] for each in extensions] == ["INTERNAL"]
