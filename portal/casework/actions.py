"""Everything that changes a case. The domain decides, this module writes it down: event, state, public row.

Runs inside a transaction opened at the edge; time, randomness and rules come in as arguments.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from portal.attachments import SafeFile
from portal.casework import projection
from portal.casework.codec import packed, unpacked_case, unpacked_event
from portal.casework.models import Attachment, CaseRecord, EventRecord
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain import redaction
from portal.domain.case import OPEN, Action, Case, Event, Lane, Status, Terms, begin, evolve
from portal.domain.deadlines import DeadlineRule, due
from portal.domain.disclosure import public_view, sees
from portal.domain.errors import ClockError, InvalidError, NotFoundError, StaleError
from portal.domain.people import SYSTEM, Actor, Role
from portal.domain.redaction import Finding, Known
from portal.domain.transitions import allowed, decide
from portal.vault.actions import Vault
from portal.vault.box import new_key

_MISCONDUCT = "J"  # begins the numbers of such reports
_SENT_BEFORE = select(CaseRecord.number, CaseRecord.state).where(CaseRecord.once_hash == bindparam("once"))
_LAST_RECEIVED = select(CaseRecord.received_at).order_by(CaseRecord.id.desc()).limit(1)
_CONTACT_KEPT = timedelta(days=180)  # after the end of a case
_SLACK = timedelta(hours=1)  # two servers' clocks may differ, and a clock may be set right
_PUBLIC_FIELDS = ("public_title", "public_text", "public_answer")


@dataclass(frozen=True)
class Opinion:
    """What a person sends, checked and cleaned. `contact` holds name, phone and e-mail as far as given."""

    category: str
    lane: Lane
    rule: DeadlineRule
    title: str
    text: str
    consent: bool
    unit: str | None = None
    district: str | None = None
    service: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[SafeFile] = ()
    suspicious: bool = False


@dataclass(frozen=True)
class Receipt:
    """What the author is told once: the public number and the promised days. The code is known to the edge alone."""

    number: str
    triage_due: date
    due_on: date
    held: bool


def submit(opinion: Opinion, *, submission: bytes, code: str, tokens: Sequence[str], terms: Terms,
           vault: Vault) -> Receipt:
    """Makes a case; the same `submission` sent again finds the first one. `tokens` name the files, one each."""
    once = vault.once_hash(submission)
    known = db.session.execute(_SENT_BEFORE, {"once": once}).first()
    if known is not None:
        return _receipt(known.number, unpacked_case(known.state))
    terms = replace(terms, now=_not_before(terms.now, db.session.scalar(_LAST_RECEIVED)))
    event = _submitted(opinion, terms)
    case = begin(event)
    number = _next_number(case, once)
    key = new_key()
    record = CaseRecord(
        number=number, code_hash=vault.code_hash(code), once_hash=once,
        wrapped_key=vault.keyring.wrap(key, number), category=opinion.category, district=opinion.district,
        service=opinion.service, received_at=terms.now)
    seal = CaseSeal(number, key)
    record.contact = seal.words(opinion.contact, "contact") if opinion.contact else None
    _keep(record, case, terms)
    db.session.add(record)
    db.session.flush()
    events = [event]
    _write(record, event, case.version, seal)
    for token, file in zip(tokens, opinion.files, strict=True):
        db.session.add(Attachment(
            case_id=record.id, seq=case.version, token=token, media_type=file.media_type, extension=file.extension,
            size=len(file.data), data=seal.file(file.data, token)))
    if opinion.suspicious:
        events.append(decide(case, Action.QUARANTINE, SYSTEM, {"reason": "automatic"}, terms))
        case = evolve(case, events[-1])
        _keep(record, case, terms)
        _write(record, events[-1], case.version, seal)
    db.session.flush()
    view = public_view(case, district=record.district or "", events=events, texts={})
    projection.project(db.session.connection(), record.id, number, view, before=None, after=case)
    return _receipt(number, case)


def perform(number: str, action: Action, actor: Actor, given: Mapping[str, object], *, seen: int | None, terms: Terms,
            vault: Vault) -> Case:
    """Carries out one act. Raises NotFoundError, StaleError, NotAllowedError or InvalidError; then nothing was written."""
    locked = select(CaseRecord).where(CaseRecord.number == number).with_for_update()
    record = db.session.scalar(locked, execution_options={"populate_existing": True})  # as it is now that others must wait
    if record is None:
        raise NotFoundError
    case = unpacked_case(record.state)
    if not sees(actor, case):
        raise NotFoundError
    if seen is not None and seen != case.version:
        raise StaleError(number=number, seen=seen, now=case.version)
    terms = replace(terms, now=_not_before(terms.now, record.changed_at))
    event = decide(case, action, actor, given, terms)
    seal = CaseSeal.of(record, vault)
    event = _completed(event, record, seal, given, terms)
    after = evolve(case, event)
    _keep(record, after, terms)
    _write(record, event, after.version, seal)
    db.session.flush()
    _project(record, before=case, after=after, event=event, seal=seal)
    return after


def leftovers(texts: Iterable[str], *, known: Sequence[Known], directory: Collection[str]) -> list[Finding]:
    """What still looks like personal data in texts that are to be published, everything that would be masked."""
    found = (each for text in texts for each in redaction.find(text, known=known, public_numbers=directory))
    return [each for each in found if each.grade.is_masked]


def run_due(*, terms: Terms, vault: Vault, numbers: Sequence[str]) -> int:
    """The portal's own acts on these cases: going on without a reply, closing. Returns how many were done."""
    done = 0
    for number in numbers:
        record = db.session.scalar(select(CaseRecord).where(CaseRecord.number == number))
        if record is None:
            continue
        case = unpacked_case(record.state)
        due_rows = [row for row in allowed(case, SYSTEM, terms) if row.action in (Action.GO_ON, Action.CLOSE)]
        for row in due_rows:
            perform(number, row.action, SYSTEM, {}, seen=case.version, terms=terms, vault=vault)
            done += 1
    return done


