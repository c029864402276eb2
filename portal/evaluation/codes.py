"""One-time codes: made in batches, known afterwards by a keyed hash alone, used once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select, update

from portal.db import db
from portal.domain.campaign import FEWEST_CODES, MOST_CODES, Access, Group, Phase, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError
from portal.domain.people import N_, Actor
from portal.evaluation.models import CampaignRecord, CodeBatch, OneTimeCode
from portal.evaluation.once import was_sent
from portal.evaluation.queries import phase, plan_of, record_of
from portal.vault.actions import Vault

LONGEST_NOTE = 60


class Refusal(StrEnum):
    """Why a code that is ours opens nothing now. A code that is not ours is never told apart from a wrong one."""

    USED = "used"
    EARLY = "early"
    LATE = "late"
    VOID = "void"
    CANCELLED = "cancelled"


REFUSAL_WORDS = {
    Refusal.USED: N_("This code was used already: a ballot was cast with it, and it is counted. A code counts once, and what "
                     "was sent can neither be changed nor found again, by nobody."),
    Refusal.EARLY: N_("This code is right, but voting has not begun yet."),
    Refusal.LATE: N_("This code is right, but voting has ended."),
    Refusal.VOID: N_("This code was taken out of use. Please ask whoever gave it to you for a new one."),
    Refusal.CANCELLED: N_("This evaluation was called off."),
}


@dataclass(frozen=True)
class Opened:
    """What a code opens, or why it does not; `day` is when it begins or ended."""

    slug: str
    group: Group
    subject: str
    refusal: Refusal | None = None
    day: date | None = None


class MadeBefore(Exception):  # noqa: N818 - no fault: the same form was sent twice
    """The form made its batch already; the codes were shown then."""


def make_batch(slug: str, codes: Sequence[str], *, group: Group, subject: str, note: str, valid_from: date,
               valid_until: date, by: Actor, now: datetime, vault: Vault, once: bytes = b"") -> CodeBatch:
    """Keeps the hashes of these codes; the codes themselves are shown this once. Needs an announced campaign.

    At least five codes in a group for a unit, or who got them could be told apart. `once` is the mark of the form: one
    form makes one batch. Raises InvalidError, NotAllowedError, MadeBefore.
    """
    if not may_plan(by) or by.id is None:
        raise NotAllowedError("plan")
    record = record_of(slug, lock=True)
    plan = plan_of(record)
    if plan.access is not Access.CODES or phase(record, now.date()) not in (Phase.ANNOUNCED, Phase.OPEN):
        raise NotAllowedError("make_codes")
    found: dict[str, str] = {}
    if group not in plan.groups:
        found["group"] = "choice"
    if subject not in (plan.subjects or ("",)):
        found["subject"] = "choice"
    given_out = 0 if found else _given_out(record.id, group, subject)
    size = next((each.size for each in plan.audiences if each.group == group), None)
    if not max(1, FEWEST_CODES - given_out) <= len(codes) <= MOST_CODES:
        found["count"] = "code_count"
    elif size is not None and given_out + len(codes) > max(size, FEWEST_CODES):
        found["count"] = "code_more_than_people"
    if not plan.opens_on <= valid_from <= valid_until <= plan.closes_on:
        found["valid_until"] = "code_window"
    if len(note) > LONGEST_NOTE:
        found["note"] = "too_long"
    if found:
        raise InvalidError(found)
    if once and was_sent("batch", once, now.date(), vault):
        raise MadeBefore
    last = db.session.scalar(select(func.max(CodeBatch.first_serial + CodeBatch.made)).where(
        CodeBatch.campaign_id == record.id)) or 1
    batch = CodeBatch(campaign_id=record.id, audience=group, subject=subject, note=note.strip(), made=len(codes),
                      first_serial=last, valid_from=valid_from, valid_until=valid_until, made_by=by.id, made_on=now.date(),
                      voided=False, unused=list(range(last, last + len(codes))), unused_on=now.date())
    db.session.add(batch)
    db.session.flush()
    db.session.add_all(OneTimeCode(code_hash=hash_of(code, vault), batch_id=batch.id, serial=last + n, used=False)
                       for n, code in enumerate(codes))
    db.session.flush()
    return batch


def void_batch(batch_id: int, *, by: Actor, today: date) -> None:
    """Takes codes that got lost out of use, while people vote; ballots cast with some of them count.

    Raises NotAllowedError, NotFoundError.
    """
    if not may_plan(by):
        raise NotAllowedError("plan")
    batch = db.session.get(CodeBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFoundError
    if phase(db.session.get_one(CampaignRecord, batch.campaign_id), today) not in (Phase.ANNOUNCED, Phase.OPEN):
        raise NotAllowedError("void")
    batch.voided = True


def note_unused(today: date) -> None:
    """Once a day, which codes have not come back: more often, and a case that a ballot made would show its serial."""
    running = select(CodeBatch).join(CampaignRecord, CampaignRecord.id == CodeBatch.campaign_id).where(
        CampaignRecord.published_at.is_(None), CampaignRecord.opens_on <= today, CodeBatch.unused_on < today)
    for batch in db.session.scalars(running).all():
        _count_unused(batch, today)


def note_unused_at_last(campaign_id: int, today: date) -> None:
    """When results are published: what they say of the codes and what the desk says then agree."""
    for batch in db.session.scalars(select(CodeBatch).where(CodeBatch.campaign_id == campaign_id)).all():
        _count_unused(batch, today)


def _count_unused(batch: CodeBatch, today: date) -> None:
    found = select(OneTimeCode.serial).where(OneTimeCode.batch_id == batch.id, ~OneTimeCode.used)
    batch.unused, batch.unused_on = list(db.session.scalars(found.order_by(OneTimeCode.serial))), today


def look_up(code: str, today: date, vault: Vault) -> Opened | None:
    """What a code opens on this day; None for a code that was never made."""
    row = _found(hash_of(code, vault))
    return None if row is None else _opened(*row, today)


def use(code_hash: bytes, today: date, *, on_paper: bool = False) -> Opened:
    """Takes the code, once: of many at the same moment one succeeds. Raises NotFoundError; a refusal is in what it returns.

    A paper that lies here was filled in while its code was valid: for it no code is late.
    """
    row = _found(code_hash)
    if row is None:
        raise NotFoundError
    opened = _opened(*row, min(today, row[1].valid_until) if on_paper else today)
    if opened.refusal is None:
        taken = db.session.execute(update(OneTimeCode).where(OneTimeCode.code_hash == code_hash, ~OneTimeCode.used)
                                   .values(used=True).returning(OneTimeCode.serial)).all()
        if not taken:
            return Opened(opened.slug, opened.group, opened.subject, Refusal.USED)
    return opened


def of(code_hash: bytes) -> Opened:
    """Group and subject of a code that was taken already. Raises NotFoundError."""
    row = _found(code_hash)
    if row is None:
        raise NotFoundError
    return Opened(row[2].slug, row[1].audience, row[1].subject)


def give_back(code_hash: bytes) -> None:
    """For a paper ballot that was typed by mistake and never counted."""
    db.session.execute(update(OneTimeCode).where(OneTimeCode.code_hash == code_hash).values(used=False))


def hash_of(code: str, vault: Vault) -> bytes:
    return vault.ballot_code_hash(code)


def _found(code_hash: bytes) -> tuple[OneTimeCode, CodeBatch, CampaignRecord] | None:
    found = (select(OneTimeCode, CodeBatch, CampaignRecord).join(CodeBatch, CodeBatch.id == OneTimeCode.batch_id)
             .join(CampaignRecord, CampaignRecord.id == CodeBatch.campaign_id).where(OneTimeCode.code_hash == code_hash))
    row = db.session.execute(found, execution_options={"populate_existing": True}).first()
    return None if row is None else (row[0], row[1], row[2])


def _opened(code: OneTimeCode, batch: CodeBatch, campaign: CampaignRecord, today: date) -> Opened:
    refusal, day = None, None
    if code.used:
        refusal = Refusal.USED
    elif campaign.cancelled_at is not None:
        refusal = Refusal.CANCELLED
    elif batch.voided:
        refusal = Refusal.VOID
    elif today < batch.valid_from:
        refusal, day = Refusal.EARLY, batch.valid_from
    elif today > batch.valid_until:
        refusal, day = Refusal.LATE, batch.valid_until
    return Opened(campaign.slug, batch.audience, batch.subject, refusal, day)


def _given_out(campaign_id: int, group: Group, subject: str) -> int:
    found = select(func.sum(CodeBatch.made)).where(CodeBatch.campaign_id == campaign_id, CodeBatch.audience == group,
                                                   CodeBatch.subject == subject, ~CodeBatch.voided)
    return int(db.session.scalar(found) or 0)
