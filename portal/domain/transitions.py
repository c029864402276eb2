"""The one table of named actions: who may do what to a case, in which state, with which words, and what follows.

The table is read by the desk (which buttons to draw), by `decide` (which acts to refuse) and by the tests. Nothing
else in the portal writes a status. Words follow the glossary: triage 受理分类, transfer 分办, answer 答复.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.domain.case import ENDED, IN_HAND, OPEN, Action, Case, Event, Lane, Outcome, Publication, Status, Terms
from portal.domain.deadlines import as_frozen, due
from portal.domain.errors import InvalidError, NotAllowedError
from portal.domain.given import REASON, REASON_TOLD, Field, FieldKind, check, text
from portal.domain.people import N_, Actor, Role

Given = Mapping[str, str]
Effect = Callable[[Case, Given, Actor, Terms], dict[str, Any]]
Guard = Callable[[Case, Actor, Terms], bool]


# --- effects: which fields of the case an act sets, beyond its status ------------------------------------------------

def _accept(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The rule is frozen into the case. A new label never moves the promised day later, only earlier.

    A report of misconduct stays one: its author was promised that nobody else would ever learn of it.
    """
    if case.lane is Lane.MISCONDUCT and given["lane"] != Lane.MISCONDUCT:
        raise InvalidError({"lane": "choice"})
    rule = terms.rules[given["rule"]]
    promised = due(rule, case.received_on, terms.calendar).day
    return {"lane": Lane(given["lane"]), "unit": given["unit"], "rule": as_frozen(rule),
            "due_on": min(case.due_on, promised)}


