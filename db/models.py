"""The models: each tenant table starts with `org_id`, and facts about people have intervals."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Text,
    and_,
    column,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Bytewise, Counted, Id, Key, Level, LongText, Name, Time, table_of
from db.constraints import (
    CLUSTERED,
    binned,
    in_org,
    index,
    lasting,
    live,
    to_purge,
    unique,
)


class Account(Base):
    """A person or service that can sign in; it belongs to no Org but is a member of some."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    email: Mapped[str | None] = mapped_column(Bytewise)  # as `auth.addresses` makes it
    name: Mapped[Name]
    created_at: Mapped[Time]
    deleted_at: Mapped[Time | None]
    __table_args__ = (unique("uq_account_email", "email"),)


class Org(Base):
    """The tenant. `revision` counts its changes; `next_id` is the next free id in it."""

    __tablename__ = "org"
    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    key: Mapped[Key]
    name: Mapped[Name]
    revision: Mapped[int] = mapped_column(Counted)
    next_id: Mapped[int] = mapped_column(Counted)
    retention_days: Mapped[int] = mapped_column(default=30)  # that the recycle bin keeps things
    cost_per_minute: Mapped[int | None]  # of each viewer; null for what the server allows
    settings_revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # that changed name or days
    created_at: Mapped[Time]
    updated_at: Mapped[Time]
    __table_args__ = (unique("uq_org_key", "key"),)


class Tenant(Base):
    """What belongs to exactly one Org, and is found only through it."""

    __abstract__ = True
    org_id: Mapped[Id] = mapped_column(ForeignKey("org.id"), primary_key=True, sort_order=-2)
    id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)


class Principal(Tenant):
    """A member or a group: what a grant is made to. Two groups are reserved: admins, members.

    Its key is never used twice, not even when it is deleted: a member removed, or a group.
    """

    __tablename__ = "principal"
    kind: Mapped[str]  # MEMBER or GROUP
    key: Mapped[Key]
    name: Mapped[Name]
    folded: Mapped[Name]
    sort: Mapped[Name]
    email: Mapped[str | None] = mapped_column(Bytewise)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    is_service: Mapped[bool] = mapped_column(default=False)  # a member that is no person
    created_at: Mapped[Time]
    updated_at: Mapped[Time]
    deleted_at: Mapped[Time | None]
    revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # the Org's that last changed it
    members_revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # who is in the group
    __table_args__ = (
        CheckConstraint("kind IN ('MEMBER', 'GROUP')", name="kind"),
        CheckConstraint("(kind = 'MEMBER') = (account_id IS NOT NULL)", name="account"),
        unique("uq_principal_key", "org_id", "kind", "key"),
        unique("uq_principal_account", "org_id", "account_id"),
        unique("ix_principal_order", "org_id", "kind", "sort", "id"),
        CLUSTERED,
    )


class Membership(Tenant):
    """A member's time in a group. Being in `members` is being active, in `admins` an admin."""

    __tablename__ = "membership"
    group_id: Mapped[Id]
    member_id: Mapped[Id]
    began_at: Mapped[Time]
    ended_at: Mapped[Time | None]
    __table_args__ = (
        in_org("group_id", "principal"),
        in_org("member_id", "principal"),
        unique("uq_membership_lasting", "org_id", "member_id", "group_id", where=lasting()),
        index("ix_membership_group", "org_id", "group_id", "member_id"),
        index("ix_membership_member", "org_id", "member_id", "began_at"),
        CLUSTERED,
    )


class Space(Tenant):
    """A group of projects. Its key is never used twice, not even while it lies in the bin."""

    __tablename__ = "space"
    key: Mapped[Key]
    name: Mapped[Name]
    folded: Mapped[Name]
    sort: Mapped[Name]
    description: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[Time]
    updated_at: Mapped[Time]
    deleted_at: Mapped[Time | None]
    revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # the Org's that last changed it
    grants_revision: Mapped[int] = mapped_column(Counted, server_default="0")  # what is held on it
    __table_args__ = (
        unique("uq_space_key", "org_id", "key"),
        unique("uq_space_name", "org_id", "folded", where=live()),
        unique("ix_space_order", "org_id", "sort", "id"),
        CLUSTERED,
    )


