"""A due date day by day: which days were counted, which were left out and why, like days drawn together.

Knows no words and no page: a reason is `weekend`, or the name of a holiday or make-up day as the calendar has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.domain.working_days import DueDate, WorkingCalendar

_EACH_DAY_UP_TO = 15  # counted days; of more than these, runs are drawn together too, each within a month
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """Days in a row that count alike: the first to the last number, or none.

    What was left out has a reason; of days counted, a working day that makes up for a holiday has its name.
    """

    first: date
    last: date
    numbers: tuple[int, int] | None
    name: str | None
    provisional: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def day_list(due: DueDate, calendar: WorkingCalendar) -> tuple[Stretch, ...]:
    """In the order of the days. Where calendar days end on a day off, that day stands twice: counted, then left out."""
    fold = len(due.counted) > _EACH_DAY_UP_TO
    found: list[Stretch] = []
    for day in _single_days(due, calendar):
        if found and _is_like(found[-1], day, fold=fold):
            found[-1] = _extended(found[-1], day)
        else:
            found.append(day)
    return tuple(found)


def _single_days(due: DueDate, calendar: WorkingCalendar) -> Iterator[Stretch]:
    by_working_days = all(map(calendar.is_working, due.counted))
    counted = [Stretch(day, day, (n, n), calendar.name_of(day) if by_working_days else None, calendar.is_provisional(day))
               for n, day in enumerate(due.counted, start=1)]
    skipped = [Stretch(day, day, None, name, calendar.is_provisional(day)) for day, name in due.skipped]
    yield from sorted([*counted, *skipped], key=lambda each: (each.first, each.numbers is None))


def _is_like(before: Stretch, day: Stretch, *, fold: bool) -> bool:
    if day.first - before.last != _DAY or (before.name, before.provisional) != (day.name, day.provisional):
        return False
    if fold and before.last.month != day.first.month:
        return False
    if before.numbers is None or day.numbers is None:
        return before.numbers is day.numbers
    return fold and day.name is None


def _extended(before: Stretch, day: Stretch) -> Stretch:
    numbers = (before.numbers[0], day.numbers[1]) if before.numbers and day.numbers else None
    return replace(before, last=day.last, numbers=numbers)
