"""Dry runs: a change that is made, compared with what was, and undone.

It is made twice: first to learn whose permissions it may alter, and then, once those are known as
they are before it, to see what they become. So a change of many is compared as a whole.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from auth.effects import Effects
from auth.scope import Scope
from resolvers.changes.answer import FIELD, Changed, Plan, fingerprint
from resolvers.changes.change import Change, Input
from resolvers.changes.outdated import is_outdated
from resolvers.errors import PLAN_OUTDATED, UserError

DRY_RUN, PLAN_TOKEN = "dryRun", "planToken"
ABOUT_PLANS = {DRY_RUN, PLAN_TOKEN, FIELD}
OTHER = "This plan is of another change: ask for a plan of this one."
RESTORED = "The database was restored from a backup since this plan was made: ask for a new one."
OUTDATED = "What this plan is about has changed since it was made: ask for a new one."
TOKEN = re.compile(
    r"(?P<epoch>[^-]*)-(?P<org>\d{1,19})-(?P<revision>\d{1,19})-(?P<of>[0-9a-f]+)", re.ASCII
)


async def tried(
    making: Change, name: str, given: Input, make: Callable[[Change], Awaitable[Changed]]
) -> Changed:
    """Return what the change would be refused for, or whose permissions it would alter."""
    scopes = list[Scope]()
    async with _undone(making):
        answer = await make(replace(making, scopes=scopes))
    if answer.revision is None:
        return answer
    effects = Effects(making.connection, making.subject, now=making.now)
    async with _undone(making):
        await effects.watch(scopes)
        await make(making)
        plan = Plan(_token(making, name, given), await effects.difference())
    items = tuple(item._replace(undo_token=None, deleted_id=None) for item in answer.items)
    return answer._replace(revision=None, undo_token=None, deleted_id=None, items=items, plan=plan)


@asynccontextmanager
async def _undone(making: Change) -> AsyncGenerator[None]:
    savepoint = await making.connection.begin_nested()
    try:
        yield
    finally:
        await savepoint.rollback()


async def check_plan(
    making: Change, name: str, given: Input, make: Callable[[Change], Awaitable[Changed]]
) -> None:
    """Refuse a change whose plan is of another change, or about what was touched since."""
    token = given.get(PLAN_TOKEN)
    if token is None or token == _token(making, name, given):
        return
    since = _since(making, token, of=_of(name, given))
    scopes = list[Scope]()
    async with _undone(making):
        await make(replace(making, scopes=scopes))
    if await is_outdated(making, since, given=given, scopes=scopes):
        raise UserError(PLAN_OUTDATED, OUTDATED, PLAN_TOKEN)


def _since(making: Change, token: str, *, of: str) -> int:
    """Return the revision at which a plan of this change was made."""
    parts = TOKEN.fullmatch(token)
    if parts is None or (parts["org"], parts["of"]) != (str(making.org.id), of):
        raise UserError(PLAN_OUTDATED, OTHER, PLAN_TOKEN)
    if parts["epoch"] != making.subject.epoch or int(parts["revision"]) > making.org.revision:
        raise UserError(PLAN_OUTDATED, RESTORED, PLAN_TOKEN)
    return int(parts["revision"])


def _token(making: Change, name: str, given: Input) -> str:
    return f"{making.subject.epoch}-{making.org.id}-{making.org.revision}-{_of(name, given)}"


def _of(name: str, given: Input) -> str:
    """Return what tells this change from others, whether it is tried or made."""
    asked = {key: value for key, value in given.items() if key not in ABOUT_PLANS}
    return fingerprint(name, asked)[:32]
