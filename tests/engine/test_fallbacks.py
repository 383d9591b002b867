"""What is not compiled, or fails so, runs on the standard executor; it is counted and logged."""

import gc
from typing import Any
from weakref import ref

import pytest
from graphql import parse
from structlog.testing import capture_logs

from engine.executor import Executor, Operations
from tests.engine.library import library
from tests.engine.rows import Desk

FINE = "query Fine { shelves { name } }"
SCHEMA = "query Schema { __schema { queryType { name } } }"
BROKEN = '{ shelf(name: "Poems") { books { nodes { short } } } }'
MOST = "query Most($most: Int!) { items(ids: []) { ... on Book { siblings(most: $most) { id } } } }"
COMPILED = ("compiled", "")


class Library:
    """One executor, and documents that it is asked to run."""

    def __init__(self, *, compiles: bool = True) -> None:
        self.executor = Executor(library(), compiles=compiles)

    async def ask(
        self, text: str, *, times: int = 1, memory: Operations | None = None, **variables: Any
    ) -> list[dict[str, object]]:
        """Run an operation some times; return what was logged."""
        document = parse(text)
        with capture_logs() as entries:
            for _ in range(times):
                await self.executor.execute(
                    document, memory, operation_name=None, variables=variables, context=Desk()
                )
        return [dict(entry) for entry in entries]


def not_compiled(reason: str, operation: str | None) -> dict[str, object]:
    return {
        "event": "not compiled",
        "log_level": "info",
        "reason": reason,
        "operation": operation,
    }


def given_up(reason: str, operation: str | None) -> dict[str, object]:
    return {
        "event": "gave up a compiled run",
        "log_level": "info",
        "reason": reason,
        "operation": operation,
    }


async def test_what_runs_compiled_is_counted_and_not_logged() -> None:
    asked = Library()
    assert await asked.ask(FINE, times=3, memory={}) == []
    assert asked.executor.counts == {COMPILED: 3}


@pytest.mark.parametrize(
    ("text", "variables", "reason", "operation"),
    [
        (SCHEMA, {}, "introspection", "Schema"),
        (MOST, {"most": "many"}, "bad variables", "Most"),
        (
            f"query {'N' * 99} {{ __schema {{ queryType {{ name }} }} }}",
            {},
            "introspection",
            "N" * 64,
        ),
    ],
    ids=["introspection", "bad variables", "a long name"],
)
async def test_what_is_not_compiled_is_counted_each_time_and_logged_once(
    text: str, variables: dict[str, Any], reason: str, operation: str
) -> None:
    asked = Library()
    logged = await asked.ask(text, times=3, memory={}, **variables)
    assert logged == [not_compiled(reason, operation)]
    assert asked.executor.counts == {("not compiled", reason): 3}


async def test_each_operation_is_logged_for_itself() -> None:
    asked = Library()
    for _ in range(2):
        assert await asked.ask(SCHEMA, memory={}) == [not_compiled("introspection", "Schema")]
    assert asked.executor.counts == {("not compiled", "introspection"): 2}


async def test_a_document_that_is_not_remembered_is_not_compiled() -> None:
    asked = Library()
    assert await asked.ask(FINE, times=3) == [not_compiled("not remembered", None)]
    assert await asked.ask(SCHEMA) == []
    assert asked.executor.counts == {("not compiled", "not remembered"): 4}


async def test_a_run_that_is_given_up_is_counted_and_logged_each_time() -> None:
    asked = Library()
    assert await asked.ask(BROKEN, times=2, memory={}) == [given_up("ValueError", None)] * 2
    assert asked.executor.counts == {("given up", "ValueError"): 2}


@pytest.mark.parametrize("text", [FINE, SCHEMA, BROKEN])
async def test_without_compiling_there_is_nothing_to_fall_back_from(text: str) -> None:
    asked = Library(compiles=False)
    assert await asked.ask(text, memory={}) == []
    assert asked.executor.counts == {}


@pytest.mark.parametrize("text", [FINE, SCHEMA, BROKEN])
async def test_nothing_of_a_request_is_kept(text: str) -> None:
    executor, memory, desk = Executor(library()), dict[str | None, Any](), Desk()
    await executor.execute(parse(text), memory, operation_name=None, variables={}, context=desk)
    kept = ref(desk)
    del desk
    gc.collect()
    assert kept() is None
    assert memory.keys() == {None}
