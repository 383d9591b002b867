"""Logs: JSON for a machine, text on a terminal, and in neither what nobody may read."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.models import ORG
from server.logs import configure_logs, redacted
from server.repeats import KINDS, SECONDS, Repeats

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJmcmVlaG9sZCJ9.c2lnbmF0dXJl"
S3CRET = "s3cret-name"


class Terminal(io.StringIO):
    """What says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def former_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def entries(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_machine_gets_json_lines_from_every_logger() -> None:
    configure_logs(stream := io.StringIO())
    structlog.get_logger().info("graphql", status=200, operation="Náme")
    logging.getLogger("uvicorn.error").info("Started %s", "it")
    logging.getLogger("elsewhere").warning("odd\nthing")
    logged = [{**entry, "timestamp": ""} for entry in entries(stream)]
    assert logged == [
        {
            "event": "graphql",
            "status": 200,
            "operation": "Náme",
            "level": "info",
            "timestamp": "",
        },
        {"event": "Started it", "level": "info", "timestamp": ""},
        {"event": "odd\nthing", "level": "warning", "timestamp": ""},
    ]


def test_what_is_small_talk_is_left_out() -> None:
    configure_logs(stream := io.StringIO())
    structlog.get_logger().debug("detail")
    logging.getLogger("uvicorn.error").debug("detail")
    logging.getLogger("httpx2").info("detail")
    assert stream.getvalue() == ""


def test_a_terminal_gets_text() -> None:
    configure_logs(stream := Terminal())
    structlog.get_logger().info("listening", url="http://127.0.0.1:8000")
    assert "listening" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["machine", "terminal"])
async def test_a_fault_shows_no_value_of_a_statement(
    engine: AsyncEngine, stream: io.StringIO
) -> None:
    configure_logs(stream)
    stream.truncate(0)
    times = {"created_at": 0, "updated_at": 0}
    row = {"key": S3CRET, "name": S3CRET, "revision": 1, "next_id": 1, **times}
    twice = insert(ORG).values([row, row])
    async with change(engine) as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(twice)
    structlog.get_logger().error("fault", exc_info=caught.value)
    logging.getLogger("uvicorn.error").error("fault", exc_info=caught.value)
    assert stream.getvalue().count("SQL parameters hidden") == 2
    assert "Traceback" in stream.getvalue()
    assert S3CRET not in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["machine", "terminal"])
def test_a_token_is_never_logged(stream: io.StringIO) -> None:
    configure_logs(stream)
    log, local = structlog.get_logger(), TOKEN
    log.info(local, header=f"Bearer {local}")
    try:
        int(local)
    except ValueError:
        log.exception("fault")
        logging.getLogger("elsewhere").exception("fault with %s", local)
    assert "[token]" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bearer " + TOKEN + ", then more", "Bearer [token], then more"),
        ("a\n[parameters: ('x', 1)]\nb", "a\n[parameters: left out]\nb"),
        ("a\nDETAIL:  Key (key)=(x) already exists.\nb", "a\nDETAIL: left out\nb"),
        (
            "invalid input for query argument $12: 'x' (expected int)",
            "invalid input for query argument $12: left out",
        ),
        ("nothing secret, eyJust.a", "nothing secret, eyJust.a"),
    ],
)
def test_only_what_is_secret_is_left_out(text: str, expected: str) -> None:
    assert redacted(text) == expected


def fail(text: str) -> Exception:
    try:
        int(f"no number {text}")
    except ValueError as error:
        return error
    raise AssertionError(text)


def test_a_thousand_faults_of_a_kind_leave_one_traceback() -> None:
    configure_logs(stream := io.StringIO())
    for number in range(1_000):
        structlog.get_logger().error("fault", request_id=str(number), exc_info=fail(str(number)))
    structlog.get_logger().error("fault", request_id="other", exc_info=KeyError("k"))
    logged = entries(stream)
    assert [entry["request_id"] for entry in logged] == ["0", "other"]
    assert "Traceback" in str(logged[0]["exception"])


def test_a_kind_of_fault_is_told_each_minute_with_how_often_it_came() -> None:
    now = 0.0
    repeats = Repeats(clock=lambda: now)

    def told(text: str) -> dict[str, object] | None:
        try:
            return dict(repeats(None, "error", {"event": "fault", "exc_info": fail(text)}))
        except structlog.DropEvent:
            return None

    first = told("a")
    assert first is not None
    assert isinstance(first["exc_info"], ValueError)
    assert [told("b") for _ in range(5)] == [None] * 5
    now += SECONDS
    again = told("c")
    assert again is not None
    assert ("exc_info" in again, again["left_out"]) == (False, 5)
    assert str(again["kind"]).startswith("ValueError at ")
    assert told("d") is None
    now += SECONDS
    assert (told("e") or {})["left_out"] == 1


def test_of_many_kinds_as_many_are_remembered_as_may_be() -> None:
    repeats = Repeats()
    kinds = [type(f"Error{number}", (Exception,), {})() for number in range(KINDS + 1)]
    for error in kinds:
        assert repeats(None, "error", {"exc_info": error})
    assert repeats(None, "error", {"exc_info": kinds[0]})["exc_info"] is kinds[0]
    with pytest.raises(structlog.DropEvent):
        repeats(None, "error", {"exc_info": kinds[-1]})
