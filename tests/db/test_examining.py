"""What `doctor --deep` looks for: each damage is found by its name, none in a sound database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import change, open_engine
from db.epoch import begin_epoch
from db.examining import breaches, schema_breaches, storage_breaches
from db.ids import parse_id
from tests.db.damages import DATA, SCHEMA, Damage
from tests.factories import Loaded, load
from tests.resolvers.changes.binning import BINNED, delete
from tests.resolvers.changes.changing import answered

DONE = "errors { code message }"
SUBJECTS = {
    "core": "core",
    "lab": "lab",
    "shared": "shared",
    "lab_shared": "lab/shared",
    "admins": "group:admins",
    "members": "group:members",
    **{user: f"user:{user}" for user in ("pip", "oz", "nan")},
}


async def make(engine: AsyncEngine) -> Loaded:
    """Store an Org in which something was changed, moved, deleted and restored."""
    acme = await load(engine, BINNED)
    ids = acme.ids
    content = {"mediaType": "text/plain", "text": "x" * 9_000}
    for name, given in (
        ("assetUpdate", {"id": ids["core/site/home"], "content": content}),
        ("assetMove", {"id": ids["core/site/home"], "into": ids["lab/shared"]}),
        ("grantRevoke", {"node": ids["core"], "principal": ids["user:ria"]}),
        ("spaceRename", {"id": ids["lab"], "name": "Labs", "idempotencyKey": "k"}),
    ):
        assert (await answered(engine, "ada", name, given, payload=DONE))["errors"] == []
    await delete(engine, "ada", ids["core/docs"])
    return acme


async def harm(engine: AsyncEngine, acme: Loaded, damage: Damage) -> None:
    """Do the damage, past whatever the database holds of itself."""
    found = {name: parse_id(acme.ids[path]) for name, path in SUBJECTS.items()}
    numbers = {name: node.id for name, node in found.items() if node}
    async with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            await connection.exec_driver_sql("ROLLBACK")
            await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            await connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            await connection.exec_driver_sql("BEGIN")
        else:
            await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in damage.statements:
            if "CONSTRAINT" in statement and engine.dialect.name == "sqlite":
                continue  # it is looked past
            text = statement.format(**numbers)
            await connection.exec_driver_sql(f"{text} /* whatever the org_id */")
        await connection.commit()
        await connection.invalidate()  # its settings were changed


async def found_in(engine: AsyncEngine) -> set[str]:
    found = await breaches(engine, deep=True)
    return {breach.name for breach in found}


async def test_a_sound_database_has_no_breach(engine: AsyncEngine) -> None:
    await make(engine)
    async with change(engine) as connection:
        await begin_epoch(connection, through="epoch", at=clock.now())
    assert await storage_breaches(engine) == []
    assert await schema_breaches(engine) == []
    assert await breaches(engine, deep=True) == []
    assert await breaches(engine, deep=False) == []


@pytest.mark.parametrize("damage", DATA, ids=lambda one: one.found)
async def test_damaged_data_is_found_by_name(engine: AsyncEngine, damage: Damage) -> None:
    acme = await make(engine)
    await harm(engine, acme, damage)
    assert damage.found in await found_in(engine)


@pytest.mark.parametrize("damage", SCHEMA, ids=lambda one: one.found)
async def test_a_damaged_schema_is_found_by_name(engine: AsyncEngine, damage: Damage) -> None:
    if damage.only not in (None, engine.dialect.name):
        pytest.skip("a damage of the other database")
    acme = await make(engine)
    await harm(engine, acme, damage)
    assert damage.found in {breach.name for breach in await schema_breaches(engine)}


def overwrite(path: Path, place: float) -> None:
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * place) // 4096 * 4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
async def test_damaged_pages_are_found(sqlite_url: str, place: float) -> None:
    engine = open_engine(sqlite_url)
    await make(engine)
    await engine.dispose()
    path = Path(str(make_url(sqlite_url).database))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(path, place)
    engine = open_engine(sqlite_url)
    assert "integrity_check" in {breach.name for breach in await storage_breaches(engine)}
    await engine.dispose()
