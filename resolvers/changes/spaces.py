"""Changes of spaces, but for deleting them."""

from sqlalchemy import select

from db import ids
from db.models import SPACE
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import description_columns, key_of, name_columns
from resolvers.changes.rows import SHARED_NAME, add, changed, told, updated


async def create(making: Change, given: Input) -> Done:
    """Make a space with its shared project."""
    await making.require("space.create", "key")
    key, described = key_of(given), {"description": given.get("description")}
    columns = {"key": key, **name_columns(given), **described}
    first = await ids.reserve(making.connection, making.org.id, 2)
    node = await add(making, ids.SPACE, first, **columns)
    shared = {"space_id": first, "is_shared": True, "placed_at": making.now, **SHARED_NAME}
    await add(making, ids.PROJECT, first + 1, **shared)
    return Done("space.create", node, key, after=told(columns), warnings=await too_many(making))


async def rename(making: Change, given: Input) -> Done:
    """Give a space another name; its key stays."""
    return await changed(making, given, "space.rename", name_columns(given))


async def update(making: Change, given: Input) -> Done:
    """Change the name of a space and what is said of it, as far as given."""
    return await updated(making, given, "space", description_columns(given))


async def too_many(making: Change) -> tuple[str, ...]:
    """Return the warning, if any, that the Org holds many spaces; LIMIT_REACHED if too many."""
    live = select(SPACE.c.id).where(SPACE.c.org_id == making.org.id, SPACE.c.deleted_at.is_(None))
    limit = making.limits.spaces_in_org
    return await limit.check(making.connection, live, "spaces in this Org")
