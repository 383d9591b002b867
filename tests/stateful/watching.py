"""A state machine over one Org: begun, let grow old, and compared whole after every step."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.stateful import beginning
from tests.stateful.asking import World
from tests.stateful.comparing import answered, same
from tests.stateful.drawing import SECOND, Draw
from tests.stateful.expecting import expected
from tests.stateful.model import Member, Model
from tests.stateful.remembering import Look, Memory, Moment, compare_past


@dataclass
class Tally:
    """What was done and compared in all runs.

    `endings` counts mutations by how they ended; `views` are of the whole Org, by a member;
    `levels` are of a member on a node, at an earlier moment.
    """

    runs: int = 0
    steps: int = 0
    plans: int = 0
    views: int = 0
    levels: int = 0
    endings: Counter[str] = field(default_factory=Counter[str])
    done: Counter[str] = field(default_factory=Counter[str])

    def __str__(self) -> str:
        ended = ", ".join(f"{count} {code}" for code, count in self.endings.most_common())
        return (
            f"{self.runs} runs of {self.steps} steps ({ended}); compared {self.plans} dry runs, "
            f"{self.views} views of the whole Org and {self.levels} levels at earlier moments; "
            f"{len(self.done)} mutations were made"
        )


class Watching(RuleBasedStateMachine):
    """One Org and its model, which must be alike. With `thorough` all of the past is compared."""

    model: Model

    def __init__(self, world: World, tally: Tally, *, thorough: bool) -> None:
        super().__init__()
        self.world, self.tally, self.thorough = world, tally, thorough
        self.memory = Memory()
        self.alike = False  # whether the last step went through

    def start(self, data: st.DataObject) -> None:
        """Make an Org."""
        self.world.now += SECOND
        grants = beginning.drawn_grants(data.draw)
        loaded = self.world.load(beginning.manifest(self.world.next_org(), grants))
        self.model = beginning.model(loaded, grants)
        self.tally.runs += 1

    def pass_time(self, microseconds: int = SECOND) -> None:
        """Begin a step, later than the last."""
        self.alike = False
        self.world.now += microseconds
        self.model.now = self.world.now
        self.tally.steps += 1

    def compare(self, data: st.DataObject) -> None:
        """Compare the whole Org for every user, and what was at a moment for one."""
        self.memory.add(self.model)
        for number, member in enumerate(self.model.members, self.tally.steps):
            told = answered(self.world, self.model, member, compiles=number % 2 == 0)
            same(told, expected(self.model, member))
            self.tally.views += 1
        self._look_back(Draw(data.draw, self.model))
        self.alike = True

    def _look_back(self, draw: Draw) -> None:
        step = draw.of(range(len(self.memory.moments)))
        member = draw.person(self.model.members)
        asks_itself = draw.rarely(3) and member.active
        self._compare_past(self.memory.moments[step], member, asks_itself=asks_itself)

    def _compare_past(self, moment: Moment, member: Member, *, asks_itself: bool = False) -> None:
        self.tally.levels += compare_past(
            self.world,
            self.model,
            Look(moment, member, member if asks_itself else self.model.admins()[0]),
            compiles=bool(self.tally.levels % 2),
        )

    def teardown(self) -> None:
        """Compare all that is remembered, unless something is wrong already."""
        if not self.alike:
            return
        assert self.world.breaches() == []
        members = self.model.members
        for number, moment in enumerate(self.memory.moments):
            chosen = members if self.thorough else [members[number % len(members)]]
            for member in chosen:
                self._compare_past(moment, member)
