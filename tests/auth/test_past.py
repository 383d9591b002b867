"""The statements about a moment: each is made once, for what is made anew is compiled anew."""

from collections.abc import Callable

import pytest

from auth import around, past
from db import ids
from db.queries import AnySelect

STATEMENTS: list[Callable[[], AnySelect]] = [
    lambda: past.places("sqlite", ids.ASSET, now=True),
    lambda: past.memberships("sqlite", now=True),
    lambda: past.grants("sqlite", now=True, beside=False),
    lambda: around.grants("sqlite"),
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_is_made_once(statement: Callable[[], AnySelect]) -> None:
    assert statement() is statement()
