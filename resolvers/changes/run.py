"""Runs a change: lock, asker, work, event and the memory of its answer, in one transaction."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.actions import Through
from auth.credential import Credential
from auth.subject import load_subject
from db import clock
from db.conflicts import TakenError, violated_index, violated_indexes
from db.engine import change
from db.errors import is_passing
from db.ids import public_id
from db.models import ORG
from db.reader import ConnectionReader
from db.revision import Deed, Touched, advance, lock, record
from resolvers.changes import beforehand
from resolvers.changes.answer import FIELD, Changed, fingerprint, recall, refused, remember
from resolvers.changes.change import (
    Beside,
    Change,
    Done,
    Each,
    Input,
    Item,
    UnchangedError,
    Work,
    check_ids,
    json_text,
)
from resolvers.changes.expiry import THROUGH, ExpiredError, expire
from resolvers.changes.kinds import KINDS
from resolvers.changes.limits import Limits
from resolvers.changes.plans import DRY_RUN, OUTDATED, PLAN_TOKEN, check_plan, tried
from resolvers.changes.system import SystemChange
from resolvers.context import Reading
from resolvers.errors import (
    FORBIDDEN,
    KEY_TAKEN,
    NAME_TAKEN,
    NOT_FOUND,
    PLAN_OUTDATED,
    UserError,
    together,
)

ATTEMPTS = 3
LOOKED_UP = {NOT_FOUND, FORBIDDEN, PLAN_OUTDATED}
THROUGH_TOKEN, THROUGH_SERVICE = Through.TOKEN, Through.SERVICE
NO_MEMBER = "You are in no Org that this token is for."
CONFLICTS = {
    "uq_space_key": (KEY_TAKEN, "A space has this key already, if only in the recycle bin.", "key"),
    "uq_space_name": (NAME_TAKEN, "A space has this name already.", "name"),
    "uq_project_key": (KEY_TAKEN, "A project of the space has this key already.", "key"),
    "uq_project_name": (NAME_TAKEN, "A project of the space has this name already.", "name"),
    "uq_asset_key": (KEY_TAKEN, "An asset of the project has this key already.", "key"),
    "uq_asset_name": (NAME_TAKEN, "An asset of the project has this name already.", "name"),
    "uq_principal_key": (KEY_TAKEN, "This key is taken, if only by one that is gone.", "key"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be changed: the mutation's name and work, what it is given, and by whom."""

    name: str
    work: Work | Each
    input: Input
    credential: Credential
    request_id: str


async def answered_beforehand(reading: Reading, request: Request) -> Changed | None:
    """Return what needs no lock of the Org: what was answered already, or is refused.

    None where something may be changed. Such a refusal isn't kept under an idempotency key.
    """
    if reading.org is None:
        return refused(UserError(NOT_FOUND, NO_MEMBER))
    key = _kept_under(request)
    if key is not None:
        known = await recall(reading, key, fingerprint(request.name, request.input))
        if known is not None:
            return known
    found = await _refused(reading, request)
    if found is not None and request.input.get(PLAN_TOKEN) is not None:  # it was allowed then
        return refused(UserError(PLAN_OUTDATED, OUTDATED, PLAN_TOKEN))
    return found


async def _refused(reading: Reading, request: Request) -> Changed | None:
    """Return the refusal of one, or of each of many; None where something may be changed."""
    if not isinstance(request.work, Each):
        error = await beforehand.refused(reading, request.name, request.input)
        return None if error is None else refused(error)
    ids = request.input["ids"]
    try:
        check_ids(ids, "ids")
    except UserError as error:
        return refused(error)
    errors = await beforehand.refused_of(reading, request.name, request.input, ids)
    if len(errors) < len(ids):
        return None
    return Changed(items=tuple(Item(id_, None, errors[id_].rows) for id_ in ids))


