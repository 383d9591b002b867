"""`freehold serve`: the server, in one process or in several."""

import asyncio
import os
import signal
from contextlib import suppress
from socket import socket
from typing import Annotated

import structlog
import typer
import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from server.commands.configuration import DATABASE_URL, LARGEST_PORT, checked_url, read_settings
from server.commands.database import up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import invocation_of
from server.commands.listener import listen, url_of
from server.commands.sign_in import checked_issuer, signing_secret
from server.graphiql import PAGE
from server.logs import configure_logs
from server.settings import Settings

WORKER = "server.commands.worker:application"
SECONDS_TO_FINISH = 3

log = structlog.get_logger()

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")]
Port = Annotated[int, typer.Option(min=0, max=LARGEST_PORT, help="0 takes any that is free.")]
Workers = Annotated[int, typer.Option(min=1, help="How many processes.")]


def serve(
    context: typer.Context, host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1
) -> None:
    """Run the server until it is told to stop, by Ctrl+C or SIGTERM."""
    settings = read_settings(invocation_of(context))
    app = _application(settings)
    # uvicorn finishes by raising the signal again; to have stopped as told is no failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listen(host, port) as listener, suppress(KeyboardInterrupt):
        configure_logs()
        _announce(settings, listener)
        if workers == 1:
            uvicorn.Server(_config(app)).run(sockets=[listener])
        else:
            os.environ[DATABASE_URL] = settings.database_url
            Multiprocess(_config(WORKER, workers), sockets=[listener]).run()


def _application(settings: Settings) -> Starlette:
    """Make the application here in any case: what would stop a worker stops the command."""
    from server.app import create_app  # noqa: PLC0415 - takes a second that no other command needs
    from server.persisted import DocumentsFileError  # noqa: PLC0415 - as above

    checked_url(settings)
    signing_secret(settings)
    checked_issuer(settings)
    try:
        return create_app(settings)
    except OSError as error:
        raise CommandError(f"{DATABASE_URL}: {error.filename}: {error.strerror}.") from error
    except DocumentsFileError as error:
        raise CommandError(f"FREEHOLD_TRUSTED_DOCUMENTS: {error}") from error


def _config(app: Starlette | str, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


def _announce(settings: Settings, listener: socket) -> None:
    from server.app import GRAPHIQL_DIST  # noqa: PLC0415 - as above

    if problem := asyncio.run(_database_problem(settings)):
        log.warning("the database isn't ready", problem=problem)
    if not (GRAPHIQL_DIST / PAGE).is_file():
        log.warning("GraphiQL isn't built", remedy="run `make graphiql`, then start again")
    page = f"{settings.public_url.rstrip('/')}/graphiql"
    log.info("listening", url=url_of(listener), graphiql=page)


async def _database_problem(settings: Settings) -> str | None:
    try:
        async with up_to_date(settings):
            return None
    except CommandError as error:
        return str(error)
