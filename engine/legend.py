"""What the constants of a compiled operation stand for, in words for a reader."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from engine.page import Page
from engine.source import Constant

# By the kind that a constant's name begins with; the others are enums.
TEXTS = {
    "fetch": "{place}, by {value}",
    "stream": "{place}, by {value}",
    "argument": "{place}: {value}",
    "read": "reads the arguments of {place}",
    "parse": "{place}, by {value}",
    "raw": "{value} of {place}",
    "make": "made of {place}",
}
LONGEST = 200  # characters of a value


def legend(constants: Mapping[str, Constant]) -> dict[str, str]:
    """Return what each constant stands for."""
    return {name: _text(name, constant) for name, constant in constants.items()}


def _text(name: str, constant: Constant) -> str:
    kind, _, _ = name.rpartition("_")
    text = TEXTS.get(kind, f"{kind} of {{place}}")
    return text.format(place=constant.place, value=_shown(constant.value))


def _shown(value: Any) -> str:
    if value is None:
        return "no arguments"
    if isinstance(value, Page):
        return _page(value)
    text = _named(value) if callable(value) else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _page(page: Page) -> str:
    parts = {
        "last" if page.backward else "first": page.size,
        "order": f"{page.order.name} DESC" if page.order.descending else page.order.name,
        "after": page.after,
        "before": page.before,
        "filter": dict(page.filters) or None,
    }
    shown = (f"{name}={value}" for name, value in parts.items() if value is not None)
    return f"Page({', '.join(shown)})"


def _named(function: Any) -> str:
    """Return a callable's full name; of a method, the name of the object that it is bound to."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        return f"{_variable_of(owner) or type(owner).__name__}.{function.__name__}"
    name: str = getattr(function, "__qualname__", type(function).__qualname__)
    module: str | None = getattr(function, "__module__", None)
    return ".".join(filter(None, [module, name.replace(".<locals>", "")]))


def _variable_of(owner: object) -> str | None:
    """Return the name by which a module knows an object; the first that was imported, if any."""
    for module_name, module in [*sys.modules.items()]:
        for name, value in [*getattr(module, "__dict__", {}).items()]:
            if value is owner:
                return f"{module_name}.{name}"
    return None
