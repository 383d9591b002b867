"""What is answered without asking the application: typed errors that end a connection."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

import orjson

RETRY_AFTER = 5  # seconds


class Refusal(NamedTuple):
    """A status of HTTP, the code for programs, and the message for people."""

    status: int
    code: str
    message: str


MALFORMED = Refusal(400, "BAD_REQUEST", "This is not a request of HTTP/1.1.")
SLOW = Refusal(408, "TOO_SLOW", "The request took too long to arrive.")
LONG_URL = Refusal(414, "URL_TOO_LONG", "The URL is too long: send the query by POST.")
LONG_HEADER = Refusal(
    431, "HEADERS_TOO_LARGE", "The request has too many headers, or too long ones."
)
CROWDED = Refusal(503, "BUSY", "The server has all the connections that it takes: try again soon.")
SHUTTING_DOWN = Refusal(
    503,
    "SHUTTING_DOWN",
    "The server is stopping and could not wait for this to end. If it was a change, it may have "
    "been made: send it again with the same idempotencyKey.",
)


class RefusedError(Exception):
    """Raised where a request is read, to stop reading it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def response(refusal: Refusal, headers: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """Return the whole response, which says that the connection ends."""
    error = {"message": refusal.message, "extensions": {"code": refusal.code}}
    body = orjson.dumps({"errors": [error]})
    lines = [
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}".encode(),
        *(b"%s: %s" % header for header in headers),
        b"content-type: application/json; charset=utf-8",
        b"content-length: %d" % len(body),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(b"retry-after: %d" % RETRY_AFTER)
    return b"\r\n".join([*lines, b"", body])
