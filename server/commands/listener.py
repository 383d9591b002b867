"""The socket that the server listens on, opened before anything else is started."""

import errno
import socket

from server.commands.errors import CommandError

HOST, PORT = "127.0.0.1", 8000
BACKLOG = 2048
EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what it is called, not listened on
IN_USE = " Stop what listens there, or use another --port."


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 takes any that is free. CommandError where it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        remedy = IN_USE if error.errno == errno.EADDRINUSE else ""
        message = f"{address(host, port)} can't be listened on: {reason}.{remedy}"
        raise CommandError(message) from error


def url_of(host: str = HOST, port: int = PORT) -> str:
    """Return the URL of what listens there, as it is reached from this machine."""
    return f"http://{address(EVERY.get(host, host), port)}"


def address(host: str, port: int) -> str:
    """Return an address as it stands in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
