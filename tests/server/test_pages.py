"""Pages over HTTP: sizes that can't be, and cursors that no connection gave."""

import base64

import orjson
import pytest

from tests.server.asking import JSON, Client, messages, shown
from tests.server.queries import LIST, keys

UNREADABLE = "The cursor can't be read: pass one that this connection gave."
OTHER_ORDER = "The cursor is of another order: keep `orderBy` while you page."


def cursor(*content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({"first": -1}, "A page has 0 to 1000 rows, not -1."),
        ({"last": -(2**31)}, "A page has 0 to 1000 rows, not -2147483648."),
        (
            {"first": 1001},
            "A page has 0 to 1000 rows, not 1001. Ask for less and go on with `after`.",
        ),
        (
            {"last": 2**31 - 1},
            "A page has 0 to 1000 rows, not 2147483647. Ask for less and go on with `after`.",
        ),
        ({"first": 1, "last": 1}, "Give either `first` or `last`, not both."),
    ],
)
def test_a_page_of_an_impossible_size_is_refused(
    client: Client, page: dict[str, int], message: str
) -> None:
    response = client.ask(LIST, page)
    assert shown(response) == (200, JSON, ["BAD_PAGE"])
    assert messages(response) == [message]
    assert response.json()["errors"][0]["path"] == ["org", "spaces"]
    assert response.json()["data"] == {"org": None}


@pytest.mark.parametrize("page", [{"first": 0}, {"last": 0}])
def test_a_page_of_no_rows_is_empty(client: Client, page: dict[str, int]) -> None:
    assert keys(client.ask(LIST, page)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", UNREADABLE),
        ("zz", UNREADABLE),
        ("\u00e9\U0001f3c3", UNREADABLE),
        ("%00%ff", UNREADABLE),
        (base64.urlsafe_b64encode(bytes(range(256))).decode(), UNREADABLE),
        (base64.urlsafe_b64encode(b"[" * 5000).decode(), UNREADABLE),
        (base64.urlsafe_b64encode(b'["NAME","\\ud800",1]').decode(), UNREADABLE),
        (base64.urlsafe_b64encode(b'{"NAME":1}').decode(), UNREADABLE),
        ("A" * 8_192, UNREADABLE),
        (cursor(), UNREADABLE),
        (cursor("NAME"), UNREADABLE),
        (cursor("NAME", "core"), UNREADABLE),
        (cursor("NAME", "core", 1, 1), UNREADABLE),
        (cursor("NAME", 1, 1), UNREADABLE),
        (cursor("NAME", "core", "1"), UNREADABLE),
        (cursor("NAME", "core", 1.0), UNREADABLE),
        (cursor("NAME", "core", True), UNREADABLE),
        (cursor("NAME", "core", None), UNREADABLE),
        (cursor("NAME", None, 1), UNREADABLE),
        (cursor("NAME", ["core"], 1), UNREADABLE),
        (cursor("NAME", "co\0re", 1), UNREADABLE),
        (cursor("NAME", "core", 2**63), UNREADABLE),
        (cursor("NAME", "core", -(2**63)), UNREADABLE),
        (cursor("-NAME", "core", 1), OTHER_ORDER),
        (cursor("KEY", "core", 1), OTHER_ORDER),
        (cursor(["NAME"], "core", 1), OTHER_ORDER),
    ],
)
def test_a_cursor_that_the_connection_never_gave_is_refused(
    client: Client, text: str, message: str
) -> None:
    for argument in ("after", "before"):
        response = client.ask(LIST, {argument: text})
        assert shown(response) == (200, JSON, ["BAD_CURSOR"])
        assert messages(response) == [message]
        assert response.json()["data"] == {"org": None}


@pytest.mark.parametrize("values", [("", 0), ("core", 2**63 - 1), ("é" * 2000, -(2**63) + 1)])
def test_a_cursor_between_rows_is_a_place_like_any_other(
    client: Client, values: tuple[str, int]
) -> None:
    text = cursor("NAME", *values)
    after, before = client.ask(LIST, {"after": text}), client.ask(LIST, {"before": text})
    assert keys(before) + keys(after) == ["core", "lab"]


def test_a_cursor_of_another_order_is_refused(client: Client) -> None:
    by_key = {"orderBy": {"field": "KEY", "direction": "DESC"}}
    given = client.ask(LIST, by_key).json()["data"]["org"]["spaces"]["edges"][0]["cursor"]
    assert keys(client.ask(LIST, {**by_key, "after": given})) == ["core"]
    assert messages(client.ask(LIST, {"after": given})) == [OTHER_ORDER]
