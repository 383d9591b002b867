"""The Org that every run begins with, in the database and in memory."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st

from auth.levels import Held, Permission
from tests.factories import Loaded, Manifest, address
from tests.stateful.drawing import LEVELS
from tests.stateful.model import Asset, Grant, Group, Member, Model, Project, Space

Holding: TypeAlias = tuple[str, str, str, bool]  # where, by whom, which level, whether it flows
# Key, whether an admin, whether active.
USERS = (
    ("ada", True, True),
    ("abe", True, True),
    ("oz", False, True),
    ("fay", False, True),
    ("ria", False, True),
    ("dan", False, False),
)
GROUPS = {"build": ("fay", "ria", "dan"), "look": ("ria",)}
RESERVED = ("admins", "members")
SPACES = {"core": "Core", "lab": "Lab"}
PROJECTS = {"core/site": "Site", "core/plan": "Plan", "lab/site": "Site", "lab/site-2": "Site 2"}
ASSETS = ("core/site/a", "core/plan/a", "lab/site/b", "core/shared/c", "shared/d")
PLACES = ("core", "core/site", "core/plan", "core/shared", "lab", "lab/site", "shared")
PRINCIPALS = (
    *(f"user:{key}" for key, admin, _ in USERS if not admin),
    *(f"group:{key}" for key in (*GROUPS, "members")),
)
GRANTS = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from(PRINCIPALS),
        st.sampled_from(LEVELS[::-1]),
        st.booleans(),
    ),
    min_size=4,
    max_size=14,
    unique_by=lambda grant: grant[:2],
)


def drawn_grants(draw: Any) -> list[Holding]:
    """Return what is held at the beginning; whoever owns core, or has FULL on lab, always does."""
    drawn: list[Holding] = draw(GRANTS)
    always: list[Holding] = [
        ("core", "user:oz", "OWNER", True),
        ("lab", "user:fay", "FULL", False),
    ]
    others = [one for one in drawn if one[:2] not in [(on, to) for on, to, *_ in always]]
    return [(on, to, level, flows and on in SPACES) for on, to, level, flows in [*always, *others]]


def manifest(key: str, grants: Sequence[Holding]) -> Manifest:
    """Return the Org as it is imported."""
    made = Manifest(key)
    for user, admin, active in USERS:
        made.user(user, admin=admin, active=active)
    for group, members in GROUPS.items():
        made.group(group, *members)
    for space, name in SPACES.items():
        made.space(space, name=name)
    for path, name in PROJECTS.items():
        made.project(path, name=name)
    for path in ASSETS:
        made.asset(path, name=path[-1].upper(), text="one")
    for on, to, level, propagate in grants:
        made.grant(to, level, on=on, propagate=propagate)
    return made


def model(loaded: Loaded, grants: Sequence[Holding]) -> Model:
    """Return the same in memory."""
    made, ids = Model(loaded.id, loaded.made_at, loaded.key), loaded.ids
    for key, admin, active in USERS:
        member = Member(ids[f"user:{key}"], key, key, address(key), address(key), active, admin)
        made.members.append(member)
    members = {member.key: member for member in made.members}
    for key in (*RESERVED, *GROUPS):
        within = [members[user] for user in GROUPS.get(key, ())]
        name = key.capitalize() if key in RESERVED else key
        made.groups.append(Group(ids[f"group:{key}"], key, name, within))
    _add_tree(made, ids)
    by_name = {ids[path]: node for path in ids for node in made.nodes if node.id == ids[path]}
    to = {ids[name]: one for name in ids for one in made.principals if one.id == ids[name]}
    for on, principal, level, propagate in grants:
        held = Held(Permission[level], propagate)
        node = by_name[ids[on]]
        assert not isinstance(node, Asset)
        made.grants.append(Grant(node, to[ids[principal]], held))
    return made


def _add_tree(made: Model, ids: dict[str, str]) -> None:
    spaces = {key: Space(ids[key], key, name) for key, name in SPACES.items()}
    made.spaces = _by_number(spaces.values())
    shared = {f"{key}/shared": "shared" for key in SPACES}
    projects = {"shared": Project(ids["shared"], "shared", "shared", None)}
    for path, name in {**shared, **PROJECTS}.items():
        space, key = path.split("/")
        projects[path] = Project(ids[path], key, name, spaces[space])
    made.projects = _by_number(projects.values())
    for path in ASSETS:
        above, _, key = path.rpartition("/")
        asset = Asset(ids[path], key, key.upper(), "FILE", projects[above], versions=["one"])
        made.assets.append(asset)
    made.assets = _by_number(made.assets)


def _by_number(nodes: Any) -> Any:
    return sorted(nodes, key=lambda node: number(node.id))


def number(id_: str) -> int:
    """Return the number in a public id."""
    return int(id_.rpartition("_")[2])
