"""The database's URL: which forms it has, and how it is shown without its password."""

import re

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
# What stands between the colon after the user and the last @, whatever it is.
PASSWORD = re.compile(r"^([\w+]+://[^/:@]*:).*(@)", re.ASCII | re.DOTALL)
HOW_TO_ESCAPE = (
    "In a password, characters that mean something in a URL must be percent-encoded: @ is %40,"
    " / is %2F, : is %3A, ? is %3F, # is %23, % is %25."
)
NO_PARAMETERS = (
    "a file of SQLite takes no parameters: leave out what stands behind the ?, or write a ? of its"
    " name as %3F"
)


class DatabaseUrlError(ValueError):
    """The database's URL can't be used; the message says which forms can."""


def database_url(text: str) -> URL:
    """Read `sqlite:///path.db` or `postgresql://user@host/name` and choose the driver."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter quotes what it takes for the port
        hint = f" {HOW_TO_ESCAPE}" if text.count("@") > 1 else ""
        raise DatabaseUrlError(_forms("The database URL can't be read") + hint) from None
    if _has_stray_at(url, text):
        shown = without_password(text)
        raise DatabaseUrlError(f"The database URL {shown!r} can't be read. {HOW_TO_ESCAPE}")
    scheme = url.drivername.partition("+")[0]
    if scheme not in DRIVERS or (scheme == "sqlite" and not _names_a_file(url)):
        raise DatabaseUrlError(_forms(f"The database URL {url.render_as_string()!r} won't do"))
    if scheme == "sqlite" and "?" in text:
        raise DatabaseUrlError(f"The database URL {text!r} won't do: {NO_PARAMETERS}.")
    return url.set(drivername=DRIVERS[scheme])


def without_password(text: str) -> str:
    """Return the URL's text with whatever may be of a password hidden, up to the last @."""
    return PASSWORD.sub(r"\1***\2", text)


def _has_stray_at(url: URL, text: str) -> bool:
    """Return whether an @ of the password was taken for its end.

    What stands behind it would be taken for a host, a name or a parameter, and shown as one.
    """
    if url.drivername.startswith("sqlite"):
        return False
    query = "" if "?" in (url.password or "") else text.partition("?")[2]
    names = (each.partition("=")[0] for each in query.split("&"))
    return any("@" in part for part in (url.host or "", url.database or "", *names))


def _names_a_file(url: URL) -> bool:
    return url.database not in (None, "", ":memory:") and "uri" not in url.query


def _forms(problem: str) -> str:
    return f"{problem}: use sqlite:///path.db or postgresql://user@host/name."
