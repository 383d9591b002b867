"""Starlette's application, with a short way to the endpoint."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

ENDPOINT = "/graphql"


class Application(Starlette):
    """Starlette's routes and lifespan, with a way to the endpoint past its layers.

    The view answers whatever comes, so that it needs none of them; they take as long as a look-up.
    A slash at a path's end makes no difference, and so no redirect to wherever the client says that
    we are.
    """

    def __init__(
        self, view: ASGIApp, around: Callable[[ASGIApp], ASGIApp] | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._outermost = around(self._route) if around else self._route
        self.router.redirect_slashes = False
        self._view = view

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the server's start and stop."""
        await self._outermost(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str | None = scope.get("path")
        if path is not None and len(path) > 1 and path.endswith("/"):
            scope["path"] = path = path.rstrip("/") or "/"
        if path == ENDPOINT and scope["type"] == "http":
            await self._view(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
