"""The action table: who may do what in which state, what each act sets, and what no sequence of acts can do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.clock import SHANGHAI
from portal.domain.case import OPEN, STATUS_WORDS, Action, Case, Event, Lane, Outcome, Publication, Status, Terms, evolve
from portal.domain.deadlines import DeadlineRule
from portal.domain.disclosure import Item, sees
from portal.domain.errors import InvalidError, NotAllowedError
from portal.domain.people import AUTHOR, PUBLIC, SYSTEM, Actor, Role
from portal.domain.transitions import TABLE, allowed, decide
from portal.domain.working_days import WorkingCalendar

CALENDAR = WorkingCalendar({}, frozenset({2026, 2027}), {})
RULES = {key: DeadlineRule(key=key, version="1", amount=days, unit="working_days", title=key, title_en=key, basis="据")
         for key, days in (("triage", 1), ("question", 3), ("complaint", 5), ("several-units", 15))}
UNITS = frozenset({"traffic", "household", "discipline"})
COORDINATOR = Actor(frozenset({Role.COORDINATOR}), 1, "outreach")
HANDLER = Actor(frozenset({Role.HANDLER}), 2, "traffic")
REVIEWER = Actor(frozenset({Role.REVIEWER}), 3, "traffic")
STRANGER = Actor(frozenset({Role.HANDLER, Role.REVIEWER}), 4, "household")
DISCIPLINE = Actor(frozenset({Role.DISCIPLINE_OFFICER}), 5, "discipline")
COMPLAINTS = Actor(frozenset({Role.COMPLAINTS_OFFICER}), 6, "traffic")
EDITOR = Actor(frozenset({Role.EDITOR}), 7, "traffic")
ADMINISTRATOR = Actor(frozenset({Role.ADMINISTRATOR}), 8, "traffic")
EVERYBODY = (COORDINATOR, HANDLER, REVIEWER, STRANGER, DISCIPLINE, COMPLAINTS, EDITOR, ADMINISTRATOR, AUTHOR, PUBLIC, SYSTEM)


def at(day: str, hour: int = 10) -> Terms:
    now = datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)
    return Terms(now=now, calendar=CALENDAR, rules=RULES, units=UNITS)


def a_case(**changed: Any) -> Case:
    """Received on Monday 7 September 2026, answer promised by Monday 14."""
    first = Case(lane=Lane.ORDINARY, category="complaint", received_on=date(2026, 9, 7), triage_due=date(2026, 9, 8),
                 due_on=date(2026, 9, 14), unit="traffic", consent=True)
    return replace(first, **changed)


def acts(case: Case, actor: Actor, day: str = "2026-09-09") -> list[str]:
    return sorted(row.action.value for row in allowed(case, actor, at(day)))


# Ordinary lane, unit traffic, consent given, nothing published. Each line: what one person may do in one state.
@pytest.mark.parametrize(("status", "who", "may"), [
    ("received",    COORDINATOR, "accept decline note quarantine refer"),
    ("received",    HANDLER,     ""),
    ("received",    AUTHOR,      "add_message withdraw"),
    ("received",    SYSTEM,      "quarantine"),
    ("quarantined", COORDINATOR, "decline note release"),
    ("quarantined", AUTHOR,      "withdraw"),
    ("assigned",    COORDINATOR, "keep_stub note open_contact publish"),
    ("assigned",    HANDLER,     "add_message note object open_contact start"),
    ("assigned",    REVIEWER,    "note open_contact"),
    ("assigned",    AUTHOR,      "add_message withdraw"),
    ("handling",    HANDLER,     "add_message ask_author draft_answer interim_notice note open_contact"),
    ("handling",    AUTHOR,      "add_message withdraw"),
    ("waiting",     HANDLER,     "add_message note open_contact"),
    ("waiting",     AUTHOR,      "add_message author_replies withdraw"),
    ("waiting",     SYSTEM,      ""),
    ("drafted",     HANDLER,     "add_message note open_contact"),
    ("drafted",     REVIEWER,    "approve note open_contact send_back"),
    ("drafted",     COORDINATOR, "keep_stub note open_contact publish"),
    ("answered",    AUTHOR,      "add_message rate"),
    ("answered",    COORDINATOR, "keep_stub note open_contact publish"),
    ("answered",    SYSTEM,      ""),
    ("closed",      AUTHOR,      "add_message"),
    ("declined",    AUTHOR,      ""),
    ("declined",    COORDINATOR, "note publish"),
    ("withdrawn",   AUTHOR,      ""),
    ("withdrawn",   COORDINATOR, "note"),
])
def test_what_each_may_do(status: str, who: Actor, may: str) -> None:
    day = date(2026, 9, 9)
    case = a_case(status=Status(status), unit=None if status in ("received", "quarantined") else "traffic", drafted_by=2,
                  answered_on=day if status in ("answered", "closed") else None,
                  waiting_since=day if status == "waiting" else None)
    assert acts(case, who) == may.split()


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("nobody", [STRANGER, EDITOR, ADMINISTRATOR, PUBLIC])
def test_whoever_has_no_part_in_a_case_may_do_nothing(status: Status, nobody: Actor) -> None:
    assert acts(a_case(status=status), nobody) == []


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("who", [COORDINATOR, HANDLER, REVIEWER, COMPLAINTS, ADMINISTRATOR, EDITOR])
def test_a_misconduct_report_is_touched_by_the_discipline_office_alone(status: Status, who: Actor) -> None:
    case = a_case(lane=Lane.MISCONDUCT, status=status)
    assert acts(case, who) == []
    assert sees(who, case) == frozenset()


def test_the_discipline_office_leads_a_report_from_sorting_to_answer() -> None:
    case = a_case(lane=Lane.MISCONDUCT, unit=None)
    terms, other = at("2026-09-08"), replace(DISCIPLINE, id=55)
    for action, by, given_ in (("accept", DISCIPLINE, {"lane": "misconduct", "unit": "discipline", "rule": "complaint"}),
                               ("start", DISCIPLINE, {}),
                               ("draft_answer", DISCIPLINE, {"outcome": "explained", "answer": "已核查"}),
                               ("approve", other, {})):
        case = evolve(case, decide(case, Action(action), by, given_, terms))
    assert case.status is Status.ANSWERED


def test_nobody_approves_their_own_draft() -> None:
    both = Actor(frozenset({Role.HANDLER, Role.REVIEWER}), 2, "traffic")
    case = a_case(status=Status.DRAFTED, drafted_by=2)
    assert "approve" not in acts(case, both)
    assert "approve" in acts(case, replace(both, id=9))
    with pytest.raises(NotAllowedError):
        decide(case, Action.APPROVE, both, {}, at("2026-09-09"))


@pytest.mark.parametrize(("rule", "accepted_on", "due"), [
    ("question",      "2026-09-08", date(2026, 9, 10)),   # a shorter rule shortens the promise
    ("complaint",     "2026-09-08", date(2026, 9, 14)),
    ("several-units", "2026-09-08", date(2026, 9, 14)),   # a longer one does not move it
    ("complaint",     "2026-09-11", date(2026, 9, 14)),   # late triage gives the unit no more time
])
def test_acceptance_never_moves_the_promise_later(rule: str, accepted_on: str, due: date) -> None:
    event = decide(a_case(), Action.ACCEPT, COORDINATOR, {"lane": "ordinary", "unit": "traffic", "rule": rule}, at(accepted_on))
    assert event.changes["due_on"] == due


@pytest.mark.parametrize(("asked", "replied", "due"), [
    ("2026-09-09", "2026-09-09", date(2026, 9, 14)),   # the same day costs nothing
    ("2026-09-09", "2026-09-11", date(2026, 9, 16)),   # two working days waited
    ("2026-09-11", "2026-09-13", date(2026, 9, 14)),   # a weekend is no working day
    ("2026-09-09", "2026-10-30", date(2026, 9, 28)),   # never more than ten
])
def test_the_clock_waits_for_the_author_but_not_for_ever(asked: str, replied: str, due: date) -> None:
    case = a_case(status=Status.HANDLING)
    case = evolve(case, decide(case, Action.ASK_AUTHOR, HANDLER, {"question": "哪个窗口？"}, at(asked)))
    assert case.status is Status.WAITING
    case = evolve(case, decide(case, Action.AUTHOR_REPLIES, AUTHOR, {"message": "三号"}, at(replied)))
    assert (case.status, case.due_on, case.waiting_since) == (Status.HANDLING, due, None)


def test_after_ten_working_days_the_work_goes_on_without_a_reply() -> None:
    case = a_case(status=Status.WAITING, waiting_since=date(2026, 9, 7))
    assert acts(case, SYSTEM, "2026-09-18") == []
    assert acts(case, SYSTEM, "2026-09-21") == ["go_on"]


@pytest.mark.parametrize(("rating", "day", "closes"), [
    (None, "2026-10-09", False),   # thirty days after 9 September
    (None, "2026-10-10", True),
    (2,    "2026-09-10", False),   # a bad rating is followed up, not closed
    (3,    "2026-09-10", False),
    (4,    "2026-09-10", True),
])
def test_a_case_closes_when_the_author_is_satisfied_or_the_window_is_over(rating: int | None, day: str, closes: bool) -> None:
    case = a_case(status=Status.ANSWERED, answered_on=date(2026, 9, 9), rating=rating)
    assert ("close" in acts(case, SYSTEM, day)) is closes


def test_an_answer_is_rated_once_within_thirty_days() -> None:
    case = a_case(status=Status.ANSWERED, answered_on=date(2026, 9, 9))
    assert "rate" in acts(case, AUTHOR, "2026-10-09")
    assert "rate" not in acts(case, AUTHOR, "2026-10-10")
    assert "rate" not in acts(replace(case, rating=5), AUTHOR)


def test_a_unit_objects_once_and_the_ruling_is_final() -> None:
    case = a_case(status=Status.ASSIGNED)
    case = evolve(case, decide(case, Action.OBJECT, HANDLER, {"reason": "不归我们"}, at("2026-09-08")))
    case = evolve(case, decide(case, Action.RULE, COORDINATOR, {"unit": "traffic", "reason": "归交警"}, at("2026-09-08")))
    assert "object" not in acts(case, HANDLER)
    assert case.due_on == date(2026, 9, 14)


@pytest.mark.parametrize(("consent", "lane", "who", "may"), [
    (True,  Lane.ORDINARY, COORDINATOR, True),
    (False, Lane.ORDINARY, COORDINATOR, False),
    (True,  Lane.PETITION, COORDINATOR, False),
    (True,  Lane.PETITION, COMPLAINTS,  True),
    (False, Lane.PETITION, COMPLAINTS,  False),
    (True,  Lane.ORDINARY, HANDLER,     False),
])
def test_who_may_publish(consent: bool, lane: Lane, who: Actor, may: bool) -> None:
    assert ("publish" in acts(a_case(status=Status.ANSWERED, consent=consent, lane=lane), who)) is may


@pytest.mark.parametrize(("given_", "faults"), [
    ({},                                                   {"outcome": "required", "answer": "required"}),
    ({"outcome": "promised", "answer": "会办"},            {"promised_on": "required"}),
    ({"outcome": "promised", "answer": "会办", "promised_on": "明天"},        {"promised_on": "date"}),
    ({"outcome": "promised", "answer": "会办", "promised_on": "2026-09-09"},  {"promised_on": "past"}),
    ({"outcome": "magic", "answer": "好"},                 {"outcome": "choice"}),
    ({"outcome": "done", "answer": "长" * 5_001},          {"answer": "too_long"}),
    ({"outcome": "done", "answer": " \u200b\n "},          {"answer": "required"}),
])
def test_a_faulty_draft_is_refused_with_every_fault_named(given_: Mapping[str, str], faults: dict[str, str]) -> None:
    with pytest.raises(InvalidError) as refusal:
        decide(a_case(status=Status.HANDLING), Action.DRAFT_ANSWER, HANDLER, given_, at("2026-09-09"))
    assert refusal.value.fields == faults


def test_words_are_kept_without_controls_and_direction_marks() -> None:
    event = decide(a_case(status=Status.HANDLING), Action.NOTE, HANDLER, {"note": "  好\u202e的\x00\r\n😀 "}, at("2026-09-09"))
    assert event.words == {"note": "好的\n😀"}


def test_the_table_is_whole() -> None:
    assert {row.action for row in TABLE} == set(Action) - {Action.SUBMIT}
    assert set(STATUS_WORDS) == set(Status)
    assert all(row.sources and row.by and row.lanes for row in TABLE)
    assert all(field.private or field.kind not in ("text", "line") for row in TABLE for field in row.fields)


# --- whatever people do ------------------------------------------------------------------------------------------------

def filled(case: Case, draw: Any) -> dict[str, str]:
    lanes = ["misconduct"] if case.lane is Lane.MISCONDUCT else list(Lane)  # a report stays a report
    return {
        "lane": draw(st.sampled_from(lanes)), "unit": draw(st.sampled_from(sorted(UNITS))),
        "rule": draw(st.sampled_from(["question", "complaint", "several-units"])), "reason": "因为", "question": "哪里？",
        "message": "这里", "note": "记", "notice": "正在办", "answer": "答", "outcome": draw(st.sampled_from(list(Outcome))),
        "promised_on": "2099-01-01", "level": draw(st.sampled_from("12345")),
        "keep_public": draw(st.sampled_from(["yes", "no"])),
        "public_title": "题", "public_text": "文", "public_answer": draw(st.sampled_from(["", "答"])),
    }


@st.composite
def histories(draw: Any) -> tuple[Case, list[Event], list[Case]]:
    first = case = a_case(unit=None, consent=draw(st.booleans()), lane=draw(st.sampled_from(list(Lane))))
    moment, events, states = at("2026-09-07"), [], [first]
    for _ in range(draw(st.integers(1, 14))):
        moment = replace(moment, now=moment.now + timedelta(days=draw(st.integers(0, 9))))
        possible = [(row.action, who) for who in EVERYBODY for row in allowed(case, who, moment)]
        if not possible:
            break
        action, who = draw(st.sampled_from(possible))
        events.append(decide(case, action, who, filled(case, draw), moment))
        case = evolve(case, events[-1])
        states.append(case)
    return first, events, states


@settings(max_examples=300, deadline=None)
@given(histories())
def test_events_replay_to_the_state_and_promises_hold(history: tuple[Case, list[Event], list[Case]]) -> None:
    first, events, states = history
    replayed = first
    for event, state in zip(events, states[1:], strict=True):
        before, replayed = replayed, evolve(replayed, event)
        assert replayed == state
        assert replayed.version == before.version + 1
        if replayed.due_on > before.due_on:
            assert event.action in (Action.AUTHOR_REPLIES, Action.GO_ON)
            assert CALENDAR.working_days_between(before.due_on, replayed.due_on) <= 10
        assert not (before.status not in OPEN and replayed.status in OPEN and event.action is not Action.RELEASE)
        if replayed.lane is Lane.MISCONDUCT or not replayed.consent:
            assert Item.PUBLIC_TEXT not in sees(PUBLIC, replayed) and replayed.publication is not Publication.TEXT or (
                replayed.lane is Lane.MISCONDUCT and sees(PUBLIC, replayed) == frozenset())
