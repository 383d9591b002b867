"""`freehold demo` loads the demo once, and prints links that let its people in."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from auth.authenticate import Authenticator
from auth.secret import load_secret
from server.demo import DEMO_PEOPLE
from tests.databases import run
from tests.server.commands.running import Freehold, Running, on_sqlite

WEEK = 7 * 86400
pytestmark = pytest.mark.usefixtures("database")


def test_the_demo_is_loaded_once(run_freehold: Running) -> None:
    first, second = run_freehold("demo"), run_freehold("demo")
    assert [(each.code, each.stderr) for each in (first, second)] == [(0, ""), (0, "")]
    assert first.stdout.splitlines()[0] == "The demo is loaded."
    assert second.stdout.splitlines()[0] == "The demo was loaded already."
    for outcome in (first, second):
        lines = outcome.stdout.splitlines()
        assert lines[1::2] == [f"{person.name} ({person.role})" for person in DEMO_PEOPLE]
        links = [line.split("=")[0] for line in lines[2::2]]
        assert links == ["  http://127.0.0.1:8000/graphiql#token"] * 3


@on_sqlite
def test_the_links_let_three_people_in(
    freehold: Freehold, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("FREEHOLD_PUBLIC_URL", "https://freehold.example.org/")
    by_setting = freehold("demo", "--json").value
    by_option = freehold("demo", "--json", "--url", "https://other.example.org").value
    assert (by_setting["loaded"], by_option["loaded"]) == (True, False)
    authenticator = Authenticator(load_secret(tmp_path / "secret.key"))
    for answer, host in ((by_setting, "freehold"), (by_option, "other")):
        people = answer["people"]
        assert [(each["key"], each["name"], each["role"]) for each in people] == [*DEMO_PEOPLE]
        for each in people:
            link: str = each["url"]
            url = urlsplit(link)
            assert (url.netloc, url.path) == (f"{host}.example.org", "/graphiql")
            assert url.fragment == f"token={each['token']}"
        bearers = [f"Bearer {each['token']}" for each in people]
        credentials = [run(authenticator.authenticate(bearer)) for bearer in bearers]
        assert len({each.account for each in credentials}) == 3
        assert {each.org for each in credentials} == {1}
