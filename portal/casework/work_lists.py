"""The work lists of the desk: what belongs into each, how many cases it holds, one page of it. Knows no pages.

A list is a condition over cases that still want something, within what the person may find. Rows are found by columns
of `cases` alone; only the titles of the rows shown are opened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from portal.accounts.queries import open_accounts
from portal.casework.codec import unpacked_case
from portal.casework.models import CaseRecord, EventRecord
from portal.casework.scoping import marked, within
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain.case import Case, is_number
from portal.domain.codes import BAD_LEVEL, IN_HAND, OPEN, Lane, Status
from portal.domain.disclosure import scope
from portal.domain.people import N_, OFFICE, Actor, Role
from portal.vault.actions import Vault

PAGE = 25
COUNTED_UP_TO = 1_000
_STALLED_AFTER = timedelta(days=10)
_OFTEN = 3  # hand-overs
LOW_RATED_FOR = timedelta(days=90)
BEYOND_LIVE = frozenset({"low-rated", "ended"})  # lists of what is over as well: the newest first, not counted in the menu


@dataclass(frozen=True)
class WorkList:
    """A list of the desk: for whom, under which words, in which group of the menu."""

    key: str
    group: str
    label: str
    empty: str
    roles: frozenset[Role]


_C, _H, _R = Role.COORDINATOR, Role.HANDLER, Role.REVIEWER
_P, _D, _L, _I = Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER, Role.LEADER, Role.INSPECTOR
_ALL = frozenset({_C, _H, _R, _P, _D, _L, _I})
_UNITS, _OVERSEERS = frozenset({_H, _R, _P, _D}), frozenset({_C, _I, _D})
WORK_LISTS = (
    WorkList("to-sort", "work", N_("To sort"), N_("New opinions appear here until they are handed to a unit."),
             frozenset({_C, _D, _I})),
    WorkList("to-handle", "work", N_("To handle"), N_("Cases handed to your unit appear here until they are answered."),
             _UNITS),
    WorkList("mine", "work", N_("Begun by me"), N_("Cases that you took up or drafted appear here."), _UNITS),
    WorkList("to-approve", "work", N_("To approve"),
             N_("Answers that a colleague wrote appear here for a second pair of eyes."), frozenset({_R, _P, _D})),
    WorkList("to-contribute", "work", N_("To contribute"), N_("Cases of other units that ask yours for its part appear here."),
             frozenset({_H, _R})),
    WorkList("to-extend", "work", N_("Extensions asked for"), N_("Requests for more time appear here until you decide."),
             frozenset({_L})),
    WorkList("to-publish", "work", N_("To publish"),
             N_("Cases whose author agreed to publication appear here until a person decides."), frozenset({_C, _P})),
    WorkList("held", "work", N_("Held for review"), N_("Nothing is held back."), frozenset({_C, _D})),
    WorkList("second-look", "work", N_("Refusals to look at again"),
             N_("One refusal in ten appears here for the eyes of a second person."), frozenset({_C, _D, _I})),
    WorkList("orphans", "work", N_("Nobody can act here"), N_("Every case in hand is with somebody who can act."),
             frozenset({_C, _I})),
    WorkList("due-today", "clock", N_("Due today"), N_("Nothing is due today."), _ALL),
    WorkList("late", "clock", N_("Late"), N_("Nothing is late."), _ALL),
    WorkList("supervised", "clock", N_("Supervised"), N_("No supervision waits for an answer."), _ALL),
    WorkList("interim", "clock", N_("Interim notice due"), N_("No interim notice is due."), _UNITS | {_C, _L}),
    WorkList("waiting", "clock", N_("Waiting for the author"), N_("No question to an author is open."), _ALL),
    WorkList("stalled", "clock", N_("Stalled"), N_("Every open case was touched within the last ten days."),
             frozenset({_C, _L, _I})),
    WorkList("forwarded", "clock", N_("Handed on too often"), N_("No open case was handed over three times."),
             frozenset({_C, _L, _I})),
    WorkList("disputed", "after", N_("Not accepted by the author"), N_("No author has asked for a second round."), _ALL),
    WorkList("low-rated", "after", N_("Badly rated"), N_("No answer of the last 90 days was rated badly."),
             frozenset({_C, _L, _I})),
    WorkList("to-follow-up", "after", N_("To follow up"),
             N_("Badly rated and drawn cases appear here until somebody asked the author."), _OVERSEERS),
    WorkList("to-rectify", "after", N_("To put right"),
             N_("What authors call unsolved appears here until it is put right."), _ALL),
    WorkList("to-recheck", "after", N_("To check again"), N_("What was put right appears here after 30 and 90 days."),
             _OVERSEERS),
    WorkList("promises", "after", N_("Promises to check"), N_("Promises appear here on their day."), _OVERSEERS),
    WorkList("open", "all", N_("All open cases"), N_("No case is open."), _ALL),
    WorkList("ended", "all", N_("Answered and ended"), N_("Answered, declined and withdrawn cases appear here."), _ALL),
)


@dataclass(frozen=True)
class Row:
    """One line of a work list."""

    number: str
    title: str
    case: Case
    received_at: datetime


class Place(NamedTuple):
    """Of a case in the orders in which lists go on."""

    next_due: date
    received_on: date
    id: int


@dataclass(frozen=True)
class Filters:
    """What a person narrows a list by; empty ask nothing."""

    category: str = ""
    unit: str = ""
    district: str = ""
    lane: str = ""
    channel: str = ""
    due_until: date | None = None

    @property
    def are_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))

    def condition(self) -> ColumnElement[bool]:
        columns = {"category": CaseRecord.category, "unit": CaseRecord.unit, "district": CaseRecord.district,
                   "lane": CaseRecord.lane, "channel": CaseRecord.channel}
        asked = [column == value for name, column in columns.items() if (value := getattr(self, name))]
        return and_(true(), *asked, *([CaseRecord.next_due <= self.due_until] if self.due_until else ()))


@dataclass(frozen=True)
class Staffing:
    """Who could act at all: the units that exist, those with somebody who handles or approves, lone reviewers by account."""

    units: frozenset[str]
    handled: Mapping[Lane, frozenset[str]]
    approved: Mapping[Lane, frozenset[str]]
    alone: Mapping[Lane, frozenset[int]]


def staffing(units: frozenset[str]) -> Staffing:
    """By the open accounts; in the petition lane complaints officers handle and approve for their unit."""
    accounts = open_accounts()
    handled: dict[Lane, frozenset[str]] = {}
    approved: dict[Lane, frozenset[str]] = {}
    alone: dict[Lane, frozenset[int]] = {}
    for lane, also in ((Lane.ORDINARY, frozenset[Role]()), (Lane.PETITION, frozenset({Role.COMPLAINTS_OFFICER}))):
        handled[lane] = frozenset(each.unit for each in accounts if each.roles & {Role.HANDLER, *also})
        reviewers = [each for each in accounts if each.roles & {Role.REVIEWER, *also}]
        times = Counter(each.unit for each in reviewers)
        approved[lane] = frozenset(times)
        alone[lane] = frozenset(each.id for each in reviewers if times[each.unit] == 1)
    return Staffing(units, handled, approved, alone)


def work_lists(actor: Actor) -> tuple[WorkList, ...]:
    return tuple(each for each in WORK_LISTS if each.roles & actor.roles)


def find_list(key: str, actor: Actor) -> WorkList | None:
    """None for a list that is not for this person."""
    return next((each for each in work_lists(actor) if each.key == key), None)


def work_list_counts(actor: Actor, today: date, staff: Staffing | None = None) -> dict[str, int]:
    """How many cases each list holds; those that look beyond live cases are not counted."""
    conditions = _conditions(actor, today, staff)
    lists = [each for each in work_lists(actor) if each.key in conditions]
    columns = [func.count().filter(conditions[each.key]).label(each.key) for each in lists]
    if not columns:
        return {}
    row = db.session.execute(select(*columns).select_from(CaseRecord).where(within(scope(actor)), CaseRecord.live)).one()
    return {each.key: count for each, count in zip(lists, row, strict=True)}


def work_list(key: str, actor: Actor, vault: Vault, *, today: date, after: Place | None = None,
              filters: Filters = Filters(), staff: Staffing | None = None) -> list[Row]:
    """One page and one row more: the most urgent first, what is over newest first. `after` is where the last page ended."""
    found = select(CaseRecord.id).where(_belonging(key, actor, today, staff), filters.condition())
    if key in BEYOND_LIVE:
        found = found.order_by(CaseRecord.received_on.desc(), CaseRecord.id.desc())
    else:
        found = found.order_by(CaseRecord.next_due, CaseRecord.id)
    if after is not None:
        found = found.where(_older_than(after) if key in BEYOND_LIVE else _due_after(after))
    return rows_of(db.session.scalars(found.limit(PAGE + 1)).all(), vault)


def _older_than(place: Place) -> ColumnElement[bool]:
    return or_(CaseRecord.received_on < place.received_on,
               and_(CaseRecord.received_on == place.received_on, CaseRecord.id < place.id))


def _due_after(place: Place) -> ColumnElement[bool]:
    return or_(CaseRecord.next_due > place.next_due, and_(CaseRecord.next_due == place.next_due, CaseRecord.id > place.id))


def count_list(key: str, actor: Actor, *, today: date, filters: Filters, staff: Staffing | None = None) -> int | None:
    """How many rows a narrowed list has; None for more than COUNTED_UP_TO."""
    found = select(CaseRecord.id).where(_belonging(key, actor, today, staff), filters.condition()).limit(COUNTED_UP_TO + 1)
    count = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return count if count <= COUNTED_UP_TO else None


def rows_of(ids: Sequence[int], vault: Vault) -> list[Row]:
    """The lines of these cases in the order of the ids, with the titles that their authors gave them."""
    both = select(CaseRecord, EventRecord).join(EventRecord, and_(EventRecord.case_id == CaseRecord.id, EventRecord.seq == 1))
    found = {record.id: _row(record, first, vault) for record, first in db.session.execute(both.where(CaseRecord.id.in_(ids)))}
    return [found[each] for each in ids]


def rows_by_number(numbers: Sequence[str], actor: Actor, vault: Vault) -> list[Row]:
    """The lines of those of these cases that the person may find, in the order given."""
    wanted = and_(CaseRecord.number.in_(numbers), within(scope(actor)))
    rows = db.session.execute(select(CaseRecord.number, CaseRecord.id).where(wanted))
    found = {row.number: row.id for row in rows}
    return rows_of([found[number] for number in numbers if number in found], vault)


def cursor_of(number: str, actor: Actor) -> Place | None:
    """Where a page that ended with this case goes on; None also for a case that this person may not know of."""
    if not is_number(number):
        return None
    own = and_(CaseRecord.number == number, within(scope(actor)))
    row = db.session.execute(select(CaseRecord.next_due, CaseRecord.received_on, CaseRecord.id).where(own)).first()
    return Place(*row) if row else None


def _row(record: CaseRecord, submitted: EventRecord, vault: Vault) -> Row:
    words = CaseSeal.of(record, vault).open_event(submitted)
    return Row(record.number, words["title"], unpacked_case(record.state), record.received_at)


# --- what belongs into a list -----------------------------------------------------------------------------------------

def condition(key: str, actor: Actor, today: date, staff: Staffing | None = None) -> ColumnElement[bool]:
    """What belongs into a list, beside that the person may find it."""
    if key == "ended":
        return CaseRecord.status.not_in(sorted(OPEN))
    if key == "low-rated":
        return and_(CaseRecord.rating.in_(range(1, BAD_LEVEL + 1)), CaseRecord.answered_on > today - LOW_RATED_FOR)
    return and_(CaseRecord.live, _conditions(actor, today, staff)[key])


def _belonging(key: str, actor: Actor, today: date, staff: Staffing | None) -> ColumnElement[bool]:
    return and_(within(scope(actor)), condition(key, actor, today, staff))


def _conditions(actor: Actor, today: date, staff: Staffing | None) -> dict[str, ColumnElement[bool]]:
    """All lists that look at live cases alone; each condition stands beside that of being live."""
    is_open = CaseRecord.status.in_(sorted(OPEN))
    running = and_(is_open, CaseRecord.status != Status.WAITING)
    in_hand = CaseRecord.status.in_(sorted(IN_HAND))
    long_ago = datetime.combine(today - _STALLED_AFTER, time(), UTC)
    return {
        "to-sort": and_(_sorts(actor), or_(CaseRecord.status == Status.RECEIVED,
                                           and_(CaseRecord.status == Status.ASSIGNED, CaseRecord.objected))),
        "to-handle": and_(CaseRecord.status.in_((Status.ASSIGNED, Status.HANDLING)), _own_unit(actor)),
        "mine": and_(in_hand, or_(CaseRecord.drafted_by == actor.id, CaseRecord.handler == actor.id)),
        "to-approve": and_(CaseRecord.status == Status.DRAFTED, _own_unit(actor), CaseRecord.drafted_by != actor.id),
        "to-contribute": and_(in_hand, marked(CaseRecord.co_units, f"!{actor.unit}")),
        "to-extend": and_(CaseRecord.extension_asked, in_hand, CaseRecord.unit.in_(sorted(actor.charge))),
        "to-publish": and_(CaseRecord.to_publish, CaseRecord.lane.in_(_publishes(actor))),
        "due-today": and_(running, CaseRecord.next_due == today),
        "late": and_(running, CaseRecord.next_due < today),
        "supervised": CaseRecord.order_due.is_not(None),
        "interim": and_(in_hand, CaseRecord.interim_due.is_not(None), CaseRecord.interim_due <= today + timedelta(days=3)),
        "waiting": CaseRecord.status == Status.WAITING,
        "disputed": and_(is_open, CaseRecord.disputed),
        "to-follow-up": and_(CaseRecord.follow_due.is_not(None), _not_own_unit(actor)),
        "to-rectify": CaseRecord.rectify_due.is_not(None),
        "to-recheck": and_(CaseRecord.recheck_due <= today, _not_own_unit(actor)),
        "promises": and_(CaseRecord.promise_due <= today, _not_own_unit(actor)),
        "second-look": CaseRecord.second_look.is_(True),
        "orphans": and_(in_hand, _nobody_can_act(staff)) if staff else false(),
        "stalled": and_(in_hand, CaseRecord.status != Status.WAITING, CaseRecord.changed_at < long_ago),
        "forwarded": and_(in_hand, CaseRecord.handovers >= _OFTEN),
        "held": CaseRecord.status == Status.QUARANTINED,
        "open": is_open,
    }


def _sorts(actor: Actor) -> ColumnElement[bool]:
    """An inspector sorts only what is about the outreach office itself."""
    if actor.roles & {Role.COORDINATOR, Role.DISCIPLINE_OFFICER}:
        return true()
    return marked(CaseRecord.barred, OFFICE)


def _publishes(actor: Actor) -> list[Lane]:
    """The lanes whose texts this person may publish, as the action table has it."""
    lanes = {Role.COORDINATOR: Lane.ORDINARY, Role.COMPLAINTS_OFFICER: Lane.PETITION}
    return [lane for role, lane in lanes.items() if role in actor.roles]


def _own_unit(actor: Actor) -> ColumnElement[bool]:
    return true() if Role.DISCIPLINE_OFFICER in actor.roles else CaseRecord.unit == actor.unit


def _not_own_unit(actor: Actor) -> ColumnElement[bool]:
    return true() if Role.DISCIPLINE_OFFICER in actor.roles else CaseRecord.unit.is_distinct_from(actor.unit)


def _nobody_can_act(staff: Staffing) -> ColumnElement[bool]:
    """The unit is gone, has nobody to handle it, or nobody but the writer who could check the draft."""
    unit, drafted = CaseRecord.unit, CaseRecord.status == Status.DRAFTED
    stuck: list[ColumnElement[bool]] = [unit.not_in(sorted(staff.units))]
    for lane in staff.handled:
        unchecked = or_(unit.not_in(sorted(staff.approved[lane])), CaseRecord.drafted_by.in_(sorted(staff.alone[lane])))
        stuck.append(and_(CaseRecord.lane == lane, or_(and_(drafted, unchecked),
                                                       and_(~drafted, unit.not_in(sorted(staff.handled[lane]))))))
    return or_(*stuck)
