"""What the others feel: small questions, whether the process lives, and its memory."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2

from bench.abuse.target import HOST, Target, token_of

SMALL = {"query": "{ org { spaces(first: 5) { nodes { id key name effectivePermission } } } }"}
A_SECOND = 20  # small questions
PATIENCE = 30  # seconds


@dataclass
class Felt:
    """The seconds that answers took, and the memory seen, while something went on."""

    small: list[float] = field(default_factory=list[float])
    lives: list[float] = field(default_factory=list[float])
    refused: int = 0
    mebibytes: int = 0

    @property
    def p99(self) -> float:
        """Return the time within which 99 of 100 small questions were answered."""
        ordered = sorted(self.small) or [math.inf]
        return ordered[math.ceil(len(ordered) * 0.99) - 1]

    def add(self, other: "Felt") -> None:
        """Add what was felt in another window."""
        self.small += other.small
        self.lives += other.lives
        self.refused += other.refused
        self.mebibytes = max(self.mebibytes, other.mebibytes)


async def watch(target: Target, accounts: Sequence[int], seconds: float) -> Felt:
    """Ask small questions as these accounts in turn, look whether it lives, and see its memory."""
    felt, until = Felt(), time.monotonic() + seconds
    limits = httpx2.Limits(max_connections=100)
    async with (
        httpx2.AsyncClient(
            base_url=f"http://{HOST}:{target.port}", timeout=PATIENCE, limits=limits
        ) as client,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(_look(client, target, felt, until))
        number = 0
        while time.monotonic() < until:
            account = accounts[number % len(accounts)]
            group.create_task(_ask(client, account, felt))
            number += 1
            await asyncio.sleep(1 / A_SECOND)
    return felt


async def _ask(client: httpx2.AsyncClient, account: int, felt: Felt) -> None:
    began = time.monotonic()
    try:
        answer = await client.post(
            "/graphql", json=SMALL, headers={"Authorization": f"Bearer {token_of(account)}"}
        )
        felt.refused += "errors" in answer.json()
    except httpx2.HTTPError:
        felt.refused += 1
    felt.small.append(time.monotonic() - began)


async def _look(client: httpx2.AsyncClient, target: Target, felt: Felt, until: float) -> None:
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            await client.get("/livez")
        except httpx2.HTTPError:
            felt.refused += 1
        felt.lives.append(time.monotonic() - began)
        felt.mebibytes = max(felt.mebibytes, target.mebibytes)
        await asyncio.sleep(0.1)
