"""The statements of the six queries for PostgreSQL, for an admin and for an ordinary member."""

from bench.floor.statements import (
    LIVE_ASSET,
    LIVE_PROJECT,
    LIVE_SPACE,
    NINE,
    REACH,
    level,
    reach_of,
    seen,
)

ADMIN = {
    "space": f"""
SELECT s.id, s.name, 4, 4, 4, 4 FROM space s WHERE {LIVE_SPACE} AND s.id = $4""",
    "spaces": f"""
SELECT s.id, s.name, 4, 4, 4, 4 FROM space s WHERE {LIVE_SPACE} ORDER BY s.sort, s.id LIMIT $4""",
    "spaces_by_id": f"""
SELECT s.id, s.name, s.key, 4 FROM space s WHERE {LIVE_SPACE} AND s.id = ANY ($4::bigint[])""",
    "projects": f"""
SELECT r.id, p.* FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
  AS r(id, cap, flow, best)
CROSS JOIN LATERAL (
  SELECT p.id, p.name, 4 FROM project p
  WHERE {LIVE_PROJECT} AND p.space_id = r.id AND NOT p.is_shared
  ORDER BY p.sort, p.id LIMIT $8) p""",
    "projects_by_id": f"""
SELECT p.id, p.name, p.space_id, 4
FROM project p LEFT JOIN space s ON s.org_id = $1 AND s.id = p.space_id
WHERE {LIVE_PROJECT} AND p.id = ANY ($4::bigint[]) AND s.deleted_at IS NULL""",
    "assets_by_id": f"""
SELECT a.id, a.name, 4, p.id, p.name, p.space_id, s.name, 4
FROM asset a JOIN project p ON p.id = a.project_id AND {LIVE_PROJECT}
LEFT JOIN space s ON s.org_id = $1 AND s.id = p.space_id
WHERE {LIVE_ASSET} AND a.id = ANY ($4::bigint[]) AND s.deleted_at IS NULL""",
    "assets": f"""
SELECT r.id, a.* FROM unnest($4::bigint[]) AS r(id)
CROSS JOIN LATERAL (
  SELECT a.id, a.name, a.kind FROM asset a WHERE {LIVE_ASSET} AND a.project_id = r.id
  ORDER BY a.sort, a.id LIMIT $5) a""",
    "all_projects": f"""
SELECT p.id, p.key, p.name, p.description, p.is_shared, p.level, p.created_at, p.updated_at,
  p.space_id
FROM (SELECT s.id, s.sort FROM space s WHERE {LIVE_SPACE} ORDER BY s.sort, s.id) s
CROSS JOIN LATERAL (
  SELECT {NINE.format(level=4)}, p.sort FROM project p
  WHERE {LIVE_PROJECT} AND p.space_id = s.id ORDER BY p.sort, p.id LIMIT $4) p
ORDER BY s.sort, s.id, p.sort, p.id LIMIT $4""",
    "all_assets": f"""
SELECT id, name, level, project_id FROM (
  SELECT '' AS space, 0 AS space_id, p.sort AS project, a.id, a.name, 4 AS level, a.project_id,
    a.sort
  FROM project p JOIN asset a ON a.project_id = p.id AND {LIVE_ASSET}
  WHERE {LIVE_PROJECT} AND p.space_id IS NULL
  UNION ALL (
  SELECT p.space, p.space_id, p.project, a.id, a.name, 4, a.project_id, a.sort
  FROM (
    SELECT s.sort AS space, s.id AS space_id, p.sort AS project, p.id
    FROM (SELECT s.id, s.sort FROM space s WHERE {LIVE_SPACE} ORDER BY s.sort, s.id) s
    CROSS JOIN LATERAL (SELECT p.id, p.sort FROM project p
      WHERE {LIVE_PROJECT} AND p.space_id = s.id OFFSET 0) p
    ORDER BY s.sort, s.id, p.sort, p.id) p
  CROSS JOIN LATERAL (SELECT a.id, a.name, a.project_id, a.sort FROM asset a
    WHERE {LIVE_ASSET} AND a.project_id = p.id ORDER BY a.sort, a.id LIMIT $4) a
  ORDER BY p.space, p.space_id, p.project, a.project_id, a.sort, a.id LIMIT $4)
) a ORDER BY space, space_id, project, project_id, sort, id LIMIT $4""",
}

