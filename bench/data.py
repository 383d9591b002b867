"""The Org that is measured, as a manifest: the same at each call, of any size.

Its people are `admin`, who sees all; `member`, who is in 5 groups and sees about a tenth; `guest`,
who is in none and was granted 10 projects in each space, one by one; `partner`, who is in none and
was granted the last space and 10 projects of the one before it, however many there are.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import orjson

ORG, ORG_ID = "bench", 1
PEOPLE = ("admin", "member", "guest", "partner")
ACCOUNTS = {key: number for number, key in enumerate(PEOPLE, 1)}
GROUPS = 20
GROUPS_OF_MEMBER = 5
OTHERS = 100  # users, each in 3 groups
CREW = 200  # users of the group `crew`, which is granted nothing; only where there are so many
PROJECTS_OF_GUEST = PROJECTS_OF_PARTNER = 10  # in a space
KINDS = ("PIPELINE", "TASK", "ACCOUNT", "FILE", "DATASET")
LEVELS = ("READ", "READ_EXECUTE", "FULL", "OWNER")
SHARE_GRANTED = 0.48  # of the spaces: each to one group
SHARE_PROPAGATED = 0.8  # of those grants
SHARE_OPENED = 0.08  # of the spaces: 20 of their projects are granted to a group
OPENED, LOWERED = 20, 2  # projects of a space that have a grant of their own


class Made(Protocol):
    """An Org as it is measured; as text it is the name under which its databases are kept."""

    @property
    def all_projects(self) -> int:
        """Return the number of projects, the shared ones of the spaces and of the Org included."""
        ...

    def lines(self) -> Iterator[bytes]:
        """Give the manifest's lines; what is further down in them stands on what is further up."""
        ...


@dataclass(frozen=True)
class Size:
    """How many spaces there are, projects in each, assets in each of those, and other users."""

    spaces: int = 1000
    projects: int = 100
    assets: int = 5
    users: int = OTHERS

    def __str__(self) -> str:
        nodes = f"{self.spaces}x{self.projects}x{self.assets}"
        return nodes if self.users == OTHERS else f"{nodes}-{self.users}"

    @property
    def all_projects(self) -> int:
        """Return the number of projects, the shared ones of the spaces and of the Org included."""
        return self.spaces * (self.projects + 1) + 1

    def lines(self) -> Iterator[bytes]:
        """Give the manifest's lines; what is further down in them stands on what is further up."""
        yield manifest_line("org", key=ORG, name="Bench")
        yield from _people(self.users)
        for place in range(self.spaces):
            yield from _space(f"space-{place}", f"Space {place}", self)
        yield from _grants(self)
        yield from _grants_of_partner(self)


def manifest_line(type_: str, **fields: object) -> bytes:
    """Return a line of a manifest."""
    return orjson.dumps({"type": type_, **fields}, option=orjson.OPT_APPEND_NEWLINE)


def user_line(key: str, *, admin: bool = False) -> bytes:
    """Return the line of a user, who is called as its key says."""
    name = key.replace("-", " ").capitalize()
    return manifest_line("user", key=key, name=name, email=f"{key}@example.org", admin=admin)


def _people(users: int) -> Iterator[bytes]:
    for key in PEOPLE:
        yield user_line(key, admin=key == "admin")
    members: list[list[str]] = [["member"] * (place < GROUPS_OF_MEMBER) for place in range(GROUPS)]
    for place in range(users):
        yield user_line(f"user-{place}")
        for step in range(3):
            members[(place + 7 * step) % GROUPS].append(f"user-{place}")
    for place, keys in enumerate(members):
        yield manifest_line("group", key=f"group-{place}", name=f"Group {place}", members=keys)
    if users >= CREW:
        crew = [f"user-{place}" for place in range(CREW)]
        yield manifest_line("group", key="crew", name="Crew", members=crew)


def _space(space: str, name: str, size: Size) -> Iterator[bytes]:
    yield manifest_line("space", key=space, name=name)
    for place in range(size.projects):
        project = f"project-{place}"
        yield manifest_line("project", space=space, key=project, name=f"Project {place}")
        for number in range(size.assets):
            kind, asset = KINDS[number % len(KINDS)], f"asset-{number}"
            named = {"key": asset, "name": f"Asset {number}", "kind": kind}
            yield manifest_line("asset", space=space, project=project, **named)


def _grants(size: Size) -> Iterator[bytes]:
    chance = random.Random(20)  # noqa: S311 - the same Org each time
    for place in range(size.spaces):
        space, group = f"space-{place}", f"group:group-{chance.randrange(GROUPS)}"
        drawn = chance.random()
        if drawn < SHARE_GRANTED:
            propagate = chance.random() < SHARE_PROPAGATED
            level = chance.choice(LEVELS)
            yield manifest_line("grant", to=group, level=level, on=space, propagate=propagate)
            yield from _on_projects(space, group, chance.sample(range(size.projects), LOWERED))
        elif drawn < SHARE_GRANTED + SHARE_OPENED:
            count = min(OPENED, size.projects)
            yield from _on_projects(space, group, chance.sample(range(size.projects), count))
        count = min(PROJECTS_OF_GUEST, size.projects)
        yield from _on_projects(space, "user:guest", chance.sample(range(size.projects), count))


def _grants_of_partner(size: Size) -> Iterator[bytes]:
    last, before = f"space-{size.spaces - 1}", f"space-{size.spaces - 2}"
    yield manifest_line("grant", to="user:partner", level="FULL", on=last, propagate=True)
    yield from _on_projects(before, "user:partner", list(range(PROJECTS_OF_PARTNER)))


def _on_projects(space: str, principal: str, places: list[int]) -> Iterator[bytes]:
    for place in places:
        level = LEVELS[place % len(LEVELS)]
        yield manifest_line("grant", to=principal, level=level, on=f"{space}/project-{place}")
