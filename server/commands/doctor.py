"""`freehold doctor`: what is wrong with a set-up, and how to mend it."""

import asyncio
import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from server.commands.checks.database import check_database
from server.commands.checks.finding import Finding, State, well, wrong
from server.commands.checks.sign_in import check_oidc, check_secret
from server.commands.checks.surroundings import (
    check_graphiql,
    check_port,
    check_public_url,
    check_python,
    check_variables,
)
from server.commands.configuration import LARGEST_PORT, read_settings
from server.commands.errors import CommandError
from server.commands.invocation import Invocation, Json, answer, invocation_of
from server.commands.listener import url_of
from server.settings import Settings

MARKS = {State.OK: "[green]✓", State.NOTE: "[yellow]!", State.WRONG: "[red]✗"}
WIDTH_OF_A_PIPE = 200

Host = Annotated[str, typer.Option(help="The address that the server is to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=LARGEST_PORT, help="Its port.")]
Deep = Annotated[bool, typer.Option("--deep", help="Read all that is in the database, too.")]


def doctor(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    *,
    deep: Deep = False,
    as_json: Json = False,
) -> None:
    """Say what is wrong with the set-up and how to mend it; exit code 1 if anything is."""
    findings = asyncio.run(_examine(invocation_of(context), host, port, deep=deep))
    if as_json:
        answer("", [finding._asdict() for finding in findings], as_json=True)
    else:
        _show(findings)
    if any(finding.state is State.WRONG for finding in findings):
        raise typer.Exit(1)


async def _examine(invocation: Invocation, host: str, port: int, *, deep: bool) -> list[Finding]:
    first = [check_python(), *check_variables(os.environ)]
    try:
        settings = read_settings(invocation)
    except CommandError as error:
        remedy = "Correct it in the environment; docs/operating.md describes all settings."
        return [*first, wrong("settings", str(error), remedy=remedy)]
    return [
        *first,
        well("settings", "valid"),
        *await _examine_settings(settings, host, port, deep=deep),
    ]


async def _examine_settings(
    settings: Settings, host: str, port: int, *, deep: bool
) -> list[Finding]:
    from server.app import GRAPHIQL_DIST  # noqa: PLC0415 - takes a second that few commands need

    return [
        *await check_database(settings, deep=deep),
        check_secret(settings),
        await check_oidc(settings),
        check_public_url(settings.public_url or url_of(host, port)),
        check_graphiql(GRAPHIQL_DIST),
        check_port(host, port),
    ]


def _show(findings: list[Finding]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        text = "\n".join(filter(None, [finding.found, finding.remedy and f"→ {finding.remedy}"]))
        table.add_row(MARKS[finding.state], finding.check, text)
    width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
    Console(width=width, highlight=False).print(table)
