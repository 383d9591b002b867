"""The text of a generated function as it grows, and the constants that it names."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Constant(NamedTuple):
    """A value that a generated function names; `place` is what of the operation it serves."""

    value: Any
    place: str


class Source:
    """The lines of one function."""

    def __init__(self) -> None:
        self.lines = ["async def run(context, variables):"]
        self.constants: dict[str, Constant] = {}
        self._numbers: dict[str, int] = {}

    @property
    def text(self) -> str:
        """Return all lines."""
        return "\n".join(self.lines) + "\n"

    def scope(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """Return the names that the function may use: the base's, and its own constants."""
        return {**base, **{name: constant.value for name, constant in self.constants.items()}}

    def name(self, kind: str) -> str:
        """Return a name that is new: the kind and a number."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}_{self._numbers[kind]}"

    def constant(self, kind: str, value: Any, place: str) -> str:
        """Return the name of a constant."""
        name = self.name(kind)
        self.constants[name] = Constant(value, place)
        return name

    def line(self, text: str) -> None:
        """Add a line to the function."""
        self.lines.append(f"    {text}")
