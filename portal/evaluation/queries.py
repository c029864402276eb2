"""Reads campaigns, their codes and their results for everyone and for staff."""

from collections import Counter as Tally
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

import msgspec
from sqlalchemy import func, select

from portal.counters import Counter
from portal.db import db
from portal.domain.campaign import PUBLIC_PHASES, Access, Group, Kind, Phase, Plan, is_slug, phase_of
from portal.domain.errors import NotFoundError
from portal.domain.form import Form, parse_form
from portal.evaluation.models import (
    Ballot,
    BoxedBallot,
    CampaignRecord,
    CodeBatch,
    FormVersion,
    ResultEntry,
)

RESULTS_PAGE = 50


@dataclass(frozen=True)
class Campaign:
    """A campaign as pages need it. `previous` is the slug of the last round."""

    id: int
    slug: str
    plan: Plan
    phase: Phase
    form_id: int
    form_version: int
    form: Form
    form_seen: int
    version: int
    drafted_by: int
    approved_by: int | None
    announced_at: datetime | None
    cancel_reason: str | None
    published_at: datetime | None
    previous: str | None

    @property
    def kind(self) -> Kind:
        return self.plan.kind

    @property
    def has_codes(self) -> bool:
        return self.plan.access is Access.CODES


@dataclass(frozen=True)
class Batch:
    """Codes made together. `unused`: the serials that had not come back on that day; who holds which nobody knows here."""

    id: int
    audience: Group
    subject: str
    note: str
    made: int
    unused: tuple[int, ...]
    unused_on: date
    first_serial: int
    valid_from: date
    valid_until: date
    made_by: int
    made_on: date
    voided: bool

    @property
    def used(self) -> int:
        return self.made - len(self.unused)


@dataclass(frozen=True)
class Standing:
    """How far a campaign is: ballots that came in, and how many of the codes that were given out came back."""

    ballots: int = 0
    codes: int = 0
    used: int = 0


@dataclass(frozen=True)
class Entry:
    """Published results. `figures` is what `portal.domain.tally.results` made, and nothing more."""

    entry: int
    published_at: datetime
    figures: Mapping[str, Any]
    fingerprint: str
    reason: str | None


def plan_of(record: CampaignRecord) -> Plan:
    return msgspec.convert(record.plan, Plan)


def phase(record: CampaignRecord, today: date) -> Phase:
    return phase_of(plan_of(record), today, announced=record.announced_at is not None,
                    cancelled=record.cancelled_at is not None, published=record.published_at is not None)


def record_of(slug: str, *, lock: bool = False) -> CampaignRecord:
    """The campaign's row, read anew; with `lock` as it is now that others must wait. Raises NotFoundError."""
    found = select(CampaignRecord).where(CampaignRecord.slug == slug)
    record = db.session.scalar(found.with_for_update() if lock else found,
                               execution_options={"populate_existing": True}) if is_slug(slug) else None
    if record is None:
        raise NotFoundError
    return record


def campaigns(today: date, *, staff: bool = False) -> list[Campaign]:
    """All that may be seen, those that publish last first."""
    found = select(CampaignRecord, FormVersion).join(FormVersion, FormVersion.id == CampaignRecord.form_id)
    rows = db.session.execute(found.order_by(CampaignRecord.publishes_on.desc(), CampaignRecord.id.desc())).all()
    slugs = {record.id: record.slug for record, _form in rows}
    made = [_campaign(record, form, today, slugs.get(record.previous_id or 0)) for record, form in rows]
    return [each for each in made if staff or each.phase in PUBLIC_PHASES]


def find_campaign(slug: str, today: date, *, staff: bool = False) -> Campaign | None:
    found = (select(CampaignRecord, FormVersion).join(FormVersion, FormVersion.id == CampaignRecord.form_id)
             .where(CampaignRecord.slug == slug))
    row = db.session.execute(found).first() if is_slug(slug) else None
    if row is None:
        return None
    record, form = row
    previous = db.session.scalar(select(CampaignRecord.slug).where(CampaignRecord.id == record.previous_id))
    campaign = _campaign(record, form, today, previous)
    return campaign if staff or campaign.phase in PUBLIC_PHASES else None


def get_campaign(slug: str, today: date, *, staff: bool = False) -> Campaign:
    """Raises NotFoundError, also for the public where it is a draft."""
    found = find_campaign(slug, today, staff=staff)
    if found is None:
        raise NotFoundError
    return found


def batches(campaign_id: int) -> list[Batch]:
    rows = db.session.scalars(select(CodeBatch).where(CodeBatch.campaign_id == campaign_id).order_by(CodeBatch.id))
    return [Batch(each.id, each.audience, each.subject, each.note, each.made, tuple(each.unused), each.unused_on,
                  each.first_serial, each.valid_from, each.valid_until, each.made_by, each.made_on, each.voided)
            for each in rows]


