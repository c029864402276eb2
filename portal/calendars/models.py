"""One year's official notice as it was entered, and the days it rules on. Rows are only ever added."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeOf, Model, Moment
from portal.domain.working_days import DayKind


class CalendarYear(Model):
    """The last version of a year is in force. `source` is the notice as it was pasted.

    `recounted_at` is when the promised days of open cases were computed anew under it; until then the worker has to.
    """

    __tablename__ = "calendar_years"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    recounted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("year", "version"),)


class CalendarDay(Model):
    __tablename__ = "calendar_days"

    year_id: Mapped[int] = mapped_column(ForeignKey("calendar_years.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(CodeOf(DayKind))
    name: Mapped[str] = mapped_column(String(80))
