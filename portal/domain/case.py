"""A case: its statuses, lanes and outcomes with their words, its state, and the events that this state sums up.

Words follow the glossary: lane 性质, unit 单位, outcome 办理结果, rating 评价. What may happen to a case stands in
`transitions`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.domain.deadlines import DeadlineRule
from portal.domain.given import FieldKind
from portal.domain.people import N_, Role
from portal.domain.working_days import WorkingCalendar


class Lane(StrEnum):
    """The nature of a case: it decides which office handles it and who may ever know of it."""

    ORDINARY = "ordinary"
    PETITION = "petition"
    MISCONDUCT = "misconduct"


class Status(StrEnum):
    RECEIVED = "received"
    QUARANTINED = "quarantined"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    WAITING = "waiting"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class StatusWords:
    """How a status is told to everyone: word, plain meaning, who acts next, colour tone."""

    word: str
    meaning: str
    next: str
    tone: str


STATUS_WORDS = {
    Status.RECEIVED: StatusWords(N_("Received"), N_("The opinion has arrived and is being sorted."),
                                 N_("The outreach office sorts it and hands it over."), "new"),
    Status.QUARANTINED: StatusWords(N_("Held for review"), N_("A person checks whether this is a real opinion."),
                                    N_("The outreach office decides."), "waiting"),
    Status.ASSIGNED: StatusWords(N_("Accepted"), N_("It has been handed to the unit that must answer."),
                                 N_("The unit starts work."), "new"),
    Status.HANDLING: StatusWords(N_("Being handled"), N_("The unit is working on it."),
                                 N_("The unit answers."), "active"),
    Status.WAITING: StatusWords(N_("Waiting for the author"), N_("The unit has asked the author a question."),
                                N_("The author replies; after ten working days the work goes on."), "waiting"),
    Status.DRAFTED: StatusWords(N_("Answer being checked"), N_("An answer is written; another person checks it."),
                                N_("A reviewer approves the answer."), "active"),
    Status.ANSWERED: StatusWords(N_("Answered"), N_("The unit has answered."), N_("The author rates the answer."), "done"),
    Status.CLOSED: StatusWords(N_("Closed"), N_("Answered, and the time for rating is over or the author is satisfied."),
                               N_("Nothing more is planned."), "done"),
    Status.DECLINED: StatusWords(N_("Not accepted"), N_("It cannot be handled here; the reason was given."),
                                 N_("The author may use the channel that was named."), "refused"),
    Status.REFERRED: StatusWords(N_("Referred elsewhere"), N_("Another body is responsible; the author was told which."),
                                 N_("The other body acts."), "refused"),
    Status.WITHDRAWN: StatusWords(N_("Withdrawn"), N_("The author withdrew it."), N_("Nothing more is planned."), "refused"),
}

OPEN = frozenset({Status.RECEIVED, Status.QUARANTINED, Status.ASSIGNED, Status.HANDLING, Status.WAITING, Status.DRAFTED})
IN_HAND = frozenset({Status.ASSIGNED, Status.HANDLING, Status.WAITING, Status.DRAFTED})
ENDED = frozenset({Status.ANSWERED, Status.CLOSED})


class Publication(StrEnum):
    """What everyone may read: a stub until a person decided, then a stub for good or the redacted text."""

    UNDECIDED = "undecided"
    STUB = "stub"
    TEXT = "text"
    HIDDEN = "hidden"


class Outcome(StrEnum):
    """What the unit says of its own work."""

    DONE = "done"
    PROMISED = "promised"
    EXPLAINED = "explained"
    NOT_POSSIBLE = "not-possible"
    REFERRED = "referred"


OUTCOME_WORDS = {
    Outcome.DONE: N_("Done"),
    Outcome.PROMISED: N_("Promised by a date"),
    Outcome.EXPLAINED: N_("Explained"),
    Outcome.NOT_POSSIBLE: N_("Not possible, with the legal basis"),
    Outcome.REFERRED: N_("Referred to the responsible body"),
}
# The five levels of the national rating system for services (国办发〔2019〕51号), best first.
LEVEL_WORDS = {
    5: N_("Very satisfied"),
    4: N_("Satisfied"),
    3: N_("Basically satisfied"),
    2: N_("Dissatisfied"),
    1: N_("Very dissatisfied"),
}
LANE_WORDS = {Lane.ORDINARY: N_("Ordinary matter"), Lane.PETITION: N_("Petition or law-enforcement fault"),
              Lane.MISCONDUCT: N_("Discipline or law breach")}


_NUMBER = re.compile(r"J?20[0-9]{2}-[0-9]{6,9}")


def is_number(text: str) -> bool:
    """Whether this can be the public number of a case, as in 2026-000123; reports of misconduct begin with J."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True)
