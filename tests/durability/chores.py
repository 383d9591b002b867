"""What clients want changed, made up: each mutation with an input that may do or be refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, TypeAlias

from db import clock, ids
from tests.durability.asking import Asked, Payload
from tests.durability.orgs import CLIENTS
from tests.factories import Loaded

Input: TypeAlias = dict[str, Any]
NAMES = [f"Name {number}" for number in range(60)]  # few enough to be wanted twice
KEYS = [f"key-{number}" for number in range(60)]
LEVELS = ("READ", "READ_EXECUTE", "FULL", "OWNER")
ON_CLASH = ("FAIL", "SKIP", "RENAME", "OVERWRITE")
FIRST = ("core", "lab", "field")
SECOND = 1_000_000
NOTHING = "ast_1_1"
NEWEST = 40  # of the nodes of a kind, which are changed further


@dataclass
class World:
    """What the clients know of the Org: ids of nodes, which others may have deleted meanwhile."""

    org: Loaded
    nodes: dict[str, list[str]] = field(init=False)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Begin with what nothing else depends on."""
        spaces = [self.org.ids[key] for key in FIRST]
        projects = [self.org.ids[path] for path in ("lab/bench", "lab/shared", "shared")]
        self.nodes = {ids.SPACE: spaces, ids.PROJECT: projects, ids.ASSET: [], ids.DELETION: []}

    def learn(self, asked: Asked, payload: Payload) -> None:
        """Note the node that a change made or brought back, and the deletion that it made."""
        for id_ in (payload.get("undoToken"), (payload.get("node") or {}).get("id")):
            if id_ is not None:
                self.nodes.get(type_of(id_), []).append(id_)
        if payload.get("undoToken") or asked.name == "restore":
            gone = asked.given["id"]
            known = self.nodes[type_of(gone)]
            known[:] = [id_ for id_ in known if id_ != gone]


def type_of(id_: str) -> str:
    """Return what an id says of its type."""
    return id_.partition("_")[0]


@dataclass(frozen=True)
class Chooser:
    """Chooses at random, the same each time for one client."""

    world: World
    random: Random

    def node(self, type_: str) -> str:
        """Return one of the newest nodes of a type, or else an id that nothing has."""
        return self.random.choice(self.world.nodes[type_][-NEWEST:] or [NOTHING])

    def space(self) -> str:
        """Return a space."""
        return self.node(ids.SPACE)

    def project(self) -> str:
        """Return a project."""
        return self.node(ids.PROJECT)

    def asset(self) -> str:
        """Return an asset."""
        return self.node(ids.ASSET)

    def assets(self) -> list[str]:
        """Return some assets, none twice."""
        return list({self.asset() for _ in range(4)})

    def spare(self) -> str:
        """Return a space that a client made, or else an id that nothing has."""
        return self.random.choice(self.world.nodes[ids.SPACE][len(FIRST) :] or [NOTHING])

    def holder(self) -> str:
        """Return a space or project that grants can be on."""
        return self.random.choice((self.space, self.project))()

    def idle(self) -> str:
        """Return a member who asks for nothing."""
        return self.world.org.ids[f"user:idle{self.random.randrange(CLIENTS)}"]

    def principal(self) -> str:
        """Return such a member or a group."""
        return self.random.choice((self.idle(), self.band))

    def named(self) -> Input:
        """Return a name and a key, which may be taken."""
        return {"name": self.random.choice(NAMES), "key": self.random.choice(KEYS)}

    def new_key(self) -> str:
        """Return a key that nothing had before."""
        return f"new-{next(self.world.numbers)}"

    def clash(self) -> Input:
        """Return what is to be done about a taken name."""
        return {"onClash": self.random.choice(ON_CLASH)}

    def grant(self) -> Input:
        """Return what a principal is to hold, some of it for a short time."""
        ends = clock.now() + self.random.randint(1, 5) * SECOND
        expires_at = self.random.choice((None, None, clock.time_text(ends)))
        held = {"principal": self.principal(), "level": self.random.choice(LEVELS)}
        return {**held, "expiresAt": expires_at}

    @property
    def band(self) -> str:
        """The group that members come to and leave."""
        return self.world.org.ids["group:band"]


def content(text: str) -> Input:
    """Return the content of an asset."""
    return {"mediaType": "text/plain", "text": text}


def _new_asset(choose: Chooser) -> Input:
    made = {"project": choose.project(), "kind": "FILE", "content": content("first")}
    return {**made, **choose.named()}


CHORES: Mapping[str, Callable[[Chooser], Input]] = {
    "spaceCreate": lambda c: {**c.named(), "key": c.new_key()},
    "spaceRename": lambda c: {"id": c.space(), "name": c.random.choice(NAMES)},
    "spaceUpdate": lambda c: {"id": c.space(), "description": c.new_key()},
    "spaceDelete": lambda c: {"id": c.spare()},
    "projectCreate": lambda c: {"space": c.space(), **c.named()},
    "projectRename": lambda c: {"id": c.project(), "name": c.random.choice(NAMES)},
    "projectUpdate": lambda c: {"id": c.project(), "description": c.new_key()},
    "projectMove": lambda c: {"id": c.project(), "into": c.space(), **c.clash()},
    "projectCopy": lambda c: {"id": c.project(), "into": c.space(), **c.clash()},
    "projectDelete": lambda c: {"id": c.project()},
    "assetCreate": _new_asset,
    "assetRename": lambda c: {"id": c.asset(), "name": c.random.choice(NAMES)},
    "assetUpdate": lambda c: {"id": c.asset(), "content": content(c.new_key())},
    "assetMove": lambda c: {"id": c.asset(), "into": c.project(), **c.clash()},
    "assetsMove": lambda c: {"ids": c.assets(), "into": c.project(), **c.clash()},
    "assetCopy": lambda c: {"id": c.asset(), "into": c.project(), **c.clash()},
    "assetsDelete": lambda c: {"ids": c.assets()},
    "restore": lambda c: {"id": c.node(ids.DELETION), "newName": c.random.choice((None, *NAMES))},
    "grantSet": lambda c: {"node": c.holder(), **c.grant()},
    "grantRevoke": lambda c: {"node": c.holder(), "principal": c.principal()},
    "grantsReplace": lambda c: {"node": c.project(), "grants": [c.grant()]},
    "ownershipTransfer": lambda c: {"node": c.project(), "to": c.idle()},
    "groupCreate": lambda c: {"key": c.new_key(), "name": "A group", "members": [c.idle()]},
    "groupRename": lambda c: {"id": c.band, "name": c.random.choice(NAMES)},
    "groupMembersAdd": lambda c: {"group": c.band, "members": [c.idle()]},
    "groupMembersRemove": lambda c: {"group": c.band, "members": [c.idle()]},
    "memberUpdate": lambda c: {"id": c.idle(), "name": c.random.choice(NAMES)},
    "memberDeactivate": lambda c: {"id": c.idle(), "heir": c.idle()},
    "memberReactivate": lambda c: {"id": c.idle()},
}
OFTEN = ("restore", "spaceCreate", "projectCreate", "assetCreate", "assetRename", "grantSet")
WANTED = (*CHORES, *OFTEN, *OFTEN)
