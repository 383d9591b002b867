"""How fast trees are read, against SQL by hand: `python -m bench.tree`."""

import asyncio
import statistics
from collections.abc import Mapping
from typing import Annotated

import typer

from bench import counts
from bench.comparison import Cell, Comparison
from bench.data import Size
from bench.databases import Database, measured_databases
from bench.load import rates
from bench.paging import paged
from bench.questions import argument_of
from bench.report import Figures, print_figures
from bench.rounds import latencies
from bench.subjects import SERVERS, started
from bench.tables import machine

SMALL = Size(20, 10, 2)
PAIR = ("floor", "compiled")
PROCESSES, WINDOWS = 3, 4  # of each server for its rates: two of one program differ by a tenth


def main(
    rounds: Annotated[int, typer.Option(help="how often each is timed")] = 30,
    database: Annotated[list[Database] | None, typer.Option(help="which; both by default")] = None,
    *,
    small: Annotated[bool, typer.Option(help="a tiny Org, to see that it runs")] = False,
) -> None:
    """Compare the compiled executor with the floor below it and the standard one above it."""
    size = SMALL if small else Size()
    with measured_databases(size, database or tuple(Database)) as urls:
        servers = {(kind, name): (name, url) for kind, url in urls.items() for name in SERVERS}
        with started(servers) as subjects:
            print(f"{size} on {machine()}\n")
            comparison = Comparison(subjects)
            figures = _measure(comparison, urls, rounds=rounds, seconds=0.2 if small else 0.6)
            print_figures(comparison, figures)
            for kind in urls:
                print(paged(kind, subjects[kind, "compiled"]))


def _measure(
    comparison: Comparison, urls: Mapping[Database, str], *, rounds: int, seconds: float
) -> Figures:
    cells = comparison.cells()
    return Figures(
        sizes=comparison.check(),
        statements=asyncio.run(_statements(comparison, urls)),
        times=latencies(cells, comparison.ask, rounds=rounds, seldom=_is_standard),
        rates=_rates(urls, seconds=seconds),
    )


def _rates(urls: Mapping[Database, str], *, seconds: float) -> dict[Cell, float]:
    """Return the median rates of servers that are started anew some times."""
    found = dict[Cell, list[float]]()
    for _ in range(PROCESSES):
        with started({(kind, name): (name, urls[kind]) for kind in urls for name in PAIR}) as pair:
            comparison = Comparison(pair)
            cells = comparison.cells(PAIR)
            measured = rates(cells, comparison.asked, windows=WINDOWS, seconds=seconds)
            found = {cell: found.get(cell, []) + measured[cell] for cell in cells}
    return {cell: statistics.median(values) for cell, values in found.items()}


def _is_standard(cell: Cell) -> bool:
    return cell.server == "standard"


async def _statements(comparison: Comparison, urls: Mapping[Database, str]) -> dict[Cell, int]:
    """Return the statements of each cell, counted in this process."""
    found = dict[Cell, int]()
    for cell in comparison.cells(["compiled"]):
        url, asked = urls[cell.database], (cell.query, cell.viewer)
        variables = comparison.variables(cell)
        numbers = map(argument_of, variables.values())
        found[cell] = await counts.of_compiled(url, *asked, variables=variables)
        found[cell._replace(server="floor")] = await counts.of_floor(url, *asked, *numbers)
    return found


if __name__ == "__main__":
    typer.run(main)
