"""A notice that waits or was sent. No address and no word of the case stands here: both are looked up when it is sent."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeOf, Model, Moment
from portal.outbox.rules import Kind, Means, State


class Notice(Model):
    """`attempts` never goes back: with the id it names one claim, and only who holds that claim may change the row."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: secrets.token_hex(16))  # for receivers
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    means: Mapped[Means] = mapped_column(CodeOf(Means))
    kind: Mapped[Kind] = mapped_column(CodeOf(Kind))
    state: Mapped[State] = mapped_column(CodeOf(State))
    attempts: Mapped[int] = mapped_column(SmallInteger)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (Index(None, "state", "next_attempt_at"),)
