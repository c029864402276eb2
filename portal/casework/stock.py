"""Answer templates: first drafts that a unit keeps for questions that come again. Reads and writes; knows no pages.

That no template goes out unedited `actions` sees to; here they are only kept.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from portal.casework.models import AnswerTemplate
from portal.db import db
from portal.domain.errors import InvalidError, NotFoundError, StaleError
from portal.domain.given import clean

LONGEST_TITLE, LONGEST_TEXT = 60, 5_000
_LIMITS = {"title": LONGEST_TITLE, "text": LONGEST_TEXT}


def answer_templates(unit: str | None) -> list[AnswerTemplate]:
    """All of one unit, by title."""
    own = select(AnswerTemplate).where(AnswerTemplate.unit == unit).order_by(AnswerTemplate.title, AnswerTemplate.id)
    return list(db.session.scalars(own))


def get_template(template_id: int, unit: str) -> AnswerTemplate:
    """Raises NotFoundError, also for another unit's."""
    row = db.session.get(AnswerTemplate, template_id)
    if row is None or row.unit != unit:
        raise NotFoundError
    return row


def add(unit: str, given: Mapping[str, str], *, by: int, now: datetime) -> AnswerTemplate:
    """Raises InvalidError."""
    row = AnswerTemplate(unit=unit, changed_by=by, changed_at=now, **_checked(given))
    db.session.add(row)
    db.session.flush()
    return row


def change(template_id: int, unit: str, given: Mapping[str, str], *, seen: str, by: int, now: datetime) -> None:
    """`seen` is the mark of the template that was read; raises StaleError where a colleague changed it meanwhile."""
    row = get_template(template_id, unit)
    if mark(row) != seen:
        raise StaleError(number=row.title, seen=0, now=0)
    for name, value in _checked(given).items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by, now


def delete(template_id: int, unit: str) -> None:
    """Raises NotFoundError."""
    db.session.delete(get_template(template_id, unit))


def mark(row: AnswerTemplate) -> str:
    """Tells one version of a template from the next."""
    return f"{row.changed_by}.{row.changed_at:%Y%m%d%H%M%S%f}"


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    values = {name: clean(given.get(name)) for name in _LIMITS}
    faults = {name: "required" if not value else "too_long" for name, value in values.items()
              if not value or len(value) > _LIMITS[name]}
    if faults:
        raise InvalidError(faults)
    return values
