"""A state machine that changes an Org at random, and compares it whole after every step."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.stateful import beginning, binning
from tests.stateful.asking import World, input_of
from tests.stateful.beginning import number
from tests.stateful.binding import bind
from tests.stateful.checking import check_answer, check_plan
from tests.stateful.comparing import answered, expected, same
from tests.stateful.drawing import SECOND, Draw
from tests.stateful.inputs import INPUTS
from tests.stateful.model import DAY, Model
from tests.stateful.predicting import Outcome, Request, predict
from tests.stateful.remembering import Memory, compare_past

DRY_RUN, PLAN_TOKEN, KEY = "dryRun", "planToken", "idempotencyKey"


@dataclass
class Tally:
    """What was done and compared in all runs; `codes` counts how mutations ended."""

    runs: int = 0
    steps: int = 0
    views: int = 0
    levels: int = 0
    codes: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


class OrgMachine(RuleBasedStateMachine):
    """One Org and its model; each mutation of the schema has a rule, which is added below."""

    model: Model

    def __init__(self, world: World, tally: Tally) -> None:
        super().__init__()
        self.world, self.tally, self.memory = world, tally, Memory()
        self.whole = False  # whether the last step went through
        self.count = 0

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Make an Org."""
        self.world.now += SECOND
        grants = beginning.drawn_grants(data.draw)
        loaded = self.world.load(beginning.manifest(self.world.next_org(), grants))
        self.model = beginning.model(loaded, grants, 1)
        self.tally.runs += 1
        self._compare(data)

    def step(self, name: str, data: st.DataObject) -> None:
        """Ask for a mutation that is made up, and compare."""
        self._pass_time(SECOND)
        draw = Draw(data.draw, self.model)
        request = Request(name, self._actor(draw), INPUTS[name](draw))
        if DRY_RUN in input_of(name).fields and draw.rarely(3):
            self._try(request, draw)
        else:
            self._make(request, request.given)
        self._compare(data)

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        """Let the server do what it does by itself."""
        self._pass_time(SECOND)
        self.world.work(number(self.model.id))
        self.memory.forget(binning.work(self.model))
        self._compare(data)

    @rule(data=st.data(), days=st.sampled_from((1, 30)))
    def wait(self, data: st.DataObject, days: int) -> None:
        """Let days go by, in which grants expire, and deletions may be kept for long enough."""
        self._pass_time(days * DAY)
        self._compare(data)

    def _pass_time(self, microseconds: int) -> None:
        self.whole = False
        self.world.now += microseconds
        self.model.now = self.world.now
        self.tally.steps += 1

    def _actor(self, draw: Draw) -> str:
        """Return who asks: an admin as often as anybody."""
        members = self.model.members if draw.of((False, True)) else self.model.admins()
        return draw.of([member.id for member in members])

    def _make(self, request: Request, given: dict[str, Any]) -> None:
        """Make the change, as given to the server."""
        outcome = predict(self.model, request)
        payload = self._ask(request, given)
        bind(self.world, outcome)
        check_answer(payload, request, outcome)
        self._note(request, outcome)
        self.model = outcome.model

    def _try(self, request: Request, draw: Draw) -> None:
        """Try the change, and make it then or not."""
        outcome = predict(self.model, request)
        payload = self._ask(request, {**request.given, DRY_RUN: True})
        check_plan(payload, request, outcome, self.model)
        if payload["plan"] is not None and draw.of((False, True)):
            self._make(request, {**request.given, PLAN_TOKEN: payload["plan"]["token"]})

    def _ask(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        actor = next(one for one in self.model.members if one.id == request.actor)
        payload = self.world.mutate(actor.account, request.name, given)
        note(f"{actor.key} ({actor.id}): {request.name} {given} -> {payload}")
        return payload

    def _note(self, request: Request, outcome: Outcome) -> None:
        code = outcome.codes[0] if outcome.codes else "DONE"
        self.tally.codes[request.name, code] += 1

    def _compare(self, data: st.DataObject) -> None:
        """Compare the whole Org for every user, and what was for one."""
        self.memory.add(self.model)
        for number, member in enumerate(self.model.members, self.count):
            compiles = number % 2 == 0
            told = answered(self.world, self.model, member, compiles=compiles)
            same(told, expected(self.model, member))
            self.tally.views += 1
        draw = Draw(data.draw, self.model)
        self._look_back(draw.of(range(len(self.memory.moments))), draw)
        self.count += 1
        self.whole = True

    def _look_back(self, step: int, draw: Draw) -> None:
        member = draw.of(self.model.members)
        asker = member if draw.rarely(3) and member.active else self.model.admins()[0]
        self.tally.levels += compare_past(
            self.world,
            self.model,
            self.memory.moments[step],
            member,
            asker=asker,
            compiles=bool(self.count % 2),
        )

    def teardown(self) -> None:
        """Compare all that is remembered, unless something went wrong."""
        if not self.whole:
            return
        admin = self.model.admins()[0]
        for number, moment in enumerate(self.memory.moments):
            for member in self.model.members:
                if (number + self.model.members.index(member)) % 3:
                    continue
                self.tally.levels += compare_past(
                    self.world,
                    self.model,
                    moment,
                    member,
                    asker=admin,
                    compiles=bool(number % 2),
                )


def _rule(name: str) -> Callable[..., None]:
    def change(self: OrgMachine, data: st.DataObject) -> None:
        self.step(name, data)

    change.__name__ = name
    return rule(data=st.data())(change)


for _name in INPUTS:
    setattr(OrgMachine, _name, _rule(_name))
