"""The databases that are measured: the Org of `bench.data` on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.data import Size, lines
from db.engine import open_engine
from db.migrate import current_version, migrate
from resolvers.manifest.load import load_manifest
from tests.databases import postgresql_server

KEPT = Path(__file__).parents[1] / "build" / "bench"


@contextmanager
def measured_databases(size: Size) -> Generator[dict[str, str]]:
    """Give the URLs of both databases, filled now or in an earlier run (below build/bench)."""
    folder = KEPT / str(size)
    (folder / "postgresql").mkdir(parents=True, exist_ok=True)
    with postgresql_server(folder / "postgresql") as server:
        urls = {"SQLite": f"sqlite:///{folder / 'freehold.db'}", "PostgreSQL": server}
        for url in urls.values():
            asyncio.run(_fill(url, size))
        yield urls


async def _fill(url: str, size: Size) -> None:
    engine = open_engine(url)
    if await current_version(engine) is None:
        await migrate(engine)
        await load_manifest(engine, lines(size))
    await engine.dispose()
