"""Whoever has no Org may ask who they are, and nothing else."""

import pytest
from graphql import get_introspection_query

from tests.server.asking import JSON, Client, shown, token_for
from tests.server.queries import STRICT

VIEWER = "{ __typename viewer { account { name } orgs { id } org { id } } }"
REFUSED = [
    "{ __schema { types { name } } }",
    '{ __type(name: "Org") { name } }',
    get_introspection_query(),
    "{ org { name } }",
    '{ viewer { account { name } } node(id: "org_1") { id } }',
    '{ ...F } fragment F on Query { ... { nodes(ids: ["org_1"]) { id } } }',
    'mutation { orgUpdate(input: { name: "Mine" }) { errors { code } } }',
]


def test_a_member_who_was_deactivated_may_ask_who_they_are(client: Client) -> None:
    response = client.ask(VIEWER, user="dan")
    assert shown(response) == (200, JSON, [])
    account: dict[str, object] = {"account": {"name": "dan"}, "orgs": [], "org": None}
    assert response.json()["data"] == {"__typename": "Query", "viewer": account}


@pytest.mark.parametrize("asked", REFUSED)
def test_and_nothing_else(client: Client, asked: str) -> None:
    response = client.ask(asked, user="dan", Accept=STRICT)
    assert (response.status_code, shown(response)[2]) == (403, ["FORBIDDEN"])
    assert "data" not in response.json()
    foreign = token_for(client.orgs.accounts["ada"], client.orgs.umbra.org_id)
    response = client.ask(asked, Accept=STRICT, Authorization=f"Bearer {foreign}")
    assert (response.status_code, shown(response)[2]) == (403, ["FORBIDDEN"])
    assert client.ask(asked).status_code == 200  # as a member
