"""The public list with its filters, and one case in public."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import date

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, i18n
from portal.casework import public
from portal.casework.public import Filters, PublicRow
from portal.casework.queries import get_promise
from portal.domain.codes import OPEN, STATUS_WORDS, Status
from portal.domain.people import PUBLIC
from portal.web.caching import answer, public_page
from portal.web.current import calendar, content, note_versions, terms
from portal.web.filters import category_title, district_name, unit_name
from portal.web.words import _, language

blueprint = Blueprint("progress", __name__, url_prefix="/progress")

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LONGEST_QUERY = 60
_SHOWN_STATES = tuple(status for status in Status if status is not Status.QUARANTINED)
_RUNNING = OPEN - {Status.WAITING, Status.QUARANTINED}


@blueprint.app_template_global()
def is_late(case: PublicRow) -> bool:
    """Whether the answer is still missing after the promised day; while the author is asked, the clock stands still."""
    return case["state"] in _RUNNING and case["due_on"] < clock.today()


@blueprint.app_template_global()
def working_days(first: date, last: date) -> int:
    """Working days after `first` up to and including `last`."""
    return calendar().working_days_between(first, last)


@blueprint.get("")
@public_page
def index() -> str:
    filters = _filters()
    page = public.list_public(filters, today=clock.today(), after=request.args.get("after", "")[:16])
    whole = not page.older and not page.newer  # what a single page shows can be counted by looking at it
    return render_template(
        "progress/index.html", page=page, filters=filters, today=clock.today(), chips=_chips(filters),
        choices=_choices(), total=len(page.rows) if whole else page.total, counted_up_to=public.COUNTED_UP_TO,
        older=page.older and _address(filters, after=page.older), newest=page.newer and _address(filters))


@blueprint.get("/<number>")
def case(number: str) -> ResponseReturnValue:
    """Depends on this one case: what happens to others does not change the page."""
    row = _row(number)
    return answer(row["version"], lambda: render_template(
        "progress/case.html", row=row, state=STATUS_WORDS[row["state"]], today=clock.today(), is_open=row["state"] in OPEN))


@blueprint.get("/<number>/due")
def why(number: str) -> ResponseReturnValue:
    """Why the answer is due on its day, counted day by day."""
    row = _row(number)

    def draw() -> str:
        case, steps = get_promise(number, PUBLIC, terms().calendar)
        return render_template("progress/why.html", number=number, case=case, steps=steps)

    return answer(row["version"], draw)


def _row(number: str) -> PublicRow:
    """With the versions that its page is kept under."""
    row = public.find_public_case(number) or abort(404)
    note_versions(public.versions_beside(row))
    return row


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What every filter offers: value and words, first of all no condition."""
    city = content()
    listed = (slug for slug, each in city.categories.items() if each.head.stores and slug != "misconduct")
    units = (unit.code for unit in city.units.values() if unit.kind != "room")
    return {
        "category": _choice(listed, category_title), "unit": _choice(units, unit_name),
        "district": _choice(city.districts, district_name), "state": _choice(_SHOWN_STATES, _state_word),
        "month": _choice(public.months()[:24], _month_words)}


def _choice(values: Iterable[str], words: Callable[[str], str]) -> list[tuple[str, str]]:
    return [("", _("All")), *((value, words(value)) for value in values)]


def _state_word(state: str) -> str:
    return _(STATUS_WORDS[Status(state)].word) if state else ""


def _month_words(month: str) -> str:
    return i18n.month(month, language()) if month else ""


def _filters() -> Filters:
    """What the address asks; what is not known asks nothing."""
    city, asked = content(), request.args
    known: dict[str, Collection[str]] = {"category": city.categories, "unit": city.units, "district": city.districts,
                                        "state": {status.value for status in _SHOWN_STATES}}
    chosen = {name: asked.get(name, "") if asked.get(name, "") in codes else "" for name, codes in known.items()}
    month = asked.get("month", "")
    return Filters(q=asked.get("q", "").strip()[:_LONGEST_QUERY], late=asked.get("late") in ("1", "yes"),
                   month=month if _MONTH.fullmatch(month) else "", **chosen)


def _address(filters: Filters, **changed: str) -> str:
    asked = {**asdict(filters), "late": "1" if filters.late else "", **changed}
    return url_for("progress.index", **{name: value for name, value in asked.items() if value})


def _chips(filters: Filters) -> list[tuple[str, str]]:
    """Each active filter in words, and the address without it."""
    words = {
        "q": f"“{filters.q}”", "category": category_title(filters.category), "unit": unit_name(filters.unit),
        "district": district_name(filters.district), "month": _month_words(filters.month), "late": _("Late"),
        "state": _state_word(filters.state)}
    return [(words[name], _address(filters, **{name: ""})) for name, value in asdict(filters).items() if value]
