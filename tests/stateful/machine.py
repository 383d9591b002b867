"""A state machine with a rule for each mutation of the schema, and for what comes of time alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.stateful import binning
from tests.stateful.asking import Json, World, input_of
from tests.stateful.beginning import number
from tests.stateful.binding import bind
from tests.stateful.checking import check_answer, check_plan
from tests.stateful.drawing import Draw
from tests.stateful.fitting import check_input
from tests.stateful.inputs import INPUTS
from tests.stateful.judging import RefusedError
from tests.stateful.model import DAY, Member
from tests.stateful.predicting import BULK, Outcome, Request, predict
from tests.stateful.watching import Tally, Watching

DRY_RUN, PLAN_TOKEN, KEY = "dryRun", "planToken", "idempotencyKey"
LOOKED_UP = {"NOT_FOUND", "FORBIDDEN", "PLAN_OUTDATED"}


@dataclass(frozen=True)
class Sent:
    """A mutation that was sent under an idempotency key, and its answer."""

    request: Request
    payload: Json


@dataclass(frozen=True)
class Planned:
    """A mutation that was tried, when the Org was at a revision."""

    request: Request
    token: str
    revision: int
    told: Json


class OrgMachine(Watching):
    """The rules; those of the mutations are added below."""

    def __init__(self, world: World, tally: Tally, *, thorough: bool = False) -> None:
        super().__init__(world, tally, thorough=thorough)
        self.sent: dict[tuple[str, str], Sent] = {}  # by the member and the key
        self.plans: list[Planned] = []

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Make an Org, and delete a little of it, so that there is something to restore."""
        self.start(data)
        nodes = {node.name: node.id for node in self.model.nodes}
        for name, called in (("projectDelete", "Site 2"), ("assetDelete", "B")):
            request = Request(name, self.model.admins()[0].id, {"id": nodes[called]})
            self._make(request, predict(self.model, request))
        self.compare(data)

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        """Let the server do what it does by itself."""
        self.pass_time()
        self.world.work(number(self.model.id))
        self.memory.forget(binning.work(self.model))
        self.compare(data)

    @rule(data=st.data(), days=st.sampled_from((1, 30)))
    def wait(self, data: st.DataObject, days: int) -> None:
        """Let days go by, in which grants expire, and deletions may be kept for long enough."""
        self.pass_time(days * DAY)
        self.compare(data)

    @precondition(lambda self: bool(self.sent))
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """Send what was sent before: it is answered as then, and nothing is changed."""
        self.pass_time()
        sent = data.draw(st.sampled_from(list(self.sent.values())))
        payload = self._ask(sent.request, sent.request.given)
        if self._member(sent.request).active:
            assert _without_nodes(payload) == _without_nodes(sent.payload)
        else:
            assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
        self.compare(data)

    @precondition(lambda self: bool(self.plans))
    @rule(data=st.data())
    def follow_a_plan(self, data: st.DataObject) -> None:
        """Make what was tried before, unless the Org has changed since."""
        self.pass_time()
        self._follow(data.draw(st.sampled_from(self.plans)))
        self.compare(data)

    def step(self, name: str, data: st.DataObject) -> None:
        """Ask for a mutation that is made up, and compare."""
        self.pass_time()
        draw = Draw(data.draw, self.model)
        given = INPUTS[name](draw)
        request = Request(name, self._actor(name, given, draw), given)
        if DRY_RUN in input_of(name).fields and draw.rarely(3):
            self._try(request, draw)
        elif draw.rarely(4):
            self._send_once(request, f"key-{draw.of(range(3))}")
        else:
            self._make(request, predict(self.model, request))
        self.compare(data)

    def _actor(self, name: str, given: dict[str, Any], draw: Draw) -> str:
        """Return who asks: an admin, anybody, or somebody else who may."""
        among = draw.of(("admins", "anybody", "able"))
        members = self.model.admins() if among == "admins" else self.model.members
        chosen = [member.id for member in members]
        if among == "able":
            plain = [member.id for member in members if not member.admin]
            requests = [Request(name, member, given) for member in plain]
            able = [one.actor for one in requests if predict(self.model, one).revision]
            chosen = able or chosen
        return draw.of(chosen)

    def _make(self, request: Request, outcome: Outcome) -> Json:
        """Make the change, of which this must come."""
        return self._made(request, self._ask(request, request.given), outcome)

    def _made(self, request: Request, payload: Json, outcome: Outcome) -> Json:
        bind(self.world, outcome)
        check_answer(payload, request, outcome)
        ended = outcome.codes[0] if outcome.codes else "DONE"
        self.tally.endings[ended] += 1
        self.tally.done[request.name] += 1 if outcome.revision else 0
        self.model = outcome.model
        return payload

    def _send_once(self, request: Request, key: str) -> None:
        """Make the change under a key, which the actor may have used for another."""
        keyed = Request(request.name, request.actor, {**request.given, KEY: key})
        known, outcome = self.sent.get((request.actor, key)), predict(self.model, request)
        if known is not None and known.request == keyed:
            return
        is_active = self._member(request).active
        fits = _fits(request)  # else it is refused before the key is looked at, and not remembered
        if known is not None and is_active and fits:
            outcome = Outcome(self.model, ("IDEMPOTENCY_KEY_REUSED",))
        payload = self._make(keyed, outcome)
        if known is None and is_active and fits and _is_kept(request, payload):
            self.sent[request.actor, key] = Sent(keyed, payload)

    def _try(self, request: Request, draw: Draw) -> None:
        """Try the change, and make it then or not."""
        outcome = predict(self.model, request)
        payload = self._ask(request, {**request.given, DRY_RUN: True})
        check_plan(payload, request, outcome, self.model)
        self.tally.plans += 1
        if payload["plan"] is None:
            return
        told = payload["plan"]
        plan = Planned(request, told["token"], self.model.revision, told)
        self.plans.append(plan)
        if draw.of((False, True)):
            self._follow(plan)

    def _follow(self, plan: Planned) -> None:
        request = plan.request
        outcome = predict(self.model, request)
        given = {**request.given, PLAN_TOKEN: plan.token}
        if plan.revision != self.model.revision and self._member(request).active:
            fresh = self._ask(request, {**request.given, DRY_RUN: True})["plan"]
            payload = self._ask(request, given)
            if [error["code"] for error in payload["errors"]] == ["PLAN_OUTDATED"]:
                self.tally.endings["PLAN_OUTDATED"] += 1
                return
            # What is left alive must be true still.
            assert fresh is None or _effects(fresh) == _effects(plan.told)
            self._made(request, payload, outcome)
            return
        self._make(Request(request.name, request.actor, given), outcome)

    def _ask(self, request: Request, given: dict[str, Any]) -> Json:
        actor = self._member(request)
        payload = self.world.mutate(actor.account, request.name, given)
        note(f"{actor.key} ({actor.id}): {request.name} {given} -> {payload}")
        return payload

    def _member(self, request: Request) -> Member:
        return next(one for one in self.model.members if one.id == request.actor)


def _effects(plan: Json) -> Json:
    """Return what a plan tells of permissions."""
    return {name: plan[name] for name in ("gained", "lost", "changed", "counts")}


def _is_kept(request: Request, payload: Json) -> bool:
    """Return whether an answer is kept under its key: none is that a read gives as well."""
    errors = [] if request.name in BULK else [*payload["errors"]]
    errors += [error for result in payload.get("results", ()) for error in result["errors"]]
    return payload["revision"] is not None or any(one["code"] not in LOOKED_UP for one in errors)


def _fits(request: Request) -> bool:
    try:
        check_input(request.name, request.given)
    except RefusedError:
        return False
    return True


def _without_nodes(payload: Json) -> Json:
    """Return what an answer tells of the change itself, and not of how things are now."""
    kept = {name: value for name, value in payload.items() if name not in ("node", "purge")}
    if "results" in kept:
        kept["results"] = [_without_nodes(result) for result in kept["results"]]
    return kept


def _rule(name: str) -> Callable[..., None]:
    def change(self: OrgMachine, data: st.DataObject) -> None:
        self.step(name, data)

    change.__name__ = name
    return rule(data=st.data())(change)


for _name in INPUTS:
    setattr(OrgMachine, _name, _rule(_name))
