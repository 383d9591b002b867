"""An Org in memory: plain records, in the order in which an import makes them."""

from dataclasses import dataclass, field

from auth.levels import Held

SHARED = "shared"


@dataclass(frozen=True)
class User:
    """A member; `former` are groups that it has left."""

    key: str
    admin: bool = False
    active: bool = True
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """A group with the keys of its members."""

    key: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """A space, project or asset by its path: `core`, `core/site`, `shared`, `core/site/home`."""

    path: str
    name: str
    kind: str = ""

    @property
    def key(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def above(self) -> str:
        """Return the path of what it lies in; empty for what lies in the Org."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Grant:
    """What a principal, `user:ada` or `group:g`, holds on a space or project; not if `ended`."""

    on: str
    to: str
    held: Held
    ended: bool = False


@dataclass(frozen=True)
class Org:
    """All of an Org. Projects and assets are in the order made; shared projects come by themselves.

    `deleted` are the paths of what lies in the recycle bin, without what lies in it.
    """

    users: tuple[User, ...]
    groups: tuple[Group, ...] = ()
    spaces: tuple[Node, ...] = ()
    ordinary: tuple[Node, ...] = ()
    assets: tuple[Node, ...] = ()
    grants: tuple[Grant, ...] = ()
    deleted: frozenset[str] = field(default_factory=frozenset[str])
