"""What is asked: the texts in `bench/queries`, as requests to Freehold and to the floor."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias

import orjson

from auth.authenticate import issue_token
from bench.client import post
from bench.data import ACCOUNTS, ORG_ID
from bench.serve import SECRET
from bench.subjects import Subject
from db.ids import parse_id

QUERIES = Path(__file__).parent / "queries"
MEASURED = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6")
A_DAY = timedelta(days=1)

Variable: TypeAlias = str | list[str]  # a public id, or some


@cache
def token(viewer: str) -> str:
    """Return the token of one of the Org's people."""
    account_id = ACCOUNTS[viewer]
    return issue_token(SECRET.encode(), account_id=account_id, org_id=ORG_ID, lifetime=A_DAY)


@cache
def text(query: str) -> str:
    """Return a query's text."""
    return (QUERIES / f"{query}.graphql").read_text()


def to_freehold(query: str, viewer: str, **variables: object) -> bytes:
    """Return the request that asks a server of GraphQL."""
    return post("/graphql", token(viewer), {"query": text(query), "variables": variables})


def to_floor(query: str, viewer: str, *arguments: object) -> bytes:
    """Return the request that asks the floor."""
    return post(f"/{query}", token(viewer), {"arguments": arguments})


def first_space(subject: Subject, viewer: str) -> str:
    """Return the id of the first space that the viewer sees."""
    body = subject.ask(to_freehold("first", viewer))
    return str(orjson.loads(body)["data"]["org"]["spaces"]["nodes"][0]["id"])


def argument_of(value: Variable) -> int | list[int]:
    """Return what the floor is given for a variable: the numbers in its public ids."""
    return number_of(value) if isinstance(value, str) else [number_of(each) for each in value]


def number_of(public_id: str) -> int:
    """Return the number in a public id, by which the floor knows the node."""
    parsed = parse_id(public_id)
    if parsed is None:
        raise ValueError(f"{public_id!r} is no id")
    return parsed.id
