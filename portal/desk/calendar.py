"""The working calendar at the desk: which years are official, and a notice pasted, looked at and then entered."""

from types import SimpleNamespace

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from portal import clock, i18n
from portal.accounts.queries import names_of
from portal.calendars import actions, queries
from portal.casework import recounting
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain.errors import InvalidError, StaleError
from portal.domain.holiday_notice import REASON_WORDS, Fault, Parsed, parse_notice
from portal.domain.people import Role
from portal.domain.working_days import DayKind, Notice
from portal.web.current import calendar as working_calendar
from portal.web.current import content
from portal.web.days import holidays, weekday
from portal.web.faults import fault
from portal.web.guards import staff_only
from portal.web.words import _, language, ngettext


@blueprint.get("/calendar")
@staff_only(Role.ADMINISTRATOR)
def calendar() -> str:
    return _page()


@blueprint.post("/calendar")
@staff_only(Role.ADMINISTRATOR)
def calendar_preview() -> ResponseReturnValue:
    """What was read of the pasted notice; nothing is entered yet."""
    year, text = _given()
    if errors := _slips(year, text):
        return _page(errors=errors), 422
    parsed = parse_notice(text, year, working_calendar())
    return _page(parsed=parsed), 422 if parsed.faults else 200


@blueprint.post("/calendar/enter")
@staff_only(Role.ADMINISTRATOR)
def calendar_enter() -> ResponseReturnValue:
    year, text = _given()
    try:
        with transaction():
            actions.enter_year(year, text, calendar=working_calendar(), seen=request.form.get("version", 0, type=int),
                               by=g.staff.id, now=clock.now())
    except InvalidError:
        return calendar_preview()
    except (StaleError, IntegrityError):  # somebody else entered the year before, or at this very moment
        return _page(parsed=parse_notice(text, year, working_calendar()), overtaken=True), 409
    entered = next(each for each in queries.history() if each.year == year)
    leaning = recounting.count_leaning_on(entered.first_day, entered.last_day)
    flash(_("The calendar of %(year)s is entered.", year=year) + " " + ngettext(
        "%(num)s open case has a promised day that leans on it; the portal counts it anew within minutes.",
        "%(num)s open cases have promised days that lean on it; the portal counts them anew within minutes.", leaning))
    return redirect(url_for("desk.calendar"), 303)


def _given() -> tuple[int, str]:
    return request.form.get("year", 0, type=int), request.form.get("notice", "").replace("\r\n", "\n")


def _slips(year: int, text: str) -> dict[str, str]:
    found = {}
    if year not in actions.enterable_years(clock.now()):
        found["year"] = fault("choice")
    if not text.strip():
        found["notice"] = fault("required")
    elif len(text) > actions.LONGEST_NOTICE:
        found["notice"] = fault("too_long")
    return found


def _page(*, parsed: Parsed | None = None, errors: dict[str, str] | None = None, overtaken: bool = False) -> str:
    """With everything typed still in its field. `version` is the one that entering would replace."""
    year, text = _given() if request.method == "POST" else (clock.today().year + 1, "")
    return render_template(
        "desk/calendar.html", years=_years(), choices=[(str(each), str(each)) for each in actions.enterable_years(clock.now())],
        year=year, text=text, version=queries.version_of(year), errors=errors or {}, parsed=parsed, overtaken=overtaken,
        faults=[_told(each) for each in parsed.faults] if parsed else [],
        doubts=[_told(each) for each in parsed.doubts] if parsed else [],
        preview=holidays({row.day: (row.kind, row.name) for row in parsed.rows}) if parsed else [])


def _told(found: Fault) -> str:
    """One fault in words, with its line."""
    words = _(REASON_WORDS[found.reason], given=found.given[:80], found=found.found,
              day=i18n.day(found.day, language()) if found.day else "", weekday=weekday(found.day) if found.day else "")
    return _("Line %(line)s: %(fault)s", line=found.line, fault=words) if found.line else words


def _years() -> list[SimpleNamespace]:
    """Every year that matters, the next one first: whether it is official, and by whose entry."""
    calendar, today = working_calendar(), clock.today()
    entries = queries.history()
    latest = {each.year: each for each in reversed(entries)}
    names = names_of([each.entered_by for each in entries])
    found = sorted({*calendar.official_years, today.year, today.year + 1}, reverse=True)
    return [SimpleNamespace(year=year, is_official=year in calendar.official_years, entry=latest.get(year),
                            by=names.get(latest[year].entered_by) if year in latest else None,
                            differs=_differs(year, calendar.notices.get(year, {})) if year in latest else 0,
                            **_counts(calendar.notices.get(year, {}))) for year in found]


def _counts(notice: Notice) -> dict[str, int]:
    off = sum(kind is DayKind.HOLIDAY for kind, _name in notice.values())
    return {"off": off, "made_up": len(notice) - off}


def _differs(year: int, entered: Notice) -> int:
    """On how many days the file delivered with the site says otherwise; none where there is no file."""
    delivered = content().calendar.notices.get(year)
    if delivered is None:
        return 0
    kinds = [{day: kind for day, (kind, _name) in notice.items()} for notice in (entered, delivered)]
    return len(dict(kinds[0].items() ^ kinds[1].items()))
