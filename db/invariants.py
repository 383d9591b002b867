"""What must be true of the data, each with its name and a query that finds whatever breaks it.

The queries give an Org's id and a text of what is wrong. What the tables' own rules say is beside,
in `db.declared`: these here no database can hold by itself.
"""

from typing import NamedTuple

from db.base import Base


class Invariant(NamedTuple):
    """What must be true; `is_quick` where finding out doesn't read all rows."""

    name: str
    query: str
    is_quick: bool = False


# All tables whose rows take their ids from the Org's `next_id`.
NUMBERED = " UNION ALL ".join(
    f"SELECT org_id, id FROM {name}"
    for name, table in Base.metadata.tables.items()
    if [column.name for column in table.primary_key] == ["org_id", "id"]
)
NODES = """
    SELECT org_id, id, deleted_at FROM space
    UNION ALL SELECT org_id, id, deleted_at FROM project
    UNION ALL SELECT org_id, id, deleted_at FROM asset"""
IN_GROUP = """
    SELECT m.org_id, m.member_id, g.key FROM membership AS m
    JOIN principal AS g ON g.org_id = m.org_id AND g.id = m.group_id
    WHERE m.ended_at IS NULL"""
GRANTED = "CASE WHEN space_id IS NULL THEN 'project ' || project_id ELSE 'space ' || space_id END"

