"""By what a change was made: what is kept as text is told as one of a closed set."""

import pytest

from auth.actions import MEANINGS, Through, through_of


@pytest.mark.parametrize("one", Through)
def test_each_is_read_as_it_is_kept(one: Through) -> None:
    assert through_of(str(one)) is one
    assert MEANINGS[one]


@pytest.mark.parametrize("text", ["", "TOKEN", "scim", "token "])
def test_what_another_version_kept_is_something_else(text: str) -> None:
    assert through_of(text) is Through.OTHER
