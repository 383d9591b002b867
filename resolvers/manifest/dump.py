"""The export of an Org as a manifest, which imports to the same again."""

from collections import defaultdict
from collections.abc import AsyncIterator
from itertools import chain

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.subject import ADMINS, MEMBERS
from db.engine import snapshot
from db.models import ORG
from resolvers.manifest import queries
from resolvers.manifest.errors import UnknownOrgError
from resolvers.manifest.sections import SECTIONS, Fields, Names

ROWS_AT_ONCE = {"yield_per": 100}  # few, because one asset's content can have megabytes


async def dump_manifest(engine: AsyncEngine, org_key: str) -> AsyncIterator[bytes]:
    """Give the lines of the Org's manifest, with their ends, from one snapshot.

    It lasts until the last line is taken or the iterator closed. UnknownOrgError comes at once.
    """
    async with snapshot(engine) as connection:
        org_id, name = await _org(connection, org_key)
        yield _line({"type": "org", "key": org_key, "name": name})
        names, objects = await _names(connection, org_id), 1
        for statement, form in SECTIONS:
            # As a context manager `stream` can't be left by closing a generator.
            result = await connection.stream(statement(org_id), execution_options=ROWS_AT_ONCE)
            try:
                async for page in result.partitions():
                    for fields in chain.from_iterable(form(row, names) for row in page):
                        objects += 1
                        yield _line(fields)
            finally:
                await result.close()
        yield _line({"type": "end", "objects": objects})


async def _org(connection: AsyncConnection, key: str) -> tuple[int, str]:
    found = await connection.execute(select(ORG.c.id, ORG.c.name).where(ORG.c.key == key))
    for id_, name in found:
        return id_, name
    raise UnknownOrgError(key)


async def _names(connection: AsyncConnection, org_id: int) -> Names:
    reserved = (await connection.execute(queries.reserved_groups(org_id))).all()
    groups = {group.key: group.id for group in reserved}
    members = defaultdict[int, list[int]](list)
    for group_id, member_id in await connection.execute(queries.memberships(org_id)):
        members[group_id].append(member_id)
    return Names(
        admins=frozenset(members[groups[ADMINS]]),
        active=frozenset(members[groups[MEMBERS]]),
        members=members,
        principals={id_: f"group:{key}" for key, id_ in groups.items()},
    )


def _line(fields: Fields) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
