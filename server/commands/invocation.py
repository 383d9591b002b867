"""What was said before the command and holds for all of them, and how a command answers."""

from dataclasses import dataclass
from typing import Annotated, Any, cast

import orjson
import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(slots=True)
class Invocation:
    """One run of the program: the database instead of the environment's, and the answer's form."""

    database_url: str | None = None
    as_json: bool = False


def invocation_of(context: typer.Context) -> Invocation:
    """Return what the main program put into the context."""
    return cast("Invocation", context.obj)


def _note_json(context: typer.Context, value: bool) -> bool:
    """Let `--json` stand before the command as well as after it."""
    invocation = invocation_of(context)
    invocation.as_json |= value
    return invocation.as_json


Json = Annotated[
    bool, typer.Option("--json", callback=_note_json, help="Answer with JSON on stdout.")
]


def answer(text: str, value: object, *, as_json: bool) -> None:
    """Write the text to stdout, or the value as a line of JSON."""
    typer.echo(orjson.dumps(value).decode() if as_json else text)


class Command(TyperCommand):
    """A command whose `--help` shows flags as flags, which take no value."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, without a value's name for flags."""
        return _without_values(super().get_params(ctx))


class Program(TyperGroup):
    """The main program, whose own flags are shown as flags."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options, without a value's name for flags."""
        return _without_values(super().get_params(ctx))


def _without_values(parameters: list[Any]) -> list[Any]:
    for each in parameters:
        if getattr(each, "is_flag", False):
            each.metavar = ""
    return parameters
