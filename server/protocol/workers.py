"""Several processes that serve one socket, each of them replaced if it dies or hangs."""

import multiprocessing
import signal
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import structlog
from uvicorn.config import STARTUP_FAILURE

from server.protocol.bounds import Config
from server.protocol.server import Server, seconds_to_stop

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

LOOK = 0.2  # seconds, from one to the next
SECONDS_TO_START = 300.0  # a busy machine takes long to import what a worker needs
SECONDS_OF_SILENCE = 60.0
SPAWN = multiprocessing.get_context("spawn")

log = structlog.get_logger()


class Worker:
    """A process that serves, and tells every second that it does."""

    def __init__(self, config: Config, listener: socket.socket) -> None:
        self._began, self._told = time.monotonic(), SPAWN.Value("d", 0.0)
        self.process = SPAWN.Process(target=serve, args=(config, listener, self._told))
        with _deaf_to_interrupts():
            self.process.start()

    @property
    def is_ready(self) -> bool:
        """Whether it has begun to serve."""
        return bool(self._told.value)

    @property
    def is_well(self) -> bool:
        """Whether it lives and isn't silent; one that still starts may take its time."""
        if not self.process.is_alive():
            return False
        since = self._told.value or self._began
        return time.monotonic() - since < (
            SECONDS_OF_SILENCE if self.is_ready else SECONDS_TO_START
        )

    def end(self, seconds: float) -> None:
        """Wait for its end, which it was told to come to, and make one after so long."""
        self.process.join(seconds)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Workers:
    """Processes that serve until SIGTERM or SIGINT; SIGHUP has others take their places."""

    def __init__(self, config: Config, number: int, listener: socket.socket) -> None:
        self._config, self._listener = config, listener
        self._number, self._workers = number, list[Worker]()
        self._stops = self._renews = False
        self._seconds = seconds_to_stop(config.bounds)

    def run(self) -> None:
        """Serve until told to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told)
        self._workers = [self._start() for _ in range(self._number)]
        while not self._stops:
            time.sleep(LOOK)
            if self._renews:
                self._renews = False
                self._renew()
            self._look()
        self._end(self._workers)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._renews = True
        else:
            self._stops = True

    def _start(self) -> Worker:
        return Worker(self._config, self._listener)

    def _end(self, workers: list[Worker]) -> None:
        for worker in workers:
            worker.process.terminate()
        until = time.monotonic() + self._seconds
        for worker in workers:
            worker.end(max(until - time.monotonic(), 0))

    def _look(self) -> None:
        """Replace who isn't well; stop where one can't even start."""
        for place, worker in enumerate(self._workers):
            if self._stops or worker.is_well:
                continue
            worker.process.kill()
            worker.process.join()
            code = worker.process.exitcode
            log.error("a worker died", pid=worker.process.pid, code=code)
            if code == STARTUP_FAILURE:
                self._stops = True
            else:
                self._workers[place] = self._start()

    def _renew(self) -> None:
        """Put a new worker in each one's place, once it serves; keep the old one if it doesn't."""
        for place, old in enumerate(self._workers):
            new = self._start()
            while new.is_well and not (new.is_ready or self._stops):
                time.sleep(LOOK)
            if not new.is_ready:
                log.error("a new worker didn't start", pid=new.process.pid)
                self._end([new])
                return
            self._workers[place] = new
            self._end([old])


def serve(
    config: Config,
    listener: socket.socket,
    told: "Synchronized[float]",
) -> None:
    """Serve in a process of its own."""

    async def tell() -> None:
        told.value = time.monotonic()

    config.callback_notify, config.timeout_notify = tell, 0
    Server(config).run(sockets=[listener])


@contextmanager
def _deaf_to_interrupts() -> Generator[None]:
    """Start a process that doesn't hear Ctrl+C until it can: its parent does, and tells it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
