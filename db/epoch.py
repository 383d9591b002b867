"""A database's epoch: another after each restore, so that nothing that clients keep comes twice."""

import secrets
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.ids import org_public_id
from db.installation import INSTALLATION
from db.models import ORG
from db.revision import Deed, record

ACTION = "org.restored"
# More revisions and ids than an Org gave out since the backup, which a restore has forgotten.
SKIPPED = 10_000_000


class Epoch(NamedTuple):
    """The epoch that began, and how many Orgs there are in it."""

    name: str
    orgs: int


async def begin_epoch(connection: AsyncConnection, *, through: str, at: int) -> Epoch:
    """Begin another epoch, and tell of it in each Org's log; the caller commits.

    Every Org's revision and next id are set so far ahead that none which it gave out after the
    backup, and which clients may have, is ever given out again.
    """
    name = secrets.token_hex(8)
    await connection.execute(update(INSTALLATION).values(epoch=name))
    ahead = {"revision": ORG.c.revision + SKIPPED, "next_id": ORG.c.next_id + SKIPPED}
    await connection.execute(update(ORG).values(**ahead, updated_at=at))
    orgs = (await connection.execute(select(ORG.c.id, ORG.c.key, ORG.c.revision))).all()
    for id_, key, revision in orgs:
        deed = Deed("system", through, ACTION, org_public_id(id_), key)
        await record(connection, (id_, revision), deed, at=at)
    return Epoch(name, len(orgs))
