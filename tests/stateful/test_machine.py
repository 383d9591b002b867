"""Random sequences of all mutations: the server must do what the model does, to the last pair."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.asking import FIELDS, World, world
from tests.stateful.inputs import INPUTS
from tests.stateful.machine import OrgMachine, Tally
from tests.stateful.predicting import BULK, CHANGES

GENERATED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
RUNS, STEPS = 25, 15
RUNS_IN_FULL, STEPS_IN_FULL = 600, 40


@pytest.fixture
def shared_world(database_url: str) -> Iterator[World]:
    """A world whose database all runs of a test share: each has an Org of its own."""
    with world(database_url) as made:
        yield made


def play(played: World, tally: Tally, *, runs: int, steps: int) -> None:
    """Run the machine."""
    run_state_machine_as_test(
        lambda: OrgMachine(played, tally),
        settings=settings(GENERATED, max_examples=runs, stateful_step_count=steps),
    )


def test_every_mutation_has_a_rule() -> None:
    assert set(INPUTS) == set(FIELDS)
    assert {*CHANGES, *BULK} == set(FIELDS)
    assert set(INPUTS) <= set(dir(OrgMachine))


def test_an_org_is_as_its_model_says_after_every_change(shared_world: World) -> None:
    tally = Tally()
    play(shared_world, tally, runs=RUNS, steps=STEPS)
    print(tally)
