"""Asks everything in another order each round, what is compared at nearly the same time.

So what disturbs one disturbs all. Each is asked twice, and timed the second time: the processor's
caches then hold what is its own, whichever was asked before it.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

# PostgreSQL makes a plan of its own for each of the first five executions of a statement.
WARM_UPS = 6
K = TypeVar("K", bound=tuple[Any, ...])


def shuffled(asked: Sequence[K]) -> list[K]:
    """Return all in random order; those that differ by their last field alone stay together."""
    groups: dict[tuple[Any, ...], list[K]] = {}
    for each in asked:
        groups.setdefault(each[:-1], []).append(each)
    orders = [random.sample(group, len(group)) for group in groups.values()]
    return [each for group in random.sample(orders, len(orders)) for each in group]


def latencies(
    asked: Sequence[K],
    ask: Callable[[K], object],
    *,
    rounds: int,
    seldom: Callable[[K], bool] = lambda _: False,
) -> dict[K, float]:
    """Return the median of each in milliseconds; what is asked seldom, in every third round."""
    times: dict[K, list[float]] = {each: [] for each in asked}
    for number in range(-WARM_UPS, rounds):
        for each in shuffled(asked):
            if number < 0 or number % 3 == 0 or not seldom(each):
                ask(each)
                started = time.perf_counter()
                ask(each)
                times[each].append((time.perf_counter() - started) * 1000)
    return {each: statistics.median(values[WARM_UPS:]) for each, values in times.items()}
