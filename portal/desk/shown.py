"""What several pages of the desk show: due days in words, lines of lists, the choices of fields. Decides nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import g, request

from portal import clock
from portal.casework.work_lists import Row, WorkList, find_list
from portal.domain.case import Case
from portal.domain.codes import (
    CHANNEL_WORDS,
    IN_HAND,
    LANE_WORDS,
    LEVEL_WORDS,
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

# Lists of one duty show the day of that duty, not the day of the answer.
OWED = {"supervised": "order_due", "interim": "interim_due", "to-follow-up": "follow_due", "to-rectify": "rectify_due",
        "to-recheck": "recheck_due", "promises": "promise_due"}


def came_from() -> WorkList | None:
    """The work list this case was opened from, one click away until the work on it is done."""
    return find_list(request.values.get("list", ""), g.staff.actor)


def due_words(case: Case, key: str = "") -> SimpleNamespace:
    """When a case, or in the list `key` what is owed there, is due, as people say it, with the tone of its light."""
    today, days_of = clock.today(), calendar()
    owed: date | None = getattr(case, OWED[key]) if key in OWED else None
    due = owed or case.next_due
    shows = _owed_light(due, today) if owed else light(
        start=case.began_on, due=due, today=today, calendar=days_of, stopped=case.status is Status.WAITING,
        finished_on=None if case.status in OPEN else today)
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
    is_notice = not owed and case.status in IN_HAND and case.notice_due == due != case.due_on
    return SimpleNamespace(day=due, words=words, light=shows.value, is_owed=owed is not None, is_notice=is_notice)


def _owed_light(due: date, today: date) -> Light:
    """What is owed beside the answer has no beginning to measure from."""
    return Light.LATE if today > due else Light.WARNING if today == due else Light.RUNNING


def lines(rows: Iterable[Row], key: str = "") -> list[SimpleNamespace]:
    """Rows of the list `key` with their due days in words."""
    return [SimpleNamespace(number=row.number, title=row.title, case=row.case, received_at=row.received_at,
                            due=due_words(row.case, key)) for row in rows]


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
        FieldKind.LEVEL: [(str(level), _(word)) for level, word in LEVEL_WORDS.items()],
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
