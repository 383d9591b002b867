"""Operations: what is let in, what is refused before anything is opened, and what is noted."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NoReturn

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from auth.credential import Credential
from engine.executor import Executor
from resolvers.context import Reading, reading
from schema.asked import Answer, Asked
from schema.documents import Documents
from schema.limits import Limits
from schema.operation import Operations
from tests.factories import Manifest, address, load
from tests.schema.faulty import OddError, faulty_schema

ADA = Credential(address("ada"), "acme")


def asked(text: str, variables: dict[str, Any] | None = None, name: str | None = None) -> Asked:
    return Asked(text, variables or {}, name, read_only=False, request_id="one")


def never(_credential: Credential) -> NoReturn:
    raise AssertionError("A snapshot was opened.")


def codes(answer: Answer) -> list[object]:
    return [(error.extensions or {})["code"] for error in answer.errors]


@pytest.fixture
async def operations(engine: AsyncEngine) -> Operations:
    """Operations of a faulty schema on a database with one Org."""
    await load(engine, Manifest("acme").user("ada", admin=True).user("dan", active=False))
    return Operations(Executor(faulty_schema()), Documents(), partial(reading, engine))


@pytest.fixture
def closed() -> Operations:
    """Operations that must not open a snapshot."""
    return Operations(Executor(faulty_schema()), Documents(Limits(aliases=1)), never)


async def test_an_operation_is_answered_with_its_cost(operations: Operations) -> None:
    answer = await operations.run(asked("query Few { fine }"), ADA)
    assert (answer.data, answer.errors, answer.ran) == ({"fine": "fine"}, [], True)
    assert answer.extensions == {"cost": {"cost": 0, "limit": 250_000}}


@pytest.mark.parametrize(
    ("text", "name", "noted"),
    [
        ("{ fine }", None, None),
        ("query Few { fine }", None, "Few"),
        ("query Few { fine } query Many { fine }", "Many", "Many"),
        (f"query {'x' * 65} {{ fine }}", None, "x" * 64),
    ],
)
async def test_it_is_noted_what_ran_and_who_asked(
    operations: Operations, text: str, name: str | None, noted: str | None
) -> None:
    answer = await operations.run(asked(text, name=name), ADA)
    assert answer.noted == {"operation": noted, "account": 1, "org": "acme", "statements": 1}


async def test_of_who_is_no_active_member_no_org_is_noted(operations: Operations) -> None:
    answer = await operations.run(asked("{ fine }"), Credential(address("dan"), "acme"))
    assert answer.noted == {"operation": None, "account": 2, "org": None, "statements": 1}


async def test_who_does_not_exist_is_refused_before_anything_runs(operations: Operations) -> None:
    answer = await operations.run(asked("{ fine }"), Credential(address("eve"), "acme"))
    assert (codes(answer), answer.data, answer.ran) == (["UNAUTHENTICATED"], None, False)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("{", None, "BAD_DOCUMENT"),
        ("{ nothing }", None, "BAD_DOCUMENT"),
        ("subscription { fine }", None, "BAD_DOCUMENT"),
        ("{ a: fine b: fine }", None, "LIMIT_ALIASES"),
        ("{ fine }", "Few", "BAD_OPERATION"),
        ("query A { fine } query B { fine }", None, "BAD_OPERATION"),
        ("query A { fine } query B { fine }", "C", "BAD_OPERATION"),
        ("fragment A on Query { fine } query B { ...A }", "A", "BAD_OPERATION"),
    ],
)
async def test_what_is_refused_opens_no_snapshot(
    closed: Operations, text: str, name: str | None, code: str
) -> None:
    answer = await closed.run(asked(text, name=name), ADA)
    assert (codes(answer), answer.data, answer.ran) == ([code], None, False)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("mutation { change }", None, "METHOD"),
        ("query A { fine } mutation B { change }", "B", "METHOD"),
        ("{ fine } # mutation { change }", "B", "BAD_OPERATION"),
    ],
)
async def test_a_transport_for_queries_alone_carries_no_mutation(
    closed: Operations, text: str, name: str | None, code: str
) -> None:
    answer = await closed.run(Asked(text, {}, name, read_only=True, request_id="one"), ADA)
    assert (codes(answer), answer.ran) == ([code], False)


async def test_a_query_beside_a_mutation_may_come_that_way(operations: Operations) -> None:
    text = "query A { fine } mutation B { change }"
    answer = await operations.run(Asked(text, {}, "A", read_only=True, request_id="one"), ADA)
    assert answer.data == {"fine": "fine"}
    answer = await operations.run(Asked(text, {}, "B", read_only=False, request_id="one"), ADA)
    assert answer.data == {"change": "changed"}


@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "\ud800", "\udc00\ud800", ["a", ["\0"]], {"a": {"b\0": 1}}]
)
async def test_text_that_no_database_takes_is_refused_wherever_it_is(
    closed: Operations, value: object
) -> None:
    text = "query ($e: Even) { named(even: $e) }"
    for variables in ({"e": value}, {"unused": value}):
        answer = await closed.run(asked(text, variables), ADA)
        assert (codes(answer), answer.ran) == (["BAD_INPUT"], False)
        assert answer.errors[0].message == (
            "Text can't hold the character U+0000, nor half of a surrogate pair."
        )


@pytest.mark.parametrize("value", ["\x01", "\ud7ff\ue000\U0010ffff", "\\u0000", 2, None, True, {}])
async def test_other_text_and_other_values_are_let_in(
    operations: Operations, value: object
) -> None:
    answer = await operations.run(asked("{ fine }", {"unused": [value]}), ADA)
    assert answer.errors == []


@pytest.mark.parametrize("suggestions", [True, False])
async def test_suggestions_come_only_where_the_schema_may_be_asked_for(
    engine: AsyncEngine, suggestions: bool
) -> None:
    await load(engine, Manifest("acme").user("ada", admin=True))
    documents = Documents(introspection=suggestions)
    executor = Executor(faulty_schema(), suggestions=suggestions)
    operations = Operations(executor, documents, partial(reading, engine))
    text = "query ($w: Way!) { named(way: $w) }"
    for answer in (
        await operations.run(asked("{ fin }"), ADA),
        await operations.run(asked(text, {"w": "UPP"}), ADA),
    ):
        assert ("Did you mean" in answer.errors[0].message) is suggestions


async def test_a_fault_in_a_field_leaves_the_others(operations: Operations) -> None:
    with capture_logs() as logged:
        answer = await operations.run(asked("{ fine late }"), ADA)
    assert (answer.data, codes(answer), answer.ran) == (
        {"fine": "fine", "late": None},
        ["INTERNAL"],
        True,
    )
    assert [type(entry["exc_info"]) for entry in logged if entry["event"] == "fault"] == [OddError]


async def test_an_operation_that_lost_the_database_has_no_data(operations: Operations) -> None:
    with capture_logs() as logged:
        answer = await operations.run(asked("{ fine broken lost late }"), ADA)
    assert (answer.data, codes(answer), answer.ran) == (None, ["UNAVAILABLE"], False)
    assert [entry["code"] for entry in logged if entry["event"] == "fault"] == ["UNAVAILABLE"]


async def test_whatever_goes_wrong_around_an_operation_is_masked() -> None:
    @asynccontextmanager
    async def broken(_credential: Credential) -> AsyncGenerator[Reading]:
        raise OddError("SELECT secret FROM vault")
        yield

    operations = Operations(Executor(faulty_schema()), Documents(), broken)
    with capture_logs() as logged:
        answer = await operations.run(asked("{ fine }"), ADA)
    assert answer.errors[0].formatted == {
        "message": "Something went wrong here; the log has it as one.",
        "extensions": {"code": "INTERNAL", "requestId": "one"},
    }
    assert (answer.data, answer.ran) == (None, False)
    assert [type(entry["exc_info"]) for entry in logged if entry["event"] == "fault"] == [OddError]
