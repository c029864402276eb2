"""Enters a year's official notice, whole or not at all; what was in force before is kept as an older version."""

from datetime import datetime

from sqlalchemy import update

from portal.calendars.models import CalendarDay, CalendarYear
from portal.calendars.queries import entered_notices, version_of
from portal.counters import note_content_change
from portal.db import db
from portal.domain.errors import InvalidError, StaleError
from portal.domain.holiday_notice import parse_notice
from portal.domain.working_days import WorkingCalendar

LONGEST_NOTICE = 20_000  # characters


def enterable_years(now: datetime) -> range:
    """Next year's notice, a late change to this year's, and the year before for statistics."""
    return range(now.year - 1, now.year + 2)


def enter_year(year: int, text: str, *, calendar: WorkingCalendar, seen: int, by: int, now: datetime) -> int:
    """Takes over a notice as it was pasted; returns the version it makes. The same days again change nothing.

    `seen` is the version of the year that would be replaced. Raises InvalidError for another year or a notice with
    faults, StaleError where somebody else entered the year meanwhile.
    """
    if year not in enterable_years(now):
        raise InvalidError({"year": "choice"})
    if len(text) > LONGEST_NOTICE:
        raise InvalidError({"notice": "too_long"})
    parsed = parse_notice(text, year, calendar)
    if parsed.faults:
        raise InvalidError({"notice": "notice_faulty"})
    present = version_of(year)
    notice = {row.day: (row.kind, row.name) for row in parsed.rows}
    if present and entered_notices()[year] == notice:
        return present
    if seen != present:
        raise StaleError(number=str(year), seen=seen, now=present)
    entry = CalendarYear(year=year, version=present + 1, source=text, entered_by=by, entered_at=now)
    db.session.add(entry)
    db.session.flush()
    db.session.add_all(CalendarDay(year_id=entry.id, day=row.day, kind=row.kind, name=row.name) for row in parsed.rows)
    db.session.flush()
    note_content_change()
    return entry.version


def note_recounted(year_id: int, *, now: datetime) -> None:
    """The promised days of open cases have been computed anew under this entry."""
    db.session.execute(update(CalendarYear).where(CalendarYear.id == year_id).values(recounted_at=now))
