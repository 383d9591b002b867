"""Lines turned into rows: ids are given out, and keys become the ids of what stands further up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from auth.subject import ADMINS, MEMBERS
from db.names import fold, sort_form
from resolvers.manifest.errors import ManifestError
from resolvers.manifest.forms import SHARED
from resolvers.manifest.lines import (
    AssetLine,
    GrantLine,
    GroupLine,
    Line,
    MembersLine,
    OrgLine,
    ProjectLine,
    SpaceLine,
    UserLine,
)
from resolvers.manifest.rows import (
    AssetRow,
    GrantRow,
    MembershipRow,
    PrincipalRow,
    ProjectRow,
    Row,
    SpaceRow,
    VersionRow,
)

RESERVED = {ADMINS: "Admins", MEMBERS: "Members"}  # keys and names
MEMBER, GROUP = "MEMBER", "GROUP"


@dataclass(slots=True)
class Known:
    """The Org, and the ids of what its lines so far made: by key, by path, by `user:ada`.

    `ids` are those to give out; `accounts` has the accounts of users by their lines' numbers.
    """

    org_id: int
    now: int
    ids: Iterator[int] = field(default_factory=lambda: iter(()))
    accounts: dict[int, int] = field(default_factory=dict[int, int])
    principals: dict[str, int] = field(default_factory=dict[str, int])
    spaces: dict[str, int] = field(default_factory=dict[str, int])
    projects: dict[str, int] = field(default_factory=dict[str, int])


def ids_of(line: Line | OrgLine) -> int:
    """Return how many ids the line's rows take."""
    match line:
        case AssetLine():
            return 1 + (line.content is not None)
        case OrgLine():
            return len(RESERVED) + 1
        case SpaceLine():
            return 2
        case UserLine():
            return 1 + line.admin + line.active
        case GroupLine() | MembersLine():
            return isinstance(line, GroupLine) + len(line.members)
        case _:
            return 1


def rows_of(line: Line | OrgLine, known: Known) -> Iterator[Row]:
    """Make the line's rows; ManifestError where it names what no line above it made."""
    return MAKERS[type(line)](line, known)


def _org(_line: OrgLine, known: Known) -> Iterator[Row]:
    for key, title in RESERVED.items():
        yield _principal(known, GROUP, key, title)
    yield _shared_project(known, None, SHARED)


def _user(line: UserLine, known: Known) -> Iterator[Row]:
    member = _principal(known, MEMBER, line.key, line.name)
    account, service = known.accounts[line.number], line.service
    yield member._replace(email=line.email, account_id=account, is_service=service)
    for group in [ADMINS] * line.admin + [MEMBERS] * line.active:
        yield _membership(known, known.principals[f"group:{group}"], member.id)


def _group(line: GroupLine, known: Known) -> Iterator[Row]:
    group = _principal(known, GROUP, line.key, line.name)
    yield group
    yield from _in_group(line, group.id, known)


def _members(line: MembersLine, known: Known) -> Iterator[Row]:
    group = known.principals.get(f"group:{line.group}")
    if group is None or line.group in RESERVED:
        raise _missing(line, "group", line.group)
    yield from _in_group(line, group, known)


def _in_group(line: GroupLine | MembersLine, group: int, known: Known) -> Iterator[Row]:
    for key in line.members:
        member = known.principals.get(f"user:{key}")
        if member is None:
            raise _missing(line, "user", key)
        yield _membership(known, group, member)


def _principal(known: Known, kind: str, key: str, name: str) -> PrincipalRow:
    id_, now = next(known.ids), known.now
    known.principals[f"{'user' if kind == MEMBER else 'group'}:{key}"] = id_
    return PrincipalRow(known.org_id, id_, kind, key, *_forms(name), None, None, False, now, now)


def _membership(known: Known, group: int, member: int) -> MembershipRow:
    return MembershipRow(known.org_id, next(known.ids), group, member, known.now)


def _space(line: SpaceLine, known: Known) -> Iterator[Row]:
    id_, names, now = next(known.ids), _forms(line.name), known.now
    known.spaces[line.key] = id_
    yield SpaceRow(known.org_id, id_, line.key, *names, line.description, now, now)
    yield _shared_project(known, id_, f"{line.key}/{SHARED}")


def _shared_project(known: Known, space: int | None, path: str) -> ProjectRow:
    id_, now = next(known.ids), known.now
    known.projects[path] = id_
    names = _forms(SHARED)
    return ProjectRow(known.org_id, id_, space, True, SHARED, *names, None, now, now, now)


def _project(line: ProjectLine, known: Known) -> Iterator[Row]:
    space = known.spaces.get(line.space)
    if space is None:
        raise _missing(line, "space", line.space)
    org, id_, key = known.org_id, next(known.ids), line.key
    names, now = _forms(line.name), known.now
    known.projects[f"{line.space}/{key}"] = id_
    yield ProjectRow(org, id_, space, False, key, *names, line.description, now, now, now)


def _asset(line: AssetLine, known: Known) -> Iterator[Row]:
    project = known.projects.get(line.project)
    if project is None:
        raise _missing(line, "project", line.project)
    org, id_, key = known.org_id, next(known.ids), line.key
    names, now = _forms(line.name), known.now
    yield AssetRow(org, id_, project, key, *names, line.kind, line.metadata, now, now, now)
    if line.content:
        yield VersionRow(org, next(known.ids), id_, 1, *line.content, now)


def _grant(line: GrantLine, known: Known) -> Iterator[Row]:
    space, project = known.spaces.get(line.on), known.projects.get(line.on)
    if space is None and project is None:
        raise _missing(line, "space or project", line.on)
    principal = known.principals.get(line.to)
    if principal is None:
        raise _missing(line, "principal", line.to)
    within = known.spaces.get(line.on.partition("/")[0])
    held = (line.level.value, line.propagate, line.expires_at, known.now)
    yield GrantRow(known.org_id, next(known.ids), space, project, within, principal, *held)


def _forms(name: str) -> tuple[str, str, str]:
    folded = fold(name)
    return name, folded, sort_form(folded)


def _missing(line: Line, kind: str, key: str) -> ManifestError:
    return ManifestError(line.number, f'there is no {kind} "{key}" above this line')


MAKERS: dict[type[Line | OrgLine], Callable[..., Iterator[Row]]] = {
    OrgLine: _org,
    UserLine: _user,
    GroupLine: _group,
    MembersLine: _members,
    SpaceLine: _space,
    ProjectLine: _project,
    AssetLine: _asset,
    GrantLine: _grant,
}
