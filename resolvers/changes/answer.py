"""What a mutation answers, and the memory of it under an idempotency key."""

import hashlib
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, insert, select

from db.models import ANSWER
from resolvers.changes.change import Change, Input
from resolvers.errors import INVALID, KEY_REUSED, ErrorRow, UserError

LONGEST_KEY = 255  # characters
OTHER_REQUEST = "This idempotency key was used for another request: choose a new one."
BAD_KEY = f"An idempotency key has 1 to {LONGEST_KEY} characters."
FIELD = "idempotencyKey"
SAME = (
    ANSWER.c.org_id == bindparam("org_id"),
    ANSWER.c.member_id == bindparam("member_id"),
    ANSWER.c.key == bindparam("key"),
)


class Changed(NamedTuple):
    """What a mutation answers: the node's number in the Org and the revision, or the refusals."""

    node_id: int | None
    revision: int | None
    errors: tuple[ErrorRow, ...] = ()


def refused(error: UserError) -> Changed:
    """Return the answer to a change that was refused."""
    return Changed(None, None, (error.row,))


def fingerprint(name: str, given: Input) -> str:
    """Return what is the same for the same mutation with the same input."""
    content = orjson.dumps([name, given], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(content).hexdigest()


async def recall(making: Change, key: str, of: str) -> Changed | None:
    """Return the first answer to the key, if there was one; a refusal if it was to another."""
    if not 1 <= len(key) <= LONGEST_KEY:
        return refused(UserError(INVALID, BAD_KEY, FIELD))
    values = {"org_id": making.org.id, "member_id": making.subject.member_id, "key": key}
    found = (await making.connection.execute(select(ANSWER).where(*SAME), values)).one_or_none()
    if found is None:
        return None
    if found.fingerprint != of:
        return refused(UserError(KEY_REUSED, OTHER_REQUEST, FIELD))
    node_id, revision, errors = orjson.loads(found.content)
    return Changed(node_id, revision, tuple(ErrorRow(*error) for error in errors))


async def remember(making: Change, key: str, of: str, answer: Changed) -> None:
    """Keep the answer; the Org's lock is held, so that nobody keeps another meanwhile."""
    content = [answer.node_id, answer.revision, [tuple(error) for error in answer.errors]]
    await making.connection.execute(
        insert(ANSWER).values(
            org_id=making.org.id,
            member_id=making.subject.member_id,
            key=key,
            fingerprint=of,
            content=orjson.dumps(content).decode(),
            at=making.now,
        )
    )
