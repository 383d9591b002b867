"""The fields of one object in a manifest, taken one after the other."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import orjson

from resolvers import values
from resolvers.manifest.errors import ManifestError
from resolvers.values import UnfitError

T = TypeVar("T")
Check: TypeAlias = Callable[[object], T]
LONGEST_SHOWN = 100  # characters of an unknown field's name


class Fields:
    """The fields of one object, each taken once; a mistake is a ManifestError that names it."""

    __slots__ = ("_fields", "_inside", "number")

    def __init__(self, number: int, fields: dict[str, object], inside: str = "") -> None:
        self.number, self._fields, self._inside = number, fields, inside

    def required(self, name: str, check: Check[T]) -> T:
        """Take a field that must be there."""
        try:
            return check(self._fields.pop(name))
        except KeyError:
            raise self.error(f'the field "{self._inside}{name}" is missing') from None
        except UnfitError as error:
            raise self.error(f'"{self._inside}{name}" {error}') from error

    def optional(self, name: str, check: Check[T]) -> T | None:
        """Take a field, None where it isn't there or is null."""
        if self._fields.get(name) is not None:
            return self.required(name, check)
        self._fields.pop(name, None)
        return None

    def flag(self, name: str, *, default: bool) -> bool:
        """Take a field that is true or false."""
        return self.required(name, values.boolean) if name in self._fields else default

    def finish(self) -> None:
        """Raise for a field that nobody took."""
        for name in self._fields:
            unknown = orjson.dumps(f"{self._inside}{name[:LONGEST_SHOWN]}").decode()
            raise self.error(f"the field {unknown} is unknown")

    def error(self, message: str) -> ManifestError:
        """Return a mistake in this line."""
        return ManifestError(self.number, message)
