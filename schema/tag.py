"""The tag of an answer: the same for as long as the answer is sure to be."""

import hmac

import orjson

from resolvers.context import Reading
from resolvers.unrecorded import unrecorded
from schema.asked import Asked

LENGTH = 32  # hexadecimal digits


async def tag_of(reading: Reading, asked: Asked, *, server: str, key: bytes) -> str:
    """Return the tag of what the asker would be answered now; `server` names what answers it.

    It stands on the request, on who asks and as what, on the database's epoch, on the Org's
    revision, and on what changes without one: when the next grant expires, and how far purges are.
    All of them are read in the answer's own snapshot. Without the `key` nobody can try values of
    what they may not see until the tag fits.
    """
    subject = reading.subject
    parts = (
        *(server, asked.media_type, asked.text, asked.operation_name, asked.variables),
        *(tuple(subject.account), subject.org and tuple(subject.org), subject.member_id),
        *(sorted(subject.principals), subject.standing.name, subject.epoch),
        await unrecorded(reading),
    )
    content = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, content, "sha256").hex()[:LENGTH]
