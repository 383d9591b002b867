"""The Orgs that the rows of the access matrix are tried in."""

import itertools

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.access.keeping import Kept, kept
from tests.access.standings import Scene, Stage, lived_in, staged
from tests.factories import Loaded


class Stages:
    """The Orgs of the matrix, all in one database: one that lasts for each scene, and fresh ones.

    `kept` has what those hold that last, by the Orgs' numbers.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.kept: dict[int, Kept] = {}
        self._lasting: dict[Scene, Loaded] = {}
        self._numbers = itertools.count()

    async def lasting(self, scene: Scene) -> Stage:
        """Return the Org in which nothing may change any more."""
        if scene not in self._lasting:
            org = (await lived_in(self._engine, scene, self._key())).org
            self._lasting[scene] = org
            self.kept[org.org_id] = await kept(self._engine, org.org_id)
        return Stage(self._engine, self._lasting[scene])

    async def fresh(self, scene: Scene) -> Stage:
        """Return an Org for one change."""
        return await staged(self._engine, scene, self._key())

    def _key(self) -> str:
        return f"org{next(self._numbers)}"
