"""Random sequences of all mutations: the server must do what the model does, to the last pair."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.asking import FIELDS, World, world
from tests.stateful.inputs import INPUTS
from tests.stateful.machine import OrgMachine
from tests.stateful.predicting import BULK, CHANGES
from tests.stateful.watching import Tally

GENERATED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    phases=[Phase.explicit, Phase.generate],  # a run that fails is short enough to be read
    # A step takes its time, and the machine makes what it needs as it is made.
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ],
)
RUNS, STEPS = 25, 15
RUNS_IN_FULL, STEPS_IN_FULL = 100, 40


@pytest.fixture
def shared_world(database_url: str) -> Iterator[World]:
    """A world whose database all runs of a test share: each has an Org of its own."""
    with world(database_url) as made:
        yield made


@pytest.fixture
def tally(tell: Callable[[str], None]) -> Iterator[Tally]:
    """What is done and compared, which is told at the end."""
    tally = Tally()
    yield tally
    tell(str(tally))


def play(played: World, tally: Tally, *, runs: int, steps: int) -> None:
    """Run the machine."""
    machine: Any = partial(OrgMachine, played, tally, thorough=runs == RUNS_IN_FULL)
    run_state_machine_as_test(
        machine,
        settings=settings(GENERATED, max_examples=runs, stateful_step_count=steps),
    )


def test_every_mutation_has_a_rule() -> None:
    assert set(INPUTS) == set(FIELDS)
    assert {*CHANGES, *BULK} == set(FIELDS)
    assert set(INPUTS) <= set(dir(OrgMachine))


def test_an_org_is_as_its_model_says_after_every_change(shared_world: World, tally: Tally) -> None:
    play(shared_world, tally, runs=RUNS, steps=STEPS)
    assert tally.done.total() > RUNS * STEPS / 3


@pytest.mark.full
def test_hundreds_of_orgs_are_as_their_models_say(shared_world: World, tally: Tally) -> None:
    play(shared_world, tally, runs=RUNS_IN_FULL, steps=STEPS_IN_FULL)
    assert set(tally.done) == set(FIELDS)
