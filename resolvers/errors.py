"""What a change is refused for: expected failures, told as data."""

from typing import NamedTuple


class ErrorRow(NamedTuple):
    """A refusal as the payload has it; `field` is that of the input that is wrong, if one is."""

    code: str
    message: str
    field: str | None
    current: int | None = None  # the revision that it has now, of what was changed meanwhile


class UserError(Exception):
    """A change that is refused; nothing of it is kept."""

    def __init__(
        self, code: str, message: str, field: str | None = None, *, current: int | None = None
    ) -> None:
        super().__init__(message)
        self.row = ErrorRow(code, message, field, current)


NOT_FOUND, FORBIDDEN, INVALID = "NOT_FOUND", "FORBIDDEN", "INVALID"
NAME_TAKEN, KEY_TAKEN, KEY_REUSED = "NAME_TAKEN", "KEY_TAKEN", "IDEMPOTENCY_KEY_REUSED"
STALE, SKIPPED = "STALE", "SKIPPED"
SHARED, LIMIT_REACHED, PLAN_OUTDATED = "SHARED_PROJECT", "LIMIT_REACHED", "PLAN_OUTDATED"
LAST_ADMIN, RESERVED_GROUP, INACTIVE = "LAST_ADMIN", "RESERVED_GROUP", "INACTIVE_MEMBER"
ALREADY_MEMBER, NOT_MEMBER = "ALREADY_MEMBER", "NOT_MEMBER"
PARENT_DELETED, CONFIRMATION = "PARENT_DELETED", "CONFIRMATION"


def not_found(field: str) -> UserError:
    """Return the refusal of an id that names nothing that the asker sees."""
    return UserError(NOT_FOUND, "There is no such node, or none that you may see.", field)
