"""Reads the public register of promises: every answer that says by which day something will be done. Public rows only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, RowMapping, Table, and_, func, or_, select, true

from portal.casework.models import PublicCase
from portal.db import db
from portal.domain.case import is_number
from portal.domain.codes import Promise
from portal.domain.standing import Standing

PAGE = 25
_T = cast(Table, PublicCase.__table__)
_SHOWN = (_T.c.id, _T.c.number, _T.c.category, _T.c.unit, _T.c.district, _T.c.title, _T.c.promise, _T.c.promised_on,
          _T.c.answered_on)


@dataclass(frozen=True)
class Asked:
    """What a reader asks of the register; None and empty ask nothing."""

    unit: str = ""
    standing: Standing | None = None


@dataclass(frozen=True)
class Page:
    """`following` is the number to go on from; `continued`: this is not the first page."""

    rows: Sequence[RowMapping]
    following: str | None
    continued: bool


@dataclass(frozen=True)
class Counts:
    """How the promises of one unit, or of all, stand today."""

    ahead: int
    unchecked: int
    kept: int
    broken: int

    @property
    def total(self) -> int:
        return self.ahead + self.unchecked + self.kept + self.broken

    @property
    def checked(self) -> int:
        return self.kept + self.broken

    def of(self, standing: Standing | None) -> int:
        """How many rows the register has under this filter."""
        return self.total if standing is None else int(getattr(self, standing))


def promises(asked: Asked, *, today: date, after: str = "") -> Page:
    """One page. What is still to be done or to be looked at comes the earliest day first, all else the latest first."""
    earliest_first = asked.standing in (Standing.AHEAD, Standing.UNCHECKED)
    day, id_ = _T.c.promised_on, _T.c.id
    statement = select(*_SHOWN).where(_T.c.promise.is_not(None), day.is_not(None), _of(asked.unit),
                                      _standing(asked.standing, today))
    statement = statement.order_by(day, id_) if earliest_first else statement.order_by(day.desc(), id_.desc())
    last = _last(after)
    if last is not None:
        beyond = (day > last[0], id_ > last[1]) if earliest_first else (day < last[0], id_ < last[1])
        statement = statement.where(or_(beyond[0], and_(day == last[0], beyond[1])))
    rows = db.session.connection().execute(statement.limit(PAGE + 1)).mappings().all()
    return Page(rows[:PAGE], rows[PAGE - 1]["number"] if len(rows) > PAGE else None, continued=last is not None)


def counts(unit: str, today: date) -> Counts:
    columns = [func.count().filter(_standing(each, today)).label(each.value) for each in Standing]
    statement = select(*columns).where(_T.c.promise.is_not(None), _T.c.promised_on.is_not(None), _of(unit))
    return Counts(**db.session.connection().execute(statement).mappings().one())


def _of(unit: str) -> ColumnElement[bool]:
    return _T.c.unit == unit if unit else true()


def _standing(asked: Standing | None, today: date) -> ColumnElement[bool]:
    """The same judgement as `standing.standing`."""
    if asked is None:
        return true()
    if asked in (Standing.KEPT, Standing.BROKEN):
        return _T.c.promise == Promise(asked.value)
    ahead: Any = _T.c.promised_on >= today
    return and_(_T.c.promise == Promise.OPEN, ahead if asked is Standing.AHEAD else _T.c.promised_on < today)


def _last(number: str) -> tuple[date, int] | None:
    if not is_number(number):
        return None
    row = db.session.execute(select(_T.c.promised_on, _T.c.id).where(_T.c.number == number)).first()
    return (row[0], row[1]) if row and row[0] else None
