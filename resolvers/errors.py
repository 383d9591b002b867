"""What a change is refused for: expected failures, told as data."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """For programs: what a change is refused for. Each never changes its meaning."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID = "INVALID"
    NAME_TAKEN = "NAME_TAKEN"
    KEY_TAKEN = "KEY_TAKEN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    STALE = "STALE"
    SKIPPED = "SKIPPED"
    SHARED_PROJECT = "SHARED_PROJECT"
    LIMIT_REACHED = "LIMIT_REACHED"
    PLAN_OUTDATED = "PLAN_OUTDATED"
    LAST_ADMIN = "LAST_ADMIN"
    RESERVED_GROUP = "RESERVED_GROUP"
    INACTIVE_MEMBER = "INACTIVE_MEMBER"
    ALREADY_MEMBER = "ALREADY_MEMBER"
    NOT_MEMBER = "NOT_MEMBER"
    PARENT_DELETED = "PARENT_DELETED"
    CONFIRMATION = "CONFIRMATION"


class ErrorRow(NamedTuple):
    """A refusal as the payload has it; `field` is that of the input that is wrong, if one is."""

    code: str
    message: str
    field: str | None
    current: int | None = None  # the revision that it has now, of what was changed meanwhile


class UserError(Exception):
    """A change that is refused, for one reason or for several; nothing of it is kept."""

    def __init__(
        self, code: str, message: str, field: str | None = None, *, current: int | None = None
    ) -> None:
        super().__init__(message)
        self.rows: tuple[ErrorRow, ...] = (ErrorRow(code, message, field, current),)


def together(errors: Sequence[UserError]) -> UserError:
    """Return one refusal for all the reasons, of which there is one at least."""
    first, *others = errors
    first.rows = tuple(row for error in (first, *others) for row in error.rows)
    return first


NOT_FOUND = Code.NOT_FOUND
FORBIDDEN = Code.FORBIDDEN
INVALID = Code.INVALID
NAME_TAKEN = Code.NAME_TAKEN
KEY_TAKEN = Code.KEY_TAKEN
KEY_REUSED = Code.IDEMPOTENCY_KEY_REUSED
STALE = Code.STALE
SKIPPED = Code.SKIPPED
SHARED = Code.SHARED_PROJECT
LIMIT_REACHED = Code.LIMIT_REACHED
PLAN_OUTDATED = Code.PLAN_OUTDATED
LAST_ADMIN = Code.LAST_ADMIN
RESERVED_GROUP = Code.RESERVED_GROUP
INACTIVE = Code.INACTIVE_MEMBER
ALREADY_MEMBER = Code.ALREADY_MEMBER
NOT_MEMBER = Code.NOT_MEMBER
PARENT_DELETED = Code.PARENT_DELETED
CONFIRMATION = Code.CONFIRMATION
MEANINGS: Mapping[Code, str] = {
    Code.NOT_FOUND: "The id names nothing that the asker sees; it may exist all the same.",
    Code.FORBIDDEN: "It is seen, but this takes more than the asker may.",
    Code.INVALID: "A value of the input won't do.",
    Code.NAME_TAKEN: "A sibling has the name already.",
    Code.KEY_TAKEN: "A sibling has the key already.",
    Code.IDEMPOTENCY_KEY_REUSED: "The key was used for another request.",
    Code.STALE: "What is changed isn't at the revision that was expected any more.",
    Code.SKIPPED: "The name or the key is taken, and `onClash` is SKIP: all was left as it was.",
    Code.SHARED_PROJECT: "A shared project is kept: it isn't renamed, moved, copied or deleted.",
    Code.LIMIT_REACHED: "The Org or the space holds as much as the server's settings allow.",
    Code.PLAN_OUTDATED: "The plan is of another change, or what it is about has changed since.",
    Code.LAST_ADMIN: "The Org would be left without an active admin.",
    Code.RESERVED_GROUP: "The server keeps the group.",
    Code.INACTIVE_MEMBER: "The member is deactivated, and would have to be active.",
    Code.ALREADY_MEMBER: "The account or member is in it already.",
    Code.NOT_MEMBER: "The member isn't in it.",
    Code.PARENT_DELETED: "What it lay in is in the recycle bin too: restore that first.",
    Code.CONFIRMATION: "What is to be purged wasn't named as it is called.",
}


def not_found(field: str) -> UserError:
    """Return the refusal of an id that names nothing that the asker sees."""
    return UserError(NOT_FOUND, "There is no such node, or none that you may see.", field)
