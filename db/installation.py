"""The models of the installation itself, which belong to no Org."""

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Counted, Key, Time, table_of
from db.constraints import CLUSTERED


class Duty(Base):
    """What one process at a time does for all: whoever holds it must renew it before `until`.

    `seen_at` is when its holder looked at the clock, `sure_at` the last moment that another look
    confirmed.
    """

    __tablename__ = "duty"
    name: Mapped[Key] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    until: Mapped[Time]
    seen_at: Mapped[Time | None]
    sure_at: Mapped[Time | None]
    __table_args__ = (CLUSTERED,)


class Installation(Base):
    """What holds for the database as a whole: a single row.

    Its `epoch` is random, and another after each restore of a backup. A Freehold of the version
    `readable_from` or newer reads the database rightly, though only that of its own changes it.
    """

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(Counted, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(Text)
    readable_from: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("id = 1", name="single"), CLUSTERED)


DUTY, INSTALLATION = table_of(Duty), table_of(Installation)
