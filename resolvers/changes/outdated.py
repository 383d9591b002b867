"""Whether anything that a plan is about was touched since it was made.

A plan is about what its change names and may alter, with what that lies in and what lies in it;
about the members and groups whose permissions these are, and who is in these groups.
"""

# An input holds whatever JSON does.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, or_, select

from auth.scope import Scope
from auth.subject import ADMINS
from db import ids
from db.ids import NodeId, parse_id
from db.models import ASSET, EVENT, GRANT, MEMBERSHIP, PROJECT, TOUCH
from db.queries import numbers, one_of
from resolvers.changes.change import Change, Input
from resolvers.changes.memberships import reserved

MOST = 10_000  # touches that are looked at; after more a plan is out of date
HARMLESS = (".rename", ".update")  # actions that alter no permission


class Touch(NamedTuple):
    """A node that was touched: whether that may alter permissions, and is what the event is of."""

    node: NodeId
    alters: bool
    is_object: bool


class Place(NamedTuple):
    """In which space and project a node lies, itself included."""

    space_id: int | None
    project_id: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a plan is about, by numbers; `principals` are None for everybody's permissions.

    Of those in `everywhere` all permissions may change.
    """

    spaces: Collection[int]
    projects: Collection[int]
    assets: Collection[int]
    principals: Collection[int] | None
    everywhere: Collection[int]


async def is_outdated(making: Change, since: int, *, given: Input, scopes: Iterable[Scope]) -> bool:
    """Return whether what the scopes and the input name was touched after the revision."""
    touched = await _touched(making, since)
    if touched is None:
        return True
    subject, look = _subject(scopes, _named(given)), Look(making)
    people = [one for one in touched if one.node.type in (ids.MEMBER, ids.GROUP)]
    nodes = [one for one in touched if one.node.type in (ids.SPACE, ids.PROJECT, ids.ASSET)]
    return await _nodes_touched(look, subject, nodes) or await _people(look, subject, people)


async def _touched(making: Change, since: int) -> list[Touch] | None:
    """Return what was touched after the revision; None where that is too much to look at."""
    same = and_(EVENT.c.org_id == TOUCH.c.org_id, EVENT.c.revision == TOUCH.c.revision)
    after = (TOUCH.c.org_id == making.org.id, TOUCH.c.revision > since)
    rows = await making.connection.execute(
        select(TOUCH.c.object_id, EVENT.c.action, TOUCH.c.path.is_(None))
        .select_from(TOUCH.join(EVENT, same))
        .where(*after)
        .limit(MOST + 1)
    )
    found = [(parse_id(object_id), action, bool(itself)) for object_id, action, itself in rows]
    if len(found) > MOST:
        return None
    return [
        Touch(node, not action.endswith(HARMLESS), itself) for node, action, itself in found if node
    ]


def _named(given: Any) -> Iterator[NodeId]:
    """Yield the nodes that an input names, wherever in it."""
    if isinstance(given, str):
        node = parse_id(given)
        yield from [] if node is None else [node]
        return
    parts: list[Any] = list(given) if isinstance(given, list) else []
    if isinstance(given, Mapping):
        parts = list(given.values())
    for part in parts:
        yield from _named(part)


def _subject(scopes: Iterable[Scope], named: Iterable[NodeId]) -> Subject:
    scopes, nodes = list(scopes), list(named)

    def of(type_: str, *parts: Iterable[int]) -> set[int]:
        return {node.id for node in nodes if node.type == type_}.union(*parts)

    whose = [scope.principals for scope in scopes]
    principals = of(ids.MEMBER, of(ids.GROUP), *(some or () for some in whose))
    return Subject(
        of(ids.SPACE, *(scope.spaces for scope in scopes)),
        of(ids.PROJECT, *(scope.projects for scope in scopes)),
        of(ids.ASSET, *(scope.assets for scope in scopes)),
        None if None in whose else principals,
        set[int]().union(*(scope.principals or () for scope in scopes if scope.everything)),
    )


class Look:
    """Looks up where nodes lie, and who holds what."""

    def __init__(self, making: Change) -> None:
        self._making, self._dialect = making, making.connection.dialect.name

    async def reserved(self) -> dict[str, int]:
        """Return the ids of the reserved groups by their keys."""
        return await reserved(self._making)

    async def places(self, nodes: Iterable[NodeId]) -> dict[NodeId, Place]:
        """Return where the nodes lie that aren't gone for good."""
        named = set(nodes)
        found = {node: Place(node.id, None) for node in named if node.type == ids.SPACE}
        of_projects = select(PROJECT.c.id, PROJECT.c.space_id, PROJECT.c.id)
        above = and_(PROJECT.c.org_id == ASSET.c.org_id, PROJECT.c.id == ASSET.c.project_id)
        of_assets = select(ASSET.c.id, PROJECT.c.space_id, PROJECT.c.id)
        for type_, table, rows in (
            (ids.PROJECT, PROJECT, of_projects),
            (ids.ASSET, ASSET, of_assets.select_from(ASSET.join(PROJECT, above))),
        ):
            these = [node.id for node in named if node.type == type_]
            for id_, space_id, project_id in await self._of(table, rows, these) if these else ():
                found[NodeId(type_, self._making.org.id, id_)] = Place(space_id, project_id)
        return found

    async def with_members(self, principals: Collection[int]) -> set[int]:
        """Return the principals with the members of the groups among them."""
        held = MEMBERSHIP.c
        lasting = (held.org_id == self._making.org.id, held.ended_at.is_(None))
        rows = select(held.member_id).where(*lasting, self._one_of(held.group_id))
        found = await self._making.connection.scalars(rows, self._these(principals))
        return {*principals, *found}

    async def beside(self, principals: Collection[int]) -> set[int]:
        """Return the principals with the groups that they are in and the members in them."""
        held = MEMBERSHIP.c
        lasting = (held.org_id == self._making.org.id, held.ended_at.is_(None))
        either = or_(self._one_of(held.group_id), self._one_of(held.member_id))
        rows = await self._making.connection.execute(
            select(held.group_id, held.member_id).where(*lasting, either), self._these(principals)
        )
        return {*principals, *(id_ for row in rows for id_ in row)}

    async def spaces_held_in(self, principals: Collection[int]) -> set[int | None]:
        """Return the spaces in which they hold or held anything, None for the Org's project."""
        own = (GRANT.c.org_id == self._making.org.id, self._one_of(GRANT.c.principal_id))
        rows = select(GRANT.c.within_id).where(*own).distinct()
        return set(await self._making.connection.scalars(rows, self._these(principals)))

    async def _of(self, table: FromClause, rows: Any, these: Collection[int]) -> Any:
        here = (table.c.org_id == self._making.org.id, self._one_of(table.c.id))
        return await self._making.connection.execute(rows.where(*here), self._these(these))

    def _one_of(self, column: Any) -> Any:
        return one_of(self._dialect, column, "these")

    def _these(self, values: Collection[int]) -> dict[str, Any]:
        return {"these": numbers(self._dialect, values)}


