"""What was read is freed with the answer: it doesn't wait for the garbage collector."""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from engine.executor import Executor
from resolvers.context import reading
from resolvers.projects import ProjectRow
from schema.asked import Asked
from schema.documents import Documents
from schema.operation import Operations
from schema.root import executable_schema
from tests.factories import address
from tests.resolvers.conftest import Stored

TREE = (Path(__file__).parents[2] / "docs" / "queries" / "tree.graphql").read_text()
SCHEMA = executable_schema()


@contextmanager
def collected() -> Generator[list[Any]]:
    """Give the list of what a collector finds afterwards; none runs until then."""
    gc.collect()
    gc.disable()
    found = list[Any]()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def garbage_of(executor: Executor, engine: AsyncEngine, stored: Stored) -> list[Any]:
    """Return what is left of a tree that is asked for the second time."""
    operations = Operations(executor, Documents(), partial(reading, engine))
    credential = Credential(address("ben"), stored.loaded.key)
    asked = Asked(TREE, {}, None, read_only=True, request_id="a")
    await operations.run(asked, credential)
    with collected() as garbage:
        answer = await operations.run(asked, credential)
        assert (answer.errors, answer.ran) == ([], True)
        del answer
    return garbage


async def test_a_compiled_run_leaves_nothing(standing: AsyncEngine, stored: Stored) -> None:
    assert await garbage_of(Executor(SCHEMA), standing, stored) == []


async def test_a_compiled_run_whose_rows_come_in_parts_leaves_nothing(
    standing: AsyncEngine, stored: Stored
) -> None:
    with patch("resolvers.pagination.LARGE", 1), patch("db.stream.PART", 2):
        assert await garbage_of(Executor(SCHEMA), standing, stored) == []


async def test_the_standard_executor_leaves_no_rows(standing: AsyncEngine, stored: Stored) -> None:
    garbage = await garbage_of(Executor(SCHEMA, compiles=False), standing, stored)
    assert [one for one in garbage if isinstance(one, ProjectRow)] == []
