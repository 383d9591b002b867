"""A command that can't be done: the one line that says why, and what its JSON form has besides."""

from collections.abc import Mapping


class CommandError(Exception):
    """Why a command can't be done, in one line that says what to do.

    Attributes:
        code: with which the program exits: 1, or 2 where it was asked for wrongly.
        details: what `--json` shows; its message may differ from the line.
    """

    def __init__(
        self, message: str, *, code: int = 1, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details: dict[str, object] = {"message": message, **(details or {})}
