"""What is told of errors: the caller's own in full with a code, of faults only a request id."""

import pytest
from graphql import ExecutionResult, GraphQLError, parse
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from auth.errors import AuthError, unauthenticated, unavailable
from engine.executor import Executor
from schema.errors import coded, masked, raise_unavailable, shown_errors
from tests.schema.faulty import OddError, faulty_schema

WRONG_HERE = "Something went wrong here; the log has it as one."
UNPREPARED = "The database isn't set up; whoever runs this server must migrate it."


async def run(text: str, variables: dict[str, object] | None = None) -> ExecutionResult:
    executor = Executor(faulty_schema(), compiles=False)
    return await executor.execute(
        parse(text), None, operation_name=None, variables=variables or {}, context=None
    )


def shown(result: ExecutionResult) -> list[GraphQLError]:
    return shown_errors(result, otherwise="OTHERWISE", request_id="one")


@pytest.mark.parametrize(
    ("text", "variables", "code", "message"),
    [
        ("query ($w: Way!) { named(way: $w) }", {"w": 1}, "OTHERWISE", "Enum 'Way' cannot"),
        ("query ($w: Way!) { named(way: $w) }", {}, "OTHERWISE", "Variable '$w' has invalid"),
        ("query ($e: Even) { named(even: $e) }", {"e": 1}, "OTHERWISE", "Expected an even number."),
        ("query ($w: Way = UP) { named(way: $w) }", {"w": None}, "OTHERWISE", "Argument 'way'"),
        ("query ($s: Boolean = true) { fine @skip(if: $s) }", {"s": None}, "OTHERWISE", "'if'"),
        ("{ refused }", {}, "BAD_PAGE", "Not so."),
    ],
)
async def test_the_caller_s_own_mistakes_are_told_in_full_and_not_logged(
    text: str, variables: dict[str, object], code: str, message: str
) -> None:
    with capture_logs() as logged:
        (error,) = shown(await run(text, variables))
    assert error.extensions == {"code": code}
    assert message in error.message
    assert logged == []


@pytest.mark.parametrize(
    ("text", "path", "cause"),
    [
        ("{ broken }", ["broken"], OddError),
        ("{ a: broken }", ["a"], OddError),
        ("{ items { name } }", ["items", 1, "name"], TypeError),
        ("{ large }", ["large"], GraphQLError),
    ],
)
async def test_a_fault_is_masked_and_logged_with_what_it_was(
    text: str, path: list[str | int], cause: type[Exception]
) -> None:
    result = await run(text)
    assert result.errors
    with capture_logs() as logged:
        (error,) = shown(result)
    assert error.formatted == {
        "message": WRONG_HERE,
        "locations": [place.formatted for place in result.errors[0].locations or ()],
        "path": path,
        "extensions": {"code": "INTERNAL", "requestId": "one"},
    }
    (entry,) = logged
    assert type(entry.pop("exc_info")) is cause
    assert entry == {
        "event": "fault",
        "log_level": "error",
        "request_id": "one",
        "code": "INTERNAL",
    }


async def test_faults_and_mistakes_beside_each_other_keep_their_order() -> None:
    result = await run("{ fine broken refused large }")
    assert result.data == {"fine": "fine", "broken": None, "refused": None, "large": None}
    with capture_logs():
        told = [(error.path, (error.extensions or {})["code"]) for error in shown(result)]
    assert told == [(["broken"], "INTERNAL"), (["refused"], "BAD_PAGE"), (["large"], "INTERNAL")]


async def test_an_operation_that_lost_the_database_raises_what_it_lost_it_by() -> None:
    with pytest.raises(OperationalError):
        raise_unavailable(await run("{ fine broken lost }"))


@pytest.mark.parametrize("text", ["{ fine }", "{ broken refused large }"])
async def test_other_errors_do_not_look_like_a_lost_database(text: str) -> None:
    raise_unavailable(await run(text))


async def test_a_lost_database_is_told_as_something_that_passes() -> None:
    with capture_logs() as logged, pytest.raises(OperationalError) as lost:
        raise_unavailable(await run("{ lost }"))
    with capture_logs() as logged:
        error = masked(lost.value, request_id="one")
    assert error.formatted == {
        "message": UNPREPARED,
        "extensions": {"code": "UNAVAILABLE", "requestId": "one"},
    }
    assert [(entry["code"], entry["exc_info"]) for entry in logged] == [("UNAVAILABLE", lost.value)]


@pytest.mark.parametrize("refusal", [unauthenticated(), unavailable()])
def test_a_refusal_of_the_caller_is_told_in_its_own_words_and_not_logged(
    refusal: AuthError,
) -> None:
    with capture_logs() as logged:
        error = masked(refusal, request_id="one")
    assert error.formatted == {"message": refusal.message, "extensions": {"code": refusal.code}}
    assert logged == []


def test_an_error_keeps_the_code_that_it_has() -> None:
    assert coded(GraphQLError("a"), "OTHERWISE").extensions == {"code": "OTHERWISE"}
    own = GraphQLError("a", extensions={"code": "OWN", "more": 1})
    assert coded(own, "OTHERWISE").extensions == {"code": "OWN", "more": 1}
