"""A whole Org in memory: plain records that changes alter."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from auth.levels import Held

SHARED = "shared"
DAY = 86_400_000_000  # microseconds


@dataclass(eq=False)
class Space:
    """A space; its shared project is among the projects."""

    id: str
    key: str
    name: str
    description: str | None = None
    deleted: bool = False

    @property
    def path(self) -> str:
        """Return what the reference calls it: its id."""
        return self.id


@dataclass(eq=False)
class Project:
    """A project; the Org's shared one lies in no space."""

    id: str
    key: str
    name: str
    space: Space | None
    description: str | None = None
    deleted: bool = False

    @property
    def path(self) -> str:
        """Return the ids that lead to it; of a shared one the last is `shared`."""
        last = SHARED if self.is_shared else self.id
        return last if self.space is None else f"{self.space.path}/{last}"

    @property
    def is_shared(self) -> bool:
        """Return whether it came with its space, or with the Org."""
        return self.key == SHARED


@dataclass(eq=False)
class Asset:
    """An asset; `versions` are its texts, the oldest first, `revision` that which changed it."""

    id: str
    key: str
    name: str
    kind: str
    project: Project
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    versions: list[str] = field(default_factory=list[str])
    revision: int = 0
    deleted: bool = False

    @property
    def path(self) -> str:
        """Return the ids that lead to it."""
        return f"{self.project.path}/{self.id}"


@dataclass(eq=False)
class Member:
    """A member; `account` is what it signs in with: its address folded, or a service's number."""

    id: str
    key: str
    name: str
    account: str | int
    email: str | None = None  # as it was given, in whatever case
    active: bool = True
    admin: bool = False
    removed: bool = False

    @property
    def is_service(self) -> bool:
        """Return whether it is a service account."""
        return self.email is None


@dataclass(eq=False)
class Group:
    """A group; those of the server have their members by what these are."""

    id: str
    key: str
    name: str
    members: list[Member] = field(default_factory=list[Member])
    deleted: bool = False

    @property
    def reserved(self) -> bool:
        """Return whether the server keeps it."""
        return self.key in ("admins", "members")


Node: TypeAlias = Space | Project | Asset
Principal: TypeAlias = Member | Group


@dataclass(eq=False)
class Grant:
    """A grant that lasts, if only until it expires."""

    on: Space | Project
    to: Principal
    held: Held


class State(Enum):
    """What became of a deletion; GONE is what was purged with what it lay in."""

    BINNED = "binned"
    RESTORED = "restored"
    ASKED = "to be purged"
    PURGED = "purged"
    GONE = "gone"


@dataclass(eq=False)
class Deletion:
    """A node's time in the recycle bin; `path` has the keys that led to it."""

    id: str
    node: Node
    by: Member
    key: str
    name: str
    path: str
    at: int
    state: State = State.BINNED
    asked_at: int = 0


@dataclass(eq=False)
class Model:
    """The Org at a moment (microseconds). All lists are in the order in which things were made."""

    id: str
    now: int
    name: str = ""
    revision: int = 1
    retention_days: int = 30
    spaces: list[Space] = field(default_factory=list[Space])
    projects: list[Project] = field(default_factory=list[Project])
    assets: list[Asset] = field(default_factory=list[Asset])
    members: list[Member] = field(default_factory=list[Member])
    groups: list[Group] = field(default_factory=list[Group])
    grants: list[Grant] = field(default_factory=list[Grant])
    deletions: list[Deletion] = field(default_factory=list[Deletion])
    purged: list[str] = field(default_factory=list[str])  # ids of what is gone for good
    names_given: int = 0  # to what isn't known to the server yet

    def copy(self) -> "Model":
        """Return another model of the same, of which nothing is shared."""
        return copy.deepcopy(self)

    def new_id(self) -> str:
        """Return what something new is called until the server has said how it is."""
        self.names_given += 1
        return f"new-{self.names_given}"

    @property
    def nodes(self) -> list[Node]:
        """Return all nodes, deleted ones too."""
        return [*self.spaces, *self.projects, *self.assets]

    @property
    def principals(self) -> list[Principal]:
        """Return whoever there ever was."""
        return [*self.members, *self.groups]

    def admins(self) -> list[Member]:
        """Return the active admins."""
        return [member for member in self.members if member.admin]

    def in_group(self, group: Group) -> list[Member]:
        """Return who is in a group now."""
        if group.key == "admins":
            return self.admins()
        if group.key == "members":
            return [member for member in self.members if member.active]
        return group.members

    def held_on(self, node: Space | Project) -> list[Grant]:
        """Return the grants in force on a node itself."""
        return [grant for grant in self.grants if grant.on is node and self.in_force(grant)]

    def in_force(self, grant: Grant) -> bool:
        """Return whether a grant hasn't expired."""
        return grant.held.expires_at is None or grant.held.expires_at > self.now

    def above(self, node: Node) -> Iterator[Node]:
        """Yield a node and what it lies in."""
        yield node
        if isinstance(node, Asset):
            yield from self.above(node.project)
        elif isinstance(node, Project) and node.space is not None:
            yield node.space
