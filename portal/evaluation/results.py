"""Results: counted on the promised day, frozen, published by the portal itself; corrections are further entries."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from random import Random
from typing import Any

import msgspec
from sqlalchemy import func, select

from portal.counters import note_content_change
from portal.db import db
from portal.domain import steering, tally
from portal.domain.anonymity import FEWEST
from portal.domain.campaign import Access, Kind, may_approve, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.form import Form
from portal.domain.paper import EntryState
from portal.domain.people import Actor
from portal.evaluation import codes, words
from portal.evaluation.ballots import Boxed, empty_box, open_box, words_key_of
from portal.evaluation.models import Ballot, CampaignRecord, FormVersion, ResultEntry
from portal.evaluation.papers import paper_counts
from portal.evaluation.queries import arrivals, form_of, invited, latest_entry, plan_of, record_of
from portal.vault.actions import Vault
from portal.vault.box import unseal

LONGEST_REASON = 1_000
_AT_ONCE = 2_000  # ballots read together


def due(today: date) -> list[str]:
    """Campaigns whose promised day has come and that are not published."""
    found = select(CampaignRecord.slug).where(
        CampaignRecord.announced_at.is_not(None), CampaignRecord.cancelled_at.is_(None),
        CampaignRecord.published_at.is_(None), CampaignRecord.publishes_on <= today)
    return list(db.session.scalars(found.order_by(CampaignRecord.publishes_on, CampaignRecord.id)))


def publish(slug: str, *, now: datetime, vault: Vault, chance: Random) -> bool:
    """Empties the box, counts, freezes and publishes; destroys the key of the box. False where that was done before.

    Nobody's approval is asked: the day was promised. Raises NotAllowedError before that day.
    """
    record = record_of(slug, lock=True)
    if record.published_at is not None or record.cancelled_at is not None:
        return False
    if record.announced_at is None or now.date() < record.publishes_on:
        raise NotAllowedError("publish")
    boxed = open_box(record, vault)
    figures = figures_of(record, vault, boxed)
    empty_box(record, boxed, vault=vault, chance=chance)
    codes.note_unused_at_last(record.id, now.date())
    record.published_at, record.version = now, record.version + 1
    _enter(record, 1, figures, now=now)
    note_content_change()
    return True


def propose_correction(slug: str, reason: str, *, by: Actor) -> int:
    """Writes down why published results are corrected; nobody sees it before a second person agrees. Returns its number."""
    _refuse_others(by)
    record, words_ = _published(slug), reason.strip()
    if not words_ or len(words_) > LONGEST_REASON:
        raise InvalidError({"reason": "too_long" if words_ else "required"})
    same = select(ResultEntry.entry).where(ResultEntry.campaign_id == record.id, ResultEntry.published_at.is_(None),
                                           ResultEntry.reason == words_, ResultEntry.made_by == by.id)
    if (sent_before := db.session.scalar(same)) is not None:
        return sent_before
    number = (db.session.scalar(select(func.max(ResultEntry.entry)).where(ResultEntry.campaign_id == record.id)) or 0) + 1
    db.session.add(ResultEntry(campaign_id=record.id, entry=number, published_at=None, figures="{}", fingerprint="",
                               reason=words_, made_by=by.id, approved_by=None))
    db.session.flush()
    return number


def publish_correction(slug: str, number: int, *, by: Actor, now: datetime, vault: Vault, reason: str | None = None) -> None:
    """A second person publishes it: counted anew, with its reason, beside the entries before.

    `reason` is the one that this person has read: another correction may have got the number of one that was dropped.
    Raises NotAllowedError, NotFoundError, StaleError.
    """
    record = _published(slug)
    entry = _waiting(record, number)
    if not may_approve(by, entry.made_by):
        raise NotAllowedError("approve")
    if reason is not None and entry.reason != reason:
        raise StaleError(number=str(number), seen=number, now=number)
    _fill(entry, _corrected(record, vault), now)
    entry.approved_by = by.id
    note_content_change()


def drop_correction(slug: str, number: int, *, by: Actor) -> None:
    """Only while nobody has published it."""
    _refuse_others(by)
    db.session.delete(_waiting(_published(slug), number))


def counted_again(slug: str, *, by: Actor, vault: Vault) -> dict[str, Any]:
    """What a correction would publish now, for those who decide about it. Raises NotAllowedError, NotFoundError."""
    if not may_approve(by):
        raise NotAllowedError("approve")
    record = record_of(slug)
    if record.published_at is None:
        raise NotFoundError
    return _corrected(record, vault)


def waiting_corrections(campaign_id: int) -> list[tuple[int, str, int]]:
    """Number, reason and author of corrections that wait for a second person."""
    found = select(ResultEntry).where(ResultEntry.campaign_id == campaign_id, ResultEntry.published_at.is_(None))
    rows = db.session.scalars(found.order_by(ResultEntry.entry))
    return [(each.entry, each.reason or "", each.made_by or 0) for each in rows]


def figures_of(record: CampaignRecord, vault: Vault, boxed: Sequence[Boxed] = ()) -> dict[str, Any]:
    """Everything that may be published of the ballots, those stored and those just taken from the box, as plain JSON."""
    form, plan = form_of(db.session.get_one(FormVersion, record.form_id)), plan_of(record)
    counts = tally.count(form, chain(_ballots(record, vault), _boxed(form, boxed)))
    made: dict[str, Any] = tally.results(
        form, counts, invited=invited(record.id) if record.access is Access.CODES else {},
        served={each.group.value: each.size for each in plan.audiences}, subjects=list(plan.subjects),
        groups=[group.value for group in plan.groups])
    made |= {"written": _written(record, form, boxed), "unchecked": paper_counts(record.id).get(EntryState.TYPED, 0)}
    previous = latest_entry(record.previous_id) if record.previous_id else None
    if previous is not None:
        made["against"] = tally.against(made, dict(previous.figures))
    if record.access is Access.OPEN and plan.kind is Kind.RATING:
        made["confidence"] = _confidence(record, made)
    return made


def _confidence(record: CampaignRecord, made: dict[str, Any]) -> dict[str, Any]:
    """How far the ratings may be trusted, with the numbers that say so; it changes no figure."""
    asked, urged = tally.urged(made)
    signals = steering.Signals(urged=urged, asked=asked, arrivals=arrivals(record.id))
    grade = steering.grade(signals)
    return {"grade": grade.grade, "reasons": list(grade.reasons), **steering.measured(signals)}


def _ballots(record: CampaignRecord, vault: Vault) -> Iterator[tally.Ballot]:
    key = words_key_of(record, vault)
    found = (select(Ballot.audience, Ballot.subject, Ballot.channel, Ballot.id, Ballot.sealed)
             .where(Ballot.campaign_id == record.id, Ballot.form_id == record.form_id))
    rows = db.session.connection().execute(found, execution_options={"yield_per": _AT_ONCE})
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for group, subject, channel, place, sealed in rows:
        yield tally.Ballot(group or "", subject, channel, decode(unseal(key, sealed, place)))


def _boxed(form: Form, opened: Iterable[Boxed]) -> Iterator[tally.Ballot]:
    """Without their words, which are counted apart as they are kept apart."""
    for each in opened:
        closed = {name: answer for name, answer in each["a"].items() if name not in form.open_questions}
        yield tally.Ballot(each["g"], each["s"], each["c"], closed)


def _written(record: CampaignRecord, form: Form, boxed: Iterable[Boxed]) -> dict[str, int]:
    """Question -> how many answered it in words, where they are five or more."""
    told = Counter(words.written(record.id))
    for each in boxed:
        told.update(form.open_questions & each["a"].keys())
    return {question: n for question, n in told.items() if n >= FEWEST}


def _enter(record: CampaignRecord, number: int, figures: dict[str, Any], *, now: datetime) -> None:
    entry = ResultEntry(campaign_id=record.id, entry=number, reason=None, made_by=None, approved_by=None)
    _fill(entry, figures, now)
    db.session.add(entry)
    db.session.flush()


def _fill(entry: ResultEntry, figures: dict[str, Any], now: datetime) -> None:
    entry.published_at, entry.figures = now, msgspec.json.encode(figures).decode()
    entry.fingerprint = sha256(entry.figures.encode()).hexdigest()


def _corrected(record: CampaignRecord, vault: Vault) -> dict[str, Any]:
    """Counted anew; what differs too little from the entry before is hidden, or it would tell of single ballots."""
    before, figures = latest_entry(record.id), figures_of(record, vault)
    return figures if before is None else dict(tally.revised(figures, dict(before.figures)))


def _waiting(record: CampaignRecord, number: int) -> ResultEntry:
    entry = db.session.get(ResultEntry, (record.id, number), with_for_update=True)
    if entry is None or entry.published_at is not None:
        raise NotFoundError
    return entry


def _refuse_others(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowedError("plan")


def _published(slug: str) -> CampaignRecord:
    record = record_of(slug, lock=True)
    if record.published_at is None:
        raise NotAllowedError("correct")
    return record
