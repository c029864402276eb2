"""A campaign as it is typed: words only, so that nothing typed gets lost, and the plan that these words make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import zip_longest

from werkzeug.datastructures import MultiDict

from portal.desk.forms import day_of
from portal.domain.campaign import (
    GROUP_WORDS,
    MOST_STAGES,
    Access,
    Audience,
    Group,
    Kind,
    Plan,
    Report,
    Stage,
    faults,
    is_slug,
)
from portal.domain.given import clean
from portal.domain.people import N_
from portal.evaluation.queries import Campaign
from portal.web.current import content
from portal.web.faults import fault
from portal.web.published import published
from portal.web.subjects import all_subjects
from portal.web.words import _, said

LONGEST = {"title": 60, "title_en": 120, "purpose": 600, "purpose_en": 1_200}  # characters
LONGEST_FOCUS, LONGEST_FOCUS_EN = 60, 120
LONGEST_DUTY, LONGEST_INTEGRITY = 800, 400
MOST_REPORTS = 60
_LARGEST_AUDIENCE = 99_999_999
_WEEK = timedelta(weeks=1)
_YEARS = range(2000, 2200)  # of days that can be counted with
_LINES = ("kind", "access", "slug", "title", "title_en", "purpose", "purpose_en", "form", "previous", "opens_on", "closes_on",
          "publishes_on")
_STAGE = ("stage_first", "stage_last", "stage_focus", "stage_focus_en")
_REPORT = ("report_subject", "report_duty", "report_integrity")
_DAYS = ("opens_on", "closes_on", "publishes_on")
_KINDS_OF_UNITS = {"department": N_("Departments"), "bureau": N_("Branch and county bureaus"), "station": N_("Police stations"),
                   "room": N_("Police rooms")}

Row = dict[str, str]
Fields = MultiDict[str, str]


@dataclass(frozen=True)
class Typed:
    """`words`: field -> what stands in it; `sizes`: group -> how many it has. `errors`: id of the field -> sentence."""

    words: Mapping[str, str]
    groups: tuple[str, ...] = ()
    sizes: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    stages: tuple[Row, ...] = ()
    reports: tuple[Row, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)

    def note(self, found: Mapping[str, str]) -> None:
        """Reason codes of a refusal, each at its field."""
        for name, code in found.items():
            self.errors.setdefault(name, fault(code))


def blank() -> Typed:
    return Typed(dict.fromkeys(_LINES, "") | {"kind": Kind.DELEGATES.value, "access": Access.CODES.value})


def typed(sent: Fields) -> Typed:
    """What a browser sent, rows in their order."""
    groups, subjects = (tuple(dict.fromkeys(sent.getlist(name))) for name in ("audiences", "subjects"))
    sizes = {group.value: clean(sent.get(f"size_{group}")) for group in Group}
    return Typed({name: clean(sent.get(name)) for name in _LINES}, groups, sizes, subjects, _rows(sent, _STAGE),
                 _rows(sent, _REPORT))


def typed_of(campaign: Campaign) -> Typed:
    """A campaign as somebody would have typed it."""
    return _typed_plan(campaign.plan, slug=campaign.slug, form=str(campaign.form_id), previous=campaign.previous or "")


def copied(campaign: Campaign, today: date, *, form: str, previous: str) -> Typed:
    """An earlier campaign as the beginning of the next: moved by whole weeks, to open a week from now at the earliest."""
    weeks = -(-(today + _WEEK - campaign.plan.opens_on) // _WEEK)
    return _typed_plan(_moved(campaign.plan, max(weeks, 0) * _WEEK), slug="", form=form, previous=previous)


def _typed_plan(plan: Plan, *, slug: str, form: str, previous: str) -> Typed:
    words = {"kind": plan.kind.value, "access": plan.access.value, "slug": slug, "form": form, "previous": previous}
    words |= {name: getattr(plan, name) for name in LONGEST} | {name: getattr(plan, name).isoformat() for name in _DAYS}
    return Typed(
        words, tuple(group.value for group in plan.groups),
        {each.group.value: str(each.size) for each in plan.audiences if each.size is not None}, plan.subjects,
        tuple(dict(zip(_STAGE, (each.first.isoformat(), each.last.isoformat(), each.focus, each.focus_en), strict=True))
              for each in plan.stages),
        tuple(dict(zip(_REPORT, (each.subject, each.duty, each.integrity), strict=True)) for each in plan.reports))


def _moved(plan: Plan, by: timedelta) -> Plan:
    stages = tuple(replace(each, first=each.first + by, last=each.last + by) for each in plan.stages)
    return replace(plan, opens_on=plan.opens_on + by, closes_on=plan.closes_on + by, publishes_on=plan.publishes_on + by,
                   stages=stages)


def named(errors: Mapping[str, str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Errors as the summary tells them: id of the field, and the sentence with the field's name."""
    rows = {"stage_first": _("First day"), "stage_last": _("Last day"), "stage_focus": _("Focus in Chinese"),
            "stage_focus_en": _("Focus in English"), "report_subject": _("Unit"), "report_duty": _("On duty"),
            "report_integrity": _("On integrity")}
    sizes = {f"size_{group}": _("%(group)s: how many", group=_(words)) for group, words in GROUP_WORDS.items()}

    def name_of(id_: str) -> str:
        name, _dash, n = id_.partition("-")
        if name not in rows:
            return sizes.get(id_) or labels.get(id_, "")
        row = _("Stage %(n)s", n=int(n) + 1) if name in _STAGE else _("Report %(n)s", n=int(n) + 1)
        return _("%(row)s, %(field)s", row=row, field=rows[name])
    return [(id_, _("%(field)s: %(fault)s", field=name_of(id_), fault=words) if name_of(id_) else words)
            for id_, words in errors.items()]


