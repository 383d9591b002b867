"""The attacks on both databases, in an Org of many people: `python -m bench.abuse`.

Others' p99 is to stay under four times what it is without the attack, and under a second; memory
under 400 MiB; `/livez` within a second.
"""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bench.abuse.attacks import ATTACKS
from bench.abuse.running import Outcome, Windows, run_attack
from bench.abuse.target import serving
from bench.crowd import ACCOUNTS, Crowd
from bench.databases import measured_databases
from bench.tables import machine, table

HEADS = (
    *("attack", "by", "database", "what the attacker is told", "p99 without", "p99 with"),
    *("times", "/livez at most", "memory at most"),
)
OTHERS = range(10, 40)

Seconds = Annotated[float, typer.Option(help="Of each window.")]
Number = Annotated[int, typer.Option(help="With each attack, and without.")]
Only = Annotated[str, typer.Option(help="The letters of the attacks that are run.")]


def main(seconds: Seconds = 6, windows: Number = 2, only: Only = "abcdefgh") -> None:
    """Measure, and print a table."""
    rows = list[list[str]]()
    with measured_databases(Crowd()) as urls, tempfile.TemporaryDirectory() as folder:
        for kind, url in urls.items():
            for place, attack in enumerate(ATTACKS):
                if attack.of not in only:
                    continue
                with serving(url, Path(folder, "log")) as target:
                    outcome = run_attack(
                        target,
                        place,
                        attacker=ACCOUNTS["nobody"],
                        others=OTHERS,
                        windows=Windows(windows, seconds),
                    )
                rows.append(row(outcome, str(kind)))
                typer.echo(" · ".join(rows[-1]), err=True)
    typer.echo(f"{machine()}\n")
    typer.echo(table(HEADS, rows))


def row(outcome: Outcome, database: str) -> list[str]:
    """Return what is printed of an attack."""
    quiet, attacked = outcome.quiet, outcome.attacked
    told = ", ".join(f"{number:,} {text}" for text, number in outcome.told.most_common(3))
    return [
        f"({outcome.attack.of}) {outcome.attack.name}",
        "nobody" if outcome.attack.by_outsiders else "a member",
        database,
        told,
        f"{quiet.p99 * 1000:.0f} ms",
        f"{attacked.p99 * 1000:.0f} ms",
        f"{attacked.p99 / quiet.p99:.1f}",
        f"{max(attacked.lives) * 1000:.0f} ms",
        f"{attacked.mebibytes} MiB",
    ]


if __name__ == "__main__":
    typer.run(main)
