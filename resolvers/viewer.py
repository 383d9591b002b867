"""The viewer and its Org: known since the request was let in, so that no statement is needed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from db.ids import parse_id
from engine.edge import Columns, Key
from resolvers.context import Reading

Row = tuple[Any, ...]


class ViewerRow(NamedTuple):
    """The viewer's columns."""

    account_id: int


def read_key(arguments: Mapping[str, Any]) -> str | None:
    """Read the arguments of `Query.org`."""
    return arguments.get("key")


def _answer(parents: Sequence[Key], row: Any, columns: Columns) -> Sequence[Row]:
    """Return the one row for every parent; no rows where there is none."""
    if row is None:
        return []
    values = tuple(getattr(row, name) for name in columns)
    return [(parent[0] if parent else None, *values) for parent in parents]


async def viewer(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the viewer."""
    return _answer(parents, ViewerRow(reading.subject.account.id), columns)


async def account(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the account that asks."""
    return _answer(parents, reading.subject.account, columns)


async def org(
    reading: Reading, parents: Sequence[Key], key: str | None, columns: Columns
) -> Sequence[Row]:
    """Return the token's Org, unless another key is asked for: there is no other Org here."""
    found = reading.org
    named = found is not None and key in (None, found.key)
    return _answer(parents, found if named else None, columns)


async def org_of(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the Org of each node that was seen, which is the viewer's."""
    return _answer(parents, reading.org, columns)


async def org_by_id(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the viewer's Org for each parent that names it by its number."""
    found = reading.org
    named = [parent for parent in parents if found is not None and parent[0] == found.id]
    return _answer(named, found, columns)


def parse_in_org(reading: Reading, public_id: str) -> tuple[str, Key] | None:
    """Read a public id as a type and a key; an id of another Org names nothing."""
    node, org = parse_id(public_id), reading.org
    if node is None or org is None or node.org_id != org.id:
        return None
    return node.type, (node.id,)
