"""Answers on their way out: bounded, compressed, and sent as fast as the client takes them."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.compression import LEAST, compressed
from server.serialising import TooLongError, parts_of, serialised

AT_ONCE = 2  # of the longest answers, that a process holds for clients to take


class CrowdedError(Exception):
    """Too much waits to be taken by other clients."""


class Form(NamedTuple):
    """How an answer is written; `is_large` where it may be more than is written in one go."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    encoding: str | None = None
    is_large: bool = False


class Writer:
    """Writes answers of so many bytes at most; `held` bytes wait for clients to take them."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0

    async def write(self, body: Mapping[str, Any], form: Form) -> Response:
        """Return the response. TooLongError where it is too long, CrowdedError where too many are.

        What is too long is so before it is compressed.
        """
        parts = await parts_of(body, self.most) if form.is_large else [serialised(body)]
        size = sum(map(len, parts))
        if size > self.most:
            raise TooLongError
        headers = dict(form.headers)
        if form.encoding is not None and size >= LEAST:
            parts = await compressed(parts, form.encoding)
            headers["Content-Encoding"] = form.encoding
        media_type = f"{form.media_type}; charset=utf-8"
        if len(parts) == 1:
            return Response(parts[0], form.status, headers, media_type)
        return InParts(parts, form.status, headers, media_type, self._hold(parts))

    def _hold(self, parts: Sequence[bytes]) -> Callable[[int], None]:
        """Count what waits to be taken; return what takes off a part that was."""
        size = sum(map(len, parts))
        if self.held + size > self.most * AT_ONCE:
            raise CrowdedError
        self.held += size
        return self._let_go

    def _let_go(self, size: int) -> None:
        self.held -= size


class InParts(Response):
    """A response that is sent part by part, each as soon as the client has room for it."""

    def __init__(
        self,
        parts: Sequence[bytes],
        status: int,
        headers: Mapping[str, str],
        media_type: str,
        taken: Callable[[int], None],
    ) -> None:
        size = str(sum(map(len, parts)))
        super().__init__(None, status, {**headers, "Content-Length": size}, media_type)
        self._parts, self._taken = deque(parts), taken

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code}
        try:
            await send({**start, "headers": self.raw_headers})
            while self._parts:
                part = self._parts.popleft()
                self._taken(len(part))
                more = bool(self._parts)
                await send({"type": "http.response.body", "body": part, "more_body": more})
        finally:
            self._taken(sum(map(len, self._parts)))
            self._parts.clear()
