"""A small city for the tests of the rules: its units, rules, calendars and people, and a case in any state.

The numbers are those of the specification, not those of content/, which a bureau may change.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from portal.clock import SHANGHAI
from portal.domain.case import Case, Event, Part, Terms, begin, evolve
from portal.domain.codes import Action, Lane, Status
from portal.domain.deadlines import DeadlineRule, as_frozen, due
from portal.domain.disclosure import Scope
from portal.domain.people import AUTHOR, PUBLIC, SYSTEM, Actor, Role
from portal.domain.transitions import decide
from portal.domain.working_days import DayKind, WorkingCalendar, calendar_from

_CALENDARS = Path(__file__).parents[2] / "content" / "calendar"

# --- units, each with the one above it -------------------------------------------------------------------------------------

OFFICE, LEAD, CO_UNIT, NAMED, SEALED = "outreach", "bridge", "traffic", "market", "discipline"
PARENTS: Mapping[str, str | None] = {
    OFFICE: None, CO_UNIT: None, "household": None, "complaints": None, "audit": None, SEALED: None,
    "hedong": None, LEAD: "hedong",      # a station and its county bureau
    "hexi": None, NAMED: "hexi",         # another county, whose station is named in what follows
}

# --- rules -----------------------------------------------------------------------------------------------------------------

Unit = Literal["working_days", "calendar_days", "months"]
WORKING: Unit = "working_days"
DAYS: Unit = "calendar_days"
MONTHS: Unit = "months"
_RULES: tuple[tuple[str, int, Unit, int, int, int, bool], ...] = (
    #  key                    amount  unit      extension  interim  objection  chosen
    ("triage",                     1, WORKING,          0,       0,         1, False),
    ("question",                   3, WORKING,          0,       0,         1, True),
    ("complaint",                  5, WORKING,          5,       0,         1, True),
    ("several-units",             15, WORKING,          0,       5,         1, True),
    ("petition",                  60, DAYS,            30,       0,         5, True),
    ("petition-review",           30, DAYS,             0,       0,         5, True),
    ("deputy-suggestion",          3, MONTHS,           3,       0,         1, True),
    ("misconduct",                60, DAYS,             0,       0,         1, True),
    ("petition-notice",           15, DAYS,             0,       0,         1, False),
    ("misconduct-notice",         15, DAYS,             0,       0,         1, False),
    ("hold-review",                3, WORKING,          0,       0,         1, False),
    ("co-unit",                    5, WORKING,          0,       0,         1, False),
    ("draw-follow-up",            10, WORKING,          0,       0,         1, False),
    ("contact-bad-rating",         1, WORKING,          0,       0,         1, False),
    ("rectification",             15, WORKING,          0,       0,         1, False),
    ("supervision-reminder",       1, WORKING,          0,       0,         1, False),
    ("supervision-order",          3, WORKING,          0,       0,         1, False),
    ("supervision-circular",       5, WORKING,          0,       0,         1, False),
)
RULES = {
    key: DeadlineRule(key=key, version="1", amount=amount, unit=unit, title=key, title_en=key, basis="据",
                      extension=extension, interim=interim, objection=objection, chosen=chosen,
                      lane=Lane(key.partition("-")[0]) if key.startswith(("petition", "misconduct")) else Lane.ORDINARY)
    for key, amount, unit, extension, interim, objection, chosen in _RULES}

# --- calendars ---------------------------------------------------------------------------------------------------------------


def rows_of(name: str) -> list[dict[str, str]]:
    with (_CALENDARS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _notice(holidays: Iterable[str], workdays: Iterable[str]) -> dict[date, tuple[DayKind, str]]:
    return {**{date.fromisoformat(day): (DayKind.HOLIDAY, "假日") for day in holidays},
            **{date.fromisoformat(day): (DayKind.WORKDAY, "调休上班") for day in workdays}}


# As shipped until 2026; 2027 has only its statutory days. Then two notices for 2027 as they might come, the second longer.
CALENDAR = calendar_from({year: rows_of(str(year)) for year in (2024, 2025, 2026)}, rows_of("statutory"))
NOTICE = _notice([f"2027-02-{day:02}" for day in range(5, 12)] + ["2027-01-01", "2027-04-05", "2027-05-03"],
                 ["2027-02-14", "2027-02-27"])
LONGER = _notice([f"2027-02-{day:02}" for day in range(5, 17)] + ["2027-01-01", "2027-04-05", "2027-05-03"], ["2027-02-27"])
CALENDARS = (CALENDAR, CALENDAR.with_notices({2027: NOTICE}), CALENDAR.with_notices({2027: LONGER}))

# --- people ------------------------------------------------------------------------------------------------------------------


def staff(role: Role, id: int, unit: str, charge: Iterable[str] = ()) -> Actor:
    return Actor(frozenset({role}), id, unit, frozenset(charge))


COORDINATOR = staff(Role.COORDINATOR, 1, OFFICE)
COUNTY = staff(Role.COORDINATOR, 2, "hedong", ["hedong", LEAD])
OTHER_COUNTY = staff(Role.COORDINATOR, 3, "hexi", ["hexi", NAMED])
HANDLER = staff(Role.HANDLER, 10, LEAD)
REVIEWER = staff(Role.REVIEWER, 11, LEAD)
CONTRIBUTOR = staff(Role.HANDLER, 20, CO_UNIT)
CONTRIBUTING_REVIEWER = staff(Role.REVIEWER, 21, CO_UNIT)
STRANGER = Actor(frozenset({Role.HANDLER, Role.REVIEWER}), 30, "household")
OF_NAMED_UNIT = Actor(frozenset({Role.HANDLER, Role.REVIEWER, Role.INSPECTOR, Role.COORDINATOR}), 40, NAMED)
LEADER = staff(Role.LEADER, 50, "hedong", [LEAD, "household"])
OTHER_LEADER = staff(Role.LEADER, 51, "hexi", [CO_UNIT, "household"])
LEADER_OF_NAMED_UNIT = staff(Role.LEADER, 52, "household", [LEAD, NAMED])
INSPECTOR = staff(Role.INSPECTOR, 60, "audit")
COMPLAINTS = staff(Role.COMPLAINTS_OFFICER, 70, "complaints")
CONTRIBUTING_COMPLAINTS = staff(Role.COMPLAINTS_OFFICER, 72, CO_UNIT)
OWN_COMPLAINTS = staff(Role.COMPLAINTS_OFFICER, 71, LEAD)
DISCIPLINE = staff(Role.DISCIPLINE_OFFICER, 80, SEALED)
DISCIPLINE_COLLEAGUE = staff(Role.DISCIPLINE_OFFICER, 81, SEALED)
EDITOR = staff(Role.EDITOR, 90, LEAD)
CONTRIBUTING_EDITOR = staff(Role.EDITOR, 92, CO_UNIT)
ADMINISTRATOR = staff(Role.ADMINISTRATOR, 91, LEAD)
RECUSED = (97, 98, 99)  # accounts of those who left the case
RECUSED_HANDLER = staff(Role.HANDLER, 97, LEAD)
RECUSED_COORDINATOR = staff(Role.COORDINATOR, 98, OFFICE)
RECUSED_DISCIPLINE = staff(Role.DISCIPLINE_OFFICER, 99, SEALED)

# Everybody by the name that `data/decisions.txt` gives them; people of one name may always do the same.
PEOPLE: Mapping[str, tuple[Actor, ...]] = {
    "city coordinator": (COORDINATOR,), "county coordinator": (COUNTY,), "other county's": (OTHER_COUNTY,),
    "handler": (HANDLER,), "reviewer": (REVIEWER,), "contributor": (CONTRIBUTOR, CONTRIBUTING_REVIEWER),
    "other unit's": (STRANGER,), "named unit's": (OF_NAMED_UNIT,),
    "leader": (LEADER,), "other leader": (OTHER_LEADER,), "named unit's leader": (LEADER_OF_NAMED_UNIT,),
    "inspector": (INSPECTOR,), "complaints officer": (COMPLAINTS,), "contributing officer": (CONTRIBUTING_COMPLAINTS,),
    "unit's complaints officer": (OWN_COMPLAINTS,), "discipline officer": (DISCIPLINE, DISCIPLINE_COLLEAGUE),
    "editor": (EDITOR, CONTRIBUTING_EDITOR), "administrator": (ADMINISTRATOR,),
    "recused": (RECUSED_HANDLER, RECUSED_COORDINATOR, RECUSED_DISCIPLINE),
    "author": (AUTHOR,), "public": (PUBLIC,), "portal": (SYSTEM,),
}
EVERYBODY = tuple(person for people in PEOPLE.values() for person in people)
STAFF = tuple(person for person in EVERYBODY if person.id is not None)


def kept_out(person: Actor, case: Case) -> bool:
    """Whoever left the case; in the open lanes also whoever is of a named unit or in charge of one."""
    named = set(case.barred) & {person.unit, *person.charge}
    return person.id in case.recused or (case.lane is not Lane.MISCONDUCT and bool(named))


def within(scope: Scope, case: Case) -> bool:
    """Whether the filter lets this case through, as its documentation says."""
    whole = case.lane in scope.lanes
    in_area = case.lane in scope.area_lanes and (case.unit or case.district) in scope.area
    own = case.lane in scope.unit_lanes and case.unit in scope.units
    part = case.lane is not Lane.MISCONDUCT and scope.contributes in case.co_units
    return (whole or in_area or own or part) and not kept_out(scope.viewer, case)


# --- cases -------------------------------------------------------------------------------------------------------------------


def on(text: str) -> date:
    """`Mon 2026-09-07`, where the weekday must be the true one."""
    weekday, day = text.split()
    found = date.fromisoformat(day)
    assert found.strftime("%a") == weekday, f"{day} is a {found:%a}"
    return found


def on_if(text: str | None) -> date | None:
    """The same where a table may leave the day out."""
    return on(text) if text else None


def at(day: str | date, *, calendar: WorkingCalendar = CALENDAR, hour: int = 10) -> Terms:
    """What a decision stands on, at that hour of `Mon 2026-09-07`."""
    found = on(day) if isinstance(day, str) else day
    return Terms(now=datetime(found.year, found.month, found.day, hour, tzinfo=SHANGHAI), calendar=calendar, rules=RULES,
                 parents=PARENTS)


def submitted(received: str | date = "Mon 2026-09-07", *, lane: Lane = Lane.ORDINARY, rule: str = "complaint",
              calendar: WorkingCalendar = CALENDAR, **changes: Any) -> Event:
    """The event with which a case begins: a complaint of Monday 7 September 2026, answer promised by Monday 14."""
    terms = at(received, calendar=calendar)
    first = {"lane": lane, "category": "complaint", "received_on": terms.today, "consent": True,
             "rule": as_frozen(RULES[rule]), "triage_due": due(RULES["triage"], terms.today, calendar).day,
             "due_on": due(RULES[rule], terms.today, calendar).day}
    return Event(action=Action.SUBMIT, at=terms.now, role=Role.AUTHOR, actor_id=None, unit=None, source=None,
                 target=Status.RECEIVED, changes={**first, **changes}, words={"title": "题", "text": "文"})


def a_case(received: str | date = "Mon 2026-09-07", **changes: Any) -> Case:
    """The same as a case, in the state that `changes` describe; with the unit `bridge` unless they say otherwise."""
    how = {name: changes.pop(name) for name in ("lane", "rule", "calendar") if name in changes}
    return replace(begin(submitted(received, **how)), **{"unit": LEAD, **changes})


WITHOUT_UNIT = frozenset({Status.RECEIVED, Status.QUARANTINED, Status.DECLINED, Status.REFERRED})


def placed(lane: Lane, status: Status, **changes: Any) -> Case:
    """A case as the people of the city stand to it: with its unit, a contribution owed, a unit named, three who left."""
    unit = None if status in WITHOUT_UNIT else SEALED if lane is Lane.MISCONDUCT else LEAD
    parts = () if unit is None or lane is Lane.MISCONDUCT else (Part(CO_UNIT, on("Tue 2026-09-08")),)
    stands = {"status": status, "unit": unit, "parts": parts, "barred": (NAMED,), "recused": RECUSED}
    return a_case(lane=lane, rule=LANE_RULES[lane], **{**stands, **changes})


# Something fitting for every field; what a test is about it gives itself.
FILLED = {
    "lane": "ordinary", "unit": LEAD, "rule": "complaint", "reason": "因为", "target": "2026-000007", "outcome": "done",
    "answer": "答", "position": "explained", "facts": "事实", "basis": "某法第一条", "promised_on": "2099-01-05",
    "notice": "正在办", "report": "已办", "question": "哪里？", "message": "这里", "milestone": "progress", "level": "5",
    "due_on": "2026-09-14", "order": "请办", "note": "记", "public_title": "题", "public_text": "文", "comment": "评",
    "reached": "yes", "solved": "yes", "measures": "已改", "evidence": "照片", "holds": "yes", "kept": "yes",
    "keep_public": "yes", "notify": "",
}
LANE_RULES = {Lane.ORDINARY: "complaint", Lane.PETITION: "petition", Lane.MISCONDUCT: "misconduct"}


def decided(case: Case, action: Action, who: Actor, day: str | date, *, calendar: WorkingCalendar = CALENDAR,
            **given: str) -> Event:
    """The event of an act; a supervision has levels of its own."""
    filled = {**FILLED, "level": "order"} if action is Action.SUPERVISE else FILLED
    return decide(case, action, who, {**filled, **given}, at(day, calendar=calendar))


def done(case: Case, action: Action, who: Actor, day: str | date, *, calendar: WorkingCalendar = CALENDAR,
         **given: str) -> Case:
    """The case after that act."""
    return evolve(case, decided(case, action, who, day, calendar=calendar, **given))
