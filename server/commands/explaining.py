"""`freehold explain-query`: how the server would run the operations of a document."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import orjson
import typer
from graphql import GraphQLError

from resolvers.json_values import loads
from server.commands.configuration import read_settings
from server.commands.errors import CommandError
from server.commands.invocation import Invocation, Json, answer, invocation_of
from server.commands.manifest_file import STANDARD_INPUT

if TYPE_CHECKING:
    from server.commands.explanation import Explanation

File = Annotated[str, typer.Argument(metavar="FILE", help="A GraphQL document; - is stdin.")]
Name = Annotated[
    str | None, typer.Option("--operation", metavar="NAME", help="Explain this one alone.")
]
Variables = Annotated[
    str, typer.Option("--variables", metavar="JSON", help="Needed for those of @skip and @include.")
]


def explain_query(
    context: typer.Context,
    file: File,
    operation: Name = None,
    variables: Variables = "{}",
    as_json: Json = False,
) -> None:
    """Show how the server would run a document's operations: compiled to what, or why not."""
    values, text = _variables(variables), _text(file)
    found = _explain(invocation_of(context), file, text, (operation, values))
    shown = [{"how": "compiled" if each.source else "standard", **asdict(each)} for each in found]
    answer("\n\n".join(map(_shown, found)), {"operations": shown}, as_json=as_json)


def _explain(
    invocation: Invocation, file: str, text: str, asked: tuple[str | None, dict[str, Any]]
) -> "list[Explanation]":
    # It takes a second that few commands need.
    from server.commands.explanation import Explainer, RefusedDocumentError  # noqa: PLC0415

    operation, variables = asked
    try:
        found = Explainer(read_settings(invocation), text, variables).explain(operation)
    except RefusedDocumentError as error:
        raise _refused(file, error.errors) from error
    if not found:
        raise CommandError(f"{file}: it has no operation named {operation}.", code=2)
    return found


def _text(file: str) -> str:
    try:
        read = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return read.decode()
    except OSError as error:
        raise CommandError(f"{file}: it can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: it isn't text in UTF-8.") from error


def _variables(text: str) -> dict[str, Any]:
    try:
        values = loads(text.encode(errors="surrogateescape"))
    except orjson.JSONDecodeError as error:
        raise CommandError(f"--variables: {error}.", code=2) from error
    if not isinstance(values, dict):
        raise CommandError("--variables must be an object.", code=2)
    return cast("dict[str, Any]", values)


def _refused(file: str, errors: list[GraphQLError]) -> CommandError:
    name = "standard input" if file == STANDARD_INPUT else file
    lines = [f"{name}: {_place(error)}{error.message}" for error in errors]
    return CommandError("\n".join(lines), details={"errors": [each.formatted for each in errors]})


def _place(error: GraphQLError) -> str:
    if not error.locations:
        return ""
    first = error.locations[0]
    return f"line {first.line}, column {first.column}: "


def _shown(found: "Explanation") -> str:
    """Return the source with comments about it, so that the whole is Python to a highlighter."""
    name = found.operation or "The operation"
    how = "runs compiled" if found.source else f"runs on the standard executor ({found.reason})"
    head = f"# {name} {how}. Cost: {found.cost:,} of at most {found.limit:,} nodes."
    width = max(map(len, found.constants), default=0)
    notes = [f"# {constant:{width}}  {text}" for constant, text in found.constants.items()]
    return "\n".join([head, *filter(None, [found.source]), *notes])
