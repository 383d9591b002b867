"""How the tests run the command line, and what it came to."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

import pytest

from db.engine import open_engine

ROOT = Path(__file__).parents[3]
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def value(self) -> Any:
        """What it wrote to stdout as JSON."""
        return json.loads(self.stdout)


Freehold: TypeAlias = Callable[..., Outcome]


class Running(Protocol):
    """Runs the real command."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome: ...


def start(
    *arguments: str, stdin: int | None = None, stderr: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start the command as a process, in the environment as it is."""
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.Popen(  # noqa: S603 - it is our own command
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 - it does nothing that a thread could hold up
    )


def _hear_interrupts() -> None:
    """Let a command be interrupted, though a shell may run the tests in its background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_process(*arguments: str, stdin: bytes = b"") -> Outcome:
    """Run the command as a process."""
    with start(*arguments, stdin=subprocess.PIPE) as process:
        stdout, stderr = process.communicate(stdin, timeout=120)
    return Outcome(process.returncode, stdout.decode(), stderr.decode())


async def execute(url: str, *statements: str) -> None:
    """Execute statements, each in a transaction of its own."""
    engine = open_engine(url)
    for statement in statements:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(statement)
    await engine.dispose()
