"""What a new working calendar means for cases: which promised days lean on it."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from portal.casework.models import CaseRecord
from portal.db import db
from portal.domain.codes import OPEN, Lane


def count_leaning_on(first: date, last: date) -> int:
    """Open cases whose answer is promised for a day that a calendar for these days may move; of reports nobody is told."""
    told = and_(_leaning_on(first, last), CaseRecord.lane != Lane.MISCONDUCT)
    return db.session.scalar(select(func.count()).select_from(CaseRecord).where(told)) or 0


def numbers_leaning_on(first: date, last: date) -> list[str]:
    """The numbers of these cases, the oldest first."""
    return list(db.session.scalars(select(CaseRecord.number).where(_leaning_on(first, last)).order_by(CaseRecord.id)))


def _leaning_on(first: date, last: date) -> ColumnElement[bool]:
    received, promised = (CaseRecord.state[name].as_string() for name in ("received_on", "due_on"))
    return and_(CaseRecord.status.in_(OPEN), received <= last.isoformat(), promised >= first.isoformat())
