"""How fast trees are read, against SQL by hand: `python -m bench.tree`."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer

from bench import counts
from bench.comparison import Cell, Comparison
from bench.data import Size
from bench.databases import Database, measured_databases
from bench.load import rates
from bench.paging import paged
from bench.questions import number_of
from bench.report import Figures, print_figures
from bench.rounds import latencies
from bench.subjects import SERVERS, started
from bench.tables import machine

SMALL = Size(20, 10, 2)


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
            print_figures(
                comparison, _measure(comparison, urls, rounds=rounds, seconds=0.2 if small else 0.6)
            )
            for kind in urls:
                print(paged(kind, subjects[kind, "compiled"]))


def _measure(
    comparison: Comparison, urls: Mapping[Database, str], *, rounds: int, seconds: float
) -> Figures:
    cells, pair = comparison.cells(), comparison.cells(["floor", "compiled"])
    return Figures(
        sizes=comparison.check(),
        statements=asyncio.run(_statements(comparison, urls)),
        times=latencies(cells, comparison.ask, rounds=rounds, seldom=_is_standard),
        rates=rates(pair, comparison.asked, seconds=seconds),
    )


def _is_standard(cell: Cell) -> bool:
    return cell.server == "standard"


async def _statements(comparison: Comparison, urls: Mapping[Database, str]) -> dict[Cell, int]:
    """Return the statements of each cell, counted in this process."""
    found = dict[Cell, int]()
    for cell in comparison.cells(["compiled"]):
        url, asked = urls[cell.database], (cell.query, cell.viewer)
        variables = comparison.variables(cell)
        numbers = map(number_of, variables.values())
        found[cell] = await counts.of_compiled(url, *asked, **variables)
        found[cell._replace(server="floor")] = await counts.of_floor(url, *asked, *numbers)
    return found


if __name__ == "__main__":
    typer.run(main)
