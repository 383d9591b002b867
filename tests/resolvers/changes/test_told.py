"""What events hold: what docs/changes.md says of their action, and nothing that is secret."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from schema.root import executable_schema
from tests.factories import Loaded, address, asked_as, load, run
from tests.resolvers.changes.changing import CHANGED, kept

PAGE = Path(__file__).parents[3] / "docs" / "changes.md"
ROW = re.compile(r"^\| `(\w+(?:\.\w+)+)` \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
IDEMPOTENCY_KEY = "never-in-an-event"
Given: TypeAlias = dict[str, Any]
# Of each mutation an input that ada, an admin, may give.
EXAMPLES: Mapping[str, Callable[[Mapping[str, str]], Given]] = {
    "spaceCreate": lambda _: {"key": "new", "name": "New", "description": "For guests"},
    "spaceRename": lambda ids: {"id": ids["core"], "name": "Heart"},
    "spaceUpdate": lambda ids: {"id": ids["core"], "description": "For guests"},
    "spaceDelete": lambda ids: {"id": ids["core"]},
    "spacesDelete": lambda ids: {"ids": [ids["core"], ids["lab"]]},
    "projectCreate": lambda ids: {"space": ids["core"], "key": "new", "name": "New"},
    "projectRename": lambda ids: {"id": ids["core/site"], "name": "Place"},
    "projectUpdate": lambda ids: {"id": ids["core/site"], "description": "For guests"},
    "projectDelete": lambda ids: {"id": ids["core/site"]},
    "projectsDelete": lambda ids: {"ids": [ids["core/site"], ids["core/docs"]]},
}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


def documented() -> dict[str, tuple[set[str], set[str]]]:
    """Return what the page says that `before` and `after` hold, by action."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {action: (keys(before), keys(after)) for action, before, after in rows}


def keys(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def held(text: str | None) -> set[str]:
    """Return the names of an event's values."""
    return set() if text is None else set(orjson.loads(text))


def test_every_mutation_has_an_example() -> None:
    root = executable_schema().mutation_type
    assert root is not None
    assert set(EXAMPLES) == set(root.fields)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_event_holds_what_is_documented_and_no_secret(
    engine: AsyncEngine, acme: Loaded, name: str
) -> None:
    given = {**EXAMPLES[name](acme.ids), "idempotencyKey": IDEMPOTENCY_KEY}
    before, _ = await kept(engine)
    text = (
        f"mutation($given: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $given) {{ %s }} }}"
    )
    asked = asked_as(text % "revision errors { message }", {"given": given})
    answer = await run(engine, Credential(address("ada"), "acme"), asked, compiles=True)
    assert (answer.errors, answer.data and answer.data[name]["errors"]) == ([], [])
    revision, events = await kept(engine)
    made = events[before:]
    assert len(made) == revision - before >= 1
    for event in made:
        action, told = event[3], (held(event[6]), held(event[7]))
        assert told == documented()[action]
        assert not any(word in str(event) for word in ("@", IDEMPOTENCY_KEY))


async def test_the_event_of_an_import_holds_what_is_documented(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert acme.id == "org_1"
    _, ((_, actor, *_, action, _, _, before, after, _),) = await kept(engine)
    assert (actor, held(before), held(after)) == ("system", *documented()[action])
