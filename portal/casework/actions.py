"""Everything that changes a case. The domain decides, this module writes it down: event, state, public row.

Runs inside a transaction opened at the edge; time, randomness and rules come in as arguments.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from portal.attachments import SafeFile
from portal.casework import notices, projection
from portal.casework.codec import packed, unpacked_case, unpacked_event
from portal.casework.models import AnswerTemplate, Attachment, CaseRecord, EventRecord
from portal.casework.sealing import CaseSeal
from portal.counters import next_of
from portal.db import db
from portal.domain import redaction
from portal.domain.case import Case, Event, Terms, begin, evolve
from portal.domain.codes import IN_HAND, NEXT_STAGE, OPEN, Action, Channel, Extension, Lane, Stage, Status
from portal.domain.deadlines import DeadlineRule, as_frozen, due
from portal.domain.disclosure import Item, public_view, sees
from portal.domain.errors import ClockError, InvalidError, NotFoundError, StaleError
from portal.domain.given import clean
from portal.domain.guards import to_be_published
from portal.domain.people import AUTHOR, SYSTEM, Actor, Role
from portal.domain.promise import counted_again
from portal.domain.redaction import Finding, Known
from portal.domain.transitions import allowed, decide
from portal.outbox.rules import CONTACT, Means
from portal.vault.actions import Vault
from portal.vault.box import new_key

_CASES = cast(Table, CaseRecord.__table__)
_GIVEN = tuple(column.name for column in _CASES.columns if column.name != "id")
_CASE = insert(_CASES).returning(_CASES.c.id)  # rows that nothing else of the request asks for need no session
_EVENT, _FILE = (insert(cast(Table, model.__table__)) for model in (EventRecord, Attachment))
_MISCONDUCT = "J"  # begins the numbers of such reports
_SENT_BEFORE = select(_CASES.c.number, _CASES.c.state).where(_CASES.c.once_hash == bindparam("once"))
_LAST_RECEIVED = select(_CASES.c.received_at).order_by(_CASES.c.id.desc()).limit(1)
_CONTACT_KEPT = timedelta(days=180)  # after the end of a case
_PAPER_AGE = timedelta(days=30)  # how long a letter may have lain before it is entered
_SECOND_LOOK = 0.1  # the share of refusals that a second person looks at
_SLACK = timedelta(hours=1)  # two servers' clocks may differ, and a clock may be set right
# What the state has and the row repeats, under the same name.
_COLUMNS = ("version", "status", "lane", "unit", "publication", "consent", "next_due", "objected", "drafted_by", "handler",
            "disputed", "handovers", "notify", "merged_into", "rating", "received_on", "answered_on", "second_look",
            "interim_due", "order_due", "follow_due", "rectify_due", "recheck_due", "promise_due")
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
    is_complaint: bool = False  # about that unit, which then may know nothing of it
    district: str | None = None
    service: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    notify: str | None = None  # the channel of notices, if the author wants any
    files: Sequence[SafeFile] = ()
    suspicious: bool = False
    channel: Channel = Channel.WEB
    received_on: date | None = None  # earlier than today only for what came on paper
    stage: Stage = Stage.FIRST
    origin: str | None = None  # the matter to be reviewed
    barred: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What the author is told once: the public number and the promised days. The code is known to the edge alone."""

    number: str
    triage_due: date
    due_on: date
    held: bool