class Project(Tenant):
    """A project of a space; with `is_shared` the one that was made with it.

    Without a space it is the Org's shared project, of which there is one.
    """

    __tablename__ = "project"
    space_id: Mapped[Id | None]
    is_shared: Mapped[bool]
    key: Mapped[Key]
    name: Mapped[Name]
    folded: Mapped[Name]
    sort: Mapped[Name]
    description: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[Time]
    updated_at: Mapped[Time]
    placed_at: Mapped[Time]  # since when it is in this space; earlier places are in `placement`
    deleted_at: Mapped[Time | None]
    revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # the Org's that last changed it
    grants_revision: Mapped[int] = mapped_column(Counted, server_default="0")  # what is held on it
    __table_args__ = (
        in_org("space_id", "space"),
        CheckConstraint("space_id IS NOT NULL OR is_shared", name="placed"),
        unique("uq_project_key", "org_id", "space_id", "key", where=live()),
        unique("uq_project_name", "org_id", "space_id", "folded", where=live()),
        unique("ix_project_order", "org_id", "space_id", "sort", "id"),
        unique("uq_project_shared", "org_id", "space_id", where=column("is_shared").is_(true())),
        unique("uq_project_org_shared", "org_id", where=column("space_id").is_(None)),
        index("ix_project_deleted", "org_id", "id", where=column("deleted_at").is_not(None)),
        CLUSTERED,
    )


class Asset(Tenant):
    """The leaf: of an open set of kinds, with metadata and versioned content."""

    __tablename__ = "asset"
    project_id: Mapped[Id]
    key: Mapped[Key]
    name: Mapped[Name]
    folded: Mapped[Name]
    sort: Mapped[Name]
    kind: Mapped[Key]
    metadata_json: Mapped[str | None] = mapped_column("metadata", LongText)  # a JSON object as text
    created_at: Mapped[Time]
    updated_at: Mapped[Time]
    placed_at: Mapped[Time]
    deleted_at: Mapped[Time | None]
    revision: Mapped[int] = mapped_column(
        Counted, server_default="0"
    )  # the Org's that last changed it
    __table_args__ = (
        in_org("project_id", "project"),
        unique("uq_asset_key", "org_id", "project_id", "key", where=live()),
        unique("uq_asset_name", "org_id", "project_id", "folded", where=live()),
        unique("ix_asset_order", "org_id", "project_id", "sort", "id"),
        CLUSTERED,
    )


class AssetVersion(Tenant):
    """One version of an asset's content: small text inline, anything else by reference."""

    __tablename__ = "asset_version"
    asset_id: Mapped[Id]
    number: Mapped[int]  # 1 is the oldest
    media_type: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(LongText)
    reference: Mapped[str | None] = mapped_column(Text)  # a URI
    created_at: Mapped[Time]
    created_by: Mapped[Id | None]
    __table_args__ = (
        in_org("asset_id", "asset"),
        in_org("created_by", "principal"),
        CheckConstraint("(text IS NULL) <> (reference IS NULL)", name="content"),
        unique("uq_asset_version_number", "org_id", "asset_id", "number"),
        CLUSTERED,
    )


class Placement(Tenant):
    """Where a project or an asset lay before it was moved: a closed interval."""

    __tablename__ = "placement"
    node_id: Mapped[Id]
    parent_id: Mapped[Id]
    began_at: Mapped[Time]
    ended_at: Mapped[Time]
    __table_args__ = (index("ix_placement_node", "org_id", "node_id", "ended_at"), CLUSTERED)


class Deletion(Tenant):
    """A node's time in the recycle bin, by whatever deletion took it there.

    It ends by restoring (`ended_at`) or by purging, which is asked for, carried out and over.
    """

    __tablename__ = "deletion"
    kind: Mapped[str]  # SPACE, PROJECT or ASSET
    node_id: Mapped[Id]
    parent_id: Mapped[Id | None]  # the project or space that it lay in
    key: Mapped[Key]
    name: Mapped[Name]
    folded: Mapped[Name]
    path: Mapped[Name]  # keys, with slashes between them
    began_at: Mapped[Time]
    ended_at: Mapped[Time | None]
    by_id: Mapped[Id | None]  # the member who deleted it
    purge_asked_at: Mapped[Time | None]
    purged_at: Mapped[Time | None]
    rows_to_purge: Mapped[int | None] = mapped_column(Counted)
    rows_purged: Mapped[int] = mapped_column(Counted, default=0)
    __table_args__ = (
        CheckConstraint("kind IN ('SPACE', 'PROJECT', 'ASSET')", name="kind"),
        index("ix_deletion_node", "org_id", "node_id", "began_at"),
        index("ix_deletion_order", "org_id", "began_at", "id", where=binned()),
        index("ix_deletion_by", "org_id", "by_id", "began_at", "id", where=binned()),
        index("ix_deletion_purge", "org_id", "id", where=to_purge()),
        CLUSTERED,
    )


