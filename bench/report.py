"""The tables of a comparison, with what was aimed at on PostgreSQL beside what was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from bench.comparison import VIEWERS, Cell, Comparison
from bench.databases import Database
from bench.questions import MEASURED
from bench.subjects import SERVERS
from bench.tables import table

LONGEST = {"Q1": 1.5, **dict.fromkeys(("Q2", "Q3", "Q4", "Q5", "Q6"), 1.25)}  # compiled / floor
LEAST_RATE = 0.75  # compiled / floor


@dataclass(frozen=True)
class Figures:
    """What was measured: milliseconds, answers a second, SQL statements, and bytes of answers."""

    times: Mapping[Cell, float]
    rates: Mapping[Cell, float]
    statements: Mapping[Cell, int]
    sizes: Mapping[Cell, int]


def print_figures(comparison: Comparison, figures: Figures) -> None:
    """Print the tables of each database, and what each server held."""
    for database in comparison.databases:
        cells = [Cell(database, *each, "compiled") for each in product(MEASURED, VIEWERS)]
        aimed = ["target", "met"] if database is Database.POSTGRESQL else []
        heads = ["query", "viewer", "floor", "compiled", "compiled / floor", *aimed]
        rows = [_latency(cell, figures) for cell in cells]
        print(f"{database}: median latency in ms\n")
        print(table([*heads, "standard", "standard / compiled"], rows))
        print(f"{database}: requests a second\n")
        print(table(heads, [_rate(cell, figures) for cell in cells]))
        print(f"{database}: cost of a request\n")
        heads = ["query", "viewer", "SQL, floor", "SQL, compiled", "bytes"]
        print(table(heads, [_cost(cell, figures) for cell in cells]))
    print(f"Peak memory in MiB\n\n{_memory(comparison)}")


def _latency(cell: Cell, figures: Figures) -> list[str]:
    floor, compiled, standard = (figures.times[cell._replace(server=name)] for name in SERVERS)
    most, ratio = LONGEST[cell.query], compiled / floor
    row = [cell.query, cell.viewer, f"{floor:.2f}", f"{compiled:.2f}", f"{ratio:.2f}"]
    row += _aimed(cell, f"<= {most}", met=ratio <= most)
    return [*row, f"{standard:.1f}", f"{standard / compiled:.1f}"]


def _rate(cell: Cell, figures: Figures) -> list[str]:
    floor, compiled = figures.rates[cell._replace(server="floor")], figures.rates[cell]
    ratio = compiled / floor
    row = [cell.query, cell.viewer, f"{floor:.1f}", f"{compiled:.1f}", f"{ratio:.2f}"]
    return row + _aimed(cell, f">= {LEAST_RATE}", met=ratio >= LEAST_RATE)


def _aimed(cell: Cell, target: str, *, met: bool) -> list[str]:
    """Return two cells of a row, none on a database for which nothing is aimed at."""
    return [target, "yes" if met else "**no**"] if cell.database is Database.POSTGRESQL else []


def _cost(cell: Cell, figures: Figures) -> list[str]:
    floor = figures.statements[cell._replace(server="floor")]
    numbers = [str(floor), str(figures.statements[cell]), f"{figures.sizes[cell]:,}"]
    return [cell.query, cell.viewer, *numbers]


def _memory(comparison: Comparison) -> str:
    subjects = comparison.subjects
    rows = (
        [database, *(f"{subjects[database, name].peak_memory():.0f}" for name in SERVERS)]
        for database in comparison.databases
    )
    return table(["database", *SERVERS], rows)
