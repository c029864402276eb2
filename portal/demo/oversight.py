"""Those who watch: a case that is late is supervised, each time more strongly, until the unit answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.demo.lives import Life
from portal.demo.office import DAY
from portal.demo.plans import SILENT_UNIT, Turn
from portal.domain.codes import IN_HAND, Action, OrderLevel, Status
from portal.domain.people import OFFICE, Actor, Role

_NOTICED = 0.7  # the share of late cases that somebody urges
_RUNS = IN_HAND - {Status.WAITING}


def watching(life: Life) -> Iterator[datetime]:
    """Begins with the hand-over and ends with the answer, or when a circular has been of no use."""
    ignored = life.case.unit == SILENT_UNIT
    if not (ignored or life.has(Turn.VERY_LATE) or life.happens(_NOTICED)):
        return
    for level in OrderLevel:
        yield life.in_office(life.case.due_on + timedelta(days=1))
        while life.case.status in IN_HAND and not _is_late(life):
            yield life.in_office(max(life.case.due_on, life.now.date()) + timedelta(days=1))
        overseer = _overseer(life, level)
        if life.case.status not in IN_HAND or overseer is None:
            return
        life.do(Action.SUPERVISE, overseer, level=level, order=life.some("supervision", level))
        if not ignored:
            yield life.later(60, 350)
            if life.may(Action.ANSWER_SUPERVISION, life.worker):
                life.do(Action.ANSWER_SUPERVISION, life.worker, report=life.some("supervision_answers"))
        yield life.later(3 * DAY, 5 * DAY) if ignored else life.later(2 * DAY, 3 * DAY)


def _is_late(life: Life) -> bool:
    return life.case.status in _RUNS and life.case.due_on < life.now.date()


def _overseer(life: Life, level: OrderLevel) -> Actor | None:
    """A reminder comes from the office or the county, an order from the leader, a circular from the inspection."""
    team = life.stage.team
    *offices, inspector = team.overseers
    if level is OrderLevel.ORDER:
        return life.leader(Action.SUPERVISE) or life.outsider(Action.SUPERVISE)
    if level is OrderLevel.CIRCULAR:
        return life.any_of([inspector], Action.SUPERVISE) or life.outsider(Action.SUPERVISE)
    county = life.any_of(offices[:1], Action.SUPERVISE)
    return county or life.any_of([team.who(Role.COORDINATOR, OFFICE)], Action.SUPERVISE) or life.outsider(Action.SUPERVISE)
