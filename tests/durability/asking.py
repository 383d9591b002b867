"""How clients ask the server, again and again under one key until it has answered."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import httpx2

from db import clock
from tests.durability.serving import Server

TROUBLES = (503, 504)
TYPED = {"UNAVAILABLE", "BUSY", "READ_ONLY", "TIMEOUT", "SHUTTING_DOWN"}
SECONDS_TO_PAUSE = 0.05
SECONDS_TO_WAIT = 120  # for an answer; far more than any should take
Payload: TypeAlias = dict[str, Any]


class Asked(NamedTuple):
    """A mutation that somebody wants made once: its name and its input, under a key of its own."""

    user: str
    name: str
    given: Mapping[str, Any]
    key: str

    @property
    def text(self) -> str:
        """The document, which asks for what the clients go on with."""
        type_ = f"{self.name[0].upper()}{self.name[1:]}Input"
        selected = f"errors {{ code }} revision {_extras(self.name)}"
        return f"mutation ($input: {type_}!) {{ {self.name}(input: $input) {{ {selected} }} }}"


def _extras(name: str) -> str:
    if name.startswith(("assets", "projects", "spaces")):
        return "results { givenId errors { code } undoToken }"
    if name.endswith(("Create", "Copy")) or name == "restore":
        return "node { id }"
    return "undoToken" if name.endswith("Delete") and name != "groupDelete" else ""


@dataclass
class Ledger:
    """What was answered, and when what was left unanswered was asked again, in microseconds.

    `troubles` has how often the server said that it couldn't do what was asked, by the code.
    """

    answers: list[tuple[Asked, Payload]] = field(default_factory=list[tuple[Asked, Payload]])
    again: dict[str, int] = field(default_factory=dict[str, int])
    troubles: Counter[str] = field(default_factory=Counter[str])
    made: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, asked: Asked, payload: Payload) -> None:
        """Note an answer."""
        self.answers.append((asked, payload))
        self.made += payload["revision"] is not None
        self._changed.set()

    async def grown_by(self, number: int) -> None:
        """Wait until so many more changes are acknowledged."""
        wanted = self.made + number
        while self.made < wanted:
            self._changed.clear()
            await self._changed.wait()

    @property
    def accepted(self) -> dict[str, tuple[Asked, Payload]]:
        """The changes that were made, by their keys."""
        return {
            asked.key: (asked, payload)
            for asked, payload in self.answers
            if payload["revision"] is not None
        }


class Api:
    """Asks the server as members of acme, and notes what it is answered in a ledger."""

    def __init__(self, server: Server, tokens: Mapping[str, str], http: httpx2.AsyncClient) -> None:
        self.ledger = Ledger()
        self._server, self._tokens, self._http = server, tokens, http

    async def change(self, asked: Asked) -> Payload:
        """Have a change made or refused, once, however often the server is killed meanwhile."""
        given = {"input": {**asked.given, "idempotencyKey": asked.key}}
        data = await self.ask(asked.user, asked.text, given, asked.key)
        payload: Payload = data[asked.name]
        self.ledger.note(asked, payload)
        return payload

    async def ask(
        self, user: str, text: str, variables: Mapping[str, Any], request_id: str
    ) -> dict[str, Any]:
        """Return an operation's data; it must have no errors."""
        headers = {"Authorization": f"Bearer {self._tokens[user]}", "X-Request-Id": request_id}
        body = {"query": text, "variables": variables}
        response = None
        while response is None:
            response = await self._sent(body, headers)
        answer: dict[str, Any] = response.json()
        assert response.status_code == 200, (text, variables, answer)
        assert "errors" not in answer, (text, variables, answer)
        data: dict[str, Any] = answer["data"]
        return data

    async def _sent(
        self, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> httpx2.Response | None:
        """Return the response, or None where something kept the server from its work."""
        url = await self._server.url()
        try:
            response = await self._http.post(f"{url}/graphql", json=body, headers=headers)
        except httpx2.TransportError:
            if self._server.listens_at(url):
                raise
            self._ask_again(headers)
            return None
        if response.status_code not in TROUBLES:
            return response
        self.ledger.troubles[code_of(response)] += 1
        self._ask_again(headers)
        await asyncio.sleep(SECONDS_TO_PAUSE)
        return None

    def _ask_again(self, headers: Mapping[str, str]) -> None:
        self.ledger.again[headers["X-Request-Id"]] = clock.now()


def code_of(response: httpx2.Response) -> str:
    """Return why the server couldn't do what was asked: one of the codes that say so."""
    codes = {error["extensions"]["code"] for error in response.json()["errors"]}
    assert len(codes) == 1, response.text
    assert codes <= TYPED, response.text
    return str(codes.pop())


@asynccontextmanager
async def asking(server: Server, tokens: Mapping[str, str]) -> AsyncGenerator[Api]:
    """Give the way to the server."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(timeout=SECONDS_TO_WAIT, limits=limits, trust_env=False) as http:
        yield Api(server, tokens, http)
