"""What an Org and a space may hold, as the settings say: warned of, and refused beyond it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from tests.databases import run
from tests.server.asking import Client, settings_for, store_orgs

FULL = "There may be {} at most."
MANY = "There are more than {} now."
TOLD = ((MANY, 1), (FULL, 2))


@contextmanager
def serving(database_url: str, **settings: int) -> Generator[Client]:
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url, **settings))) as http:
        yield Client(http, orgs)


def changed(client: Client, mutation: str, **given: Any) -> tuple[list[str], list[str]]:
    """Return the codes and messages of the errors, and the warnings."""
    text = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
      {mutation}(input: $input) {{ errors {{ code message }} warnings }} }}"""
    payload = client.ask(text, {"input": given}).json()["data"][mutation]
    told = [f"{error['code']}: {error['message']}" for error in payload["errors"]]
    return told, payload["warnings"]


def test_an_org_holds_as_many_spaces_as_the_limit_says(database_url: str) -> None:
    with serving(database_url, warn_spaces=2, max_spaces=3) as client:
        many, full = MANY.format("2 spaces in this Org"), FULL.format("3 spaces in this Org")
        assert changed(client, "spaceCreate", key="third", name="3") == ([], [many])
        refused = [f"LIMIT_REACHED: {full}"]
        assert changed(client, "spaceCreate", key="fourth", name="4") == (refused, [])
        assert changed(client, "spaceDelete", id=client.orgs.acme.ids["lab"]) == ([], [])
        assert changed(client, "spaceCreate", key="fourth", name="4") == ([], [many])


@pytest.mark.parametrize("name", ["projectCreate", "projectMove", "projectCopy"])
def test_a_space_holds_as_many_projects_as_the_limit_says(database_url: str, name: str) -> None:
    with serving(database_url, warn_projects=1, max_projects=2) as client:
        ids = client.orgs.acme.ids
        many, full = (text.format(f"{number} projects in this space") for text, number in TOLD)
        if name == "projectCreate":
            made = [{"space": ids["lab"], "key": key, "name": key} for key in ("a", "b")]
        else:
            made = [{"into": ids["lab"], "id": ids[path]} for path in ("core/site", "core/other")]
        assert changed(client, name, **made[0]) == ([], [many])
        assert changed(client, name, **made[1]) == ([f"LIMIT_REACHED: {full}"], [])


def test_what_is_overwritten_makes_room(database_url: str) -> None:
    with serving(database_url, max_projects=1) as client:
        ids = client.orgs.acme.ids
        given = {"id": ids["core/site"], "into": ids["lab"], "newName": "b", "newKey": "bench"}
        assert changed(client, "projectMove", **given)[0][0].startswith("KEY_TAKEN")
        gone = '"lab/bench" went into the recycle bin.'
        assert changed(client, "projectMove", **given, onClash="OVERWRITE") == ([], [gone])


def test_without_limits_nothing_is_said(database_url: str) -> None:
    with serving(database_url) as client:
        for number in range(3):
            key = f"space-{number}"
            assert changed(client, "spaceCreate", key=key, name=key) == ([], [])