def submit(opinion: Opinion, *, submission: bytes, code: str, tokens: Sequence[str], terms: Terms, vault: Vault,
           clerk: Actor = AUTHOR, code_hash: bytes | None = None) -> Receipt:
    """Makes a case; the same `submission` sent again finds the first one. `tokens` name the files, one each.

    `clerk` wrote it down for the author; `code_hash` belongs to a code that the author holds already. Raises
    InvalidError for a day of reception that cannot be.
    """
    once = vault.once_hash(submission)
    connection = db.session.connection()
    known = connection.execute(_SENT_BEFORE, {"once": once}).first()
    if known is not None:
        return _receipt(known.number, unpacked_case(known.state))
    terms = replace(terms, now=_not_before(terms.now, connection.scalar(_LAST_RECEIVED)))
    events = [_submitted(opinion, terms, clerk)]
    case = begin(events[0])
    if opinion.suspicious:
        events.append(decide(case, Action.QUARANTINE, SYSTEM, {"reason": "automatic"}, terms))
        case = evolve(case, events[-1])
    number = _next_number(case, once, terms.today)
    key = new_key()
    record = CaseRecord(
        number=number, code_hash=code_hash or vault.code_hash(code), once_hash=once,
        wrapped_key=vault.keyring.wrap(key, number), category=opinion.category, district=opinion.district,
        service=opinion.service, received_at=terms.now, channel=opinion.channel)
    seal = CaseSeal(number, key)
    record.contact = seal.words(opinion.contact, "contact") if opinion.contact else None
    _keep(record, case, terms)
    record.id = connection.execute(_CASE, {name: getattr(record, name) for name in _GIVEN}).scalar_one()
    for seq, event in enumerate(events, start=1):
        _write(record, event, seq, seal)
    for token, file in zip(tokens, opinion.files, strict=True):
        connection.execute(_FILE, {
            "case_id": record.id, "seq": 1, "token": token, "media_type": file.media_type, "extension": file.extension,
            "size": len(file.data), "data": seal.file(file.data, token)})
    view = public_view(case, district=record.district or "", events=events, texts={})
    projection.project(connection, record.id, number, view, before=None, after=case)
    return _receipt(number, case)


def find_receipt(submission: bytes, vault: Vault) -> Receipt | None:
    """Of a case that this very submission made before."""
    known = db.session.connection().execute(_SENT_BEFORE, {"once": vault.once_hash(submission)}).first()
    return None if known is None else _receipt(known.number, unpacked_case(known.state))


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
    event = _completed(event, record, case, actor, given, seal=seal, terms=terms, vault=vault)
    after = evolve(case, event)
    _keep(record, after, terms)
    _write(record, event, after.version, seal)
    db.session.flush()
    _project(record, before=case, after=after, event=event, seal=seal)
    notices.queue_for(record, event, terms.now)
    if action is Action.APPROVE:
        for joined in db.session.scalars(select(CaseRecord.number).where(CaseRecord.merged_into == number)).all():
            perform(joined, Action.RELAY, SYSTEM, {}, seen=None, terms=terms, vault=vault)
    return after


def request_review(number: str, given: Mapping[str, object], *, seen: int, rule: DeadlineRule, submission: bytes, code: str,
                   terms: Terms, vault: Vault) -> Receipt:
    """The author asks the next higher unit: a case of its own, with its own number and code, linked to the first.

    The unit that decided knows nothing of it (Regulations on Petition Work, art. 35 and 36). Raises what `perform` does.
    """
    case = perform(number, Action.REQUEST_REVIEW, AUTHOR, given, seen=seen, terms=terms, vault=vault)
    record = db.session.scalars(select(CaseRecord).where(CaseRecord.number == number)).one()
    seal = CaseSeal.of(record, vault)
    title = _first_words(record, seal)["title"]
    opinion = Opinion(
        category=case.category, lane=Lane.PETITION, rule=rule, title=title, text=clean(given.get("reason")), consent=False,
        district=record.district, contact=seal.open_contact(record), notify=record.notify, stage=NEXT_STAGE[case.stage],
        origin=number, barred=tuple(sorted({*case.barred, *filter(None, [case.unit])})))
    return submit(opinion, submission=submission, code=code, tokens=(), terms=terms, vault=vault)


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


