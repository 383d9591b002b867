"""What tests of either database need, and SQLite's: a copy of one migrated file per test."""

import asyncio
import itertools
import shutil
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from db.engine import open_engine
from db.migrate import SCRIPTS, migrate

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own, whatever loop the caller is in."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def migrate_database(url: str) -> None:
    """Bring a database to this version."""
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
        run(migrate_database(f"sqlite:///{self._template}"))

    @contextmanager
    def fresh(self) -> Generator[str]:
        """Give the URL of a copy that lasts for one test."""
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()
