"""The application as a worker process makes it: its settings come from the environment."""

from starlette.applications import Starlette

from server.app import create_app
from server.logs import configure_logs
from server.settings import Settings


def application() -> Starlette:
    """Return the application, having sent this process's log to stderr."""
    configure_logs()
    return create_app(Settings())
