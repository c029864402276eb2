"""Which cases a member of staff may find, as a condition of SQL: the judgement of `disclosure.scope` for many at once."""

from sqlalchemy import ColumnElement, and_, false, func, not_, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.casework.models import CaseRecord
from portal.domain.codes import Lane
from portal.domain.disclosure import Scope
from portal.domain.people import Actor


def within(allowed: Scope) -> ColumnElement[bool]:
    lane, unit = CaseRecord.lane, CaseRecord.unit
    own: list[ColumnElement[bool]] = []
    if allowed.lanes:
        own.append(_of(allowed.lanes))
    if allowed.area:
        area = func.coalesce(unit, CaseRecord.district).in_(sorted(allowed.area))
        own.append(and_(_of(allowed.area_lanes), area))
    if allowed.units:
        own.append(and_(_of(allowed.unit_lanes), unit.in_(sorted(allowed.units))))
    if allowed.contributes:
        own.append(and_(CaseRecord.co_units.is_not(None), lane != Lane.MISCONDUCT,
                        marked(CaseRecord.co_units, allowed.contributes)))
    return and_(or_(*own), _not_kept_out(allowed.viewer)) if own else false()


def _of(lanes: frozenset[Lane]) -> ColumnElement[bool]:
    """Of one lane, or of all but the others: so that no database takes the index of the lane to find most of all cases."""
    if len(lanes) == 1:
        return CaseRecord.lane.in_(lanes)
    return CaseRecord.lane.not_in(sorted(set(Lane) - lanes))


def marked(column: InstrumentedAttribute[str | None], name: str) -> ColumnElement[bool]:
    """Whether a column of marks such as |traffic|#12| holds this one."""
    return column.contains(f"|{name}|", autoescape=True)


def _not_kept_out(viewer: Actor) -> ColumnElement[bool]:
    """The same judgement as `transitions.is_kept_out`; in the sealed lane only those who left by themselves are."""
    left = marked(CaseRecord.barred, f"#{viewer.id}")
    barred = or_(*(marked(CaseRecord.barred, name) for name in sorted({viewer.unit or "-", *viewer.charge})))
    return or_(CaseRecord.barred.is_(None), not_(or_(left, and_(CaseRecord.lane != Lane.MISCONDUCT, barred))))
