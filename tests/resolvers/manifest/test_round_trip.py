"""What was imported is exported again, and imports to the same."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from resolvers.manifest.load import load_manifest
from resolvers.manifest.objects import LARGEST_LINE
from resolvers.values import LONGEST_CONTENT, LONGEST_JSON
from tests.databases import SQLiteFiles
from tests.resolvers.manifest.generated import manifests
from tests.resolvers.manifest.manifests import (
    ACME,
    EVERYTHING,
    Fields,
    encoded,
    ended,
    exported,
    line,
)

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "manifest.md"
ORG_KEYS = itertools.count()


@pytest.fixture
def another_url(sqlite_files: SQLiteFiles) -> Iterator[str]:
    with sqlite_files.fresh() as url:
        yield url


async def test_an_export_equals_what_was_imported_byte_for_byte(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(EVERYTHING))
    assert await exported(engine) == encoded(ended(EVERYTHING))


async def test_the_documented_manifest_is_what_an_export_of_it_shows(engine: AsyncEngine) -> None:
    _, found, rest = DOCUMENTATION.read_bytes().partition(b"```json\n")
    lines = rest.partition(b"```")[0].splitlines(keepends=True)
    assert found
    assert (await load_manifest(engine, lines)).objects == 12
    assert await exported(engine) == lines


async def test_an_export_imports_to_the_same_in_another_database(
    engine: AsyncEngine, another_url: str
) -> None:
    await load_manifest(engine, encoded(EVERYTHING))
    lines, other = await exported(engine), open_engine(another_url)
    await load_manifest(other, lines)
    assert await exported(other) == lines
    await other.dispose()


async def test_an_export_is_in_sections_and_says_each_thing_in_one_way(
    engine: AsyncEngine,
) -> None:
    given = (
        line("org", name="Acme", key="acme"),
        line("space", key="core", name="Core"),
        line("grant", to="group:members", on="core", level="FULL"),
        line("asset", project="shared", space="core", name="A", key="a", kind="FILE"),
        line("user", key="bo", name="Bo", active=True),
        line("group", key="ops", name="Ops"),
        line("project", space="core", key="web", name="Web"),
        line("user", key="ada", name="Ada", active=False, admin=True),
        line(
            "grant", on="core/web", to="user:bo", level="READ", propagate=False,
            expiresAt="2027-01-01t01:00:00.50+01:00",
        ),
    )  # fmt: skip
    await load_manifest(engine, encoded(given))
    assert [orjson.loads(each) for each in await exported(engine)] == [
        line("org", key="acme", name="Acme"),
        line("user", key="bo", name="Bo", admin=False),
        line("user", key="ada", name="Ada", admin=True, active=False),
        line("group", key="ops", name="Ops", members=[]),
        line("space", key="core", name="Core"),
        line("project", space="core", key="web", name="Web"),
        line("asset", space="core", project="shared", key="a", name="A", kind="FILE"),
        line("grant", on="core", to="group:members", level="FULL", propagate=False),
        line(
            "grant", on="core/web", to="user:bo", level="READ",
            expiresAt="2027-01-01T00:00:00.500000Z",
        ),
        line("end", objects=9),
    ]  # fmt: skip


async def test_the_longest_that_can_be_stored_makes_the_round_trip(
    engine: AsyncEngine, another_url: str
) -> None:
    """A group of more members than a line holds, and an asset's longest metadata and content."""
    users = [line("user", key=f"u{n}", name=str(n), admin=False) for n in range(10_001)]
    group = line("group", key="all", name="All", members=[user["key"] for user in users])
    number = b"1e15"  # by far longer as it is kept
    longest = b"[" + b",".join([number] * (LONGEST_JSON // 19)) + b"]"
    asset = line("asset", space=None, project="shared", key="a", name="A", kind="A")
    asset["metadata"] = orjson.Fragment(b'{"a":%b}' % longest)
    asset["content"] = {"mediaType": "a/b", "text": "\x01" * LONGEST_CONTENT}
    await load_manifest(engine, encoded([ACME, *users, group, asset]))
    lines, other = await exported(engine), open_engine(another_url)
    assert max(map(len, lines)) > LARGEST_LINE * 0.8
    await load_manifest(other, lines, needs_end=True)
    assert await exported(other) == lines
    await other.dispose()


async def check_round_trip(engine: AsyncEngine, data: st.DataObject) -> None:
    """Import a generated Org, and what it was exported as under another key."""
    key, other_key = (f"org-{next(ORG_KEYS)}" for _ in range(2))
    objects: list[Fields] = data.draw(manifests(key))
    await load_manifest(engine, encoded(objects))
    lines = await exported(engine, key)
    assert [orjson.loads(each) for each in lines] == ended(objects)
    renamed = encoded([objects[0] | {"key": other_key}, *lines[1:]])
    await load_manifest(engine, renamed)
    assert await exported(engine, other_key) == renamed


ONE_DATABASE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(ONE_DATABASE, max_examples=20)
@given(data=st.data())
async def test_any_org_makes_the_round_trip(engine: AsyncEngine, data: st.DataObject) -> None:
    await check_round_trip(engine, data)


@pytest.mark.full
@settings(ONE_DATABASE, max_examples=1000)
@given(data=st.data())
async def test_any_org_makes_the_round_trip_many_times(
    engine: AsyncEngine, data: st.DataObject
) -> None:
    await check_round_trip(engine, data)
