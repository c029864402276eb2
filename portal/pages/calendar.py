"""The public calculator: so many days from a day on, where they lead and why; the holidays of the years they touch."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock, i18n
from portal.domain.people import N_
from portal.domain.working_days import DayKind, DueDate, WorkingCalendar
from portal.pages.views import blueprint
from portal.web.caching import content_page, seen_versions
from portal.web.current import calendar as working_calendar
from portal.web.days import holidays
from portal.web.faults import fault
from portal.web.words import _, language

UNITS = {"working_days": N_("working days"), "calendar_days": N_("calendar days")}
_MOST_DAYS = 1_000
_LONGEST = 20  # characters of one value


@dataclass(frozen=True)
class Question:
    """What a reader asks, as it was typed; `due` is the answer, `faults` say why there is none."""

    begin: str
    days: str
    unit: str
    start: date | None = None
    due: DueDate | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/calendar")
def calendar() -> ResponseReturnValue:
    seen_versions()  # before the calendar, so that no page is kept that is older than its tag
    question = _question(working_calendar())
    if question.faults:
        return _page(question), 422
    return _kept()


@content_page
def _kept() -> str:
    return _page(_question(working_calendar()))


def _question(calendar: WorkingCalendar) -> Question:
    """Nothing asked is the form with today in it."""
    asked = {name: request.args.get(name, "")[:_LONGEST].strip() for name in ("from", "days", "unit")}
    if not any(asked.values()):
        return Question(clock.today().isoformat(), "5", "working_days")
    start, days, faults = _read_day(asked["from"]), _read_number(asked["days"]), {}
    if start is None:
        faults["from"] = fault("date" if asked["from"] else "required")
    elif start < calendar.first_day:
        faults["from"] = _("The calendar of this site begins on %(day)s", day=i18n.day(calendar.first_day, language()))
    elif start > calendar.last_day:
        faults["from"] = _too_far(calendar)
    if days is None:
        faults["days"] = _("Please give a whole number from 0 to %(most)s", most=i18n.number(_MOST_DAYS, language()))
    if asked["unit"] not in UNITS:
        faults["unit"] = fault("choice")
    due = None
    if start is not None and days is not None and not faults:
        add = calendar.add_working_days if asked["unit"] == "working_days" else calendar.add_calendar_days
        due = add(start, days)
        if due.day > calendar.last_day:
            faults["days"] = _too_far(calendar)
    return Question(asked["from"], asked["days"], asked["unit"], start, None if faults else due, faults)


def _too_far(calendar: WorkingCalendar) -> str:
    return _("This leads beyond %(year)s, the last year of which holidays are known at all", year=calendar.last_day.year)


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None


def _read_number(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if plain.isdecimal() and len(plain) <= len(str(_MOST_DAYS)) and int(plain) <= _MOST_DAYS else None


def _page(question: Question) -> str:
    calendar, today = working_calendar(), clock.today()
    years = {today.year, today.year + 1}
    if question.start and question.due:
        years |= set(range(question.start.year, question.due.day.year + 1))
    return render_template("pages/calendar.html", question=question, today=today, most=_MOST_DAYS,
                           units=[(unit, _(words)) for unit, words in UNITS.items()],
                           years=[_year(calendar, year) for year in sorted(years)])


def _year(calendar: WorkingCalendar, year: int) -> SimpleNamespace:
    """A year's holidays: as its notice rules, else the days that the law sets."""
    is_official = year in calendar.official_years
    law = {day: (DayKind.HOLIDAY, name) for day, name in calendar.statutory.items() if day.year == year}
    return SimpleNamespace(year=year, is_official=is_official,
                           holidays=holidays(calendar.notices.get(year, {}) if is_official else law))
