"""The Chinese working calendar and counting in it: holidays, make-up weekends, years without official data.

Knows nothing of files, of the clock, and of which deadline a day belongs to.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

_DAY = timedelta(days=1)
_SATURDAY = 5  # date.weekday()
_NOTICE_DAY = (11, 1)  # month and day from which next year's notice is expected: that for 2026 came on 4 November

WEEKEND = "weekend"  # the reason code of a day left out that has no name of its own


class CalendarError(ValueError):
    """A calendar table is faulty; the message names the table and the row."""


class DayKind(StrEnum):
    """What an exception says. Only exceptions are listed: other days follow the day of the week."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


Notice = Mapping[date, tuple[DayKind, str]]  # the exceptions that one year's official notice rules on, with their names


@dataclass(frozen=True)
class DueDate:
    """A due day and why it is that day.

    `counted` are the days that were counted, `skipped` the days off that were not, each with `weekend` or the
    name of the holiday. For calendar days `skipped` are the days off at the end: the last counted day may be
    the first of them.
    `provisional` says that the day leans on a year whose official notice is not out.
    """

    day: date
    provisional: bool
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class WorkingCalendar:
    """`exceptions` from the official notices; `statutory` days off stand in for years without a notice.

    `notices` are the tables that the exceptions were joined from, by the year they were issued for.
    """

    exceptions: Notice
    official_years: frozenset[int]
    statutory: Mapping[date, str]
    notices: Mapping[int, Notice] = field(default_factory=dict)

    def with_notices(self, entered: Mapping[int, Notice]) -> "WorkingCalendar":
        """The same with these years' notices in place of its own; of two that rule on one December the later holds."""
        notices = dict(sorted({**self.notices, **entered}.items()))
        joined = {day: entry for notice in notices.values() for day, entry in notice.items()}
        return WorkingCalendar(joined, frozenset(notices), self.statutory, notices)

    @property
    def first_day(self) -> date:
        """Before it nothing is known; raises ValueError for a calendar without any notice."""
        return date(min(self.official_years), 1, 1)

    @property
    def last_day(self) -> date:
        """After it not even the statutory days are known."""
        return date(max(*self.official_years, *(day.year for day in self.statutory)), 12, 31)

    def is_working(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day][0] is DayKind.WORKDAY
        return _is_weekday(day) and self.name_of(day) is None

    def is_provisional(self, day: date) -> bool:
        """Whether the day belongs to a year without an official notice, so that it may still change."""
        return day.year not in self.official_years

    def leans_on_unknown(self, a: date, b: date) -> bool:
        """Whether any day after `a` up to and including `b` belongs to a year without an official notice."""
        return a < b and any(year not in self.official_years for year in range((a + _DAY).year, b.year + 1))

    def missing_year(self, today: date) -> int | None:
        """The year whose notice should be in by now and is not: this one; from 1 November on also the next."""
        due = (today.year, today.year + 1) if (today.month, today.day) >= _NOTICE_DAY else (today.year,)
        return next((year for year in due if year not in self.official_years), None)

    def name_of(self, day: date) -> str | None:
        """The holiday, or the make-up working day; None for an ordinary day."""
        if day in self.exceptions:
            return self.exceptions[day][1]
        return self.statutory.get(day) if self.is_provisional(day) else None

    def add_working_days(self, start: date, n: int) -> DueDate:
        """The `n`-th working day after `start`; zero is the first working day from `start` on.

        The first day is not counted (Civil Code, art. 201). Raises ValueError for a negative `n`.
        """
        if _not_negative(n) == 0:
            return self.add_calendar_days(start, 0)
        counted: list[date] = []
        skipped: list[date] = []
        days = _days_after(start)
        while len(counted) < n:
            day = next(days)
            (counted if self.is_working(day) else skipped).append(day)
        return self._due(counted[-1], counted, skipped, unsure=[*counted, *skipped])

    def add_calendar_days(self, start: date, n: int) -> DueDate:
        """The `n`-th day after `start`, moved on to a working day where it is a day off.

        The first day is not counted; a last day that is a day off gives way to the next working day
        (Civil Code, art. 201 and 203). Raises ValueError for a negative `n`.
        """
        counted = [start + _DAY * i for i in range(1, _not_negative(n) + 1)]
        day = start + _DAY * n
        skipped: list[date] = []
        while not self.is_working(day):
            skipped.append(day)
            day += _DAY
        return self._due(day, counted, skipped, unsure=[*skipped, day])

    def add_months(self, start: date, n: int) -> DueDate:
        """The same day of the `n`-th month after `start`, or the last of a shorter month, moved on to a working day.

        Civil Code, art. 202 and 203. Raises ValueError for a negative `n`.
        """
        years, month = divmod(start.month - 1 + _not_negative(n), 12)
        year, month = start.year + years, month + 1
        day = date(year, month, min(start.day, monthrange(year, month)[1]))
        return self.add_calendar_days(start, (day - start).days)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` is before `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        return _weekdays_until(b) - _weekdays_until(a) + self._corrected_until(b) - self._corrected_until(a)

    def _corrected_until(self, day: date) -> int:
        """How many working days more or fewer than weekdays there are up to this day, of those that were corrected."""
        days, sums = self._corrections
        return sums[bisect_right(days, day)]

    @cached_property
    def _corrections(self) -> tuple[list[date], list[int]]:
        """The days whose kind is not that of their weekday, in order, and the running sum of what they add."""
        special = sorted({*self.exceptions, *(day for day in self.statutory if self.is_provisional(day))})
        days = [day for day in special if self.is_working(day) is not _is_weekday(day)]
        return days, list(accumulate((1 if self.is_working(day) else -1 for day in days), initial=0))

    def _due(self, day: date, counted: list[date], skipped: list[date], *, unsure: list[date]) -> DueDate:
        return DueDate(day=day, provisional=any(map(self.is_provisional, unsure)), counted=tuple(counted),
                       skipped=tuple((off, self.name_of(off) or WEEKEND) for off in skipped))


