"""Changes of the Org itself."""

from typing import Any

from sqlalchemy import select, update

from db.models import ORG
from resolvers import values
from resolvers.changes.change import Change, Done, Input, expect
from resolvers.changes.names import NOTHING, checked, is_given
from resolvers.errors import INVALID, UserError

COLUMNS = {
    "name": "name",
    "retentionDays": "retention_days",
    "costPerMinute": "cost_per_minute",
}


async def update_org(making: Change, given: Input) -> Done:
    """Change the Org's name, its recycle bin's days, or its viewers' budget; or all of them."""
    await making.require("org.update", "name")
    wanted: dict[str, Any] = {}
    if is_given(given, "name"):
        wanted["name"] = checked(given, "name", values.composed_title)
    if is_given(given, "retentionDays"):
        wanted["retentionDays"] = given["retentionDays"]
    if "costPerMinute" in given:
        wanted["costPerMinute"] = given["costPerMinute"]
    if not wanted:
        raise UserError(INVALID, NOTHING)
    itself = ORG.c.id == making.org.id
    row = (await making.connection.execute(select(ORG).where(itself))).one()
    expect(given, "expectedRevision", row.settings_revision)
    columns = {COLUMNS[name]: value for name, value in wanted.items()}
    written = (
        update(ORG)
        .where(itself)
        .values(updated_at=making.now, settings_revision=making.revision, **columns)
    )
    await making.connection.execute(written)
    before = {name: getattr(row, COLUMNS[name]) for name in wanted}
    return Done("org.update", making.org_node, row.key, before=before, after=wanted)