def turned(given: Typed, step: str) -> Typed:
    """With a row more, or without one: `add-stage`, `remove-stage-2`, and the same of reports."""
    act, _dash, what = step.partition("-")
    kind, _dash, number = what.partition("-")
    is_stage = kind == "stage"
    rows = given.stages if is_stage else given.reports
    if act == "add":
        rows += (dict.fromkeys(_STAGE if is_stage else _REPORT, ""),)
    else:
        rows = tuple(row for n, row in enumerate(rows) if str(n) != number)
    return replace(given, stages=rows) if is_stage else replace(given, reports=rows)


def plan_of(given: Typed, today: date, *, forms: Iterable[int], previous: Iterable[str]) -> Plan | None:
    """The plan that these words make; None where something is wrong, told in `errors`, all of it at once.

    Days that are missing are taken from the others, so that what else is wrong comes to light as well.
    """
    words, errors = given.words, given.errors
    for name, most in LONGEST.items():
        if len(words[name]) > most:
            errors[name] = fault("too_long")
    offered = {"kind": {*Kind}, "access": {*Access}, "form": {*map(str, forms)}, "previous": {"", *previous}}
    for name, known in offered.items():
        if words[name] not in known:
            errors[name] = fault("choice")
    if not is_slug(words["slug"]):
        errors["slug"] = fault("slug")
    opens_on, closes_on, publishes_on = (_day(words[name], name, errors) for name in _DAYS)
    audiences, stages, reports = _audiences(given), _stages(given), _reports(given)
    if not {"kind", "access"}.isdisjoint(errors):
        return None
    opens = opens_on or closes_on or publishes_on or today
    closes = closes_on or opens
    plan = Plan(kind=Kind(words["kind"]), access=Access(words["access"]), title=words["title"], title_en=words["title_en"],
                purpose=words["purpose"], purpose_en=words["purpose_en"], opens_on=opens, closes_on=closes,
                publishes_on=publishes_on or closes + _WEEK, audiences=audiences, subjects=given.subjects, stages=stages,
                reports=reports)
    parts = {"stages": ("stage", *_DAYS), "reports": ("report", "subjects")}  # these contradict only where these are right
    given.note({name: code for name, code in faults(plan, today, subjects=all_subjects()).items()
                if not any(each.startswith(parts.get(name, ())) for each in errors)})
    return None if errors else plan


def _audiences(given: Typed) -> tuple[Audience, ...]:
    found = []
    for group in Group:
        size = given.sizes.get(group.value, "")
        number = _number(size)
        if size and number is None:
            given.errors[f"size_{group}"] = fault("audience_size")
        if group.value in given.groups:
            found.append(Audience(group, number))
        elif number is not None:
            given.errors[f"size_{group}"] = _("Tick this group as well, or take the number away")
    if set(given.groups) - set(Group):
        given.errors["audiences"] = fault("choice")
    return tuple(found)


def _number(size: str) -> int | None:
    number = int(size) if size.isdecimal() and len(size) <= len(str(_LARGEST_AUDIENCE)) else 0
    return number or None


def _stages(given: Typed) -> tuple[Stage, ...]:
    """Rows that are wholly empty say nothing."""
    found = []
    for n, row in enumerate(given.stages):
        if not any(row.values()):
            continue
        first, last = (_day(row[name], f"{name}-{n}", given.errors) for name in ("stage_first", "stage_last"))
        for name, most in (("stage_focus", LONGEST_FOCUS), ("stage_focus_en", LONGEST_FOCUS_EN)):
            _check_text(row[name], f"{name}-{n}", most, given.errors)
        if first and last:
            found.append(Stage(first, last, row["stage_focus"], row["stage_focus_en"]))
    if len(found) > MOST_STAGES:
        given.errors["stages"] = fault("stages_contradict")
    return tuple(found)


def _reports(given: Typed) -> tuple[Report, ...]:
    found = []
    for n, row in enumerate(given.reports):
        if not any(row.values()):
            continue
        if row["report_subject"] not in given.subjects:
            given.errors[f"report_subject-{n}"] = fault("choice")
        _check_text(row["report_duty"], f"report_duty-{n}", LONGEST_DUTY, given.errors)
        _check_text(row["report_integrity"], f"report_integrity-{n}", LONGEST_INTEGRITY, given.errors)
        found.append(Report(row["report_subject"], row["report_duty"], row["report_integrity"]))
    if len(found) > MOST_REPORTS:
        given.errors["reports"] = fault("reports_missing")
    return tuple(found)


def _check_text(text: str, id_: str, most: int, errors: dict[str, str]) -> None:
    if not text or len(text) > most:
        errors[id_] = fault("too_long" if text else "required")


def _day(words: str, id_: str, errors: dict[str, str]) -> date | None:
    day = day_of(words)
    if day is None or day.year not in _YEARS:
        errors[id_] = fault("date" if words else "required")
        return None
    return day


def _rows(sent: Fields, names: tuple[str, ...]) -> tuple[Row, ...]:
    columns = [list(map(clean, sent.getlist(name))) for name in names]
    return tuple(dict(zip(names, values, strict=True)) for values in zip_longest(*columns, fillvalue=""))


def subject_groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What can be evaluated, to be ticked: id, heading, and code with name; a service that is a place too stands there."""
    city = content()
    found = [(kind, _(words), [(each.code, str(said(each, "name"))) for each in city.units.values() if each.kind == kind])
             for kind, words in _KINDS_OF_UNITS.items()]
    places = [(each.code, str(said(each, "name"))) for each in city.places.values()]
    taken = {*city.units, *city.places}
    services = [(each.slug, each.title) for each in published("service") if each.slug not in taken]
    return [*found, ("places", _("Service points"), places), ("services", _("Services"), services)]
