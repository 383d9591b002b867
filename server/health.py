"""What tells an operator that the process lives, is ready, and which version it is."""

import asyncio
from importlib.metadata import version

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from db.errors import READ_ONLY, REPLACED, UNREACHABLE, Kind, Trouble, trouble_of
from db.lending import POOLS
from db.probe import probe
from server.stopping import Stopping

VERSION = version("freehold")
SECONDS_TO_ANSWER = 10  # far more than a database that lives needs, on a busy machine too
STOPS = "The server is stopping."
UNREACHED = "The database can't be reached."
TAKES_NO_CHANGES = "The database takes no changes: it is read-only, or a replica."
OTHER_FILE = (
    "The database's file was replaced or removed while the server had it open: stop the server, put"
    " the right file there, remove those that end in -wal and -shm unless they belong to it, and"
    " start again."
)
TOLD = {UNREACHABLE: UNREACHED, READ_ONLY: TAKES_NO_CHANGES, REPLACED: OTHER_FILE}

log = structlog.get_logger()


class Readiness:
    """Whether requests can be served, by connections of its own: one look at a time for all."""

    def __init__(self, engine: AsyncEngine, probing: AsyncEngine) -> None:
        self._backend, self._probing = POOLS[engine.dialect].backend, probing
        self._looking: asyncio.Task[str | None] | None = None
        self._told: str | None = None

    async def problem(self) -> str | None:
        """Return why the database can't be served from now; None where it can."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> str | None:
        found = await self._found()
        if found != self._told and found is not None:
            log.warning("not ready", problem=found)
        self._told = found
        return found

    async def _found(self) -> str | None:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                self._backend.check_path()
                state = await probe(self._probing)
        except Exception as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            return _told(trouble)
        return state.problem or (TAKES_NO_CHANGES if state.reads_only else None)


def _told(trouble: Trouble) -> str | None:
    """Return what an operator is told; a database that has much to do is there."""
    return None if trouble.kind is Kind.BUSY else TOLD.get(trouble, trouble.message)


def health_routes(readiness: Readiness, stopping: Stopping) -> list[BaseRoute]:
    """Return `/livez`, `/readyz` and `/version`, which need no token."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        problem = STOPS if stopping.begun else await readiness.problem()
        if problem is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "problem": problem}, 503)

    async def tell_version(_request: Request) -> Response:
        return JSONResponse({"name": "freehold", "version": VERSION})

    return [Route("/livez", live), Route("/readyz", ready), Route("/version", tell_version)]
