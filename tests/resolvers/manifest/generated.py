"""Manifests that Hypothesis makes up, in the order and the form of an export."""

import unicodedata
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from hypothesis import strategies as st

from auth.levels import Permission
from auth.subject import ADMINS, MEMBERS
from db.clock import time_text
from db.names import fold
from tests.resolvers.manifest.manifests import Fields, line

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEVELS = [level.name for level in Permission if level is not Permission.NONE]

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
titles = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: unicodedata.is_normalized("NFC", text) and text != "")
)
names = titles.filter(lambda text: not set("/\\#?") & set(text) and fold(text) != "shared")
keys = st.from_regex(r"[A-Za-z0-9._~-]{1,12}", fullmatch=True).filter(
    lambda key: key not in {".", "..", "shared", ADMINS, MEMBERS}
)
emails = st.from_regex(r"[A-Za-zß]{1,4}@[A-Za-z]{1,3}\.org", fullmatch=True)
kinds = st.from_regex(r"[A-Z][A-Z0-9_]{0,63}", fullmatch=True)
times = st.datetimes(timezones=st.just(UTC)).map(
    lambda time: time_text(int((time - EPOCH).total_seconds()) * 1_000_000 + time.microsecond)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
contents = st.fixed_dictionaries({"mediaType": st.just("text/plain; charset=utf-8"), "text": texts})
references = st.fixed_dictionaries(
    {"mediaType": st.just("a/b+c"), "reference": st.from_regex(r"s3://[!-~]{1,9}", fullmatch=True)}
)


def siblings(most: int) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Keys and names of things that lie beside each other."""
    pairs = st.tuples(keys, names)
    return st.lists(pairs, max_size=most, unique_by=(itemgetter(0), lambda pair: fold(pair[1])))


@st.composite
def manifests(draw: st.DrawFn, org: str) -> list[Fields]:
    """Give the objects of one Org, its line first."""
    users = _users(draw)
    groups = _groups(draw, [user["key"] for user in users])
    spaces = [
        _described(draw, line("space", key=key, name=name)) for key, name in draw(siblings(3))
    ]
    projects = [
        _described(draw, line("project", space=space["key"], key=key, name=name))
        for space in spaces
        for key, name in draw(siblings(3))
    ]
    places = [(each["space"], each["key"]) for each in projects]
    places += [(None, "shared"), *((space["key"], "shared") for space in spaces)]
    assets = [
        _asset(draw, line("asset", space=space, project=project, key=key, name=name))
        for space, project in places
        for key, name in draw(siblings(2))
    ]
    nodes = ["shared", *(space["key"] for space in spaces)]
    nodes += [f"{space}/{project}" for space, project in places if space]
    principals = [f"{each['type']}:{each['key']}" for each in users + groups]
    principals += ["group:admins", "group:members"]
    named = line("org", key=org, name=draw(names))
    return [named, *users, *groups, *spaces, *projects, *assets, *_grants(draw, nodes, principals)]


def _users(draw: st.DrawFn) -> list[Fields]:
    given = draw(st.lists(keys, max_size=4, unique=True))
    addresses = draw(
        st.lists(emails, min_size=len(given), max_size=len(given), unique_by=str.casefold)
    )
    users = list[Fields]()
    for key, email in zip(given, addresses, strict=True):
        user = line("user", key=key, name=draw(titles))
        user |= {"email": email} if draw(st.booleans()) else {}
        user |= {"admin": draw(st.booleans())} | draw(st.sampled_from([{}, {"active": False}]))
        if "email" not in user:
            user |= draw(st.sampled_from([{}, {"service": True}]))
        users.append(user)
    return users


def _groups(draw: st.DrawFn, users: list[str]) -> list[Fields]:
    members = st.lists(st.sampled_from(users), unique=True) if users else st.just(list[str]())
    return [
        line("group", key=key, name=draw(titles), members=draw(members))
        for key in draw(st.lists(keys, max_size=3, unique=True))
    ]


def _described(draw: st.DrawFn, fields: Fields) -> Fields:
    return fields | draw(st.fixed_dictionaries({}, optional={"description": texts}))


def _asset(draw: st.DrawFn, fields: Fields) -> Fields:
    given = {"metadata": st.dictionaries(texts, json_values, max_size=3)}
    more = given | {"content": contents | references}
    return fields | {"kind": draw(kinds)} | draw(st.fixed_dictionaries({}, optional=more))


def _grants(draw: st.DrawFn, nodes: list[str], principals: list[str]) -> list[Fields]:
    pairs = st.tuples(st.sampled_from(nodes), st.sampled_from(principals))
    grants = list[Fields]()
    for on, to in draw(st.lists(pairs, max_size=6, unique=True)):
        grant = line("grant", on=on, to=to, level=draw(st.sampled_from(LEVELS)))
        if "/" not in on and on != "shared":
            grant["propagate"] = draw(st.booleans())
        grants.append(grant | draw(st.fixed_dictionaries({}, optional={"expiresAt": times})))
    return grants
