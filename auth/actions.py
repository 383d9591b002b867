"""Who may do what: for each action the levels that it needs, and on which nodes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from auth.levels import Permission


class Through(StrEnum):
    """By what a change was made, as the log keeps it."""

    TOKEN = "token"  # noqa: S105 - no secret
    SERVICE = "service"
    IMPORT = "import"
    EXPIRY = "expiry"
    RETENTION = "retention"
    PURGE = "purge"
    OTHER = "other"


MEANINGS: Mapping[Through, str] = {
    Through.TOKEN: "A person's token.",
    Through.SERVICE: "The token of a service account.",
    Through.IMPORT: "An import of a manifest.",
    Through.EXPIRY: "The server, as a grant had expired.",
    Through.RETENTION: "The server, as something had lain in the recycle bin for long enough.",
    Through.PURGE: "The server, at the end of a purge.",
    Through.OTHER: "Something that this version of the server doesn't know.",
}


def through_of(text: str) -> Through:
    """Return what an event was made through; OTHER for what only another version knows."""
    return Through(text) if text in {*Through} else Through.OTHER


class On(Enum):
    """The node whose permission decides."""

    ORG = "the Org"
    NODE = "the node itself"
    SPACE = "the space that it is in"
    TARGET = "the space or project that it is to be in"


@dataclass(frozen=True, slots=True)
class Need:
    """A level on any one of some nodes. Only admins are OWNER of the Org."""

    level: Permission
    on: tuple[On, ...] = (On.NODE,)


READ, FULL, OWNER = Permission.READ, Permission.FULL, Permission.OWNER
ADMIN = (Need(OWNER, (On.ORG,)),)
INTO = Need(FULL, (On.TARGET,))

# All of an action's needs must be met; an admin is OWNER everywhere.
ACTIONS: dict[str, tuple[Need, ...]] = {
    "space.create": ADMIN,
    "space.rename": (Need(FULL),),
    "space.update": (Need(OWNER),),
    "space.delete": (Need(OWNER),),
    "project.create": (INTO,),
    "project.rename": (Need(FULL),),
    "project.update": (Need(FULL),),
    "project.move": (Need(FULL), Need(OWNER, (On.NODE, On.SPACE)), INTO),
    "project.copy": (Need(READ), INTO),
    "project.delete": (Need(OWNER, (On.NODE, On.SPACE)),),
    "asset.create": (INTO,),
    "asset.update": (Need(FULL),),
    "asset.rename": (Need(FULL),),
    "asset.move": (Need(FULL), INTO),
    "asset.copy": (Need(READ), INTO),
    "asset.delete": (Need(FULL),),
    "grant.set": (Need(OWNER),),
    "grant.revoke": (Need(OWNER),),
    "grants.replace": (Need(OWNER),),
    "ownership.transfer": (Need(OWNER),),
    "member.add": ADMIN,
    "member.deactivate": ADMIN,
    "member.reactivate": ADMIN,
    "member.remove": ADMIN,
    "member.update": ADMIN,
    "group.create": ADMIN,
    "group.rename": ADMIN,
    "group.update": ADMIN,
    "group.delete": ADMIN,
    "group.members.add": ADMIN,
    "group.members.remove": ADMIN,
    "service.create": ADMIN,
    "org.update": ADMIN,
    "bin.purge": ADMIN,
}
# Whoever might delete it now, if it were live, may bring it back.
ACTIONS.update(
    {f"{noun}.restore": ACTIONS[f"{noun}.delete"] for noun in ("space", "project", "asset")}
)
