"""What an export shows, and what it leaves out."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import cast

import orjson
import pytest
from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.models import ASSET, GRANT, MEMBERSHIP, PROJECT, SPACE, AssetVersion
from resolvers.manifest.dump import dump_manifest
from resolvers.manifest.errors import UnknownOrgError
from resolvers.manifest.load import load_manifest
from tests.resolvers.manifest.manifests import (
    ACME,
    ADA,
    BASE,
    EVERYTHING,
    INGEST,
    Fields,
    encoded,
    ended,
    exported,
    line,
)

BETA = [ACME | {"key": "beta"}, *EVERYTHING[1:]]


async def set_columns(
    engine: AsyncEngine, table: Table, row: Fields, **columns: int | None
) -> None:
    """Change the rows of the first Org whose columns equal the ones given."""
    equal = [table.c[name] == value for name, value in row.items()]
    async with change(engine) as connection:
        await connection.execute(update(table).where(table.c.org_id == 1, *equal).values(columns))


def below(path: str) -> Callable[[Fields], bool]:
    """Return whether a line is about the node or what lies in it."""

    def is_below(fields: Fields) -> bool:
        place = "/".join(filter(None, (fields.get("space"), fields.get("project"))))
        if fields["type"] in {"space", "project", "asset"}:
            place = f"{place}/{fields['key']}".lstrip("/")
        return f"{fields.get('on') or place}/".startswith(f"{path}/")

    return is_below


@pytest.mark.parametrize(
    ("table", "row", "path", "count"),
    [
        (SPACE, {"key": "core"}, "core", 9),
        (PROJECT, {"name": "API", "description": "Öffentlich"}, "core/api", 4),
        (ASSET, {"kind": "TASK"}, "core/api/none", 1),
    ],
)
async def test_what_lies_in_the_bin_is_left_out_with_all_below_it(
    engine: AsyncEngine, table: Table, row: Fields, path: str, count: int
) -> None:
    await load_manifest(engine, encoded([*EVERYTHING, *BETA]))
    await set_columns(engine, table, row, deleted_at=1)
    rest = [fields for fields in EVERYTHING if not below(path)(fields)]
    assert len(rest) == len(EVERYTHING) - count
    assert await exported(engine) == encoded(ended(rest))
    assert await exported(engine, "beta") == encoded(ended(BETA))


async def test_ended_grants_are_left_out(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(EVERYTHING))
    await set_columns(engine, GRANT, {"level": 3}, ended_at=1)
    rest = [fields for fields in EVERYTHING if fields.get("level") != "FULL"]
    assert await exported(engine) == encoded(ended(rest))


async def test_ended_memberships_are_left_out(engine: AsyncEngine) -> None:
    bo = line("user", key="bo", name="Bo", admin=False)
    ops = line("group", key="ops", name="Ops", members=["ada", "bo"])
    await load_manifest(engine, encoded([ACME, ADA, bo, ops]))
    await set_columns(engine, MEMBERSHIP, {"member_id": 4}, ended_at=1)
    former = ADA | {"admin": False, "active": False}
    assert await exported(engine) == encoded(ended([ACME, former, bo, ops | {"members": ["bo"]}]))


async def test_of_an_assets_content_the_newest_version_is_shown(engine: AsyncEngine) -> None:
    old = {"mediaType": "text/plain", "text": "old"}
    other = INGEST | {"key": "other", "name": "Other", "content": old}
    await load_manifest(engine, encoded([*BASE, INGEST | {"key": "b", "name": "B"}, other]))
    (asset_id,) = [14]
    new = {"media_type": "text/csv", "reference": "s3://bucket/new.csv", "created_at": 1}
    async with change(engine) as connection:
        for number, columns in ((3, new), (2, new | {"reference": "s3://bucket/older.csv"})):
            ids = {"org_id": 1, "id": 100 + number, "asset_id": asset_id, "number": number}
            await connection.execute(insert(AssetVersion).values(**ids, **columns))
    content = {"mediaType": "text/csv", "reference": "s3://bucket/new.csv"}
    assert (await exported(engine))[-2:-1] == encoded([other | {"content": content}])


async def test_an_export_shows_one_moment(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(EVERYTHING))
    lines = dump_manifest(engine, "acme")
    first = [await anext(lines)]
    await set_columns(engine, SPACE, {"key": "core"}, deleted_at=1)
    await set_columns(engine, GRANT, {"level": 3}, ended_at=1)
    assert first + [each async for each in lines] == encoded(ended(EVERYTHING))


async def test_an_export_may_be_closed_early(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(EVERYTHING))
    lines = cast("AsyncGenerator[bytes]", dump_manifest(engine, "acme"))
    async with aclosing(lines):
        assert [orjson.loads(await anext(lines))["key"] for _ in range(9)][-1] == "api"
    async with change(engine):
        assert await exported(engine) == encoded(ended(EVERYTHING))


async def test_an_unknown_org_is_told_before_the_first_line(engine: AsyncEngine) -> None:
    with pytest.raises(UnknownOrgError, match=r'^There is no Org "acme"\.$'):
        await anext(dump_manifest(engine, "acme"))
