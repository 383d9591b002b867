"""Long answers: written by parts that are one JSON text, bounded, and let go when taken."""

from collections.abc import MutableMapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.testclient import TestClient

from server.app import create_app
from server.serialising import PART, TooLongError, parts_of, serialised
from server.writing import CrowdedError, Form, Writer
from tests.databases import SQLiteFiles, run
from tests.server.asking import JSON, Client, settings_for, shown, store_orgs

KIBIBYTE = 2**10
FORM = Form(200, "application/json", {}, is_large=True)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**63), 2**63) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@given(some.dictionaries(some.text(), VALUES))
def test_the_parts_are_the_whole(body: dict[str, Any]) -> None:
    assert b"".join(run(parts_of(body, 2**30))) == serialised(body)


async def test_rows_and_fragments_are_written_as_in_one_go() -> None:
    rows = [{"n": n, "more": orjson.Fragment(b'{"a": 1}'), "in": [n] * 60} for n in range(2_000)]
    body = {"data": {"rows": rows, "flat": [*range(20_000)], "none": [], "text": "x" * 200_000}}
    parts = await parts_of(body, 2**30)
    assert b"".join(parts) == serialised(body)
    assert len(parts) > 5
    assert max(map(len, parts)) <= PART + 200_002


async def test_what_is_too_long_is_given_up_early() -> None:
    seen = 0

    class Rows(list[Any]):
        def __getitem__(self, place: Any) -> Any:
            nonlocal seen
            seen += 1
            return super().__getitem__(place)

    with pytest.raises(TooLongError):
        await parts_of({"rows": Rows([["x" * 100] for _ in range(100_000)])}, 10 * KIBIBYTE)
    assert seen < 1_000


async def _send(_message: MutableMapping[str, Any]) -> None:
    """Take whatever is sent."""


async def _receive() -> MutableMapping[str, Any]:
    return {}


async def test_what_waits_for_clients_is_bounded_and_given_back() -> None:
    writer = Writer(256 * KIBIBYTE)
    body = {"texts": ["x" * 100_000, "y" * 100_000]}
    first, second = await writer.write(body, FORM), await writer.write(body, FORM)
    with pytest.raises(CrowdedError):
        await writer.write(body, FORM)
    await first({}, _receive, _send)
    third = await writer.write(body, FORM)

    async def leave(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            raise ConnectionResetError

    for response in (second, third):
        with pytest.raises(ConnectionResetError):
            await response({}, _receive, leave)
    assert writer.held == 0


def test_an_answer_that_is_longer_than_may_be_is_refused(sqlite_files: SQLiteFiles) -> None:
    with sqlite_files.fresh() as url:
        orgs = run(store_orgs(url))
        settings = settings_for(url, max_answer_bytes=2**20)
        with TestClient(create_app(settings)) as http:
            client = Client(http, orgs)
            names = " ".join(f"a{n}: name" for n in range(90))
            many = "{ org { spaces { nodes { %s projects { nodes { %s } } } } } }"
            assert shown(client.ask(many % (names, names))) == (200, JSON, [])
            text = "z" * 700_000
            project = client.ask("{ org { projects(first: 1) { nodes { id } } } }").json()
            (node,) = project["data"]["org"]["projects"]["nodes"]
            made = client.ask(
                "mutation M($input: AssetCreateInput!)"
                " { assetCreate(input: $input) { node { id content { text } } errors { code } } }",
                {
                    "input": {
                        "project": node["id"],
                        "key": "long",
                        "name": "Long",
                        "kind": "FILE",
                        "content": {"mediaType": "text/plain", "text": text},
                    }
                },
            ).json()
            asset = made["data"]["assetCreate"]["node"]
            assert asset["content"]["text"] == text
            asked = "{ a: node(id: %(id)s) { ...T } b: node(id: %(id)s) { ...T } }"
            asked += " fragment T on Asset { content { text } }"
            refused = client.ask(asked % {"id": orjson.dumps(asset["id"]).decode()})
    assert shown(refused) == (200, JSON, ["ANSWER_TOO_LARGE"])
    assert "data" not in refused.json()
