"""A database whose counters were set back: changes are refused with words, and nothing is kept."""

import pytest
from starlette.testclient import TestClient

from db.engine import BEHIND
from server.app import create_app
from tests.databases import run
from tests.server.asking import Client, messages, settings_for, shown, store_orgs
from tests.server.commands.running import execute

CHANGE = 'mutation { spaceCreate(input: { key: "new", name: "New" }) { revision } }'
READ = "{ org { spaces { totalCount } } }"


@pytest.mark.parametrize("statement", ["revision = 0", "next_id = {}"])
def test_counters_behind_what_is_there_refuse_changes_and_say_why(
    database_url: str, statement: str
) -> None:
    orgs = run(store_orgs(database_url))
    number = orgs.acme.ids["core"].rpartition("_")[2]  # a space's, as the one that is to be made
    run(execute(database_url, f"UPDATE org SET {statement.format(number)} WHERE key = 'acme'"))
    with TestClient(create_app(settings_for(database_url))) as http:
        client = Client(http, orgs)
        before = client.ask(READ).json()["data"]
        response = client.ask(CHANGE)
        assert shown(response)[::2] == (503, ["UNAVAILABLE"])
        assert messages(response) == [BEHIND]
        assert client.ask(READ).json()["data"] == before
