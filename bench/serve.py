"""A server to compare: `python -m bench.serve floor|compiled|standard DATABASE_URL PORT`."""

import typer
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from bench.floor.app import create_floor
from server.app import create_app
from server.logs import configure_logs
from server.settings import Settings

SECRET = "a secret for measuring, of 32 bytes or more"  # noqa: S105 - guards nothing
MOST = 10_000_000  # nodes of an answer
SECONDS_IDLE = 600  # that a connection is kept, while others are asked


def application(which: str, url: str) -> Starlette:
    """Return the floor, or Freehold with its executor compiled or standard."""
    if which == "floor":
        return create_floor(url, SECRET.encode())
    settings = Settings(
        database_url=url,
        secret=SecretStr(SECRET),
        compiles=which == "compiled",
        max_cost=MOST,
        cost_per_minute=0,
        operations_at_once=1_000,
        background=False,
    )
    return create_app(settings)


def main(which: str, url: str, port: int) -> None:
    """Serve until told to stop; the log goes to stderr, as the server's does."""
    configure_logs()
    uvicorn.run(
        application(which, url),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=SECONDS_IDLE,
    )


if __name__ == "__main__":
    typer.run(main)
