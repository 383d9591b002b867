"""What the tests of the HTTP surface ask."""

from httpx2 import Response

from tests.server.asking import JSON, shown

KEY = "{ org { key } }"
ACME = {"org": {"key": "acme"}}
WHO = "{ viewer { account { name } orgs { key } org { key } } org { key } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
ORG = "query ($key: String) { org(key: $key) { key } }"
LIST = """
query ($first: Int, $after: String, $last: Int, $before: String, $filter: SpaceFilter,
       $orderBy: SpaceOrder) {
  org {
    spaces(first: $first, after: $after, last: $last, before: $before, filter: $filter,
           orderBy: $orderBy) { edges { cursor node { key } } }
  }
}
"""
STRICT = "application/graphql-response+json"


def keys(response: Response) -> list[str]:
    """Return the keys of the spaces that LIST found."""
    assert shown(response) == (200, JSON, [])
    return [edge["node"]["key"] for edge in response.json()["data"]["org"]["spaces"]["edges"]]
