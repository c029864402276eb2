"""Reads cases for their author and for staff. What may be read `disclosure` decides; the rest is not even decrypted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from portal.casework.codec import unpacked_case, unpacked_event
from portal.casework.models import Attachment, CaseRecord, EventRecord, PublicCase
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain.case import IN_HAND, OPEN, Action, Case, Event, Lane, Publication, Status, Terms, is_number
from portal.domain.disclosure import Item, Scope, may_read, readable_words, scope, sees
from portal.domain.errors import NotFoundError
from portal.domain.people import N_, SYSTEM, Actor, Role
from portal.domain.redaction import Known
from portal.domain.transitions import allowed
from portal.vault.actions import Vault

PAGE = 25
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
    files: tuple[File, ...]
    has_contact: bool
    contact: Mapping[str, str] | None
    public_title: str | None
    public_text: str | None
    public_answer: str | None


@dataclass(frozen=True)
class Row:
    """One line of a work list."""

    number: str
    title: str
    case: Case
    received_at: datetime


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
    events = [_event(each, viewer, case, seal) for each in _events_of(record.id)]
    first = events[0].words
    original, public = Item.ORIGINAL in items, db.session.get(PublicCase, record.id)
    return CaseView(
        id=record.id, number=record.number, case=case, items=items, district=record.district, service=record.service,
        title=first.get("title"), text=first.get("text"), named_unit=first.get("named_unit"),
        answer=_last(events, Action.APPROVE, "answer"),
        draft=_last(events, Action.DRAFT_ANSWER, "answer") if Item.DRAFT in items else None,
        events=tuple(each for each in events if may_read(viewer, case, each)),
        files=tuple(_files_of(record.id)) if original else (),
        has_contact=original and record.contact is not None,
        contact=seal.open_contact(record) if _may_read_contact(viewer, items, events, now) else None,
        public_title=public.title if public else None, public_text=public.text if public else None,
        public_answer=public.answer if public else None)


def _event(record: EventRecord, viewer: Actor, case: Case, seal: CaseSeal) -> Event:
    bare = unpacked_event(record)
    if record.words is None or Item.ORIGINAL not in sees(viewer, case):
        return bare
    words = seal.open_event(record)
    readable = readable_words(viewer, case, unpacked_event(record, words))
    return unpacked_event(record, {name: word for name, word in words.items() if name in readable})


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


# --- work lists -------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class WorkList:
    """A list of the desk: for whom, under which words, in which order of urgency."""

    key: str
    label: str
    empty: str
    roles: frozenset[Role]


_ALL = frozenset({Role.COORDINATOR, Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER})
_UNITS = _ALL - {Role.COORDINATOR}
WORK_LISTS = (
    WorkList("to-sort", N_("To sort"), N_("New opinions appear here until they are handed to a unit."),
             frozenset({Role.COORDINATOR, Role.DISCIPLINE_OFFICER})),
    WorkList("to-handle", N_("To handle"), N_("Cases handed to your unit appear here until they are answered."), _UNITS),
    WorkList("to-approve", N_("To approve"), N_("Answers that a colleague wrote appear here for a second pair of eyes."),
             frozenset({Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER})),
    WorkList("to-publish", N_("To publish"), N_("Cases whose author agreed to publication appear here until a person decides."),
             frozenset({Role.COORDINATOR, Role.COMPLAINTS_OFFICER})),
    WorkList("due-today", N_("Due today"), N_("Nothing is due today."), _ALL),
    WorkList("late", N_("Late"), N_("Nothing is late."), _ALL),
    WorkList("waiting", N_("Waiting for the author"), N_("No question to an author is open."), _ALL),
    WorkList("held", N_("Held for review"), N_("Nothing is held back."),
             frozenset({Role.COORDINATOR, Role.DISCIPLINE_OFFICER})),
    WorkList("open", N_("All open cases"), N_("No case is open."), _ALL),
    WorkList("ended", N_("Answered and ended"), N_("Answered, declined and withdrawn cases appear here."), _ALL),
)


def work_lists(actor: Actor) -> tuple[WorkList, ...]:
    return tuple(each for each in WORK_LISTS if each.roles & actor.roles)


def work_list_counts(actor: Actor, today: date) -> dict[str, int]:
    """How many cases each list holds; the list of ended cases, which only grows, is not counted."""
    lists = [each for each in work_lists(actor) if each.key != "ended"]
    columns = [func.count().filter(_condition(each.key, actor, today)).label(each.key) for each in lists]
    if not columns:
        return {}
    active = or_(CaseRecord.status.in_(OPEN), _undecided())
    row = db.session.execute(select(*columns).select_from(CaseRecord).where(_within(scope(actor)), active)).one()
    return {each.key: count for each, count in zip(lists, row, strict=True)}


def work_list(key: str, actor: Actor, vault: Vault, *, today: date, after: tuple[date, int] | None = None) -> list[Row]:
    """One page and one row more: the most urgent first, ended cases newest first. `after` is the last (due day, id)."""
    ended = key == "ended"
    order = (CaseRecord.id.desc(),) if ended else (CaseRecord.next_due, CaseRecord.id)
    statement = select(CaseRecord).where(_within(scope(actor)), _condition(key, actor, today)).order_by(*order)
    if after is not None:
        due, last = after
        later = or_(CaseRecord.next_due > due, and_(CaseRecord.next_due == due, CaseRecord.id > last))
        statement = statement.where(CaseRecord.id < last if ended else later)
    records = db.session.scalars(statement.limit(PAGE + 1)).all()
    first = select(EventRecord).where(EventRecord.case_id.in_([each.id for each in records]), EventRecord.seq == 1)
    submitted = {event.case_id: event for event in db.session.scalars(first)}
    return [_row(record, submitted[record.id], vault) for record in records]


def cursor_of(number: str, actor: Actor) -> tuple[date, int] | None:
    """Where a page that ended with this case goes on; None also for a case that this person may not know of."""
    if not is_number(number):
        return None
    own = and_(CaseRecord.number == number, _within(scope(actor)))
    row = db.session.execute(select(CaseRecord.next_due, CaseRecord.id).where(own)).first()
    return (row[0], row[1]) if row else None


def numbers_due(terms: Terms) -> list[str]:
    """Cases on which the portal itself must act now: the author waited too long to reply, or the rating is over."""
    may_be = select(CaseRecord.number, CaseRecord.state).where(CaseRecord.status.in_((Status.WAITING, Status.ANSWERED)))
    rows = db.session.execute(may_be.order_by(CaseRecord.id))
    return [row.number for row in rows
            if any(each.action in (Action.GO_ON, Action.CLOSE) for each in allowed(unpacked_case(row.state), SYSTEM, terms))]


def _within(allowed: Scope) -> ColumnElement[bool]:
    own = and_(CaseRecord.lane.in_(allowed.unit_lanes), CaseRecord.unit == allowed.unit)
    return or_(CaseRecord.lane.in_(allowed.lanes), own)


def _undecided() -> ColumnElement[bool]:
    return and_(CaseRecord.consent.is_(True), CaseRecord.publication == Publication.UNDECIDED)


def _condition(key: str, actor: Actor, today: date) -> ColumnElement[bool]:
    is_open = CaseRecord.status.in_(OPEN)
    running = and_(is_open, CaseRecord.status != Status.WAITING)
    conditions: dict[str, ColumnElement[bool]] = {
        "to-sort": or_(CaseRecord.status == Status.RECEIVED,
                       and_(CaseRecord.status == Status.ASSIGNED, CaseRecord.objected)),
        "to-handle": and_(CaseRecord.status.in_((Status.ASSIGNED, Status.HANDLING)), _own_unit(actor)),
        "to-approve": and_(CaseRecord.status == Status.DRAFTED, _own_unit(actor), CaseRecord.drafted_by != actor.id),
        "to-publish": and_(_undecided(), CaseRecord.lane.in_(_publishes(actor)),
                           CaseRecord.status.in_((*IN_HAND, Status.ANSWERED, Status.CLOSED))),
        "due-today": and_(running, CaseRecord.next_due == today),
        "late": and_(running, CaseRecord.next_due < today),
        "waiting": CaseRecord.status == Status.WAITING,
        "held": CaseRecord.status == Status.QUARANTINED,
        "open": is_open,
        "ended": CaseRecord.status.not_in(OPEN),
    }
    return conditions[key]


def _publishes(actor: Actor) -> list[Lane]:
    """The lanes whose texts this person may publish, as the action table has it."""
    lanes = {Role.COORDINATOR: Lane.ORDINARY, Role.COMPLAINTS_OFFICER: Lane.PETITION}
    return [lane for role, lane in lanes.items() if role in actor.roles]


def _own_unit(actor: Actor) -> ColumnElement[bool]:
    return true() if Role.DISCIPLINE_OFFICER in actor.roles else CaseRecord.unit == actor.unit


def _row(record: CaseRecord, submitted: EventRecord, vault: Vault) -> Row:
    words = CaseSeal.of(record, vault).open_event(submitted)
    return Row(record.number, words["title"], unpacked_case(record.state), record.received_at)
