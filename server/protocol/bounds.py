"""What a client may take before it has shown a token, and how the server stops."""

import math
from dataclasses import dataclass

import uvicorn

from server.settings import Settings

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes, numbers and seconds; each is described where it is set, in the settings."""

    connections: int = 1000
    header_bytes: int = 65_536
    headers: int = 100
    header_seconds: float = 10
    body_seconds: float = 30
    idle_seconds: float = 75
    answer_seconds: float = 60
    lead_seconds: float = 1
    drain_seconds: float = 30

    @property
    def url_bytes(self) -> int:
        """Return how long a URL may be: half of what all of the header may be."""
        return self.header_bytes // 2


NO_BOUNDS = Bounds(2**31, 2**31, 2**31, math.inf, math.inf, math.inf, math.inf)


class Config(uvicorn.Config):
    """uvicorn's configuration, with the bounds of its connections."""

    bounds: Bounds = NO_BOUNDS


def bounds_of(settings: Settings) -> Bounds:
    """Return the bounds that the settings tell."""
    return Bounds(
        connections=settings.max_connections,
        header_bytes=settings.max_header_bytes,
        headers=settings.max_headers,
        header_seconds=settings.header_seconds,
        body_seconds=settings.body_seconds,
        idle_seconds=settings.idle_seconds,
        answer_seconds=settings.answer_seconds,
        lead_seconds=settings.lead_seconds,
        drain_seconds=settings.drain_seconds,
    )
