"""Working hours: when staff act, and how much of their time lies between two moments. Knows no case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.domain.working_days import WorkingCalendar

DAY = 420  # minutes of working time
_SPELLS = ((time(8, 30), time(12)), (time(14), time(17, 30)))
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Office:
    calendar: WorkingCalendar

    def after(self, moment: datetime, minutes: float) -> datetime:
        """The moment at which `minutes` of working time have passed."""
        for begin, end in self._spells(moment):
            here = (end - begin) / _MINUTE
            if minutes < here:
                return begin + minutes * _MINUTE
            minutes -= here
        raise AssertionError("working days never end")

    def between(self, begin: datetime, end: datetime) -> float:
        """Minutes of working time, none where `end` comes first."""
        total = 0.0
        for first, last in self._spells(begin):
            if first >= end:
                return total
            total += (min(last, end) - first) / _MINUTE
        raise AssertionError("working days never end")

    def closing(self, day: date, moment: datetime) -> datetime:
        """The end of working time on a day, in the zone of `moment`."""
        return datetime.combine(day, _SPELLS[-1][1], moment.tzinfo)

    def working_day(self, today: date, away: int) -> date:
        """The working day that is `away` working days from today; zero is today, or the first one after it."""
        if away >= 0:
            return self.calendar.add_working_days(today, away).day
        day = today
        while away:
            day -= timedelta(days=1)
            away += self.calendar.is_working(day)
        return day

    def _spells(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of today's working time, then that of every working day to come."""
        day = moment.date()
        while True:
            if self.calendar.is_working(day):
                for opens, closes in _SPELLS:
                    begin = max(datetime.combine(day, opens, moment.tzinfo), moment)
                    end = datetime.combine(day, closes, moment.tzinfo)
                    if begin < end:
                        yield begin, end
            day += timedelta(days=1)
