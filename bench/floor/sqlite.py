"""The statements of the six queries for SQLite, which has no LATERAL and keeps the join order."""

import re

from bench.floor import postgresql, statements
from bench.floor.statements import (
    HELD,
    LIVE_ASSET,
    LIVE_PROJECT,
    LIVE_SPACE,
    NINE,
    REACH,
    UNDELETED,
    level,
    seen,
)

ARRAY = re.compile(r"= ANY \(\$(\d)::bigint\[\]\)")
PARENT = """(SELECT value ->> 0 AS id, value ->> 1 AS cap, value ->> 2 AS flow, value ->> 3 AS best
  FROM json_each($4)) r"""
CAP = f"(SELECT max(g.level) FROM access_grant g WHERE {HELD} AND g.space_id = s.id)"
FLOW = f"""(SELECT max(g.level) FROM access_grant g
  WHERE {HELD} AND g.space_id = s.id AND g.propagate)"""
BEST = f"""(SELECT max(g.level) FROM access_grant g {UNDELETED}
  WHERE {HELD} AND g.within_id = s.id AND g.project_id IS NOT NULL AND d.id IS NULL)"""


def _spelled(text: str) -> str:
    """Return a statement of PostgreSQL's dialect in SQLite's."""
    text = ARRAY.sub(r"IN (SELECT value FROM json_each($\1))", text)
    return text.replace("::bigint", "").replace("$", "?")


def _space(columns: str, condition: str) -> str:
    return f"""
SELECT s.id, s.name, {columns}
FROM (
  SELECT s.*, CASE WHEN s.cap IS NULL THEN {BEST} END AS best
  FROM (
    SELECT s.id, s.key, s.name, {CAP} AS cap, {FLOW} AS flow FROM space s
    WHERE {LIVE_SPACE} AND s.id {condition} LIMIT -1 OFFSET 0
  ) s LIMIT -1 OFFSET 0
) s WHERE s.cap IS NOT NULL OR s.best IS NOT NULL"""


def _page(columns: str, condition: str) -> str:
    return f"""
SELECT r.id, p.id, p.name, {columns} FROM {PARENT} CROSS JOIN project p
WHERE p.org_id = $1 AND p.id IN (
  SELECT p.id FROM project p WHERE {LIVE_PROJECT} AND p.space_id = r.id AND NOT p.is_shared
    {condition} ORDER BY p.sort, p.id LIMIT $5)
ORDER BY r.id, p.sort, p.id"""


def _walk(reach: str, columns: str, condition: str) -> str:
    return f"""
SELECT {columns}
FROM space s {reach} CROSS JOIN project p
WHERE {LIVE_SPACE} AND {LIVE_PROJECT} AND p.space_id = s.id {condition}
ORDER BY s.sort, s.id, p.sort, p.id LIMIT $4"""


def _deep_walk(reach: str, level_: str, shared: str, condition: str) -> str:
    return f"""
SELECT id, name, level, project_id FROM (
  SELECT * FROM (
    SELECT '' AS space, 0 AS space_id, p.sort AS project, a.id, a.name, {shared} AS level,
      a.project_id, a.sort
    FROM project p CROSS JOIN (SELECT NULL AS cap, NULL AS flow, NULL AS best) r
    CROSS JOIN asset a ON a.project_id = p.id AND {LIVE_ASSET}
    WHERE {LIVE_PROJECT} AND p.space_id IS NULL)
  UNION ALL
  SELECT * FROM (
    SELECT s.sort AS space, s.id, p.sort AS project, a.id, a.name, {level_} AS level, a.project_id,
      a.sort
    FROM space s {reach} CROSS JOIN project p CROSS JOIN asset a
    WHERE {LIVE_SPACE} AND {LIVE_PROJECT} AND p.space_id = s.id {condition}
      AND {LIVE_ASSET} AND a.project_id = p.id
    ORDER BY s.sort, s.id, p.sort, p.id, a.sort, a.id LIMIT $4)
) ORDER BY space, space_id, project, project_id, sort, id LIMIT $4"""


ASSETS = f"""
SELECT a.project_id, a.id, a.name, a.kind FROM json_each($4) r CROSS JOIN asset a
WHERE a.org_id = $1 AND a.id IN (
  SELECT a.id FROM asset a WHERE {LIVE_ASSET} AND a.project_id = r.value
  ORDER BY a.sort, a.id LIMIT $5)
ORDER BY a.project_id, a.sort, a.id"""
JOINED = f"CROSS JOIN {REACH} r ON r.space_id = s.id"

SUBJECT = _spelled(statements.SUBJECT)
ADMIN = {
    name: _spelled(text)
    for name, text in {
        **postgresql.ADMIN,
        "projects": _page("4", ""),
        "assets": ASSETS,
        "all_projects": _walk("", NINE.format(level=4), ""),
        "all_assets": _deep_walk("", "4", "4", ""),
    }.items()
}
MEMBER = {
    name: _spelled(text)
    for name, text in {
        **postgresql.MEMBER,
        "space": _space("coalesce(s.cap, 0), s.cap, s.flow, s.best", "= $4"),
        "spaces_by_id": _space("s.key, coalesce(s.cap, 0)", "= ANY ($4::bigint[])"),
        "projects": _page(level("r"), f"AND {seen('r')}"),
        "assets": ASSETS,
        "all_projects": _walk(JOINED, NINE.format(level=level("r")), f"AND {seen('r')}"),
        "all_assets": _deep_walk(JOINED, level("r"), level("r"), f"AND {seen('r')}"),
    }.items()
}
