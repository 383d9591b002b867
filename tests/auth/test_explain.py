"""Explanations tell of the rule itself: they are held against it for every set of grants."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.explain import Explanation, Grants, Limit, Source, Traced, explain
from auth.levels import Facts, Kind, Permission, Standing, permission
from auth.ways import Step, after, ways

NOW = 1_000
NONE, READ, READ_EXECUTE, FULL, OWNER = Permission
MEMBER = 7
LEVELS = st.sampled_from([READ, READ_EXECUTE, FULL, OWNER])
EXPIRIES = st.sampled_from([None, None, NOW, NOW + 1])


@st.composite
def cases(draw: st.DrawFn, most: int = 3) -> tuple[Facts, Grants]:
    """Make up a member's grants on a node, on its space and on the projects beside it."""
    kind = draw(st.sampled_from(list(Kind)))
    ids = iter(range(1, 100))

    def some(number: int, *, propagates: bool) -> Grants:
        return tuple(
            Traced(
                draw(LEVELS),
                propagates and draw(st.booleans()),
                draw(EXPIRIES),
                id=next(ids),
                principal_id=principal,
            )
            for principal in range(MEMBER, MEMBER + draw(st.integers(0, number)))
        )

    if kind is Kind.ORG:
        return Facts(kind), ()
    on_node = some(most, propagates=kind is Kind.SPACE)
    if kind in (Kind.SPACE, Kind.ORG_SHARED):
        return Facts(kind, on_node), ()
    on_space = some(most, propagates=True)
    beside = some(2, propagates=False) if kind is Kind.SHARED else ()
    best = max(
        (
            permission(Standing.MEMBER, Facts(Kind.PROJECT, (one,), on_space), now=NOW)
            for one in beside
        ),
        default=NONE,
    )
    return Facts(kind, on_node, on_space, best), beside


def explained(facts: Facts, beside: Grants = ()) -> Explanation:
    return explain(Standing.MEMBER, facts, beside, now=NOW)


def without(facts: Facts, grants: Grants) -> Permission:
    """Return the level when these grants are gone."""
    gone = {grant.id for grant in grants}

    def kept(some: Grants) -> Grants:
        return tuple(one for one in some if one.id not in gone)

    left = replace(facts, on_node=kept(facts.on_node), on_space=kept(facts.on_space))  # type: ignore[arg-type]
    return permission(Standing.MEMBER, left, now=NOW)


@given(case=cases())
@settings(derandomize=True, database=None, max_examples=2_000, deadline=None)
def test_an_explanation_holds_against_the_rule(case: tuple[Facts, Grants]) -> None:
    facts, beside = case
    found = explained(facts, beside)
    level = permission(Standing.MEMBER, facts, now=NOW)
    assert found.level is level
    assert (found.limit is None) == (level is OWNER)
    assert (found.source is Source.NOTHING) == (level is NONE)
    assert without(facts, found.shadowed) is level
    limits = {
        Limit.SPACE_LOWERS: without(facts, found.limited_by),
        Limit.OWN_GRANT: permission(Standing.MEMBER, replace(facts, on_node=()), now=NOW),
        Limit.NOT_PROPAGATED: permission(
            Standing.MEMBER,
            replace(
                facts,
                on_space=(*facts.on_space, *(replace(g, propagate=True) for g in found.limited_by)),
            ),
            now=NOW,
        ),
    }
    assert found.limit not in limits or limits[found.limit] > level
    if found.source is Source.GRANT:
        alone = replace(
            facts,
            on_node=tuple(g for g in found.reached_by if g in facts.on_node),
            on_space=tuple(g for g in found.reached_by if g in facts.on_space),
        )
        assert permission(Standing.MEMBER, alone, now=NOW) >= level


def steps_of(facts: Facts, to: Permission) -> Iterator[list[Step | None]]:
    """Give for each grant that is or might be there what may be done to it, or nothing."""
    places = (False, True) if facts.kind in (Kind.PROJECT, Kind.SHARED) else (False,)
    principals = {MEMBER, *(one.principal_id for one in traced(facts))}
    flows = (False, True) if facts.kind is Kind.PROJECT else (False,)
    for principal, on_space in product(sorted(principals), places):
        found: list[Step | None] = [None, Step(principal, on_space, NONE)]
        if to:
            found += [Step(principal, on_space, to, flow) for flow in flows if on_space or not flow]
        yield found


