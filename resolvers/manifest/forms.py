"""What each type of line must and may hold: objects are read into the records of `lines`."""

from collections.abc import Callable
from typing import Final

from auth.subject import ADMINS, MEMBERS
from db.names import fold
from resolvers import values
from resolvers.manifest.fields import Fields
from resolvers.manifest.lines import (
    AssetLine,
    Content,
    GrantLine,
    GroupLine,
    Line,
    MembersLine,
    OrgLine,
    ProjectLine,
    SpaceLine,
    UserLine,
)
from resolvers.manifest.objects import Numbered

SHARED: Final = "shared"  # the key and name of the projects that are made with an Org or a space


def read_org(line: Numbered) -> OrgLine:
    """Read the line that an Org begins with."""
    fields = Fields(line.number, dict(line.fields))
    if line.fields.get("type") != "org":
        raise fields.error('the first line must be of the type "org"')
    fields.required("type", values.text)
    org = OrgLine(
        line.number,
        key=fields.required("key", values.key),
        name=fields.required("name", values.name),
    )
    fields.finish()
    return org


def read_line(line: Numbered) -> Line:
    """Read any other line."""
    fields = Fields(line.number, line.fields)
    type_ = fields.required("type", values.text)
    if type_ not in READERS:
        raise fields.error(f'"type" must be one of org {" ".join(READERS)} end')
    read = READERS[type_](fields)
    fields.finish()
    return read


def _user(fields: Fields) -> UserLine:
    user = UserLine(
        fields.number,
        key=fields.required("key", values.key),
        name=fields.required("name", values.title),
        email=fields.optional("email", values.email),
        admin=fields.flag("admin", default=False),
        active=fields.flag("active", default=True),
        service=fields.flag("service", default=False),
    )
    if user.service and user.email is not None:
        raise fields.error('a service account can\'t have an "email"')
    return user


def _group(fields: Fields) -> GroupLine:
    key = fields.required("key", values.key)
    if key in (ADMINS, MEMBERS):
        raise fields.error(f'the group "{key}" is kept by the server and has no line')
    name = fields.required("name", values.title)
    return GroupLine(fields.number, key, name, fields.optional("members", values.keys) or ())


def _members(fields: Fields) -> MembersLine:
    group = fields.required("group", values.key)
    return MembersLine(fields.number, group, fields.required("members", values.keys))


def _space(fields: Fields) -> SpaceLine:
    key = fields.required("key", values.key)
    if key == SHARED:
        raise fields.error('a space can\'t have the key "shared"')
    name = fields.required("name", values.name)
    return SpaceLine(fields.number, key, name, fields.optional("description", values.description))


def _project(fields: Fields) -> ProjectLine:
    space, key = fields.required("space", values.key), fields.required("key", values.key)
    name = fields.required("name", values.name)
    if SHARED in (key, fold(name)):
        raise fields.error(
            'a project can\'t have the key or the name "shared"; it is made with its space'
        )
    description = fields.optional("description", values.description)
    return ProjectLine(fields.number, space, key, name, description)


def _asset(fields: Fields) -> AssetLine:
    return AssetLine(
        fields.number,
        _project_path(fields),
        fields.required("key", values.key),
        fields.required("name", values.name),
        fields.required("kind", values.kind),
        fields.optional("metadata", values.json_text),
        _content(fields),
    )


def _project_path(fields: Fields) -> str:
    space = fields.required("space", values.key_or_null)
    project = fields.required("project", values.key)
    if space is not None:
        return f"{space}/{project}"
    if project == SHARED:
        return SHARED
    raise fields.error('"space" may be null only with the project "shared"')


def _content(fields: Fields) -> Content | None:
    given = fields.optional("content", values.mapping)
    if given is None:
        return None
    inner = Fields(fields.number, given, "content.")
    media_type = inner.required("mediaType", values.media_type)
    text, reference = (
        inner.optional("text", values.content),
        inner.optional("reference", values.uri),
    )
    inner.finish()
    if (text is None) == (reference is None):
        raise fields.error('"content" must have either "text" or "reference"')
    return Content(media_type, text, reference)


def _grant(fields: Fields) -> GrantLine:
    grant = GrantLine(
        fields.number,
        on=fields.required("on", values.node),
        to=fields.required("to", values.grantee),
        level=fields.required("level", values.level),
        propagate=fields.flag("propagate", default=False),
        expires_at=fields.optional("expiresAt", values.moment),
    )
    if grant.propagate and ("/" in grant.on or grant.on == SHARED):
        raise fields.error('"propagate" is for a grant on a space, not on a project')
    return grant


READERS: dict[str, Callable[[Fields], Line]] = {
    "user": _user,
    "group": _group,
    "members": _members,
    "space": _space,
    "project": _project,
    "asset": _asset,
    "grant": _grant,
}
