"""Unit by unit: how many cases are open, late, badly rated; and which topics come to a unit more often than they used to.

Everything is counted within what the viewer may read in the original, so that each number has its list. Reports of
misconduct are in none of them, nor, in the warnings, cases that are about a unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select

from portal.casework.models import CaseRecord
from portal.casework.scoping import within
from portal.casework.work_lists import Row, condition, rows_of
from portal.db import db
from portal.domain.codes import IN_HAND, Lane
from portal.domain.deadlines import Light, light
from portal.domain.disclosure import scope
from portal.domain.people import Actor
from portal.domain.warning import LEAST, PRAISE, Tally, Topic, before_from, recent_from, warnings
from portal.domain.working_days import WorkingCalendar
from portal.vault.actions import Vault

SHOWN = 20  # cases behind one warning
_LISTS = ("open", "late", "waiting", "disputed")


@dataclass(frozen=True)
class UnitLine:
    """One unit. Each number but `very_late`, which is part of `late`, is the length of the list of the same name."""

    unit: str
    open: int = 0
    late: int = 0
    very_late: int = 0
    waiting: int = 0
    disputed: int = 0
    extensions: int = 0
    low_rated: int = 0


def by_unit(units: Iterable[str], actor: Actor, *, today: date, calendar: WorkingCalendar) -> list[UnitLine]:
    """These units in their order, then those that are known from their cases alone. Nobody's cases are in no line."""
    live, very_late, low_rated = _live(actor, today), _very_late(actor, today, calendar), _low_rated(actor, today)
    listed = list(units)
    known = [*listed, *sorted({*live, *low_rated} - set(listed))]
    return [UnitLine(unit, **live.get(unit, {}), very_late=very_late.get(unit, 0), low_rated=low_rated.get(unit, 0))
            for unit in known]


def _live(actor: Actor, today: date) -> dict[str, dict[str, int]]:
    counted = {key: condition(key, actor, today) for key in _LISTS}
    counted["extensions"] = and_(CaseRecord.extension_asked, CaseRecord.status.in_(sorted(IN_HAND)))
    columns = [func.count().filter(each).label(f"n_{key}") for key, each in counted.items()]
    rows = db.session.execute(select(CaseRecord.unit, *columns)
                              .where(CaseRecord.live, _openly(actor)).group_by(CaseRecord.unit))
    return {str(row[0]): dict(zip(counted, row[1:], strict=True)) for row in rows}


def _very_late(actor: Actor, today: date, calendar: WorkingCalendar) -> dict[str, int]:
    """Cases that began on one day and are due on one other show the same light: one look for all of them."""
    began = func.coalesce(CaseRecord.state["clock_from"].as_string(), CaseRecord.state["received_on"].as_string())
    rows = db.session.execute(select(CaseRecord.unit, CaseRecord.next_due, began, func.count())
                              .where(condition("late", actor, today), _openly(actor))
                              .group_by(CaseRecord.unit, CaseRecord.next_due, began))
    found: dict[str, int] = {}
    for unit, due, start, count in rows:
        shows = light(start=date.fromisoformat(start), due=due, today=today, calendar=calendar)
        found[unit] = found.get(unit, 0) + (count if shows is Light.VERY_LATE else 0)
    return found


def _low_rated(actor: Actor, today: date) -> dict[str, int]:
    rows = db.session.execute(select(CaseRecord.unit, func.count())
                              .where(condition("low-rated", actor, today), _openly(actor)).group_by(CaseRecord.unit))
    return {str(row[0]): row[1] for row in rows}


def _openly(actor: Actor) -> ColumnElement[bool]:
    return and_(within(scope(actor)), CaseRecord.lane != Lane.MISCONDUCT, CaseRecord.unit.is_not(None))


# --- early warning ----------------------------------------------------------------------------------------------------

_DISTRICT = case((CaseRecord.service.is_(None), CaseRecord.district), else_=null())
_TOPIC = (CaseRecord.unit, CaseRecord.category, CaseRecord.service, _DISTRICT)


def warned(actor: Actor, today: date) -> list[Tally]:
    """The topics that warn, of the cases that this person may read."""
    received, recent = CaseRecord.received_on, recent_from(today)
    lately, before = func.count().filter(received >= recent), func.count().filter(received < recent)
    rows = db.session.execute(select(*_TOPIC, lately, before).where(_counted(actor, before_from(today), today))
                              .group_by(*_TOPIC).having(lately >= LEAST))
    return warnings(Tally(Topic(*row[:4]), *row[4:]) for row in rows)


def cases_behind(tallies: Sequence[Tally], actor: Actor, vault: Vault, *, today: date) -> Mapping[Topic, list[Row]]:
    """The newest cases of the last 30 days about each of these topics."""
    topics = {each.topic for each in tallies}
    if not topics:
        return {}
    units = sorted({topic.unit for topic in topics})
    found = db.session.execute(select(*_TOPIC, CaseRecord.id)
                               .where(_counted(actor, recent_from(today), today), CaseRecord.unit.in_(units))
                               .order_by(*_TOPIC, CaseRecord.id.desc()))
    ids = {topic: [row.id for row in rows][:SHOWN] for topic, rows in groupby(found, key=lambda row: Topic(*row[:4]))
           if topic in topics}
    lines = iter(rows_of([id_ for own in ids.values() for id_ in own], vault))
    return {topic: [next(lines) for _ in own] for topic, own in ids.items()}


def _counted(actor: Actor, first: date, today: date) -> ColumnElement[bool]:
    """What counts for a warning: not what is about a unit, for its leader is in charge of it; and praise warns of nothing.

    A mark of `barred` that begins with # is of somebody who left the case by themselves.
    """
    about_nobody = or_(CaseRecord.barred.is_(None), CaseRecord.barred.startswith("|#"))
    return and_(_openly(actor), about_nobody, CaseRecord.received_on.between(first, today),
                CaseRecord.category.not_in(sorted(PRAISE)))
