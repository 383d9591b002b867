"""What a check finds: whether it is well, and what to do where it isn't."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How a check came out; a note may be as it should be."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(NamedTuple):
    """The outcome of one check; the remedy is empty where all is well."""

    check: str
    state: State
    found: str
    remedy: str = ""


def well(check: str, found: str) -> Finding:
    """Make the finding that all is well."""
    return Finding(check, State.OK, found)


def note(check: str, found: str, *, remedy: str) -> Finding:
    """Make the finding of what may be meant so."""
    return Finding(check, State.NOTE, found, remedy)


def wrong(check: str, found: str, *, remedy: str) -> Finding:
    """Make the finding of what must be mended."""
    return Finding(check, State.WRONG, found, remedy)
