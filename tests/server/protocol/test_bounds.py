"""What a client may take before it has shown a token: bytes, numbers and time, all bounded."""

import asyncio
import re
import resource
from dataclasses import replace

import orjson
import pytest

from tests.server.protocol.served import TIGHT, Client, serving

GET = b"GET / HTTP/1.1\r\nhost: here\r\n"
MEBIBYTE = 2**20


def told(response: bytes) -> tuple[int, str]:
    """Return the status and the code of a refusal, which must end the connection."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert b"cache-control: no-store" in head
    [error] = orjson.loads(body)["errors"]
    return int(head.split()[1]), error["extensions"]["code"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (GET + b"a: " + b"x" * 70_000 + b"\r\n\r\n", (431, "HEADERS_TOO_LARGE")),
        (GET + b"a: " + b"x" * 70_000, (431, "HEADERS_TOO_LARGE")),
        (GET + b"x" * 70_000, (431, "HEADERS_TOO_LARGE")),
        (GET + b"a: b\r\n" * 101, (431, "HEADERS_TOO_LARGE")),
        (GET + b"a: b\r\n" * 200_000, (431, "HEADERS_TOO_LARGE")),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", (414, "URL_TOO_LONG")),
        (b"GET /" + b"x" * 40_000, (414, "URL_TOO_LONG")),
        (b"\x16\x03\x01\x02", (400, "BAD_REQUEST")),
        (b"NONSENSE\r\n\r\n", (400, "BAD_REQUEST")),
    ],
)
async def test_what_is_too_much_is_refused(text: bytes, refusal: tuple[int, str]) -> None:
    async with serving() as served:
        assert told(await served.ask(text)) == refusal
        assert served.app.noted == []


async def test_what_is_just_enough_is_answered() -> None:
    async with serving() as served, served.client() as client:
        await client.send(GET + b"a: " + b"x" * 65_000 + b"\r\n\r\n")
        assert b"200 OK" in await client.head()
        await client.send(GET + b"a: b\r\n" * 99 + b"\r\n")
        assert b"200 OK" in await client.head()


async def test_an_endless_header_is_refused_without_keeping_it() -> None:
    async with serving() as served, served.client() as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await client.send(GET + b"a: ")
        for _ in range(64):
            await client.send(b"x" * MEBIBYTE)
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 16 * 1024  # KiB


async def test_a_header_of_many_pieces_is_as_bounded() -> None:
    async with serving(replace(TIGHT, header_seconds=60)) as served, served.client() as client:
        await client.send(GET)
        for _ in range(100):
            await client.send(b"a: " + b"x" * 1000 + b"\r\n")
            await asyncio.sleep(0.001)
        assert told(await client.rest()) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize(
    ("text", "slow"),
    [
        (b"", None),
        (b"GET / HT", (408, "TOO_SLOW")),
        (GET, (408, "TOO_SLOW")),
        (b"POST /echo HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf", (408, "TOO_SLOW")),
    ],
)
async def test_who_does_not_go_on_is_let_go(text: bytes, slow: tuple[int, str] | None) -> None:
    async with serving() as served:
        response = await served.ask(text)
        assert (told(response) if response else None) == slow
        await served.emptied()


async def test_a_trickle_does_not_put_it_off() -> None:
    async with serving() as served, served.client() as client:
        trickle = asyncio.create_task(_trickle(client))
        assert told(await client.rest(5)) == (408, "TOO_SLOW")
        await trickle


async def _trickle(client: Client) -> None:
    for letter in b"GET / HTTP/1.1\r\nhost: here":
        await client.send(bytes([letter]))
        await asyncio.sleep(0.1)


async def test_a_kept_connection_ends_when_nothing_is_asked() -> None:
    async with serving() as served, served.client() as client:
        await client.send(GET + b"\r\n")
        assert b"200 OK" in await client.head()
        assert await client.rest() == b""


async def test_who_reads_no_answer_is_let_go() -> None:
    async with serving() as served, served.client() as client:
        await client.send(b"GET /large HTTP/1.1\r\nhost: here\r\n\r\n")
        assert b"200 OK" in await client.head()
        await served.emptied()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.reader.readexactly(64 * MEBIBYTE)


async def test_of_too_many_connections_who_waits_longest_goes() -> None:
    async with serving(replace(TIGHT, header_seconds=60)) as served:
        clients = [served.client() for _ in range(6)]
        opened = [await client.__aenter__() for client in clients]
        await opened[-1].send(GET + b"\r\n")
        assert b"200 OK" in await opened[-1].head()
        assert await opened[0].rest() == b""
        for client in clients:
            await client.__aexit__(None, None, None)


async def test_who_comes_while_all_are_busy_is_told() -> None:
    async with serving() as served:
        busy = [asyncio.create_task(served.ask(SLOW)) for _ in range(5)]
        await asyncio.sleep(0.3)
        assert told(await served.ask(GET + b"\r\n")) == (503, "BUSY")
        assert all(answer.startswith(b"HTTP/1.1 200") for answer in await asyncio.gather(*busy))


SLOW = b"GET /slow HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"


async def test_pipelined_requests_are_answered_in_order_and_bounded() -> None:
    async with serving() as served:
        some = await served.ask(GET + b"\r\n" + GET + b"\r\n" + GET + b"connection: close\r\n\r\n")
        assert some.count(b"200 OK") == 3
        many = await served.ask((GET + b"\r\n") * 100)
        assert many.count(b"200 OK") < 100
        assert not served.server.server_state.tasks


async def test_a_body_comes_whole_in_whatever_pieces() -> None:
    async with serving() as served, served.client() as client:
        await client.send(b"POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(3):
            await client.send(b"5\r\nabcde\r\n")
            await asyncio.sleep(0.02)
        await client.send(b"0\r\n\r\n")
        assert re.search(rb"content-length: 2", await client.head())


@pytest.mark.parametrize(("path", "came"), [("/left", "cancelled"), ("/slow", "answered")])
async def test_who_leaves_ends_what_wants_to_end_with_it(path: str, came: str) -> None:
    async with serving() as served:
        async with served.client() as client:
            await client.send(f"GET {path} HTTP/1.1\r\nhost: here\r\n\r\n".encode())
            await asyncio.sleep(0.2)
        async with asyncio.timeout(5):
            while not served.app.noted:
                await asyncio.sleep(0.05)
        assert served.app.noted == [f"{came} {path}"]


async def test_stopping_is_told_before_it_is_done() -> None:
    bounds = replace(TIGHT, idle_seconds=30, drain_seconds=5)
    async with serving(bounds) as served, served.client() as kept, served.client() as busy:
        await kept.send(GET + b"\r\n")
        assert b"connection: close" not in await kept.head()
        await busy.send(b"GET /slow HTTP/1.1\r\nhost: here\r\n\r\n")
        await asyncio.sleep(0.1)
        served.server.should_exit = True
        await asyncio.sleep(0.2)
        await kept.send(GET + b"\r\n")  # while load balancers are told
        assert b"connection: close" in await kept.head()
        assert b"200 OK" in (head := await busy.head())
        assert b"connection: close" in head


async def test_what_takes_longer_than_the_drain_is_told_so() -> None:
    async with serving() as served, served.client() as client:
        await client.send(b"GET /slower HTTP/1.1\r\nhost: here\r\n\r\n")
        await asyncio.sleep(0.1)
        served.server.should_exit = True
        assert told(await client.rest()) == (503, "SHUTTING_DOWN")
        assert served.app.noted == ["cancelled /slower"]
