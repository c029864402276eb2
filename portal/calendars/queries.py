"""Reads the calendar years entered at the desk and joins them with the calendar of the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.calendars.models import CalendarDay, CalendarYear
from portal.db import db
from portal.domain.working_days import Notice, WorkingCalendar


@dataclass(frozen=True)
class EnteredYear:
    """A version of a year's notice, from the first day it rules on. `is_recounted`: open cases were looked at under it."""

    id: int
    year: int
    version: int
    entered_by: int
    entered_at: datetime
    is_recounted: bool
    first_day: date

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)


def calendar(base: WorkingCalendar) -> WorkingCalendar:
    """The calendar of the files with the years entered here in their place.

    The desk goes first: a person entered the year on a known day and cases were recounted under it. A file that a
    later release brings may not move promised days in silence; where it differs, the desk's page says so.
    """
    notices = entered_notices()
    return base.with_notices(notices) if notices else base


def entered_notices() -> Mapping[int, Notice]:
    """The notices in force, by year."""
    latest = {each.year: each.id for each in history()[::-1]}
    days = db.session.execute(select(CalendarDay.year_id, CalendarDay.day, CalendarDay.kind, CalendarDay.name)
                              .where(CalendarDay.year_id.in_(latest.values())).order_by(CalendarDay.day)).all()
    return {year: {row.day: (row.kind, row.name) for row in days if row.year_id == id_} for year, id_ in latest.items()}


def history() -> Sequence[EnteredYear]:
    """Every entry, the last version of each year first."""
    found = (select(CalendarYear, func.min(CalendarDay.day)).join(CalendarDay, CalendarDay.year_id == CalendarYear.id)
             .group_by(CalendarYear.id).order_by(CalendarYear.year.desc(), CalendarYear.version.desc()))
    return [EnteredYear(each.id, each.year, each.version, each.entered_by, each.entered_at, each.recounted_at is not None,
                        min(first, date(each.year, 1, 1))) for each, first in db.session.execute(found).all()]


def version_of(year: int) -> int:
    """How often this year was entered."""
    return db.session.scalar(select(func.max(CalendarYear.version)).where(CalendarYear.year == year)) or 0


def to_recount() -> Sequence[EnteredYear]:
    """Entries under which open cases have not been looked at yet, the oldest first."""
    return [each for each in sorted(history(), key=lambda each: each.id) if not each.is_recounted]
