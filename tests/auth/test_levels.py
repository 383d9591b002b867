"""The pure rule: the design's table exactly, and what holds of every set of grants."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.levels import Facts, Held, Kind, Permission, Standing, highest, lowered, permission

NOW = 1_000
NONE, READ, READ_EXECUTE, FULL, OWNER = Permission
PROPAGATING_READ, PROPAGATING_FULL = Held(READ, propagate=True), Held(FULL, propagate=True)
GRANTED = [READ, READ_EXECUTE, FULL, OWNER]
ON_NODES = [Kind.SPACE, Kind.PROJECT, Kind.SHARED, Kind.ORG_SHARED]


def of_member(facts: Facts) -> Permission:
    return permission(Standing.MEMBER, facts, now=NOW)


def on_project(*own: Held, space: tuple[Held, ...] = ()) -> Permission:
    return of_member(Facts(Kind.PROJECT, own, space))


@pytest.mark.parametrize(
    ("row", "space", "project", "expected"),
    [
        (1, [Held(FULL)], [], NONE),
        (2, [PROPAGATING_FULL], [], FULL),
        (3, [PROPAGATING_FULL], [Held(READ)], READ),
        (4, [Held(FULL)], [Held(READ)], READ),
        (5, [PROPAGATING_READ], [Held(FULL)], READ),
        (6, [Held(READ)], [Held(FULL)], READ),
        (7, [], [Held(READ), Held(FULL)], FULL),
        (8, [PROPAGATING_FULL], [Held(READ)], READ),
        (9, [Held(FULL)], [Held(OWNER)], OWNER),
        (10, [Held(READ)], [Held(OWNER)], READ),
        (11, [Held(OWNER, propagate=True)], [Held(FULL)], FULL),
        (12, [Held(FULL), PROPAGATING_READ], [], READ),
        (13, [Held(FULL), PROPAGATING_READ], [Held(FULL)], FULL),
        (14, [], [Held(FULL)], FULL),
        (15, [], [Held(READ)], READ),
        (16, [Held(READ, propagate=True, expires_at=NOW - 1)], [], NONE),
    ],
)
def test_the_rows_of_the_table_about_members(
    row: int, space: list[Held], project: list[Held], expected: Permission
) -> None:
    assert on_project(*project, space=tuple(space)) is expected, f"row {row}"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("standing", "expected"), [(Standing.OUTSIDER, NONE), (Standing.ADMIN, OWNER)]
)
def test_rows_17_and_18_whatever_is_granted(
    kind: Kind, standing: Standing, expected: Permission
) -> None:
    for held in ((), (PROPAGATING_READ,), (Held(OWNER, propagate=True),)):
        assert permission(standing, Facts(kind, held, held, OWNER), now=NOW) is expected


@pytest.mark.parametrize(
    ("space", "best", "expected"),
    [
        ([Held(FULL)], NONE, FULL),  # row 1
        ([], FULL, READ_EXECUTE),  # row 14
        ([], READ, READ),  # row 15
        ([], OWNER, READ_EXECUTE),
        ([], NONE, NONE),
        ([Held(READ)], OWNER, READ),
        ([Held(OWNER)], NONE, OWNER),
        ([Held(FULL, expires_at=NOW)], READ, READ),
    ],
)
def test_a_shared_project_without_a_grant_of_its_own(
    space: list[Held], best: Permission, expected: Permission
) -> None:
    assert of_member(Facts(Kind.SHARED, (), tuple(space), best)) is expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [([], READ_EXECUTE), ([READ], READ), ([READ, OWNER], OWNER), ([FULL], FULL)],
)
def test_the_shared_project_of_the_org(own: list[Permission], expected: Permission) -> None:
    assert of_member(Facts(Kind.ORG_SHARED, tuple(map(Held, own)))) is expected


def test_the_org_itself_is_read_by_its_members() -> None:
    assert of_member(Facts(Kind.ORG)) is READ


def test_a_space_has_the_highest_level_granted_on_it() -> None:
    assert of_member(Facts(Kind.SPACE, (Held(READ), Held(FULL), PROPAGATING_READ))) is FULL
    assert of_member(Facts(Kind.SPACE)) is NONE


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (READ, [READ, READ, READ, READ]),
        (READ_EXECUTE, [READ, READ_EXECUTE, READ_EXECUTE, READ_EXECUTE]),
        (FULL, [READ, READ_EXECUTE, FULL, FULL]),
        (OWNER, [READ, READ_EXECUTE, OWNER, OWNER]),
    ],
)
def test_how_each_level_at_the_space_lowers(own: Permission, expected: list[Permission]) -> None:
    assert [lowered(own, at_space) for at_space in GRANTED] == expected
    assert lowered(own, None) is own


@pytest.mark.parametrize(
    ("expires_at", "expected"), [(None, READ), (NOW + 1, READ), (NOW, None), (NOW - 1, None)]
)
def test_a_grant_exists_until_the_moment_at_which_it_expires(
    expires_at: int | None, expected: Permission | None
) -> None:
    assert highest([Held(READ, expires_at=expires_at)], NOW) is expected


grants = st.builds(
    Held,
    st.sampled_from(GRANTED),
    st.booleans(),
    st.sampled_from([None, NOW + 1, NOW, NOW - 1]),
)
some = st.lists(grants, max_size=4).map(tuple)
quick = settings(derandomize=True, database=None, max_examples=300)


@quick
@given(space=some, level=st.sampled_from(GRANTED))
def test_a_propagating_grant_never_lowers_a_project_without_one(
    space: tuple[Held, ...], level: Permission
) -> None:
    before = on_project(space=space)
    after = on_project(space=(*space, Held(level, propagate=True)))
    assert after == max(before, level)


@quick
@given(own=some, space=some, more=grants)
def test_another_grant_on_a_project_that_has_one_never_lowers_it(
    own: tuple[Held, ...], space: tuple[Held, ...], more: Held
) -> None:
    own = (*own, Held(READ))
    assert on_project(*own, more, space=space) >= on_project(*own, space=space)


@quick
@given(own=some, space=some, more=grants)
def test_another_grant_on_the_space_never_lowers_a_level_that_the_space_lowers_already(
    own: tuple[Held, ...], space: tuple[Held, ...], more: Held
) -> None:
    space = (*space, Held(READ))
    assert on_project(*own, space=(*space, more)) >= on_project(*own, space=space)


@quick
@given(own=some, level=st.sampled_from([READ, READ_EXECUTE]))
def test_nothing_on_a_project_is_above_read_or_read_execute_at_its_space(
    own: tuple[Held, ...], level: Permission
) -> None:
    for kind in (Kind.PROJECT, Kind.SHARED):
        assert of_member(Facts(kind, own, (Held(level),))) <= level


@quick
@given(own=some, space=some)
def test_ownership_is_lowered_by_read_and_read_execute_alone(
    own: tuple[Held, ...], space: tuple[Held, ...]
) -> None:
    cap = highest(space, NOW)
    expected = cap if cap in (READ, READ_EXECUTE) else OWNER
    assert on_project(*own, Held(OWNER), space=space) is expected


@quick
@given(own=some, space=some)
def test_no_level_is_above_all_that_is_granted(
    own: tuple[Held, ...], space: tuple[Held, ...]
) -> None:
    assert on_project(*own, space=space) <= (highest((*own, *space), NOW) or NONE)


@quick
@given(own=some.filter(lambda own: highest(own, NOW) is not None), space=some)
def test_what_lowers_does_so_propagated_or_not(
    own: tuple[Held, ...], space: tuple[Held, ...]
) -> None:
    flipped = tuple(Held(held.level, not held.propagate, held.expires_at) for held in space)
    assert on_project(*own, space=space) is on_project(*own, space=flipped)


@quick
@given(own=some, space=some, best=st.sampled_from(Permission), kind=st.sampled_from(ON_NODES))
def test_expired_grants_and_the_order_of_grants_change_nothing(
    own: tuple[Held, ...], space: tuple[Held, ...], best: Permission, kind: Kind
) -> None:
    live_own, live_space = live(own), live(space)
    expected = of_member(Facts(kind, own, space, best))
    assert of_member(Facts(kind, live_own[::-1], live_space[::-1], best)) is expected


def live(held: tuple[Held, ...]) -> tuple[Held, ...]:
    return tuple(one for one in held if one.expires_at in (None, NOW + 1))


@quick
@given(own=some.filter(lambda own: highest(own, NOW) is not None), space=some)
def test_a_shared_project_with_a_grant_of_its_own_is_like_any_other(
    own: tuple[Held, ...], space: tuple[Held, ...]
) -> None:
    assert of_member(Facts(Kind.SHARED, own, space, OWNER)) is on_project(*own, space=space)


@quick
@given(space=some)
def test_a_space_grant_reaches_the_shared_project_propagated_or_not(
    space: tuple[Held, ...],
) -> None:
    assert of_member(Facts(Kind.SHARED, (), space)) is of_member(Facts(Kind.SPACE, space))
