"""Migrations lead to exactly what the models say, on both databases."""

from sqlalchemy.ext.asyncio import AsyncEngine

from db.migrate import current_version, differences, newest_version


async def test_a_migrated_database_is_what_the_models_say(engine: AsyncEngine) -> None:
    assert await differences(engine) == []


async def test_a_migrated_database_is_at_the_newest_version(engine: AsyncEngine) -> None:
    assert await current_version(engine) == newest_version()