class Case:
    """The state of a case: a summary of its events, never changed but by `evolve`. Dates are calendar days."""

    lane: Lane
    category: str
    received_on: date
    triage_due: date
    due_on: date
    status: Status = Status.RECEIVED
    unit: str | None = None
    consent: bool = False
    publication: Publication = Publication.UNDECIDED
    answer_public: bool = False
    rule: Mapping[str, Any] = field(default_factory=dict)
    objected: bool = False
    ruled: bool = False
    drafted_by: int | None = None
    outcome: Outcome | None = None
    promised_on: date | None = None
    waiting_since: date | None = None
    answered_on: date | None = None
    rating: int | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def next_due(self) -> date:
        """The day the next step was promised for: sorting first, then the answer."""
        return self.triage_due if self.status in (Status.RECEIVED, Status.QUARANTINED) else self.due_on


@dataclass(frozen=True)
class Event:
    """One act, as it is written down for good. `changes` holds the fields of Case it sets; `words` is private text."""

    action: "Action"
    at: datetime
    role: Role
    actor_id: int | None
    unit: str | None
    source: Status | None
    target: Status
    changes: Mapping[str, Any]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """What a decision needs from outside: the moment, the calendar, the rules in force, the codes that exist."""

    now: datetime
    calendar: WorkingCalendar
    rules: Mapping[str, DeadlineRule]
    units: frozenset[str] = frozenset()
    directory: frozenset[str] = frozenset()  # the bureau's own telephone numbers, which may stand in public
    waiting_limit: int = 10  # working days an author may let a question wait
    rating_window: int = 30  # calendar days after the answer

    @property
    def today(self) -> date:
        return self.now.date()

    def choices(self) -> dict[FieldKind, frozenset[str]]:
        return {
            FieldKind.LANE: frozenset(Lane),
            FieldKind.UNIT: self.units,
            FieldKind.RULE: frozenset(self.rules),
            FieldKind.OUTCOME: frozenset(Outcome),
            FieldKind.LEVEL: frozenset(str(level) for level in LEVEL_WORDS),
            FieldKind.YES_NO: frozenset({"yes", "no"}),
        }


class Action(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    REFER = "refer"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    START = "start"
    OBJECT = "object"
    RULE = "rule"
    ASK_AUTHOR = "ask_author"
    AUTHOR_REPLIES = "author_replies"
    GO_ON = "go_on"
    ADD_MESSAGE = "add_message"
    NOTE = "note"
    INTERIM_NOTICE = "interim_notice"
    OPEN_CONTACT = "open_contact"
    DRAFT_ANSWER = "draft_answer"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    RATE = "rate"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    KEEP_STUB = "keep_stub"


def evolve(case: Case, event: Event) -> Case:
    """The case after the event. Pure: replaying all events of a case gives its present state."""
    return replace(case, **event.changes, status=event.target, version=case.version + 1)


def begin(event: Event) -> Case:
    """The case that a submission makes: its event carries every first value."""
    known = {f.name for f in fields(Case)}
    return Case(**{name: value for name, value in event.changes.items() if name in known})
