"""Bodies over the limit are refused, however they come, and the server goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2
import orjson
import pytest

from server.app import create_app
from tests.browser.serving import serving
from tests.databases import SQLiteFiles
from tests.server.asking import (
    JSON,
    Client,
    Log,
    messages,
    settings_for,
    shown,
    store_orgs,
    token_for,
)
from tests.server.queries import ACME, KEY


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(client: Client, chunked: bool) -> None:
    body = orjson.dumps({"query": f"# {'x' * 10_000_000}\n{KEY}"})
    content = _chunks(body) if chunked else body
    headers = {"Content-Type": "application/json", **client.bearer()}
    response = client.send("POST", content=content, headers=headers)
    assert shown(response) == (413, JSON, ["TOO_LARGE"])
    assert messages(response) == ["A request has 1,048,576 bytes at most."]


def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(client: Client) -> None:
    body = orjson.dumps({"query": KEY})
    assert client.post(body.ljust(1_048_576)).json()["data"] == ACME
    assert client.post(body.ljust(1_048_577)).status_code == 413


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


async def _chunks_later(body: bytes) -> AsyncIterator[bytes]:
    for chunk in _chunks(body):
        yield chunk


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_real_server_refuses_a_large_body_and_goes_on(
    sqlite_files: SQLiteFiles, chunked: bool
) -> None:
    with sqlite_files.fresh() as url:
        orgs = await store_orgs(url)
        token = token_for(orgs.accounts["ada"], orgs.acme.org_id)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = orjson.dumps({"query": f"# {'x' * 10_000_000}\n{KEY}"})
        async with (
            serving(create_app(settings_for(url))) as address,
            httpx2.AsyncClient(base_url=address, headers=headers, trust_env=False) as http,
        ):
            content = _chunks_later(body) if chunked else body
            response = await http.post("/graphql", content=content)
            assert shown(response) == (413, JSON, ["TOO_LARGE"])
            response = await http.post("/graphql", content=orjson.dumps({"query": KEY}))
            assert response.json()["data"] == ACME


async def test_a_body_that_breaks_off_is_refused_to_nobody_and_the_server_goes_on(
    sqlite_files: SQLiteFiles, log: Log
) -> None:
    with sqlite_files.fresh() as url:
        orgs = await store_orgs(url)
        token = token_for(orgs.accounts["ada"], orgs.acme.org_id)
        async with serving(create_app(settings_for(url))) as address:
            host, port = httpx2.URL(address).host, httpx2.URL(address).port
            _, writer = await asyncio.open_connection(host, port)
            writer.write(
                b"POST /graphql HTTP/1.1\r\nHost: here\r\nX-Request-Id: mine\r\n"
                b"Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                b'Content-Length: 1000\r\n\r\n{"query": ' % token.encode()
            )
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            async with httpx2.AsyncClient(base_url=address, trust_env=False) as http:
                while not log.entries("graphql"):
                    assert (await http.get("/livez")).status_code == 200
    assert log.entries("graphql") == [{"level": "info", "request_id": "mine", "status": 400}]
    assert "Traceback" not in log.getvalue()
