"""A small Org that the tests of the commands import."""

import json
from collections.abc import Mapping

ORG = {"type": "org", "key": "acme", "name": "Acme Orchards"}
ADA = {"type": "user", "key": "ada", "name": "Ada", "email": "Ada@Example.org", "admin": True}
CY = {"type": "user", "key": "cy", "name": "Cy", "email": "cy@example.org", "admin": False}
OBJECTS: list[Mapping[str, object]] = [
    ORG,
    ADA,
    {"type": "user", "key": "Kim", "name": "Kim One", "admin": False},
    {"type": "user", "key": "kim", "name": "Kim Two", "admin": False},
    {**CY, "active": False},
    {"type": "space", "key": "north", "name": "North"},
    {"type": "project", "space": "north", "key": "pears", "name": "Pears"},
]


def manifest(*objects: Mapping[str, object], end: bool = True) -> bytes:
    """Return the objects, or else the whole Org, as lines of JSON with one that ends them."""
    chosen = list(objects or OBJECTS)
    chosen += [{"type": "end", "objects": len(chosen)}] if end else []
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in chosen)
