"""A server process that is attacked, and what it takes meanwhile."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from auth.authenticate import issue_token
from bench.data import ORG_ID
from bench.serve import SECRET

HOST = "127.0.0.1"
URL = re.compile(rb'"url":"http://127\.0\.0\.1:(\d+)"')
RSS = re.compile(r"VmRSS:\s+(\d+) kB")


@dataclass(frozen=True)
class Target:
    """A server that runs with its usual limits."""

    port: int
    pid: int

    @property
    def mebibytes(self) -> int:
        """Return how much memory the process has."""
        found = RSS.search(Path("/proc", str(self.pid), "status").read_text())
        return int(found.group(1)) // 1024 if found else 0


def token_of(account: int) -> str:
    """Return an account's token for the Org that is measured."""
    lifetime = timedelta(hours=4)
    return issue_token(SECRET.encode(), account_id=account, org_id=ORG_ID, lifetime=lifetime)


@contextmanager
def serving(url: str, log: Path) -> Generator[Target]:
    """Run a server on the database; its log goes to the file."""
    settings = {"FREEHOLD_DATABASE_URL": url, "FREEHOLD_SECRET": SECRET}
    command = [sys.executable, "-m", "server", "serve", "--port", "0"]
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603 - it is our own command
            command, stderr=written, env={**os.environ, **settings}
        ) as process,
    ):
        try:
            yield Target(_port(process, log), process.pid)
        finally:
            process.terminate()


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    while process.poll() is None:
        if found := URL.search(log.read_bytes()):
            return int(found.group(1))
    raise RuntimeError(log.read_text()[-2_000:])
