"""Why a case is due on its day: worked examples, step by step. What holds of every history stands in `test_histories.py`."""

from collections.abc import Sequence

import pytest

from portal.domain.case import Event, begin, evolve
from portal.domain.codes import Action
from portal.domain.people import AUTHOR, SYSTEM, Actor
from portal.domain.promise import Step, counted_again, steps
from portal.domain.working_days import WorkingCalendar
from tests.domain.world import (
    CALENDAR,
    CALENDARS,
    COORDINATOR,
    HANDLER,
    LEAD,
    LEADER,
    REVIEWER,
    decided,
    on,
    submitted,
)

Act = tuple[str, Action, Actor, dict[str, str]]
ACCEPT, START = Action.ACCEPT, Action.START


def told(first: Event, *acts: Act, calendar: WorkingCalendar = CALENDAR) -> list[Event]:
    """The events of a life in which these acts follow the submission."""
    events, case = [first], begin(first)
    for day, action, who, given in acts:
        events.append(decided(case, action, who, day, calendar=calendar, **given))
        case = evolve(case, events[-1])
    return events


def summary(found: Sequence[Step]) -> list[tuple[str, str, int, str | None, str]]:
    """Act, counted from, days, where that leads, what was told: each day with its weekday."""
    return [(step.action.value, f"{step.start:%a %F}", step.days, f"{step.counted.day:%a %F}" if step.counted else None,
             f"{step.told:%a %F}") for step in found]


SORTED: tuple[Act, ...] = (("Tue 2026-09-08", ACCEPT, COORDINATOR, {}), ("Wed 2026-09-09", START, HANDLER, {}))
ANSWERED: tuple[Act, ...] = (("Thu 2026-09-17", Action.DRAFT_ANSWER, HANDLER, {}),
                             ("Fri 2026-09-18", Action.APPROVE, REVIEWER, {}))


def test_a_label_that_allows_more_changes_nothing() -> None:
    events = told(submitted(), ("Tue 2026-09-08", ACCEPT, COORDINATOR, {"rule": "several-units"}))
    assert summary(steps(events, CALENDAR)) == [
        # act       counted from      days  leads to          told
        ("submit", "Mon 2026-09-07", 5,    "Mon 2026-09-14", "Mon 2026-09-14"),
        ("accept", "Mon 2026-09-07", 15,   "Mon 2026-09-28", "Mon 2026-09-14"),
    ]


def test_a_shorter_label_shortens() -> None:
    events = told(submitted(), ("Tue 2026-09-08", ACCEPT, COORDINATOR, {"rule": "question"}))
    assert summary(steps(events, CALENDAR)) == [
        ("submit", "Mon 2026-09-07", 5,    "Mon 2026-09-14", "Mon 2026-09-14"),
        ("accept", "Mon 2026-09-07", 3,    "Thu 2026-09-10", "Thu 2026-09-10"),
    ]


def test_a_long_life_step_by_step() -> None:
    """A question, an extension, an answer that the author does not accept, and another question."""
    events = told(
        submitted(), *SORTED,
        ("Wed 2026-09-09", Action.ASK_AUTHOR, HANDLER, {}),
        ("Fri 2026-09-11", Action.AUTHOR_REPLIES, AUTHOR, {}),
        ("Mon 2026-09-14", Action.REQUEST_EXTENSION, HANDLER, {}),
        ("Tue 2026-09-15", Action.GRANT_EXTENSION, LEADER, {}),
        *ANSWERED,
        ("Wed 2026-09-30", Action.DISPUTE, AUTHOR, {}),
        ("Thu 2026-10-08", Action.ASK_AUTHOR, HANDLER, {}),
        ("Mon 2026-10-26", Action.GO_ON, SYSTEM, {}))
    assert summary(steps(events, CALENDAR)) == [
        # act                counted from      days  leads to          told
        ("submit",          "Mon 2026-09-07", 5,    "Mon 2026-09-14", "Mon 2026-09-14"),
        ("accept",          "Mon 2026-09-07", 5,    "Mon 2026-09-14", "Mon 2026-09-14"),
        ("author_replies",  "Mon 2026-09-14", 2,    "Wed 2026-09-16", "Wed 2026-09-16"),
        ("grant_extension", "Wed 2026-09-16", 5,    "Tue 2026-09-22", "Tue 2026-09-22"),   # Sunday 20 is worked
        ("dispute",         "Wed 2026-09-30", 5,    "Tue 2026-10-13", "Tue 2026-10-13"),   # National Day
        ("go_on",           "Tue 2026-10-13", 10,   "Tue 2026-10-27", "Tue 2026-10-27"),   # ten at most
    ]
    assert counted_again(events, CALENDAR) == on("Tue 2026-10-27")


def test_a_transfer_shows_only_the_days_that_were_waited() -> None:
    events = told(submitted(), *SORTED, ("Wed 2026-09-09", Action.ASK_AUTHOR, HANDLER, {}),
                  ("Fri 2026-09-11", Action.TRANSFER, COORDINATOR, {"unit": "household"}))
    assert summary(steps(events, CALENDAR))[2:] == [("transfer", "Mon 2026-09-14", 2, "Wed 2026-09-16", "Wed 2026-09-16")]


