"""An Org of many people, as a manifest: 3,000 members, 200 groups and 10,000 projects.

What is asked about people and their permissions is measured in it. `admin` sees all; `owner` owns
every space by a grant; `busy` is in 60 groups; `nobody` holds nothing, and each other user is in
some groups. The first tenth of the spaces and of the projects in each have very many grants.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.data import LEVELS, ORG, manifest_line, user_line

PEOPLE = ("admin", "owner", "busy", "nobody")
ACCOUNTS = {key: number for number, key in enumerate(PEOPLE, 1)}
GROUPS_OF_BUSY, GROUPS_OF_EACH = 60, 5
HELD, HELD_BY_MANY = 3, 40  # grants on a node
FULLER = 10  # one node of so many has very many grants
SHARE_PROPAGATED = 0.5


@dataclass(frozen=True)
class Crowd:
    """How many of each there are; `projects` in each space, `assets` in each project."""

    users: int = 3000
    groups: int = 200
    spaces: int = 200
    projects: int = 50
    assets: int = 3

    def __str__(self) -> str:
        return f"crowd-{self.users}-{self.groups}-{self.spaces}x{self.projects}x{self.assets}"

    @property
    def all_projects(self) -> int:
        """Return the number of projects, the shared ones of the spaces and of the Org included."""
        return self.spaces * (self.projects + 1) + 1

    def lines(self) -> Iterator[bytes]:
        """Give the manifest's lines; what is further down in them stands on what is further up."""
        chance = random.Random(20)  # noqa: S311 - the same Org each time
        yield manifest_line("org", key=ORG, name="Bench")
        yield from self._people(chance)
        for place in range(self.spaces):
            yield from self._space(f"space-{place}", f"Space {place}")
        for place in range(self.spaces):
            yield from self._grants(f"space-{place}", is_full=place % FULLER == 0, chance=chance)

    def _people(self, chance: random.Random) -> Iterator[bytes]:
        for key in PEOPLE:
            yield user_line(key, admin=key == "admin")
        users = [f"user-{place}" for place in range(self.users - len(PEOPLE))]
        yield from map(user_line, users)
        members = [["busy"] * (place < GROUPS_OF_BUSY) for place in range(self.groups)]
        for user in users:
            for place in chance.sample(range(self.groups), GROUPS_OF_EACH):
                members[place].append(user)
        for place, keys in enumerate(members):
            named = {"key": f"group-{place}", "name": f"Group {place}"}
            yield manifest_line("group", **named, members=keys)

    def _space(self, space: str, name: str) -> Iterator[bytes]:
        yield manifest_line("space", key=space, name=name)
        for place in range(self.projects):
            project = f"project-{place}"
            yield manifest_line("project", space=space, key=project, name=f"Project {place}")
            for number in range(self.assets):
                named = {"key": f"asset-{number}", "name": f"Asset {number}", "kind": "FILE"}
                yield manifest_line("asset", space=space, project=project, **named)

    def _grants(self, space: str, *, is_full: bool, chance: random.Random) -> Iterator[bytes]:
        yield manifest_line("grant", to="user:owner", level="OWNER", on=space, propagate=True)
        yield from self._held(space, self._holders(is_full=is_full, chance=chance), chance)
        for place in range(self.projects):
            holders = self._holders(is_full=place % FULLER == 0, chance=chance)
            yield from self._held(f"{space}/project-{place}", holders, chance)

    def _holders(self, *, is_full: bool, chance: random.Random) -> list[str]:
        groups = [f"group:group-{place}" for place in range(self.groups)]
        users = [f"user:user-{place}" for place in range(self.users - len(PEOPLE))]
        number = HELD_BY_MANY if is_full else HELD
        return [*chance.sample(groups, number), *chance.sample(users, number)]

    def _held(self, on: str, holders: Sequence[str], chance: random.Random) -> Iterator[bytes]:
        for to in holders:
            level, propagate = (
                chance.choice(LEVELS),
                "/" not in on and chance.random() < SHARE_PROPAGATED,
            )
            yield manifest_line("grant", to=to, level=level, on=on, propagate=propagate)
