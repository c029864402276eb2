"""Reads what everyone may read: the public rows only. Lists are keyset pages, their totals come from counters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, RowMapping, Select, Table, bindparam, func, select

from portal.casework import search
from portal.casework.models import PublicCase
from portal.casework.projection import facet_key, month_key
from portal.counters import CONTENT_VERSION, PUBLIC_VERSION, Counter, Versions
from portal.db import db, read_committed
from portal.domain.bigrams import holds, likeness, query_tokens, tokens
from portal.domain.case import is_number
from portal.domain.codes import OPEN, Status

PAGE = 25
COUNTED_UP_TO = 1_000
_POOL, _MOST_ROUNDS = 200, 5  # candidates of a search
_BEYOND = 2**31 - 1  # no case has this id
_SIMILAR_POOL = 120
_LIKE_ENOUGH = 0.08
_T = cast(Table, PublicCase.__table__)
_BRIEF = (_T.c.id, _T.c.number, _T.c.category, _T.c.unit, _T.c.district, _T.c.state, _T.c.received_on, _T.c.due_on,
          _T.c.answered_on, _T.c.rating, _T.c.title)

_COUNTERS = cast(Table, Counter.__table__)
_PUBLIC, _CONTENT = (select(_COUNTERS.c.n).where(_COUNTERS.c.key == key).scalar_subquery()
                     for key in (PUBLIC_VERSION, CONTENT_VERSION))
_ONE = (select(_T, _PUBLIC.label("public_version"), _CONTENT.label("content_version"))
        .where(_T.c.number == bindparam("number")))

PublicRow = RowMapping


@dataclass(frozen=True)
class Filters:
    """What a reader asks of the list; empty strings ask nothing. `month` is `2026-11`."""

    q: str = ""
    category: str = ""
    unit: str = ""
    district: str = ""
    state: str = ""
    late: bool = False
    month: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether a counter holds the total."""
        return not (self.q or self.late or self.month or (self.unit and self.district))


@dataclass(frozen=True)
class Page:
    """`total` is exact, or None for more than COUNTED_UP_TO. `older` and `newer` are the numbers to go on from."""

    rows: Sequence[PublicRow]
    total: int | None
    older: str | None
    newer: bool


