"""What no sequence of acts can do: ten thousand random acts, with days and new calendars between them, checked one by one."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.casework.codec import packed, unpacked_case, unpacked_changes
from portal.domain.case import Case, Event, Terms, begin, evolve
from portal.domain.codes import IN_HAND, OPEN, Action, Extension, Lane, OrderLevel, Publication, Status
from portal.domain.deadlines import from_frozen
from portal.domain.disclosure import Item, public_view, scope, sees
from portal.domain.errors import NotAllowedError
from portal.domain.people import OFFICE, PUBLIC, Actor, Role
from portal.domain.promise import counted_again, steps
from portal.domain.transitions import allowed, decide
from tests.domain.world import (
    CALENDARS,
    CO_UNIT,
    EVERYBODY,
    FILLED,
    LEAD,
    NAMED,
    PARENTS,
    SEALED,
    at,
    kept_out,
    on,
    staff,
    submitted,
    within,
)

UNITS = (LEAD, CO_UNIT, "household")
# The people of the small city, and enough colleagues that two of every unit can work together.
CAST = (*EVERYBODY, staff(Role.COORDINATOR, 101, OFFICE), staff(Role.INSPECTOR, 160, "audit"),
        staff(Role.LEADER, 150, "audit", UNITS),
        *(staff(role, id, unit) for id, (role, unit) in enumerate(product((Role.HANDLER, Role.REVIEWER), UNITS), start=110)))
INSIDERS = tuple(person for person in CAST if person.id is not None)
OF_LANE = {Lane.ORDINARY: ("question", "complaint", "several-units", "deputy-suggestion"),
           Lane.PETITION: ("petition", "petition-review"), Lane.MISCONDUCT: ("misconduct",)}

# --- a random life ---------------------------------------------------------------------------------------------------------

# How likely an act is beside others that are possible; what leads on is likelier than notes, and than what ends a case.
WEIGHTS = {
    **dict.fromkeys((Action.NOTE, Action.ADD_MESSAGE, Action.OPEN_CONTACT, Action.RELAY), 1),
    **dict.fromkeys((Action.RENEW_CODE, Action.SET_NOTICES), 1),
    **dict.fromkeys((Action.WITHDRAW, Action.MERGE, Action.RECUSE), 0.4),
    **dict.fromkeys((Action.DECLINE, Action.REFER, Action.QUARANTINE), 3),
    **dict.fromkeys((Action.PUBLISH, Action.KEEP_STUB, Action.CALENDAR, Action.SUPERVISE, Action.SEND_BACK), 4),
    **dict.fromkeys((Action.ADD_CO_UNIT, Action.TRANSFER, Action.OBJECT, Action.INTERIM_NOTICE), 4),
    **dict.fromkeys((Action.REQUEST_EXTENSION, Action.GRANT_EXTENSION, Action.DISPUTE, Action.ACCEPT), 40),
}
USUAL = 16


@dataclass(frozen=True)
class Step:
    """One act with the state before and after it, and what it was decided on."""

    before: Case
    event: Event
    after: Case
    terms: Terms


@dataclass(frozen=True)
class History:
    first: Event
    steps: tuple[Step, ...]

    @property
    def events(self) -> list[Event]:
        return [self.first, *(step.event for step in self.steps)]

    @property
    def states(self) -> list[Case]:
        return [begin(self.first), *(step.after for step in self.steps)]

    @property
    def is_under_one_calendar(self) -> bool:
        return all(step.terms.calendar is CALENDARS[0] for step in self.steps)


def askable(case: Case) -> list[str]:
    """The units that can still be asked to contribute."""
    return sorted(set(PARENTS) - {SEALED, *case.barred, *case.co_units, case.unit})


def words(case: Case, action: Action, events: Sequence[Event], terms: Terms, chance: Random) -> dict[str, str]:
    """Something fitting for every field of the act, different each time."""
    relabels = action is Action.ACCEPT and case.lane is not Lane.MISCONDUCT and chance.random() < 0.2
    lane = chance.choice(list(Lane)) if relabels else case.lane
    named = chance.choice(("", "", "", NAMED, OFFICE)) if action is Action.ACCEPT else ""
    units = [unit for unit in UNITS if unit not in case.barred] if lane is not Lane.MISCONDUCT else [SEALED]
    unit = chance.choice(askable(case) or [LEAD] if action is Action.ADD_CO_UNIT else units)
    soon = terms.today + timedelta(days=chance.randint(1, 40))
    level = chance.choice(list(OrderLevel)) if action is Action.SUPERVISE else chance.choice("12345")
    counted = counted_again(events, terms.calendar) or case.due_on
    return {**FILLED, "lane": lane, "unit": unit, "complained_of": named, "level": level, "promised_on": soon.isoformat(),
            "rule": chance.choice(OF_LANE[lane]), "due_on": counted.isoformat(),
            "outcome": chance.choice(("done", "promised", "promised", "explained", "not-possible", "referred")),
            "position": chance.choice(("supported", "explained", "not-supported")), "public_answer": chance.choice(("", "答")),
            "milestone": chance.choice(("begun", "not-solved")), "solved": chance.choice(("yes", "partly", "no")),
            **{name: chance.choice(("yes", "no")) for name in ("reached", "holds", "kept", "keep_public")}}


def one_act(case: Case, events: Sequence[Event], terms: Terms, chance: Random) -> Event:
    """Any act that anybody may do now; those that lead on are likelier than notes and than those that end a case."""
    possible: dict[Action, list[Actor]] = {}
    for person in CAST:
        for row in allowed(case, person, terms):
            possible.setdefault(row.action, []).append(person)
    if not askable(case):
        possible.pop(Action.ADD_CO_UNIT, None)
    weights = [WEIGHTS.get(action, USUAL) for action in possible]
    action, = chance.choices(list(possible), weights)
    event = decide(case, action, chance.choice(possible[action]), words(case, action, events, terms, chance), terms)
    drawn = action in (Action.DECLINE, Action.REFER) and chance.random() < 0.7  # as the record draws for a second look
    return replace(event, changes={**event.changes, "second_look": True}) if drawn else event


def lived(*, seed: int, acts: int, new_calendars: bool) -> History:
    """A life of that many acts; whatever it is, the seed decides."""
    chance = Random(seed)
    lane = chance.choice((*Lane, Lane.ORDINARY, Lane.ORDINARY, Lane.ORDINARY))
    today = on("Tue 2026-09-01") + timedelta(days=chance.randint(0, 150))
    first = submitted(today, lane=lane, rule=chance.choice(OF_LANE[lane]), consent=chance.random() < 0.8,
                      barred=chance.choice(((), (), ("hexi", NAMED), (OFFICE,))))
    played: list[Step] = []
    case, calendar = begin(first), CALENDARS[0]
    for _ in range(acts):
        today += timedelta(days=chance.choice((0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 6, 12, 35)))
        if new_calendars and chance.random() < 0.1:
            calendar = chance.choice(CALENDARS)
        terms = at(today, calendar=calendar)
        event = one_act(case, [first, *(step.event for step in played)], terms, chance)
        played.append(Step(case, event, evolve(case, event), terms))
        case = played[-1].after
    return History(first, tuple(played))


def test_random_lives_reach_every_act_and_every_status() -> None:
    """What is checked below is checked of something."""
    lives = [lived(seed=seed, acts=25, new_calendars=True) for seed in range(150)]
    assert {step.event.action for life in lives for step in life.steps} == set(Action) - {Action.SUBMIT}
    assert {state.status for life in lives for state in life.states} == set(Status)
    later = {step.event.action for life in lives for step in life.steps if step.after.due_on > step.before.due_on}
    assert later >= {Action.GRANT_EXTENSION, Action.AUTHOR_REPLIES, Action.GO_ON, Action.CALENDAR, Action.DISPUTE}


# --- what must hold after every act ----------------------------------------------------------------------------------------

def promise_moves_only_for_a_reason(step: Step) -> None:
    """A grant, a bounded wait, an official calendar, a new round that the author asked for; nothing else."""
    before, event, after = step.before, step.event, step.after
    if event.action is Action.DISPUTE:
        assert event.role is Role.AUTHOR and after.round == before.round + 1 <= 2
        assert (after.waited, after.extension) == (0, Extension.NONE)
        return
    waited = after.waited - before.waited
    assert waited >= 0 and after.waited <= 10
    expected = before.due_on
    if waited:
        assert before.status is Status.WAITING
        expected = step.terms.calendar.add_working_days(before.due_on, waited).day
    if event.action is Action.GRANT_EXTENSION:
        assert (before.extension, after.extension, event.role) == (Extension.ASKED, Extension.GRANTED, Role.LEADER)
        assert from_frozen(before.rule).extension
        assert after.due_on > before.due_on
    elif event.action is Action.CALENDAR:
        assert after.due_on >= before.due_on and event.role is Role.SYSTEM
    elif event.action is Action.ACCEPT:
        assert after.due_on <= before.due_on
    else:
        assert after.due_on == expected
    assert after.moved_from == (before.due_on if after.due_on != before.due_on else before.moved_from)


def extension_comes_once(step: Step) -> None:
    if step.before.extension is Extension.GRANTED and step.event.action is not Action.DISPUTE:
        assert step.after.extension is Extension.GRANTED


def two_people_stand_behind_an_answer(step: Step) -> None:
    if step.event.action in (Action.APPROVE, Action.SEND_BACK):
        assert step.event.actor_id is not None and step.event.actor_id != step.before.drafted_by
    if step.event.action in (Action.UPHOLD, Action.REOPEN):
        assert step.event.actor_id is not None and step.event.actor_id != step.before.declined_by


def history_only_grows(step: Step) -> None:
    before, after = step.before, step.after
    assert after.version == before.version + 1
    assert after.rounds[:len(before.rounds)] == before.rounds and len(after.rounds) == after.round - 1
    assert set(after.barred) >= set(before.barred) and set(after.recused) >= set(before.recused)
    assert (after.received_on, after.category, after.consent) == (before.received_on, before.category, before.consent)
    if before.status not in OPEN and after.status in OPEN:
        assert step.event.action in (Action.REOPEN, Action.DISPUTE)


def misconduct_is_sealed(step: Step) -> None:
    if step.before.lane is Lane.MISCONDUCT:
        assert step.after.lane is Lane.MISCONDUCT
    if step.after.lane is Lane.MISCONDUCT:
        for person in CAST:
            if not person.roles & {Role.DISCIPLINE_OFFICER, Role.AUTHOR, Role.SYSTEM}:
                assert sees(person, step.after) == frozenset() and allowed(step.after, person, step.terms) == ()


def the_public_reads_what_was_agreed_to(step: Step) -> None:
    items = sees(PUBLIC, step.after)
    if items & {Item.PUBLIC_TEXT, Item.PUBLIC_ANSWER}:
        assert step.after.consent and step.after.publication is Publication.TEXT
        assert step.after.lane is not Lane.MISCONDUCT and step.after.status is not Status.QUARANTINED
    view = public_view(step.after, district="", events=[step.event], texts={"public_title": "题", "public_text": "文"})
    assert (view is not None) is (Item.STUB in items)
    assert (view is not None and view.text is not None) is (Item.PUBLIC_TEXT in items)


def whoever_is_kept_out_is_the_public(step: Step) -> None:
    for person in INSIDERS:
        if kept_out(person, step.after):
            assert sees(person, step.after) == sees(PUBLIC, step.after) and allowed(step.after, person, step.terms) == ()


def filters_judge_as_for_one(step: Step) -> None:
    for person in INSIDERS:
        assert within(scope(person), step.after) is (Item.ORIGINAL in sees(person, step.after)), person


def what_is_owed_can_be_done(step: Step) -> None:
    """Each duty stands only where an act of the table can still do it."""
    case = step.after
    ended = {Status.ANSWERED, Status.CLOSED}
    for owed, where in ((case.held_due, {Status.QUARANTINED}), (case.notice_due, IN_HAND), (case.interim_due, IN_HAND),
                        (case.waiting_since, {Status.WAITING}), (case.order_due, IN_HAND | ended), (case.follow_due, ended),
                        (case.rectify_due, ended), (case.recheck_due, ended), (case.promise_due, ended),
                        (case.objected or None, {Status.ASSIGNED}), (case.extension is Extension.ASKED or None, IN_HAND),
                        (case.second_look or None, {Status.DECLINED, Status.REFERRED})):
        assert owed is None or case.status in where, owed
    assert (case.order_level is None) is (case.order_due is None)
    assert (case.status is Status.WAITING) is (case.waiting_since is not None)


AFTER_EVERY_ACT: tuple[Callable[[Step], None], ...] = (
    promise_moves_only_for_a_reason, extension_comes_once, two_people_stand_behind_an_answer, history_only_grows,
    misconduct_is_sealed, the_public_reads_what_was_agreed_to, whoever_is_kept_out_is_the_public, filters_judge_as_for_one,
    what_is_owed_can_be_done)


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32), new_calendars=st.booleans())
def test_ten_thousand_random_acts_break_no_rule(seed: int, new_calendars: bool) -> None:
    life = lived(seed=seed, acts=25, new_calendars=new_calendars)
    for step in life.steps:
        for holds in AFTER_EVERY_ACT:
            holds(step)
    events_tell_the_state(life)
    events_tell_the_promise(life)


def events_tell_the_state(life: History) -> None:
    """Replayed from what was written down, through the shapes in which the record keeps it."""
    kept = [json.loads(json.dumps(packed(dict(event.changes)))) for event in life.events]
    read = [replace(event, changes=unpacked_changes(changes)) for event, changes in zip(life.events, kept, strict=True)]
    assert reduce(evolve, read[1:], begin(read[0])) == life.states[-1]
    for state in life.states:
        assert unpacked_case(json.loads(json.dumps(packed(state)))) == state


def events_tell_the_promise(life: History) -> None:
    for end, state in enumerate(life.states, start=1):
        explained = steps(life.events[:end], CALENDARS[0])
        assert explained[-1].told == state.due_on
        if life.is_under_one_calendar:
            assert counted_again(life.events[:end], CALENDARS[0]) == state.due_on
            assert all(step.counted is None or step.told <= step.counted.day for step in explained)
    told = [step.told for step in steps(life.events, CALENDARS[0])]
    stored = [state.due_on for state in life.states]
    assert set(told) == set(stored)


# --- what may be done, and what may not ------------------------------------------------------------------------------------

@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), acts=st.integers(0, 20))
def test_what_is_offered_can_be_done_and_nothing_else(seed: int, acts: int) -> None:
    life = lived(seed=seed, acts=acts, new_calendars=True)
    case, terms = life.states[-1], at(life.events[-1].at.date() + timedelta(days=3))
    given_ = {action: words(case, action, life.events, terms, Random(seed)) for action in Action}
    for person in CAST:
        offered = {row.action for row in allowed(case, person, terms)}
        for action in Action:
            if action not in offered:
                with pytest.raises(NotAllowedError):
                    decide(case, action, person, given_[action], terms)
            elif action is not Action.ADD_CO_UNIT or askable(case):
                assert decide(case, action, person, given_[action], terms).action is action


DAILY_WORK = (Action.RELEASE, Action.ACCEPT, Action.RULE, Action.START, Action.GO_ON, Action.DRAFT_ANSWER, Action.APPROVE,
              Action.SEND_BACK, Action.RECTIFY, Action.CLOSE)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), acts=st.integers(0, 20))
def test_daily_work_brings_every_case_to_its_end(seed: int, acts: int) -> None:
    """Whatever happened before, people who have not left the case can finish it: no status is without a successor."""
    life = lived(seed=seed, acts=acts, new_calendars=True)
    case, today = life.states[-1], life.events[-1].at.date()
    newcomers = [replace(person, id=person.id and person.id + 1_000) for person in CAST]
    colleagues = [replace(person, id=person.id and person.id + 2_000) for person in CAST]
    for _ in range(len(DAILY_WORK)):
        today += timedelta(days=40)
        case = next(worked(case, life.events, [*newcomers, *colleagues], today), case)
    assert case.status in {Status.CLOSED, Status.DECLINED, Status.REFERRED, Status.MERGED, Status.WITHDRAWN}


def worked(case: Case, events: Sequence[Event], people: Iterable[Actor], today: date) -> Iterator[Case]:
    """The case after the next piece of work, whoever of these does it."""
    terms = at(today)
    for action in DAILY_WORK:
        for person in people:
            if action in {row.action for row in allowed(case, person, terms)}:
                given_ = {**words(case, action, events, terms, Random(1)), "outcome": "done"}
                yield evolve(case, decide(case, action, person, given_, terms))
