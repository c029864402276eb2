"""Counting days by the shipped tables: holidays, make-up weekends, last days off, years without a notice."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.working_days import CalendarError, DayKind, WorkingCalendar, calendar_from

FOLDER = Path(__file__).parents[2] / "content" / "calendar"


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# These three years as shipped; later years stay without a notice here, whatever is added to the folder.
CALENDAR = calendar_from({year: rows_of(str(year)) for year in (2024, 2025, 2026)}, rows_of("statutory"))
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def on(text: str) -> date:
    """`Thu 2026-02-12`, where the weekday must be the true one."""
    weekday, day = text.split()
    found = date.fromisoformat(day)
    assert found.strftime("%a") == weekday, f"{day} is a {found:%a}"
    return found


@pytest.mark.parametrize(("received", "days", "due"), [
    ("Thu 2026-02-12",             5,      "Thu 2026-02-26"),  # Spring Festival; Saturday 14 is worked
    ("Fri 2026-09-18",             5,      "Thu 2026-09-24"),  # Sunday 20 September is worked
    ("Wed 2026-09-30",             5,      "Tue 2026-10-13"),  # National Day; Saturday 10 October is worked
    ("Thu 2026-04-30",             5,      "Mon 2026-05-11"),  # Labour Day; Saturday 9 May is worked
    ("Fri 2025-09-26",             5,      "Fri 2025-10-10"),  # Sunday 28 September is worked
    ("Mon 2026-07-06",             1,      "Tue 2026-07-07"),
    ("Fri 2026-07-10",             1,      "Mon 2026-07-13"),
    ("Sat 2026-07-11",             1,      "Mon 2026-07-13"),  # received on a day off
    ("Mon 2026-07-06",             0,      "Mon 2026-07-06"),
    ("Sat 2026-07-11",             0,      "Mon 2026-07-13"),
])
def test_working_days_by_the_official_tables(received: str, days: int, due: str) -> None:
    found = CALENDAR.add_working_days(on(received), days)
    assert found.day == on(due)
    assert not found.provisional


@pytest.mark.parametrize(("received", "days", "due"), [
    ("Fri 2026-09-18",             15,     "Thu 2026-10-08"),  # 3 October is a holiday
    ("Wed 2026-09-30",             60,     "Mon 2026-11-30"),  # 29 November is a Sunday
    ("Sat 2026-09-05",             15,     "Sun 2026-09-20"),  # a Sunday that is worked is no day off
    ("Mon 2026-07-06",             15,     "Tue 2026-07-21"),
    ("Mon 2026-07-06",             0,      "Mon 2026-07-06"),
    ("Sat 2026-07-11",             0,      "Mon 2026-07-13"),
])
def test_calendar_days_end_on_a_working_day(received: str, days: int, due: str) -> None:
    assert CALENDAR.add_calendar_days(on(received), days).day == on(due)


@pytest.mark.parametrize(("day",  "working", "name"), [
    ("Fri 2024-02-09",            True,      None),               # New Year's Eve before the revision of 2024
    ("Sun 2024-02-04",            True,      "春节调休上班"),
    ("Sun 2024-02-18",            True,      "春节调休上班"),
    ("Sun 2025-01-26",            True,      "春节调休上班"),
    ("Tue 2025-01-28",            False,     "春节"),             # New Year's Eve after it
    ("Mon 2025-10-06",            False,     "中秋节"),
    ("Fri 2026-01-02",            False,     "元旦"),
    ("Sun 2026-01-04",            True,      "元旦调休上班"),
    ("Sat 2026-02-14",            True,      "春节调休上班"),
    ("Mon 2026-02-23",            False,     "春节"),
    ("Sat 2026-02-28",            True,      "春节调休上班"),
    ("Sat 2026-05-09",            True,      "劳动节调休上班"),
    ("Sun 2026-09-20",            True,      "国庆节调休上班"),
    ("Wed 2026-10-07",            False,     "国庆节"),
    ("Sat 2026-10-10",            True,      "国庆节调休上班"),
    ("Sat 2026-10-17",            False,     None),
    ("Fri 2027-02-05",            False,     "春节"),             # from here on without a notice
    ("Tue 2027-02-09",            True,      None),
    ("Tue 2028-10-03",            False,     "国庆节、中秋节"),
    ("Wed 2031-01-01",            True,      None),               # beyond the statutory table as well
])
def test_what_a_day_is(day: str, working: bool, name: str | None) -> None:
    assert (CALENDAR.is_working(on(day)), CALENDAR.name_of(on(day))) == (working, name)


@pytest.mark.parametrize(("received", "unit",      "days", "due",            "provisional"), [
    ("Thu 2026-12-24",             "working",   5,      "Thu 2026-12-31", False),
    ("Thu 2026-12-24",             "working",   6,      "Mon 2027-01-04", True),
    ("Thu 2026-12-31",             "working",   1,      "Mon 2027-01-04", True),
    ("Wed 2026-12-30",             "calendar",  1,      "Thu 2026-12-31", False),
    ("Wed 2026-12-30",             "calendar",  2,      "Mon 2027-01-04", True),
    ("Tue 2023-12-19",             "calendar",  15,     "Wed 2024-01-03", False),  # only the last one matters
    ("Fri 2023-12-29",             "working",   1,      "Tue 2024-01-02", True),   # all days on the way do
])
def test_a_day_that_leans_on_a_year_without_a_notice_is_provisional(
        received: str, unit: str, days: int, due: str, provisional: bool) -> None:
    add = {"working": CALENDAR.add_working_days, "calendar": CALENDAR.add_calendar_days}[unit]
    found = add(on(received), days)
    assert (found.day, found.provisional) == (on(due), provisional)


def test_a_due_day_explains_itself() -> None:
    found = CALENDAR.add_working_days(on("Wed 2026-09-30"), 3)
    assert found.counted == (on("Thu 2026-10-08"), on("Fri 2026-10-09"), on("Sat 2026-10-10"))
    assert found.skipped == tuple((date(2026, 10, day), "国庆节") for day in range(1, 8))


def test_the_days_off_at_the_end_of_calendar_days_are_explained() -> None:
    found = CALENDAR.add_calendar_days(on("Wed 2026-07-08"), 3)
    assert found.counted == (on("Thu 2026-07-09"), on("Fri 2026-07-10"), on("Sat 2026-07-11"))
    assert found.skipped == ((on("Sat 2026-07-11"), "weekend"), (on("Sun 2026-07-12"), "weekend"))


@pytest.mark.parametrize(("a",  "b",              "between"), [
    ("Wed 2026-09-30",          "Tue 2026-10-13", 5),
    ("Tue 2026-10-13",          "Wed 2026-09-30", -5),
    ("Fri 2026-07-10",          "Sun 2026-07-12", 0),
    ("Fri 2026-07-10",          "Fri 2026-07-10", 0),
    ("Sun 2026-07-12",          "Mon 2026-07-13", 1),
])
def test_working_days_between(a: str, b: str, between: int) -> None:
    assert CALENDAR.working_days_between(on(a), on(b)) == between


def test_a_negative_count_is_refused() -> None:
    for add in (CALENDAR.add_working_days, CALENDAR.add_calendar_days):
        with pytest.raises(ValueError, match="must not be negative"):
            add(date(2026, 7, 6), -1)


def test_a_new_notice_replaces_the_statutory_days() -> None:
    notice = [{"day": "2027-01-01", "kind": "holiday", "name": "元旦"}]
    later = calendar_from({2027: notice}, rows_of("statutory"))
    assert not later.is_provisional(on("Fri 2027-02-05"))
    assert later.is_working(on("Fri 2027-02-05"))  # this made-up notice does not name it


def test_a_notice_may_rule_on_the_december_before() -> None:
    notice = [{"day": "2026-12-27", "kind": "workday", "name": "元旦调休上班"}]
    assert calendar_from({2027: notice}, []).is_working(on("Sun 2026-12-27"))


# --- against a reference that is too simple to be wrong -----------------------------------------------------

def slow_is_working(day: date) -> bool:
    listed = {row["day"]: row["kind"] for year in (2024, 2025, 2026) for row in rows_of(str(year))}
    if str(day) in listed:
        return listed[str(day)] == "workday"
    off = {row["day"] for row in rows_of("statutory")} if day.year > 2026 else set()
    return day.strftime("%a") not in ("Sat", "Sun") and str(day) not in off


SLOW: Mapping[date, bool] = {day: slow_is_working(day) for day in
                             (date(2023, 12, 31) + timedelta(i) for i in range(366 * 6))}


@given(DAYS)
def test_each_day_agrees_with_the_reference(day: date) -> None:
    assert CALENDAR.is_working(day) is SLOW[day]


@given(DAYS, st.integers(1, 90))
def test_working_days_agree_with_the_reference(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += timedelta(1)
        left -= SLOW[day]
    found = CALENDAR.add_working_days(start, n)
    assert found.day == day == found.counted[-1]
    assert len(found.counted) == n
    walked = sorted([*found.counted, *(off for off, _ in found.skipped)])
    assert walked == [start + timedelta(i) for i in range(1, (day - start).days + 1)]
    assert CALENDAR.working_days_between(start, day) == n


@given(DAYS, st.integers(0, 120))
def test_calendar_days_agree_with_the_reference(start: date, n: int) -> None:
    day = start + timedelta(n)
    while not SLOW[day]:
        day += timedelta(1)
    assert CALENDAR.add_calendar_days(start, n).day == day


@given(DAYS, DAYS, DAYS)
def test_working_days_between_add_up(a: date, b: date, c: date) -> None:
    between = CALENDAR.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)


@given(DAYS, st.integers(1, 60))
def test_one_more_day_is_never_earlier(start: date, n: int) -> None:
    assert CALENDAR.add_working_days(start, n).day < CALENDAR.add_working_days(start, n + 1).day
    assert CALENDAR.add_working_days(start, n).day <= CALENDAR.add_working_days(start + timedelta(1), n).day


# --- faulty tables ------------------------------------------------------------------------------------------

GOOD = {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"}


@pytest.mark.parametrize(("row", "message"), [
    ({"day": "2026-10-32"},                        "calendar 2026, row 3: day '2026-10-32' is not a date"),
    ({"day": ""},                                  "calendar 2026, row 3: day '' is not a date"),
    ({"day": "2026-10-02", "kind": "off"},         "calendar 2026, row 3: kind 'off' is neither"),
    ({"day": "2026-10-02", "name": " "},           "calendar 2026, row 3: 2026-10-02 has no name"),
    ({"day": "2025-10-02"},                        "calendar 2026, row 3: 2025-10-02 is not a day of 2026"),
    ({"day": "2026-10-01"},                        "calendar 2026, row 3: 2026-10-01 is listed twice"),
    ({"day": "2026-10-09", "kind": "workday"},     "calendar 2026, row 3: 2026-10-09 is a working day"),
])
def test_a_faulty_row_is_named(row: dict[str, str], message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        calendar_from({2026: [GOOD, {**GOOD, **row}]}, [])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(CalendarError, match="calendar statutory, row 2: 2027-01-01 has no name"):
        calendar_from({}, [{"day": "2027-01-01"}])


def test_a_year_without_rows_is_no_official_year() -> None:
    with pytest.raises(CalendarError, match="calendar 2026: no rows"):
        calendar_from({2026: []}, [])


def test_two_notices_must_agree_about_december() -> None:
    day = {"day": "2026-12-26", "kind": "workday", "name": "元旦调休上班"}
    with pytest.raises(CalendarError, match="calendar 2027: 2026-12-26 is told otherwise"):
        calendar_from({2026: [{**day, "kind": "holiday"}], 2027: [day]}, [])


# --- years without a notice, and years that are entered later ---------------------------------------------------

@pytest.mark.parametrize(("a",  "b",              "leans"), [
    ("Thu 2026-12-24",          "Thu 2026-12-31", False),
    ("Thu 2026-12-24",          "Mon 2027-01-04", True),
    ("Thu 2026-12-31",          "Fri 2027-01-01", True),
    ("Fri 2027-01-01",          "Fri 2027-01-01", False),  # no day lies between
    ("Mon 2027-01-04",          "Thu 2026-12-31", False),  # nor here
    ("Sun 2023-12-31",          "Mon 2024-01-01", False),  # the first day is not among them
    ("Sat 2023-12-30",          "Mon 2024-01-01", True),
    ("Thu 2025-12-25",          "Wed 2028-01-05", True),
])
def test_a_promise_that_leans_on_a_year_without_a_notice(a: str, b: str, leans: bool) -> None:
    assert CALENDAR.leans_on_unknown(on(a), on(b)) is leans


@given(DAYS, st.integers(1, 90))
def test_what_leans_on_nothing_unknown_is_not_provisional(start: date, n: int) -> None:
    for found in (CALENDAR.add_working_days(start, n), CALENDAR.add_calendar_days(start, n)):
        assert CALENDAR.leans_on_unknown(start, found.day) or not found.provisional
    working = CALENDAR.add_working_days(start, n)
    assert working.provisional is CALENDAR.leans_on_unknown(start, working.day)


@pytest.mark.parametrize(("today", "missing"), [
    ("Sat 2026-10-31",             None),
    ("Sun 2026-11-01",             2027),
    ("Thu 2026-12-31",             2027),
    ("Fri 2027-01-01",             2027),
    ("Mon 2027-11-01",             2027),  # the first of two
    ("Sat 2025-11-01",             None),
])
def test_from_november_on_next_years_notice_is_missed(today: str, missing: int | None) -> None:
    assert CALENDAR.missing_year(on(today)) == missing


def test_the_calendar_knows_where_it_begins_and_ends() -> None:
    assert (CALENDAR.first_day, CALENDAR.last_day) == (date(2024, 1, 1), date(2030, 12, 31))


def test_an_entered_year_joins_the_others() -> None:
    later = CALENDAR.with_notices({2027: {on("Mon 2027-02-08"): (DayKind.HOLIDAY, "春节"),
                                          on("Sat 2027-02-20"): (DayKind.WORKDAY, "春节调休上班")}})
    assert later.official_years == {2024, 2025, 2026, 2027}
    assert not later.is_working(on("Mon 2027-02-08"))
    assert later.is_working(on("Sat 2027-02-20"))
    assert later.is_working(on("Sat 2026-02-14"))
    assert not CALENDAR.is_working(on("Sat 2027-02-20"))


def test_a_year_entered_again_replaces_every_day_of_the_former() -> None:
    changed = CALENDAR.with_notices({2026: {on("Mon 2026-06-01"): (DayKind.HOLIDAY, "端午节")}})
    assert not changed.is_working(on("Mon 2026-06-01"))
    assert changed.is_working(on("Fri 2026-06-19"))
    assert not changed.is_working(on("Sat 2026-02-14"))


def test_of_two_notices_about_one_december_the_later_holds() -> None:
    day = on("Sun 2026-12-27")
    entered = {2026: {day: (DayKind.HOLIDAY, "某节")}, 2027: {day: (DayKind.WORKDAY, "元旦调休上班")}}
    assert CALENDAR.with_notices(entered).is_working(day)


def test_the_plain_value_needs_no_tables() -> None:
    plain = WorkingCalendar(exceptions={date(2026, 7, 11): (DayKind.WORKDAY, "加班")},
                            official_years=frozenset(), statutory={})
    assert plain.is_working(date(2026, 7, 11))
    assert plain.is_provisional(date(2026, 7, 11))


@given(DAYS, DAYS)
def test_counting_between_two_days_agrees_with_counting_one_by_one(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    one_by_one = sum(CALENDAR.is_working(first + timedelta(i)) for i in range(1, (last - first).days + 1))
    assert CALENDAR.working_days_between(first, last) == one_by_one
    assert CALENDAR.working_days_between(last, first) == -one_by_one


# --- ten years of published calendars ---------------------------------------------------------------------------------

def published() -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    with (Path(__file__).parent / "data" / "holidays_2016_2026.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["year"]), []).append(row)
    return found


TEN_YEARS = calendar_from(published(), [])
KINDS = {row["day"]: row["kind"] for rows in published().values() for row in rows}
LAST = date(2026, 12, 31)


def slow_ten_years(day: date) -> bool:
    return KINDS.get(str(day), "workday" if day.strftime("%a") not in ("Sat", "Sun") else "holiday") == "workday"


WORKED: Mapping[date, bool] = {day: slow_ten_years(day) for day in
                               (date(2016, 1, 1) + timedelta(i) for i in range((LAST - date(2016, 1, 1)).days + 1))}


@pytest.mark.parametrize("n", [1, 3, 5, 15])
def test_ten_years_of_working_days_agree_with_counting_on_ones_fingers(n: int) -> None:
    assert TEN_YEARS.official_years == set(range(2016, 2027))
    ends = [day for day, worked in WORKED.items() if worked]
    before = 0  # working days up to and including the start
    for start in WORKED:
        before += WORKED[start]
        if before + n > len(ends):
            break
        assert TEN_YEARS.add_working_days(start, n).day == ends[before + n - 1], start
        assert TEN_YEARS.working_days_between(start, ends[before + n - 1]) == n


@pytest.mark.parametrize("n", [15, 30, 60])
def test_ten_years_of_calendar_days_end_on_a_working_day(n: int) -> None:
    for start in WORKED:
        end = start + timedelta(n)
        while end in WORKED and not WORKED[end]:
            end += timedelta(1)
        if end not in WORKED:
            break
        assert TEN_YEARS.add_calendar_days(start, n).day == end, start


def test_the_ten_years_hold_what_makes_them_hard() -> None:
    kinds = list(KINDS.values())
    assert kinds.count("workday") > 60 and kinds.count("holiday") > 290
    assert KINDS["2018-12-29"] == "workday"  # a December ruled on by the next year's notice
