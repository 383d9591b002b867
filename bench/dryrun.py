"""What a dry run costs in a large Org: `python -m bench.dryrun`.

A grant to 200 people that propagates through a space of 1,000 projects, in an Org of 1,000 such
spaces and 2,000 users, is tried and undone.
"""

import statistics
import time
from typing import Annotated, Any

import orjson
import typer

from bench.client import post
from bench.data import Size
from bench.databases import measured_databases
from bench.questions import first_space, token
from bench.subjects import Subject, started
from bench.tables import machine, table

SIZE, SMALL = Size(1_000, 1_000, 0, 2_000), Size(2, 10, 0, 200)
TARGET = 2_000  # milliseconds, on PostgreSQL
GROUP = """{ org { groups(filter: {key: "crew"}) { nodes { id } } } }"""
GRANT = """
mutation($input: GrantSetInput!) {
  grantSet(input: $input) {
    errors { code message }
    plan { token gained lost changed first { member { name } node { id } before after } }
  }
}"""


def main(
    rounds: Annotated[int, typer.Option(help="how often it is timed")] = 5,
    *,
    small: Annotated[bool, typer.Option(help="a tiny Org, to see that it runs")] = False,
) -> None:
    """Try the grant on both databases."""
    with measured_databases(SMALL if small else SIZE) as urls:
        servers = {kind: ("compiled", url) for kind, url in urls.items()}
        with started(servers) as subjects:
            heads = ["database", "median in ms", "slowest", "gained", "lost", "changed"]
            rows = [[kind, *_tried(subject, rounds)] for kind, subject in subjects.items()]
            print(f"On {machine()}\n\n{table(heads, rows)}\nTarget on PostgreSQL: {TARGET} ms")


def _tried(subject: Subject, rounds: int) -> list[str]:
    group = _asked(subject, GROUP, {})["org"]["groups"]["nodes"][0]["id"]
    node = first_space(subject, "admin")
    given = {"node": node, "principal": group, "level": "FULL", "propagate": True, "dryRun": True}
    times, payload = list[float](), dict[str, Any]()
    for _ in range(rounds):
        began = time.perf_counter()
        payload = _asked(subject, GRANT, {"input": given})["grantSet"]
        times.append((time.perf_counter() - began) * 1000)
    if payload["errors"]:
        raise RuntimeError(f"The dry run was refused: {payload['errors']}")
    plan = payload["plan"]
    counts = (f"{plan[name]:,}" for name in ("gained", "lost", "changed"))
    return [f"{statistics.median(times):.0f}", f"{max(times):.0f}", *counts]


def _asked(subject: Subject, text: str, variables: dict[str, Any]) -> Any:
    body = {"query": text, "variables": variables}
    answer = orjson.loads(subject.ask(post("/graphql", token("admin"), body)))
    if answer.get("errors"):
        raise RuntimeError(f"It was refused: {answer['errors']}")
    return answer["data"]


if __name__ == "__main__":
    typer.run(main)
