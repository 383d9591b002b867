"""The access cases: Orgs and what their user u may do, written in YAML for people to read."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Required, TypedDict, cast

import yaml

from auth.levels import Held, Permission
from tests.access.model import Grant, Group, Node, Org, User
from tests.access.orgs import FUTURE, PAST
from tests.access.reference import every_project

FOLDER = Path(__file__).parent
FILES = ("corners.yaml", "table.yaml")
USER = "u"
GRANT = re.compile(r"(\w+) ([A-Z_]+) on (\S+?)((?:, \w+)*)")
LISTED = "NONE, listed"
RESERVED = ("admins", "members")
MARKS = {"propagate", "expired", "expires", "ended"}


class Written(TypedDict, total=False):
    """A case as it is written."""

    name: Required[str]
    row: int
    admin: bool
    active: bool
    former: Sequence[str]
    groups: Mapping[str, Sequence[str]]
    spaces: Mapping[str, Sequence[str]]
    grants: Sequence[str]
    deleted: Sequence[str]
    expect: Required[Mapping[str, str]]


@dataclass(frozen=True)
class Case:
    """A case as it is tested: the Org, and u's level on each node of it.

    `row` is its row in the design's table, if it is there; `listed` are the spaces that are seen.
    """

    key: str
    name: str
    row: int | None
    org: Org
    levels: Mapping[str, Permission]
    listed: frozenset[str]


def read_cases() -> list[Case]:
    """Return the cases of both files."""
    return [case for name in FILES for case in _read(FOLDER / name)]


def _read(path: Path) -> Iterator[Case]:
    for number, case in enumerate(cast("list[Written]", yaml.safe_load(path.read_text()))):
        yield _case(f"{path.stem}-{number}", case)


def _case(key: str, written: Written) -> Case:
    org, expect = _org(written), written["expect"]
    places = {node.path for node in (*org.spaces, *every_project(org))}
    assert set(expect) == places, f"{written['name']}: say what is expected of each of {places}"
    levels = {path: Permission["NONE" if said == LISTED else said] for path, said in expect.items()}
    assets = {node.path: levels[node.above] for node in org.assets}
    spaces = {node.path for node in org.spaces}
    return Case(
        key,
        name=written["name"],
        row=written.get("row"),
        org=org,
        levels={**levels, **assets},
        listed=frozenset(path for path in spaces if expect[path] != "NONE"),
    )


def _org(written: Written) -> Org:
    """Make the Org: core with one project, site, if nothing else is said; an asset in each."""
    spaces, groups = written.get("spaces", {"core": ["site"]}), written.get("groups", {"g": [USER]})
    places = Org(
        users=(_asker(written), User("v")),
        spaces=tuple(Node(key, key) for key in spaces),
        ordinary=tuple(Node(f"{space}/{key}", key) for space in spaces for key in spaces[space]),
    )
    return replace(
        places,
        groups=tuple(Group(key, tuple(members)) for key, members in groups.items()),
        assets=tuple(Node(f"{n.path}/home", "home", "FILE") for n in every_project(places)),
        grants=tuple(_grant(sentence, groups) for sentence in written.get("grants", ())),
        deleted=frozenset(written.get("deleted", ())),
    )


def _asker(written: Written) -> User:
    standing = {"admin": written.get("admin", False), "active": written.get("active", True)}
    return User(USER, **standing, former=tuple(written.get("former", ())))


def _grant(sentence: str, groups: Collection[str]) -> Grant:
    """Read a sentence such as "g FULL on core, propagate, expired"."""
    match = GRANT.fullmatch(sentence)
    assert match, f"not a grant: {sentence}"
    to, level, on, rest = match.groups()
    marks = set(rest.split(", ")[1:])
    assert marks <= MARKS, f"unknown words in: {sentence}"
    expiry = PAST if "expired" in marks else FUTURE if "expires" in marks else None
    kind = "group" if to in (*groups, *RESERVED) else "user"
    held = Held(Permission[level], "propagate" in marks, expiry)
    return Grant(on, f"{kind}:{to}", held, "ended" in marks)