def _resume(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The clock goes on: the due day moves by the working days waited, never by more than the limit."""
    since = case.waiting_since or terms.today
    waited = min(max(terms.calendar.working_days_between(since, terms.today), 0), terms.waiting_limit)
    moved = terms.calendar.add_working_days(case.due_on, waited).day if waited else case.due_on
    return {"waiting_since": None, "due_on": moved}


def _draft(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    outcome = Outcome(given["outcome"])
    promised = date.fromisoformat(given["promised_on"]) if outcome is Outcome.PROMISED else None
    if promised and promised <= terms.today:
        raise InvalidError({"promised_on": "past"})
    return {"outcome": outcome, "promised_on": promised, "drafted_by": actor.id}


def _withdraw(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    keeps = case.publication is Publication.TEXT and given["keep_public"] == "yes"
    return {} if keeps else {"publication": Publication.HIDDEN}


def _set(**values: Any) -> Effect:
    return lambda case, given, actor, terms: values


# --- guards: what the table's columns cannot say ----------------------------------------------------------------------

def _another_person(case: Case, actor: Actor, terms: Terms) -> bool:
    return actor.id is not None and actor.id != case.drafted_by


def _may_rate(case: Case, actor: Actor, terms: Terms) -> bool:
    answered = case.answered_on or terms.today
    return case.rating is None and terms.today <= answered + timedelta(days=terms.rating_window)


def _window_over(case: Case, actor: Actor, terms: Terms) -> bool:
    satisfied = case.rating is not None and case.rating >= 4
    answered = case.answered_on or terms.today
    return satisfied or terms.today > answered + timedelta(days=terms.rating_window)


def _waited_enough(case: Case, actor: Actor, terms: Terms) -> bool:
    since = case.waiting_since or terms.today
    return terms.calendar.working_days_between(since, terms.today) >= terms.waiting_limit


def _consented(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.consent and case.status not in (Status.RECEIVED, Status.QUARANTINED, Status.WITHDRAWN)


def _text_is_open(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.publication in (Publication.UNDECIDED, Publication.TEXT) and _consented(case, actor, terms)


# --- the table --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Row:
    """One named action. `target` None keeps the status; `told`: the author sees it; `public`: everyone sees it."""

    action: Action
    by: frozenset[Role]
    sources: frozenset[Status]
    target: Status | None
    label: str
    said: str
    fields: tuple[Field, ...] = ()
    told: bool = True
    public: bool = False
    lanes: frozenset[Lane] = frozenset(Lane)
    effect: Effect | None = None
    guard: Guard | None = None


def _in(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_COORDINATOR, _HANDLER, _REVIEWER = frozenset({Role.COORDINATOR}), frozenset({Role.HANDLER}), frozenset({Role.REVIEWER})
_AUTHOR, _SYSTEM = frozenset({Role.AUTHOR}), frozenset({Role.SYSTEM})
_UNIT = _HANDLER | _REVIEWER
_PUBLIC_FIELDS = (
    Field("public_title", FieldKind.LINE, N_("Public title"), private=True, limit=60),
    text("public_text", N_("Public text"), limit=5_000),
    text("public_answer", N_("Public answer"), required=False, limit=5_000),
)

TABLE: tuple[Row, ...] = (
    Row(Action.ACCEPT, _COORDINATOR, _in(Status.RECEIVED), Status.ASSIGNED, N_("Accept and hand over"),
        N_("accepted it and handed it to %(unit)s; answer promised by %(due)s"), public=True, effect=_accept, fields=(
            Field("lane", FieldKind.LANE, N_("Nature")), Field("unit", FieldKind.UNIT, N_("Handling unit")),
            Field("rule", FieldKind.RULE, N_("Deadline rule")))),
    Row(Action.REFER, _COORDINATOR, _in(Status.RECEIVED), Status.REFERRED, N_("Refer elsewhere"),
        N_("told the author which other body is responsible"), (REASON_TOLD,), public=True),
    Row(Action.DECLINE, _COORDINATOR, _in(Status.RECEIVED, Status.QUARANTINED), Status.DECLINED, N_("Do not accept"),
        N_("did not accept it and gave the reason"), (REASON_TOLD,), public=True),
    Row(Action.QUARANTINE, _COORDINATOR | _SYSTEM, _in(Status.RECEIVED), Status.QUARANTINED, N_("Hold for review"),
        N_("held it for review"), (REASON,)),
    Row(Action.RELEASE, _COORDINATOR, _in(Status.QUARANTINED), Status.RECEIVED, N_("Release"), N_("released it")),
    Row(Action.START, _HANDLER, _in(Status.ASSIGNED), Status.HANDLING, N_("Start work"), N_("started work"), public=True),
    Row(Action.DRAFT_ANSWER, _HANDLER, _in(Status.HANDLING), Status.DRAFTED, N_("Draft the answer"),
        N_("wrote an answer; it is being checked"), told=False, effect=_draft, fields=(
            Field("outcome", FieldKind.OUTCOME, N_("Outcome")),
            Field("promised_on", FieldKind.DATE, N_("Promised day"), required=False, only_with=("outcome", "promised")),
            text("answer", N_("Answer to the author"), told=True, limit=5_000))),
    Row(Action.APPROVE, _REVIEWER, _in(Status.DRAFTED), Status.ANSWERED, N_("Approve and send the answer"),
        N_("answered: %(outcome)s"), public=True, guard=_another_person,
        effect=lambda case, given, actor, terms: {"answered_on": terms.today, "outcome": case.outcome,
                                                  "promised_on": case.promised_on}),
    Row(Action.SEND_BACK, _REVIEWER, _in(Status.DRAFTED), Status.HANDLING, N_("Send back"),
        N_("sent the draft back"), (REASON,), told=False, guard=_another_person,
        effect=_set(drafted_by=None, outcome=None, promised_on=None)),
    Row(Action.ASK_AUTHOR, _HANDLER, _in(Status.HANDLING), Status.WAITING, N_("Ask the author"),
        N_("asked the author a question; the clock waits at most ten working days"),
        (text("question", N_("Question to the author"), told=True),), public=True,
        effect=lambda case, given, actor, terms: {"waiting_since": terms.today}),
    Row(Action.AUTHOR_REPLIES, _AUTHOR, _in(Status.WAITING), Status.HANDLING, N_("Reply"),
        N_("replied to the question; the clock runs again, answer promised by %(due)s"),
        (text("message", N_("Your reply"), told=True, limit=5_000),), public=True, effect=_resume),
    Row(Action.GO_ON, _SYSTEM, _in(Status.WAITING), Status.HANDLING, N_("Go on without a reply"),
        N_("let the work go on without a reply; answer promised by %(due)s"), public=True, effect=_resume,
        guard=_waited_enough),
    Row(Action.INTERIM_NOTICE, _HANDLER, _in(Status.HANDLING), None, N_("Interim notice"),
        N_("reported how far the work is"), (text("notice", N_("What has been done, what comes next"), told=True),),
        public=True),
    Row(Action.OBJECT, _HANDLER, _in(Status.ASSIGNED), None, N_("Object to the hand-over"),
        N_("objected to the hand-over"), (REASON,), told=False, effect=_set(objected=True),
        guard=lambda case, actor, terms: not case.objected and not case.ruled),
    Row(Action.RULE, _COORDINATOR, _in(Status.ASSIGNED), None, N_("Rule on the objection (final)"),
        N_("decided finally that %(unit)s handles it"), (Field("unit", FieldKind.UNIT, N_("Handling unit")), REASON),
        public=True, guard=lambda case, actor, terms: case.objected,
        effect=lambda case, given, actor, terms: {"unit": given["unit"], "objected": False, "ruled": True}),
    Row(Action.ADD_MESSAGE, _HANDLER | _AUTHOR, IN_HAND | ENDED | _in(Status.RECEIVED), None, N_("Send a message"),
        N_("wrote a message"), (text("message", N_("Message"), told=True, limit=5_000),)),
    Row(Action.NOTE, _COORDINATOR | _UNIT, frozenset(Status), None, N_("Internal note"), N_("noted"),
        (text("note", N_("Note (staff only)")),), told=False),
    Row(Action.OPEN_CONTACT, _COORDINATOR | _UNIT, IN_HAND | ENDED, None, N_("Open the contact details"),
        N_("opened the contact details: %(reason)s"),
        (text("reason", N_("Why (the author reads it)"), told=True, limit=200),)),
    Row(Action.PUBLISH, _COORDINATOR, IN_HAND | ENDED | _in(Status.DECLINED, Status.REFERRED), None,
        N_("Publish the redacted text"), N_("published the redacted text"), _PUBLIC_FIELDS, lanes=frozenset({Lane.ORDINARY}),
        effect=lambda case, given, actor, terms: {"publication": Publication.TEXT,
                                                  "answer_public": bool(given["public_answer"])}, guard=_consented),
    Row(Action.PUBLISH, frozenset({Role.COMPLAINTS_OFFICER}), IN_HAND | ENDED, None,
        N_("Publish the redacted text"), N_("published the redacted text"), _PUBLIC_FIELDS, lanes=frozenset({Lane.PETITION}),
        effect=lambda case, given, actor, terms: {"publication": Publication.TEXT,
                                                  "answer_public": bool(given["public_answer"])}, guard=_consented),
    Row(Action.KEEP_STUB, _COORDINATOR | frozenset({Role.COMPLAINTS_OFFICER}), IN_HAND | ENDED, None,
        N_("Keep it a stub"), N_("decided that the text stays private"), (REASON_TOLD,), guard=_text_is_open,
        lanes=frozenset({Lane.ORDINARY, Lane.PETITION}), effect=_set(publication=Publication.STUB, answer_public=False)),
    Row(Action.RATE, _AUTHOR, _in(Status.ANSWERED), None, N_("Rate the answer"), N_("rated the answer: %(level)s"), (
        Field("level", FieldKind.LEVEL, N_("How satisfied are you?")),
        text("comment", N_("Why (optional)"), told=True, required=False)), public=True, guard=_may_rate,
        effect=lambda case, given, actor, terms: {"rating": int(given["level"])}),
    Row(Action.CLOSE, _SYSTEM, _in(Status.ANSWERED), Status.CLOSED, N_("Close"), N_("closed the case"), public=True,
        guard=_window_over),
    Row(Action.WITHDRAW, _AUTHOR, OPEN, Status.WITHDRAWN, N_("Withdraw the opinion"), N_("withdrew the opinion"),
        (Field("keep_public", FieldKind.YES_NO, N_("May the published text stay?")),), public=True, effect=_withdraw),
)


# --- deciding ---------------------------------------------------------------------------------------------------------

def hats(case: Case, actor: Actor) -> frozenset[Role]:
    """The roles a person wears towards this very case: by lane first, then by unit.

    Misconduct is open to discipline officers only, who there sort, handle and check. Complaints officers handle and
    check petitions of their unit. Handlers and reviewers have hats in cases of their own unit alone.
    """
    if case.lane is Lane.MISCONDUCT:
        staff = _COORDINATOR | _UNIT | {Role.DISCIPLINE_OFFICER} if Role.DISCIPLINE_OFFICER in actor.roles else frozenset()
        return staff | (actor.roles & (_AUTHOR | _SYSTEM))
    worn = set(actor.roles - {Role.DISCIPLINE_OFFICER, Role.EDITOR, Role.ADMINISTRATOR})
    if actor.unit is None or actor.unit != case.unit:
        worn -= _UNIT
    if Role.COMPLAINTS_OFFICER in worn:
        worn |= _UNIT if case.lane is Lane.PETITION and actor.unit == case.unit else set()
        worn -= {Role.COMPLAINTS_OFFICER} if case.lane is not Lane.PETITION else set()
    return frozenset(worn)


def allowed(case: Case, actor: Actor, terms: Terms) -> tuple[Row, ...]:
    """The rows this person may use now, in the order of the table: the likely one first."""
    worn = hats(case, actor)
    return tuple(row for row in TABLE if row.by & worn and case.lane in row.lanes and case.status in row.sources
                 and (row.guard is None or row.guard(case, actor, terms)))


def decide(case: Case, action: Action, actor: Actor, given: Mapping[str, object], terms: Terms) -> Event:
    """The event that `action` makes; raises NotAllowedError, or InvalidError naming every faulty field."""
    row = next((row for row in allowed(case, actor, terms) if row.action == action), None)
    if row is None:
        raise NotAllowedError(action)
    values = check(row.fields, given, terms.choices())
    changes = row.effect(case, values, actor, terms) if row.effect else {}
    role = sorted(row.by & hats(case, actor))[0]
    words = {f.name: values[f.name] for f in row.fields if f.private and values[f.name]}
    return Event(action=action, at=terms.now, role=role, actor_id=actor.id, unit=actor.unit, source=case.status,
                 target=row.target or case.status, changes=changes, words=words)


def row_of(action: Action) -> Row | None:
    """The first row of an action, for its words; None for `submit`, which makes the case and stands in no row."""
    return next((row for row in TABLE if row.action == action), None)
