"""The rows of the access matrix, read from its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.access.standings import USERS, Scene
from tests.access.sweeping import field_of, is_connection, leads_to

FILE = Path(__file__).with_name("matrix.yaml")


@dataclass(frozen=True)
class Row:
    """What everybody gets of a mutation or a field; `more` is what its kind of row has beside that.

    The name begins with the mutation or the field.
    """

    name: str
    scene: Scene
    outcomes: Mapping[str, Any]
    more: Mapping[str, Any]

    @property
    def of(self) -> str:
        """Return the mutation or the field."""
        return self.name.partition(" ")[0]


@cache
def read_matrix() -> Mapping[str, Any]:
    """Return what the file says."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def read_row(name: str, written: Mapping[str, Any]) -> Row:
    """Return a row; it must say what comes of each standing."""
    outcomes = {standing: written[standing] for standing in USERS}
    more = {key: value for key, value in written.items() if key not in USERS}
    scene = Scene(more.pop("at"), tuple(more.pop("also", {}).items()), more.pop("bin", False))
    return Row(name, scene, outcomes, more)


def mutation_rows() -> list[Row]:
    """Return the rows of mutations."""
    return [read_row(name, written) for name, written in read_matrix()["mutations"].items()]


def field_rows() -> list[Row]:
    """Return the rows of fields."""
    return [read_row(name, written) for name, written in read_matrix()["fields"].items()]


def document(row: Row) -> str:
    """Return the document that asks for a field alone: its nodes, or what is told of its rows."""
    matrix, field = read_matrix(), field_of(row.of)
    type_, _, name = row.of.partition(".")
    told = matrix["told"].get(leads_to(field).name, "id")
    below = f"totalCount nodes {{ {told} }}" if is_connection(field) else told
    way: str = row.more.get("way", matrix["ways"][type_])
    return way.replace("%", f"{name}{row.more.get('asked', '')} {{ {below} }}")
