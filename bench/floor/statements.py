"""The floor's SQL, written by hand: one statement a level, with the whole permission rule in it.

Parameters: 1 is the Org, 2 the asker's principals, 3 the moment in microseconds; from 4 on come a
statement's own. It is PostgreSQL's dialect; `bench.floor.sqlite` has what SQLite needs otherwise.
"""

from collections.abc import Mapping
from typing import NamedTuple

SUBJECT = """
SELECT m.id, g.id, g.key, o.revision
FROM account a
JOIN org o ON o.id = $1
JOIN principal m ON m.org_id = o.id AND m.account_id = a.id
JOIN membership h ON h.org_id = o.id AND h.member_id = m.id AND h.ended_at IS NULL
JOIN principal g ON g.org_id = o.id AND g.id = h.group_id
WHERE a.id = $2 AND a.deleted_at IS NULL"""

HELD = """g.org_id = $1 AND g.principal_id = ANY ($2::bigint[]) AND g.ended_at IS NULL
  AND (g.expires_at IS NULL OR g.expires_at > $3::bigint)"""

REACHED = """g.within_id AS space_id,
    max(CASE WHEN g.project_id IS NULL THEN g.level END) AS cap,
    max(CASE WHEN g.project_id IS NULL AND g.propagate THEN g.level END) AS flow,
    max(CASE WHEN g.project_id IS NOT NULL THEN g.level END) AS best"""
UNDELETED = """LEFT JOIN project d
    ON d.org_id = $1 AND d.id = g.project_id AND d.deleted_at IS NOT NULL"""
REACH = f"""(
  SELECT {REACHED} FROM access_grant g {UNDELETED}
  WHERE {HELD} AND g.within_id IS NOT NULL AND d.id IS NULL GROUP BY g.within_id
)"""


def reach_of(space_id: str) -> str:
    """Return the reach of one space, as a row for LATERAL."""
    return f"""(
      SELECT {REACHED} FROM access_grant g {UNDELETED}
      WHERE {HELD} AND g.within_id = {space_id} AND d.id IS NULL GROUP BY g.within_id
    )"""


def _own(cap: str) -> str:
    """Return the highest grant on the project p itself, lowered by what is held at its space."""
    return f"""(
      SELECT CASE WHEN {cap} < 3 AND max(g.level) > {cap} THEN {cap} ELSE max(g.level) END
      FROM access_grant g WHERE {HELD} AND g.project_id = p.id GROUP BY g.project_id)"""


def level(reach: str) -> str:
    """Return the permission on the project p by the reach of its space."""
    cap, flow, best = (f"{reach}.{name}" for name in ("cap", "flow", "best"))
    return f"""coalesce({_own(cap)}, CASE WHEN p.is_shared
      THEN CASE WHEN p.space_id IS NULL THEN 2
                ELSE coalesce({cap}, CASE WHEN {best} < 2 THEN {best}
                                          WHEN {best} IS NOT NULL THEN 2 END) END
      ELSE {flow} END, 0)"""


def seen(reach: str) -> str:
    """Return whether the project p is seen."""
    return f"""({reach}.flow IS NOT NULL
      OR p.is_shared AND ({reach}.cap IS NOT NULL OR {reach}.best IS NOT NULL)
      OR p.id IN (SELECT g.project_id FROM access_grant g
                  WHERE {HELD} AND g.project_id IS NOT NULL))"""


LIVE_SPACE = "s.org_id = $1 AND s.deleted_at IS NULL"
LIVE_PROJECT = "p.org_id = $1 AND p.deleted_at IS NULL"
LIVE_ASSET = "a.org_id = $1 AND a.deleted_at IS NULL"
NINE = """p.id, p.key, p.name, p.description, p.is_shared, {level} AS level,
  p.created_at, p.updated_at, p.space_id"""


class Statement(NamedTuple):
    """A statement, and whether it takes the asker's principals and the moment (parameters 2, 3)."""

    text: str
    ruled: bool


def numbered(statements: Mapping[str, str], mark: str) -> Mapping[str, Statement]:
    """Return the statements, their parameters' numbers without gaps; `mark` stands before each."""
    return {name: _numbered(text, mark) for name, text in statements.items()}


def _numbered(text: str, mark: str) -> Statement:
    ruled = f"{mark}2" in text
    for number in range(4, 9) if not ruled else ():
        text = text.replace(f"{mark}{number}", f"{mark}{number - 2}")
    return Statement(text, ruled)
