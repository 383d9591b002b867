"""The demo Org: an invented fruit grower with a thousand spaces, as the lines of a manifest."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Final, NamedTuple, TypeAlias
from unicodedata import normalize

import orjson

Fields: TypeAlias = dict[str, object]
Paths: TypeAlias = Mapping[str, Sequence[str]]  # of the projects of each space


class DemoPerson(NamedTuple):
    """Someone to look at the demo as: a user's key and name, and what they are in it."""

    key: str
    name: str
    role: str


class Group(NamedTuple):
    """A group of the demo: how many members it has, and how often spaces are granted to it."""

    key: str
    name: str
    size: int
    weight: int


def _key(name: str) -> str:
    ascii_only = normalize("NFD", name).encode("ascii", "ignore").decode()
    return ascii_only.lower().replace(" ", "-")


DEMO_ORG: Final = "demo"
ADMIN = DemoPerson("maren", "Maren Okonkwo", "an admin: owns everything in the Org")
OWNER = DemoPerson("tadeusz", "Tadeusz Lindqvist", "owns five spaces, and sees more by a group")
GUEST = DemoPerson(
    "ines", "Inés Varga", "sees six spaces by a group, and single projects elsewhere"
)
DEMO_PEOPLE = (ADMIN, OWNER, GUEST)

FIRST_NAMES = (
    "Adaeze Anouk Bao Birgit Caspian Dalia Eero Farida Goran Hanneke Ilse Jomo Kaveh Leilani "
    "Mirela Nneka Oisín Priya Quim Rosalind Sorin Takumi Ulla Vikram Wanjiru Ximena Yusuf "
    "Zofia Amaru Brónach Chidi Dagny Emre Fleur Gwilym Hinemoa Idris Joaquín Kirsi Lubna "
    "Mateja Nadir Ottilie Paolo Renske Saoirse Tevita"
)
LAST_NAMES = (
    "Abernathy-Cole Baptiste Castellanos Dragomir Eskelinen Fairweather Gunawardena Halloran "
    "Ivanković Jarosz Kahananui Lindgren Mbeki-Stone Nakagawa Ohaeri Pemberton Quispe"
)
INACTIVE = "quim"
SECOND_ADMIN = "adaeze"
SMALL_GROUP = Group("contractors", "Contractors", 2, 0)
GROUPS = (
    Group("growers", "Growers", 31, 34),
    Group("field-sensors", "Field Sensors", 19, 24),
    Group("quality", "Quality", 14, 14),
    Group("cold-chain", "Cold Chain", 11, 9),
    Group("region-2", "Region 2", 9, 6),
    Group("region-10", "Region 10", 8, 4),
    Group("logistics", "Logistics", 7, 3),
    Group("research", "Research", 6, 3),
    Group("pressing", "Pressing", 5, 1),
    Group("sales", "Sales", 4, 1),
    Group("finance", "Finance", 3, 1),
    SMALL_GROUP,
)
SPACES = (
    "Sensor Lab,Orchard Block,Cold Store,Press Line,Harvest Route,Field Trial,Pear Grove,"
    "Cider Cellar,Packing Hall,Weather Mast,Pump Station,Nursery Bed,Pollinator Meadow,"
    "Grading Line,Market Stand,Depot North,Depot South,Drone Survey,Soil Archive,"
    "Rootstock Study"
)
SPACES_OF_A_KIND = 50
PROJECTS = (
    "Irrigation,Yield Forecast,Frost Warning,Pest Watch,Spray Log,Crate Tracking,Energy Use,"
    "Visitors,Staff Rota,Soil Moisture,Leaf Scans,Storage Climate"
)
PROJECTS_BY_NAME, PROJECTS_BY_NUMBER = 6, 4
ASSETS = (
    ("Ingest readings", "PIPELINE", {"schedule": "*/15 * * * *", "retries": 3}),
    ("Merge sources", "PIPELINE", {"schedule": "0 4 * * *"}),
    ("Nightly check", "TASK", {"timeoutSeconds": 900}),
    ("Send weekly summary", "TASK", {"recipients": ["growers"], "dryRun": False}),
    ("Weather service", "ACCOUNT", {"scopes": ["read"]}),
    ("Sensor gateway", "ACCOUNT", {"scopes": ["read", "write"], "rotatedDays": 30}),
    ("Grading console", "APPLICATION", {"version": "2.4.1"}),
    ("Stock viewer", "APPLICATION", {"version": "0.9.0", "public": False}),
    ("Harvest weights", "DATASET", {"rows": 18200, "columns": 14}),
    ("Tree register", "DATASET", {"rows": 5230, "columns": 22, "georeferenced": True}),
)
ASSETS_BESIDE_THE_FILE = 2

EVERYONE_ELSE = [_key(name) for name in FIRST_NAMES.split()]
PERSON_IN = {"quality": OWNER, SMALL_GROUP.key: GUEST}

OWNER_SPACES, GUEST_SPACES, SIGNPOSTS = 5, 6, 4
BUSIEST = EVERYONE_ELSE[1:7]
BUSIEST_WEIGHTS = (55, 25, 10, 5, 3, 2)
LEVELS = ("READ", "READ_EXECUTE", "FULL")
LEVEL_WEIGHTS = (45, 25, 30)
DIRECT_GRANTS, CAPPED_GRANTS = 500, 60
SHARE_PROPAGATED, SHARE_EXPIRING = 0.7, 0.04
EXPIRIES = ("2025-03-31T22:00:00Z", "2035-01-01T00:00:00Z", "2036-06-30T12:00:00Z")


def demo_lines() -> Iterator[bytes]:
    """Give the lines of the demo's manifest; they are the same every time."""
    return (orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in _objects())


