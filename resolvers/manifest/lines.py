"""The lines of a manifest as typed records."""

from typing import NamedTuple, TypeAlias

from auth.levels import Permission


class OrgLine(NamedTuple):
    """An Org, which begins with this line."""

    number: int
    key: str
    name: str


class UserLine(NamedTuple):
    """A member of the Org."""

    number: int
    key: str
    name: str
    email: str | None
    admin: bool
    active: bool
    service: bool = False


class GroupLine(NamedTuple):
    """A group and the keys of its members."""

    number: int
    key: str
    name: str
    members: tuple[str, ...]


class MembersLine(NamedTuple):
    """More members of a group that stands further up, by their keys."""

    number: int
    group: str
    members: tuple[str, ...]


class SpaceLine(NamedTuple):
    """A space; its shared project comes with it."""

    number: int
    key: str
    name: str
    description: str | None


class ProjectLine(NamedTuple):
    """A project of a space."""

    number: int
    space: str
    key: str
    name: str
    description: str | None


class Content(NamedTuple):
    """An asset's content: text, or a reference to it."""

    media_type: str
    text: str | None
    reference: str | None


class AssetLine(NamedTuple):
    """An asset; `project` is the path of its project, `metadata` is JSON text."""

    number: int
    project: str
    key: str
    name: str
    kind: str
    metadata: str | None
    content: Content | None


class GrantLine(NamedTuple):
    """A grant on the node with the path `on` to, for instance, `group:build`."""

    number: int
    on: str
    to: str
    level: Permission
    propagate: bool
    expires_at: int | None


Line: TypeAlias = (
    UserLine | GroupLine | MembersLine | SpaceLine | ProjectLine | AssetLine | GrantLine
)
