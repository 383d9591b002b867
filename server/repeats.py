"""Faults that come again and again: the whole is logged once, and then a line a minute."""

import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from structlog import DropEvent

SECONDS = 60
KINDS = 1_000  # remembered; of the others none came as lately


@dataclass(slots=True)
class Kind:
    """Until when a kind of fault is only counted, and how often it came since it was logged."""

    until: float
    left_out: int = 0


class Repeats:
    """A processor of structlog's that leaves out what was logged lately.

    Two faults are of one kind if they are of one type and arose at one place. The first is logged
    with its traceback. After that there is a line at most each minute, without one, and with how
    many were left out before it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._kinds = clock, OrderedDict[str, Kind]()

    def __call__(
        self, _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Return the entry or a shorter one; structlog.DropEvent where there is to be none."""
        error = entry.get("exc_info")
        if not isinstance(error, BaseException):
            return entry
        name, now = kind_of(error), self._clock()
        known = self._kinds.pop(name, None)
        self._kinds[name] = known or Kind(now + SECONDS)
        if known is None:
            self._forget()
            return entry
        if now < known.until:
            known.left_out += 1
            raise DropEvent
        shorter = {**entry, "kind": name, "left_out": known.left_out}
        del shorter["exc_info"]
        known.until, known.left_out = now + SECONDS, 0
        return shorter

    def _forget(self) -> None:
        if len(self._kinds) > KINDS:
            self._kinds.popitem(last=False)


def kind_of(error: BaseException) -> str:
    """Return the error's type, and the file and the line at which it arose."""
    found = error.__traceback__
    while found is not None and found.tb_next is not None:
        found = found.tb_next
    if found is None:
        return type(error).__name__
    return f"{type(error).__name__} at {found.tb_frame.f_code.co_filename}:{found.tb_lineno}"
