"""The rows that an import inserts: the columns that it fills, in the order of their table."""

from typing import NamedTuple, TypeAlias

from sqlalchemy import Table

from db.models import ASSET, GRANT, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE, VERSION


class PrincipalRow(NamedTuple):
    """A member or a group."""

    org_id: int
    id: int
    kind: str
    key: str
    name: str
    folded: str
    sort: str
    email: str | None
    account_id: int | None
    is_service: bool
    created_at: int
    updated_at: int


class MembershipRow(NamedTuple):
    """A member in a group."""

    org_id: int
    id: int
    group_id: int
    member_id: int
    began_at: int


class SpaceRow(NamedTuple):
    """A space."""

    org_id: int
    id: int
    key: str
    name: str
    folded: str
    sort: str
    description: str | None
    created_at: int
    updated_at: int


class ProjectRow(NamedTuple):
    """A project, shared ones too."""

    org_id: int
    id: int
    space_id: int | None
    is_shared: bool
    key: str
    name: str
    folded: str
    sort: str
    description: str | None
    created_at: int
    updated_at: int
    placed_at: int


class AssetRow(NamedTuple):
    """An asset; `metadata` is JSON text."""

    org_id: int
    id: int
    project_id: int
    key: str
    name: str
    folded: str
    sort: str
    kind: str
    metadata: str | None
    created_at: int
    updated_at: int
    placed_at: int


class VersionRow(NamedTuple):
    """The first version of an asset's content."""

    org_id: int
    id: int
    asset_id: int
    number: int
    media_type: str
    text: str | None
    reference: str | None
    created_at: int


class GrantRow(NamedTuple):
    """A grant on a space or a project."""

    org_id: int
    id: int
    space_id: int | None
    project_id: int | None
    within_id: int | None
    principal_id: int
    level: int
    propagate: bool
    expires_at: int | None
    began_at: int


Row: TypeAlias = (
    PrincipalRow | MembershipRow | SpaceRow | ProjectRow | AssetRow | VersionRow | GrantRow
)

# In this order a row comes after those that it refers to.
TABLES: dict[type[Row], Table] = {
    PrincipalRow: PRINCIPAL,
    MembershipRow: MEMBERSHIP,
    SpaceRow: SPACE,
    ProjectRow: PROJECT,
    AssetRow: ASSET,
    VersionRow: VERSION,
    GrantRow: GRANT,
}
