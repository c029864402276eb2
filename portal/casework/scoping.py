"""Which cases a member of staff may find, as a condition of SQL: the judgement of `disclosure.scope` for many at once."""

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.casework.models import CaseRecord
from portal.domain.codes import Lane
from portal.domain.disclosure import Scope
from portal.domain.people import Actor


def within(allowed: Scope) -> ColumnElement[bool]:
    lane, unit = CaseRecord.lane, CaseRecord.unit
    own: list[ColumnElement[bool]] = []
    if allowed.lanes:
        own.append(lane.in_(sorted(allowed.lanes)))
    if allowed.area:
        own.append(and_(lane.in_(sorted(allowed.area_lanes)), unit.in_(sorted(allowed.area))))
    if allowed.units:
        own.append(and_(lane.in_(sorted(allowed.unit_lanes)), unit.in_(sorted(allowed.units))))
    if allowed.contributes:
        own.append(and_(lane != Lane.MISCONDUCT, marked(CaseRecord.co_units, allowed.contributes)))
    return and_(or_(*own), _not_kept_out(allowed.viewer)) if own else false()


def marked(column: InstrumentedAttribute[str | None], name: str) -> ColumnElement[bool]:
    """Whether a column of marks such as |traffic|#12| holds this one."""
    return column.contains(f"|{name}|", autoescape=True)


def _not_kept_out(viewer: Actor) -> ColumnElement[bool]:
    """The same judgement as `transitions.is_kept_out`; in the sealed lane only those who left by themselves are."""
    left = marked(CaseRecord.barred, f"#{viewer.id}")
    barred = or_(*(marked(CaseRecord.barred, name) for name in sorted({viewer.unit or "-", *viewer.charge})))
    return or_(CaseRecord.barred.is_(None), not_(or_(left, and_(CaseRecord.lane != Lane.MISCONDUCT, barred))))
