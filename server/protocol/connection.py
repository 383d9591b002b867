"""A connection of HTTP/1.1 whose header, number, time and memory are bounded."""

# uvicorn leaves the types of its protocol open in places, and its parser is None at the end.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false

import asyncio
import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from server.protocol.bounds import Config
from server.protocol.cycle import CANCELS, Cycle
from server.protocol.outlet import Outlet
from server.protocol.refusal import (
    CROWDED,
    LONG_HEADER,
    LONG_URL,
    MALFORMED,
    SHUTTING_DOWN,
    SLOW,
    Refusal,
    RefusedError,
    response,
)

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

NEVER = math.inf
SECONDS_TO_LINGER = 2  # so that a client which is still sending can read why it was refused
MOST_PIPELINED = 32
MOST_LEFT_UNREAD = 262_144  # bytes of a body that nobody wants any more
SEPARATORS = 4  # bytes: `: ` and the line's end


class State(ServerState):
    """What the connections of one server share; those that wait for a request, longest first."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: OrderedDict[Connection, None] = OrderedDict()
        self.stopping = False


class Connection(HttpToolsProtocol):
    """uvicorn's, bounded. `deadline` is when the client must have got further."""

    def __init__(
        self,
        config: Config,
        server_state: State,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._bounds, self._state = config.bounds, server_state
        self.deadline = NEVER
        self._in_header = self._in_body = False
        self._deaf = self._finishing = False  # reads no more; writes no more
        self._read = 0  # bytes of a header that isn't complete, or of a body that is left
        self._alone = True  # whether no other request ended in the chunk that is read
        self._running: Cycle | None = None
        self._outlet: Outlet

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, in place of one that has waited long if there are too many."""
        taken = cast("asyncio.Transport", transport)
        if len(self.connections) >= self._bounds.connections and not self._make_room():
            self._deaf = True
            taken.write(response(CROWDED, self.server_state.default_headers))
            taken.close()
            return
        super().connection_made(taken)
        self._outlet = Outlet(taken, self._finish)
        self._wait(self._bounds.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the application know that the client has left."""
        self._state.waiting.pop(self, None)
        self.pipeline.clear()
        if self._running is not None:
            self._running.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, as far as that is allowed."""
        if self._deaf:
            self._hear_out(len(data))
            return
        self._alone = True
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._last().keep_alive = False  # we speak nothing else, and the parser has stopped
        except httptools.HttpParserError as error:
            self._refuse(_refusal_of(error))
        else:
            if self._in_header and self._alone:
                self._read += len(data)
                if self._read > self._bounds.header_bytes:
                    self._refuse(LONG_HEADER if self.headers else LONG_URL)

    def _hear_out(self, size: int) -> None:
        """Take what comes after the end, but not for ever."""
        self._read += size
        if self._read > MOST_LEFT_UNREAD:
            self.transport.abort()

    # The parser's side

    def on_message_begin(self) -> None:
        """Begin with a header."""
        super().on_message_begin()
        self._in_header, self._read = True, 0
        if not self._is_busy:
            self.deadline = self.loop.time() + self._bounds.header_seconds

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL."""
        self.url += url
        if len(self.url) > self._bounds.url_bytes:
            raise RefusedError(LONG_URL)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if len(self.headers) >= self._bounds.headers:
            raise RefusedError(LONG_HEADER)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Have the request answered, after those that came before it."""
        size = sum(len(name) + len(value) + SEPARATORS for name, value in self.headers)
        if size + len(self.url) > self._bounds.header_bytes:
            raise RefusedError(LONG_HEADER)
        if len(self.pipeline) >= MOST_PIPELINED:
            raise RefusedError(CROWDED)
        self._in_header, self._in_body, self._read = False, True, 0
        waits = self._is_busy
        self.cycle = cycle = self._cycle()
        if waits:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))
        else:
            self._state.waiting.pop(self, None)
            self._start_asgi_task(cycle, self.app)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; little of one that nobody wants any more."""
        if self.cycle.response_complete:
            self._read += len(body)
            if self._read > MOST_LEFT_UNREAD and not self._finishing:
                self._finish()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that all of the request is there."""
        self._in_body = self._alone = False
        self.cycle.more_body = False
        self.cycle.message_event.set()
        if self._is_busy:
            self.deadline = NEVER
        else:
            self._wait(self._bounds.idle_seconds)

    # The application's side

    def _cycle(self) -> Cycle:
        version, scope = self.parser.get_http_version(), self.scope
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        cycle = Cycle(
            scope=scope,
            transport=self._outlet,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        cycle.keep_alive = cycle.keep_alive and not self._state.stopping
        cast("dict[str, Any]", scope)["extensions"] = {CANCELS: cycle.cancel_when_left}
        return cycle

    def _start_asgi_task(self, cycle: Any, app: "ASGI3Application") -> None:
        self._running = cycle
        self.deadline = self.loop.time() + self._bounds.body_seconds if cycle.more_body else NEVER
        task = self.loop.create_task(cycle.run_asgi(app))
        cycle.start(task)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing() or self._finishing:
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._in_header:
            self._wait(self._bounds.header_seconds)
        else:
            self._wait(self._bounds.body_seconds if self._in_body else self._bounds.idle_seconds)

    # Who waits too long, or for whom there is no time

    def check(self, now: float) -> None:
        """Let the client go if it is late; to be called every now and then."""
        if self._outlet.is_slow(now, self._bounds.answer_seconds):
            self.transport.abort()
        elif now > self.deadline and not (self._finishing and self._has_unread):
            if self._deaf or not (self._in_header or self._in_body):
                self._drop()
            else:
                self._refuse(SLOW)

    def answer_the_last(self) -> None:
        """Let the answer that is under way, or the last of them, tell that the connection ends."""
        if self._is_busy:
            self._last().keep_alive = False

    def shutdown(self) -> None:
        """Answer what has come, and nothing more."""
        if self._is_busy:
            self._last().keep_alive = False
        elif not self._finishing:
            self.transport.close()

    def cut_off(self) -> None:
        """Say in place of an answer that there is no time for it."""
        running, self._deaf = self._running, True
        self.pipeline.clear()
        if running is None or not running.is_running:
            return
        running.leave()
        if running.response_started:
            self.transport.abort()
        else:
            self._end_with(SHUTTING_DOWN)

    @property
    def _is_busy(self) -> bool:
        return self._running is not None and self._running.is_running

    @property
    def _has_unread(self) -> bool:
        return self.transport.get_write_buffer_size() > 0

    def _last(self) -> Cycle:
        return cast("Cycle", self.cycle)

    def _wait(self, seconds: float) -> None:
        if not self._finishing:
            self._state.waiting[self] = None
            self.deadline = self.loop.time() + seconds

    def _make_room(self) -> bool:
        """Let go who has waited longest without a request; False where all have one."""
        if not self._state.waiting:
            return False
        longest, _ = self._state.waiting.popitem(last=False)
        longest._drop()  # noqa: SLF001 - one of us
        return True

    def _drop(self) -> None:
        if self._has_unread:
            self.transport.abort()
        else:
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Read no more, and say why; or end with the answers that are owed before that."""
        self._deaf = True
        owed = self._in_header or self._running is not self.cycle
        if self._is_busy and (owed or self._last().response_started):
            self._last().keep_alive = False
            return
        if self._running is not None:
            self._running.leave()
        self._end_with(refusal)

    def _end_with(self, refusal: Refusal) -> None:
        self._outlet.write(response(refusal, self.server_state.default_headers))
        self._finish()

    def _finish(self) -> None:
        """End once the client has what was written, and if it still sends, has seen the end."""
        self._state.waiting.pop(self, None)
        sends = self._in_header or self._in_body or self._deaf
        self._deaf = self._finishing = True
        if not sends or self.transport.is_closing():
            self.deadline = NEVER
            self.transport.close()
            return
        self.deadline = self.loop.time() + SECONDS_TO_LINGER
        self.transport.write_eof()
        self.flow.resume_reading()


def _refusal_of(error: httptools.HttpParserError) -> Refusal:
    """Return what was raised in one of the parser's calls, or that the text isn't HTTP."""
    cause = error.__context__
    return cause.refusal if isinstance(cause, RefusedError) else MALFORMED
