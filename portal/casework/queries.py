"""Reads cases for their author and for staff. What may be read `disclosure` decides; the rest is not even decrypted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from portal.casework.codec import unpacked_case, unpacked_event
from portal.casework.models import Attachment, CaseRecord, EventRecord, PublicCase
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain.case import Case, Event, Terms, is_number
from portal.domain.codes import Action, Status
from portal.domain.disclosure import Item, may_read, readable_words, sees
from portal.domain.errors import NotFoundError
from portal.domain.history import Moment, replay
from portal.domain.people import SYSTEM, Actor, Role
from portal.domain.promise import Step, steps
from portal.domain.redaction import Known
from portal.domain.transitions import allowed
from portal.domain.working_days import WorkingCalendar
from portal.vault.actions import Vault

CONTACT_OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class File:
    token: str
    media_type: str
    extension: str
    size: int
    seq: int


@dataclass(frozen=True)
class CaseView:
    """A case as one viewer may see it. What is not theirs to see is None, empty or absent."""

    id: int
    number: str
    case: Case
    items: frozenset[Item]
    district: str | None
    service: str | None
    title: str | None
    text: str | None
    named_unit: str | None
    answer: str | None
    draft: str | None
    events: tuple[Event, ...]
    history: tuple[Moment, ...]  # the same events, each with its place in the record and what it changed
    files: tuple[File, ...]
    has_contact: bool
    contact: Mapping[str, str] | None
    public_title: str | None
    public_text: str | None
    public_answer: str | None


def find_id_by_code(code: str, vault: Vault) -> int | None:
    """The case a reference code opens. Takes the same time for every well-formed code."""
    return db.session.scalar(select(CaseRecord.id).where(CaseRecord.code_hash == vault.code_hash(code)))


def get_case(number: str, viewer: Actor, vault: Vault, *, now: datetime) -> CaseView:
    """Raises NotFoundError, also where the viewer may not know of the case."""
    found = db.session.scalar(select(CaseRecord).where(CaseRecord.number == number)) if is_number(number) else None
    return _view(found, viewer, vault, now)


def get_case_by_id(case_id: int, viewer: Actor, vault: Vault, *, now: datetime) -> CaseView:
    """Raises NotFoundError."""
    return _view(db.session.get(CaseRecord, case_id), viewer, vault, now)


def get_promise(number: str, viewer: Actor, calendar: WorkingCalendar) -> tuple[Case, tuple[Step, ...]]:
    """How the promised day of a case came about; raises NotFoundError where the viewer may not know of the case."""
    record = db.session.scalar(select(CaseRecord).where(CaseRecord.number == number)) if is_number(number) else None
    case = unpacked_case(record.state) if record is not None else None
    if record is None or case is None or Item.STUB not in sees(viewer, case):
        raise NotFoundError
    return case, steps([unpacked_event(each) for each in _events_of(record.id)], calendar)


def get_file(case_id: int, token: str, viewer: Actor, vault: Vault) -> tuple[File, bytes]:
    """The one door to attachments; raises NotFoundError for whoever may not see the original."""
    record = db.session.get(CaseRecord, case_id)
    files = db.session.scalars(select(Attachment).where(Attachment.case_id == case_id))
    found = next((each for each in files if each.token == token), None)
    if record is None or found is None or Item.ORIGINAL not in sees(viewer, unpacked_case(record.state)):
        raise NotFoundError
    return _file(found), CaseSeal.of(record, vault).open_file(found.data, token)


def known_for_redaction(case_id: int, vault: Vault) -> list[Known]:
    """The author's own details, for masking them: never to be shown or kept by the caller."""
    record = db.session.get(CaseRecord, case_id)
    return CaseSeal.of(record, vault).known(record) if record is not None else []


def _view(record: CaseRecord | None, viewer: Actor, vault: Vault, now: datetime) -> CaseView:
    if record is None:
        raise NotFoundError
    case = unpacked_case(record.state)
    items = sees(viewer, case)
    if not items:
        raise NotFoundError
    seal = CaseSeal.of(record, vault)
    events = [_event(each, viewer, case, items, seal) for each in _events_of(record.id)]
    history = tuple(each for each in replay(events) if may_read(viewer, case, each.event))
    first = events[0].words
    original, public = Item.ORIGINAL in items, db.session.get(PublicCase, record.id)
    return CaseView(
        id=record.id, number=record.number, case=case, items=items, district=record.district, service=record.service,
        title=first.get("title"), text=first.get("text"), named_unit=first.get("named_unit"),
        answer=_last(events, Action.APPROVE, "answer"),
        draft=_last(events, Action.DRAFT_ANSWER, "answer") if Item.DRAFT in items else None,
        events=tuple(each.event for each in history), history=history,
        files=tuple(_files_of(record.id)) if original else (),
        has_contact=original and record.contact is not None,
        contact=seal.open_contact(record) if _may_read_contact(viewer, items, events, now) else None,
        public_title=public.title if public else None, public_text=public.text if public else None,
        public_answer=public.answer if public else None)


def _event(record: EventRecord, viewer: Actor, case: Case, items: frozenset[Item], seal: CaseSeal) -> Event:
    if record.words is None or Item.ORIGINAL not in items:
        return unpacked_event(record)
    whole = unpacked_event(record, seal.open_event(record))
    readable = readable_words(viewer, case, whole)
    if readable.issuperset(whole.words):
        return whole
    return replace(whole, words={name: word for name, word in whole.words.items() if name in readable})


def _may_read_contact(viewer: Actor, items: frozenset[Item], events: Sequence[Event], now: datetime) -> bool:
    """The author always; staff for a day after they opened it themselves, with a reason that the author reads."""
    if Role.AUTHOR in viewer.roles:
        return True
    return Item.CONTACT in items and any(
        each.action is Action.OPEN_CONTACT and each.actor_id == viewer.id and now - each.at <= CONTACT_OPEN_FOR
        for each in events)


def _last(events: Sequence[Event], action: Action, word: str) -> str | None:
    return next((each.words.get(word) for each in reversed(events) if each.action is action), None)


def _events_of(case_id: int) -> Sequence[EventRecord]:
    return db.session.scalars(select(EventRecord).where(EventRecord.case_id == case_id).order_by(EventRecord.seq)).all()


def _files_of(case_id: int) -> list[File]:
    rows = db.session.scalars(select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id))
    return [_file(row) for row in rows]


def _file(row: Attachment) -> File:
    return File(row.token, row.media_type, row.extension, row.size, row.seq)


def numbers_due(terms: Terms) -> list[str]:
    """Cases on which the portal itself must act now: the author waited too long to reply, or the rating is over."""
    content_or_over = or_(CaseRecord.rating >= 4, CaseRecord.answered_on < terms.today - timedelta(days=terms.rating_window))
    may_be = or_(CaseRecord.status == Status.WAITING, and_(
        CaseRecord.status == Status.ANSWERED, CaseRecord.rectify_due.is_(None), content_or_over))
    rows = db.session.execute(select(CaseRecord.number, CaseRecord.state).where(may_be).order_by(CaseRecord.id))
    return [row.number for row in rows
            if any(each.action in (Action.GO_ON, Action.CLOSE) for each in allowed(unpacked_case(row.state), SYSTEM, terms))]


def contact_for_notice(case_id: int, vault: Vault) -> Mapping[str, str] | None:
    """Where the author may be told that something changed: for the outbox alone. None once the contact was forgotten."""
    record = db.session.get(CaseRecord, case_id)
    return CaseSeal.of(record, vault).open_contact(record) if record is not None and record.contact else None
