"""Campaigns and what belongs to them. Codes and ballots share no key, no order and no time; nothing here can join them.

A ballot lies sealed in the box until it is mixed with others; ballots and words have random keys and are stored in the
order of these keys (WITHOUT ROWID), so that neither a row number nor a page tells when one came.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeOf, Model, Moment
from portal.domain.adoption import Decision
from portal.domain.campaign import Access, BallotChannel, Group, Kind
from portal.domain.paper import EntryState

_SLUG, _CODE, _RANDOM = String(60), String(40), String(32)


class FormVersion(Model):
    """One version of a form. Once a campaign with it was announced it is locked: a change makes a new version."""

    __tablename__ = "evaluation_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(_CODE)
    version: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # nobody: from the files
    changed_at: Mapped[datetime] = mapped_column(Moment)
    seen: Mapped[int] = mapped_column(SmallInteger)  # raised by every change of a version that is not locked
    locked: Mapped[bool]
    imported: Mapped[bytes | None] = mapped_column(LargeBinary(16))  # fingerprint of the file last brought in or written

    __table_args__ = (UniqueConstraint("slug", "version"),)


class CampaignRecord(Model):
    """`plan` is the promise, dates beside it. The keys are wrapped; that of the box is destroyed when all is mixed."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(_SLUG, unique=True)
    kind: Mapped[Kind] = mapped_column(CodeOf(Kind))
    access: Mapped[Access] = mapped_column(CodeOf(Access))
    form_id: Mapped[int] = mapped_column(ForeignKey("evaluation_forms.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    publishes_on: Mapped[date] = mapped_column(index=True)
    version: Mapped[int]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    announced_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    box_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    words_key: Mapped[bytes | None] = mapped_column(LargeBinary)


class CodeBatch(Model):
    """Codes made at one time for one group and one subject (empty: the police as a whole). Days are calendar days."""

    __tablename__ = "code_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    audience: Mapped[Group] = mapped_column(CodeOf(Group))
    subject: Mapped[str] = mapped_column(_CODE)
    note: Mapped[str] = mapped_column(String(60))
    made: Mapped[int]
    first_serial: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_on: Mapped[date]
    voided: Mapped[bool]
    unused: Mapped[list[int]] = mapped_column(JSON)  # serials, as they were on that day: nobody sees a code come back
    unused_on: Mapped[date]


class OneTimeCode(Model):
    """Known by a keyed hash alone, and whether it was used: never when, and never for what."""

    __tablename__ = "one_time_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("code_batches.id"))
    serial: Mapped[int]
    used: Mapped[bool]

    __table_args__ = (Index(None, "batch_id", "used", "serial"), {"sqlite_with_rowid": False})


class BoxedBallot(Model):
    """A ballot that was sent and is not mixed yet: sealed, and all of a form of one size."""

    __tablename__ = "ballot_box"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(_RANDOM, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Ballot(Model):
    """One ballot without its words. `sealed` holds its answers as JSON.

    No audience, no subject: what would have told too few ballots apart was left out (`portal.domain.anonymity`).
    """

    __tablename__ = "ballots"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(_RANDOM, primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("evaluation_forms.id"))
    audience: Mapped[Group | None] = mapped_column(CodeOf(Group))
    subject: Mapped[str] = mapped_column(_CODE)
    channel: Mapped[BallotChannel] = mapped_column(CodeOf(BallotChannel))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Topic(Model):
    """What people wrote about, in the words of the person who read it."""

    __tablename__ = "evaluation_topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120))

    __table_args__ = (UniqueConstraint("campaign_id", "name"),)


class BallotWords(Model):
    """What was written as the answer to one open question, apart from the ballot it came with; sealed."""

    __tablename__ = "ballot_words"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(_RANDOM, primary_key=True)
    subject: Mapped[str] = mapped_column(_CODE)
    question: Mapped[str] = mapped_column(String(24))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation_topics.id"), index=True)
    set_aside: Mapped[bool]  # read, and about nothing that could be counted

    __table_args__ = (Index(None, "campaign_id", "topic_id", "set_aside"), {"sqlite_with_rowid": False})


class SentOnce(Model):
    """The mark of a form that was sent, so that sent twice it counts once. Forgotten after two days."""

    __tablename__ = "ballots_sent"

    once_hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    sent_on: Mapped[date] = mapped_column(index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class PaperBallot(Model):
    """A ballot on paper on its way into the box: typed, then checked by a second person. Afterwards its words are gone."""

    __tablename__ = "paper_ballots"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[EntryState] = mapped_column(CodeOf(EntryState))
    version: Mapped[int]
    typed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(16), unique=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "campaign_id", "state", "id"),)


class ResultEntry(Model):
    """Results as they were published. The first is number 1; a correction is a further entry and never replaces one."""

    __tablename__ = "evaluation_results"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)  # not yet: a correction that waits for a second person
    figures: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Rectification(Model):
    """What is done about what dissatisfied most (从群众最不满意的地方改起). Its figures are those of published results."""

    __tablename__ = "rectifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    topic: Mapped[str] = mapped_column(String(120))
    question: Mapped[str | None] = mapped_column(String(24))  # whose score before and after tells whether it helped
    part: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(_CODE)
    unit: Mapped[str] = mapped_column(_CODE)
    leader: Mapped[str] = mapped_column(String(40))
    measure: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(index=True)
    evidence: Mapped[str | None] = mapped_column(Text)
    done_on: Mapped[date | None]
    version: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)


class Adoption(Model):
    """What became of one thing that a consultation brought up."""

    __tablename__ = "adoptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("evaluation_topics.id"), unique=True)
    decision: Mapped[Decision] = mapped_column(CodeOf(Decision))
    reason: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
