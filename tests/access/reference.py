"""What a user may do and see by the design, worked out slowly: `auth.levels` judges each node.

Nothing here is shared with the SQL. Visibility, totals and order are plain loops over an Org in
memory, one node after the other.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from auth.levels import Facts, Held, Kind, Permission, Standing, permission
from tests.access.model import SHARED, Node, Org, User

NUMBER_OR_CHARACTER = re.compile(r"[0-9]+|.", re.DOTALL)


class View:
    """An Org as one of its users sees it at a moment (microseconds)."""

    def __init__(self, org: Org, user: str, *, now: int) -> None:
        self.org, self.now = org, now
        member = next(one for one in org.users if one.key == user)
        self.standing = _standing(member)
        self._principals = _principals(org, member)
        self._spaces = {node.path: node for node in org.spaces}
        self._projects = {node.path: node for node in every_project(org)}
        self._assets = {node.path: node for node in org.assets}
        made = (*self._spaces, *self._projects, *self._assets)
        self._ages = {path: age for age, path in enumerate(made)}

    def org_level(self) -> Permission:
        """Return the permission on the Org itself."""
        return permission(self.standing, Facts(Kind.ORG), now=self.now)

    def level(self, path: str) -> Permission:
        """Return the permission on the node with the path; NONE too for a deleted one."""
        if self._is_deleted(path):
            return Permission.NONE
        if path in self._assets:
            return self.level(self._assets[path].above)
        return permission(self.standing, self._facts(path), now=self.now)

    def sees(self, path: str) -> bool:
        """Return whether the node is there for the user; a space may be so without permission."""
        if self.level(path) > Permission.NONE:
            return True
        if path not in self._spaces or self._is_deleted(path):
            return False
        return any(self.sees(project) for project in self._in_space(path))

    def spaces(self) -> list[Node]:
        """Return the spaces seen, by name."""
        return self.ordered(list(self._spaces.values()), "NAME")

    def projects(self, space: str | None = None) -> list[Node]:
        """Return the projects seen, by path: of a space without its shared one, or of them all."""
        found = [node for node in self._projects.values() if node.path != SHARED]
        if space is not None:
            found = [n for n in found if n.above == space and n.key != SHARED]
        return self.ordered(found, "PATH")

    def assets(self, project: str | None = None) -> list[Node]:
        """Return the assets seen, by path, of a project or of the Org."""
        found = list(self._assets.values())
        return self.ordered([n for n in found if project in (None, n.above)], "PATH")

    def ordered(
        self, nodes: list[Node], order: str, *, descending: bool = False, minimum: int = 0
    ) -> list[Node]:
        """Return those seen, of the minimum level; of equal ones the one made first comes first."""
        seen = [n for n in nodes if self.sees(n.path) and self.level(n.path) >= minimum]
        compared = self._order(order)
        return sorted(
            seen, key=lambda node: (compared(node), self._ages[node.path]), reverse=descending
        )

    def _order(self, name: str) -> Callable[[Node], Any]:
        orders: dict[str, Callable[[Node], Any]] = {
            "NAME": lambda node: natural(node.name),
            "KEY": lambda node: node.key,
            "KIND": lambda node: (node.kind, natural(node.name)),
            "PATH": lambda node: self._way(node.path),
            # All are made at one time, which of a space without permission isn't told.
            "CREATED_AT": lambda node: self.level(node.path) > Permission.NONE,
        }
        return orders[name]

    def _way(self, path: str) -> list[Any]:
        """Return the names and ages down to a node; what lies in no space comes first."""
        if path == "":
            return [[], -1]
        node = self._spaces.get(path) or self._projects.get(path) or self._assets[path]
        own = [natural(node.name), self._ages[path]]
        return own if path in self._spaces else [*self._way(node.above), *own]

    def _is_deleted(self, path: str) -> bool:
        return any(f"{path}/".startswith(f"{deleted}/") for deleted in self.org.deleted)

    def _in_space(self, space: str) -> list[str]:
        return [path for path, node in self._projects.items() if node.above == space]

    def _facts(self, path: str) -> Facts:
        own = self._held(path)
        if path in self._spaces:
            return Facts(Kind.SPACE, own)
        if path == SHARED:
            return Facts(Kind.ORG_SHARED, own)
        node = self._projects[path]
        if node.key != SHARED:
            return Facts(Kind.PROJECT, own, self._held(node.above))
        beside = (self.level(other) for other in self._in_space(node.above) if other != path)
        return Facts(Kind.SHARED, own, self._held(node.above), max(beside, default=Permission.NONE))

    def _held(self, path: str) -> tuple[Held, ...]:
        return tuple(
            grant.held
            for grant in self.org.grants
            if grant.on == path and grant.to in self._principals and not grant.ended
        )


def every_project(org: Org) -> list[Node]:
    """Return the projects in the order made: each shared one comes with its space."""
    shared = [Node(SHARED, SHARED), *(Node(f"{s.path}/{SHARED}", SHARED) for s in org.spaces)]
    return [*shared, *org.ordinary]


def natural(name: str) -> list[tuple[int, int]]:
    """Return what compares names as people order them: digits by the number that they make."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return [
        (ord("0"), int(part)) if part[0] in "0123456789" else (ord(part), 0)
        for part in NUMBER_OR_CHARACTER.findall(folded)
    ]


def _standing(user: User) -> Standing:
    if not user.active:
        return Standing.OUTSIDER
    return Standing.ADMIN if user.admin else Standing.MEMBER


def _principals(org: Org, user: User) -> set[str]:
    groups = {f"group:{group.key}" for group in org.groups if user.key in group.members}
    reserved = {"group:members"} if user.active else set[str]()
    return {f"user:{user.key}", *groups, *reserved}
