"""Why a case is due on its day: the promise as a pure function of its events, step by step, day by day.

Every step keeps the day that was told to the author. Counting again, with a calendar that came later, may differ from
it; then the later day holds, for what was promised is never shortened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.case import Event
from portal.domain.codes import Action
from portal.domain.deadlines import DeadlineRule, due, extended, from_frozen
from portal.domain.working_days import DueDate, WorkingCalendar


@dataclass(frozen=True)
class Step:
    """One act that set or moved the promise.

    `counted` says how `days` (in the unit of the rule; working days where there is none) were counted from `start`;
    `told` is the day that was promised then. Where `told` is earlier than `counted.day`, an earlier promise stood.
    """

    action: Action
    on: date
    rule: DeadlineRule | None
    start: date
    days: int
    counted: DueDate | None
    told: date


def steps(events: Iterable[Event], calendar: WorkingCalendar) -> tuple[Step, ...]:
    """How the promise came about, with the days of each count; `events` in their order, from the first on."""
    return tuple(_walk(events, calendar, again=False))


def counted_again(events: Iterable[Event], calendar: WorkingCalendar) -> date | None:
    """The promised day as this calendar would have it; None where the events tell no promise."""
    found = tuple(_walk(events, calendar, again=True))
    return found[-1].told if found else None


def _walk(events: Iterable[Event], calendar: WorkingCalendar, *, again: bool) -> Iterable[Step]:
    promised: date | None = None
    rule: DeadlineRule | None = None
    waited = 0
    began: date | None = None
    for event in events:
        changes, on = event.changes, event.at.date()
        rule = _rule(changes) or rule
        began = changes.get("received_on") or began
        start, days, counted = _counted(event, rule, promised, began, waited, calendar)
        waited = changes.get("waited", waited)
        told = changes.get("due_on")
        if event.action is Action.CALENDAR and again:
            continue  # the count itself already follows the new calendar
        if counted is None and (told is None or promised is None):
            promised = promised or told
            continue
        new = _new_day(event.action, counted, promised) if again else told or promised
        if new is None:
            continue
        promised = new
        yield Step(event.action, on, rule if event.action in _BY_RULE else None, start, days, counted, promised)


_BY_RULE = frozenset({Action.SUBMIT, Action.ACCEPT, Action.GRANT_EXTENSION, Action.DISPUTE})


def _counted(event: Event, rule: DeadlineRule | None, promised: date | None, began: date | None, waited: int,
             calendar: WorkingCalendar) -> tuple[date, int, DueDate | None]:
    """From which day how many days are counted for this act, and where that leads; no count for most acts."""
    on = event.at.date()
    if event.action in (Action.SUBMIT, Action.ACCEPT) and rule and began:
        return began, rule.amount, due(rule, began, calendar)
    if event.action is Action.DISPUTE and rule:
        return on, rule.amount, due(rule, on, calendar)
    if event.action is Action.GRANT_EXTENSION and rule and promised:
        return promised, rule.extension, extended(rule, promised, calendar)
    days = event.changes.get("waited", waited) - waited
    if days > 0 and promised:
        return promised, days, calendar.add_working_days(promised, days)
    return on, 0, None


def _new_day(action: Action, counted: DueDate | None, promised: date | None) -> date | None:
    if counted is None:
        return promised
    if action is Action.ACCEPT and promised:
        return min(promised, counted.day)
    return counted.day


def _rule(changes: Mapping[str, Any]) -> DeadlineRule | None:
    kept = changes.get("rule")
    return from_frozen(kept) if kept else None
