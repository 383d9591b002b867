"""How someone could get a level: the smallest changes of grants by which the rule gives it.

A level rises by a grant on the node or on its space, or by one on each; it falls when all grants
at one place that give more are set lower or revoked. So there are about as many ways as grants.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple, TypeAlias, cast

from auth.explain import Grants, Traced
from auth.levels import Facts, Held, Kind, Permission, Standing, permission


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a grant: it is set to the level, or revoked where the level is NONE."""

    principal_id: int
    on_space: bool
    level: Permission
    propagate: bool = False


Way: TypeAlias = tuple[Step, ...]


class Move(NamedTuple):
    """What may be done at one place: one of the ways, of which the first gives the least.

    They are about the grant of one principal, or about many grants where that is None.
    """

    principal_id: int | None
    ways: Sequence[Way]


WITH_A_SPACE = (Kind.PROJECT, Kind.SHARED)


def ways(
    facts: Facts, to: Permission, beside: Grants = (), *, member_id: int, now: int
) -> list[Way]:
    """Return the ways to get just the level, those of fewer steps first; none if it is held.

    `beside` are the grants on the other projects of a shared project's space. Steps are of grants
    on the node and on its space, to whoever holds any there and to the member itself. Each way
    needs all of its steps.
    """
    if permission(Standing.MEMBER, facts, now=now) is to:
        return []
    on_node, on_space = (_live(some, now) for some in (facts.on_node, facts.on_space))
    live = replace(facts, on_node=on_node, on_space=on_space)
    found = _Search(live, to, _highest(_live(beside, now), 1), member_id).found()
    return sorted(found, key=len)


def after(facts: Facts, way: Way, beside: Grants = (), *, now: int) -> Permission:
    """Return the level that a member with these facts has after the steps."""
    on_node, on_space = (_changed(facts, way, place) for place in (False, True))
    facts = replace(facts, on_node=on_node, on_space=on_space)
    if facts.kind is Kind.SHARED:
        facts = replace(facts, best=_best(facts, _live(beside, now), now))
    return permission(Standing.MEMBER, facts, now=now)


def _changed(facts: Facts, way: Way, on_space: bool) -> Grants:
    """Return what is held at one place after the steps there."""
    steps = {step.principal_id: step for step in way if step.on_space is on_space}
    kept = (one for one in _traced(facts, on_space) if one.principal_id not in steps)
    begun = (step for step in steps.values() if step.level is not Permission.NONE)
    given = (Traced(one.level, one.propagate, principal_id=one.principal_id) for one in begun)
    return (*kept, *given)


def _best(facts: Facts, beside: Grants, now: int) -> Permission:
    """Return the highest level beside the node: that of the highest grant, as levels rise by it."""
    best = Facts(Kind.PROJECT, beside, facts.on_space)
    return permission(Standing.MEMBER, best, now=now) if beside else Permission.NONE


