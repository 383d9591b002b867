"""Who may do what: for each action the level that it needs, and on which node."""

from dataclasses import dataclass
from enum import Enum

from auth.levels import Permission


class On(Enum):
    """The node whose permission decides."""

    ORG = "the Org"
    NODE = "the node itself"
    SPACE = "the space that it is in, or is to be in"


@dataclass(frozen=True, slots=True)
class Need:
    """A level on a node. Only admins are OWNER of the Org."""

    level: Permission
    on: On = On.NODE


FULL, OWNER = Permission.FULL, Permission.OWNER

# Any one of an action's needs suffices; an admin is OWNER everywhere.
ACTIONS: dict[str, tuple[Need, ...]] = {
    "space.create": (Need(OWNER, On.ORG),),
    "space.rename": (Need(FULL),),
    "space.update": (Need(OWNER),),
    "space.delete": (Need(OWNER),),
    "project.create": (Need(FULL, On.SPACE),),
    "project.rename": (Need(FULL),),
    "project.update": (Need(FULL),),
    "project.delete": (Need(OWNER), Need(OWNER, On.SPACE)),
}
