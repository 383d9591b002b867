"""The import of manifests: streaming, all or nothing for each Org."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import clock
from db.engine import change
from db.models import ACCOUNT, ORG
from resolvers.manifest.batches import read_batches
from resolvers.manifest.errors import ManifestError
from resolvers.manifest.forms import read_org
from resolvers.manifest.objects import Numbered, by_org, read_objects, whole
from resolvers.manifest.org import OrgImport
from resolvers.manifest.rows import TABLES

LONGEST_PAUSE = 0.25  # seconds


class LoadResult(NamedTuple):
    """What was stored: the number of objects (lines), the Orgs' keys, and what seems odd."""

    objects: int
    orgs: tuple[str, ...]
    warnings: tuple[str, ...]


async def load_manifest(
    engine: AsyncEngine,
    lines: Iterable[bytes],
    *,
    progress: Callable[[int], None] | None = None,
    needs_end: bool = False,
    stored: list[str] | None = None,
) -> LoadResult:
    """Store the Orgs of a manifest, whose lines may be a binary file; it is read line by line.

    `progress` is told the number of objects so far after each batch. ManifestError tells the first
    mistake: nothing of its Org is stored, the Orgs that were complete before it stay; `stored` gets
    their keys. A manifest that was cut off is known by its last line, if it `needs_end`.
    """
    tally = _Tally(progress or (lambda _: None), [] if stored is None else stored)
    try:
        for objects in by_org(whole(read_objects(lines), needs_end=needs_end)):
            began = time.monotonic()
            async with change(engine) as connection:
                key = await _load_org(connection, objects, tally)
            tally.orgs.append(key)
            await asyncio.sleep(_pause(time.monotonic() - began))
    except ManifestError as error:
        error.stored = tuple(tally.orgs)
        raise
    await _analyze(engine)
    return LoadResult(tally.objects, tuple(tally.orgs), tuple(tally.warnings))


def _pause(seconds: float) -> float:
    """Return for how long to let others change something, after such a time without them."""
    return min(seconds / 10, LONGEST_PAUSE)


@dataclass(slots=True)
class _Tally:
    """What was stored so far."""

    progress: Callable[[int], None]
    orgs: list[str]
    objects: int = 0
    warnings: list[str] = field(default_factory=list[str])

    def add(self, count: int) -> None:
        self.objects += count
        self.progress(self.objects)


async def _load_org(connection: AsyncConnection, objects: Iterator[Numbered], tally: _Tally) -> str:
    line = read_org(next(objects))
    org = await OrgImport.begin(connection, line, now=clock.now())
    tally.add(1)
    for batch in read_batches(objects):
        await org.store(batch)
        tally.add(len(batch))
    await org.finish()
    if not org.has_admin:
        tally.warnings.append(f'The Org "{line.key}" has no active admin.')
    return line.key


async def _analyze(engine: AsyncEngine) -> None:
    """Have PostgreSQL count what it got: until it does, it takes every table for a small one."""
    if engine.dialect.name == "postgresql":
        async with change(engine) as connection:
            tables = ", ".join(table.name for table in (ORG, ACCOUNT, *TABLES.values()))
            await connection.exec_driver_sql(f"ANALYZE {tables}")
