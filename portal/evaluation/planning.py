"""Campaigns from draft to announcement: written by one person, approved by another, and from then on unchangeable.

Runs inside a transaction opened at the edge.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from portal.counters import note_content_change
from portal.db import db
from portal.domain import tally
from portal.domain.campaign import Kind, Phase, Plan, faults, is_slug, may_approve, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, StaleError
from portal.domain.people import Actor
from portal.evaluation.models import Ballot, BoxedBallot, CampaignRecord, CodeBatch, FormVersion, OneTimeCode, PaperBallot
from portal.evaluation.queries import form_of, phase, plan_of, record_of
from portal.vault.actions import Vault
from portal.vault.box import new_key

LONGEST_REASON = 500


def draft(plan: Plan, *, slug: str, form_id: int, by: Actor, now: datetime, vault: Vault, previous: str = "") -> str:
    """A campaign that only staff knows of. Raises InvalidError for a slug that is taken, NotAllowedError."""
    _refuse_others(by)
    if not is_slug(slug):
        raise InvalidError({"slug": "slug"})
    if db.session.scalar(select(CampaignRecord.id).where(CampaignRecord.slug == slug)) is not None:
        raise InvalidError({"slug": "taken"})
    record = CampaignRecord(slug=slug, previous_id=_previous(previous, plan), version=1, drafted_by=_id(by),
                            form_id=_form(form_id), box_key=vault.keyring.wrap(new_key(), f"box|{slug}"),
                            words_key=vault.keyring.wrap(new_key(), f"words|{slug}"))
    _take_over(record, plan)
    db.session.add(record)
    db.session.flush()
    return slug


def change(slug: str, plan: Plan, *, form_id: int, seen: int, by: Actor, previous: str | None = None) -> None:
    """Only while it is a draft. Whoever changed it last counts as its author, so that two people have read the promise.

    `previous` None leaves the last round as it is. Raises StaleError, InvalidError, NotAllowedError, NotFoundError.
    """
    _refuse_others(by)
    record = _draft(slug, seen)
    if previous is not None:
        record.previous_id = _previous(previous, plan)
    record.form_id, record.drafted_by, record.version = _form(form_id), _id(by), record.version + 1
    _take_over(record, plan)


def announce(slug: str, *, seen: int, form_seen: int, by: Actor, now: datetime, subjects: Collection[str]) -> None:
    """The second person makes it public, and locks its form. From here on nothing of the promise can be changed.

    Raises InvalidError for dates that contradict or lie behind, NotAllowedError for whoever wrote it, StaleError.
    """
    record = _draft(slug, seen)
    form = db.session.get_one(FormVersion, record.form_id, with_for_update=True)
    if not may_approve(by, record.drafted_by, None if form.locked else form.changed_by):
        raise NotAllowedError("announce")
    found = dict(faults(plan_of(record), now.date(), subjects=subjects))
    if record.kind is Kind.RATING and not tally.asks_for_steering(form_of(form)):
        found["form"] = "no_question_of_steering"
    if found:
        raise InvalidError(found)
    if form.seen != form_seen:  # what was read is not what would be promised
        raise StaleError(number=slug, seen=seen, now=record.version)
    form.locked = True
    record.approved_by, record.announced_at, record.version = _id(by), now, record.version + 1
    note_content_change()


def discard(slug: str, *, seen: int, by: Actor) -> None:
    """A draft goes without a trace: nobody was told of it."""
    _refuse_others(by)
    db.session.delete(_draft(slug, seen))


def cancel(slug: str, reason: str, *, seen: int, by: Actor, now: datetime) -> None:
    """Calls off what was announced, for a reason that everyone reads. Results can then never be published.

    Once ballots are in, a campaign can no longer be called off: whoever dislikes what comes in must not be able to.
    """
    _refuse_others(by)
    record = record_of(slug, lock=True)
    _refuse_stale(record, seen)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise InvalidError({"reason": "too_long" if words else "required"})
    if phase(record, now.date()) not in (Phase.ANNOUNCED, Phase.OPEN) or is_voted(record.id):
        raise NotAllowedError("cancel")
    record.cancelled_at, record.cancel_reason, record.version = now, words, record.version + 1
    note_content_change()


def is_voted(campaign_id: int) -> bool:
    """Whether anybody has voted, so that the campaign can no longer be called off."""
    for each in (select(BoxedBallot.id).where(BoxedBallot.campaign_id == campaign_id),
                 select(Ballot.id).where(Ballot.campaign_id == campaign_id),
                 select(PaperBallot.id).where(PaperBallot.campaign_id == campaign_id),
                 select(OneTimeCode.serial).join(CodeBatch, CodeBatch.id == OneTimeCode.batch_id).where(
                     CodeBatch.campaign_id == campaign_id, OneTimeCode.used)):
        if db.session.scalar(each.limit(1)) is not None:
            return True
    return False


def _take_over(record: CampaignRecord, plan: Plan) -> None:
    kept: dict[str, Any] = msgspec.to_builtins(plan)
    record.kind, record.access, record.plan = plan.kind, plan.access, kept
    record.opens_on, record.closes_on, record.publishes_on = plan.opens_on, plan.closes_on, plan.publishes_on


def _previous(slug: str, plan: Plan) -> int | None:
    """The last round that results are compared with: of the same kind."""
    earlier = record_of(slug) if slug else None
    if earlier is not None and earlier.kind is not plan.kind:
        raise InvalidError({"previous": "choice"})
    return earlier.id if earlier is not None else None


def _draft(slug: str, seen: int) -> CampaignRecord:
    record = record_of(slug, lock=True)
    _refuse_stale(record, seen)
    if record.announced_at is not None:
        raise NotAllowedError("change")
    return record


def _refuse_stale(record: CampaignRecord, seen: int) -> None:
    if record.version != seen:
        raise StaleError(number=record.slug, seen=seen, now=record.version)


def _form(form_id: int) -> int:
    if not db.session.scalar(select(func.count()).select_from(FormVersion).where(FormVersion.id == form_id)):
        raise InvalidError({"form": "choice"})
    return form_id


def _refuse_others(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowedError("plan")


def _id(actor: Actor) -> int:
    if actor.id is None:
        raise NotAllowedError("plan")
    return actor.id