async def run_change(engine: AsyncEngine, request: Request, limits: Limits) -> Changed:
    """Run a change, again if the database asks for that; AuthError when the account is gone."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await _run_once(engine, request, limits)
        except DBAPIError as error:
            if not is_passing(error):
                raise
    return await _run_once(engine, request, limits)


async def _run_once(engine: AsyncEngine, request: Request, limits: Limits) -> Changed:
    async with change(engine, request.credential.org) as connection:
        org_id = await _org_id(connection, request.credential.org)
        if org_id is None:
            return refused(UserError(NOT_FOUND, NO_MEMBER))
        await lock(connection, org_id)
        subject = await load_subject(ConnectionReader(connection), request.credential)
        if subject.org is None:
            return refused(UserError(NOT_FOUND, NO_MEMBER))
        making = Change(connection, subject, subject.org, clock.now(), limits)
        return await _remembered(making, request)


async def _org_id(connection: AsyncConnection, org: int | str) -> int | None:
    if isinstance(org, int):
        return org
    found: int | None = await connection.scalar(select(ORG.c.id).where(ORG.c.key == org))
    return found


async def _remembered(making: Change, request: Request) -> Changed:
    key = _kept_under(request)
    if key is None:
        return await _planned(making, request)
    of = fingerprint(request.name, request.input)
    known = await recall(making.reading, key, of)
    if known is not None:
        return known
    answer = await _planned(making, request)
    if _is_kept(answer):
        await remember(making, key, of, answer)
    return answer


def _is_kept(answer: Changed) -> bool:
    """Return whether an answer is kept: none is that a read gives as well, before the lock."""
    refusals = [*answer.errors, *(error for item in answer.items for error in item.errors)]
    return answer.revision is not None or any(each.code not in LOOKED_UP for each in refusals)


def _kept_under(request: Request) -> str | None:
    """Return the key under which the answer is kept, if it is."""
    return None if request.input.get(DRY_RUN) else request.input.get(FIELD)


async def _planned(making: Change, request: Request) -> Changed:
    """Try the change if it is a dry run; make it unless the plan that it follows is out of date."""
    if request.input.get(DRY_RUN):
        return await tried(making, request.name, request.input, lambda on: _made(on, request))
    try:
        await check_plan(making, request.name, request.input, lambda on: _made(on, request))
    except UserError as error:
        return refused(error)
    return await _made(making, request)


async def _made(making: Change, request: Request) -> Changed:
    if isinstance(request.work, Each):
        return await _each(making, request, request.work)
    return await _step(making, request, request.work, request.input)


async def _each(making: Change, request: Request, each: Each) -> Changed:
    ids = request.input["ids"]
    try:
        check_ids(ids, "ids")
    except UserError as error:
        return refused(error)
    errors = await beforehand.refused_of(making.reading, request.name, request.input, ids)
    made = {id_: refused(error) for id_, error in errors.items()}
    for id_ in each.ordered(ids):
        if id_ not in made:  # the work looks again, as it may be otherwise by then
            made[id_] = await _step(making, request, each.work, {**request.input, "id": id_})
    items = (
        Item(id_, one.node_id, one.errors, one.undo_token, one.node_kind, one.deleted_id)
        for id_, one in ((id_, made[id_]) for id_ in ids)
    )
    revision = max((one.revision for one in made.values() if one.revision), default=None)
    warnings = dict.fromkeys(warning for one in made.values() for warning in one.warnings)
    return Changed(None, revision, (), tuple(warnings), items=tuple(items))


async def _step(making: Change, request: Request, work: Work, given: Input) -> Changed:
    """Do the work with one revision and its event, or refuse it and keep nothing of it."""
    try:
        async with making.connection.begin_nested():
            revision = await advance(making.connection, making.org.id, at=making.now)
            done = await work(replace(making, revision=revision), given)
            key, beside = (making.org.id, revision), [_touched(one) for one in done.beside]
            deed = _deed(making, request, done)
            await record(making.connection, key, deed, at=making.now, beside=beside)
    except ExpiredError as found:
        server = SystemChange(making.connection, making.org.id, making.now, THROUGH)
        for grant in found.grants:
            await expire(server, grant)
        return await _step(making, request, work, given)
    except UserError as error:
        return refused(error)
    except UnchangedError as nothing:
        return Changed(nothing.node.id, items=nothing.items)
    except TakenError as taken:
        return refused(await _taken(making, taken))
    except IntegrityError as error:
        conflict = CONFLICTS.get(violated_index(error) or "")
        if conflict is None:
            raise
        return refused(UserError(*conflict))
    return _changed(done, revision)


async def _taken(making: Change, taken: TakenError) -> UserError:
    """Return the refusal for all that a new row has in common with others, alike by any database.

    Of several indexes that a row violates a database tells one, and not always the same.
    """
    names = await violated_indexes(making.connection, taken.table, taken.values)
    if errors := [UserError(*conflict) for name, conflict in CONFLICTS.items() if name in names]:
        return together(errors)
    raise taken.__cause__ or taken


def _changed(done: Done, revision: int) -> Changed:
    return Changed(
        done.node.id,
        revision,
        warnings=done.warnings,
        undo_token=public_id(*done.undo) if done.undo else None,
        items=done.items,
        node_kind=KINDS.get(done.node.type),
        deleted_id=public_id(*done.gone) if done.gone else None,
    )


def _deed(making: Change, request: Request, done: Done) -> Deed:
    return Deed(
        actor=making.actor,
        through=THROUGH_SERVICE if making.subject.is_service else THROUGH_TOKEN,
        action=done.action,
        object_id=public_id(*done.node),
        path=done.path,
        before=json_text(done.before),
        after=json_text(done.after),
        request_id=request.request_id,
    )


def _touched(one: Beside) -> Touched:
    return Touched(public_id(*one.node), one.path, json_text(one.before), json_text(one.after))
