"""The only judge of who may see what of a case. Every exit asks it: page, list, count, search, file, print.

Knows no record: it is given the state of a case and the viewer, and answers with the items that may be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.domain.case import Case, Event, Round
from portal.domain.codes import Action, Lane, Outcome, Promise, Publication, Solved, Status
from portal.domain.people import Actor, Role
from portal.domain.transitions import CONTRIBUTORS, is_in_area, is_kept_out, row_of, rows_of


class Item(StrEnum):
    """What there is to see of a case."""

    STUB = "stub"  # that it exists: number, category, state, unit, dates by the day
    ORIGINAL = "original"  # what the author wrote and sent, files included
    PUBLIC_TEXT = "public_text"  # the redacted text
    PUBLIC_ANSWER = "public_answer"  # the redacted answer
    ANSWER = "answer"  # the answer as the author reads it, and the messages between both
    DRAFT = "draft"  # an answer that nobody has approved yet
    NOTES = "notes"  # remarks among staff
    CONTACT = "contact"  # that contact details may be asked for; reading them is an act of its own
    READERS = "readers"  # who opened the contact details


_AUTHOR = frozenset(Item) - {Item.NOTES, Item.DRAFT}
_CASEWORK = frozenset(Item) - {Item.READERS}
_READING = _CASEWORK - {Item.CONTACT}
_UNIT_ROLES = frozenset({Role.HANDLER, Role.REVIEWER})
_SECRET_STATES = frozenset({Status.QUARANTINED})
_HIDES_FROM_PUBLIC = frozenset({Publication.HIDDEN})


def sees(viewer: Actor, case: Case) -> frozenset[Item]:
    """The items of this case that the viewer may see; empty where even its existence is not theirs to know."""
    if Role.AUTHOR in viewer.roles:
        return _AUTHOR
    if Role.SYSTEM in viewer.roles:
        return frozenset(Item)
    if case.lane is Lane.MISCONDUCT:
        reads = Role.DISCIPLINE_OFFICER in viewer.roles and not is_kept_out(case, viewer)
        return frozenset(Item) if reads else frozenset()
    if viewer.id is not None and not is_kept_out(case, viewer):
        return _staff(viewer, case)
    return _public(case)


def _staff(viewer: Actor, case: Case) -> frozenset[Item]:
    own = viewer.unit is not None and viewer.unit == case.unit
    if Role.COORDINATOR in viewer.roles and is_in_area(case, viewer):
        return _CASEWORK
    if own and viewer.roles & _UNIT_ROLES:
        return _CASEWORK
    if Role.COMPLAINTS_OFFICER in viewer.roles and case.lane is Lane.PETITION:
        return _CASEWORK
    if Role.INSPECTOR in viewer.roles:  # who asks authors afterwards, and sorts where the outreach office is named
        return _CASEWORK
    if Role.LEADER in viewer.roles and case.unit in viewer.charge:
        return _READING
    if viewer.unit in case.co_units and viewer.roles & CONTRIBUTORS:
        return _READING
    return _public(case)


def _public(case: Case) -> frozenset[Item]:
    if case.status in _SECRET_STATES or case.publication in _HIDES_FROM_PUBLIC:
        return frozenset()
    if case.publication is not Publication.TEXT:
        return frozenset({Item.STUB})
    answered = {Item.PUBLIC_ANSWER} if case.answer_public else set()
    return frozenset({Item.STUB, Item.PUBLIC_TEXT}) | answered


@dataclass(frozen=True)
class Scope:
    """Which cases a member of staff finds in lists.

    Whole `lanes`; for a county's coordinator the `area_lanes` of the `area`, by unit, and before there is one by
    district; `unit_lanes` of certain `units` or where `unit` contributes; never what is kept out of their sight.
    """

    lanes: frozenset[Lane]
    area: frozenset[str]
    area_lanes: frozenset[Lane]
    unit_lanes: frozenset[Lane]
    units: frozenset[str]
    contributes: str | None
    viewer: Actor


def scope(viewer: Actor) -> Scope:
    """The same judgement as `sees(viewer, case)` with ORIGINAL in it, as a filter for many cases at once."""
    roles, openly = viewer.roles, frozenset({Lane.ORDINARY, Lane.PETITION})
    lanes: set[Lane] = set()
    if Role.INSPECTOR in roles or (Role.COORDINATOR in roles and not viewer.charge):
        lanes |= openly
    if Role.COMPLAINTS_OFFICER in roles:
        lanes.add(Lane.PETITION)
    if Role.DISCIPLINE_OFFICER in roles:
        lanes.add(Lane.MISCONDUCT)
    works = bool(roles & _UNIT_ROLES)
    units = ({viewer.unit} if works and viewer.unit else set()) | (viewer.charge if Role.LEADER in roles else frozenset())
    area = viewer.charge if Role.COORDINATOR in roles else frozenset()
    return Scope(lanes=frozenset(lanes), area=area, area_lanes=openly if area else frozenset(),
                 unit_lanes=openly if units else frozenset(), units=frozenset(units),
                 contributes=viewer.unit if roles & CONTRIBUTORS else None, viewer=viewer)


# --- events: which of them a viewer reads, and which of their words ---------------------------------------------------

_NEEDS = {
    Action.NOTE: Item.NOTES, Action.SEND_BACK: Item.DRAFT, Action.OBJECT: Item.NOTES,
    Action.DRAFT_ANSWER: Item.DRAFT, Action.CO_REPORT: Item.NOTES, Action.ADD_CO_UNIT: Item.NOTES, Action.RECUSE: Item.NOTES,
}
_PUBLIC_WORDS = frozenset({"public_title", "public_text", "public_answer"})
_SUBMITTED = frozenset({"title", "text"})
_ANSWERED = frozenset({"answer", "facts", "basis"})  # `approve` carries what was approved


def may_read(viewer: Actor, case: Case, event: Event) -> bool:
    """Whether the viewer is told of this event at all."""
    items = sees(viewer, case)
    if not items:
        return False
    if event.action is Action.OPEN_CONTACT:
        return Item.READERS in items or (viewer.id is not None and event.actor_id == viewer.id)
    row = row_of(event.action)
    if Item.NOTES in items or row is None:
        return True
    return row.told if Item.ORIGINAL in items else row.public


def readable_words(viewer: Actor, case: Case, event: Event) -> frozenset[str]:
    """The names of the words of this event that the viewer may read; what is not named here is not even decrypted."""
    items = sees(viewer, case)
    if Item.ORIGINAL not in items or not may_read(viewer, case, event):
        return frozenset()
    needed = _NEEDS.get(event.action)
    if Item.NOTES in items:
        return frozenset(event.words) | _PUBLIC_WORDS if needed is None or needed in items else frozenset()
    rows = rows_of(event.action)
    told = {field.name for row in rows for field in row.fields if field.told} if rows else _SUBMITTED
    return frozenset(told) | _PUBLIC_WORDS | (_ANSWERED if event.action is Action.APPROVE else frozenset())


# --- what everyone may read -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class PublicView:
    """A case as everyone may read it: days, never hours; labels and approved texts, never the original."""

    category: str
    unit: str
    district: str
    state: Status
    received_on: date
    due_on: date
    answered_on: date | None
    outcome: Outcome | None
    promised_on: date | None
    rating: int | None
    promise: Promise | None
    rounds: tuple[Mapping[str, Any], ...]
    orders: int
    handovers: int
    followed: Solved | None
    rectify_due: date | None
    rectified_on: date | None
    merged_into: str | None
    title: str | None
    text: str | None
    answer: str | None
    timeline: tuple[Mapping[str, Any], ...]


def public_view(case: Case, *, district: str, events: Iterable[Event], texts: Mapping[str, str]) -> PublicView | None:
    """None where the public may not know of the case. `texts` are the approved words of the last publication."""
    public = Actor()
    items = sees(public, case)
    if Item.STUB not in items:
        return None
    has_text, has_answer = Item.PUBLIC_TEXT in items, Item.PUBLIC_ANSWER in items
    answered = case.answered_on is not None
    return PublicView(
        category=case.category, unit=case.unit or "", district=district, state=case.status,
        received_on=case.received_on, due_on=case.due_on, answered_on=case.answered_on,
        outcome=case.outcome if answered else None, promised_on=case.promised_on if answered else None,
        rating=case.rating, promise=case.promise, rounds=tuple(_round(each) for each in case.rounds), orders=case.orders,
        handovers=case.handovers, followed=case.followed, rectify_due=case.rectify_due, rectified_on=case.rectified_on,
        merged_into=case.merged_into, title=texts.get("public_title") if has_text else None,
        text=texts.get("public_text") if has_text else None,
        answer=(texts.get("public_answer") or None) if has_answer else None,
        timeline=tuple(timeline_entry(each) for each in events if may_read(public, case, each)))


def _round(earlier: Round) -> dict[str, Any]:
    """An earlier answer as plain data."""
    return {"outcome": earlier.outcome and earlier.outcome.value, "rating": earlier.rating,
            "answered_on": earlier.answered_on and earlier.answered_on.isoformat(), "due_on": earlier.due_on.isoformat()}


_TOLD_CHANGES = ("unit", "due_on", "moved_from", "outcome", "promised_on", "rating", "milestone", "promise", "followed",
                 "order_level", "order_due", "rectify_due", "merged_into")


def timeline_entry(event: Event) -> dict[str, Any]:
    """One entry of a timeline: the act, its day, the acting unit, and the facts its sentence needs."""
    facts = {name: str(value) for name in _TOLD_CHANGES if (value := event.changes.get(name)) is not None}
    return {"action": event.action.value, "on": event.at.date().isoformat(), "role": event.role.value,
            "by": event.unit or "", **facts}