def recount(number: str, *, since: datetime, terms: Terms, vault: Vault) -> bool:
    """Counts the promise of an open case again with the calendar as it is now; it may move later, never earlier.

    False where that was done already `since` the calendar changed, so that a worker that was stopped can go on.
    """
    record = db.session.scalars(select(CaseRecord).where(CaseRecord.number == number)).one()
    rows = db.session.scalars(select(EventRecord).where(EventRecord.case_id == record.id).order_by(EventRecord.seq))
    events, case = [unpacked_event(each) for each in rows], unpacked_case(record.state)
    if not case.is_open or any(each.action is Action.CALENDAR and each.at >= since for each in events):
        return False
    counted = counted_again(events, terms.calendar) or case.due_on
    given = {"due_on": counted.isoformat()}
    perform(number, Action.CALENDAR, SYSTEM, given, seen=case.version, terms=terms, vault=vault)
    return True


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


def _submitted(opinion: Opinion, terms: Terms, clerk: Actor) -> Event:
    received = opinion.received_on or terms.today
    if not terms.today - _PAPER_AGE <= received <= terms.today:
        raise InvalidError({"received_on": "received_on"})
    barred = {*opinion.barred, *(terms.line_of_command(opinion.unit) if opinion.unit and opinion.is_complaint else ())}
    first = {"lane": opinion.lane, "category": opinion.category, "received_on": received, "channel": opinion.channel,
             "triage_due": due(terms.rules["triage"], received, terms.calendar).day, "rule": as_frozen(opinion.rule),
             "district": opinion.district, "notify": opinion.notify,
             "due_on": due(opinion.rule, received, terms.calendar).day, "consent": opinion.consent, "stage": opinion.stage,
             "origin": opinion.origin, "barred": tuple(sorted(barred))}
    role = Role.AUTHOR if clerk.id is None else sorted(clerk.roles)[0]
    return Event(action=Action.SUBMIT, at=terms.now, role=role, actor_id=clerk.id, unit=clerk.unit, source=None,
                 target=Status.RECEIVED, changes=first, words={"title": opinion.title, "text": opinion.text,
                                                               **({"named_unit": opinion.unit} if opinion.unit else {})})


def _completed(event: Event, record: CaseRecord, case: Case, actor: Actor, given: Mapping[str, object], *, seal: CaseSeal,
               terms: Terms, vault: Vault) -> Event:
    """Adds what only the record knows: what an act takes over from earlier ones, and refusals that look beyond the case."""
    if event.action is Action.APPROVE:
        return replace(event, words={**event.words, **_last_words(record, Action.DRAFT_ANSWER, seal)})
    if event.action is Action.DRAFT_ANSWER:
        _refuse_stock(event.words["answer"], case.unit)
    if event.action is Action.SET_NOTICES:
        _refuse_means(event.changes["notify"], seal.open_contact(record))
    if event.action is Action.MERGE:
        _refuse_target(record, case, actor, event.changes["merged_into"])
    if event.action in (Action.DECLINE, Action.REFER) and vault.chance(f"second look {record.number}") < _SECOND_LOOK:
        return replace(event, changes={**event.changes, "second_look": True})
    if event.action is Action.PUBLISH:
        texts = [event.words[name] for name in _PUBLIC_FIELDS if name in event.words]
        if given.get("read") != "yes":
            found = leftovers(texts, known=seal.known(record), directory=terms.directory)
            raise InvalidError({"read": "personal_data" if found else "unread"})
    return event


def _refuse_means(means: str | None, contact: Mapping[str, str]) -> None:
    if means and not contact.get(CONTACT[Means(means)]):
        raise InvalidError({"notify": "no_contact"})


def _refuse_stock(answer: str, unit: str | None) -> None:
    """Nobody's question is answered by a template: its gaps are to be filled and its words fitted."""
    if "【" in answer or "】" in answer:
        raise InvalidError({"answer": "gaps"})
    kept = db.session.scalars(select(AnswerTemplate.text).where(AnswerTemplate.unit == unit))
    if "".join(answer.split()) in {"".join(text.split()) for text in kept}:
        raise InvalidError({"answer": "unedited"})


