"""Reads all of an Org's projects, page by page."""

import time

import orjson

from bench.questions import to_freehold
from bench.subjects import Subject


def page_through(subject: Subject) -> tuple[int, float]:
    """Read all projects of the Org as its admin, by 1,000; return their number and the seconds."""
    started, rows, after = time.perf_counter(), 0, None
    while True:
        page = orjson.loads(subject.ask(to_freehold("paged", "admin", after=after)))
        projects = page["data"]["org"]["projects"]
        rows += len(projects["nodes"])
        if not projects["pageInfo"]["hasNextPage"]:
            return rows, time.perf_counter() - started
        after = projects["pageInfo"]["endCursor"]


def paged(name: str, subject: Subject) -> str:
    """Return a line that tells how fast that went."""
    rows, seconds = page_through(subject)
    return f"{name}: {rows:,} projects by 1,000 in {seconds:.1f} s, {rows / seconds:,.0f} a second"
