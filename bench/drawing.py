"""Draws assets at random over all of the Org that a viewer sees."""

import random
from collections.abc import Iterator
from typing import Any

import orjson

from bench.questions import to_freehold
from bench.subjects import Subject

DRAWN = 1000


def drawn_assets(subject: Subject, viewer: str) -> list[str]:
    """Return the ids of assets, each in another project; the same at each call."""
    chance = random.Random(6)  # noqa: S311 - the same assets each time
    projects = list(_projects(subject, viewer))
    some = chance.sample(projects, min(len(projects), DRAWN))
    nodes = _asked(subject, "lying", viewer, ids=some)["nodes"]
    lying = [[each["id"] for each in node["assets"]["nodes"]] for node in nodes]
    return [chance.choice(ids) for ids in lying if ids]


def _projects(subject: Subject, viewer: str) -> Iterator[str]:
    after, more = None, True
    while more:
        page = _asked(subject, "seen", viewer, after=after)["org"]["projects"]
        yield from (node["id"] for node in page["nodes"])
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


def _asked(subject: Subject, query: str, viewer: str, **variables: object) -> Any:
    return orjson.loads(subject.ask(to_freehold(query, viewer, **variables)))["data"]
