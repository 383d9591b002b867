"""Whether the server is about to stop, for all who tell of it."""

from dataclasses import dataclass

STOPPING = "stopping"  # among the state of the application's lifespan


@dataclass(slots=True)
class Stopping:
    """`begun` once the server was told to stop: it still answers, but nobody is to be sent here."""

    begun: bool = False
