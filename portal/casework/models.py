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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeOf, Model, Moment
from portal.domain.codes import Action, Channel, Lane, Outcome, Promise, Publication, Solved, Status
from portal.domain.ledger import ExportKind, ExportState
from portal.domain.paper import EntryState, FormState
from portal.domain.people import Role

_CODE = String(40)


# The columns that work lists ask of live cases.
_WORK = ("status", "objected", "drafted_by", "handler", "to_publish", "extension_asked", "second_look", "disputed", "handovers",
         "order_due", "interim_due", "follow_due", "rectify_due", "recheck_due", "promise_due", "changed_at", "barred",
         "co_units", "category", "district", "channel")


class CaseRecord(Model):
    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    once_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    notify: Mapped[str | None] = mapped_column(String(8))  # by which means the author wants notices, never an address
    version: Mapped[int]
    status: Mapped[Status] = mapped_column(CodeOf(Status))
    lane: Mapped[Lane] = mapped_column(CodeOf(Lane))
    unit: Mapped[str | None] = mapped_column(_CODE)
    category: Mapped[str] = mapped_column(_CODE)
    district: Mapped[str | None] = mapped_column(_CODE)
    service: Mapped[str | None] = mapped_column(String(80))
    publication: Mapped[Publication] = mapped_column(CodeOf(Publication))
    consent: Mapped[bool]
    to_publish: Mapped[bool]
    channel: Mapped[Channel] = mapped_column(CodeOf(Channel))
    next_due: Mapped[date]
    live: Mapped[bool]  # whether anybody still has something to do: lists of the desk look at these alone
    objected: Mapped[bool]
    drafted_by: Mapped[int | None]
    handler: Mapped[int | None]
    disputed: Mapped[bool]
    handovers: Mapped[int] = mapped_column(SmallInteger)
    barred: Mapped[str | None] = mapped_column(Text)  # |unit|#account| of those who may know nothing of it
    co_units: Mapped[str | None] = mapped_column(Text)  # |unit| of those who contribute, |!unit| of those who still owe it
    merged_into: Mapped[str | None] = mapped_column(String(16), index=True)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    answered_on: Mapped[date | None]
    extension_asked: Mapped[bool]
    second_look: Mapped[bool]
    interim_due: Mapped[date | None]
    order_due: Mapped[date | None]
    follow_due: Mapped[date | None]
    rectify_due: Mapped[date | None]
    recheck_due: Mapped[date | None]
    promise_due: Mapped[date | None]
    received_on: Mapped[date]  # earlier than `received_at` for what lay on paper first
    received_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        Index(None, "lane", "status", "next_due"),
        Index(None, "unit", "status", "next_due"),
        Index(None, "rating", "answered_on"),
        # Covering: what work lists are counted by, and what the ledger and ended cases are narrowed by, without a look at
        # the wide rows themselves.
        Index("ix_cases_live_work", "live", "next_due", "id", "lane", "unit", *_WORK, sqlite_where=text("live = 1"),
              postgresql_where=text("live")),
        Index("ix_cases_ledger", "received_on", "id", "lane", "status", "unit", "category", "district", "channel", "barred",
              "co_units", "rating", "answered_on", "next_due"),
        Index(None, "unit", "received_on", "id"),
        Index(None, "co_units", sqlite_where=text("co_units IS NOT NULL"), postgresql_where=text("co_units IS NOT NULL")),
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
    promise: Mapped[Promise | None] = mapped_column(CodeOf(Promise))
    rounds: Mapped[list[Any]] = mapped_column(JSON)
    orders: Mapped[int] = mapped_column(SmallInteger)
    handovers: Mapped[int] = mapped_column(SmallInteger)
    followed: Mapped[Solved | None] = mapped_column(CodeOf(Solved))
    rectify_due: Mapped[date | None]
    rectified_on: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(16))
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
        Index(None, "promise", "promised_on", "id"),
        Index(None, "promised_on", "id"),
        Index(None, "unit", "promised_on", "id"),
        Index(None, "answered_on", "unit"),
    )


class AnswerTemplate(Model):
    """A first draft that a unit keeps for questions that come again. Its gaps 【…】 must be filled, its words fitted."""

    __tablename__ = "answer_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(_CODE, index=True)
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Renewal(Model):
    """A one-time number in place of a lost code. Without a case it was asked for in vain, and is answered just alike."""

    __tablename__ = "renewals"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))  # of which the vault makes the number and the new code
    tries: Mapped[int] = mapped_column(SmallInteger)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SavedFilter(Model):
    """A work list as one person likes to see it, under a name of their own."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(_CODE)
    list_key: Mapped[str] = mapped_column(String(24))
    query: Mapped[dict[str, str]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class LedgerExport(Model):
    """Who took how much of the ledger, and when. The row stays; its parts are deleted after a day."""

    __tablename__ = "ledger_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    viewer: Mapped[dict[str, Any]] = mapped_column(JSON)  # the rights under which it was asked for
    kind: Mapped[ExportKind] = mapped_column(CodeOf(ExportKind))
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[ExportState] = mapped_column(CodeOf(ExportState))
    done: Mapped[int]
    total: Mapped[int]
    last_id: Mapped[int | None]  # the case that was gathered last
    size: Mapped[int]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # None once nothing is left to be opened
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "account_id", "id"), Index(None, "state", "id"))


class LedgerPart(Model):
    """A piece of an export, sealed: gathered rows first, then the pieces of the file."""

    __tablename__ = "ledger_parts"

    export_id: Mapped[int] = mapped_column(ForeignKey("ledger_exports.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Draw(Model):
    """The draw of one month: a seed that was bound to before it began, and what was drawn from which list after it ended."""

    __tablename__ = "draws"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-11
    commitment: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime] = mapped_column(Moment)
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    seed: Mapped[str | None] = mapped_column(String(64))  # in hexadecimal digits, once it was used
    drawn_at: Mapped[datetime | None] = mapped_column(Moment)
    answered: Mapped[int]
    picked: Mapped[int]
    population: Mapped[dict[str, list[str]]] = mapped_column(JSON)  # unit -> numbers
    drawn: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    noted_at: Mapped[datetime | None] = mapped_column(Moment)  # when every drawn case had been put on the list


class PaperForm(Model):
    """A printed form. Its author holds the code from the start; here only the hash of it is kept."""

    __tablename__ = "paper_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(10), unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    unit: Mapped[str] = mapped_column(_CODE)
    printed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    printed_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[FormState] = mapped_column(CodeOf(FormState))
    number: Mapped[str | None] = mapped_column(String(16))  # of the case; never that of a report of misconduct

    __table_args__ = (Index(None, "unit", "state"),)


class PaperBatch(Model):
    """Forms that came on one day and are typed together."""

    __tablename__ = "paper_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(_CODE)
    opened_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    received_on: Mapped[date]

    __table_args__ = (Index(None, "unit", "id"),)


class PaperEntry(Model):
    """One typed form, sealed under a key of its own until it is checked; then the case has the words, and both go."""

    __tablename__ = "paper_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batches.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("paper_forms.id"), unique=True)
    state: Mapped[EntryState] = mapped_column(CodeOf(EntryState))
    version: Mapped[int]
    typed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    typed_at: Mapped[datetime] = mapped_column(Moment)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    barred: Mapped[str | None] = mapped_column(Text)  # |unit| of those complained about, who may not read it
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)  # why it was sent back

    __table_args__ = (Index(None, "batch_id", "state"),)
