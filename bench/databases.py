"""The databases that are measured: an Org of `bench.data` or `bench.crowd`, on each kind."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.data import ORG_ID, Made
from db.engine import open_engine, snapshot
from db.migrate import migrate
from db.models import PROJECT
from resolvers.manifest.load import load_manifest
from tests.postgresql import postgresql_server

KEPT = Path(__file__).parents[1] / "build" / "bench"


class Database(StrEnum):
    """The kinds of database, in the order of the tables."""

    POSTGRESQL = "PostgreSQL"
    SQLITE = "SQLite"


@contextmanager
def measured_databases(
    size: Made, kinds: Sequence[Database] = tuple(Database), *, kept: Path = KEPT
) -> Generator[dict[Database, str]]:
    """Give the URLs of the databases, filled now or in an earlier run (below build/bench)."""
    folder = kept / str(size)
    with ExitStack() as servers:
        urls = {kind: servers.enter_context(_database(kind, folder)) for kind in kinds}
        for url in urls.values():
            asyncio.run(_fill(url, size))
        yield urls


@contextmanager
def _database(kind: Database, folder: Path) -> Generator[str]:
    (folder / "postgresql").mkdir(parents=True, exist_ok=True)
    if kind is Database.SQLITE:
        yield f"sqlite:///{folder / 'freehold.db'}"
    elif url := _running(folder / "postgresql" / "data"):
        yield url  # whoever started that server stops it
    else:
        with postgresql_server(folder / "postgresql") as url:
            yield url


def _running(data: Path) -> str | None:
    """Return the URL of the PostgreSQL that runs on the data already, if one does."""
    file = data / "postmaster.pid"
    process, *_, folder = file.read_text().splitlines()[:5] if file.exists() else ("none", "")
    name = Path("/proc", process, "comm")
    running = name.exists() and name.read_text() == "postgres\n"
    return f"postgresql://postgres:@/postgres?host={folder}" if running else None


async def _fill(url: str, size: Made) -> None:
    engine = open_engine(url)
    await migrate(engine)
    if not await _projects(engine):
        await load_manifest(engine, size.lines())
        await _vacuum(engine)
    found = await _projects(engine)
    await engine.dispose()
    if found != size.all_projects:
        raise RuntimeError(f"{url} holds another Org, of {found} projects.")


async def _projects(engine: AsyncEngine) -> int:
    counted = select(func.count()).select_from(PROJECT).where(PROJECT.c.org_id == ORG_ID)
    async with snapshot(engine) as connection:
        return await connection.scalar(counted) or 0


async def _vacuum(engine: AsyncEngine) -> None:
    """Do now what PostgreSQL would do by itself while it is being measured."""
    if engine.dialect.name == "postgresql":
        settled = engine.execution_options(isolation_level="AUTOCOMMIT")
        async with settled.connect() as connection:
            await connection.exec_driver_sql("VACUUM ANALYZE")