ORG = (
    Invariant(
        "the last event is of the Org's revision",
        """SELECT o.id AS org_id, 'revision ' || o.revision || ', last event '
        || coalesce((SELECT max(e.revision) FROM event AS e WHERE e.org_id = o.id), 0) AS what
        FROM org AS o WHERE o.revision <>
        coalesce((SELECT max(e.revision) FROM event AS e WHERE e.org_id = o.id), 0)""",
        is_quick=True,
    ),
    Invariant(
        "the Org's next id is above all that are in use",
        f"""SELECT o.id AS org_id, 'next ' || o.next_id || ', in use ' || n.last AS what
        FROM org AS o JOIN (
            SELECT org_id, max(id) AS last FROM ({NUMBERED}) AS used GROUP BY org_id
        ) AS n ON n.org_id = o.id WHERE o.next_id <= n.last""",
    ),
    Invariant(
        "an id is of one row",
        f"""SELECT org_id, 'id ' || id AS what FROM ({NUMBERED}) AS used
        GROUP BY org_id, id HAVING count(*) > 1""",
    ),
    Invariant(
        "an Org has an active admin",
        f"""SELECT o.id AS org_id, 'Org ' || o.key AS what FROM org AS o WHERE NOT EXISTS (
            SELECT 1 FROM ({IN_GROUP}) AS a JOIN ({IN_GROUP}) AS b
            ON b.org_id = a.org_id AND b.member_id = a.member_id
            WHERE a.org_id = o.id AND a.key = 'admins' AND b.key = 'members')""",
        is_quick=True,
    ),
    Invariant(
        "an Org has the groups admins and members",
        """SELECT o.id AS org_id, 'Org ' || o.key AS what FROM org AS o WHERE 2 <> (
            SELECT count(*) FROM principal AS g WHERE g.org_id = o.id AND g.kind = 'GROUP'
            AND g.key IN ('admins', 'members') AND g.deleted_at IS NULL)""",
        is_quick=True,
    ),
    Invariant(
        "an Org has a shared project",
        """SELECT o.id AS org_id, 'Org ' || o.key AS what FROM org AS o WHERE 1 <> (
            SELECT count(*) FROM project AS p WHERE p.org_id = o.id AND p.space_id IS NULL
            AND p.is_shared AND p.deleted_at IS NULL)""",
        is_quick=True,
    ),
)
LOG = (
    Invariant(
        "the log has no gap but before a restore",
        """SELECT org_id, 'before event ' || revision AS what FROM (
            SELECT org_id, revision, action,
            coalesce(lag(revision) OVER (PARTITION BY org_id ORDER BY revision), 0) AS last
            FROM event) AS e
        WHERE revision <> last + 1 AND (action <> 'org.restored' OR last = 0)""",
    ),
    Invariant(
        "an event touches its object",
        """SELECT e.org_id, 'event ' || e.revision AS what FROM event AS e WHERE NOT EXISTS (
            SELECT 1 FROM event_touch AS t WHERE t.org_id = e.org_id
            AND t.object_id = e.object_id AND t.revision = e.revision)""",
    ),
    Invariant(
        "a touch tells of another node than the event's object, or of nothing",
        """SELECT t.org_id, 'event ' || t.revision || ' on ' || t.object_id AS what
        FROM event_touch AS t JOIN event AS e ON e.org_id = t.org_id AND e.revision = t.revision
        WHERE (t.path IS NULL) <> (t.object_id = e.object_id)""",
    ),
)
TREE = (
    Invariant(
        "a space has a shared project",
        """SELECT s.org_id, 'space ' || s.id AS what FROM space AS s
        WHERE s.deleted_at IS NULL AND 1 <> (
            SELECT count(*) FROM project AS p WHERE p.org_id = s.org_id AND p.space_id = s.id
            AND p.is_shared AND p.deleted_at IS NULL)""",
    ),
    Invariant(
        "shared projects are called shared",
        """SELECT org_id, 'project ' || id AS what FROM project
        WHERE is_shared <> (key = 'shared') OR (is_shared AND name <> 'shared')""",
    ),
    Invariant(
        "a node came to where it is after it lay elsewhere",
        """SELECT p.org_id, 'node ' || n.id AS what FROM placement AS p JOIN (
            SELECT org_id, id, placed_at FROM project
            UNION ALL SELECT org_id, id, placed_at FROM asset
        ) AS n ON n.org_id = p.org_id AND n.id = p.node_id WHERE n.placed_at < p.ended_at""",
    ),
    Invariant(
        "a placement is of a node that there is",
        """SELECT p.org_id, 'placement ' || p.id AS what FROM placement AS p
        WHERE NOT EXISTS (SELECT 1 FROM project AS n WHERE n.org_id = p.org_id AND n.id = p.node_id)
        AND NOT EXISTS (SELECT 1 FROM asset AS n WHERE n.org_id = p.org_id AND n.id = p.node_id)""",
    ),
    Invariant(
        "an asset's versions are numbered from 1 on",
        """SELECT v.org_id, 'asset ' || v.asset_id AS what FROM asset_version AS v
        JOIN asset AS a ON a.org_id = v.org_id AND a.id = v.asset_id AND a.deleted_at IS NULL
        JOIN project AS p ON p.org_id = a.org_id AND p.id = a.project_id AND p.deleted_at IS NULL
        LEFT JOIN space AS s ON s.org_id = p.org_id AND s.id = p.space_id
        WHERE s.deleted_at IS NULL
        GROUP BY v.org_id, v.asset_id HAVING min(v.number) <> 1 OR max(v.number) <> count(*)""",
    ),
)
BIN = (
    Invariant(
        "what is deleted lies in the bin once",
        f"""SELECT n.org_id, 'node ' || n.id AS what FROM ({NODES}) AS n
        WHERE n.deleted_at IS NOT NULL AND 1 <> (
            SELECT count(*) FROM deletion AS d WHERE d.org_id = n.org_id AND d.node_id = n.id
            AND d.ended_at IS NULL AND d.purged_at IS NULL)""",
    ),
    Invariant(
        "what lies in the bin is deleted",
        f"""SELECT d.org_id, 'deletion ' || d.id AS what FROM deletion AS d
        WHERE d.ended_at IS NULL AND d.purge_asked_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM ({NODES}) AS n WHERE n.org_id = d.org_id AND n.id = d.node_id
            AND n.deleted_at IS NOT NULL)""",
    ),
    Invariant(
        "what was purged is gone",
        f"""SELECT d.org_id, 'deletion ' || d.id AS what FROM deletion AS d
        JOIN ({NODES}) AS n ON n.org_id = d.org_id AND n.id = d.node_id
        WHERE d.purged_at IS NOT NULL""",
    ),
    Invariant(
        "a purge isn't over before it is asked for, nor a deletion before it begins",
        """SELECT org_id, 'deletion ' || id AS what FROM deletion
        WHERE ended_at < began_at OR purge_asked_at < began_at OR purged_at < purge_asked_at
        OR (purged_at IS NOT NULL AND purge_asked_at IS NULL)
        OR (ended_at IS NOT NULL AND purge_asked_at IS NOT NULL)""",
    ),
)
RIGHTS = (
    Invariant(
        "a membership doesn't end before it begins",
        "SELECT org_id, 'membership ' || id AS what FROM membership WHERE ended_at < began_at",
    ),
    Invariant(
        "a grant doesn't end before it begins",
        "SELECT org_id, 'grant ' || id AS what FROM access_grant WHERE ended_at < began_at",
    ),
    Invariant(
        "a placement doesn't end before it begins",
        "SELECT org_id, 'placement ' || id AS what FROM placement WHERE ended_at < began_at",
    ),
    Invariant(
        "a membership is a member's in a group",
        """SELECT m.org_id, 'membership ' || m.id AS what FROM membership AS m
        JOIN principal AS g ON g.org_id = m.org_id AND g.id = m.group_id
        JOIN principal AS p ON p.org_id = m.org_id AND p.id = m.member_id
        WHERE g.kind <> 'GROUP' OR p.kind <> 'MEMBER'""",
    ),
    Invariant(
        "whoever was removed is in no group, and a group that was deleted is empty",
        """SELECT m.org_id, 'membership ' || m.id AS what FROM membership AS m
        JOIN principal AS p ON p.org_id = m.org_id AND p.id IN (m.group_id, m.member_id)
        WHERE m.ended_at IS NULL AND p.deleted_at IS NOT NULL""",
    ),
    Invariant(
        "whoever was removed holds no grant",
        """SELECT g.org_id, 'grant ' || g.id AS what FROM access_grant AS g
        JOIN principal AS p ON p.org_id = g.org_id AND p.id = g.principal_id
        WHERE g.ended_at IS NULL AND p.deleted_at IS NOT NULL""",
    ),
    Invariant(
        "a grant lies within the space that its node is or lies in",
        """SELECT g.org_id, 'grant ' || g.id AS what FROM access_grant AS g
        LEFT JOIN project AS p ON p.org_id = g.org_id AND p.id = g.project_id
        WHERE g.ended_at IS NULL
        AND coalesce(g.within_id, 0) <> coalesce(g.space_id, p.space_id, 0)""",
    ),
    Invariant(
        "a grant on a project doesn't propagate",
        """SELECT org_id, 'grant ' || id AS what FROM access_grant
        WHERE project_id IS NOT NULL AND propagate""",
    ),
    Invariant(
        "an answer is kept for a member",
        """SELECT a.org_id, 'an answer of ' || a.member_id AS what FROM answer AS a
        JOIN principal AS p ON p.org_id = a.org_id AND p.id = a.member_id
        WHERE p.kind <> 'MEMBER'""",
    ),
)
WHOLE = (
    Invariant(
        "the installation is told of once",
        """SELECT 0 AS org_id, 'rows: ' || count(*) AS what FROM installation
        HAVING count(*) <> 1""",
        is_quick=True,
    ),
)
INVARIANTS: tuple[Invariant, ...] = (*ORG, *LOG, *TREE, *BIN, *RIGHTS, *WHOLE)
