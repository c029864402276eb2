"""Everything that changes a notice: queueing beside an act, claiming, and noting what became of it. Sends nothing itself.

Each change names the claim it belongs to, so that of two workers only one can make it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from portal.db import db
from portal.domain.errors import NotFoundError
from portal.outbox.models import Notice
from portal.outbox.rules import ASKED_FOR, KEPT, LEASE, UNCLEAR, Kind, Means, Overtaken, State, next_attempt


@dataclass(frozen=True)
class Claim:
    """One attempt of one worker at one notice."""

    id: int
    name: str
    case_id: int
    means: Means
    kind: Kind
    attempt: int
    state: State
    created_at: datetime


def queue(case_id: int, means: Means, kind: Kind, *, now: datetime) -> None:
    """Belongs inside the transaction of the act it tells of. Notices of one case that were not sent yet are one.

    The waiting notice is locked, not only looked at: a worker that took it before this transaction ends would tell
    the author of a change that is not there yet.
    """
    waiting = and_(Notice.case_id == case_id, Notice.means == means, Notice.kind == kind, Notice.state == State.QUEUED)
    if kind is Kind.ONE_TIME:  # an older number is worth nothing once there is a newer one
        _change(waiting, state=State.DROPPED)
    elif _change(waiting, state=State.QUEUED):
        return
    db.session.add(Notice(case_id=case_id, means=means, kind=kind, state=State.QUEUED, attempts=0, next_attempt_at=now,
                          created_at=now))
    db.session.flush()


def claim(means: Collection[Means], *, now: datetime) -> Claim | None:
    """Takes the notice that has waited longest, for as long as a lease. Commit before anything is sent."""
    due = select(Notice).where(Notice.state == State.QUEUED, Notice.means.in_(list(means)),
                               Notice.next_attempt_at <= now)
    first = due.order_by(Notice.next_attempt_at, Notice.id).limit(1).with_for_update(skip_locked=True)
    notice = db.session.scalar(first, execution_options={"populate_existing": True})
    if notice is None:
        return None
    notice.state, notice.attempts, notice.claimed_at = State.SENDING, notice.attempts + 1, now
    db.session.flush()
    return _claim(notice)


def hand_over(claim: Claim) -> None:
    """From here on the receiver may have it. Raises Overtaken where the claim is no longer ours."""
    if not _change(_is(claim, State.SENDING), state=State.HANDING):
        raise Overtaken


def note_sent(claim: Claim, *, now: datetime) -> None:
    """Also where the lease ended meanwhile and the notice was listed or queued anew: now it is known."""
    _change(_is(claim, State.HANDING, State.STUCK, State.QUEUED), state=State.SENT, sent_at=now, fault=None)


def note_failed(claim: Claim, fault: str, *, for_good: bool, now: datetime) -> State:
    """It certainly did not arrive, or may safely arrive twice: tried again later, or listed for a person."""
    again = None if for_good else next_attempt(claim.attempt, now)
    state = State.STUCK if again is None else State.DROPPED if _has_successor(claim) else State.QUEUED
    later = {"next_attempt_at": again} if state is State.QUEUED else {}
    _change(_is(claim, State.SENDING, State.HANDING), state=state, fault=fault, **later)
    return state


def note_dropped(claim: Claim) -> None:
    """There is nobody to tell any more."""
    _change(_is(claim, State.SENDING), state=State.DROPPED)


def lapsed(now: datetime) -> list[Claim]:
    """Claims whose worker has not been heard of for a lease."""
    held = Notice.state.in_((State.SENDING, State.HANDING))
    found = select(Notice).where(held, Notice.claimed_at <= now - LEASE).order_by(Notice.id)
    return [_claim(each) for each in db.session.scalars(found, execution_options={"populate_existing": True})]


def note_lapsed(claim: Claim, *, drops_duplicates: bool | None, now: datetime) -> None:
    """A notice that nobody handed over is safe to send again; of any other the receiver alone can tell.

    `drops_duplicates` None: it could not be asked. It is asked again after another lease, for a day.
    """
    if claim.state is State.SENDING:
        note_failed(claim, "stopped", for_good=False, now=now)
    elif drops_duplicates:
        note_failed(claim, UNCLEAR, for_good=False, now=now)
    elif drops_duplicates is None and now - claim.created_at < ASKED_FOR:
        _change(_is(claim, State.HANDING), claimed_at=now)
    else:
        _change(_is(claim, State.HANDING), state=State.STUCK, fault=UNCLEAR)


def retry(notice_id: int, *, now: datetime) -> None:
    """One more attempt at a stuck notice. Raises NotFoundError for any other."""
    _unstick(notice_id, state=State.QUEUED, next_attempt_at=now)


def drop(notice_id: int) -> None:
    """Gives a stuck notice up. Raises NotFoundError for any other."""
    _unstick(notice_id, state=State.DROPPED)


def forget_old(now: datetime) -> int:
    """Deletes what was sent or dropped long ago."""
    old = and_(Notice.state.in_((State.SENT, State.DROPPED)), Notice.created_at < now - KEPT)
    return len(db.session.scalars(delete(Notice).where(old).returning(Notice.id)).all())


def _unstick(notice_id: int, **values: Any) -> None:
    if not _change(and_(Notice.id == notice_id, Notice.state == State.STUCK), **values):
        raise NotFoundError


def _has_successor(claim: Claim) -> bool:
    """Whether a later act queued the same notice while this one was on its way."""
    same = and_(Notice.case_id == claim.case_id, Notice.means == claim.means, Notice.kind == claim.kind)
    return db.session.scalar(select(Notice.id).where(same, Notice.state == State.QUEUED, Notice.id != claim.id)) is not None


def _is(claim: Claim, *states: State) -> ColumnElement[bool]:
    return and_(Notice.id == claim.id, Notice.attempts == claim.attempt, Notice.state.in_(states))


def _change(which: ColumnElement[bool], **values: Any) -> bool:
    """Whether there was such a notice; its row is ours until the end of the transaction."""
    changing = update(Notice).where(which).values(**values).returning(Notice.id)
    return bool(db.session.scalars(changing, execution_options={"synchronize_session": False}).all())


def _claim(notice: Notice) -> Claim:
    return Claim(notice.id, notice.name, notice.case_id, notice.means, notice.kind, notice.attempts, notice.state,
                 notice.created_at)
