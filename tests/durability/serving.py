"""A server in a process group of its own, which is killed without warning and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from tests.server.asking import SECRET

ROOT = Path(__file__).parents[2]
COMMAND = ("-m", "server", "serve", "--port", "0")


class Server:
    """`freehold serve` on one database, in one process after the other. `entries` is its log."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.entries: list[dict[str, Any]] = []
        self._environment, self._folder = environment, folder
        self._listening = asyncio.Event()
        self._url = ""
        self._process: asyncio.subprocess.Process
        self._log: asyncio.Task[None]

    async def start(self) -> None:
        """Start a process, and wait until it listens."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *COMMAND),
            env=self._environment,
            cwd=self._folder,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._log = asyncio.create_task(self._read(self._process.stderr))
        await asyncio.wait(
            {listening := asyncio.create_task(self.url()), self._log},
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert listening.done(), self.entries

    @property
    def faults(self) -> list[dict[str, Any]]:
        """What the log has that is neither usual nor a word of warning."""
        return [entry for entry in self.entries if entry["level"] not in ("info", "warning")]

    async def url(self) -> str:
        """Wait until a process listens, and return where."""
        await self._listening.wait()
        return self._url

    def listens_at(self, url: str) -> bool:
        """Return whether the process that was asked there still is to answer."""
        return self._listening.is_set() and self._url == url

    async def kill(self) -> None:
        """End the whole process group at once, without a word of warning."""
        self._listening.clear()
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._ended()

    async def stop(self) -> int:
        """Have it end by itself, and return the code that it ends with."""
        self._listening.clear()
        self._process.terminate()
        return await self._ended()

    async def _ended(self) -> int:
        await self._log
        return await self._process.wait()

    async def _read(self, log: asyncio.StreamReader | None) -> None:
        assert log
        async for line in log:
            if not line.endswith(b"}\n"):  # it was killed as it wrote
                continue
            self.entries.append(orjson.loads(line))
            if self.entries[-1]["event"] == "listening":
                self._url = self.entries[-1]["url"]
                self._listening.set()


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncGenerator[Server]:
    """Serve a database, until the server was stopped; it is killed if the block fails."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FREEHOLD_")}
    settings = {
        "FREEHOLD_DATABASE_URL": url,
        "FREEHOLD_SECRET": SECRET,
        "FREEHOLD_BACKGROUND_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
    }
    server = Server({**own, **settings}, folder)
    await server.start()
    try:
        yield server
    except BaseException:  # whatever it is, the server must not outlive the test
        await server.kill()
        raise
    assert await server.stop() == 0