def invited(campaign_id: int) -> dict[tuple[str, str], int]:
    """Codes given out: (group, subject) -> number; also those that were lost and taken out of use."""
    found = (select(CodeBatch.audience, CodeBatch.subject, func.sum(CodeBatch.made))
             .where(CodeBatch.campaign_id == campaign_id).group_by(CodeBatch.audience, CodeBatch.subject))
    return {(group, subject): int(n) for group, subject, n in db.session.execute(found)}


def ballots_so_far(campaign_id: int) -> int:
    """How many have come in, mixed or not. It tells nothing of what they say."""
    boxed, mixed = (db.session.scalar(select(func.count()).select_from(model).where(model.campaign_id == campaign_id)) or 0
                    for model in (BoxedBallot, Ballot))
    return boxed + mixed


def standings() -> dict[int, Standing]:
    """Campaign -> how far it is; nothing for one without codes and ballots."""
    ballots: Tally[int] = Tally()
    for model in (BoxedBallot, Ballot):
        ballots.update(dict(db.session.execute(select(model.campaign_id, func.count()).group_by(model.campaign_id)).all()))
    codes: dict[int, tuple[int, int]] = {}
    for campaign_id, made, unused in db.session.execute(select(CodeBatch.campaign_id, CodeBatch.made, CodeBatch.unused)):
        given, used = codes.get(campaign_id, (0, 0))
        codes[campaign_id] = (given + made, used + made - len(unused))
    return {each: Standing(ballots[each], *codes.get(each, (0, 0))) for each in {*ballots, *codes}}


def entries(campaign_id: int) -> list[Entry]:
    """Everything that was published, the newest first; empty before the promised day."""
    found = select(ResultEntry).where(ResultEntry.campaign_id == campaign_id, ResultEntry.published_at.is_not(None))
    return [_entry(each) for each in db.session.scalars(found.order_by(ResultEntry.entry.desc()))]


def latest_entry(campaign_id: int) -> Entry | None:
    return next(iter(entries(campaign_id)), None)


def latest_entries(campaign_ids: Collection[int]) -> dict[int, Entry]:
    """Campaign -> its newest entry, for those that have one."""
    newest = (select(ResultEntry.campaign_id, func.max(ResultEntry.entry).label("entry"))
              .where(ResultEntry.campaign_id.in_(campaign_ids), ResultEntry.published_at.is_not(None))
              .group_by(ResultEntry.campaign_id).subquery())
    found = select(ResultEntry).join(newest, (ResultEntry.campaign_id == newest.c.campaign_id)
                                     & (ResultEntry.entry == newest.c.entry))
    return {each.campaign_id: _entry(each) for each in db.session.scalars(found)}


def arrival_key(campaign_id: int, subject: str, hour: str, device: str) -> str:
    """The counter of ballots that came in one hour (2026-11-24T10) from one kind of device."""
    return f"arrivals|{campaign_id}|{subject}|{hour}|{device}"


def arrivals(campaign_id: int, subject: str | None = None) -> list[tuple[str, str, int]]:
    """Hour, kind of device, ballots; of one subject or of all."""
    begin = arrival_key(campaign_id, "", "", "").rstrip("|")
    rows = db.session.execute(select(Counter.key, Counter.n).where(Counter.key > f"{begin}|", Counter.key < f"{begin}}}"))
    told: Tally[tuple[str, str]] = Tally()
    for key, n in rows:
        _what, _campaign_id, of, hour, device = key.split("|")
        if subject in (None, of):
            told[hour, device] += n
    return [(hour, device, n) for (hour, device), n in sorted(told.items())]


def form_versions() -> Sequence[FormVersion]:
    """Every version of every form, the newest of each first."""
    return db.session.scalars(select(FormVersion).order_by(FormVersion.slug, FormVersion.version.desc())).all()


def get_form(form_id: int) -> tuple[FormVersion, Form]:
    """Raises NotFoundError."""
    record = db.session.get(FormVersion, form_id)
    if record is None:
        raise NotFoundError
    return record, form_of(record)


def form_of(record: FormVersion) -> Form:
    return _parsed(msgspec.json.encode(record.definition))


@lru_cache(64)
def _parsed(definition: bytes) -> Form:
    return parse_form(msgspec.json.decode(definition))


def _entry(record: ResultEntry) -> Entry:
    return Entry(record.entry, cast(datetime, record.published_at), msgspec.json.decode(record.figures), record.fingerprint,
                 record.reason)


def _campaign(record: CampaignRecord, form: FormVersion, today: date, previous: str | None) -> Campaign:
    return Campaign(record.id, record.slug, plan_of(record), phase(record, today), form.id, form.version, form_of(form),
                    form.seen, record.version, record.drafted_by, record.approved_by, record.announced_at, record.cancel_reason,
                    record.published_at, previous)
