"""The sections of an exported manifest: what the rows of each statement become."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Row

from auth.levels import Permission
from db.clock import time_text
from resolvers.manifest import queries
from resolvers.manifest.forms import SHARED

Fields: TypeAlias = dict[str, object]
MEMBERS_IN_A_LINE = 10_000  # with the longest keys 2.5 MiB
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(slots=True)
class Names:
    """What rows are called in lines further down, by their ids; what isn't here isn't exported.

    `principals` has for instance `user:ada`, `paths` has the spaces and projects.
    """

    admins: frozenset[int]
    active: frozenset[int]
    members: Mapping[int, Sequence[int]]  # of each group, in the order in which they came into it
    principals: dict[int, str]
    paths: dict[int, str] = field(default_factory=dict[int, str])


def _user(row: AnyRow, names: Names) -> Iterator[Fields]:
    names.principals[row.id] = f"user:{row.key}"
    fields = Fields(type="user", key=row.key, name=row.name)
    if row.email is not None:
        fields["email"] = row.email
    fields["admin"] = row.id in names.admins
    if row.id not in names.active:
        fields["active"] = False
    if row.is_service:
        fields["service"] = True
    yield fields


def _group(row: AnyRow, names: Names) -> Iterator[Fields]:
    names.principals[row.id] = f"group:{row.key}"
    held_by = (names.principals[member] for member in names.members.get(row.id, ()))
    members = [name.removeprefix("user:") for name in held_by]
    first, most = members[:MEMBERS_IN_A_LINE], MEMBERS_IN_A_LINE
    yield Fields(type="group", key=row.key, name=row.name, members=first)
    for start in range(most, len(members), most):
        yield Fields(type="members", group=row.key, members=members[start : start + most])


def _space(row: AnyRow, names: Names) -> Iterator[Fields]:
    names.paths[row.id] = row.key
    yield _described(Fields(type="space", key=row.key, name=row.name), row.description)


def _project(row: AnyRow, names: Names) -> Iterator[Fields]:
    space = names.paths.get(row.space_id)
    if row.space_id is None:
        names.paths[row.id] = SHARED
    elif space is not None:
        names.paths[row.id] = f"{space}/{row.key}"
    if row.is_shared or space is None:
        return
    fields = Fields(type="project", space=space, key=row.key, name=row.name)
    yield _described(fields, row.description)


def _described(fields: Fields, description: str | None) -> Fields:
    return fields if description is None else {**fields, "description": description}


def _asset(row: AnyRow, names: Names) -> Iterator[Fields]:
    path = names.paths.get(row.project_id)
    if path is None:
        return
    space, _, project = path.rpartition("/")
    fields = Fields(type="asset", space=space or None, project=project)
    fields |= {"key": row.key, "name": row.name, "kind": row.kind}
    if row.metadata is not None:
        fields["metadata"] = orjson.Fragment(row.metadata)
    if row.media_type is not None:
        fields["content"] = _content(row)
    yield fields


def _content(row: AnyRow) -> Fields:
    if row.text is not None:
        return {"mediaType": row.media_type, "text": row.text}
    return {"mediaType": row.media_type, "reference": row.reference}


def _grant(row: AnyRow, names: Names) -> Iterator[Fields]:
    on_space = row.space_id is not None
    path = names.paths.get(row.space_id if on_space else row.project_id)
    if path is None:
        return
    fields = Fields(type="grant", on=path, to=names.principals[row.principal_id])
    fields["level"] = Permission(row.level).name
    if on_space:
        fields["propagate"] = row.propagate
    if row.expires_at is not None:
        fields["expiresAt"] = time_text(row.expires_at)
    yield fields


# Each section names what it exports for the sections after it.
SECTIONS: Sequence[
    tuple[
        Callable[[int], queries.Statement],
        Callable[[AnyRow, Names], Iterator[Fields]],
    ]
] = (
    (queries.users, _user),
    (queries.groups, _group),
    (queries.spaces, _space),
    (queries.projects, _project),
    (queries.assets, _asset),
    (queries.grants, _grant),
)
