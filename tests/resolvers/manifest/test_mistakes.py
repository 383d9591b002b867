"""A mistake in a manifest names its line and says what is wrong; nothing of its Org is stored."""

from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.manifest.errors import ManifestError
from resolvers.manifest.load import load_manifest
from resolvers.manifest.objects import FIRST
from tests.resolvers.manifest.manifests import (
    ACME,
    ADA,
    API,
    BASE,
    CORE,
    INGEST,
    Fields,
    encoded,
    line,
    stored,
)
from tests.resolvers.manifest.mistakes import (
    GRANT,
    KEY,
    MISSING,
    SPACE,
    TAKEN,
    UNFIT_FIELDS,
    UNFIT_VALUES,
    UNREADABLE,
    Mistake,
)


async def refusal(engine: AsyncEngine, *lines: Fields | bytes) -> str:
    """Load the lines, the last of which is wrong, and return what is said of it."""
    with pytest.raises(ManifestError) as refused:
        await load_manifest(engine, encoded(lines))
    assert refused.value.line == len(lines)
    assert str(refused.value) == f"line {len(lines)}: {refused.value.message}"
    return refused.value.message


@pytest.mark.parametrize("mistakes", [UNREADABLE, UNFIT_FIELDS, UNFIT_VALUES, MISSING, TAKEN])
async def test_a_mistake_is_told_with_its_line_and_nothing_is_stored(
    engine: AsyncEngine, subtests: pytest.Subtests, mistakes: Sequence[Mistake]
) -> None:
    for wrong, message in mistakes:
        with subtests.test(message):
            assert await refusal(engine, *BASE, wrong) == message
            assert await stored(engine) == ([], 0)


@pytest.mark.parametrize("on", ["core", "core/api", "core/shared", "shared"])
async def test_a_principal_has_one_grant_on_a_node(engine: AsyncEngine, on: str) -> None:
    first, second = GRANT | {"on": on}, GRANT | {"on": on, "level": "FULL"}
    message = f'"user:ada" has a grant on "{on}" already'
    assert (
        await refusal(engine, *BASE, first, GRANT | {"on": on, "to": "group:build"}, second)
        == message
    )
    assert await stored(engine) == ([], 0)


async def test_the_same_names_and_keys_may_stand_elsewhere(engine: AsyncEngine) -> None:
    elsewhere = (
        line("group", key="ada", name="Ada"),
        line("space", key="Core", name="Core 2"),
        API | {"space": "Core"},
        INGEST | {"space": "Core"},
        INGEST | {"project": "shared"},
        INGEST | {"space": None, "project": "shared"},
    )
    result = await load_manifest(engine, encoded([*BASE, *elsewhere]))
    assert result.objects == len(BASE) + len(elsewhere)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (CORE, 'the first line must be of the type "org"'),
        ({"key": "acme"}, 'the first line must be of the type "org"'),
        (ACME | {"key": "a b"}, f'"key" {KEY}'),
        (ACME | {"name": "A/B"}, '"name" must not hold any of / \\ # ?'),
        (ACME | {"owner": "ada"}, 'the field "owner" is unknown'),
        (b"\x1f\x8b", f"this is not UTF-8, from byte 2 on; {FIRST}"),
    ],
)
async def test_a_manifest_begins_with_an_org(
    engine: AsyncEngine, wrong: Fields | bytes, message: str
) -> None:
    assert await refusal(engine, wrong) == message
    assert await stored(engine) == ([], 0)


async def test_an_org_that_is_there_already_is_left_as_it_is(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(BASE))
    assert await refusal(engine, ACME | {"name": "Other"}) == 'the Org "acme" exists already'
    assert await stored(engine) == (["acme"], 1)


async def test_orgs_that_were_complete_before_a_mistake_stay_and_are_named(
    engine: AsyncEngine,
) -> None:
    beta, gamma = ACME | {"key": "beta"}, ACME | {"key": "gamma"}
    bo = line("user", key="bo", name="Bo")
    with pytest.raises(ManifestError) as refused:
        await load_manifest(engine, encoded([*BASE, beta, ADA, gamma, bo, bo]))
    message = 'line 11: a user with the key "bo" exists already; stored before it: acme, beta'
    assert (str(refused.value), refused.value.stored) == (message, ("acme", "beta"))
    assert await stored(engine) == (["acme", "beta"], 1)


@pytest.mark.parametrize("wrong", [ACME | {"key": "."}, ACME, ACME | {"key": "b", "x": 1}])
async def test_a_mistake_in_an_orgs_own_line_leaves_the_org_above_it(
    engine: AsyncEngine, wrong: Fields
) -> None:
    with pytest.raises(ManifestError) as refused:
        await load_manifest(engine, encoded([*BASE, wrong]))
    assert (refused.value.line, refused.value.stored) == (7, ("acme",))
    assert await stored(engine) == (["acme"], 1)


@pytest.mark.parametrize("later", [b"{", GRANT | {"level": "?"}, GRANT | {"to": "user:bo"}, API])
async def test_of_several_mistakes_the_first_is_told(
    engine: AsyncEngine, later: Fields | bytes
) -> None:
    with pytest.raises(ManifestError, match=r'^line 7: a sibling has the name "core" already$'):
        await load_manifest(engine, encoded([*BASE, SPACE | {"name": "core"}, INGEST, later]))


async def test_a_conflict_is_found_with_a_line_of_an_earlier_batch(engine: AsyncEngine) -> None:
    many = [INGEST | {"key": f"a{n}", "name": f"A {n}"} for n in range(6_000)]
    again = many[0] | {"name": "Again"}
    message = 'the asset "a0" exists already in the project "core/api" (key)'
    assert await refusal(engine, *BASE, *many, again) == message
    assert await stored(engine) == ([], 0)