def _read(statement: Any, given: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Past the session, which has nothing to add to plain rows."""
    return db.session.connection().execute(statement, given)


def _pairs(statement: Any) -> dict[str, int]:
    return {row.key: row.n for row in _read(statement)}


def find_public_case(number: str) -> PublicRow | None:
    """The row, with the versions beside it: the page of a case costs one statement."""
    found = read_committed(_ONE, {"number": number}) if is_number(number) else ()
    return next((row._mapping for row in found), None)


def versions_beside(row: PublicRow) -> Versions:
    """Those read together with the row."""
    return Versions(row["public_version"] or 0, row["content_version"] or 0)


def list_public(filters: Filters, *, today: date, after: str = "") -> Page:
    """The newest cases that fit, from the one `after` on."""
    before = db.session.scalar(select(_T.c.id).where(_T.c.number == after)) if is_number(after) else None
    searched = query_tokens(filters.q)
    if filters.q and not searched:
        return Page((), 0, None, newer=bool(after))
    rows = (_searched(filters, searched, today, before) if searched
            else list(_read(_page(filters, today, before, PAGE + 1)).mappings()))
    shown = rows[:PAGE]
    older = shown[-1]["number"] if len(rows) > PAGE else None
    total = _total(filters, searched, today) if shown or not searched or after else 0
    return Page(shown, total, older, newer=bool(after))


def similar(title: str, text: str, *, most: int = 3) -> list[PublicRow]:
    """Published cases that share the most pairs of characters with what a person is about to send."""
    own = tokens(f"{title}\n{text[:600]}")
    pairs = [each for each in own if len(each) == 2][:60]
    if not pairs:
        return []
    ids = search.newest(db.session.connection(), pairs, before=None, limit=_SIMILAR_POOL, any_of=True)
    columns = (*_BRIEF, _T.c.text)
    rows = _read(select(*columns).where(_T.c.id.in_(ids))).mappings().all()
    scored = sorted(((likeness(own, tokens(f"{row['title']}\n{row['text'] or ''}")), row) for row in rows),
                    key=lambda pair: pair[0], reverse=True)
    return [row for score, row in scored[:most] if score >= _LIKE_ENOUGH]


def month_counts(month: str) -> dict[str, int]:
    names = ("received", "answered", "in_time", "rated", "satisfied")
    keys = {month_key(name, month): name for name in names}
    found = _pairs(select(Counter.key, Counter.n).where(Counter.key.in_(keys)))
    return {name: found.get(key, 0) for key, name in keys.items()}


def months() -> list[str]:
    """The months in which opinions came in, newest first."""
    prefix = month_key("received", "")
    keys = db.session.scalars(select(Counter.key).where(Counter.key > prefix, Counter.key < prefix + "9999", Counter.n > 0))
    return sorted((key.removeprefix(prefix) for key in keys), reverse=True)


def total_public() -> int:
    return _counter(facet_key())


def newest(limit: int) -> Sequence[PublicRow]:
    return _read(select(*_BRIEF).order_by(_T.c.id.desc()).limit(limit)).mappings().all()


def newest_changed(limit: int) -> Sequence[PublicRow]:
    """Published answers that did what was asked, newest first."""
    return _read(
        select(*_BRIEF, _T.c.answer).where(_T.c.state.in_((Status.ANSWERED, Status.CLOSED)), _T.c.outcome == "done",
                                           _T.c.answer.is_not(None)).order_by(_T.c.id.desc()).limit(limit)
    ).mappings().all()


def _filtered(statement: Select[Any], filters: Filters, today: date) -> Select[Any]:
    for name in ("category", "unit", "district", "state"):
        if value := getattr(filters, name):
            statement = statement.where(_T.c[name] == value)
    if filters.late:
        running = tuple(OPEN - {Status.WAITING, Status.QUARANTINED})
        statement = statement.where(_T.c.state.in_(running), _T.c.due_on < today)
    if filters.month:
        first = date.fromisoformat(f"{filters.month}-01")
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        statement = statement.where(_T.c.id >= _first_id_from(first), _T.c.id < _first_id_from(following))
    return statement


def _first_id_from(day: date) -> int:
    """Ids grow with the day of receipt (`submit` sees to it), so a month is a range of them: one seek instead of a scan."""
    first = select(_T.c.id).where(_T.c.received_on >= day).order_by(_T.c.received_on, _T.c.id).limit(1)
    return db.session.scalar(first) or _BEYOND


def _page(filters: Filters, today: date, before: int | None, limit: int) -> Select[Any]:
    statement = _filtered(select(*_BRIEF), filters, today).order_by(_T.c.id.desc()).limit(limit)
    return statement if before is None else statement.where(_T.c.id < before)


def _searched(filters: Filters, searched: list[str], today: date, before: int | None) -> list[PublicRow]:
    """Hits of the index, then the filters and the true text; in rounds, since either may drop some.

    Gives up after a thousand newer cases that hold all pairs of the word and not the word: nobody waits for the rest.
    """
    found: list[PublicRow] = []
    for _ in range(_MOST_ROUNDS):
        ids = search.newest(db.session.connection(), searched, before=before, limit=_POOL)
        statement = _filtered(select(*_BRIEF, _T.c.text, _T.c.answer).where(_T.c.id.in_(ids)), filters, today)
        rows = _read(statement.order_by(_T.c.id.desc())).mappings()
        found += [row for row in rows if holds(f"{row['title']}\n{row['text']}\n{row['answer'] or ''}", filters.q)]
        if len(found) > PAGE or len(ids) < _POOL:
            break
        before = ids[-1]
    return found[:PAGE + 1]


def _total(filters: Filters, searched: list[str], today: date) -> int | None:
    if filters.is_counted:
        place = f"unit:{filters.unit}" if filters.unit else f"district:{filters.district}" if filters.district else ""
        return _counter(facet_key(place=place, category=filters.category, state=filters.state))
    if searched:
        ids = search.newest(db.session.connection(), searched, before=None, limit=COUNTED_UP_TO + 1)
        if len(ids) > COUNTED_UP_TO:
            return None
        statement = _filtered(select(func.count()).select_from(_T).where(_T.c.id.in_(ids)), filters, today)
        return db.session.scalar(statement) or 0
    capped = _page(filters, today, None, COUNTED_UP_TO + 1).with_only_columns(_T.c.id).order_by(None).subquery()
    counted = db.session.scalar(select(func.count()).select_from(capped)) or 0
    return counted if counted <= COUNTED_UP_TO else None


def _counter(key: str) -> int:
    return db.session.scalar(select(Counter.n).where(Counter.key == key)) or 0
