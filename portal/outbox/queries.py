"""Reads notices: whether any is due, and which of them are stuck. Nothing here leads to an address or a case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from portal.db import db
from portal.outbox.models import Notice
from portal.outbox.rules import LEASE, UNCLEAR, Kind, Means, State

MOST_LISTED = 100


@dataclass(frozen=True)
class StuckNotice:
    """What may be told of a notice that needs a person."""

    id: int
    means: Means
    kind: Kind
    since: datetime
    attempts: int
    fault: str

    @property
    def perhaps_sent(self) -> bool:
        return self.fault == UNCLEAR


def has_work(means: Collection[Means], *, now: datetime) -> bool:
    """Whether a round would find anything: a cheap look without a lock."""
    due = and_(Notice.state == State.QUEUED, Notice.means.in_(list(means)), Notice.next_attempt_at <= now)
    lapsed = and_(Notice.state.in_((State.SENDING, State.HANDING)), Notice.claimed_at <= now - LEASE)
    return db.session.scalar(select(Notice.id).where(or_(due, lapsed)).limit(1)) is not None


def stuck() -> list[StuckNotice]:
    """The oldest first, as many as a page holds."""
    found = select(Notice).where(Notice.state == State.STUCK).order_by(Notice.created_at, Notice.id).limit(MOST_LISTED)
    return [StuckNotice(each.id, each.means, each.kind, each.created_at, each.attempts, each.fault or "")
            for each in db.session.scalars(found)]


def stuck_count() -> int:
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.state == State.STUCK)) or 0
