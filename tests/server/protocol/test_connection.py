"""Connections are bounded before anyone has shown a token: bytes, numbers, time and memory."""

import asyncio
import resource
import time
from contextlib import suppress

import pytest

from tests.server.protocol.conversing import CLOSED, GET, talking

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n"
SHORT = 0.6  # seconds


def memory() -> int:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"A: " + b"x" * 65_000 + b"\r\n\r\n", b"200 OK"),
        (HEAD + b"A: " + b"x" * 65_536 + b"\r\n\r\n", b"431 Request Header Fields Too Large"),
        (HEAD + b"A: " + b"x" * 400_000, b"431 Request Header Fields Too Large"),
        (HEAD + b"A: x\r\n" * 99 + b"\r\n", b"200 OK"),
        (HEAD + b"A: x\r\n" * 100 + b"\r\n", b"431 Request Header Fields Too Large"),
        (HEAD + b"x" * 70_000 + b": x\r\n\r\n", b"431 Request Header Fields Too Large"),
        (b"GET /" + b"x" * 32_767 + b" HTTP/1.1\r\n\r\n", b"200 OK"),
        (b"GET /" + b"x" * 32_768 + b" HTTP/1.1\r\n\r\n", b"414 "),
        (b"GET /" + b"x" * 400_000, b"414 "),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", b"400 Bad Request"),
        (b"\x16\x03\x01\x02", b"400 Bad Request"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", b"400 Bad Request"),
        (b"GET /\xff HTTP/1.1\r\n\r\n", b"400 Bad Request"),
    ],
)
async def test_a_header_is_bounded(request_: bytes, status: bytes) -> None:
    async with talking() as talk:
        reader, writer = await talk.open()
        writer.write(request_)
        answer = await asyncio.wait_for(reader.read(100_000), 20)
        assert answer.startswith(b"HTTP/1.1 " + status), answer
        if status != b"200 OK":
            assert b"connection: close" in answer
            assert b'"extensions":{"code":"' in answer
        writer.close()


@pytest.mark.parametrize("part", [b"x" * 65_536, b"A: x\r\n" * 10_000], ids=["long", "many"])
async def test_an_endless_header_takes_no_memory(part: bytes) -> None:
    async with talking() as talk:
        reader, writer = await talk.open()
        writer.write(HEAD + (b"A: " if b":" not in part else b""))
        before, sent = memory(), 0
        with suppress(ConnectionError):
            while sent < 100 * 2**20:
                writer.write(part)
                await writer.drain()
                sent += len(part)
        assert sent < 50 * 2**20, "it was read on and on"
        assert memory() - before < 32
        assert talk.small.answered == 0
        writer.close()
        assert reader


async def test_a_header_that_comes_too_slowly_is_refused() -> None:
    async with talking(header_seconds=SHORT) as talk:
        for begun in (HEAD, b"GET /", GET.replace(b" /", b" /x") + HEAD):
            answer = await talk.say(begun)
            if begun.startswith(b"GET /x"):
                assert answer.startswith(b"HTTP/1.1 200"), answer
            assert b"HTTP/1.1 408 Request Timeout" in answer, answer
            assert b'"code":"TOO_SLOW"' in answer


async def test_a_connection_that_asks_for_nothing_is_closed() -> None:
    async with talking(header_seconds=SHORT, idle_seconds=SHORT) as talk:
        assert await talk.say(b"") == CLOSED
        assert await talk.say(b"\r\n\r\n") == CLOSED
        assert (await talk.say(GET)).startswith(b"HTTP/1.1 200 OK")


async def test_line_ends_do_not_keep_a_connection() -> None:
    async with talking(header_seconds=SHORT) as talk:
        reader, writer = await talk.open()
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 10:
                writer.write(b"\r\n")
                await writer.drain()
                await asyncio.sleep(0.1)
        assert time.monotonic() - began < 9
        assert reader.at_eof() or await reader.read() == CLOSED


async def test_a_body_that_comes_too_slowly_is_refused() -> None:
    async with talking(body_seconds=SHORT) as talk:
        answer = await talk.say(POST + b"12345")
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout"), answer
        await asyncio.sleep(0.1)
        assert (talk.small.broken_off, talk.small.answered) == (1, 0)


async def test_an_answer_that_is_not_read_is_given_up() -> None:
    async with talking(answer_seconds=SHORT) as talk:
        reader, writer = await talk.open()
        writer.write(GET.replace(b"/", b"/long", 1))
        await asyncio.sleep(4 * SHORT)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(32 * 2**20)
        writer.close()


