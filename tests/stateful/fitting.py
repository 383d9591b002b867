"""What an input must be like by itself, which is looked at before who asks and what there is."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.stateful.judging import Given, need, new_key, new_name, new_title
from tests.stateful.tree import new_kind, new_version

OF_PRINCIPALS = ("member", "group", "service", "org")


def check_input(name: str, given: Given) -> None:
    """Refuse a mutation's input that won't do, whatever there is."""
    titled = name.startswith(OF_PRINCIPALS)
    checks: Mapping[str, Callable[[Any], object]] = {
        "name": new_title if titled else new_name,
        "key": (lambda key: new_key(key, reserved=False)) if titled else new_key,
        "newName": new_name,
        "newKey": new_key,
        "kind": new_kind,
        "content": lambda content: new_version({"content": content}),
        "email": lambda email: need("@" in email, "INVALID"),
        "retentionDays": lambda days: need(1 <= days <= 36_500, "INVALID"),
        "level": lambda level: need(level != "NONE", "INVALID"),
    }
    for field, check in checks.items():
        if given.get(field) is not None:
            check(given[field])
    for grant in given.get("grants") or ():
        check_input(name, grant)
