"""What the two databases do in ways of their own: open, begin, stop, and know a bad connection."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncConnection


class Waits(NamedTuple):
    """How many seconds what may take: `wait` a turn or a lock, `statement` each statement."""

    wait: float = 30
    statement: float | None = None


class Backend(ABC):
    """One engine's database. `read` begins a read's transaction, `change` says how one begins."""

    read: str
    change: ClassVar[Mapping[str, Any]]  # execution options of SQLAlchemy's
    snapshot: ClassVar[Mapping[str, Any]]
    lingering: ClassVar[bool]  # whether a read's transaction may stay open for a moment
    writers: ClassVar[int | None] = (
        None  # how many may change something at once; None: a part of all
    )

    @abstractmethod
    def arguments(self) -> Mapping[str, Any]:
        """Return what the driver connects with."""

    @abstractmethod
    def listen(self, engine: Engine) -> None:
        """Have the engine prepare its connections and look at each before it is used."""

    @abstractmethod
    async def execute(self, driver: Any, text: str) -> None:
        """Execute what takes a database that lives no time: what begins or ends a transaction."""

    @abstractmethod
    def check(self, info: MutableMapping[Any, Any]) -> None:
        """Raise TroubleError where what is done on a connection would be lost."""

    def check_path(self) -> None:  # noqa: B027 - mostly there is none
        """Raise TroubleError where the database isn't where it was."""

    def is_fit(self, _pooled: PoolProxiedConnection) -> bool:
        """Return whether a connection is to be used further."""
        return True

    def suspect(self) -> None:  # noqa: B027 - a file is not suspected
        """Have all connections that are open now replaced before they are used again."""

    async def lives(self, _pooled: Any) -> bool:
        """Return whether a connection that nobody used for a while still leads to the database."""
        return True

    async def begin_change(self, connection: AsyncConnection) -> None:  # noqa: B027 - mostly there is nothing
        """Set what a change's transaction needs, which has begun."""
