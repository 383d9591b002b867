"""Who asks, what they name, and nothing of what isn't theirs."""

from datetime import timedelta

import pytest

from tests.server.asking import GRAPHQL, JSON, Client, messages, shown, token_for
from tests.server.queries import NODE, NODES, ORG, WHO

NOT_SIGNED_IN = "Send an access token in the header `Authorization: Bearer <token>`."
NOT_VALID = "The token is not valid; get a new one."


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, NOT_SIGNED_IN),
        ("", NOT_SIGNED_IN),
        ("Bearer", NOT_SIGNED_IN),
        ("Basic YWRhOmFkYQ==", NOT_SIGNED_IN),
        ("Bearer garbage", NOT_VALID),
        ("Bearer a.b.c", NOT_VALID),
        ("Bearer ..", NOT_VALID),
        ("Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJmcmVlaG9sZCJ9.", NOT_VALID),
        (f"Bearer {'x' * 20_000}", "The token is longer than 16 KiB; get one with fewer claims."),
    ],
)
@pytest.mark.parametrize(
    ("accept", "media_type"), [("*/*", JSON), ("application/graphql-response+json", GRAPHQL)]
)
def test_a_request_without_a_token_that_can_be_read_is_refused(
    client: Client, authorization: str | None, message: str, accept: str, media_type: str
) -> None:
    headers = {"Accept": accept} | ({"Authorization": authorization} if authorization else {})
    response = client.send("POST", json={"query": WHO}, headers=headers)
    assert shown(response) == (401, media_type, ["UNAUTHENTICATED"])
    assert messages(response) == [message]
    assert response.headers["www-authenticate"] == 'Bearer realm="freehold"'
    assert "data" not in response.json()


def test_a_forged_and_an_expired_token_are_refused(client: Client) -> None:
    ids = client.orgs.accounts["ada"], client.orgs.acme.org_id
    forged = token_for(*ids, secret="another secret, as long as that of the server")
    expired = token_for(*ids, lifetime=timedelta(hours=-1))
    head, claims, signature = client.token().split(".")
    exchanged = f"{head}.{token_for(ids[0], 2).split('.')[1]}.{signature}"
    told = {
        forged: NOT_VALID,
        exchanged: NOT_VALID,
        f"{head}.{claims}.": NOT_VALID,
        expired: "The token has expired; get a new one.",
    }
    for token, message in told.items():
        response = client.ask(WHO, Authorization=f"Bearer {token}")
        assert shown(response) == (401, JSON, ["UNAUTHENTICATED"])
        assert messages(response) == [message]


def test_a_member_sees_the_org_of_its_token(client: Client) -> None:
    response = client.ask(WHO, user="pat")
    acme = {"key": "acme"}
    assert response.json()["data"] == {
        "viewer": {"account": {"name": "pat"}, "orgs": [acme], "org": acme},
        "org": acme,
    }


def test_a_deactivated_member_sees_its_account_and_nothing_else(client: Client) -> None:
    response = client.ask(WHO, user="dan")
    assert shown(response) == (200, JSON, [])
    assert response.json()["data"] == {
        "viewer": {"account": {"name": "dan"}, "orgs": [], "org": None},
        "org": None,
    }
    ids = client.orgs.acme.ids
    found = client.ask(
        NODES, {"ids": [client.orgs.acme.id, ids["core"], ids["user:dan"]]}, user="dan"
    )
    assert found.json()["data"] == {"nodes": [None, None, None]}


@pytest.mark.parametrize("org_id", [2, 3, 2**63 - 1])
def test_a_token_for_an_org_that_the_account_is_no_member_of_opens_nothing(
    client: Client, org_id: int
) -> None:
    token = token_for(client.orgs.accounts["ada"], org_id)
    response = client.ask(WHO, Authorization=f"Bearer {token}")
    assert response.json()["data"] == {
        "viewer": {"account": {"name": "ada@example.org"}, "orgs": [], "org": None},
        "org": None,
    }


@pytest.mark.parametrize("user", ["gus", "nobody"])
def test_the_token_of_an_account_that_is_gone_is_refused(client: Client, user: str) -> None:
    account_id = client.orgs.accounts.get(user, 2**63 - 1)
    token = token_for(account_id, client.orgs.acme.org_id)
    response = client.ask(WHO, Authorization=f"Bearer {token}")
    assert shown(response) == (401, JSON, ["UNAUTHENTICATED"])
    assert messages(response) == ["The token's account doesn't exist any more."]
    assert response.headers["www-authenticate"] == 'Bearer realm="freehold"'