def _objects() -> Iterator[Fields]:
    random = Random(DEMO_ORG)  # noqa: S311 - not a secret, but the same demo for everyone
    spaces = _spaces()
    projects = {key: _projects(random) for key in spaces}
    yield {"type": "org", "key": DEMO_ORG, "name": "Northwind Orchard"}
    yield from _users()
    yield from _groups(random)
    for key, name in spaces.items():
        yield {"type": "space", "key": key, "name": name}
        for project_key, project in projects[key].items():
            yield {"type": "project", "space": key, "key": project_key, "name": project}
            yield from _assets(random, key, project_key)
    paths = {space: [f"{space}/{project}" for project in projects[space]] for space in projects}
    yield from _grants(random, paths)


def _users() -> Iterator[Fields]:
    people = {person.key: person.name for person in DEMO_PEOPLE}
    last_names = LAST_NAMES.split()
    for number, first in enumerate(FIRST_NAMES.split()):
        people[_key(first)] = f"{first} {last_names[number * 5 % len(last_names)]}"
    for key, name in people.items():
        user: Fields = {"type": "user", "key": key, "name": name, "email": f"{key}@example.org"}
        inactive: Fields = {"active": False} if key == INACTIVE else {}
        yield {**user, "admin": key in (ADMIN.key, SECOND_ADMIN), **inactive}


def _groups(random: Random) -> Iterator[Fields]:
    for group in GROUPS:
        members = random.sample(EVERYONE_ELSE, group.size - (group.key in PERSON_IN))
        if group.key in PERSON_IN:
            members.insert(0, PERSON_IN[group.key].key)
        yield {"type": "group", "key": group.key, "name": group.name, "members": members}


def _spaces() -> dict[str, str]:
    """Return the names of the spaces by their keys."""
    numbers = range(1, SPACES_OF_A_KIND + 1)
    names = (f"{kind} {number}" for kind, number in product(SPACES.split(","), numbers))
    return {_key(name): name for name in names}


def _projects(random: Random) -> dict[str, str]:
    """Return the names of a space's projects by their keys: some by theme, some numbered."""
    trials = sorted(random.sample(range(1, 30), PROJECTS_BY_NUMBER))
    themes = random.sample(PROJECTS.split(","), PROJECTS_BY_NAME)
    return {_key(name): name for name in [*themes, *(f"Trial {number}" for number in trials)]}


def _assets(random: Random, space: str, project: str) -> Iterator[Fields]:
    place: Fields = {"type": "asset", "space": space, "project": project}
    for name, kind, metadata in random.sample(ASSETS, ASSETS_BESIDE_THE_FILE):
        yield {**place, "key": _key(name), "name": name, "kind": kind, "metadata": metadata}
    number = random.randint(1, 40)
    key, size = f"readings-{number}", number * 4096
    reference = f"s3://northwind-orchard/{space}/{project}/{key}.csv"
    file: Fields = {"key": key, "name": f"Readings {number}.csv", "kind": "FILE"}
    content = {"mediaType": "text/csv", "reference": reference}
    yield {**place, **file, "metadata": {"bytes": size}, "content": content}


def _grants(random: Random, projects: Paths) -> Iterator[Fields]:
    chosen = random.sample(list(projects), OWNER_SPACES + GUEST_SPACES + SIGNPOSTS)
    owned = chosen[:OWNER_SPACES]
    yield _grant("shared", "group:growers", "FULL")
    for space in chosen[OWNER_SPACES:-SIGNPOSTS]:
        yield _grant(space, f"group:{SMALL_GROUP.key}", _level(random), propagate=True)
    for space in chosen[-SIGNPOSTS:]:
        yield _grant(random.choice(projects[space]), f"user:{GUEST.key}", _level(random))
    for space in projects:
        (busiest,) = random.choices(BUSIEST, BUSIEST_WEIGHTS)
        owner = OWNER.key if space in owned else busiest
        yield _grant(space, f"user:{owner}", "OWNER", propagate=True)
        yield from _to_groups(random, space)
    yield from _to_users(random, projects)


def _to_groups(random: Random, space: str) -> Iterator[Fields]:
    (count,) = random.choices((0, 1, 2), (8, 62, 30))
    groups = random.choices(GROUPS, [group.weight for group in GROUPS], k=count)
    for group in dict.fromkeys(groups):
        propagate, expires = random.random() < SHARE_PROPAGATED, random.random() < SHARE_EXPIRING
        grant = _grant(space, f"group:{group.key}", _level(random), propagate=propagate)
        yield {**grant, "expiresAt": random.choice(EXPIRIES)} if expires else grant


def _to_users(random: Random, projects: Paths) -> Iterator[Fields]:
    """Grant single projects, some of them to users whom a grant on the space caps."""
    places = random.sample(list(product(projects, EVERYONE_ELSE)), DIRECT_GRANTS)
    for number, (space, user) in enumerate(places):
        project, to = random.choice(projects[space]), f"user:{user}"
        if number < CAPPED_GRANTS and user not in BUSIEST:
            yield _grant(space, to, "READ")
            yield _grant(project, to, "FULL")
        elif number % 10 == 0:
            yield {**_grant(project, to, _level(random)), "expiresAt": random.choice(EXPIRIES)}
        else:
            yield _grant(project, to, _level(random))


def _level(random: Random) -> str:
    return random.choices(LEVELS, LEVEL_WEIGHTS)[0]


def _grant(on: str, to: str, level: str, *, propagate: bool = False) -> Fields:
    fields: Fields = {"type": "grant", "on": on, "to": to, "level": level}
    on_space = "/" not in on and on != "shared"
    return {**fields, "propagate": propagate} if on_space else fields
