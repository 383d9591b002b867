"""An attack beside small questions: windows with it and without it, in turn."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty
from typing import TYPE_CHECKING, NamedTuple

from bench.abuse.attacks import ATTACKS, Attack, Told
from bench.abuse.target import Target, token_of
from bench.abuse.watching import Felt, watch

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

SPAWN = multiprocessing.get_context("spawn")
REST = 1.0  # seconds between windows


class Windows(NamedTuple):
    """How many windows there are with the attack, and as many without, and of how many seconds."""

    number: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What others felt without the attack and with it, and what the attacker was told."""

    attack: Attack
    quiet: Felt
    attacked: Felt
    told: Told


def run_attack(
    target: Target,
    place: int,
    *,
    attacker: int,
    others: Sequence[int],
    windows: Windows,
) -> Outcome:
    """Run one of the attacks by a process of its own, as the account of the attacker."""
    outcome, seconds = Outcome(ATTACKS[place], Felt(), Felt(), Counter()), windows.seconds
    for _ in range(windows.number):
        outcome.quiet.add(asyncio.run(watch(target, others, seconds)))
        told: Queue[Told] = SPAWN.Queue()
        given = (place, target.port, token_of(attacker), seconds + 2, told)
        process = SPAWN.Process(target=_attack, args=given)
        process.start()
        outcome.attacked.add(asyncio.run(_when_it_runs(target, others, seconds, told)))
        try:
            outcome.told.update(told.get(timeout=seconds + 30))
        except Empty:
            outcome.told["no end"] += 1
        process.join(5)
        process.kill()
    return outcome


async def _when_it_runs(
    target: Target, others: Sequence[int], seconds: float, told: "Queue[Told]"
) -> Felt:
    await asyncio.to_thread(told.get)  # it has begun
    felt = await watch(target, others, seconds)
    await asyncio.sleep(REST)
    return felt


def _attack(place: int, port: int, token: str, seconds: float, told: "Queue[Told]") -> None:
    counted: Told = Counter()
    told.put(Counter())
    asyncio.run(ATTACKS[place].work(port, token, seconds, counted))
    told.put(counted)
