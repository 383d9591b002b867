"""Alembic's entry: runs the scripts on the connection that `db.migrate` hands over."""

from alembic import context

import db.installation  # pyright: ignore[reportUnusedImport] - as below
import db.models  # noqa: F401  # pyright: ignore[reportUnusedImport] - fills the metadata
from db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
)
context.run_migrations()
