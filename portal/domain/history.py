"""A case as a row of states: what it was before and after each event, and which of its fields that changed.

Knows no record and no languages; words for the names of fields are marked for translation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.domain.case import Case, Event, begin, evolve
from portal.domain.people import N_


@dataclass(frozen=True)
class Change:
    """One field of the case before and after an act."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Moment:
    """One act with what it changed; `seq` is the version of the case that it made, `after` that version."""

    seq: int
    event: Event
    changes: tuple[Change, ...]
    after: Case


# Every field that an act can change, in the order in which changes are told.
FIELD_WORDS = {
    "status": N_("Status"), "lane": N_("Nature"), "unit": N_("Unit"), "rule": N_("Deadline rule"),
    "due_on": N_("Answer promised by"),
    "clock_from": N_("Counted from"), "extension": N_("Extension"), "waiting_since": N_("The clock waits since"),
    "waited": N_("Working days waited"), "assigned_on": N_("Handed over on"), "handler": N_("Taken up by"),
    "handovers": N_("Hand-overs"), "objected": N_("Objection open"), "ruled": N_("Objection decided"),
    "barred": N_("May know nothing of it"), "recused": N_("Left the case"), "parts": N_("Contributing units"),
    "merged_into": N_("Joined to"), "drafted_by": N_("Draft by"), "outcome": N_("Outcome"), "position": N_("Decision"),
    "promised_on": N_("Promised day"), "promise": N_("Promise"), "answered_on": N_("Answered on"), "rating": N_("Rating"),
    "round": N_("Round"), "rounds": N_("Earlier answers"), "review_asked_on": N_("Review asked for on"),
    "followed": N_("Follow-up"), "followed_level": N_("Level told at the follow-up"),
    "follow_tries": N_("Attempts to reach the author"), "milestone": N_("Where it stands"),
    "publication": N_("Publication"), "answer_public": N_("Answer is public"), "answer_read": N_("Answer read for publication"),
    "held_due": N_("To be released or refused by"), "notice_due": N_("Written notice due"),
    "interim_due": N_("Interim notice due"),
    "declined_by": N_("Refused by"), "second_look": N_("Second look open"), "order_level": N_("Supervision"),
    "order_due": N_("Supervision to be answered by"), "orders": N_("Supervisions"), "follow_due": N_("Follow-up due"),
    "rectify_due": N_("To be put right by"), "rectified_on": N_("Put right on"), "rechecks": N_("To be checked again on"),
}
# What is said otherwise: the version counts events, the day before a move is the `before` of the promised day.
UNTOLD = frozenset({"version", "moved_from"})
# What a submission sets for good.
FIRST = frozenset({"category", "district", "received_on", "triage_due", "channel", "stage", "origin", "consent", "notify"})


def replay(events: Iterable[Event]) -> tuple[Moment, ...]:
    """All versions of a case from the first event on; the first made the case and changed nothing."""
    found: list[Moment] = []
    case: Case | None = None
    for seq, event in enumerate(events, start=1):
        after = begin(event) if case is None else evolve(case, event)
        found.append(Moment(seq, event, () if case is None else _changes(case, event, after), after))
        case = after
    return tuple(found)


def _changes(before: Case, event: Event, after: Case) -> tuple[Change, ...]:
    if not event.changes and event.target is before.status:
        return ()
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELD_WORDS
             if name in event.changes or name == "status")
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)
