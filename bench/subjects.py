"""The servers that are compared, each in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from bench.client import HOST, Connection

ROOT = Path(__file__).parents[1]
SECONDS_TO_START, SECONDS_TO_STOP = 60, 10
SERVERS = ("floor", "compiled", "standard")

K = TypeVar("K")


class Subject:
    """A server that was started, and one connection to it."""

    def __init__(self, which: str, url: str) -> None:
        self.port = _free_port()
        self._name = f"{which} {url} {self.port}"
        command = [sys.executable, "-m", "bench.serve", which, url, str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self) -> None:
        """Wait until it can be asked; its own words go nowhere, so run `bench.serve` for them."""
        until = time.monotonic() + SECONDS_TO_START
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"It didn't start: bench.serve {self._name}")
            time.sleep(0.1)
        self._connection = Connection(self.port)

    def ask(self, request: bytes) -> bytes:
        """Return the body of the answer."""
        return self._connection.ask(request)

    def peak_memory(self) -> float:
        """Return the most memory that the process ever held, in MiB, as Linux counts it."""
        status = Path("/proc", str(self._process.pid), "status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def stop(self) -> None:
        """End the process, by force if it stays."""
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def started(wanted: Mapping[K, tuple[str, str]]) -> Generator[dict[K, Subject]]:
    """Give the servers, each started from which it is and its database's URL, until the end."""
    with ExitStack() as stack:
        subjects = dict[K, Subject]()
        for key, (which, url) in wanted.items():
            subjects[key] = Subject(which, url)
            stack.callback(subjects[key].stop)
        for subject in subjects.values():
            subject.wait()
        yield subjects


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((HOST, port)) == 0
