"""Sixteen clients that change one Org at once, and all of what they do is known afterwards."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from tests.durability.asking import Api, Asked, Payload
from tests.durability.chores import CHORES, WANTED, Chooser, World, content
from tests.durability.orgs import CLIENTS, COUNTERS, held_by

READ = "query ($id: ID!) { node(id: $id) { ... on Asset { revision content { text } } } }"
SITE = "core/site"


@dataclass
class Client:
    """One of them: it asks as its own user, as its guest, and as ada for what concerns the guest.

    `holds` is whether the guest may write, as far as the answers tell.
    """

    api: Api
    world: World
    number: int
    holds: bool = True
    keys: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Begin with a random order of its own."""
        self.random = Random(self.number)
        self.choose = Chooser(self.world, self.random)

    async def work(self, is_over: Callable[[], bool]) -> None:
        """Change one thing after the other."""
        wanted = (self.make_a_change,) * 6 + (self.ask_twice, self.count_up, self.let_in_or_out)
        while not is_over():
            await self.random.choice(wanted)()

    def asked(self, user: str, name: str, given: dict[str, Any]) -> Asked:
        """Return a change under a key that nobody else uses."""
        return Asked(user, name, given, f"{self.number}-{next(self.keys)}")

    def a_change(self) -> Asked:
        """Make up any change."""
        name = self.random.choice(WANTED)
        return self.asked(f"u{self.number}", name, CHORES[name](self.choose))

    async def make_a_change(self) -> None:
        """Ask for any change."""
        asked = self.a_change()
        self.world.learn(asked, await self.api.change(asked))

    async def ask_twice(self) -> None:
        """Ask for any change twice at once under one key: it has one answer."""
        asked = self.a_change()
        one, other = await asyncio.gather(*(self.api.change(asked) for _ in range(2)))
        assert lasting(one) == lasting(other), asked
        self.world.learn(asked, one)

    async def count_up(self) -> None:
        """Add one to a counter that others count up too, unless one of them came first."""
        id_ = self.world.org.ids[self.random.choice(COUNTERS)]
        user = f"u{self.number}"
        node = (await self.api.ask(user, READ, {"id": id_}, "read"))["node"]
        counted = content(str(int(node["content"]["text"]) + 1))
        given = {"id": id_, "content": counted, "expectedRevision": node["revision"]}
        payload = await self.api.change(self.asked(user, "assetUpdate", given))
        assert payload["errors"] in ([], [{"code": "STALE"}]), payload

    async def let_in_or_out(self) -> None:
        """Give the guest what it needs or take it away, while the guest writes, and again after."""
        changed, _ = await asyncio.gather(self.api.change(self.turn()), self.guest_writes())
        assert changed["errors"] == [], changed
        self.holds = not self.holds
        written = await self.guest_writes()
        assert written["errors"] == ([] if self.holds else [{"code": "NOT_FOUND"}]), written

    def turn(self) -> Asked:
        """Return the change that lets the guest in or out, whichever it isn't."""
        ids = self.world.org.ids
        if self.number % 2:
            name = "groupMembersRemove" if self.holds else "groupMembersAdd"
            ring = {
                "group": ids[held_by(self.number)],
                "members": [ids[f"user:guest{self.number}"]],
            }
            return self.asked("ada", name, ring)
        grant = {"node": ids[SITE], "principal": ids[held_by(self.number)]}
        if self.holds:
            return self.asked("ada", "grantRevoke", grant)
        return self.asked("ada", "grantSet", {**grant, "level": "FULL"})

    async def guest_writes(self) -> Payload:
        """Have the guest write to its asset."""
        guest = f"guest{self.number}"
        given = {"id": self.world.org.ids[f"{SITE}/{guest}"], "content": content("written")}
        return await self.api.change(self.asked(guest, "assetUpdate", given))


def lasting(payload: Payload) -> Payload:
    """Return of an answer what is the same whenever it is given again: not the node as it is."""
    return {name: value for name, value in payload.items() if name != "node"}


def clients(api: Api, world: World) -> list[Client]:
    """Return all of them."""
    return [Client(api, world, number) for number in range(CLIENTS)]
