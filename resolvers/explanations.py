"""Why someone may do what on a node: `access`, and what lies below it.

An explanation is made where `access` is answered, and kept for the fields below it, which lead back
to it by its reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from auth.explain import Explanation, Limit, Source, Traced, explain
from auth.levels import Permission
from db import ids
from engine.edge import Columns, Key, Row
from resolvers.circumstances import Circumstances, Holder, find_holder
from resolvers.context import Reading


class AccessRow(NamedTuple):
    """What someone may do on a node and why; `ref` leads the fields below to the explanation.

    The level is None where it isn't known any more.
    """

    ref: str
    principal_kind: str
    principal_id: int
    at: int
    level: Permission | None
    source: Source
    because: str
    redacted: bool


class LimitRow(NamedTuple):
    """What kept the level from being higher."""

    ref: str
    rule: Limit
    sentence: str


class AccessGrantRow(NamedTuple):
    """A grant of an explanation; of one that the viewer isn't told only that it is there."""

    org_id: int
    redacted: bool
    id: int | None = None
    principal_kind: str | None = None
    principal_id: int | None = None
    principal_name: str | None = None
    on_kind: str | None = None
    on_id: int | None = None
    level: Permission | None = None
    propagate: bool | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The arguments of `access`: whose (None for the viewer's own), and when (None for now)."""

    principal: str | None
    at: int | None


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation with what it stands on; `hidden` are the grants that the viewer isn't told.

    `owned` says whether the viewer owns the node: only then it is told of others' permissions.
    """

    holder: Holder
    node_id: int
    circumstances: Circumstances
    explanation: Explanation
    hidden: frozenset[int]
    owned: bool


def read_question(arguments: Mapping[str, Any]) -> Question:
    """Read the arguments of `access`."""
    return Question(arguments.get("for"), arguments.get("at"))


class Accesses:
    """The batch function of `access` on nodes of one type; parents are (id, the viewer's level)."""

    statements = 3  # of whoever asks about itself; one more about others

    def __init__(self, type_: str) -> None:
        self._type = type_

    async def rows(
        self, reading: Reading, parents: Sequence[Key], question: Question, columns: Columns
    ) -> Sequence[Row]:
        """Return who may do what and why; nothing where the viewer may not ask that."""
        holder = await find_holder(reading, question.principal, at=question.at)
        if holder is None:
            return []
        own = holder.principal.id == reading.subject.member_id
        nodes = {id_: level == Permission.OWNER for id_, level in parents}
        nodes = {id_: owned for id_, owned in nodes.items() if own or owned}
        if not nodes:
            return []
        found = await Circumstances.load(reading, holder, self._type, list(nodes), at=question.at)
        rows = ((id_, _explained(reading, found, id_, owned=nodes[id_])) for id_ in nodes)
        return [(id_, *(getattr(row, name) for name in columns)) for id_, row in rows]


def _explained(reading: Reading, found: Circumstances, id_: int, *, owned: bool) -> AccessRow:
    """Explain one node, and keep the explanation for the fields below."""
    holder, explanation = found.holder, _explanation(found, id_)
    hidden = frozenset(grant.id for grant in explanation.grants if not found.is_told(id_, grant))
    ref = f"{id_}-{holder.principal.type}-{holder.principal.id}-{found.at}"
    reading.explained[ref] = Explained(holder, id_, found, explanation, hidden, owned)
    sentences = (explanation.source, explanation.limit)
    return AccessRow(
        ref,
        holder.kind,
        holder.principal.id,
        found.at,
        explanation.level,
        explanation.source,
        " ".join(one.value for one in sentences if one is not None),
        redacted=bool(hidden),
    )


def _explanation(found: Circumstances, id_: int) -> Explanation:
    facts = found.facts(id_)
    if facts is None:
        return Explanation(Permission.NONE, Source.NOTHING, Limit.NOT_THERE)
    if found.is_forgotten(id_):
        return Explanation(None, Source.PURGED)
    return explain(found.holder.standing, facts, found.best(id_), now=found.at)


class Told:
    """The batch function of the grants that an explanation names; parents are references."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def rows(
        self, reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
    ) -> Sequence[Row]:
        """Return the grants, those that the viewer isn't told without what they are."""
        found = [
            (ref, _told(reading.explained[ref], grant))
            for (ref,) in parents
            for grant in getattr(reading.explained[ref].explanation, self._name)
        ]
        return [(ref, *(getattr(row, name) for name in columns)) for ref, row in found]


def _told(explained: Explained, grant: Traced) -> AccessGrantRow:
    org_id = explained.holder.principal.org_id
    if grant.id in explained.hidden:
        return AccessGrantRow(org_id, redacted=True)
    itself = grant.principal_id == explained.holder.principal.id
    on_project = grant.project_id is not None
    return AccessGrantRow(
        org_id,
        redacted=False,
        id=grant.id,
        principal_kind=explained.holder.kind if itself else "GROUP",
        principal_id=grant.principal_id,
        principal_name=explained.circumstances.names[grant.principal_id],
        on_kind="PROJECT" if on_project else "SPACE",
        on_id=grant.project_id if on_project else grant.space_id,
        level=grant.level,
        propagate=grant.propagate,
        expires_at=grant.expires_at,
    )


async def limits(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return what kept each explanation's level from being higher; nothing for OWNER."""
    found = [
        LimitRow(ref, limit, limit.value)
        for (ref,) in parents
        if (limit := reading.explained[ref].explanation.limit) is not None
    ]
    return [(row.ref, *(getattr(row, name) for name in columns)) for row in found]


of_space, of_project, of_asset = Accesses(ids.SPACE), Accesses(ids.PROJECT), Accesses(ids.ASSET)
reached_by, limited_by, shadowed = Told("reached_by"), Told("limited_by"), Told("shadowed")
