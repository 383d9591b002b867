"""How many requests a second a server answers to some clients that ask at once."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, TypeVar

from bench.client import Connection
from bench.rounds import WARM_UPS, shuffled
from bench.subjects import Subject

CLIENTS = 4
K = TypeVar("K", bound=tuple[Any, ...])


def rates(
    asked: Sequence[K],
    of: Callable[[K], tuple[Subject, bytes]],
    *,
    windows: int,
    seconds: float,
) -> dict[K, list[float]]:
    """Return those of each in windows of so many seconds, in another order each round.

    `of` tells which server is asked, and what.
    """
    found: dict[K, list[float]] = {each: [] for each in asked}
    for _ in range(windows + 1):  # the first warms up
        for each in shuffled(asked):
            found[each].append(_rate(*of(each), seconds))
    return {each: values[1:] for each, values in found.items()}


def _rate(subject: Subject, request: bytes, seconds: float) -> float:
    with ThreadPoolExecutor(CLIENTS) as clients:
        work = [clients.submit(_ask_on, subject.port, request, seconds) for _ in range(CLIENTS)]
        return sum(each.result() for each in work)


def _ask_on(port: int, request: bytes, seconds: float) -> float:
    """Ask for the window's length, on a connection of its own; return the answers a second."""
    with closing(Connection(port)) as connection:
        started, asked = time.perf_counter(), 0
        while (passed := time.perf_counter() - started) < seconds or asked < WARM_UPS:
            connection.ask(request)
            asked += 1
        return asked / passed