def traced(facts: Facts) -> Grants:
    return cast("Grants", (*facts.on_node, *facts.on_space))


def fewest(facts: Facts, beside: Grants, to: Permission) -> int | None:
    """Return how few steps give the level, of all that there are; None where none do."""
    every = (
        tuple(step for step in chosen if step is not None)
        for chosen in product(*steps_of(facts, to))
    )
    return min(
        (len(way) for way in every if after(facts, way, beside, now=NOW) is to), default=None
    )


@given(case=cases(), to=st.sampled_from(list(Permission)))
@settings(derandomize=True, database=None, max_examples=2_000, deadline=None)
def test_a_way_leads_where_it_says_and_needs_all_its_steps(
    case: tuple[Facts, Grants], to: Permission
) -> None:
    facts, beside = case
    found = ways(facts, to, beside, member_id=MEMBER, now=NOW)
    held = permission(Standing.MEMBER, facts, now=NOW)
    assert {after(facts, way, beside, now=NOW) for way in found} <= {to}
    assert not (found and held is to)
    assert len({frozenset(way) for way in found}) == len(found)
    for way in found:
        assert len({(step.principal_id, step.on_space) for step in way}) == len(way)
        fewer = (some for number in range(len(way)) for some in combinations(way, number))
        assert to not in {after(facts, some, beside, now=NOW) for some in fewer}


@given(case=cases(most=2), to=st.sampled_from(list(Permission)))
@settings(derandomize=True, database=None, max_examples=1_000, deadline=None)
def test_the_ways_are_of_as_few_steps_as_any_that_there_are(
    case: tuple[Facts, Grants], to: Permission
) -> None:
    facts, beside = case
    if permission(Standing.MEMBER, facts, now=NOW) is not to:
        found = ways(facts, to, beside, member_id=MEMBER, now=NOW)
        assert (len(found[0]) if found else None) == fewest(facts, beside, to)


@pytest.mark.parametrize("kind", [Kind.PROJECT, Kind.SHARED, Kind.SPACE])
@pytest.mark.parametrize("to", list(Permission)[:-2])
def test_all_that_gives_more_is_lowered(kind: Kind, to: Permission) -> None:
    groups = range(20, 23)
    grants = tuple(Traced(FULL, id=id_, principal_id=id_, propagate=True) for id_ in groups)
    facts = Facts(kind, grants) if kind is Kind.SPACE else Facts(kind, (), grants)
    found = [way for way in ways(facts, to, member_id=MEMBER, now=NOW) if len(way) > 1]
    told = {frozenset((step.level, step.propagate) for step in way) for way in found}
    expected = {frozenset({(to, to is not NONE)})}
    if (kind, to) == (Kind.PROJECT, NONE):
        expected.add(frozenset({(FULL, False)}))
    assert told == expected


@pytest.mark.parametrize("to", list(Permission)[1:])
def test_there_are_about_as_many_ways_as_grants(to: Permission) -> None:
    grants = tuple(Traced(READ, id=id_, principal_id=id_) for id_ in range(20, 1020))
    found = ways(Facts(Kind.PROJECT, grants, grants), to, member_id=MEMBER, now=NOW)
    assert len(found) <= 5 * len(grants)


def test_there_is_a_way_to_every_level_of_a_project() -> None:
    capped = Facts(
        Kind.PROJECT,
        (Traced(READ, id=1, principal_id=MEMBER),),
        (Traced(READ, id=2, principal_id=9),),
    )
    found = {to: ways(capped, to, member_id=MEMBER, now=NOW) for to in Permission}
    assert {to: len(found[to][0]) if found[to] else 0 for to in found} == {
        NONE: 1,
        READ: 0,
        READ_EXECUTE: 2,
        FULL: 2,
        OWNER: 2,
    }


@pytest.mark.parametrize(
    ("standing", "limit", "source"),
    [
        (Standing.OUTSIDER, Limit.NOT_A_MEMBER, Source.NOTHING),
        (Standing.ADMIN, None, Source.ADMIN),
    ],
)
def test_standing_comes_before_all_grants(
    standing: Standing, limit: Limit | None, source: Source
) -> None:
    grant = Traced(READ, id=1, principal_id=MEMBER)
    found = explain(standing, Facts(Kind.SPACE, (grant,)), now=NOW)
    assert (found.limit, found.source, found.shadowed) == (limit, source, (grant,))
