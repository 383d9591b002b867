"""Damages that a database may suffer, and by which name each must be found."""

from typing import NamedTuple

# Of the Org that `test_examining` makes. {space} is core's id, {site} core/site's, and so on.
SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Damage(NamedTuple):
    """What is done to a database, and the name by which it must be found."""

    found: str
    statements: tuple[str, ...]
    only: str | None = None


def damage(found: str, *statements: str, only: str | None = None) -> Damage:
    """Make a damage."""
    return Damage(found, statements, only)


GRANT_COPIED = """INSERT INTO access_grant (org_id, id, space_id, project_id, within_id,
 principal_id, level, propagate, expires_at, began_at, ended_at)
 SELECT org_id, 90000, space_id, project_id, within_id,
 principal_id, level, propagate, expires_at, began_at, ended_at FROM access_grant
 WHERE org_id = 1 AND {node} IS NOT NULL AND ended_at IS NULL ORDER BY id LIMIT 1"""
ON_SPACE = GRANT_COPIED.format(node="space_id")
ON_PROJECT = GRANT_COPIED.format(node="project_id")

SCHEMA = (
    damage("index uq_space_name", "DROP INDEX uq_space_name"),
    damage("index ix_asset_order", "DROP INDEX ix_asset_order"),
    damage(
        "index uq_space_key",
        "DROP INDEX uq_space_key",
        "CREATE INDEX uq_space_key ON space (org_id, key)",
    ),
    damage(
        "index uq_project_name",
        "DROP INDEX uq_project_name",
        "CREATE UNIQUE INDEX uq_project_name ON project (org_id, space_id, folded) "
        "WHERE deleted_at IS NULL AND id < 0",
    ),
    damage(
        "index ix_event_actor",
        "DROP INDEX ix_event_actor",
        "CREATE INDEX ix_event_actor ON event (org_id, revision, actor)",
    ),
    damage("table placement", "DROP TABLE placement", only=SQLITE),
    damage("column placement.node_id", "DROP TABLE placement", only=POSTGRESQL),
    damage("table space", "ALTER TABLE space DROP COLUMN description", only=SQLITE),
    damage(
        "column space.description", "ALTER TABLE space DROP COLUMN description", only=POSTGRESQL
    ),
    damage("table org", "ALTER TABLE org RENAME COLUMN name TO title", only=SQLITE),
    damage("column org.name", "ALTER TABLE org RENAME COLUMN name TO title", only=POSTGRESQL),
    damage(
        "column org.retention_days",
        "ALTER TABLE org ALTER COLUMN retention_days TYPE bigint",
        only=POSTGRESQL,
    ),
    damage(
        "column space.name",
        'ALTER TABLE space ALTER name TYPE text COLLATE "default"',
        only=POSTGRESQL,
    ),
    damage("column space.name", "ALTER TABLE space ALTER name DROP NOT NULL", only=POSTGRESQL),
    damage(
        "constraint fk_asset_org_id_project_id",
        "ALTER TABLE asset DROP CONSTRAINT fk_asset_org_id_project_id",
        only=POSTGRESQL,
    ),
    damage(
        "constraint ck_access_grant_level",
        "ALTER TABLE access_grant DROP CONSTRAINT ck_access_grant_level",
        only=POSTGRESQL,
    ),
    damage("constraint pk_duty", "ALTER TABLE duty DROP CONSTRAINT pk_duty", only=POSTGRESQL),
    damage(
        "index uq_org_key",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'uq_org_key'::regclass",
        only=POSTGRESQL,
    ),
)
DATA = (
    damage(
        "the log has no gap but before a restore",
        "DELETE FROM event_touch WHERE revision = 2 AND org_id = 1",
        "DELETE FROM event WHERE revision = 2 AND org_id = 1",
    ),
    damage(
        "the log has no gap but before a restore",
        "DELETE FROM event_touch WHERE revision = 1 AND org_id = 1",
        "DELETE FROM event WHERE revision = 1 AND org_id = 1",
    ),
    damage(
        "the last event is of the Org's revision",
        "DELETE FROM event_touch WHERE org_id = 1 AND revision = "
        "(SELECT max(revision) FROM event WHERE org_id = 1)",
        "DELETE FROM event WHERE org_id = 1 AND revision = (SELECT revision FROM org WHERE id = 1)",
    ),
    damage("the last event is of the Org's revision", "UPDATE org SET revision = 1 WHERE id = 1"),
    damage(
        "the Org's next id is above all that are in use", "UPDATE org SET next_id = 3 WHERE id = 1"
    ),
    damage(
        "an Org has an active admin",
        "UPDATE membership SET ended_at = began_at WHERE org_id = 1 AND group_id = {admins}",
    ),
    damage(
        "an Org has an active admin",
        "UPDATE membership SET ended_at = began_at WHERE org_id = 1 AND group_id = {members}",
    ),
    damage(
        "an Org has the groups admins and members",
        "UPDATE principal SET deleted_at = 1 WHERE org_id = 1 AND id = {admins}",
    ),
    damage("an Org has a shared project", "DELETE FROM project WHERE org_id = 1 AND id = {shared}"),
    damage(
        "an Org has a shared project",
        "UPDATE project SET deleted_at = 1 WHERE org_id = 1 AND id = {shared}",
    ),
    damage(
        "a space has a shared project", "DELETE FROM project WHERE org_id = 1 AND id = {lab_shared}"
    ),
    damage(
        "shared projects are called shared",
        "UPDATE project SET name = 'mine' WHERE org_id = 1 AND id = {lab_shared}",
    ),
    damage(
        "uq_space_name",
        "DROP INDEX uq_space_name",
        "UPDATE space SET folded = 'core' WHERE org_id = 1",
    ),
    damage(
        "uq_project_key",
        "DROP INDEX uq_project_key",
        "UPDATE project SET key = 'site' WHERE org_id = 1 AND space_id = {core}",
    ),
    damage(
        "uq_account_email",
        "DROP INDEX uq_account_email",
        "UPDATE account SET email = 'one@example.org'",
    ),
    damage(
        "a grant doesn't end before it begins",
        "UPDATE access_grant SET ended_at = began_at - 1 WHERE org_id = 1",
    ),
    damage(
        "a membership doesn't end before it begins",
        "UPDATE membership SET ended_at = began_at - 1 WHERE org_id = 1 AND member_id = {pip}",
    ),
    damage(
        "a placement doesn't end before it begins", "UPDATE placement SET ended_at = began_at - 1"
    ),
    damage(
        "a node came to where it is after it lay elsewhere",
        "UPDATE asset SET placed_at = 1 WHERE org_id = 1",
    ),
    damage("a placement is of a node that there is", "UPDATE placement SET node_id = 77777"),
    damage("uq_access_grant_space", "DROP INDEX uq_access_grant_space", ON_SPACE),
    damage("uq_access_grant_project", "DROP INDEX uq_access_grant_project", ON_PROJECT),
    damage(
        "uq_membership_lasting",
        "DROP INDEX uq_membership_lasting",
        "INSERT INTO membership (org_id, id, group_id, member_id, began_at) "
        "VALUES (1, 90000, {members}, {pip}, 1)",
    ),
    damage(
        "a grant lies within the space that its node is or lies in",
        "UPDATE access_grant SET within_id = {lab} WHERE org_id = 1 AND project_id IS NOT NULL",
    ),
    damage(
        "a grant on a project doesn't propagate",
        "UPDATE access_grant SET propagate = true WHERE org_id = 1",
    ),
    damage(
        "fk_access_grant_org_id_principal_id",
        "UPDATE access_grant SET principal_id = 77777 WHERE org_id = 1 AND principal_id = {pip}",
    ),
    damage("fk_asset_org_id_project_id", "UPDATE asset SET project_id = 77777 WHERE org_id = 1"),
    damage(
        "fk_event_touch_org_id_revision",
        "INSERT INTO event_touch (org_id, object_id, revision) VALUES (1, 'spc_1_1', 999)",
    ),
    damage("an event touches its object", "DELETE FROM event_touch WHERE org_id = 1"),
    damage(
        "a touch tells of another node than the event's object, or of nothing",
        "UPDATE event_touch SET path = 'core' WHERE org_id = 1 AND revision = 1",
    ),
    damage(
        "an asset's versions are numbered from 1 on",
        "UPDATE asset_version SET number = 3 WHERE org_id = 1",
    ),
    damage(
        "ck_asset_version_content",
        "ALTER TABLE asset_version DROP CONSTRAINT ck_asset_version_content",
        "UPDATE asset_version SET text = NULL WHERE org_id = 1",
    ),
    damage(
        "ck_access_grant_level",
        "ALTER TABLE access_grant DROP CONSTRAINT ck_access_grant_level",
        "UPDATE access_grant SET level = 9 WHERE org_id = 1",
    ),
    damage("what is deleted lies in the bin once", "DELETE FROM deletion WHERE org_id = 1"),
    damage(
        "what is deleted lies in the bin once",
        "UPDATE space SET deleted_at = 1 WHERE org_id = 1 AND id = {core}",
    ),
    damage(
        "what lies in the bin is deleted", "UPDATE project SET deleted_at = NULL WHERE org_id = 1"
    ),
    damage(
        "what was purged is gone",
        "UPDATE deletion SET purge_asked_at = began_at, purged_at = began_at",
    ),
    damage(
        "a purge isn't over before it is asked for, nor a deletion before it begins",
        "UPDATE deletion SET ended_at = began_at - 1",
    ),
    damage(
        "a membership is a member's in a group",
        "UPDATE membership SET group_id = {pip} WHERE org_id = 1 AND member_id = {oz}",
    ),
    damage(
        "whoever was removed holds no grant",
        "UPDATE principal SET deleted_at = 1 WHERE org_id = 1 AND id = {pip}",
    ),
    damage(
        "whoever was removed is in no group, and a group that was deleted is empty",
        "UPDATE principal SET deleted_at = 1 WHERE org_id = 1 AND id = {nan}",
    ),
    damage(
        "an answer is kept for a member",
        "INSERT INTO answer (org_id, member_id, key, fingerprint, content, at) "
        "VALUES (1, {members}, 'k', 'f', '{{}}', 1)",
    ),
    damage("an id is of one row", "UPDATE placement SET id = {pip}"),
    damage("the installation is told of once", "DELETE FROM installation"),
)
