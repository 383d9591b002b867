"""The command line `freehold`: its commands, and what holds for all of them."""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer

from server.commands.backing_up import backup
from server.commands.demo import demo
from server.commands.doctor import doctor
from server.commands.errors import CommandError
from server.commands.explaining import explain_query
from server.commands.exporting import export
from server.commands.importing import import_manifest
from server.commands.invocation import (
    Command,
    Invocation,
    Json,
    Program,
    answer,
    invocation_of,
)
from server.commands.migrating import migrate
from server.commands.restoring import epoch, restore
from server.commands.serve import serve
from server.commands.tokens import token
from server.commands.work import work
from server.health import VERSION

NAME = "freehold"
WITHOUT_JSON = ("serve", "export", "token")
HELP = "A GraphQL API server for project spaces: who owns what, who may do what, and why."
EPILOG = "Settings come from the environment: docs/operating.md has them all."

app = typer.Typer(
    name=NAME,
    cls=Program,
    help=HELP,
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS: Mapping[str, Callable[..., object]] = {
    "serve": serve,
    "work": work,
    "migrate": migrate,
    "demo": demo,
    "import": import_manifest,
    "export": export,
    "backup": backup,
    "restore": restore,
    "epoch": epoch,
    "token": token,
    "explain-query": explain_query,
    "doctor": doctor,
}
for _name, _function in COMMANDS.items():
    app.command(_name, cls=Command)(_function)


def _tell_version(value: bool) -> None:
    if value:
        typer.echo(f"{NAME} {VERSION}")
        raise typer.Exit


DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", metavar="URL", help="The database [FREEHOLD_DATABASE_URL]"),
]
Version = Annotated[
    bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
]


@app.callback(invoke_without_command=True)
def _before(
    context: typer.Context,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
    _version: Version = False,
) -> None:
    name = context.invoked_subcommand
    if name is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    if as_json and name in WITHOUT_JSON:
        raise CommandError(f"--json is not for `{NAME} {name}`.", code=2)
    invocation_of(context).database_url = database_url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments, or those of the process, ask for; return its exit code.

    With FREEHOLD_DEBUG=1 the error behind a message is raised.
    """
    _write_whatever_comes()
    invocation = Invocation()
    try:
        outcome: object = app(args=arguments, obj=invocation, prog_name=NAME, standalone_mode=False)
    except CommandError as error:
        return _fail(error, invocation)
    except typer.TyperException as error:
        return _fail(_misused(error), invocation)
    except typer.Abort as error:  # which typer makes of Ctrl+C
        raise KeyboardInterrupt from error
    return outcome if isinstance(outcome, int) else 0


def _write_whatever_comes() -> None:
    """Let a terminal that lacks a character show a mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _misused(error: typer.TyperException) -> CommandError:
    context: typer.Context | None = getattr(error, "ctx", None)
    called = context.command_path if context else NAME
    message = f"{error.format_message()} Try `{called} --help`."
    return CommandError(message, code=error.exit_code)


def _fail(error: CommandError, invocation: Invocation) -> int:
    if os.environ.get("FREEHOLD_DEBUG") == "1":
        raise error
    if invocation.as_json:
        answer("", {"error": error.details}, as_json=True)
    else:
        typer.echo(str(error), err=True)
    return error.code
