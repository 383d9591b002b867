"""Which members and nodes a question about many permissions is of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.queries import numbers


@dataclass(frozen=True, slots=True)
class Scope:
    """Which members and nodes: those who bear one of the principals, or everyone.

    `spaces` stand for all projects in them, too, and `projects` for their space's shared one, whose
    level hangs on theirs. Assets go with their project; they are rows only if named.

    With `groups` the rows are of the principals themselves, which are groups: of what each gives.
    """

    principals: tuple[int, ...] | None = None
    spaces: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()
    assets: tuple[int, ...] = ()
    everything: bool = False
    groups: bool = False

    def parameters(self, dialect: str) -> Mapping[str, Any]:
        """Return the values of the statement's parameters."""
        return {
            "scope_principals": numbers(dialect, self.principals or ()),
            "scope_spaces": numbers(dialect, self.spaces),
            "scope_projects": numbers(dialect, self.projects),
            "scope_assets": numbers(dialect, self.assets),
        }


def merged(scopes: Iterable[Scope]) -> list[Scope]:
    """Return the same members and nodes in as few scopes as that takes: one for each members."""
    found: dict[Scope, Scope] = {}
    for scope in scopes:
        whose = replace(scope, spaces=(), projects=(), assets=(), everything=False)
        known = found.get(whose, whose)
        found[whose] = replace(
            whose,
            spaces=_with(known.spaces, scope.spaces),
            projects=_with(known.projects, scope.projects),
            assets=_with(known.assets, scope.assets),
            everything=known.everything or scope.everything,
        )
    return list(found.values())


def _with(known: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*known, *more)))
