"""Changes of the Org itself."""

from typing import Any

from sqlalchemy import select, update

from db.models import ORG
from resolvers import values
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import checked
from resolvers.errors import INVALID, UserError

COLUMNS = {"name": "name", "retentionDays": "retention_days"}
NOTHING = "Give what is to be changed: `name` or `retentionDays`."


async def update_org(making: Change, given: Input) -> Done:
    """Change the Org's name, or how many days its recycle bin keeps things; or both."""
    await making.require("org.update", "name")
    wanted: dict[str, Any] = {}
    if given.get("name") is not None:
        wanted["name"] = checked(given, "name", values.composed_title)
    if given.get("retentionDays") is not None:
        wanted["retentionDays"] = given["retentionDays"]
    if not wanted:
        raise UserError(INVALID, NOTHING)
    itself = ORG.c.id == making.org.id
    row = (await making.connection.execute(select(ORG).where(itself))).one()
    columns = {COLUMNS[name]: value for name, value in wanted.items()}
    written = update(ORG).where(itself).values(updated_at=making.now, **columns)
    await making.connection.execute(written)
    before = {name: getattr(row, COLUMNS[name]) for name in wanted}
    return Done("org.update", making.org_node, row.key, before=before, after=wanted)