class Grant(Tenant):
    """A level for a principal on one space or one project, from `began_at` to `ended_at`.

    `within_id` is the space that it is on or in, so that what is held there is read in one place.
    """

    __tablename__ = "access_grant"
    space_id: Mapped[Id | None]
    project_id: Mapped[Id | None]
    within_id: Mapped[Id | None]  # goes with the project when that is moved
    principal_id: Mapped[Id]
    level: Mapped[Level]
    propagate: Mapped[bool]
    expires_at: Mapped[Time | None]
    began_at: Mapped[Time]
    ended_at: Mapped[Time | None]
    __table_args__ = (
        in_org("space_id", "space"),
        in_org("project_id", "project"),
        in_org("principal_id", "principal"),
        CheckConstraint("(space_id IS NULL) <> (project_id IS NULL)", name="node"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        unique(
            "uq_access_grant_space",
            "org_id",
            "space_id",
            "principal_id",
            where=and_(lasting(), column("space_id").is_not(None)),
        ),
        unique(
            "uq_access_grant_project",
            "org_id",
            "project_id",
            "principal_id",
            where=and_(lasting(), column("project_id").is_not(None)),
        ),
        index(
            "ix_access_grant_held",
            *("org_id", "principal_id", "within_id", "project_id"),
            *("level", "propagate", "expires_at"),  # so that the row itself needn't be read
            where=lasting(),
        ),
        index(
            "ix_access_grant_reach",
            *("org_id", "within_id", "principal_id", "project_id"),
            *("level", "propagate", "expires_at"),  # as above
            where=lasting(),
        ),
        index("ix_access_grant_principal", "org_id", "principal_id", "began_at"),
        index("ix_access_grant_within", "org_id", "within_id", "principal_id"),
        index("ix_access_grant_space", "org_id", "space_id"),
        index("ix_access_grant_project", "org_id", "project_id"),
        index(
            "ix_access_grant_expiry",
            "org_id",
            "expires_at",
            where=and_(lasting(), column("expires_at").is_not(None)),
        ),
        CLUSTERED,
    )


class Answer(Base):
    """What a mutation answered under an idempotency key of a member's."""

    __tablename__ = "answer"
    org_id: Mapped[Id] = mapped_column(ForeignKey("org.id"), primary_key=True)
    member_id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[Key] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)  # of the mutation and its input
    content: Mapped[str] = mapped_column(Text)  # JSON
    at: Mapped[Time]
    __table_args__ = (
        in_org("member_id", "principal"),
        index("ix_answer_at", "org_id", "at"),
        CLUSTERED,
    )


class Event(Base):
    """What one change did, under the revision that it made; it outlives what it describes."""

    __tablename__ = "event"
    org_id: Mapped[Id] = mapped_column(ForeignKey("org.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Counted, primary_key=True, autoincrement=False)
    at: Mapped[Time]
    actor: Mapped[str] = mapped_column(Text)
    through: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)  # a public id
    path: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(LongText)  # JSON
    after: Mapped[str | None] = mapped_column(LongText)
    request_id: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (index("ix_event_actor", "org_id", "actor", "revision"), CLUSTERED)


class Touch(Base):
    """That an event touched a node: its object, or one beside it, of which `path` and so on tell.

    In the order of its key a node's own events lie together, as the log has them.
    """

    __tablename__ = "event_touch"
    org_id: Mapped[Id] = mapped_column(ForeignKey("org.id"), primary_key=True)
    object_id: Mapped[Key] = mapped_column(primary_key=True)  # a public id
    revision: Mapped[int] = mapped_column(Counted, primary_key=True, autoincrement=False)
    path: Mapped[str | None] = mapped_column(Text)  # null for the object, of which the event tells
    before: Mapped[str | None] = mapped_column(LongText)  # JSON
    after: Mapped[str | None] = mapped_column(LongText)
    __table_args__ = (
        index("ix_event_touch_revision", "org_id", "revision"),
        ForeignKeyConstraint(["org_id", "revision"], ["event.org_id", "event.revision"]),
        CLUSTERED,
    )


# What statements are built from: aliases of these tables.
ACCOUNT, ORG = table_of(Account), table_of(Org)
PRINCIPAL, MEMBERSHIP = table_of(Principal), table_of(Membership)
ANSWER, EVENT, TOUCH = table_of(Answer), table_of(Event), table_of(Touch)
SPACE, PROJECT, ASSET, GRANT = table_of(Space), table_of(Project), table_of(Asset), table_of(Grant)
VERSION, PLACEMENT, DELETION = table_of(AssetVersion), table_of(Placement), table_of(Deletion)
