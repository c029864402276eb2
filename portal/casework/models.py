"""What is kept of a case. What people wrote is sealed; what everyone may read stands apart in `public_cases`.

`state` sums up the events; the columns beside it repeat what lists are sorted and filtered by.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeOf, Model, Moment
from portal.domain.case import Action, Lane, Outcome, Publication, Status
from portal.domain.people import Role

_CODE = String(40)


class CaseRecord(Model):
    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    once_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int]
    status: Mapped[Status] = mapped_column(CodeOf(Status))
    lane: Mapped[Lane] = mapped_column(CodeOf(Lane))
    unit: Mapped[str | None] = mapped_column(_CODE)
    category: Mapped[str] = mapped_column(_CODE)
    district: Mapped[str | None] = mapped_column(_CODE)
    service: Mapped[str | None] = mapped_column(String(80))
    publication: Mapped[Publication] = mapped_column(CodeOf(Publication))
    consent: Mapped[bool]
    next_due: Mapped[date]
    objected: Mapped[bool]
    drafted_by: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        Index(None, "lane", "status", "next_due"),
        Index(None, "unit", "status", "next_due"),
    )


class EventRecord(Model):
    """One act, never changed. `seq` is the version of the case it made: two acts on one version cannot both be kept."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    action: Mapped[Action] = mapped_column(CodeOf(Action))
    at: Mapped[datetime] = mapped_column(Moment)
    role: Mapped[Role] = mapped_column(CodeOf(Role))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    unit: Mapped[str | None] = mapped_column(_CODE)
    source: Mapped[Status | None] = mapped_column(CodeOf(Status))
    target: Mapped[Status] = mapped_column(CodeOf(Status))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("case_id", "seq"),)


class Attachment(Model):
    """A rebuilt file, sealed. Its own name is not kept: a name of a file can name a person."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    seq: Mapped[int]
    token: Mapped[str] = mapped_column(String(32), unique=True)
    media_type: Mapped[str] = mapped_column(String(40))
    extension: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PublicCase(Model):
    """What everyone may read of a case, filled by `projection` alone. A case without a row is not known in public."""

    __tablename__ = "public_cases"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    category: Mapped[str] = mapped_column(_CODE)
    unit: Mapped[str] = mapped_column(_CODE)
    district: Mapped[str] = mapped_column(_CODE)
    state: Mapped[Status] = mapped_column(CodeOf(Status))
    received_on: Mapped[date]
    due_on: Mapped[date]
    answered_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(CodeOf(Outcome))
    promised_on: Mapped[date | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    title: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    timeline: Mapped[list[Any]] = mapped_column(JSON)
    version: Mapped[int]  # raised by every change of this row

    __table_args__ = (
        CheckConstraint("number NOT LIKE 'J%'", name="never_misconduct"),
        # One index for each combination of filters: a page of the list is one seek, however many cases there are.
        *(Index(None, *place, *what, "id")
          for place in ((), ("unit",), ("district",))
          for what in ((), ("category",), ("state",), ("category", "state"))
          if place or what),
        Index(None, "received_on", "id"),
        Index(None, "due_on", "id"),
    )


class Counter(Model):
    """A number that would be dear to count, raised and lowered in the transaction of the change itself."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    n: Mapped[int]
