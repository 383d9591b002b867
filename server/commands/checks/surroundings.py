"""What Freehold runs in: Python, the environment, the public URL, GraphiQL's files, the port."""

import platform
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from server.commands.checks.finding import Finding, note, well, wrong
from server.commands.configuration import PREFIX, variable
from server.commands.errors import CommandError
from server.commands.listener import address, listen
from server.graphiql import PAGE
from server.settings import Settings

OLDEST_PYTHON = (3, 11)
OTHER_VARIABLES = (f"{PREFIX}DEBUG", f"{PREFIX}TEST_DATABASE_URL")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def check_python() -> Finding:
    """Look at the version of Python."""
    if sys.version_info >= OLDEST_PYTHON:
        return well("Python", platform.python_version())
    return wrong("Python", platform.python_version(), remedy="Install Python 3.11 or newer.")


def check_variables(names: Iterable[str]) -> list[Finding]:
    """Look for variables that are meant for Freehold, but that it doesn't know."""
    known = {variable(field) for field in Settings.model_fields}
    ours = {name.upper() for name in names if name.upper().startswith(PREFIX)}
    return [_unknown(name, known) for name in sorted(ours - known - set(OTHER_VARIABLES))]


def _unknown(name: str, known: set[str]) -> Finding:
    close = get_close_matches(name, sorted(known), 1)
    remedy = f"Did you mean {close[0]}?" if close else "Unset it: it does nothing."
    return note("environment", f"{name} isn't a setting.", remedy=remedy)


def check_public_url(text: str) -> Finding:
    """Look at the URL that links begin with."""
    try:
        url = urlsplit(text)
        fits = url.scheme in ("http", "https") and bool(url.hostname) and not _has_more(url)
    except ValueError:
        fits, url = False, SplitResult("", "", "", "", "")
    if not fits:
        remedy = "Set FREEHOLD_PUBLIC_URL to a URL like https://freehold.example.org."
        return wrong("public URL", f"{text!r} isn't the start of a link.", remedy=remedy)
    if url.scheme == "http" and url.hostname not in THIS_MACHINE:
        remedy = "Put a proxy with TLS before the server, and set FREEHOLD_PUBLIC_URL to its https."
        return note("public URL", f"{text}: tokens travel unencrypted.", remedy=remedy)
    return well("public URL", text)


def _has_more(url: SplitResult) -> bool:
    """Return whether there is anything that a path can't be put behind; the port is read too."""
    return bool(url.query or url.fragment or url.username) or url.port == 0


def check_graphiql(dist: Path) -> Finding:
    """Look for GraphiQL's files."""
    if (dist / PAGE).is_file():
        return well("GraphiQL", "built")
    remedy = "Run `make graphiql`; the API works without it."
    return note("GraphiQL", "It isn't built.", remedy=remedy)


def check_port(host: str, port: int) -> Finding:
    """Look whether the server could listen there."""
    try:
        listen(host, port).close()
    except CommandError as error:
        remedy = "Nothing, if it is this server that listens there; else `freehold serve --port`."
        return note("port", str(error), remedy=remedy)
    return well("port", f"{address(host, port)} is free")
