"""One Org on its way from a manifest into the database."""

from collections import Counter
from collections.abc import Sequence

import orjson
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.ids import org_public_id, reserve
from db.models import ORG
from db.revision import Deed, record
from resolvers.manifest.accounts import account_ids
from resolvers.manifest.build import Known, ids_of, rows_of
from resolvers.manifest.errors import ManifestError
from resolvers.manifest.insert import Inserter, Made
from resolvers.manifest.lines import (
    AssetLine,
    GrantLine,
    GroupLine,
    Line,
    OrgLine,
    ProjectLine,
    SpaceLine,
    UserLine,
)

FIRST_REVISION = 1
COUNTED = {
    "users": UserLine,
    "groups": GroupLine,
    "spaces": SpaceLine,
    "projects": ProjectLine,
    "assets": AssetLine,
    "grants": GrantLine,
}


class OrgImport:
    """Stores an Org's lines batch by batch, in a change that the caller began."""

    def __init__(self, connection: AsyncConnection, org: OrgLine, known: Known) -> None:
        self.has_admin = False
        self._connection, self._org, self._known = connection, org, known
        self._inserter, self._counts = Inserter(connection), Counter[type]()

    @classmethod
    async def begin(cls, connection: AsyncConnection, line: OrgLine, *, now: int) -> "OrgImport":
        """Store the Org itself with what every Org has; ManifestError for one that exists."""
        org = cls(connection, line, Known(await _insert_org(connection, line, now), now))
        await org.store([line])
        return org

    async def store(self, batch: Sequence[Line | OrgLine]) -> None:
        """Store a batch; ManifestError for its first line that can't be stored."""
        users = [line for line in batch if isinstance(line, UserLine)]
        await self._prepare(users, sum(map(ids_of, batch)))
        made: list[Made] = []
        try:
            for line in batch:
                for row in rows_of(line, self._known):
                    made.append((row, line))  # noqa: PERF401 - half of the time of a generator
        finally:  # the database may refuse a line above the one that is wrong
            await self._inserter.insert(made)
        self.has_admin |= any(user.admin and user.active for user in users)
        self._counts.update(map(type, batch))

    async def _prepare(self, users: Sequence[UserLine], count: int) -> None:
        known = self._known
        first = await reserve(self._connection, known.org_id, count)
        known.ids = iter(range(first, first + count))
        known.accounts = await account_ids(self._connection, users, now=known.now)

    async def finish(self) -> None:
        """Write the one event of the import."""
        org_id, counts = self._known.org_id, self._counts
        after = orjson.dumps({name: counts[form] for name, form in COUNTED.items()}).decode()
        object_id, path = org_public_id(org_id), self._org.key
        deed = Deed("system", "import", "org.imported", object_id, path, after=after)
        await record(self._connection, (org_id, FIRST_REVISION), deed, at=self._known.now)


async def _insert_org(connection: AsyncConnection, line: OrgLine, now: int) -> int:
    counters = {"revision": FIRST_REVISION, "next_id": 1}
    times = {"created_at": now, "updated_at": now}
    org = insert(ORG).values(key=line.key, name=line.name, **counters, **times)
    try:
        result = await connection.execute(org.returning(ORG.c.id))
    except IntegrityError as error:
        raise ManifestError(line.number, f'the Org "{line.key}" exists already') from error
    return int(result.scalar_one())