async def test_an_answer_that_is_read_slowly_arrives() -> None:
    async with talking(answer_seconds=2) as talk:
        reader, writer = await talk.open()
        writer.write(GET.replace(b"/", b"/long", 1))
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(32):
            await reader.readexactly(2**20)
            await asyncio.sleep(0.1)
        writer.close()


async def test_pipelined_requests_are_answered_in_order_and_bounded() -> None:
    async with talking() as talk:
        reader, writer = await talk.open()
        writer.write(b"".join(POST + b"1234567890" for _ in range(20)))
        for _ in range(20):
            assert (await reader.readuntil(b"\r\n\r\n10")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        answer = await talk.say(GET * 10_000)
        assert 1 <= answer.count(b"HTTP/1.1 200 OK") <= 34
        assert answer.count(b"connection: close") == 1
        assert talk.small.answered < 60


async def test_pipelined_headers_are_bounded_too() -> None:
    async with talking() as talk:
        answer = await talk.say(GET + HEAD + b"A: " + b"x" * 400_000)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert talk.small.answered == 1


async def test_a_body_that_nobody_wants_is_not_read_for_ever() -> None:
    async with talking() as talk:
        head = b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000000\r\n\r\n"
        reader, writer = await talk.open()
        writer.write(head)
        await reader.readuntil(b"\r\n\r\n")
        sent = 0
        with suppress(ConnectionError):
            while sent < 100_000_000:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536
        assert sent < 50_000_000


async def test_connections_are_bounded_and_who_waits_longest_makes_room() -> None:
    async with talking(connections=3) as talk:
        waiting = [await talk.open() for _ in range(3)]
        await asyncio.sleep(0.1)
        reader, writer = await talk.open()
        writer.write(GET)
        assert (await reader.read(1000)).startswith(b"HTTP/1.1 200 OK")
        assert await waiting[0][0].read() == CLOSED
        assert len(talk.server.server_state.connections) == 3


async def test_when_all_connections_are_at_work_others_are_told_so_at_once() -> None:
    async with talking(connections=2) as talk:
        busy = [await talk.open() for _ in range(2)]
        for _, writer in busy:
            writer.write(GET.replace(b"/", b"/late", 1))
        await talk.small.begun.wait()
        await asyncio.sleep(0.1)
        answer = await talk.say(b"")
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable")
        assert b'"code":"BUSY"' in answer
        assert b"retry-after: 5" in answer
        talk.small.go_on.set()
        for reader, _ in busy:
            assert (await reader.read(1000)).startswith(b"HTTP/1.1 200 OK")


async def test_an_upgrade_that_we_do_not_make_is_answered_and_ends() -> None:
    async with talking() as talk:
        for to in (b"h2c", b"websocket"):
            head = HEAD + b"Connection: Upgrade\r\nUpgrade: " + to + b"\r\n\r\n"
            answer = await talk.say(head)
            assert answer.startswith(b"HTTP/1.1 200 OK")
            assert b"connection: close" in answer


async def test_a_client_that_leaves_ends_what_may_be_cancelled_and_nothing_else() -> None:
    async with talking() as talk:
        for path, cancelled in ((b"/query", 1), (b"/late", 1)):
            talk.small.begun.clear()
            _, writer = await talk.open()
            writer.write(GET.replace(b"/", path, 1))
            await talk.small.begun.wait()
            writer.close()
            await asyncio.sleep(0.2)
            assert talk.small.cancelled == cancelled
        talk.small.go_on.set()
        await asyncio.sleep(0.1)
        assert talk.small.answered == 1


async def test_a_stop_waits_for_requests_and_tells_clients_that_connections_end() -> None:
    async with talking(drain_seconds=10) as talk:
        idle, _ = await talk.open()
        reader, writer = await talk.open()
        writer.write(GET.replace(b"/", b"/late", 1))
        await talk.small.begun.wait()
        talk.server.should_exit = True
        assert await asyncio.wait_for(idle.read(), 5) == CLOSED
        talk.small.go_on.set()
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"connection: close" in answer


async def test_what_a_stop_cuts_off_is_told_so() -> None:
    async with talking() as talk:
        reader, writer = await talk.open()
        writer.write(GET.replace(b"/", b"/late", 1))
        await talk.small.begun.wait()
        talk.server.should_exit = True
        answer = await asyncio.wait_for(reader.read(), 10)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable")
        assert b'"code":"SHUTTING_DOWN"' in answer
        assert b"connection: close" in answer


async def test_while_a_stop_is_announced_requests_are_answered_and_their_connections_end() -> None:
    async with talking(lead_seconds=1) as talk:
        talk.server.should_exit = True
        await asyncio.sleep(0.4)
        answer = await talk.say(GET)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"connection: close" in answer
