"""Deadlines: from a rule to its day, and the light a clock shows on each day of its life."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.deadlines import REQUIRED, DeadlineRule, Light, as_frozen, due, extended, from_frozen, light
from portal.domain.working_days import DayKind, WorkingCalendar
from tests.domain.world import CALENDAR as OFFICIAL
from tests.domain.world import RULES, on

# Autumn 2026: a holiday from Thursday 1 to Wednesday 7 October, worked in on Saturday 10 October.
CALENDAR = WorkingCalendar(
    exceptions={**{date(2026, 10, day): (DayKind.HOLIDAY, "国庆节") for day in range(1, 8)},
                date(2026, 10, 10): (DayKind.WORKDAY, "国庆节调休上班")},
    official_years=frozenset({2026}), statutory={})
RULE = DeadlineRule(key="complaint", version="2026-01", amount=5, unit="working_days", title="投诉办理",
                    title_en="Complaints", basis="清河市局公开承诺")


@pytest.mark.parametrize(("amount", "unit",         "received",       "promised"), [
    (1,                   "working_days",  "Mon 2026-09-07", "Tue 2026-09-08"),
    (3,                   "working_days",  "Fri 2026-09-11", "Wed 2026-09-16"),
    (5,                   "working_days",  "Wed 2026-09-30", "Tue 2026-10-13"),
    (5,                   "working_days",  "Sat 2026-09-12", "Fri 2026-09-18"),
    (15,                  "calendar_days", "Fri 2026-09-18", "Thu 2026-10-08"),
    (60,                  "calendar_days", "Wed 2026-09-30", "Mon 2026-11-30"),
])
def test_a_rule_makes_a_day_due(amount: int, unit: Any, received: str, promised: str) -> None:
    rule = DeadlineRule(key="k", version="1", amount=amount, unit=unit, title="题", title_en="T", basis="据")
    assert due(rule, on(received), CALENDAR).day == on(promised)


# Civil Code, art. 202 and 203: the same day of the month, or the last of a shorter one; a day off gives way.
@pytest.mark.parametrize(("months", "received",      "promised"), [
    (3,                   "Mon 2026-09-07", "Mon 2026-12-07"),
    (1,                   "Sat 2026-01-31", "Sat 2026-02-28"),   # February has no 31st; that Saturday is worked
    (1,                   "Wed 2024-01-31", "Thu 2024-02-29"),   # a leap year
    (3,                   "Fri 2025-11-28", "Sat 2026-02-28"),
    (1,                   "Sat 2026-02-28", "Mon 2026-03-30"),   # the 28th, which is a Saturday
    (1,                   "Thu 2026-09-03", "Thu 2026-10-08"),   # a holiday
    (4,                   "Mon 2026-08-31", "Thu 2026-12-31"),
    (6,                   "Mon 2026-08-31", "Mon 2027-03-01"),   # 28 February 2027 is a Sunday
    (13,                  "Mon 2025-12-08", "Fri 2027-01-08"),
])
def test_months_are_counted_by_their_names(months: int, received: str, promised: str) -> None:
    rule = DeadlineRule(key="k", version="1", amount=months, unit="months", title="题", title_en="T", basis="据")
    assert due(rule, on(received), OFFICIAL).day == on(promised)


# From the promised day on, in the unit of the rule itself.
@pytest.mark.parametrize(("rule",   "promised",      "extended_to"), [
    ("complaint",           "Wed 2026-09-30", "Tue 2026-10-13"),   # five working days over National Day
    ("petition",            "Mon 2026-08-31", "Wed 2026-09-30"),
    ("petition",            "Mon 2026-09-07", "Thu 2026-10-08"),   # the thirtieth day is a holiday
    ("deputy-suggestion",   "Mon 2026-08-31", "Mon 2026-11-30"),
])
def test_an_extension_is_counted_like_the_rule(rule: str, promised: str, extended_to: str) -> None:
    assert extended(RULES[rule], on(promised), OFFICIAL).day == on(extended_to)


def test_what_leans_on_a_year_without_a_notice_is_provisional() -> None:
    assert not due(RULES["petition"], on("Fri 2026-10-30"), OFFICIAL).provisional   # 29 December 2026
    assert due(RULES["petition"], on("Mon 2026-11-02"), OFFICIAL).provisional       # 1 January 2027, moved on


def test_the_small_city_has_no_rule_of_conduct_that_content_may_lack() -> None:
    """So that every act that the other tests play would also find its number in content."""
    assert {key for key, rule in RULES.items() if not rule.chosen} | {"petition-review"} == set(REQUIRED)


# Five working days from Monday 7 September: due on Monday 14, twice the time is over on Monday 21.
@pytest.mark.parametrize(("today",  "shown"), [
    ("Mon 2026-09-07",              Light.RUNNING),
    ("Thu 2026-09-10",              Light.RUNNING),    # 3 of 5
    ("Fri 2026-09-11",              Light.WARNING),    # 4 of 5
    ("Sun 2026-09-13",              Light.WARNING),
    ("Mon 2026-09-14",              Light.WARNING),    # the due day itself is in time
    ("Tue 2026-09-15",              Light.LATE),
    ("Mon 2026-09-21",              Light.LATE),
    ("Tue 2026-09-22",              Light.VERY_LATE),
])
def test_the_light_of_five_working_days(today: str, shown: Light) -> None:
    start, end = on("Mon 2026-09-07"), on("Mon 2026-09-14")
    assert light(start=start, due=end, today=on(today), calendar=CALENDAR) is shown


@pytest.mark.parametrize(("days", "due_day",         "last_green",     "first_yellow"), [
    (1,                   "Tue 2026-09-08", "Mon 2026-09-07", "Tue 2026-09-08"),
    (3,                   "Thu 2026-09-10", "Wed 2026-09-09", "Thu 2026-09-10"),
    (5,                   "Mon 2026-09-14", "Thu 2026-09-10", "Fri 2026-09-11"),
    (10,                  "Mon 2026-09-21", "Tue 2026-09-15", "Wed 2026-09-16"),  # exactly 70 % warns
    (15,                  "Mon 2026-09-28", "Mon 2026-09-21", "Tue 2026-09-22"),
])
def test_the_warning_comes_when_seventy_percent_is_used(days: int, due_day: str, last_green: str,
                                                        first_yellow: str) -> None:
    start = on("Mon 2026-09-07")
    assert CALENDAR.working_days_between(start, on(due_day)) == days
    shown = [light(start=start, due=on(due_day), today=on(day), calendar=CALENDAR)
             for day in (last_green, first_yellow)]
    assert shown == [Light.RUNNING, Light.WARNING]


@pytest.mark.parametrize(("stopped", "finished",         "shown"), [
    (False,                  None,             Light.LATE),
    (True,                   None,             Light.STOPPED),
    (False,                  "Fri 2026-09-11", Light.DONE),
    (False,                  "Tue 2026-09-15", Light.DONE),  # finished late: told by the two days
    (True,                   "Fri 2026-09-11", Light.DONE),
])
def test_a_clock_that_stopped_or_ended_shows_so(stopped: bool, finished: str | None, shown: Light) -> None:
    seen = light(start=on("Mon 2026-09-07"), due=on("Mon 2026-09-14"), today=on("Wed 2026-09-16"),
                 calendar=CALENDAR, stopped=stopped, finished_on=on(finished) if finished else None)
    assert seen is shown


def test_a_clock_within_one_holiday_still_has_one_day() -> None:
    start, end = on("Thu 2026-10-01"), on("Wed 2026-10-07")
    assert light(start=start, due=end, today=start, calendar=CALENDAR) is Light.RUNNING
    assert light(start=start, due=end, today=on("Thu 2026-10-08"), calendar=CALENDAR) is Light.LATE
    assert light(start=start, due=end, today=on("Fri 2026-10-09"), calendar=CALENDAR) is Light.VERY_LATE


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 40))
def test_a_light_never_turns_back(start: date, amount: int) -> None:
    order = [Light.RUNNING, Light.WARNING, Light.LATE, Light.VERY_LATE]
    end = CALENDAR.add_working_days(start, amount).day
    days = [start + timedelta(i) for i in range(150)]
    seen = [order.index(light(start=start, due=end, today=day, calendar=CALENDAR)) for day in days]
    assert seen == sorted(seen)


def test_a_frozen_rule_reads_back_the_same() -> None:
    assert from_frozen(as_frozen(RULE)) == RULE


@pytest.mark.parametrize(("changed", "message"), [
    ({"amount": 0},        "amount 0 is less than one day"),
    ({"unit": "weeks"},    "unit 'weeks' is not known"),
])
def test_a_senseless_rule_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_frozen({**as_frozen(RULE), **changed})