def forget_contacts(now: datetime) -> int:
    """Deletes contact details of cases that ended long ago, as the privacy notice says (PIPL, art. 19 and 47)."""
    ended = CaseRecord.status.not_in((*OPEN, Status.ANSWERED))
    old = and_(CaseRecord.contact.is_not(None), ended, CaseRecord.changed_at < now - _CONTACT_KEPT)
    return len(db.session.scalars(update(CaseRecord).where(old).values(contact=None).returning(CaseRecord.id)).all())


def _not_before(now: datetime, last: datetime | None) -> datetime:
    """Time never runs backwards in the record; raises ClockError where the clock stands far behind it."""
    if last is None or now >= last:
        return now
    if last - now > _SLACK:
        raise ClockError(f"the clock shows {now:%Y-%m-%d %H:%M}, the record ends at {last:%Y-%m-%d %H:%M}")
    return last


def _submitted(opinion: Opinion, terms: Terms) -> Event:
    triage = due(terms.rules["triage"], terms.today, terms.calendar).day
    first = {"lane": opinion.lane, "category": opinion.category, "received_on": terms.today, "triage_due": triage,
             "due_on": due(opinion.rule, terms.today, terms.calendar).day, "consent": opinion.consent}
    return Event(action=Action.SUBMIT, at=terms.now, role=Role.AUTHOR, actor_id=None, unit=None, source=None,
                 target=Status.RECEIVED, changes=first, words={"title": opinion.title, "text": opinion.text,
                                                               **({"named_unit": opinion.unit} if opinion.unit else {})})


def _completed(event: Event, record: CaseRecord, seal: CaseSeal, given: Mapping[str, object], terms: Terms) -> Event:
    """Adds what an act takes over from earlier ones, and refuses a publication that nobody says to have read."""
    if event.action is Action.APPROVE:
        return replace(event, words={**event.words, "answer": _last_words(record, Action.DRAFT_ANSWER, seal)["answer"]})
    if event.action is Action.PUBLISH:
        texts = [event.words[name] for name in _PUBLIC_FIELDS if name in event.words]
        if given.get("read") != "yes":
            found = leftovers(texts, known=seal.known(record), directory=terms.directory)
            raise InvalidError({"read": "personal_data" if found else "unread"})
    return event


def _last_words(record: CaseRecord, action: Action, seal: CaseSeal) -> dict[str, str]:
    last = db.session.scalars(select(EventRecord).where(
        EventRecord.case_id == record.id, EventRecord.action == action).order_by(EventRecord.seq.desc()).limit(1)).first()
    return seal.open_event(last) if last is not None else {}


def _keep(record: CaseRecord, case: Case, terms: Terms) -> None:
    """The summary of the events: the whole state, and beside it what lists need."""
    record.version, record.status, record.lane, record.unit = case.version, case.status, case.lane, case.unit
    record.publication, record.consent = case.publication, case.consent
    record.next_due, record.objected = case.next_due, case.objected
    record.drafted_by, record.changed_at = case.drafted_by, terms.now
    record.state = packed(case)


def _write(record: CaseRecord, event: Event, seq: int, seal: CaseSeal) -> None:
    db.session.add(EventRecord(
        case_id=record.id, seq=seq, action=event.action, at=event.at, role=event.role, actor_id=event.actor_id,
        unit=event.unit, source=event.source, target=event.target, changes=packed(dict(event.changes)),
        words=seal.words(event.words, f"event:{seq}") if event.words else None))


def _project(record: CaseRecord, *, before: Case, after: Case, event: Event, seal: CaseSeal) -> None:
    session: Session = db.session()
    events = session.scalars(select(EventRecord).where(EventRecord.case_id == record.id).order_by(EventRecord.seq))
    texts = event.words if event.action is Action.PUBLISH else _last_words(record, Action.PUBLISH, seal)
    view = public_view(after, district=record.district or "", events=[unpacked_event(each) for each in events], texts=texts)
    projection.project(session.connection(), record.id, record.number, view, before=before, after=after)


def _receipt(number: str, case: Case) -> Receipt:
    return Receipt(number, case.triage_due, case.due_on, held=case.status is Status.QUARANTINED)


def _next_number(case: Case, once: bytes) -> str:
    """The next of the year, without gaps: a number that is not used goes back with its transaction.

    A report of misconduct gets a number that tells nothing, or whoever sends one would learn how many came before.
    """
    if case.lane is not Lane.MISCONDUCT:
        return f"{case.received_on:%Y}-{projection.next_of(db.session.connection(), f'series|{case.received_on:%Y}'):06}"
    drawn = int.from_bytes(once, "big")
    while _number_taken(number := f"{_MISCONDUCT}{case.received_on:%Y}-{drawn % 10**9:09}"):
        drawn += 1
    return number


def _number_taken(number: str) -> bool:
    return db.session.scalar(select(CaseRecord.id).where(CaseRecord.number == number)) is not None
