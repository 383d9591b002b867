"""Counting selections: what validation has to compare, and that counting it takes little work."""

import pytest
from graphql import parse

from schema.expansion import count_selections


def counted(text: str, stop: int = 10_000) -> int:
    return count_selections(parse(text), stop=stop)


@pytest.mark.parametrize(
    ("text", "selections"),
    [
        ("{ a b c }", 3),
        ("{ a { b } c { b } }", 4),
        ("{ a a }", 2 + 1),
        ("{ a a a a }", 4 + 6),
        ("{ x: a y: a }", 2),
        ("{ x: a x: b }", 2 + 1),
        ("{ a { b } a { b } }", 2 + 1 + 2 + 1),
        ("{ a { b { c } } a { b { c } } a { b { c } } }", 3 * (3 + 3)),
        ("{ a ... { a } ... on T { a } }", 3 + 3 + 2),
        ("{ a ...F } fragment F on T { a b }", 2 + 2 + 1),
        ("{ ...F ...F } fragment F on T { a b }", 2 + 1 + 2),
        ("{ ...F ...G } fragment F on T { a } fragment G on T { a }", 2 + 1 + 2 + 1),
        ("{ a { ...F } b { ...F } } fragment F on T { c }", 2 + 2 + 2),
        ("{ a } fragment F on T { b b }", 1 + 2 + 1),
        ("{ a } fragment F on T { b ...G } fragment G on T { c }", 1 + 3),
        ("query A { ...F } query B { ...F } fragment F on T { a }", 4),
        ("{ ...F } fragment F on T { a a } fragment F on T { b }", 2 + 3),
        ("{ ...F a { ...F } } fragment F on T { b }", 3 + 2),
    ],
)
def test_selections_count_and_so_do_pairs_of_one_name_in_one_place(
    text: str, selections: int
) -> None:
    assert counted(text) == selections


def test_the_count_ends_soon_after_its_stop() -> None:
    levels = "".join(
        f"fragment F{each} on T {{ a {{ ...F{each + 1} }} b {{ ...F{each + 1} }} }}"
        for each in range(60)
    )
    assert 100 < counted("{ ...F0 }" + levels, stop=100) < 110
