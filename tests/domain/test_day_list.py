"""A due date explains itself: every day on the way stands in the list, with its number or the reason why it has none."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.day_list import Stretch, day_list
from tests.domain.test_working_days import CALENDAR, DAYS, on


def told(stretches: tuple[Stretch, ...]) -> list[str]:
    """`Sat 02-14: 2 春节调休上班`, `Sun 02-15 - Mon 02-23: 春节`."""
    lines = []
    for each in stretches:
        days = f"{each.first:%a %m-%d}" + (f" - {each.last:%a %m-%d}" if each.last != each.first else "")
        numbers = "-".join(dict.fromkeys(map(str, each.numbers))) if each.numbers else ""
        lines.append(f"{days}: " + " ".join(filter(None, [numbers, each.name, "provisional" if each.provisional else ""])))
    return lines


def days_of(stretches: tuple[Stretch, ...], *, counted: bool) -> Iterator[date]:
    for each in stretches:
        if (each.numbers is not None) is counted:
            yield from (each.first + timedelta(n) for n in range(each.days))


def test_over_spring_festival_with_its_two_saturdays() -> None:
    assert told(day_list(CALENDAR.add_working_days(on("Thu 2026-02-12"), 7), CALENDAR)) == [
        "Fri 02-13: 1",
        "Sat 02-14: 2 春节调休上班",
        "Sun 02-15 - Mon 02-23: 春节",
        "Tue 02-24: 3",
        "Wed 02-25: 4",
        "Thu 02-26: 5",
        "Fri 02-27: 6",
        "Sat 02-28: 7 春节调休上班"]


def test_over_national_day() -> None:
    assert told(day_list(CALENDAR.add_working_days(on("Wed 2026-09-30"), 5), CALENDAR)) == [
        "Thu 10-01 - Wed 10-07: 国庆节",
        "Thu 10-08: 1",
        "Fri 10-09: 2",
        "Sat 10-10: 3 国庆节调休上班",
        "Sun 10-11: weekend",
        "Mon 10-12: 4",
        "Tue 10-13: 5"]


def test_into_a_year_without_a_notice() -> None:
    assert told(day_list(CALENDAR.add_working_days(on("Wed 2026-12-30"), 3), CALENDAR)) == [
        "Thu 12-31: 1",
        "Fri 01-01: 元旦 provisional",
        "Sat 01-02 - Sun 01-03: weekend provisional",
        "Mon 01-04: 2 provisional",
        "Tue 01-05: 3 provisional"]


def test_calendar_days_that_end_on_a_day_off() -> None:
    assert told(day_list(CALENDAR.add_calendar_days(on("Wed 2026-07-08"), 3), CALENDAR)) == [
        "Thu 07-09: 1", "Fri 07-10: 2", "Sat 07-11: 3", "Sat 07-11 - Sun 07-12: weekend"]


def test_many_calendar_days_are_drawn_together_by_months() -> None:
    assert told(day_list(CALENDAR.add_calendar_days(on("Wed 2026-09-30"), 60), CALENDAR)) == [
        "Thu 10-01 - Sat 10-31: 1-31",
        "Sun 11-01 - Sun 11-29: 32-60",
        "Sun 11-29: weekend"]


def test_many_working_days_are_drawn_together_by_weeks_and_no_run_crosses_a_month() -> None:
    found = told(day_list(CALENDAR.add_working_days(on("Wed 2026-09-30"), 20), CALENDAR))
    assert found[:5] == ["Thu 10-01 - Wed 10-07: 国庆节", "Thu 10-08 - Fri 10-09: 1-2", "Sat 10-10: 3 国庆节调休上班",
                         "Sun 10-11: weekend", "Mon 10-12 - Fri 10-16: 4-8"]
    assert found[-3:] == ["Sat 10-31: weekend", "Sun 11-01: weekend", "Mon 11-02 - Tue 11-03: 19-20"]


def test_nothing_to_count() -> None:
    assert day_list(CALENDAR.add_working_days(on("Mon 2026-07-06"), 0), CALENDAR) == ()
    assert told(day_list(CALENDAR.add_working_days(on("Sat 2026-07-11"), 0), CALENDAR)) == ["Sat 07-11 - Sun 07-12: weekend"]


@pytest.mark.parametrize("unit", ["working", "calendar"])
@given(start=DAYS, n=st.integers(0, 200))
def test_no_day_is_lost_and_numbers_run_through(unit: str, start: date, n: int) -> None:
    add = CALENDAR.add_working_days if unit == "working" else CALENDAR.add_calendar_days
    due = add(start, n)
    found = day_list(due, CALENDAR)
    assert tuple(days_of(found, counted=True)) == due.counted
    assert tuple(days_of(found, counted=False)) == tuple(day for day, _ in due.skipped)
    numbers = [number for each in found if each.numbers for number in range(each.numbers[0], each.numbers[1] + 1)]
    assert numbers == list(range(1, len(due.counted) + 1))
    assert [each.first for each in found] == sorted(each.first for each in found)
