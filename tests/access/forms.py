"""The forms that a statement can have: tests choose one, where the numbers would."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import literal_column, true

from auth.access import Access
from db.queries import FEW, AnySelect
from engine.edge import Columns
from engine.page import Shape
from resolvers.pagination import Listed
from resolvers.short_walk import Pages, Trial, near

USERS_OF_SHORT_WALKS = "resolvers.spaces", "resolvers.paths"


@contextmanager
def formed(number: int) -> Generator[None]:
    """Have statements in one of their forms: for few parents or many, by a walk or gathered."""
    with ExitStack() as patched:
        patched.enter_context(patch("db.queries.FEW", FEW * (number % 2)))
        if number % 3 == 0:
            patched.enter_context(walking(walk_to_the_end))
        yield


@contextmanager
def walking(how: Any) -> Generator[None]:
    """Have `how` in place of `walked_or_gathered`, and each statement made when it is asked for."""
    with ExitStack() as patched:
        for module in USERS_OF_SHORT_WALKS:
            patched.enter_context(patch(f"{module}.walked_or_gathered", how))
        patched.enter_context(patch("resolvers.pagination._page_statement", _made))
        yield


def walk_alone(
    access: Access, shape: Shape, columns: Columns, page: Pages, *, trial: Trial
) -> AnySelect:
    """Return the page that the walk gives, however much is held."""
    return page(replace(access, near=near(shape, if_=true(), most=trial.spaces)), shape, columns)


def walk_to_the_end(
    access: Access, shape: Shape, columns: Columns, page: Pages, *, trial: Trial
) -> AnySelect:
    """Return the page that a walk through all spaces gives."""
    far = trial._replace(spaces=literal_column("1000"))
    return walk_alone(access, shape, columns, page, trial=far)


def _made(listed: Listed, access: Access, shape: Shape, columns: Columns) -> Any:
    return listed.page(access, shape, columns)
