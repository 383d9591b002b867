"""What the size of the Org costs the same question: `python -m bench.growth`."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import product
from typing import Annotated, NamedTuple

import typer

from bench.data import Size
from bench.databases import Database, measured_databases
from bench.paging import paged
from bench.questions import first_space, to_freehold
from bench.rounds import latencies
from bench.subjects import Subject, started
from bench.tables import machine, table

SIZES = Size(10, 100, 0), Size(1_000, 100, 0), Size(10_000, 100, 0)
DEEP = Size(1_000, 10, 0), Size(1_000, 100, 0), Size(1_000, 1_000, 0)
SMALL = Size(2, 10, 0), Size(20, 10, 0), Size(200, 10, 0)
QUERIES = ("few", "spaces", "projects", "Q1")
VIEWERS = ("admin", "member", "partner")


class Cell(NamedTuple):
    """One query, asked by one viewer in an Org of one size."""

    database: Database
    query: str
    viewer: str
    size: Size


def main(
    rounds: Annotated[int, typer.Option(help="how often each is timed")] = 50,
    *,
    small: Annotated[bool, typer.Option(help="tiny Orgs, to see that it runs")] = False,
    deep: Annotated[bool, typer.Option(help="more projects a space, not more spaces")] = False,
) -> None:
    """Compare the first pages of a small, a large and a huge Org, and page all of each."""
    with ExitStack() as stack:
        servers = dict[tuple[Database, Size], tuple[str, str]]()
        for size in SMALL if small else DEEP if deep else SIZES:
            for database, url in stack.enter_context(measured_databases(size)).items():
                servers[database, size] = "compiled", url
        subjects = stack.enter_context(started(servers))
        print(f"On {machine()}\n\n{_first_pages(subjects, rounds)}")
        for (database, size), subject in sorted(subjects.items(), key=lambda each: each[0][0]):
            print(paged(f"{database}, {size.spaces:,} spaces", subject))


def _first_pages(subjects: Mapping[tuple[Database, Size], Subject], rounds: int) -> str:
    """Return the table of medians in milliseconds, and of their ratios to the smallest Org's."""
    requests = {
        Cell(database, query, viewer, size): _request(subject, query, viewer)
        for (database, size), subject in subjects.items()
        for query, viewer in product(QUERIES, VIEWERS)
    }

    def ask(cell: Cell) -> bytes:
        return subjects[cell.database, cell.size].ask(requests[cell])

    nodes = {cell: ask(cell).count(b'"id":') for cell in requests}
    times = latencies(list(requests), ask, rounds=rounds)
    sizes = list(dict.fromkeys(size for _, size in subjects))
    rows = (
        _row([Cell(*question, size) for size in sizes], times, nodes)
        for question in product(Database, QUERIES, VIEWERS)
    )
    return table(["database", "query", "viewer", *_heads(sizes), "nodes"], rows)


def _request(subject: Subject, query: str, viewer: str) -> bytes:
    variables = {"id": first_space(subject, viewer)} if query == "Q1" else {}
    return to_freehold(query, viewer, **variables)


def _heads(sizes: Sequence[Size]) -> list[str]:
    least, *others = (f"{size.spaces * size.projects:,} projects" for size in sizes)
    return [least, *(head for other in others for head in (other, "ratio"))]


def _row(
    cells: Sequence[Cell], times: Mapping[Cell, float], nodes: Mapping[Cell, int]
) -> list[str]:
    """Return the row of one question; its cells are in the order of the Orgs' sizes."""
    least, *others = (times[cell] for cell in cells)
    shown = (text for time in others for text in (f"{time:.2f}", f"{time / least:.2f}"))
    answered = " / ".join(str(nodes[cell]) for cell in cells)
    return [*map(str, cells[0][:3]), f"{least:.2f}", *shown, answered]


if __name__ == "__main__":
    typer.run(main)
