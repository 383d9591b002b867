"""The statements of an export: what lasts and is live in one Org, in the order of the ids.

Each reads one table and looks up by whole keys: such a plan is good without any statistics, which
PostgreSQL hasn't yet after a large import.
"""

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, select

from auth.subject import ADMINS, MEMBERS
from db.models import ASSET, GRANT, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE, VERSION
from resolvers.manifest.build import GROUP, MEMBER

Statement: TypeAlias = Select[*tuple[Any, ...]]


def reserved_groups(org_id: int) -> Statement:
    """Select the two groups that the server keeps."""
    return _principals(org_id, GROUP).where(PRINCIPAL.c.key.in_((ADMINS, MEMBERS)))


def groups(org_id: int) -> Statement:
    """Select the other groups."""
    return _principals(org_id, GROUP).where(PRINCIPAL.c.key.not_in((ADMINS, MEMBERS)))


def users(org_id: int) -> Statement:
    """Select the members of the Org who weren't removed."""
    return _principals(org_id, MEMBER)


def _principals(org_id: int, kind: str) -> Statement:
    principal = PRINCIPAL.c
    return (
        select(principal.id, principal.key, principal.name, principal.email, principal.is_service)
        .where(principal.org_id == org_id, principal.kind == kind, principal.deleted_at.is_(None))
        .order_by(principal.id)
    )


def memberships(org_id: int) -> Statement:
    """Select who is in which group."""
    held = MEMBERSHIP.c
    return (
        select(held.group_id, held.member_id)
        .where(held.org_id == org_id, held.ended_at.is_(None))
        .order_by(held.id)
    )


def spaces(org_id: int) -> Statement:
    """Select the live spaces."""
    space = SPACE.c
    return (
        select(space.id, space.key, space.name, space.description)
        .where(space.org_id == org_id, space.deleted_at.is_(None))
        .order_by(space.id)
    )


def projects(org_id: int) -> Statement:
    """Select the projects that aren't deleted themselves, shared ones too."""
    project = PROJECT.c
    return (
        select(project.id, project.key, project.name, project.description)
        .add_columns(project.space_id, project.is_shared)
        .where(project.org_id == org_id, project.deleted_at.is_(None))
        .order_by(project.id)
    )


def assets(org_id: int) -> Statement:
    """Select the assets that aren't deleted themselves, with the newest version's content."""
    asset, version = ASSET.c, VERSION.c
    content = (version.media_type, version.text, version.reference)
    return (
        select(asset.project_id, asset.key, asset.name, asset.kind, asset.metadata)
        .add_columns(*(_newest(org_id, column).label(column.name) for column in content))
        .where(asset.org_id == org_id, asset.deleted_at.is_(None))
        .order_by(asset.id)
    )


def _newest(org_id: int, column: ColumnElement[Any]) -> ColumnElement[Any]:
    version = VERSION.c
    return (
        select(column)
        .where(version.org_id == org_id, version.asset_id == ASSET.c.id)
        .order_by(version.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def grants(org_id: int) -> Statement:
    """Select the grants that weren't ended."""
    grant = GRANT.c
    return (
        select(grant.space_id, grant.project_id, grant.principal_id)
        .add_columns(grant.level, grant.propagate, grant.expires_at)
        .where(grant.org_id == org_id, grant.ended_at.is_(None))
        .order_by(grant.id)
    )
