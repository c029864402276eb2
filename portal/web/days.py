"""Days as people read them: weekdays and holidays in the reader's language, a due date day by day, a year's holidays."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from types import SimpleNamespace

from flask import Flask

from portal.domain.day_list import Stretch, day_list
from portal.domain.holiday_notice import MADE_UP
from portal.domain.people import N_
from portal.domain.working_days import WEEKEND, DayKind, DueDate, Notice
from portal.web.current import calendar
from portal.web.words import _

WEEKDAY_WORDS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
HOLIDAY_WORDS = {
    "元旦": N_("New Year’s Day"), "春节": N_("Spring Festival"), "清明节": N_("Tomb-Sweeping Day"), "劳动节": N_("Labour Day"),
    "端午节": N_("Dragon Boat Festival"), "中秋节": N_("Mid-Autumn Festival"), "国庆节": N_("National Day"),
    WEEKEND: N_("weekend"),
}
_MOST_LINES = 40  # of a day list; a longer one is folded by months


def install(app: Flask) -> None:
    app.jinja_env.filters.update(weekday=weekday, holiday=holiday)
    app.jinja_env.globals.update(day_months=day_months, leans_on_unknown=leans_on_unknown)


def weekday(day: date) -> str:
    return _(WEEKDAY_WORDS[day.weekday()])


def holiday(name: str) -> str:
    """The name of a day off, or of a working day that makes up for one; names that are not known stand for themselves."""
    if name.endswith(MADE_UP):
        return _("worked in exchange for %(holiday)s", holiday=holiday(name.removesuffix(MADE_UP)))
    return _(", ").join(_(HOLIDAY_WORDS[each]) if each in HOLIDAY_WORDS else each for each in name.split("、"))


def leans_on_unknown(since: date, day: date) -> bool:
    """Whether a day promised since then may still move with a notice that is not out."""
    return calendar().leans_on_unknown(since, day)


def day_months(due: DueDate) -> list[SimpleNamespace]:
    """The lines of a due date's day list by month; all of them under one head while they are few."""
    lines = day_list(due, calendar())
    if len(lines) <= _MOST_LINES:
        return [SimpleNamespace(month=None, lines=lines)]
    return [_month(month, list(own)) for month, own in groupby(lines, lambda line: f"{line.first:%Y-%m}")]


def _month(month: str, lines: list[Stretch]) -> SimpleNamespace:
    counted = sum(line.days for line in lines if line.numbers)
    return SimpleNamespace(month=month, lines=lines, counted=counted, skipped=sum(line.days for line in lines) - counted)


def holidays(notice: Notice) -> list[SimpleNamespace]:
    """The days of a notice by holiday: `off` as (first, last, days), and the days `made_up`; the first day off comes first."""
    found: dict[str, SimpleNamespace] = {}
    for day, (kind, name) in sorted(notice.items()):
        own = name.removesuffix(MADE_UP)
        one = found.setdefault(own, SimpleNamespace(name=own, off=[], made_up=[]))
        (one.off if kind is DayKind.HOLIDAY else one.made_up).append(day)
    ordered = sorted(found.values(), key=lambda one: (one.off or one.made_up)[0])
    for one in ordered:
        one.off = _runs(one.off)
    return ordered


def _runs(days: Iterable[date]) -> list[tuple[date, date, int]]:
    """Days in a row drawn together."""
    whole = [[day for _n, day in run] for _key, run in groupby(enumerate(days), lambda each: each[1].toordinal() - each[0])]
    return [(run[0], run[-1], len(run)) for run in whole]
