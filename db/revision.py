"""The Org's revision: raised by one by every change, which takes the Org's lock by raising it."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.errors import UnfitError
from db.models import Event, Org, Touch

LARGEST_REVISION = 2**53 - 1  # the largest number that JSON carries exactly everywhere


class Touched(NamedTuple):
    """What an event did to a node beside its object; `before` and `after` are JSON text."""

    object_id: str
    path: str
    before: str | None = None
    after: str | None = None


class Deed(NamedTuple):
    """What an event tells: who did what to which object. `before` and `after` are JSON text."""

    actor: str
    through: str
    action: str
    object_id: str
    path: str
    before: str | None = None
    after: str | None = None
    request_id: str | None = None


async def used_up(connection: AsyncConnection, org_id: int, what: str) -> NoReturn:
    """Raise UnfitError, as the Org's counter is at its end; LookupError where there is no Org."""
    if await connection.scalar(select(Org.id).where(Org.id == org_id)) is None:
        raise LookupError(f"There is no Org {org_id}.")
    raise UnfitError(f"The Org has used up its {what}: nothing can be changed in it any more.")


async def lock(connection: AsyncConnection, org_id: int) -> None:
    """Take the Org's lock, if there is such an Org; whoever comes second waits.

    Must be a change's first statement about the Org: what is read before it may be out of date. On
    SQLite the change has locked the whole database already.
    """
    await connection.execute(select(Org.id).where(Org.id == org_id).with_for_update())


async def advance(connection: AsyncConnection, org_id: int, *, at: int) -> int:
    """Raise the Org's revision and return it; this takes the Org's lock, if it isn't held.

    UnfitError where clients couldn't read the next one exactly.
    """
    revision = await connection.scalar(
        update(Org)
        .where(Org.id == org_id, Org.revision < LARGEST_REVISION)
        .values(revision=Org.revision + 1, updated_at=at)
        .returning(Org.revision)
    )
    if revision is None:
        await used_up(connection, org_id, "revisions")
    return int(revision)


async def record(
    connection: AsyncConnection,
    key: tuple[int, int],
    deed: Deed,
    *,
    at: int,
    beside: Sequence[Touched] = (),
) -> None:
    """Write the event of revision `key` = (org id, revision), in the change's own transaction.

    `beside` are the other nodes that it touched, each of them once.
    """
    of_event = {"org_id": key[0], "revision": key[1]}
    await connection.execute(insert(Event).values(**of_event, at=at, **deed._asdict()))
    itself = {"object_id": deed.object_id, "path": None, "before": None, "after": None}
    touched = (itself, *(one._asdict() for one in beside))
    await connection.execute(insert(Touch), [{**of_event, **one} for one in touched])
