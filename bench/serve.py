"""One of the servers that are compared: `python -m bench.serve floor|compiled|standard URL PORT`."""

import typer
import uvicorn
from pydantic import SecretStr

from bench.floor.app import create_floor
from server.app import create_app
from server.logs import configure_logs
from server.settings import Settings

SECRET = "a secret for measuring, of 32 bytes or more"  # noqa: S105 - guards nothing
MOST = 10_000_000  # nodes of an answer


def main(which: str, url: str, port: int) -> None:
    """Serve until told to stop; the log goes to stderr, as the server's does."""
    configure_logs()
    if which == "floor":
        app = create_floor(url, SECRET.encode())
    else:
        secret, compiles = SecretStr(SECRET), which == "compiled"
        app = create_app(
            Settings(database_url=url, secret=secret, compiles=compiles, max_cost=MOST)
        )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    typer.run(main)
