"""Asking for a purge: the node leaves the bin at once, and for good in the background."""

import unicodedata
from typing import Any

from sqlalchemy import Update, update

from db.models import DELETION
from resolvers.changes.binned import binned
from resolvers.changes.change import Change, Done, Input
from resolvers.errors import CONFIRMATION, UserError

ACTION = "bin.purge"
OTHER_NAME = "Give the name of what is to be purged, letter by letter: it will be gone for good."


async def purge(making: Change, given: Input) -> Done:
    """Ask for the purge of what a deletion took; nothing is counted or removed yet."""
    deletion = await binned(making, given)
    await making.require(ACTION, "id")
    if unicodedata.normalize("NFC", given["confirmName"]) != deletion.name:
        raise UserError(CONFIRMATION, OTHER_NAME, "confirmName")
    await making.connection.execute(asked(making.org.id, deletion.id, at=making.now))
    before = told(deletion)
    return Done(ACTION, deletion.node, deletion.full_path, before=before, gone=deletion.itself)


def asked(org_id: int, id_: int, *, at: int) -> Update:
    """Return what marks a deletion that is to be purged."""
    itself = (DELETION.c.org_id == org_id, DELETION.c.id == id_)
    return update(DELETION).where(*itself).values(purge_asked_at=at)


def told(deletion: Any) -> dict[str, str]:
    """Return what the log tells of a deletion that is purged."""
    return {"key": deletion.key, "name": deletion.name}
