"""The declarative base, and the few column types that every model shares."""

from typing import Annotated, cast

from sqlalchemy import BigInteger, Integer, MetaData, SmallInteger, Table, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Text is compared byte by byte on both databases, so that a cursor means the same place on each.
Bytewise = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite counts up by itself only for a column of exactly this type.
Counted = BigInteger().with_variant(Integer(), "sqlite")


class LongText(Text):
    """The type of columns whose values may be far longer than a name."""


Id = Annotated[int, mapped_column(BigInteger)]
Time = Annotated[int, mapped_column(BigInteger)]  # microseconds since 1970, UTC
Level = Annotated[int, mapped_column(SmallInteger)]  # 1 READ to 4 OWNER
Key = Annotated[str, mapped_column(Bytewise)]
Name = Annotated[str, mapped_column(Bytewise)]


class Base(DeclarativeBase):
    """All models; `Base.metadata` is what migrations are compared with."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


def table_of(model: type[Base]) -> Table:
    """Return a model's table, from aliases of which statements are built."""
    return cast("Table", model.__table__)