async def _nodes_touched(look: Look, subject: Subject, touched: Collection[Touch]) -> bool:
    """Return whether a touched node is, lies in, or holds, what the plan is about."""
    if not touched:
        return False
    org_id = next(iter(touched)).node.org_id
    own = [NodeId(ids.PROJECT, org_id, id_) for id_ in subject.projects]
    own += [NodeId(ids.ASSET, org_id, id_) for id_ in subject.assets]
    places = await look.places([*own, *(one.node for one in touched)])
    if any(one.node not in places for one in touched):
        return True  # it is gone for good, and nobody can tell where it lay
    lie_in = [places[node] for node in own if node in places]
    spaces = {*subject.spaces, *(place.space_id for place in lie_in)}
    projects = {*subject.projects, *(place.project_id for place in lie_in)}
    reached = await _reached(look, subject)
    for node, alters, _ in touched:
        place = places[node]
        inside = place.space_id in subject.spaces or place.project_id in subject.projects
        above = node.id in {ids.SPACE: spaces, ids.PROJECT: projects}.get(node.type, set())
        # The level in a shared project hangs on what is held beside it.
        near = alters and node.type == ids.PROJECT and place.space_id in spaces
        held = alters and (reached is None or place.space_id in reached)
        if inside or above or near or held or node.id in subject.assets:
            return True
    return False


async def _reached(look: Look, subject: Subject) -> set[int | None] | None:
    """Return in which spaces a change of somebody's everything may matter; None for in all."""
    if not subject.everywhere:
        return set()
    principals = await look.beside(subject.everywhere)
    if (await look.reserved())[ADMINS] in principals:
        return None
    return await look.spaces_held_in(principals)


async def _people(look: Look, subject: Subject, touched: Collection[Touch]) -> bool:
    """Return whether a touched member or group is one whose permissions the plan is about."""
    people = {one.node.id for one in touched}
    if not people:
        return False
    if subject.principals is not None:
        return bool(people & await look.with_members(subject.principals))
    altered = [one for one in touched if one.alters]
    groups = {one.node.id for one in altered if one.node.type == ids.GROUP}
    if (await look.reserved())[ADMINS] in groups:
        return True
    members = {one.node.id for one in altered if one.node.type == ids.MEMBER and one.is_object}
    held = await look.spaces_held_in(groups | await look.beside(members))
    if members:
        held.add(None)  # every member holds something in the Org's shared project, ungranted
    org_id = next(iter(touched)).node.org_id
    return bool(held & {*subject.spaces, *await _spaces_of(look, subject, org_id)})


async def _spaces_of(look: Look, subject: Subject, org_id: int) -> set[int | None]:
    nodes = [NodeId(ids.PROJECT, org_id, id_) for id_ in subject.projects]
    nodes += [NodeId(ids.ASSET, org_id, id_) for id_ in subject.assets]
    return {place.space_id for place in (await look.places(nodes)).values()}