@pytest.mark.parametrize("acts", [
    (),
    (("Tue 2026-09-08", Action.REFER, COORDINATOR, {}),),
    (("Tue 2026-09-08", Action.QUARANTINE, SYSTEM, {}), ("Wed 2026-09-09", Action.RELEASE, COORDINATOR, {})),
    (("Tue 2026-09-08", Action.ADD_MESSAGE, AUTHOR, {}),),
    (("Tue 2026-09-08", Action.WITHDRAW, AUTHOR, {}),),
])
def test_acts_that_move_nothing_are_no_steps(acts: tuple[Act, ...]) -> None:
    found = steps(told(submitted(), *acts), CALENDAR)
    assert [step.action for step in found] == [Action.SUBMIT]


@pytest.mark.parametrize(("rule", "unit"), [
    ("complaint", "working_days"), ("petition", "calendar_days"), ("deputy-suggestion", "months")])
def test_a_step_names_its_rule(rule: str, unit: str) -> None:
    step, = steps([submitted("Mon 2026-09-14", rule=rule)], CALENDAR)
    assert step.rule is not None
    assert (step.rule.key, step.rule.unit, step.on) == (rule, unit, on("Mon 2026-09-14"))


def test_a_step_names_the_days_that_were_left_out() -> None:
    step, = steps([submitted("Thu 2026-09-24")], CALENDAR)
    assert step.counted is not None
    assert {f"{day:%a %F}": why for day, why in step.counted.skipped} == {
        "Fri 2026-09-25": "中秋节", "Sat 2026-09-26": "中秋节", "Sun 2026-09-27": "中秋节", "Thu 2026-10-01": "国庆节",
        "Fri 2026-10-02": "国庆节", "Sat 2026-10-03": "国庆节", "Sun 2026-10-04": "国庆节", "Mon 2026-10-05": "国庆节",
        "Tue 2026-10-06": "国庆节", "Wed 2026-10-07": "国庆节"}


def test_waiting_is_counted_by_no_rule() -> None:
    events = told(submitted(), *SORTED, ("Wed 2026-09-09", Action.ASK_AUTHOR, HANDLER, {}),
                  ("Fri 2026-09-11", Action.AUTHOR_REPLIES, AUTHOR, {}))
    assert [step.rule and step.rule.key for step in steps(events, CALENDAR)] == ["complaint", "complaint", None]


# --- a calendar that comes late ----------------------------------------------------------------------------------------------

# Received before the notice for 2027 is out; the later calendars have seven and twelve days off at the Spring Festival.
@pytest.mark.parametrize(("received", "first_told", "with_seven", "with_twelve"), [
    ("Thu 2027-02-04", "Mon 2027-02-15", "Wed 2027-02-17", "Tue 2027-02-23"),
    ("Fri 2027-01-29", "Tue 2027-02-09", "Fri 2027-02-12", "Wed 2027-02-17"),
    ("Mon 2027-03-01", "Mon 2027-03-08", "Mon 2027-03-08", "Mon 2027-03-08"),
])
def test_a_promise_is_counted_again_with_the_official_calendar(received: str, first_told: str, with_seven: str,
                                                               with_twelve: str) -> None:
    events = [submitted(received)]
    assert [counted_again(events, calendar) for calendar in CALENDARS] == [on(first_told), on(with_seven), on(with_twelve)]


def test_counting_again_is_a_step_and_the_earlier_ones_keep_what_was_told() -> None:
    events = told(submitted("Thu 2027-02-04"))
    case, later = begin(events[0]), CALENDARS[2]
    counted = counted_again(events, later)
    assert counted is not None
    events.append(decided(case, Action.CALENDAR, SYSTEM, "Fri 2027-02-05", due_on=counted.isoformat(), calendar=later))
    first, second = steps(events, later)
    assert (first.action, first.told) == (Action.SUBMIT, on("Mon 2027-02-15"))
    assert first.counted is not None and first.counted.day == on("Tue 2027-02-23")
    assert (second.action, second.counted, second.told) == (Action.CALENDAR, None, on("Tue 2027-02-23"))


def test_a_calendar_that_would_shorten_leaves_the_later_promise() -> None:
    events = [submitted("Thu 2027-02-04", calendar=CALENDARS[2])]
    counted = counted_again(events, CALENDARS[1])
    assert counted == on("Wed 2027-02-17")
    events.append(decided(begin(events[0]), Action.CALENDAR, SYSTEM, "Fri 2027-02-05", due_on=counted.isoformat()))
    assert evolve(begin(events[0]), events[1]).due_on == on("Tue 2027-02-23")
    assert steps(events, CALENDARS[1])[-1].told == on("Tue 2027-02-23")


def test_waits_and_extensions_follow_the_promise_that_is_counted_again() -> None:
    events = told(
        submitted("Fri 2027-01-29"), ("Fri 2027-01-29", ACCEPT, COORDINATOR, {"unit": LEAD}),
        ("Fri 2027-01-29", START, HANDLER, {}), ("Mon 2027-02-01", Action.ASK_AUTHOR, HANDLER, {}),
        ("Wed 2027-02-03", Action.AUTHOR_REPLIES, AUTHOR, {}), ("Wed 2027-02-03", Action.REQUEST_EXTENSION, HANDLER, {}),
        ("Thu 2027-02-04", Action.GRANT_EXTENSION, LEADER, {}))
    assert counted_again(events, CALENDAR) == on("Thu 2027-02-18")      # Tuesday 9, two days waited, five granted
    assert counted_again(events, CALENDARS[1]) == on("Mon 2027-02-22")  # Friday 12, Sunday 14 is worked


def test_no_events_tell_no_promise() -> None:
    assert steps([], CALENDAR) == ()
    assert counted_again([], CALENDAR) is None
