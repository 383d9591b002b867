"""Fair use: how much each viewer may ask for in a minute, and how many operations run at once.

All of it is in memory, each process for itself. What has no token is counted by a part of the
address alone.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from graphql import GraphQLError

from schema.asked import BUSY, THROTTLED

MINUTE = 60
VIEWERS = 10_000  # remembered; of the others nobody asked as lately
PATIENCE = 5.0  # seconds that an operation waits for its turn
WAITING = 32  # operations of one viewer that wait
UNKNOWN_COST = 100  # of a request without a good token
SHARE_OF_ADDRESS = 10  # an address may ask, without tokens, for this part of a viewer's minute
TOO_MANY = "You have too many operations running and waiting: send this one again in a while."


class Balance(NamedTuple):
    """What is left of a minute's budget, and in how many seconds it is whole again."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """Return what the headers say of it, as the IETF's draft has them."""
        return {
            "RateLimit-Policy": f'"cost";q={self.limit};w={MINUTE}',
            "RateLimit": f'"cost";r={self.remaining};t={self.reset}',
        }


@dataclass(slots=True)
class Bucket:
    """A budget that fills up evenly.

    An operation may begin while anything is `left`, which then falls below 0 where it costs more.
    """

    limit: int
    left: float
    at: float

    def fill(self, limit: int, now: float) -> None:
        """Add what has come in since the last time."""
        self.left = min(limit, self.left + (now - self.at) * limit / MINUTE)
        self.limit, self.at = limit, now

    @property
    def wait(self) -> float:
        """Return the seconds until anything is left."""
        return max(0.0, (1 - self.left) * MINUTE / self.limit)

    @property
    def balance(self) -> Balance:
        """Return what is left."""
        missing = (self.limit - self.left) * MINUTE / self.limit
        return Balance(self.limit, max(0, math.floor(self.left)), math.ceil(missing))


class Buckets:
    """The buckets of those who asked lately; who asked longest ago is forgotten first."""

    def __init__(self, *, most: int = VIEWERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._kept: OrderedDict[Hashable, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, who: Hashable, limit: int) -> Bucket:
        """Return a bucket as it is now."""
        now = self._clock()
        bucket = self._kept.setdefault(who, Bucket(limit, limit, now))
        bucket.fill(limit, now)
        self._kept.move_to_end(who)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return bucket


class Turns:
    """How many operations of each viewer run; the others wait in the order in which they came."""

    def __init__(self, most: int, *, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._most, self._waiting, self._patience = most, waiting, patience
        self._lanes: dict[Hashable, tuple[asyncio.Semaphore, list[None]]] = {}

    @property
    def viewers(self) -> int:
        """Return of how many viewers operations run or wait."""
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncGenerator[None]:
        """Wait for a turn and keep it; GraphQLError with the code BUSY where that takes long."""
        running, here = self._lanes.setdefault(who, (asyncio.Semaphore(self._most), []))
        if len(here) >= self._most + self._waiting:
            raise _busy()
        here.append(None)
        try:
            if running.locked():
                await self._wait(running)
            else:
                await running.acquire()
            try:
                yield
            finally:
                running.release()
        finally:
            here.pop()
            if not here:
                self._lanes.pop(who, None)

    async def _wait(self, running: asyncio.Semaphore) -> None:
        try:
            await asyncio.wait_for(running.acquire(), self._patience)
        except TimeoutError:
            raise _busy() from None


class FairUse:
    """What viewers may ask for: `per_minute` in cost (0 for any amount), `at_once` operations."""

    def __init__(self, per_minute: int, at_once: int) -> None:
        self._per_minute = per_minute
        self._viewers, self._addresses = Buckets(), Buckets()
        self._of_orgs: OrderedDict[Hashable, int] = OrderedDict()
        self._turns = Turns(at_once)

    def guest(self, who: Hashable, org: Hashable) -> "Guest":
        """Return the allowance of one request by a viewer in an Org."""
        return Guest(self, who, org)

    def spend(self, who: Hashable, org: Hashable, cost: int) -> Balance | None:
        """Take a cost off a viewer's budget; GraphQLError with the code THROTTLED if it is spent.

        None where there is no limit.
        """
        limits = [each for each in (self._per_minute, self._of_orgs.get(org)) if each]
        return _spent(self._viewers.of(who, min(limits)), cost) if limits else None

    def spend_of_address(self, address: str | None) -> None:
        """Take a request without a good token off its address's budget; raises as `spend`."""
        limit = self._per_minute // SHARE_OF_ADDRESS
        if limit:
            _spent(self._addresses.of(_coarse(address), limit), UNKNOWN_COST)

    def learn(self, org: Hashable, per_minute: int | None) -> None:
        """Note what an Org allows its viewers, None for what the server does."""
        self._of_orgs.pop(org, None)
        if per_minute is not None:
            self._of_orgs[org] = per_minute
            if len(self._of_orgs) > VIEWERS:
                self._of_orgs.popitem(last=False)

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncGenerator[None]:
        """Wait for a turn of the viewer's, and keep it."""
        async with self._turns.turn(who):
            yield


class Guest:
    """The allowance of one request: see `schema.asked.Allowance`."""

    def __init__(self, fair_use: FairUse, who: Hashable, org: Hashable) -> None:
        self._fair_use, self._who, self._org = fair_use, who, org
        self._balance: Balance | None = None
        self.headers: dict[str, str] = {}

    def spend(self, cost: int) -> None:
        """Take a cost off the viewer's budget."""
        try:
            self._balance = self._fair_use.spend(self._who, self._org, cost)
        except ThrottledError as error:
            self.headers = error.headers
            raise
        self.headers = self._balance.headers if self._balance else {}

    def learn(self, per_minute: int | None) -> None:
        """Note what the Org allows its viewers."""
        self._fair_use.learn(self._org, per_minute)

    @asynccontextmanager
    async def turn(self, *, changes: bool) -> AsyncGenerator[None]:
        """Wait for a turn; changes, which wait for each other, don't keep reads waiting."""
        async with self._fair_use.turn((self._who, changes)):
            yield

    @property
    def told(self) -> dict[str, int]:
        """Return what the answer tells of the budget."""
        if self._balance is None:
            return {}
        return {
            "limitPerMinute": self._balance.limit,
            "remaining": self._balance.remaining,
            "resetSeconds": self._balance.reset,
        }


class ThrottledError(GraphQLError):
    """A budget is spent."""

    def __init__(self, balance: Balance, *, wait: int) -> None:
        message = (
            f"You have asked for as much as fits into a minute, a cost of {balance.limit:,}: wait "
            f"{wait} s, ask for smaller pages, or more rarely."
        )
        super().__init__(message, extensions={"code": THROTTLED, "retryAfter": wait})
        self.headers = {**balance.headers, "Retry-After": str(wait)}


def _spent(bucket: Bucket, cost: int) -> Balance:
    wait = math.ceil(bucket.wait)
    if wait > 0:
        raise ThrottledError(bucket.balance, wait=wait)
    bucket.left -= cost
    return bucket.balance


def _busy() -> GraphQLError:
    return GraphQLError(TOO_MANY, extensions={"code": BUSY})


def _coarse(address: str | None) -> str:
    """Return the network that an address is in, as far as one person may have all of it."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "elsewhere"
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))  # noqa: PLR2004
