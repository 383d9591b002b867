"""One request and its answer on a connection."""

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

CANCELS = "freehold.cancels"  # among a scope's extensions


class Cycle(RequestResponseCycle):
    """uvicorn's, which also ends with its client where the application asks for that.

    The application does so by `scope["extensions"][CANCELS](True)`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._task: asyncio.Task[None] | None = None
        self._cancels = False

    @property
    def is_running(self) -> bool:
        """Return whether somebody still waits for the answer."""
        return not (self.response_complete or self.disconnected)

    def start(self, task: asyncio.Task[None]) -> None:
        """Note the task that answers."""
        self._task = task

    def cancel_when_left(self, cancels: bool) -> None:
        """Say whether the task is cancelled when the client leaves before it is answered."""
        self._cancels = cancels

    def leave(self) -> None:
        """Tell the application that nobody waits for the answer any more."""
        if not self.is_running:
            return
        self.disconnected = True
        self.message_event.set()
        if self._cancels and self._task is not None:
            self._task.cancel()

    async def run_asgi(self, app: "ASGI3Application") -> None:
        """Run the application; one that was cut off has been answered for already, or is left."""
        try:
            await super().run_asgi(_Quiet(self, app))
        finally:
            self._task = None
            self.scope.get("extensions", {}).clear()  # or this and the scope would hold each other


class _Quiet:
    """An application whose being cancelled is no error once nobody waits for its answer."""

    def __init__(self, cycle: Cycle, app: "ASGI3Application") -> None:
        self._cycle, self._app = cycle, app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run it."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._cycle.disconnected:
                raise
