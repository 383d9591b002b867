"""What changes cost: `python -m bench.changes`."""

import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, NamedTuple

import orjson
import typer

from bench.client import Connection, post
from bench.data import Size
from bench.databases import Database, measured_databases
from bench.questions import first_space, token
from bench.rounds import WARM_UPS
from bench.subjects import Subject, started
from bench.tables import machine, table

SIZE, SMALL = Size(2, 1_000, 100), Size(2, 10, 10)  # the first space holds what is deleted
MOST = 1.5  # times an empty space's time that a full one's may take
CLIENTS = (1, 8)
DELETE = "mutation($input: SpaceDeleteInput!) { done: spaceDelete(input: $input) { %s undoToken } }"
RESTORE = "mutation($input: RestoreInput!) { done: restore(input: $input) { %s } }"
SPACE = (
    "mutation($input: SpaceCreateInput!) { done: spaceCreate(input: $input) { %s node { id } } }"
)
PROJECT = "mutation($input: ProjectCreateInput!) { done: projectCreate(input: $input) { %s } }"
GRANT = "mutation($input: GrantSetInput!) { done: grantSet(input: $input) { %s } }"
USERS = "{ org { users(first: 200) { nodes { id } } } }"
LEVELS = ("READ", "READ_EXECUTE", "FULL")


class Place(NamedTuple):
    """Where changes are made: a space, and the members who are granted something on it."""

    space: str
    members: tuple[str, ...]


class Repeated(NamedTuple):
    """A change that is made over and over: its text, and its input by number."""

    name: str
    text: str
    given: Callable[[Place, int], Mapping[str, Any]]


def _space(_: Place, number: int) -> dict[str, str]:
    return {"key": f"s{number}", "name": f"S {number}"}


def _project(place: Place, number: int) -> dict[str, str]:
    return {"space": place.space, "key": f"p{number}", "name": f"P {number}"}


def _grant(place: Place, number: int) -> dict[str, Any]:
    """Give each member another level whenever it is that member's turn again."""
    turn, whose = divmod(number, len(place.members))
    principal, level = place.members[whose], LEVELS[turn % len(LEVELS)]
    return {"node": place.space, "principal": principal, "level": level, "propagate": True}


# What else is to be measured goes here.
REPEATED = (
    Repeated("spaceCreate", SPACE, _space),
    Repeated("projectCreate, with its grant", PROJECT, _project),
    Repeated("grantSet", GRANT, _grant),
)


def main(
    rounds: Annotated[int, typer.Option(help="how often each is timed")] = 50,
    seconds: Annotated[float, typer.Option(help="that changes are made for")] = 5,
    *,
    small: Annotated[bool, typer.Option(help="a tiny Org, to see that it runs")] = False,
) -> None:
    """Delete and restore a full space and an empty one, and make changes as fast as they go."""
    size = SMALL if small else SIZE
    with (
        tempfile.TemporaryDirectory(prefix="freehold-") as folder,
        measured_databases(size, kept=Path(folder)) as urls,
        started({kind: ("compiled", url) for kind, url in urls.items()}) as subjects,
    ):
        full = f"{size.projects * size.assets:,} assets"
        print(f"On {machine()}\n\nMedian latency in ms\n")
        heads = ["database", "change", "empty", full, "ratio", "target", "met"]
        print(table(heads, [row for each in subjects.items() for row in _binning(*each, rounds)]))
        print("Changes a second, each durable\n")
        heads = ["database", "change", *(f"{number} at once" for number in CLIENTS)]
        print(table(heads, [row for each in subjects.items() for row in _rates(*each, seconds)]))


def _binning(database: Database, subject: Subject, rounds: int) -> list[list[str]]:
    """Return the rows that compare the spaces, which take turns."""
    spaces = {"full": first_space(subject, "admin"), "empty": _empty(subject)}
    times = defaultdict[tuple[str, str], list[float]](list)
    for number in range(-WARM_UPS, rounds):
        for which in random.sample(list(spaces), len(spaces)):
            deleted, done = _timed(subject, DELETE, {"id": spaces[which]})
            restored, _ = _timed(subject, RESTORE, {"id": done["undoToken"]})
            if number >= 0:
                times["delete", which].append(deleted)
                times["restore", which].append(restored)
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [_row(database, name, medians) for name in ("delete", "restore")]


def _row(database: Database, name: str, medians: Mapping[tuple[str, str], float]) -> list[str]:
    empty, full = medians[name, "empty"], medians[name, "full"]
    ratio = full / empty
    met = "yes" if ratio < MOST else "**no**"
    return [database, name, f"{empty:.2f}", f"{full:.2f}", f"{ratio:.2f}", f"< {MOST}", met]


def _empty(subject: Subject) -> str:
    _, done = _timed(subject, SPACE, {"key": "empty", "name": "Empty"})
    return str(done["node"]["id"])


def _timed(subject: Subject, text: str, given: Mapping[str, Any]) -> tuple[float, Any]:
    """Return how many milliseconds a change took, and its payload."""
    request = _request(text, given)
    began = time.perf_counter()
    body = subject.ask(request)
    return (time.perf_counter() - began) * 1000, _payload(body)


def _rates(database: Database, subject: Subject, seconds: float) -> list[list[str]]:
    """Return the row of each change that is made over and over."""
    place, rows = _place(subject), list[list[str]]()
    for repeated in REPEATED:
        requests = (_request(repeated.text, repeated.given(place, n)) for n in count())
        rates = (_rate(subject.port, requests, clients, seconds) for clients in CLIENTS)
        rows.append([database, repeated.name, *(f"{rate:,.0f}" for rate in rates)])
    return rows


def _place(subject: Subject) -> Place:
    body = subject.ask(post("/graphql", token("admin"), {"query": USERS}))
    members = orjson.loads(body)["data"]["org"]["users"]["nodes"]
    return Place(first_space(subject, "admin"), tuple(member["id"] for member in members))


def _rate(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> float:
    """Return how many of the requests so many clients had answered in a second."""
    drawing, until = Lock(), time.perf_counter() + seconds

    def client(_: int) -> int:
        connection, answered = Connection(port), 0
        while time.perf_counter() < until:
            with drawing:
                request = next(requests)
            _payload(connection.ask(request))
            answered += 1
        connection.close()
        return answered

    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(client, range(clients))) / seconds


def _request(text: str, given: Mapping[str, Any]) -> bytes:
    query = text % "errors { code message }"
    return post("/graphql", token("admin"), {"query": query, "variables": {"input": given}})


def _payload(body: bytes) -> Any:
    """Return a change's payload; RuntimeError where it was refused."""
    done = orjson.loads(body)["data"]["done"]
    if done["errors"]:
        raise RuntimeError(f"A change was refused: {done['errors']}")
    return done


if __name__ == "__main__":
    typer.run(main)
