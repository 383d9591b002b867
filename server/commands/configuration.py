"""Settings as the commands read them: what is wrong is told by name, without its value."""

from pydantic import ValidationError
from sqlalchemy import URL

from db.postgresql import BEHIND_PGBOUNCER
from db.urls import DatabaseUrlError, database_url
from server.commands.errors import CommandError
from server.commands.invocation import Invocation
from server.settings import Settings

PREFIX = "FREEHOLD_"
DATABASE_URL = f"{PREFIX}DATABASE_URL"
LARGEST_PORT = 2**16 - 1
# What asyncpg takes as text, and of SQLAlchemy's own the one that PgBouncer may need.
POSTGRESQL_PARAMETERS = frozenset(
    (
        *("host", "port", "user", "password", "passfile", "service", "servicefile"),
        *("ssl", "direct_tls", "target_session_attrs", "krbsrvname", "gsslib"),
        *("prepared_statement_cache_size", BEHIND_PGBOUNCER),
    )
)


def read_settings(invocation: Invocation) -> Settings:
    """Read the environment; CommandError names each variable that won't do."""
    url = invocation.database_url
    try:
        return Settings() if url is None else Settings(database_url=url)
    except ValidationError as error:
        raise CommandError("; ".join(problems(error)), code=2) from error


def problems(error: ValidationError) -> list[str]:
    """Return a line for each setting that won't do; none shows a value, which may be secret."""
    return [
        ": ".join(
            [
                *(variable(str(name)) for name in each["loc"]),
                each["msg"].removeprefix("Value error, "),
            ]
        )
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    ]


def variable(field: str) -> str:
    """Return the environment's name for a field of the settings."""
    return f"{PREFIX}{field.upper()}"


def checked_url(settings: Settings) -> URL:
    """Return the database's URL; CommandError where the driver would choke on it."""
    try:
        url = database_url(settings.database_url)
    except DatabaseUrlError as error:
        raise CommandError(f"{DATABASE_URL}: {error}", code=2) from error
    _check_parameters(url)
    return url


def _check_parameters(url: URL) -> None:
    if url.port is not None and not 0 < url.port <= LARGEST_PORT:
        raise CommandError(f"{DATABASE_URL}: its port isn't one of 1 to {LARGEST_PORT}.", code=2)
    if url.get_backend_name() != "postgresql":
        return
    if unknown := sorted(url.query.keys() - POSTGRESQL_PARAMETERS):
        hint = " (write ssl=… for sslmode=…)" if "sslmode" in unknown else ""
        raise CommandError(f"{DATABASE_URL}: it can't have {', '.join(unknown)}{hint}.", code=2)


def shown_url(url: URL) -> str:
    """Return the URL as it may be shown: without a password and the driver's name."""
    return (
        url.set(drivername=url.get_backend_name())
        .difference_update_query(["password", "passfile"])
        .render_as_string(hide_password=True)
    )
