"""Names compare as people read them: whatever the case, and numbers by their value."""

import re
import unicodedata
from functools import cmp_to_key
from itertools import zip_longest
from typing import TypeAlias

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.names import fold, sort_form

NAMES = st.text(st.characters(codec="utf-8"), max_size=30)
NUMBERED = st.lists(
    st.one_of(
        st.integers(0, 10**12).map(str),
        st.integers(0, 120).map(lambda count: "7" * count),
        st.sampled_from(
            ["0", "00", " ", "-", "/", ":", ".", "a", "z", "é", "\u0663", "\uff10", "😀"]
        ),
    ),
    max_size=6,
).map("".join)

Part: TypeAlias = int | str


def parts(name: str) -> list[Part]:
    """Split a name into numbers and single characters."""
    found = re.findall(r"[0-9]+|[^0-9]", name, re.DOTALL)
    return [int(part) if part.isascii() and part.isdigit() else part for part in found]


def before(left: Part | None, right: Part | None) -> int:
    """Compare two parts: nothing first; numbers by value, and like digits among characters."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    one, other = (b"0" if isinstance(part, int) else part.encode() for part in (left, right))
    return (one > other) - (one < other)


def natural(left: str, right: str) -> int:
    """Compare two names slowly and plainly."""
    pairs = zip_longest(parts(left), parts(right))
    return next((found for pair in pairs if (found := before(*pair))), 0)


def compared(left: str, right: str) -> int:
    one, other = sort_form(left).encode(), sort_form(right).encode()
    return (one > other) - (one < other)


@pytest.mark.parametrize(
    "names",
    [
        ["space 2", "space 10", "space 100"],
        ["2", "10", "space"],
        ["a", "a1", "a1b", "a2", "a10", "b"],
        ["v1.9", "v1.10", "v2.0"],
        ["a-1", "a1", "a:1", "aa"],
        ["7" * 8, "7" * 9, "7" * 10, "7" * 17, "7" * 18, "7" * 19, "7" * 60, ":", "a"],
        ["x 0", "x 1", "x 9", "x 10"],
        ["", " ", "0", "a", "é", "中", "😀"],
        ["a 2 b 2", "a 2 b 10", "a 10 b 2"],
    ],
)
def test_names_sort_as_people_read_them(names: list[str]) -> None:
    disordered = names[::-1]
    assert sorted(disordered, key=lambda name: sort_form(name).encode()) == names
    assert sorted(disordered, key=cmp_to_key(natural)) == names


@pytest.mark.parametrize(
    ("folded", "form"),
    [
        ("space 2", "space 12"),
        ("space 10", "space 210"),
        ("0", "0"),
        ("007", "17"),
        ("123456789", "90123456789"),
        ("1234567890", "911234567890"),
        ("\u0663", "\u0663"),
        ("", ""),
    ],
)
def test_a_number_is_led_by_its_length(folded: str, form: str) -> None:
    assert sort_form(folded) == form


@given(NUMBERED | NAMES, NUMBERED | NAMES)
@example("a:", "a1234567890")
@example("b", "7" * 60)
@example("a01", "a1")
def test_byte_order_is_the_natural_order(left: str, right: str) -> None:
    assert compared(left, right) == natural(left, right)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Space 2", "space 2"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ÉTÉ", "été"),
        ("e\u0301te\u0301", "été"),
        ("\u03a3", "\u03c3"),
        ("\u03c2", "\u03c3"),
        ("İ", "i\u0307"),
        ("\u212b", "å"),
    ],
)
def test_names_fold_to_one_form_whatever_their_case_or_spelling(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(NAMES)
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(NAMES)
def test_a_folded_name_is_composed(name: str) -> None:
    assert unicodedata.is_normalized("NFC", fold(name))


@given(NAMES)
def test_spellings_of_one_name_fold_alike(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)


@given(st.text(st.characters(codec="ascii")))
def test_the_short_way_for_ascii_gives_what_the_long_one_would(name: str) -> None:
    assert fold(name) == fold(f"{name}é").removesuffix("é")
