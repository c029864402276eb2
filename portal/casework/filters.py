"""Work lists as a person likes to see them, kept under names of their own. Reads and writes; knows no pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.casework.models import SavedFilter
from portal.db import db
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.given import clean

MOST = 20  # of one person
LONGEST_NAME = 40


@dataclass(frozen=True)
class Saved:
    id: int
    name: str
    list_key: str
    query: Mapping[str, str]


def saved_filters(account_id: int) -> list[Saved]:
    """All of one person, by name."""
    rows = db.session.scalars(select(SavedFilter).where(SavedFilter.account_id == account_id).order_by(SavedFilter.name))
    return [Saved(row.id, row.name, row.list_key, row.query) for row in rows]


def save(account_id: int, name: str, *, list_key: str, query: Mapping[str, str]) -> Saved:
    """Raises InvalidError naming `name`: missing, too long, taken, or one too many."""
    name = _checked(account_id, name)
    if (db.session.scalar(select(func.count()).where(SavedFilter.account_id == account_id)) or 0) >= MOST:
        raise InvalidError({"name": "too_many_filters"})
    row = SavedFilter(account_id=account_id, name=name, list_key=list_key, query=dict(query))
    db.session.add(row)
    db.session.flush()
    return Saved(row.id, row.name, row.list_key, row.query)


def rename(account_id: int, filter_id: int, name: str) -> None:
    """Raises NotFoundError for another person's, InvalidError as `save` does."""
    row = _own(account_id, filter_id)
    row.name = _checked(account_id, name, but=filter_id)


def delete(account_id: int, filter_id: int) -> None:
    """Raises NotFoundError for another person's."""
    db.session.delete(_own(account_id, filter_id))


def _own(account_id: int, filter_id: int) -> SavedFilter:
    row = db.session.get(SavedFilter, filter_id)
    if row is None or row.account_id != account_id:
        raise NotFoundError
    return row


def _checked(account_id: int, name: str, *, but: int | None = None) -> str:
    name = " ".join(clean(name).split())
    if not name:
        raise InvalidError({"name": "required"})
    if len(name) > LONGEST_NAME:
        raise InvalidError({"name": "too_long"})
    same = select(SavedFilter.id).where(SavedFilter.account_id == account_id, SavedFilter.name == name)
    if db.session.scalar(same.where(SavedFilter.id != (but or 0))) is not None:
        raise InvalidError({"name": "taken"})
    return name