def test_what_is_foreign_is_to_the_byte_like_what_is_unseen_or_does_not_exist(
    client: Client,
) -> None:
    acme, umbra = client.orgs.acme.ids, client.orgs.umbra.ids
    unseen = [acme[path] for path in ("lab", "lab/shared", "lab/bench", "core/other/plan")]
    foreign = [*umbra.values(), client.orgs.umbra.id]
    unknown = [
        f"{type_}_{org}_999" for type_ in ("spc", "prj", "ast", "mem", "grp") for org in (1, 9)
    ]
    answers = {
        client.ask(NODE, {"id": id_}, user="pat").content for id_ in unseen + foreign + unknown
    }
    assert answers == {b'{"data":{"node":null},"extensions":{"cost":{"cost":1,"limit":250000}}}'}
    lists = [unseen[:3], foreign[:3], unknown[:3]]
    answers = {client.ask(NODES, {"ids": ids}, user="pat").content for ids in lists}
    assert len(answers) == 1
    answers = {client.ask(ORG, {"key": key}).content for key in ("umb" + "ra", "nothing", "")}
    assert answers == {b'{"data":{"org":null},"extensions":{"cost":{"cost":1,"limit":250000}}}'}


@pytest.mark.parametrize(
    "id_",
    [
        *("", " ", "garbage", "spc", "spc_", "spc_1", "spc_1_", "spc_1_1_1", "SPC_1_1", "acc_1"),
        *("spc_01_1", "spc_1_01", "spc_0_1", "spc_1_0", "spc_-1_1", "spc_1_+1", "spc_1_1e3"),
        *(
            " spc_1_1",
            "spc_1_1 ",
            "spc_1_1\n",
            "spc_\u00b9_1",
            "spc_\u0661_1",
            "spc_1_\U0001d7d9",
            "🏃",
            "é" * 255,
        ),
        *(f"spc_1_{2**63 - 1}", f"spc_1_{2**63}", f"spc_{2**63}_1", f"spc_1_{'9' * 200}"),
        *("org_", "org_0", f"org_{2**63}", "org_1_1", 0, 1, -1, 2**31, 2**53),
    ],
)
def test_an_id_that_the_api_never_gave_is_null(client: Client, id_: str | int) -> None:
    assert client.ask(NODE, {"id": id_}).json()["data"] == {"node": None}
    assert client.ask(NODES, {"ids": [id_]}).json()["data"] == {"nodes": [None]}


@pytest.mark.parametrize(
    "key", ["", " ", "ACME", "acme ", "acm%", "_cme", "' OR 1=1 --", "é" * 10_000, "🏃", "acme\n"]
)
def test_another_key_than_the_org_s_is_null(client: Client, key: str) -> None:
    assert client.ask(ORG, {"key": key}).json()["data"] == {"org": None}


def test_ids_come_back_in_their_order_however_often_they_are_given(client: Client) -> None:
    core, site = client.orgs.acme.ids["core"], client.orgs.acme.ids["core/site"]
    ids = [site, core, "garbage", core, site, core]
    found = [None if id_ == "garbage" else {"id": id_} for id_ in ids]
    assert client.ask(NODES, {"ids": ids}).json()["data"] == {"nodes": found}
    assert client.ask(NODES, {"ids": core}).json()["data"] == {"nodes": [{"id": core}]}
    assert client.ask(NODES, {"ids": []}).json()["data"] == {"nodes": []}


def test_a_thousand_ids_are_taken_and_not_one_more(client: Client) -> None:
    core = client.orgs.acme.ids["core"]
    taken = client.ask(NODES, {"ids": [core] * 1000})
    assert taken.json()["data"] == {"nodes": [{"id": core}] * 1000}
    literal = "{{ nodes(ids: [{}]) {{ id }} }}".format(f'"{core}" ' * 1001)
    for response in (client.ask(NODES, {"ids": [core] * 1001}), client.ask(literal)):
        assert shown(response) == (200, JSON, ["BAD_PAGE"])
        assert messages(response) == [
            "Give 1,000 ids at most, not 1,001. Ask for the rest another time."
        ]
        assert response.json()["errors"][0]["path"] == ["nodes"]
        assert response.json()["data"] is None
