"""Whoever has no Org may ask who they are, and is told nothing else."""

import pytest
from graphql import get_introspection_query

from tests.server.asking import JSON, Client, Log, shown, token_for
from tests.server.queries import STRICT

VIEWER = "{ __typename viewer { account { name } orgs { id } org { id } } }"
REFUSED = [
    "{ __schema { types { name } } }",
    '{ __type(name: "Org") { name } }',
    get_introspection_query(),
    "{ viewer { account { name } } __schema { types { name } } }",
    "{ ...F } fragment F on Query { ... { a: __schema { types { name } } } }",
]
NOTHING = {
    "{ org { name } }": {"org": None},
    '{ node(id: "org_1") { id } }': {"node": None},
    '{ nodes(ids: ["org_1", "spc_1_1"]) { id } }': {"nodes": [None, None]},
}


def test_a_member_who_was_deactivated_may_ask_who_they_are(client: Client) -> None:
    response = client.ask(VIEWER, user="dan")
    assert shown(response) == (200, JSON, [])
    account: dict[str, object] = {"account": {"name": "dan"}, "orgs": [], "org": None}
    assert response.json()["data"] == {"__typename": "Query", "viewer": account}


@pytest.mark.parametrize("asked", REFUSED)
def test_but_not_what_the_schema_is(client: Client, asked: str) -> None:
    response = client.ask(asked, user="dan", Accept=STRICT)
    assert (response.status_code, shown(response)[2]) == (403, ["FORBIDDEN"])
    assert "data" not in response.json()
    foreign = token_for(client.orgs.accounts["ada"], client.orgs.umbra.org_id)
    response = client.ask(asked, Accept=STRICT, Authorization=f"Bearer {foreign}")
    assert (response.status_code, shown(response)[2]) == (403, ["FORBIDDEN"])
    assert client.ask(asked).status_code == 200  # as a member


@pytest.mark.parametrize(("asked", "data"), NOTHING.items())
def test_and_for_all_else_nothing_is_run(
    client: Client, log: Log, asked: str, data: dict[str, object]
) -> None:
    response = client.ask(asked, user="dan")
    assert response.json()["data"] == data
    assert log.entries("graphql")[-1]["statements"] == 1  # who asks
