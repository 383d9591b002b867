"""CORS: which other sites' pages may ask, where the settings name some."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.settings import Settings

METHODS = ("GET", "POST")
SENT = ("Authorization", "Content-Type", "Content-Encoding", "If-None-Match", "X-Request-Id")
READ = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id")
SECONDS = 600  # that a browser remembers what it may send


def open_to_origins(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Return the application; it tells browsers whose pages may ask, if any may."""
    if not settings.origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        allow_credentials=settings.allow_credentials,
        expose_headers=READ,
        max_age=SECONDS,
    )