class _Search:
    """Looks for the ways from facts in force; `beside` is the highest grant beside the node."""

    def __init__(self, facts: Facts, to: Permission, beside: Grants, member_id: int) -> None:
        self._facts, self._to, self._beside, self._member_id = facts, to, beside, member_id
        self._grants = {
            place: {one.principal_id: one for one in _traced(facts, place)}
            for place in (False, True)
        }
        # Where a place has one step, the rule looks at the two highest grants there at the most.
        on_node, on_space = (_outstanding(_traced(facts, place)) for place in (False, True))
        self._few = replace(facts, on_node=on_node, on_space=on_space)
        self._known: dict[Hashable, bool] = {}

    def found(self) -> list[Way]:
        node, space = list(self._moves(on_space=False)), list(self._moves(on_space=True))
        alone = {way for move in (*node, *space) for way in move.ways if self._gives(way)}
        told = [next((way for way in move.ways if way in alone), ()) for move in (*node, *space)]
        for one, other in self._pairs(node, space):
            both = product((way for way in one.ways if way not in alone), other.ways)
            joined = ((*way, *more) for way, more in both if more not in alone)
            told.append(next((way for way in joined if self._gives(way)), ()))
        return _without_more(list(dict.fromkeys(way for way in told if way)))

    def _pairs(self, node: Sequence[Move], space: Sequence[Move]) -> Iterator[tuple[Move, Move]]:
        """Give what may be done at both places: to one principal, to the member too, or to many."""
        by_principal = defaultdict[int | None, list[Move]](list)
        for move in space:
            by_principal[move.principal_id].append(move)
        for move in (move for move in node if not any(self._is_vain(way) for way in move.ways)):
            mine, same = by_principal[self._member_id], by_principal[move.principal_id]
            others = space if move.principal_id == self._member_id else (*same, *mine)
            yield from ((move, other) for other in others)

    def _is_vain(self, way: Way) -> bool:
        """Return whether a way revokes on the node what is no higher: a grant there does more."""
        if self._to is Permission.NONE:
            return False
        held = (self._held(step) for step in way if step.level is Permission.NONE)
        return any(one is not None and one[0] <= self._to for one in held)

    def _moves(self, *, on_space: bool) -> Iterator[Move]:
        if on_space and self._facts.kind not in WITH_A_SPACE:
            return
        held = self._grants[on_space]
        for id_ in dict.fromkeys((self._member_id, *self._grants[False], *self._grants[True])):
            if self._to is not Permission.NONE:
                yield Move(id_, list(self._settings(id_, on_space, held.get(id_))))
        for id_, one in held.items():
            yield Move(id_, [(Step(id_, on_space, Permission.NONE),)])
            if on_space and one.propagate:
                yield Move(id_, [(_kept_there(one),)])
        yield from (Move(None, [way]) for way in self._of_many(on_space, tuple(held.values())))

    def _settings(self, id_: int, on_space: bool, held: Traced | None) -> Iterator[Way]:
        propagates = held is not None and held.propagate
        flows = [propagates]
        if on_space and self._facts.kind is Kind.PROJECT and not propagates:
            flows = [False, True]
        # FULL at the space lowers no OWNER.
        lowest = Permission.FULL if on_space else self._to
        for level, flow in product(dict.fromkeys((min(lowest, self._to), self._to)), flows):
            yield (Step(id_, on_space, level, flow),)

    def _of_many(self, on_space: bool, held: Grants) -> Iterator[Way]:
        """Give the ways to lower all that gives more here, or to clear the place."""
        higher = tuple(one for one in held if one.level > self._to)
        flowing = tuple(one for one in higher if one.propagate) if on_space else ()
        for some in (higher, flowing):
            if self._to is not Permission.NONE:
                yield tuple(
                    Step(one.principal_id, on_space, self._to, one.propagate) for one in some
                )
            yield tuple(Step(one.principal_id, on_space, Permission.NONE) for one in some)
        yield tuple(_kept_there(one) for one in flowing)
        yield tuple(Step(one.principal_id, on_space, Permission.NONE) for one in held)

    def _gives(self, way: Way) -> bool:
        places = {step.on_space for step in way}
        if len(places) < len(way):
            return after(self._facts, way, self._beside, now=0) is self._to
        # Principals that hold the same are alike: the rule is asked once for all of them.
        alike = tuple((step.on_space, step.level, step.propagate, self._held(step)) for step in way)
        if alike not in self._known:
            self._known[alike] = after(self._few, way, self._beside, now=0) is self._to
        return self._known[alike]

    def _held(self, step: Step) -> tuple[Permission, bool] | None:
        held = self._grants[step.on_space].get(step.principal_id)
        return None if held is None else (held.level, held.propagate)


def _kept_there(grant: Traced) -> Step:
    """Return the step by which a grant on a space doesn't reach its projects any more."""
    return Step(grant.principal_id, on_space=True, level=grant.level)


def _without_more(found: list[Way]) -> list[Way]:
    """Return the ways that have no other of them in themselves."""
    known = {frozenset(way) for way in found}
    return [way for way in found if len(way) == 1 or not _has_another(way, known)]


def _has_another(way: Way, known: AbstractSet[frozenset[Step]]) -> bool:
    if any(frozenset([step]) in known for step in way):
        return True
    its = frozenset(way)
    return len(way) > len(WITH_A_SPACE) and any(other < its for other in known)


def _outstanding(grants: Grants) -> Grants:
    flowing = tuple(one for one in grants if one.propagate)
    return tuple(dict.fromkeys((*_highest(grants, 2), *_highest(flowing, 2))))


def _highest(grants: Grants, number: int) -> Grants:
    return tuple(sorted(grants, key=lambda one: one.level, reverse=True)[:number])


def _live(grants: tuple[Held, ...], now: int) -> Grants:
    """Return those in force, without their ends, as what is left is judged at any moment."""
    live = (one for one in grants if one.expires_at is None or one.expires_at > now)
    return tuple(replace(one, expires_at=None) for one in cast("Grants", tuple(live)))


def _traced(facts: Facts, on_space: bool) -> Grants:
    return cast("Grants", facts.on_space if on_space else facts.on_node)
