"""A case: its state, and the events that this state sums up. What may happen to a case stands in `table`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from portal.domain.codes import (
    IN_HAND,
    LEVEL_WORDS,
    OPEN,
    Action,
    Channel,
    Extension,
    Lane,
    Milestone,
    OrderLevel,
    Outcome,
    Position,
    Promise,
    Publication,
    Solved,
    Stage,
    Status,
)
from portal.domain.deadlines import DeadlineRule
from portal.domain.given import FieldKind
from portal.domain.people import Role
from portal.domain.working_days import WorkingCalendar

_NUMBER = re.compile(r"J?20[0-9]{2}-[0-9]{6,9}")


def is_number(text: str) -> bool:
    """Whether this can be the public number of a case, as in 2026-000123; reports of misconduct begin with J."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True)
class Part:
    """What a further unit was asked to contribute, with its own clock. The lead unit alone answers the author."""

    unit: str
    due_on: date
    reported_on: date | None = None


@dataclass(frozen=True)
class Round:
    """An earlier answer that the author did not accept, kept beside the one that follows."""

    outcome: Outcome | None
    answered_on: date | None
    due_on: date
    rating: int | None


@dataclass(frozen=True)
class Case:
    """The state of a case: a summary of its events, never changed but by `evolve`. Dates are calendar days.

    Groups, in order: what it is; whom it is with; the promise and what moved it; the answer and what the author said
    of it; duties that are still open (each `…_due` is None when there is none).
    """

    lane: Lane
    category: str
    received_on: date
    triage_due: date
    due_on: date
    status: Status = Status.RECEIVED
    channel: Channel = Channel.WEB
    stage: Stage = Stage.FIRST
    district: str | None = None
    notify: str | None = None  # by which means the author is told of news
    origin: str | None = None  # the number of the matter that is under review here
    consent: bool = False
    publication: Publication = Publication.UNDECIDED
    answer_public: bool = False
    answer_read: bool = False  # somebody decided on publication since the answer is there

    unit: str | None = None
    assigned_on: date | None = None
    handler: int | None = None  # whoever took it up
    handovers: int = 0
    objected: bool = False
    ruled: bool = False
    barred: tuple[str, ...] = ()  # units that are named, with their line of command: they know nothing of the case
    recused: tuple[int, ...] = ()  # accounts of those who left the case
    parts: tuple[Part, ...] = ()
    merged_into: str | None = None

    rule: Mapping[str, Any] = field(default_factory=dict)
    clock_from: date | None = None  # the day the promise of this round began; None: the day of reception
    moved_from: date | None = None  # what was promised before the last move
    waiting_since: date | None = None
    waited: int = 0  # working days of this round
    extension: Extension = Extension.NONE

    drafted_by: int | None = None
    outcome: Outcome | None = None
    position: Position | None = None
    promised_on: date | None = None
    answered_on: date | None = None
    rating: int | None = None
    round: int = 1
    rounds: tuple[Round, ...] = ()
    review_asked_on: date | None = None
    followed: Solved | None = None
    followed_level: int | None = None
    follow_tries: int = 0
    rectified_on: date | None = None
    promise: Promise | None = None
    milestone: Milestone | None = None

    held_due: date | None = None
    notice_due: date | None = None
    interim_due: date | None = None
    declined_by: int | None = None
    second_look: bool = False  # a second person has still to look at the refusal
    order_level: OrderLevel | None = None
    order_due: date | None = None
    orders: int = 0
    follow_due: date | None = None
    rectify_due: date | None = None
    rechecks: tuple[date, ...] = ()
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def began_on(self) -> date:
        """The day from which the promise of this round is counted."""
        return self.clock_from or self.received_on

    @property
    def next_due(self) -> date:
        """The day of the next step: sorting, the written notice, the answer, and after that what is still owed."""
        if self.status is Status.RECEIVED:
            return self.triage_due
        if self.status is Status.QUARANTINED:
            return self.held_due or self.triage_due
        if self.status in IN_HAND:
            return min(filter(None, (self.notice_due, self.due_on)))
        return min(filter(None, (self.follow_due, self.rectify_due, self.recheck_due, self.promise_due)), default=self.due_on)

    @property
    def disputed(self) -> bool:
        """Whether the author did not accept an earlier answer."""
        return self.round > 1

    @property
    def recheck_due(self) -> date | None:
        return self.rechecks[0] if self.rechecks else None

    @property
    def promise_due(self) -> date | None:
        """The day on which somebody must look whether a promise was kept; a broken one presses until it is."""
        return self.promised_on if self.promise in (Promise.OPEN, Promise.BROKEN) else None

    @property
    def co_units(self) -> frozenset[str]:
        return frozenset(part.unit for part in self.parts)


@dataclass(frozen=True)
class Event:
    """One act, as it is written down for good. `changes` holds the fields of Case it sets; `words` is private text."""

    action: Action
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
    parents: Mapping[str, str | None] = field(default_factory=dict)  # every unit -> the unit one step up
    means: frozenset[str] = frozenset()  # by which notices can be sent here
    directory: frozenset[str] = frozenset()  # the bureau's own telephone numbers, which may stand in public
    waiting_limit: int = 10  # working days of a round that authors may let questions wait, all together
    rating_window: int = 30  # calendar days after the answer: to rate it, to dispute it, to ask for a review
    most_rounds: int = 2
    follow_tries: int = 3
    recheck_after: tuple[int, ...] = (30, 90)  # calendar days after a rectification

    @property
    def today(self) -> date:
        return self.now.date()

    def line_of_command(self, unit: str) -> tuple[str, ...]:
        """The unit and all above it."""
        line: list[str] = []
        step: str | None = unit
        while step is not None and step not in line:
            line.append(step)
            step = self.parents.get(step)
        return tuple(line)

    def working_days_since(self, day: date | None) -> int:
        """Working days after that day up to today; none where there is no such day."""
        return max(self.calendar.working_days_between(day, self.today), 0) if day else 0

    def choices(self) -> dict[FieldKind, frozenset[str]]:
        return {
            FieldKind.LANE: frozenset(Lane),
            FieldKind.UNIT: frozenset(self.parents),
            FieldKind.RULE: frozenset(self.rules),
            FieldKind.OUTCOME: frozenset(Outcome),
            FieldKind.POSITION: frozenset(Position),
            FieldKind.MILESTONE: frozenset(Milestone),
            FieldKind.ORDER: frozenset(OrderLevel),
            FieldKind.SOLVED: frozenset(Solved) - {Solved.NOT_REACHED},
            FieldKind.LEVEL: frozenset(str(level) for level in LEVEL_WORDS),
            FieldKind.MEANS: self.means,
            FieldKind.YES_NO: frozenset({"yes", "no"}),
        }


def evolve(case: Case, event: Event) -> Case:
    """The case after the event. Pure: replaying all events of a case gives its present state."""
    return replace(case, **event.changes, status=event.target, version=case.version + 1)


def begin(event: Event) -> Case:
    """The case that a submission makes: its event carries every first value."""
    known = {f.name for f in fields(Case)}
    return Case(**{name: value for name, value in event.changes.items() if name in known})
