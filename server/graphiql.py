"""GraphiQL, served from the files that the npm project in graphiql/ builds."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    # Monaco and React set style attributes as they go, which no nonce can cover.
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
STRICT_HEADERS = {
    "Content-Security-Policy": "; ".join(
        f"{directive} {sources}" for directive, sources in CONTENT_SECURITY_POLICY.items()
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# Vite puts a hash of the content into every name under assets/, so a name never changes meaning.
HASHED = "assets/"
FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
PAGE = "index.html"
NOT_BUILT = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>GraphiQL is not built</title></head>
  <body>
    <h1>GraphiQL is not built</h1>
    <p>Run <code>make install</code>, or <code>make graphiql</code> for this page alone,
    and start the server again. The API at <code>/graphql</code> works without it.</p>
  </body>
</html>
"""


class StrictHeaders:
    """ASGI middleware that puts the strict headers on every response, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the application with a `send` that adds the headers."""

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(STRICT_HEADERS)
            await send(message)

        await self.app(scope, receive, send_strictly)


def graphiql_routes(dist: Path) -> list[BaseRoute]:
    """The routes of `/graphiql` and all below it, for the folder that Vite built.

    Whether it was built is looked up once, here: without it the page answers 503 and says
    how to build it.
    """
    files = StaticFiles(directory=dist, check_dir=False)

    async def built(request: Request) -> Response:
        path = request.path_params.get("path") or PAGE
        response = await files.get_response(path, request.scope)
        response.headers["Cache-Control"] = FOR_EVER if path.startswith(HASHED) else REVALIDATE
        return response

    endpoint = built if (dist / PAGE).is_file() else not_built
    strict = [Middleware(StrictHeaders)]
    paths = ("/graphiql", "/graphiql/{path:path}")
    return [Route(path, endpoint, middleware=strict) for path in paths]


async def not_built(_request: Request) -> Response:
    """Says that the page was not built, and how to build it."""
    return HTMLResponse(NOT_BUILT, status_code=503, headers={"Cache-Control": REVALIDATE})
