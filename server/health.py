"""What tells an operator that the process lives, is ready, and which version it is."""

from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from db.errors import is_unavailable
from db.version import database_problem
from server.stopping import Stopping

VERSION = version("freehold")
STOPS = "The server is stopping."


def health_routes(engine: AsyncEngine, stopping: Stopping) -> list[BaseRoute]:
    """Return `/livez`, `/readyz` and `/version`, which need no token."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        problem = STOPS if stopping.begun else await readiness_problem(engine)
        if problem is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "problem": problem}, 503)

    async def tell_version(_request: Request) -> Response:
        return JSONResponse({"name": "freehold", "version": VERSION})

    return [Route("/livez", live), Route("/readyz", ready), Route("/version", tell_version)]


async def readiness_problem(engine: AsyncEngine) -> str | None:
    """Return why the database can't be served from yet; None where it can."""
    try:
        return await database_problem(engine)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return "The database can't be reached."
