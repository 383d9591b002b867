"""What a client asks to run, and what comes of it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLError

THROTTLED, BUSY = "THROTTLED", "BUSY"


class Allowance(Protocol):
    """What whoever asks may make the server do; GraphQLError where that is too much."""

    def spend(self, cost: int) -> None:
        """Take a cost off what may be asked for."""
        ...

    def learn(self, per_minute: int | None) -> None:
        """Note what the asker's Org allows in a minute, None for what the server does."""
        ...

    def turn(self, *, changes: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a turn to run an operation."""
        ...

    @property
    def told(self) -> Mapping[str, int]:
        """Return what the answer's `extensions.cost` tells of it."""
        ...


class Unlimited:
    """The allowance of whoever may ask for anything."""

    told: Mapping[str, int] = {}

    def spend(self, cost: int) -> None:
        """Let it pass."""

    def learn(self, per_minute: int | None) -> None:
        """Forget it."""

    @asynccontextmanager
    async def turn(self, *, changes: bool) -> AsyncGenerator[None]:  # noqa: ARG002
        """Give the turn at once."""
        yield


class Asked(NamedTuple):
    """What a client asks to run; `read_only` where the transport may carry queries alone.

    `allowance` is what it may make the server do. `when_left` is told whether the operation is to
    be cancelled when its client leaves: a query is, a change is made though nobody waits for it.
    `known_tags` are those of the answers that the client has, None where it wants no tag; a tag
    also stands on the `media_type` of the answer. `size` is how many bytes were sent, and in what
    `is_plain` no value needs a closer look.
    """

    text: str
    variables: dict[str, Any]
    operation_name: str | None
    read_only: bool
    request_id: str
    media_type: str = ""
    known_tags: frozenset[str] | None = None
    allowance: Allowance = Unlimited()
    when_left: Callable[[bool], None] = lambda _cancelled: None
    size: int = 0
    is_plain: bool = False


@dataclass(slots=True)
class Answer:
    """What came of it; `ran` tells an operation that was executed from one that could not be.

    An answer that is `unchanged` has the tag of one that the client has, and no data. `noted` is
    for the log: what ran, who asked, and how many SQL statements it took. One that `is_large` may
    have more rows or longer texts than are written in one go.
    """

    data: Any = None
    errors: list[GraphQLError] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    ran: bool = False
    tag: str | None = None
    unchanged: bool = False
    noted: dict[str, Any] = field(default_factory=dict)
    is_large: bool = False
