"""`freehold serve`: the server, in one process or in several."""

import asyncio
import os
import resource
import signal
from contextlib import suppress
from socket import socket
from typing import Annotated

import structlog
import typer
from starlette.applications import Starlette

from server.commands.configuration import DATABASE_URL, LARGEST_PORT, checked_url, read_settings
from server.commands.database import up_to_date
from server.commands.demo import load_demo
from server.commands.errors import CommandError
from server.commands.invocation import invocation_of
from server.commands.listener import HOST, PORT, listen, url_of
from server.commands.migrating import migrate_now
from server.commands.sign_in import checked_issuer, signing_secret
from server.graphiql import PAGE
from server.logs import configure_logs
from server.protocol.bounds import Config, bounds_of
from server.protocol.connection import Connection
from server.protocol.server import Server
from server.protocol.workers import Workers
from server.settings import Settings

WORKER = "server.commands.worker:application"

log = structlog.get_logger()

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")]
Port = Annotated[int, typer.Option(min=0, max=LARGEST_PORT, help="0 takes any that is free.")]
Demo = Annotated[
    bool,
    typer.Option(
        "--demo", help="First migrate, load the demo Org, and print links for its people."
    ),
]
Number = Annotated[int, typer.Option(min=1, help="How many processes.")]


def serve(
    context: typer.Context,
    host: Host = HOST,
    port: Port = PORT,
    workers: Number = 1,
    demo: Demo = False,
) -> None:
    """Run the server until it is told to stop, by Ctrl+C or SIGTERM."""
    settings = read_settings(invocation_of(context))
    # uvicorn finishes by raising the signal again; to have stopped as told is no failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listen(host, port) as listener, suppress(KeyboardInterrupt):
        if demo:
            _load_demo(settings, listener)
        app = _application(settings)
        configure_logs()
        _allow_files()
        _announce(settings, listener)
        if workers == 1:
            Server(_config(app, settings)).run(sockets=[listener])
        else:
            os.environ[DATABASE_URL] = settings.database_url
            Workers(_config(WORKER, settings), workers, listener).run()


def _load_demo(settings: Settings, listener: socket) -> None:
    typer.echo(migrate_now(settings))
    typer.echo(load_demo(settings, _url(settings, listener)))


def _url(settings: Settings, listener: socket) -> str:
    """Return where people reach the server."""
    return (settings.public_url or url_of(*listener.getsockname()[:2])).rstrip("/")


def _allow_files() -> None:
    """Allow as many open files as there may be: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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


def _config(app: Starlette | str, settings: Settings) -> Config:
    config = Config(
        app,
        factory=isinstance(app, str),
        http=Connection,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    config.bounds = bounds_of(settings)
    return config


def _announce(settings: Settings, listener: socket) -> None:
    from server.app import GRAPHIQL_DIST  # noqa: PLC0415 - as above

    if problem := asyncio.run(_database_problem(settings)):
        log.warning("the database isn't ready", problem=problem)
    if not (GRAPHIQL_DIST / PAGE).is_file():
        log.warning("GraphiQL isn't built", remedy="run `make graphiql`, then start again")
    url = url_of(*listener.getsockname()[:2])
    log.info("listening", url=url, graphiql=f"{_url(settings, listener)}/graphiql")


async def _database_problem(settings: Settings) -> str | None:
    try:
        async with up_to_date(settings):
            return None
    except CommandError as error:
        return str(error)
