"""Ids: 64-bit integers counted per Org, and the public text that names their type and Org."""

import re
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Org
from db.revision import used_up

ORG, SPACE, PROJECT, ASSET = "org", "spc", "prj", "ast"
MEMBER, GROUP, ACCOUNT = "mem", "grp", "acc"
GRANT, DELETION = "gnt", "del"
PURGE, EVENT = "pur", "evt"  # their numbers are those of the deletion and of the revision
IN_ORG = f"{SPACE}|{PROJECT}|{ASSET}|{MEMBER}|{GROUP}|{GRANT}|{DELETION}|{EVENT}"
PUBLIC = re.compile(rf"({IN_ORG})_([1-9]\d{{0,18}})_([1-9]\d{{0,18}})", re.ASCII)
PUBLIC_ORG = re.compile(r"org_([1-9]\d{0,18})", re.ASCII)
LARGEST = 2**63 - 1


class NodeId(NamedTuple):
    """What a public id says: its type, its Org and the number in it (the Org's own for an Org)."""

    type: str
    org_id: int
    id: int


def public_id(type_: str, org_id: int, id_: int) -> str:
    """Return the id that the API shows, such as `prj_7_1234`."""
    return org_public_id(org_id) if type_ == ORG else f"{type_}_{org_id}_{id_}"


def org_public_id(org_id: int) -> str:
    """Return the public id of an Org, such as `org_7`."""
    return f"{ORG}_{org_id}"


def parse_id(text: str) -> NodeId | None:
    """Read a public id; None for anything that the API can't have shown."""
    if match := PUBLIC.fullmatch(text):
        type_, org_id, id_ = match.groups()
        node = NodeId(type_, int(org_id), int(id_))
    elif match := PUBLIC_ORG.fullmatch(text):
        node = NodeId(ORG, int(match[1]), int(match[1]))
    else:
        return None
    return node if node.org_id <= LARGEST and node.id <= LARGEST else None


async def reserve(connection: AsyncConnection, org_id: int, count: int) -> int:
    """Take `count` new ids in the Org and return the first; the caller holds the Org's lock.

    UnfitError where there are none left.
    """
    taken = await connection.scalar(
        update(Org)
        .where(Org.id == org_id, Org.next_id <= LARGEST - count)
        .values(next_id=Org.next_id + count)
        .returning(Org.next_id)
    )
    if taken is None:
        await used_up(connection, org_id, "ids")
    return int(taken) - count