def _is_weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from a fixed Monday long ago up to and including this day."""
    weeks, rest = divmod(day.toordinal() - 1, 7)  # 1 January of the year 1 was a Monday
    return weeks * 5 + min(rest + 1, 5)


def _not_negative(n: int) -> int:
    if n < 0:
        raise ValueError(f"days to count must not be negative: {n}")
    return n


def _days_after(start: date) -> Iterator[date]:
    while True:
        start += _DAY
        yield start


# --- reading the tables: rows are numbered as in the file, the heading being row 1 --------------------------

def calendar_from(rows_by_year: Mapping[int, Iterable[Mapping[str, str]]],
                  statutory_rows: Iterable[Mapping[str, str]]) -> WorkingCalendar:
    """The calendar of the official tables (`day,kind,name`) and the table of statutory days (`day,name`).

    Raises CalendarError naming year and row.
    """
    notices = {year: parse_rows(rows, year=year) for year, rows in sorted(rows_by_year.items())}
    exceptions: dict[date, tuple[DayKind, str]] = {}
    for year, notice in notices.items():
        for day, entry in notice.items():
            if exceptions.setdefault(day, entry) != entry:
                raise CalendarError(f"calendar {year}: {day} is told otherwise by the year before")
    return WorkingCalendar(exceptions, frozenset(notices), _parse_statutory(statutory_rows), notices)


def parse_rows(rows: Iterable[Mapping[str, str]], *, year: int) -> dict[date, tuple[DayKind, str]]:
    """The exceptions of one year's official notice; raises CalendarError naming year and row.

    A notice may also rule on December of the year before, as the one for 2019 did.
    """
    found: dict[date, tuple[DayKind, str]] = {}
    for number, row in enumerate(rows, start=2):
        where = f"calendar {year}, row {number}"
        day, name = _read(row, where, seen=found)
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise CalendarError(f"{where}: {day} is not a day of {year}")
        found[day] = (_kind_of(row, day, where), name)
    if not found:
        raise CalendarError(f"calendar {year}: no rows")
    return found


def _parse_statutory(rows: Iterable[Mapping[str, str]]) -> dict[date, str]:
    found: dict[date, str] = {}
    for number, row in enumerate(rows, start=2):
        day, name = _read(row, f"calendar statutory, row {number}", seen=found)
        found[day] = name
    return found


def _read(row: Mapping[str, str], where: str, *, seen: Mapping[date, object]) -> tuple[date, str]:
    text, name = (row.get("day") or "").strip(), (row.get("name") or "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise CalendarError(f"{where}: day {text!r} is not a date such as 2026-10-01") from fault
    if not name:
        raise CalendarError(f"{where}: {day} has no name")
    if day in seen:
        raise CalendarError(f"{where}: {day} is listed twice")
    return day, name


def _kind_of(row: Mapping[str, str], day: date, where: str) -> DayKind:
    text = (row.get("kind") or "").strip()
    if text not in set(DayKind):
        raise CalendarError(f"{where}: kind {text!r} is neither holiday nor workday")
    kind = DayKind(text)
    if kind is DayKind.WORKDAY and day.weekday() < _SATURDAY:
        raise CalendarError(f"{where}: {day} is a working day anyway, only weekends are made up")
    return kind
