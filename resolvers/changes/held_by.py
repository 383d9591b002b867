"""What a member or a group holds: the grants to it that weren't ended."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from auth.levels import Permission
from auth.scope import Scope
from db.clock import time_text
from db.models import GRANT, PROJECT, SPACE
from resolvers.changes.change import Change
from resolvers.changes.facts import end


async def held_by(making: Change, principal_id: int) -> Sequence[Any]:
    """Return the grants, expired ones too, each with the keys of its node as `path`."""
    grant = GRANT.c
    on_project = and_(PROJECT.c.org_id == grant.org_id, PROJECT.c.id == grant.project_id)
    in_space = and_(SPACE.c.org_id == grant.org_id, SPACE.c.id == grant.within_id)
    keys = (SPACE.c.key.label("space_key"), PROJECT.c.key.label("project_key"))
    found = await making.connection.execute(
        select(GRANT, *keys)
        .select_from(GRANT.outerjoin(PROJECT, on_project).outerjoin(SPACE, in_space))
        .where(grant.org_id == making.org.id, grant.ended_at.is_(None))
        .where(grant.principal_id == principal_id)
        .order_by(grant.id)
    )
    return found.all()


def path_of_grant(grant: Any) -> str:
    """Return the keys that lead to a holding's node, with slashes between them."""
    return "/".join(filter(None, (grant.space_key, grant.project_key)))


def told_of_grant(grant: Any) -> dict[str, Any]:
    """Return what the log tells of a holding."""
    on, level = path_of_grant(grant), Permission(grant.level).name
    expires_at = None if grant.expires_at is None else time_text(grant.expires_at)
    return {"on": on, "level": level, "propagate": grant.propagate, "expiresAt": expires_at}


def scope_of(grants: Sequence[Any], *members: int) -> Scope:
    """Return the scope of what the grants are on, for these members."""
    spaces = tuple(grant.space_id for grant in grants if grant.space_id is not None)
    projects = tuple(grant.project_id for grant in grants if grant.project_id is not None)
    return Scope(members, spaces, projects)


async def end_holdings(making: Change, principal_id: int) -> None:
    """End all that the member or the group holds."""
    await end(making, GRANT, GRANT.c.principal_id == principal_id)