def _refuse_target(record: CaseRecord, case: Case, actor: Actor, number: str) -> None:
    """Only into a case in hand of the same nature that the person may read; and no case that others were joined to.

    A case that was not sorted yet could still be sealed or held, and the joined one would tell that.
    """
    target = db.session.scalar(select(CaseRecord).where(CaseRecord.number == number))
    state = unpacked_case(target.state) if target is not None else None
    if state is None or number == record.number or Item.ORIGINAL not in sees(actor, state):
        raise InvalidError({"target": "no_case"})
    if state.lane is not case.lane or state.status not in IN_HAND:
        raise InvalidError({"target": "not_joinable"})
    if db.session.scalar(select(CaseRecord.id).where(CaseRecord.merged_into == record.number).limit(1)) is not None:
        raise InvalidError({"target": "is_target"})


def _first_words(record: CaseRecord, seal: CaseSeal) -> dict[str, str]:
    first = select(EventRecord).where(EventRecord.case_id == record.id, EventRecord.seq == 1)
    return seal.open_event(db.session.scalars(first).one())


def _last_words(record: CaseRecord, action: Action, seal: CaseSeal) -> dict[str, str]:
    last = db.session.scalars(select(EventRecord).where(
        EventRecord.case_id == record.id, EventRecord.action == action).order_by(EventRecord.seq.desc()).limit(1)).first()
    return seal.open_event(last) if last is not None else {}


def _keep(record: CaseRecord, case: Case, terms: Terms) -> None:
    """The summary of the events: the whole state, and beside it what lists need."""
    for name in _COLUMNS:
        setattr(record, name, getattr(case, name))
    record.extension_asked = case.extension is Extension.ASKED
    record.barred = _marks([*case.barred, *(f"#{account}" for account in case.recused)])
    owing = [f"!{part.unit}" for part in case.parts if part.reported_on is None]
    record.co_units = _marks([*sorted(case.co_units), *owing])
    record.to_publish, record.live = to_be_published(case), _is_live(case)
    record.changed_at, record.state = terms.now, packed(case)


def _marks(names: Sequence[str]) -> str | None:
    return f"|{'|'.join(names)}|" if names else None


def _is_live(case: Case) -> bool:
    """Whether anybody has still something to do: work, a decision on publication, a duty after the answer."""
    duties = (case.follow_due, case.rectify_due, case.recheck_due, case.promise_due, case.order_due)
    return case.is_open or case.second_look or any(duties) or to_be_published(case)


def _write(record: CaseRecord, event: Event, seq: int, seal: CaseSeal) -> None:
    db.session.connection().execute(_EVENT, {
        "case_id": record.id, "seq": seq, "action": event.action, "at": event.at, "role": event.role,
        "actor_id": event.actor_id, "unit": event.unit, "source": event.source, "target": event.target,
        "changes": packed(dict(event.changes)), "words": seal.words(event.words, f"event:{seq}") if event.words else None})


def _project(record: CaseRecord, *, before: Case, after: Case, event: Event, seal: CaseSeal) -> None:
    session: Session = db.session()
    events = session.scalars(select(EventRecord).where(EventRecord.case_id == record.id).order_by(EventRecord.seq))
    texts = event.words if event.action is Action.PUBLISH else _last_words(record, Action.PUBLISH, seal)
    view = public_view(after, district=record.district or "", events=[unpacked_event(each) for each in events], texts=texts)
    projection.project(session.connection(), record.id, record.number, view, before=before, after=after)


def _receipt(number: str, case: Case) -> Receipt:
    return Receipt(number, case.triage_due, case.due_on, held=case.status is Status.QUARANTINED)


def _next_number(case: Case, once: bytes, today: date) -> str:
    """The next of the year, without gaps: a number that is not used goes back with its transaction.

    A report of misconduct gets a number that tells nothing, or whoever sends one would learn how many came before.
    """
    if case.lane is not Lane.MISCONDUCT:
        return f"{today:%Y}-{next_of(db.session.connection(), f'series|{today:%Y}'):06}"
    drawn = int.from_bytes(once, "big")
    while _number_taken(number := f"{_MISCONDUCT}{today:%Y}-{drawn % 10**9:09}"):
        drawn += 1
    return number


def _number_taken(number: str) -> bool:
    return db.session.scalar(select(CaseRecord.id).where(CaseRecord.number == number)) is not None
