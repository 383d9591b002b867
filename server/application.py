"""Starlette's application, with a short way to the endpoint."""

from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

ENDPOINT = "/graphql"


class Application(Starlette):
    """Starlette's routes and lifespan, with a way to the endpoint past its layers.

    The view answers whatever comes, so that it needs none of them; they take as long as a look-up.
    """

    def __init__(self, view: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self._view = view

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the server's start and stop."""
        if scope["type"] == "http" and scope["path"] == ENDPOINT:
            await self._view(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
