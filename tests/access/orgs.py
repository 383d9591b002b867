"""Orgs made up by Hypothesis: small, and full of what the rule tells apart."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from auth.levels import Held, Permission
from db.clock import moment_of
from tests.access.model import Grant, Group, Node, Org, User
from tests.access.reference import every_project

T = TypeVar("T")

LEVELS = [level for level in Permission if level is not Permission.NONE]
PAST, FUTURE = moment_of("2001-01-01T00:00:00Z"), moment_of("2101-01-01T00:00:00Z")
HELD = [
    Held(level, propagate, expiry)
    for expiry in (None, None, FUTURE, PAST)
    for propagate in (False, True)
    for level in LEVELS
]
# Some differ only in case, in leading zeros or in letters beyond ASCII; none are the same folded.
SPACE_NAMES = ("Space 10", "space 2", "Space 02", "Ärger", "zoo", "Zebra")
PROJECT_NAMES = ("Site 10", "site 9", "Site 09", "share", "Shared 2", "Ünder", "under", "9", "a-1")
ASSET_NAMES = ("File 10", "file 2", "Plan")
TASK = "Plan"
# Most are plain members; the first of each is what Hypothesis shrinks to.
STANDINGS = ((False, True),) * 7 + ((True, True), (False, False), (True, False))
FORMER: tuple[tuple[str, ...], ...] = ((),) * 8 + (("admins",), ("members",))


@st.composite
def orgs(draw: st.DrawFn) -> Org:
    """Make up an Org of 6 users, 3 groups besides the reserved, 4 spaces, 20 projects at most."""
    users = tuple(draw(_user(number)) for number in range(draw(st.integers(1, 6))))
    groups = tuple(draw(_group(number, users)) for number in range(draw(st.integers(0, 3))))
    spaces = draw(_nodes([""], "s", SPACE_NAMES, most=4))
    ordinary = draw(_nodes([f"{space.path}/" for space in spaces], "p", PROJECT_NAMES, most=5))
    projects = [node.path for node in every_project(Org(users, spaces=spaces, ordinary=ordinary))]
    full = [f"{path}/" for path in draw(_some(projects, 2))]
    assets = draw(_nodes(full, "a", ASSET_NAMES, most=3))
    places = [*(space.path for space in spaces), *projects]
    grants = draw(_grants(places, _principals(users, groups)))
    deleted = draw(_some([node.path for node in (*spaces, *ordinary, *assets)], 2))
    return Org(users, groups, spaces, ordinary, assets, grants, frozenset(deleted))


@st.composite
def _user(draw: st.DrawFn, number: int) -> User:
    admin, active = draw(st.sampled_from(STANDINGS))
    return User(f"u{number}", admin=admin, active=active, former=draw(st.sampled_from(FORMER)))


@st.composite
def _group(draw: st.DrawFn, number: int, users: Sequence[User]) -> Group:
    members = draw(_some([user.key for user in users], len(users)))
    return Group(f"g{number}", tuple(members))


@st.composite
def _nodes(
    draw: st.DrawFn, above: Sequence[str], letter: str, names: Sequence[str], *, most: int
) -> tuple[Node, ...]:
    """Make up what lies in each of the places above, whose paths end in a slash."""
    return tuple(
        Node(f"{path}{letter}{number}", name, "TASK" if name == TASK else "FILE")
        for path in above
        for number, name in enumerate(draw(_some(names, most)))
    )


@st.composite
def _grants(draw: st.DrawFn, places: Sequence[str], principals: Sequence[str]) -> tuple[Grant, ...]:
    """Make up grants: of those in force, one for a place and a principal; some were ended."""
    count = draw(st.integers(0, 2 * len(places)))
    wanted = st.tuples(*map(st.sampled_from, (places, principals, HELD)))
    made: dict[tuple[str, str], Grant] = {}
    ended: list[Grant] = []
    for on, to, held in draw(st.lists(wanted, min_size=count, max_size=count)):
        propagate = held.propagate and "/" not in on and on != "shared"
        grant = Grant(on, to, Held(held.level, propagate, held.expires_at))
        if (on, to) in made:
            ended.append(Grant(on, to, made[on, to].held, ended=True))
        made[on, to] = grant
    return (*made.values(), *ended)


def _principals(users: Sequence[User], groups: Sequence[Group]) -> list[str]:
    named = [f"user:{user.key}" for user in users] + [f"group:{group.key}" for group in groups]
    return [*named, "group:members", "group:admins"]


def _some(values: Sequence[T], most: int) -> st.SearchStrategy[list[T]]:
    """Choose a few different ones, in any order."""
    if not values:
        return st.just([])
    return st.lists(st.sampled_from(values), max_size=most, unique=True)
