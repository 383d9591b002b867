"""A server that sees to its connections, and that stops within a time that is known before."""

import asyncio
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import cast

import structlog
import uvicorn

from server.protocol.bounds import Bounds, Config
from server.protocol.connection import Connection, State
from server.stopping import STOPPING, Stopping

TICK = 0.1  # seconds
TICKS_TO_A_LOOK = 5
SECONDS_TO_TELL = 1
SECONDS_TO_CUT_OFF, SECONDS_TO_CLOSE, SECONDS_TO_END = 2, 3, 2

log = structlog.get_logger()


class Server(uvicorn.Server):
    """uvicorn's server with bounded connections; `config` has the bounds.

    Told to stop, it says so to load balancers and clients for a moment, takes no more connections,
    waits for what runs, and cuts off what takes too long.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.server_state: State = State()
        self._bounds: Bounds = config.bounds

    async def on_tick(self, counter: int) -> bool:
        """Do what is due every tenth of a second."""
        if counter % TICKS_TO_A_LOOK == 0:
            self._look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._announce()
        lead = 0 if signal.SIGINT in self._captured_signals else self._bounds.lead_seconds
        await self._wait(lambda: False, lead)
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in self._connections():
            connection.shutdown()
        await self._wait(self._is_idle, self._bounds.drain_seconds)
        await self._cut_off()
        await self._close()
        if self._captured_signals:
            end_by(SECONDS_TO_END)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and end by force if that takes longer than it may."""
        if not self.should_exit:
            end_by(seconds_to_stop(self._bounds))
        super().handle_exit(sig, frame)

    def _announce(self) -> None:
        log.info("stopping", requests=len(self.server_state.tasks))
        stopping = self.lifespan.state.get(STOPPING)
        if isinstance(stopping, Stopping):
            stopping.begun = True
        self.server_state.stopping = True
        for connection in self._connections():
            connection.answer_the_last()

    async def _wait(self, is_over: Callable[[], bool], seconds: float) -> None:
        """Go on as before until it is over, or for so many seconds."""
        until, counter = time.monotonic() + seconds, 0
        while not (is_over() or self.force_exit or time.monotonic() >= until):
            await asyncio.sleep(TICK)
            counter += 1
            await self.on_tick(counter)

    def _is_idle(self) -> bool:
        return not (self.server_state.tasks or self.server_state.connections)

    async def _close(self) -> None:
        """Let the application close what it has open; what doesn't close is left."""
        try:
            await asyncio.wait_for(self.lifespan.shutdown(), SECONDS_TO_CLOSE)
        except TimeoutError:
            log.warning("connections to the database don't close", seconds=SECONDS_TO_CLOSE)
            # uvicorn would log as a fault that the rest is cancelled.
            logging.getLogger("uvicorn.error").disabled = True

    async def _cut_off(self) -> None:
        """Tell whoever still waits that there is no time, and end what runs for them."""
        tasks = set(self.server_state.tasks)
        if tasks:
            log.warning("cut off", requests=len(tasks))
        for connection in self._connections():
            connection.cut_off()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=SECONDS_TO_CUT_OFF)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in self._connections():
            connection.check(now)

    def _connections(self) -> list[Connection]:
        return cast("list[Connection]", list(self.server_state.connections))


def seconds_to_stop(bounds: Bounds) -> float:
    """Return how long it takes at most to stop."""
    closing = SECONDS_TO_CUT_OFF + SECONDS_TO_CLOSE + SECONDS_TO_END
    return bounds.lead_seconds + bounds.drain_seconds + closing


def end_by(seconds: float) -> None:
    """See to it that this process ends within so many seconds, whatever hangs in it."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    message = "ended by force: something didn't end when it was told to"
    telling = threading.Thread(target=log.error, args=(message,), daemon=True)
    telling.start()
    telling.join(SECONDS_TO_TELL)  # whoever reads the log may hang, too
    os._exit(1)
