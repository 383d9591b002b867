"""A whole Org in memory: plain records that changes alter, and the Org that the rule judges."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from auth.levels import Held, Permission
from tests.access import model as access
from tests.access.reference import View

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

    def org(self, *, live: Node | None = None) -> access.Org:
        """Return what the reference judges; `live` is taken for such, with what it lies in."""
        spared = [] if live is None else list(self.above(live))
        return access.Org(
            tuple(
                access.User(member.id, admin=member.admin, active=member.active)
                for member in self.members
            ),
            tuple(_group(group) for group in self.groups if not group.reserved),
            tuple(access.Node(space.path, space.name) for space in self.spaces),
            tuple(access.Node(one.path, one.name) for one in self.projects if not one.is_shared),
            tuple(access.Node(asset.path, asset.name, asset.kind) for asset in self.assets),
            tuple(
                access.Grant(grant.on.path, name_of(grant.to), grant.held) for grant in self.grants
            ),
            frozenset(n.path for n in self.nodes if n.deleted and n not in spared),
        )


def _group(group: Group) -> access.Group:
    return access.Group(group.id, tuple(member.id for member in group.members))


def name_of(principal: Principal) -> str:
    """Return what the reference calls a principal."""
    if isinstance(principal, Member):
        return f"user:{principal.id}"
    return f"group:{principal.key if principal.reserved else principal.id}"


class Sight(View):
    """How a member sees an Org; what was worked out once is remembered."""

    def __init__(self, org: access.Org, member: str, *, now: int) -> None:
        super().__init__(org, member, now=now)
        self.member = member
        self._levels: dict[str, Permission] = {}

    def level(self, path: str) -> Permission:
        """Return the permission on the node with the path."""
        if path not in self._levels:
            self._levels[path] = super().level(path)
        return self._levels[path]
