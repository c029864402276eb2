"""What several pages of the desk show: due days in words, lines of lists, the choices of fields. Decides nothing."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from flask import g, request

from portal import clock
from portal.casework.work_lists import Row, WorkList, find_list
from portal.domain.case import Case
from portal.domain.codes import (
    CHANNEL_WORDS,
    LANE_WORDS,
    MILESTONE_WORDS,
    OPEN,
    ORDER_WORDS,
    OUTCOME_WORDS,
    POSITION_WORDS,
    SOLVED_WORDS,
    Lane,
    Solved,
    Status,
)
from portal.domain.deadlines import DeadlineRule, Light, light
from portal.domain.given import FieldKind
from portal.domain.people import Actor, Role
from portal.web.current import calendar, content
from portal.web.filters import category_title, district_name, unit_name
from portal.web.words import _, language, ngettext

Choices = list[tuple[str, str]]


def came_from() -> WorkList | None:
    """The work list this case was opened from, one click away until the work on it is done."""
    return find_list(request.values.get("list", ""), g.staff.actor)


def due_words(case: Case) -> SimpleNamespace:
    """When a case is due, as people say it, with the tone of its light."""
    today, days_of = clock.today(), calendar()
    due = case.next_due
    shows = light(start=case.began_on, due=due, today=today, calendar=days_of,
                  stopped=case.status is Status.WAITING, finished_on=None if case.status in OPEN else today)
    days = days_of.working_days_between(today, due)
    if shows is Light.DONE:
        words = ""
    elif shows is Light.STOPPED:
        words = _("The clock waits for the author")
    elif today > due:
        late = max(-days, 1)
        words = ngettext("%(num)s working day late", "%(num)s working days late", late)
    elif due == today:
        words = _("Due today")
    elif days == 1:
        words = _("Due on the next working day")
    else:
        words = ngettext("%(num)s working day left", "%(num)s working days left", days)
    return SimpleNamespace(day=due, words=words, light=shows.value)


def lines(rows: Iterable[Row]) -> list[SimpleNamespace]:
    """Rows of a list with their due days in words."""
    return [SimpleNamespace(number=row.number, title=row.title, case=row.case, received_at=row.received_at,
                            due=due_words(row.case)) for row in rows]


def field_choices() -> dict[FieldKind, Choices]:
    """The options of each kind of field, in the reader's language."""
    english = language() == "en"
    coded: dict[FieldKind, Mapping[Any, str]] = {
        FieldKind.LANE: LANE_WORDS, FieldKind.OUTCOME: OUTCOME_WORDS, FieldKind.POSITION: POSITION_WORDS,
        FieldKind.MILESTONE: MILESTONE_WORDS, FieldKind.ORDER: ORDER_WORDS,
        FieldKind.SOLVED: {code: word for code, word in SOLVED_WORDS.items() if code is not Solved.NOT_REACHED}}
    return {
        **{kind: [(code.value, _(word)) for code, word in words.items()] for kind, words in coded.items()},
        FieldKind.UNIT: unit_choices(),
        FieldKind.RULE: [(rule.key, _("%(rule)s (%(time)s)", rule=rule.title_en if english else rule.title,
                                      time=_amount(rule))) for rule in content().rules.values() if rule.chosen],
        FieldKind.YES_NO: [("yes", _("Yes")), ("no", _("No"))],
    }


def unit_choices() -> Choices:
    return [(unit.code, unit_name(unit.code)) for unit in content().units.values() if unit.kind != "room"]


def filter_choices(actor: Actor) -> dict[str, Choices]:
    """What lists of cases can be narrowed by: value and words, first of all no condition; only natures the person may read."""
    city, reads = content(), readable_lanes(actor)
    offered = {
        "category": [(slug, category_title(slug)) for slug, each in city.categories.items()
                     if each.head.stores and (Lane.MISCONDUCT in reads or each.head.lane != Lane.MISCONDUCT)],
        "unit": unit_choices(),
        "district": [(code, district_name(code)) for code in city.districts],
        "lane": [(lane.value, _(LANE_WORDS[lane])) for lane in reads],
        "channel": [(channel.value, _(word)) for channel, word in CHANNEL_WORDS.items()],
    }
    return {name: [("", _("All")), *choices] for name, choices in offered.items()}


def readable_lanes(actor: Actor) -> list[Lane]:
    """The natures that can stand in this person's lists at all."""
    sealed = Role.DISCIPLINE_OFFICER in actor.roles
    openly = bool(actor.roles - {Role.DISCIPLINE_OFFICER, Role.EDITOR, Role.ADMINISTRATOR})
    return [lane for lane in Lane if (sealed if lane is Lane.MISCONDUCT else openly)]


def _amount(rule: DeadlineRule) -> str:
    if rule.unit == "working_days":
        return ngettext("%(num)s working day", "%(num)s working days", rule.amount)
    if rule.unit == "months":
        return ngettext("%(num)s month", "%(num)s months", rule.amount)
    return ngettext("%(num)s calendar day", "%(num)s calendar days", rule.amount)
