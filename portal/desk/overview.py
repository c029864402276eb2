"""Unit by unit for those who answer for units: the responsible leader's desk, the coordinator's, and the early warnings."""

from types import SimpleNamespace

from flask import g, render_template, url_for

from portal import clock
from portal.casework import overview, work_lists
from portal.casework.overview import UnitLine
from portal.desk.shown import lines
from portal.desk.views import blueprint
from portal.domain.people import N_, Role
from portal.domain.warning import Tally, Topic
from portal.web.current import calendar, content, vault
from portal.web.filters import category_title, district_name, unit_name
from portal.web.guards import staff_only, viewer
from portal.web.published import find_published
from portal.web.words import _

WARNED = (Role.LEADER, Role.COORDINATOR, Role.INSPECTOR, Role.COMPLAINTS_OFFICER)
# Column, its words, the list behind it; `very_late` is the beginning of the list of what is late.
_COLUMNS = (
    ("open", N_("Open cases"), "open"), ("late", N_("Late"), "late"), ("very_late", N_("Long overdue"), "late"),
    ("waiting", N_("Waiting for the author"), "waiting"), ("low_rated", N_("Badly rated in 90 days"), "low-rated"),
    ("disputed", N_("Not accepted by the author"), "disputed"), ("extensions", N_("Extensions asked for"), "to-extend"),
)


@blueprint.get("/leader")
@staff_only(Role.LEADER, Role.INSPECTOR)
def leader() -> str:
    """The units in a leader's charge; inspectors see them all."""
    return _page(_("Units in my charge") if Role.LEADER in g.staff.roles else _("All units"))


@blueprint.get("/overview")
@staff_only(Role.COORDINATOR, Role.INSPECTOR)
def units() -> str:
    return _page(_("Unit by unit"))


@blueprint.get("/warnings")
@staff_only(*WARNED)
def warnings() -> str:
    """Every topic that warns, with the cases behind it."""
    today = clock.today()
    found = overview.warned(viewer(), today)
    behind = overview.cases_behind(found, viewer(), vault(), today=today)
    shown = [(warning_of(each), lines(behind.get(each.topic, ()))) for each in found]
    return render_template("desk/warnings.html", warnings=shown)


def warning_of(tally: Tally) -> SimpleNamespace:
    """A warning in words; `id` is its place on the page of all warnings."""
    topic = tally.topic
    place = _service(topic) if topic.service else district_name(topic.district)
    id_ = "-".join(filter(None, (topic.unit, topic.category, topic.service, topic.district)))
    return SimpleNamespace(id=id_, unit=unit_name(topic.unit), recent=tally.recent, usual=tally.usual,
                           topic=" · ".join(filter(None, (category_title(topic.category), place))))


def _service(topic: Topic) -> str:
    found = find_published("service", topic.service or "")
    return found.title if found else topic.service or ""


def _page(title: str) -> str:
    actor, today = viewer(), clock.today()
    rows = overview.by_unit(_own_units(), actor, today=today, calendar=calendar())
    return render_template(
        "desk/overview.html", title=title, heads=[_(label) for _key, label, _list in _COLUMNS],
        rows=[(unit_name(each.unit), _cells(each)) for each in rows],
        warnings=[warning_of(each) for each in overview.warned(actor, today)])


def _own_units() -> list[str]:
    """Those in charge of a leader, or of a county's coordinator; else all."""
    charge = g.staff.actor.charge
    return [code for code, unit in content().units.items() if (code in charge if charge else unit.kind != "room")]


def _cells(line: UnitLine) -> list[SimpleNamespace]:
    """Each number with the words of its column, and the list behind it where this person has that list."""
    own = {each.key for each in work_lists.work_lists(g.staff.actor)}
    counts = [(getattr(line, name), _(label), key) for name, label, key in _COLUMNS]
    return [SimpleNamespace(n=n, label=label, url=url_for("desk.cases", key=key, unit=line.unit) if n and key in own else None)
            for n, label, key in counts]
