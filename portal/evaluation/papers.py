"""Ballots on paper: typed by one person, checked against the paper by another, and only then put into the box.

With codes, the form bears its code: typing takes it, so that nobody votes on paper and on the web. Nothing of what was
typed stays here once it is in the box.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import msgspec
from sqlalchemy import func, select

from portal.db import db
from portal.domain.campaign import Access, BallotChannel, Group, Phase
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.paper import ENTRY_ROLES, EntryState
from portal.domain.people import Actor
from portal.evaluation import codes
from portal.evaluation.ballots import put_into_box, words_key_of
from portal.evaluation.models import CampaignRecord, PaperBallot
from portal.evaluation.once import was_sent
from portal.evaluation.queries import phase, plan_of, record_of
from portal.vault.actions import Vault
from portal.vault.box import seal, unseal

LONGEST_NOTE = 500
_PHASES = frozenset({Phase.OPEN, Phase.COUNTING})


@dataclass(frozen=True)
class Typed:
    """What a paper says: the answers as the form reads them, and what no code says (in campaigns without codes)."""

    answers: Mapping[str, Any]
    group: Group
    subject: str


@dataclass(frozen=True)
class PaperView:
    """A paper ballot on its way. `typed` is None once it is in the box."""

    id: int
    state: EntryState
    version: int
    typed_by: int
    checked_by: int | None
    note: str | None
    typed: Typed | None
    has_code: bool


def keep(slug: str, typed: Typed, *, code: str | None, by: Actor, today: date, vault: Vault, entry_id: int | None = None,
         seen: int = 0) -> int:
    """Keeps what was typed from a paper, sealed, or changes it while it waits. Returns its id.

    Raises InvalidError (field `code`) for a code that opens nothing here, StaleError, NotAllowedError, NotFoundError.
    """
    record = _open_for(slug, by, today)
    entry = _locked(entry_id, record, seen) if entry_id is not None else None
    if entry is None:
        entry = PaperBallot(campaign_id=record.id, version=0, code_hash=_taken(record, code, today, vault))
    elif code is not None and codes.hash_of(code, vault) != entry.code_hash:
        if entry.code_hash is not None:
            codes.give_back(entry.code_hash)
        entry.code_hash = _taken(record, code, today, vault)
    if entry.code_hash is not None:
        opened = codes.of(entry.code_hash)
        typed = Typed(typed.answers, opened.group, opened.subject)
    _refuse_strangers(record, typed)
    entry.state, entry.version, entry.typed_by, entry.note = EntryState.TYPED, entry.version + 1, by.id or 0, None
    db.session.add(entry)
    db.session.flush()
    whole = msgspec.json.encode({"a": dict(typed.answers), "g": typed.group, "s": typed.subject})
    entry.sealed = seal(words_key_of(record, vault), whole, f"paper|{entry.id}")
    return entry.id


def was_kept(once: bytes, today: date, vault: Vault) -> bool:
    """Whether the same page with the same answers was kept before; marks it as kept, within the transaction that keeps it."""
    return was_sent("paper", once, today, vault)


def discard(slug: str, entry_id: int, *, seen: int, by: Actor, today: date) -> None:
    """Typed by mistake: it goes, and its code can be used again."""
    record = _open_for(slug, by, today)
    entry = _locked(entry_id, record, seen)
    if entry.code_hash is not None:
        codes.give_back(entry.code_hash)
    db.session.delete(entry)


def send_back(slug: str, entry_id: int, note: str, *, seen: int, by: Actor, today: date, vault: Vault) -> None:
    """Back to whoever types, with what differs. Raises InvalidError, StaleError, NotAllowedError, NotFoundError."""
    record = _open_for(slug, by, today)
    entry = _to_check(entry_id, record, seen, by)
    words = note.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise InvalidError({"note": "too_long" if words else "required"})
    entry.state, entry.version = EntryState.SENT_BACK, entry.version + 1
    entry.note = seal(words_key_of(record, vault), words.encode(), f"paper|{entry.id}|note")  # it may quote an answer


def confirm(slug: str, entry_id: int, *, seen: int, by: Actor, today: date, vault: Vault, chance: Random) -> None:
    """It says what the paper says: into the box with it. Raises StaleError, NotAllowedError, NotFoundError."""
    record = _open_for(slug, by, today)
    entry = _to_check(entry_id, record, seen, by)
    typed = _opened(record, entry, vault)
    put_into_box(record, typed.answers, group=typed.group, subject=typed.subject, channel=BallotChannel.PAPER, vault=vault,
                 chance=chance)
    entry.state, entry.version, entry.checked_by = EntryState.DONE, entry.version + 1, by.id
    entry.sealed = entry.code_hash = entry.note = None


def papers(slug: str, viewer: Actor, *, vault: Vault) -> list[PaperView]:
    """What waits, the oldest first; what is done is only counted."""
    _refuse_others(viewer)
    record = record_of(slug)
    found = select(PaperBallot).where(PaperBallot.campaign_id == record.id, PaperBallot.state != EntryState.DONE)
    return [_view(record, each, vault) for each in db.session.scalars(found.order_by(PaperBallot.id))]


def get_paper(slug: str, entry_id: int, viewer: Actor, *, vault: Vault) -> PaperView:
    """Raises NotFoundError."""
    _refuse_others(viewer)
    record = record_of(slug)
    entry = db.session.get(PaperBallot, entry_id)
    if entry is None or entry.campaign_id != record.id:
        raise NotFoundError
    return _view(record, entry, vault)


def paper_counts(campaign_id: int) -> dict[EntryState, int]:
    found = (select(PaperBallot.state, func.count()).where(PaperBallot.campaign_id == campaign_id)
             .group_by(PaperBallot.state))
    return dict(db.session.execute(found).all())


def _view(record: CampaignRecord, entry: PaperBallot, vault: Vault) -> PaperView:
    typed = _opened(record, entry, vault) if entry.sealed is not None else None
    note = unseal(words_key_of(record, vault), entry.note, f"paper|{entry.id}|note").decode() if entry.note else None
    return PaperView(entry.id, entry.state, entry.version, entry.typed_by, entry.checked_by, note, typed,
                     entry.code_hash is not None)


def _opened(record: CampaignRecord, entry: PaperBallot, vault: Vault) -> Typed:
    whole = msgspec.json.decode(unseal(words_key_of(record, vault), entry.sealed or b"", f"paper|{entry.id}"))
    return Typed(whole["a"], Group(whole["g"]), whole["s"])


def _taken(record: CampaignRecord, code: str | None, today: date, vault: Vault) -> bytes | None:
    """The hash of the code, taken."""
    if record.access is not Access.CODES:
        return None
    if code is None:
        raise InvalidError({"code": "required"})
    code_hash = codes.hash_of(code, vault)
    try:
        opened = codes.use(code_hash, today, on_paper=True)
    except NotFoundError:
        raise InvalidError({"code": "code_unknown"}) from None
    if opened.slug != record.slug:
        raise InvalidError({"code": "code_foreign"})
    if opened.refusal is not None:
        raise InvalidError({"code": f"code_{opened.refusal}"})
    return code_hash


def _refuse_strangers(record: CampaignRecord, typed: Typed) -> None:
    plan = plan_of(record)
    if typed.group not in plan.groups:
        raise InvalidError({"group": "choice"})
    if typed.subject not in (plan.subjects or ("",)):
        raise InvalidError({"subject": "choice"})


def _open_for(slug: str, by: Actor, today: date) -> CampaignRecord:
    _refuse_others(by)
    record = record_of(slug, lock=True)
    if phase(record, today) not in _PHASES:
        raise NotAllowedError("type")
    return record


def _locked(entry_id: int, record: CampaignRecord, seen: int) -> PaperBallot:
    found = select(PaperBallot).where(PaperBallot.id == entry_id).with_for_update()
    entry = db.session.scalar(found, execution_options={"populate_existing": True})
    if entry is None or entry.campaign_id != record.id:
        raise NotFoundError
    if entry.state is EntryState.DONE or entry.version != seen:
        raise StaleError(number=str(entry_id), seen=seen, now=entry.version)
    return entry


def _to_check(entry_id: int, record: CampaignRecord, seen: int, by: Actor) -> PaperBallot:
    entry = _locked(entry_id, record, seen)
    if entry.state is not EntryState.TYPED or entry.typed_by == by.id:
        raise NotAllowedError("check")
    return entry


def _refuse_others(by: Actor) -> None:
    if by.id is None or not by.roles & ENTRY_ROLES:
        raise NotAllowedError("type")
