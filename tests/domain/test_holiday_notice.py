# ruff: noqa: E501 - a table is read in aligned columns
"""Reading the official notice as it is pasted: eleven real ones, and every slip named with its line."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.holiday_notice import HOLIDAYS, REASON_WORDS, Parsed, Reason, parse_notice
from portal.domain.working_days import DayKind, Notice, WorkingCalendar, calendar_from

DATA = Path(__file__).parent / "data"
CONTENT = Path(__file__).parents[2] / "content" / "calendar"
NONE = WorkingCalendar({}, frozenset(), {})
NOTICES = {int(re.findall(r"关于(\d{4})年", text)[0]): text
           for text in (DATA / "holiday_notices.txt").read_text("utf-8").strip().split("\n\n")}
GOOD = NOTICES[2026]


def published() -> dict[int, Notice]:
    """What a well-known calendar library published for these years, typed in by others from the same notices."""
    found: dict[int, dict[date, tuple[DayKind, str]]] = defaultdict(dict)
    with (DATA / "holidays_2016_2026.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[int(row["year"])][date.fromisoformat(row["day"])] = (DayKind(row["kind"]), row["name"])
    return dict(found)


def shipped(year: int) -> dict[date, tuple[str, str]]:
    with (CONTENT / f"{year}.csv").open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["day"]): (row["kind"], row["name"]) for row in csv.DictReader(file)}


def read(text: str, year: int = 2026, calendar: WorkingCalendar = NONE) -> Parsed:
    return parse_notice(text, year, calendar)


def rows(parsed: Parsed) -> dict[date, tuple[str, str]]:
    return {row.day: (row.kind.value, row.name) for row in parsed.rows}


def reasons(parsed: Parsed) -> list[tuple[int, Reason]]:
    return [(fault.line, fault.reason) for fault in parsed.faults]


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_a_real_notice_makes_the_calendar_that_was_published(year: int) -> None:
    found = read(NOTICES[year], year)
    assert not found.faults
    ours = NONE.with_notices({year: {row.day: (row.kind, row.name) for row in found.rows}})
    theirs = NONE.with_notices({year: published()[year]})
    days = [date(year - 1, 12, 1) + timedelta(n) for n in range(397)]
    assert [day for day in days if ours.is_working(day) is not theirs.is_working(day)] == []


def test_eleven_notices_are_read() -> None:
    assert sorted(NOTICES) == sorted(published()) == list(range(2016, 2027))


@pytest.mark.parametrize("year", [2024, 2026])
def test_a_real_notice_gives_the_table_that_is_shipped(year: int) -> None:
    assert rows(read(NOTICES[year], year)) == shipped(year)


def test_two_holidays_in_one_are_told_apart_where_the_law_is_known() -> None:
    """The notice for 2025 joins National Day and Mid-Autumn; the lunar day is known from elsewhere."""
    law = WorkingCalendar({}, frozenset(), {date(2025, 10, 1): "国庆节", date(2025, 10, 6): "中秋节"})
    found, known = rows(read(NOTICES[2025], 2025, law)), shipped(2025)
    assert {day: kind for day, (kind, _) in found.items()} == {day: kind for day, (kind, _) in known.items()}
    assert found[date(2025, 10, 6)] == ("holiday", "中秋节")
    assert found[date(2025, 10, 8)] == ("holiday", "国庆节、中秋节")
    assert found[date(2025, 9, 28)] == ("workday", "国庆节、中秋节调休上班")


def test_heading_greeting_and_signature_are_left_out_and_told() -> None:
    assert read(GOOD).unused == (1, 2, 3, 4, 12, 13, 14)


def test_a_recommendation_to_employers_makes_no_day_off() -> None:
    assert date(2024, 2, 9) not in rows(read(NOTICES[2024], 2024))


ONE_DAY_A_LINE = "day,kind,name\n" + "\n".join(f"{day},{kind},{name}" for day, (kind, name) in shipped(2026).items())
WAYS = {
    "as it is":                      GOOD,
    "by Windows":                    GOOD.replace("\n", "\r\n"),
    "full-width digits":             GOOD.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    "half-width marks":              GOOD.replace("：", ":").replace("（", "(").replace("）", ")").replace("，", ","),
    "without numbers":               re.sub(r"(?m)^[一二三四五六七]、", "", GOOD),
    "with digits for numbers":       re.sub(r"(?m)^([一二三四五六七])、", lambda head: f"{'一二三四五六七'.index(head[1]) + 1}. ", GOOD),
    "spaces between the characters": GOOD.replace("月", " 月 ").replace("日", " 日 "),
    "empty lines in between":        GOOD.replace("\n", "\n\n"),
    "lines broken within sentences": GOOD.replace("至", "至\n").replace("上班", "\n上班"),
    "dashes for ranges":             GOOD.replace("至", "—"),
    "one day a line":                ONE_DAY_A_LINE,
    "one day a line, by tabs":       ONE_DAY_A_LINE.replace(",", "\t"),
    "one day a line, in Chinese":    ONE_DAY_A_LINE.replace("holiday", "放假").replace("workday", "上班").replace(",", "，"),
    "one day a line, by a spreadsheet": ONE_DAY_A_LINE.replace("2026-0", "2026/").replace("-0", "/").replace("2026-", "2026/"),
}


@pytest.mark.parametrize("text", WAYS.values(), ids=list(WAYS))
def test_the_same_notice_in_another_hand(text: str) -> None:
    found = read(text)
    assert not found.faults
    assert rows(found) == shipped(2026)


@pytest.mark.parametrize(("section", "days"), [
    ("一、元旦：2025年12月31日至2026年1月2日放假调休，共3天。", ["2025-12-31", "2026-01-01", "2026-01-02"]),
    ("一、元旦：12月31日至1月2日放假调休，共3天。",             ["2025-12-31", "2026-01-01", "2026-01-02"]),
    ("一、元旦：1月1日（周四）放假，1月2日（周五）补休。",        ["2026-01-01", "2026-01-02"]),
    ("一、元旦：1月1日、2日放假，共2天。",                       ["2026-01-01", "2026-01-02"]),
    ("一、元旦：1月1日放假，与周末连休，共3天。",                 ["2026-01-01"]),
])
def test_how_days_may_be_written(section: str, days: list[str]) -> None:
    found = read(GOOD.replace("一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。", section))
    assert not found.faults
    assert [str(row.day) for row in found.rows if row.name == "元旦"] == days


# --- slips -------------------------------------------------------------------------------------------------------

SLIPS = [
    # in the notice for 2026                  stands                                                      line  is told as
    ("1月1日（周四）",                          "1月1日（周三）",                                             5,    Reason.WRONG_WEEKDAY),
    ("23日（农历正月初七、周一）",               "23日（农历正月初七、周日）",                                  6,    Reason.WRONG_WEEKDAY),
    ("共9天",                                  "共8天",                                                     6,    Reason.WRONG_COUNT),
    ("放假，共3天。\n四",                       "放假4天。\n四",                                              7,    Reason.WRONG_COUNT),
    ("5月9日（周六）上班",                      "5月8日（周五）上班",                                          8,    Reason.WORKED_ANYWAY),
    ("6月19日（周五）至21日（周日）",            "6月31日至7月2日",                                            9,    Reason.NO_SUCH_DAY),
    ("9月25日（周五）至27日（周日）",            "9月27日至25日",                                              10,   Reason.WRONG_ORDER),
    ("9月25日（周五）至27日（周日）",            "8月25日至9月27日",                                           10,   Reason.WRONG_ORDER),
    ("9月20日（周日）",                         "10月7日",                                                   11,   Reason.TWICE),
    ("10月10日（周六）上班",                    "1月10日（周六）上班",                                          11,   Reason.FAR_AWAY),
    ("10月10日（周六）上班",                    "10月日（周六）上班",                                           11,   Reason.UNCLEAR),
    ("5月9日（周六）上班",                      "5月（周六）上班",                                              8,    Reason.UNCLEAR),
    ("10月1日（周四）至7日（周三）",             "2027年10月1日至7日",                                          11,   Reason.OTHER_YEAR),
    ("10月10日（周六）上班",                    "10月10日（周六）",                                            11,   Reason.UNCLEAR),
    ("5月9日（周六）上班",                      "5月9日（周六）不上班",                                         8,    Reason.UNCLEAR),
    ("4月4日（周六）至6日（周一）放假，共3天。", "另行通知。",                                                  7,    Reason.NO_DAY),
    ("三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n", "",                                             0,    Reason.MISSING),
    ("一、元旦：",                              "",                                                          5,    Reason.NO_NAME),
    ("关于2026年",                             "关于2025年",                                                 1,    Reason.OTHER_NOTICE),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), SLIPS, ids=[f"{each[3]} {number}" for number, each in enumerate(SLIPS)])
def test_a_slip_is_named_with_its_line(old: str, new: str, line: int, reason: Reason) -> None:
    assert GOOD.count(old) == 1
    assert (line, reason) in reasons(read(GOOD.replace(old, new)))


@pytest.mark.parametrize(("line", "reason"), [
    ("2026-01-32,holiday,元旦",         Reason.NO_SUCH_DAY),
    ("2026-01-05,off,元旦",             Reason.NO_KIND),
    ("2026-01-05,holiday",              Reason.NO_ROW),
    ("2026-01-05,holiday,",             Reason.NO_ROW),
    ("2026-01-05,holiday,元旦,又一栏",   Reason.NO_ROW),
    ("2026-01-05,workday,元旦调休上班",  Reason.WORKED_ANYWAY),
    ("2026-01-01,holiday,元旦",         Reason.TWICE),
    ("2025-11-05,holiday,元旦",         Reason.OTHER_YEAR),
    ("2027-01-05,holiday,元旦",         Reason.OTHER_YEAR),
])
def test_a_slip_in_one_day_a_line(line: str, reason: Reason) -> None:
    found = read(f"{ONE_DAY_A_LINE}\n{line}")
    assert reasons(found) == [(ONE_DAY_A_LINE.count("\n") + 2, reason)]


def test_several_slips_are_told_at_once_in_the_order_of_the_lines() -> None:
    found = read(GOOD.replace("共9天", "共8天").replace("1月1日（周四）", "1月1日（周二）").replace("5月9日（周六）", "5月8日"))
    assert reasons(found) == [(5, Reason.WRONG_WEEKDAY), (6, Reason.WRONG_COUNT), (8, Reason.WORKED_ANYWAY)]


@pytest.mark.parametrize("text", ["", "   \n\n", "见附件。", "1,2,3"])
def test_a_text_without_days_is_empty(text: str) -> None:
    assert reasons(read(text)) == [(0, Reason.EMPTY)]


def test_the_notice_of_another_year_is_not_taken_for_this_one() -> None:
    untitled = "\n".join(GOOD.splitlines()[4:])
    assert {reason for _, reason in reasons(read(untitled, 2027))} >= {Reason.WRONG_WEEKDAY}


def test_a_day_that_the_next_years_notice_ruled_on_already_is_a_clash() -> None:
    known = NONE.with_notices({2027: {date(2026, 12, 27): (DayKind.WORKDAY, "元旦调休上班")}})
    found = read(f"{ONE_DAY_A_LINE}\n2026-12-27,holiday,某节", 2026, known)
    assert [(fault.reason, fault.found) for fault in found.faults] == [(Reason.CLASH, "2027")]


def test_a_day_that_this_years_notice_ruled_on_already_is_a_clash() -> None:
    known = NONE.with_notices({2025: {date(2025, 12, 28): (DayKind.HOLIDAY, "某节")}})
    found = read(f"{ONE_DAY_A_LINE}\n2025-12-28,workday,元旦调休上班", 2026, known)
    assert [(fault.reason, fault.found) for fault in found.faults] == [(Reason.CLASH, "2025")]


def test_days_off_by_law_that_are_not_off_are_doubts_and_no_faults() -> None:
    law = WorkingCalendar({}, frozenset(), {date(2026, 2, 16): "春节", date(2026, 6, 18): "端午节", date(2027, 1, 1): "元旦"})
    found = read(GOOD, 2026, law)
    assert not found.faults
    assert [(doubt.day, doubt.given) for doubt in found.doubts] == [(date(2026, 6, 18), "端午节")]


def test_every_reason_has_words() -> None:
    assert set(REASON_WORDS) == set(Reason)


def test_the_holidays_are_those_of_the_law() -> None:
    assert set(HOLIDAYS) == {name for notice in published().values() for kind, name in notice.values() if kind is DayKind.HOLIDAY}


@given(st.text(alphabet="元旦春节、：:0123456789年月日至（）周一二放假上班共天。\n, -", max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    found = read(text)
    assert found.faults  # never all seven holidays
    assert all(0 <= fault.line <= text.count("\n") + 1 for fault in found.faults)


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_digit_that_gets_lost_is_noticed(year: int) -> None:
    """Since these notices tell the weekday of every day, no holiday is read for a wrong one in silence."""
    text = NOTICES[year]
    whole = read(text, year)
    digits = [found.start() for found in re.finditer(r"\d(?=\d?[月日])", text)]
    assert len(digits) > 40
    for at in digits:
        found = read(text[:at] + text[at + 1:], year)
        assert found.faults or found.rows == whole.rows, text[at - 12:at + 12]


def test_the_shipped_tables_agree_with_what_was_published() -> None:
    by_year: Mapping[int, list[dict[str, str]]] = {
        year: [{"day": str(day), "kind": kind, "name": name} for day, (kind, name) in shipped(year).items()]
        for year in (2024, 2025, 2026)}
    ours, theirs = calendar_from(by_year, []), NONE.with_notices(published())
    days = [date(2024, 1, 1) + timedelta(n) for n in range(3 * 365 + 1)]
    assert [day for day in days if ours.is_working(day) is not theirs.is_working(day)] == []