MEMBER = {
    **{name: ADMIN[name] for name in ("assets",)},
    "space": f"""
SELECT s.id, s.name, coalesce(r.cap, 0), r.cap, r.flow, r.best
FROM space s CROSS JOIN LATERAL {reach_of("s.id")} r
WHERE {LIVE_SPACE} AND s.id = $4 AND (r.cap IS NOT NULL OR r.best IS NOT NULL)""",
    "spaces": f"""
SELECT s.id, s.name, coalesce(r.cap, 0), r.cap, r.flow, r.best
FROM space s JOIN {REACH} r ON r.space_id = s.id
WHERE {LIVE_SPACE} ORDER BY s.sort, s.id LIMIT $4""",
    "spaces_by_id": f"""
SELECT s.id, s.name, s.key, coalesce(r.cap, 0)
FROM space s CROSS JOIN LATERAL {reach_of("s.id")} r
WHERE {LIVE_SPACE} AND s.id = ANY ($4::bigint[]) AND (r.cap IS NOT NULL OR r.best IS NOT NULL)""",
    "projects": f"""
SELECT r.id, p.* FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
  AS r(id, cap, flow, best)
CROSS JOIN LATERAL (
  SELECT p.id, p.name, {level("r")} FROM project p
  WHERE {LIVE_PROJECT} AND p.space_id = r.id AND NOT p.is_shared AND {seen("r")}
  ORDER BY p.sort, p.id LIMIT $8) p""",
    "projects_by_id": f"""
SELECT p.id, p.name, p.space_id, {level("r")}
FROM project p LEFT JOIN space s ON s.org_id = $1 AND s.id = p.space_id
LEFT JOIN {REACH} r ON r.space_id = p.space_id
WHERE {LIVE_PROJECT} AND p.id = ANY ($4::bigint[]) AND s.deleted_at IS NULL
  AND (p.space_id IS NULL OR {seen("r")})""",
    "assets_by_id": f"""
SELECT a.id, a.name, {level("r")}, p.id, p.name, p.space_id, s.name, coalesce(r.cap, 0)
FROM asset a JOIN project p ON p.id = a.project_id AND {LIVE_PROJECT}
LEFT JOIN space s ON s.org_id = $1 AND s.id = p.space_id
LEFT JOIN {REACH} r ON r.space_id = p.space_id
WHERE {LIVE_ASSET} AND a.id = ANY ($4::bigint[]) AND s.deleted_at IS NULL
  AND (p.space_id IS NULL OR {seen("r")})""",
    "all_projects": f"""
SELECT p.id, p.key, p.name, p.description, p.is_shared, p.level, p.created_at, p.updated_at,
  p.space_id
FROM (SELECT s.id, s.sort, r.cap, r.flow, r.best FROM space s JOIN {REACH} r ON r.space_id = s.id
  WHERE {LIVE_SPACE} ORDER BY s.sort, s.id) s
CROSS JOIN LATERAL (
  SELECT {NINE.format(level=level("s"))}, p.sort FROM project p
  WHERE {LIVE_PROJECT} AND p.space_id = s.id AND {seen("s")} ORDER BY p.sort, p.id LIMIT $4) p
ORDER BY s.sort, s.id, p.sort, p.id LIMIT $4""",
    "all_assets": f"""
SELECT id, name, level, project_id FROM (
  SELECT '' AS space, 0 AS space_id, p.sort AS project, a.id, a.name,
    {level("r")} AS level, a.project_id, a.sort
  FROM project p CROSS JOIN (
    SELECT NULL::smallint AS cap, NULL::smallint AS flow, NULL::smallint AS best) r
  JOIN asset a ON a.project_id = p.id AND {LIVE_ASSET}
  WHERE {LIVE_PROJECT} AND p.space_id IS NULL
  UNION ALL (
  SELECT p.space, p.space_id, p.project, a.id, a.name, p.level, a.project_id, a.sort
  FROM (
    SELECT s.sort AS space, s.id AS space_id, p.sort AS project, p.id, p.level
    FROM (SELECT s.id, s.sort, r.cap, r.flow, r.best
      FROM space s JOIN {REACH} r ON r.space_id = s.id
      WHERE {LIVE_SPACE} ORDER BY s.sort, s.id) s
    CROSS JOIN LATERAL (SELECT p.id, p.sort, {level("s")} AS level FROM project p
      WHERE {LIVE_PROJECT} AND p.space_id = s.id AND {seen("s")} OFFSET 0) p
    ORDER BY s.sort, s.id, p.sort, p.id) p
  CROSS JOIN LATERAL (SELECT a.id, a.name, a.project_id, a.sort FROM asset a
    WHERE {LIVE_ASSET} AND a.project_id = p.id ORDER BY a.sort, a.id LIMIT $4) a
  ORDER BY p.space, p.space_id, p.project, a.project_id, a.sort, a.id LIMIT $4)
) a ORDER BY space, space_id, project, project_id, sort, id LIMIT $4""",
}
