"""What events hold: what docs/changes.md says of their action, and nothing that is secret."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.access.matrix import mutation_rows
from tests.access.standings import Scene, staged
from tests.resolvers.changes.changing import kept

PAGE = Path(__file__).parents[3] / "docs" / "changes.md"
ROW = re.compile(r"^\| `(\w+(?:\.\w+)+)` \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
IDEMPOTENCY_KEY = "never-in-an-event"
# Of each mutation its first row in the access matrix, as an example.
ROWS = {row.of: row for row in reversed(mutation_rows())}
# What only some changes hold stands in brackets on the page; by these inputs they hold it all.
INTO_DOCS = {"into": "$core/docs", "newKey": "plan", "newName": "plan", "onClash": "OVERWRITE"}
INTO_LAB = {"newKey": "bench", "newName": "bench", "onClash": "OVERWRITE"}
AS_IT_IS: Mapping[str, Any] = {}
MORE: Mapping[str, Mapping[str, Any]] = {
    "projectMove": INTO_LAB,
    "projectCopy": INTO_LAB,
    "assetMove": INTO_DOCS,
    "assetCopy": INTO_DOCS,
    "assetCreate": AS_IT_IS,
    "assetUpdate": {"name": "House"},
    "spaceUpdate": {"name": "Heart"},
    "projectUpdate": {"name": "Place"},
    "memberDeactivate": AS_IT_IS,
    "memberRemove": AS_IT_IS,
    "orgUpdate": AS_IT_IS,
}
EXAMPLES = [(name, False) for name in ROWS] + [(name, True) for name in MORE]


class Told(NamedTuple):
    """The names of the values that one side of an event always has, and that it may have."""

    always: set[str]
    sometimes: set[str]

    def says(self, names: set[str], *, all_of_it: bool) -> bool:
        """Return whether it says that these are there."""
        everything = self.always | self.sometimes
        return names == everything if all_of_it else self.always <= names <= everything


def documented() -> dict[str, tuple[Told, Told]]:
    """Return what the page says that `before` and `after` hold, by action."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {action: (_told(before), _told(after)) for action, before, after in rows}


def _told(cell: str) -> Told:
    bracketed = re.findall(r"\(.*?\)", cell)
    sometimes = {name for text in bracketed for name in _names(text)}
    return Told({*_names(cell)} - sometimes, sometimes)


def _names(text: str) -> Iterator[str]:
    yield from re.findall(r"`(\w+)`", text)


def held(text: str | None) -> set[str]:
    """Return the names of an event's values."""
    return set() if text is None else set(orjson.loads(text))


@pytest.mark.parametrize(("name", "all_of_it"), EXAMPLES)
async def test_an_event_holds_what_is_documented_and_no_secret(
    engine: AsyncEngine, name: str, *, all_of_it: bool
) -> None:
    row, more = ROWS[name], MORE[name] if all_of_it else AS_IT_IS
    acme = await staged(engine, row.scene, "acme")
    given = {**row.more["input"], **more, "idempotencyKey": IDEMPOTENCY_KEY}
    before, _ = await kept(engine)
    answer = await acme.mutate("admin", name, given, "revision errors { message }")
    assert answer[name]["errors"] == []
    revision, events = await kept(engine)
    made = events[before:]
    assert len(made) == revision - before >= 1
    for event in made:
        for told, text in zip(documented()[event[3]], event[6:8], strict=True):
            assert told.says(held(text), all_of_it=all_of_it), (event[3], text)
        assert not any(word in str(event) for word in ("@", IDEMPOTENCY_KEY))


async def test_the_event_of_an_import_holds_what_is_documented(engine: AsyncEngine) -> None:
    await staged(engine, Scene("core"), "acme")
    _, ((_, actor, *_, action, _, _, before, after, _),) = await kept(engine)
    says = [told.always for told in documented()[action]]
    assert (actor, [held(before), held(after)]) == ("system", says)
