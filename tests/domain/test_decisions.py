"""The decision table of `data/decisions.txt`, which a civil servant can read, is what the rules say: no more and no less."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.domain.case import Case, Part
from portal.domain.codes import (
    ENDED,
    IN_HAND,
    REFUSED,
    Action,
    Extension,
    Lane,
    OrderLevel,
    Promise,
    Publication,
    Solved,
    Stage,
    Status,
)
from portal.domain.deadlines import as_frozen
from portal.domain.people import OFFICE, Actor
from portal.domain.table import TABLE
from portal.domain.transitions import allowed
from tests.domain.world import CO_UNIT, EVERYBODY, LEAD, NAMED, PEOPLE, RULES, SEALED, at, on, placed

TODAY = "Wed 2026-09-09"
YESTERDAY, LONG_AGO, LATER = on("Tue 2026-09-08"), on("Mon 2026-08-03"), on("Fri 2026-09-11")
ANYBODY_ELSE = 999  # an account that is nobody's here


# --- the text --------------------------------------------------------------------------------------------------------------

TEXT = (Path(__file__).parent / "data" / "decisions.txt").read_text("utf-8")
PARTS = dict(re.findall(r"^== (.+?) ==\n(.*?)(?=^== |\Z)", TEXT, re.MULTILINE | re.DOTALL))


@dataclass(frozen=True)
class Line:
    action: Action
    statuses: frozenset[Status]
    target: Status | None
    condition: str | None
    people: frozenset[str]


def columns(part: str) -> Iterator[list[str]]:
    """The lines of a part, each parted where two spaces or more are; sentences have none and are left out."""
    for line in PARTS[part].splitlines():
        cells = re.split(r" {2,}", line.rstrip())
        if len(cells) > 1:
            yield cells


@cache
def groups() -> dict[str, frozenset[Status]]:
    """Every word that stands for statuses."""
    found = {name: frozenset({Status(name)}) for name, *_ in columns("statuses")}
    for name, _, members in columns("groups of statuses"):
        found[name] = frozenset().union(*(found[each] for each in members.split(", ")))
    return found


@cache
def lines(lane: Lane) -> tuple[Line, ...]:
    part = next(each for each in PARTS if each.startswith(f"lane {lane} "))
    heading, *rows = columns(part)
    assert heading == ["action", "行为", "in which status", "only if", "who"]
    found: list[Line] = []
    for action, *_, statuses, condition, people in rows:
        if people != "nobody":
            before, _, target = statuses.partition(" -> ")
            found.append(Line(
                action=Action(action) if action else found[-1].action,  # a second line for the same action
                statuses=frozenset().union(*(groups()[each] for each in before.split(", "))),
                target=Status(target) if target else None, condition=condition if condition != "-" else None,
                people=frozenset(people.split(", "))))
    return tuple(found)


@cache
def conditions() -> dict[str, tuple[str, ...]]:
    """Every condition with what closes it."""
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for first, closing in columns("conditions"):
        name = first or name
        found[name] = (*found.get(name, ()), closing)
    return found


# --- the rules -------------------------------------------------------------------------------------------------------------

# A case in which every condition holds at once, as far as they do not exclude each other.
OPEN_DOORS: dict[str, Any] = {
    "assigned_on": on(TODAY), "waiting_since": LONG_AGO, "notice_due": LATER, "declined_by": ANYBODY_ELSE, "second_look": True,
    "drafted_by": ANYBODY_ELSE, "answered_on": YESTERDAY, "order_level": OrderLevel.ORDER, "order_due": LATER,
    "follow_due": on(TODAY), "rectify_due": LATER, "rechecks": (on(TODAY),), "promise": Promise.OPEN, "promised_on": on(TODAY),
}
ONLY_FOR: dict[Action, dict[str, Any]] = {
    Action.RULE: {"objected": True},
    Action.GRANT_EXTENSION: {"extension": Extension.ASKED},
    Action.REFUSE_EXTENSION: {"extension": Extension.ASKED},
    Action.DRAW: {"follow_due": None},
    Action.APPROVE: {"promised_on": LATER},
    Action.CLOSE: {"rating": 5, "rectify_due": None},
    Action.KEEP_STUB: {"publication": Publication.TEXT},
}


def opened(lane: Lane, status: Status, action: Action, **changes: Any) -> Case:
    return placed(lane, status, **{**OPEN_DOORS, **ONLY_FOR.get(action, {}), **changes})


def may(case: Case, actor: Actor, action: Action) -> list[Status | None]:
    """The statuses that the act would lead to, one for each row that allows it; None where the status stays."""
    return [row.target for row in allowed(case, actor, at(TODAY)) if row.action is action]


def written(lane: Lane) -> set[str]:
    return {f"{line.action} of {person} in {status} -> {line.target or 'stays'}"
            for line in lines(lane) for person in line.people for status in line.statuses}


def computed(lane: Lane, **changes: Any) -> set[str]:
    """What each person may do in each status, of every action of the code; people of one name may do the same."""
    found = set()
    for action in Action:
        for status in Status:
            case = opened(lane, status, action, **changes)
            for name, people in PEOPLE.items():
                first, *others = (may(case, person, action) for person in people)
                assert all(each == first for each in others), f"those called {name} differ in {action} in {status}"
                assert len(first) < 2, f"two rows allow {name} to {action} in {status}"
                found |= {f"{action} of {name} in {status} -> {target or 'stays'}" for target in first}
    return found


def told(which: Iterable[str]) -> str:
    return "".join(f"\n  {each}" for each in sorted(which))


@pytest.mark.parametrize("lane", list(Lane))
def test_everybody_may_do_exactly_what_is_written(lane: Lane) -> None:
    text, rules = written(lane), computed(lane)
    assert text == rules, (f"{lane}: written, but the rules refuse it:{told(text - rules)}\n"
                           f"allowed by the rules, but not written:{told(rules - text)}")


@pytest.mark.parametrize("lane", [Lane.ORDINARY, Lane.PETITION])
def test_where_the_outreach_office_is_named_the_inspector_stands_in(lane: Lane) -> None:
    text = written(lane)
    stands_in = {each.replace("city coordinator", "inspector") for each in text}
    expected = stands_in | {each for each in text if "of city coordinator" not in each}
    rules = computed(lane, barred=(NAMED, OFFICE))
    assert expected == rules, f"expected:{told(expected - rules)}\nallowed:{told(rules - expected)}"


@pytest.mark.parametrize("lane", list(Lane))
def test_a_line_names_a_condition_exactly_where_the_rule_has_one(lane: Lane) -> None:
    guarded = {row.action for row in TABLE if lane in row.lanes and row.guard is not None}
    assert {line.action for line in lines(lane) if line.condition} == guarded & {line.action for line in lines(lane)}
    assert all(line.condition is None for line in lines(lane) if line.action not in guarded)


# --- each condition, closed one way at a time ------------------------------------------------------------------------------

Closing = Callable[[Case, Actor], tuple[Case, Actor]]


def with_case(**changes: Any) -> Closing:
    return lambda case, actor: (replace(case, **changes), actor)


def without_extension(case: Case, actor: Actor) -> tuple[Case, Actor]:
    return replace(case, rule=as_frozen(RULES["question"])), actor


def not_from_outside(case: Case, actor: Actor) -> tuple[Case, Actor]:
    """In the sealed lane, where all are of one unit, the person who wrote the answer."""
    return (replace(case, drafted_by=actor.id), actor) if case.lane is Lane.MISCONDUCT else (case, replace(actor, unit=LEAD))


CLOSINGS: dict[str, Closing] = {
    "this refusal was not drawn for one": with_case(second_look=False),
    "the same person refused it": lambda case, actor: (replace(case, declined_by=actor.id), actor),
    "the unit objected to the hand-over": with_case(objected=True),
    "nobody objected to the hand-over": with_case(objected=False),
    "an objection was ruled upon": with_case(ruled=True),
    "handed over longer ago than the rule allows": with_case(assigned_on=on("Tue 2026-09-01")),
    "the contribution was given": with_case(parts=(Part(CO_UNIT, YESTERDAY, YESTERDAY),)),
    "a contribution is missing, and in time": with_case(parts=(Part(CO_UNIT, on(TODAY)),)),
    "the notice was given": with_case(notice_due=None),
    "ten working days were waited in this round": with_case(waited=10),
    "the question was asked yesterday": with_case(waiting_since=YESTERDAY),
    "an extension was asked for already": with_case(extension=Extension.ASKED),
    "an extension was granted already": with_case(extension=Extension.GRANTED),
    "an extension was refused already": with_case(extension=Extension.REFUSED),
    "the promised day is over": with_case(due_on=YESTERDAY),
    "the rule knows no extension": without_extension,
    "no extension was asked for": with_case(extension=Extension.NONE),
    "the same person drafted it": lambda case, actor: (replace(case, drafted_by=actor.id), actor),
    "the answer promises a day that has come": with_case(promised_on=on(TODAY)),
    "it was rated already": with_case(rating=3),
    "it was answered 31 days ago": with_case(answered_on=on("Sun 2026-08-09")),
    "it is the second round": with_case(round=2),
    "a review was asked for already": with_case(review_asked_on=YESTERDAY),
    "it is the last stage": with_case(stage=Stage.RE_EXAMINATION),
    "a follow-up is open": with_case(follow_due=on(TODAY)),
    "somebody followed up already": with_case(followed=Solved.YES),
    "no follow-up is open": with_case(follow_due=None),
    "the person is not from outside": not_from_outside,
    "nothing is to be put right": with_case(rectify_due=None),
    "no recheck is planned": with_case(rechecks=()),
    "the day of the recheck has not come": with_case(rechecks=(on("Thu 2026-09-10"),)),
    "nothing was promised": with_case(promise=None),
    "the promise was kept": with_case(promise=Promise.KEPT),
    "the promised day has not come": with_case(promised_on=on("Thu 2026-09-10")),
    "it was rated basically satisfied, within 30 days": with_case(rating=3),
    "it was not rated, within 30 days": with_case(rating=None),
    "something is still to be put right": with_case(rectify_due=LATER),
    "it is ended and nothing is to be put right": lambda case, actor: (
        replace(case, status=Status.ANSWERED, rectify_due=None), actor),
    "no supervision is open": with_case(order_level=None, order_due=None),
    "the author did not agree": with_case(consent=False),
    "it was decided to keep a stub": with_case(publication=Publication.STUB),
    "nothing is public, and the author did not agree": with_case(publication=Publication.UNDECIDED, consent=False),
    "nothing is public, and it is not in hand or ended": lambda case, actor: (
        replace(case, publication=Publication.UNDECIDED, status=Status.MERGED), actor),
}


@pytest.mark.parametrize(("lane", "line", "closing"), [
    pytest.param(lane, line, closing, id=f"{lane}-{line.action}-{closing}")
    for lane in Lane for line in lines(lane) if line.condition for closing in conditions()[line.condition]])
def test_a_closed_condition_refuses_what_was_open(lane: Lane, line: Line, closing: str) -> None:
    for status in line.statuses:
        case = opened(lane, status, line.action)
        assert any(may(case, actor, line.action) for actor in EVERYBODY)
        for actor in EVERYBODY:
            assert not may(*CLOSINGS[closing](case, actor), line.action), f"{actor} in {status}"


# --- the text is whole -----------------------------------------------------------------------------------------------------

def test_the_legend_names_everything_there_is() -> None:
    assert set(PARTS) == {"statuses", "groups of statuses", "people", "conditions", "lane ordinary 工作问题",
                          "lane petition 信访与执法过错", "lane misconduct 违纪违法"}
    assert [name for name, *_ in columns("statuses")] == list(Status)
    assert (groups()["in hand"], groups()["ended"], groups()["refused"]) == (IN_HAND, ENDED, REFUSED)
    assert groups()["every status"] == frozenset(Status)
    assert {name for name, *_ in columns("people")} == set(PEOPLE)
    assert conditions().keys() == {line.condition for lane in Lane for line in lines(lane) if line.condition}
    assert CLOSINGS.keys() == {each for closings in conditions().values() for each in closings}


@pytest.mark.parametrize("lane", list(Lane))
def test_every_action_has_its_line(lane: Lane) -> None:
    part = next(each for each in PARTS if each.startswith(f"lane {lane} "))
    named = [action for action, *_ in columns(part) if action and action != "action"]
    assert sorted(named) == sorted(set(Action) - {Action.SUBMIT})


def test_whoever_is_said_to_do_nothing_stands_in_no_line() -> None:
    idle = {name for name, *_, note in columns("people") if "may do nothing" in note}
    busy = {person for lane in Lane for line in lines(lane) for person in line.people}
    assert idle == set(PEOPLE) - busy


@pytest.mark.parametrize("lane", list(Lane))
def test_no_status_is_a_dead_end_but_those_that_end_a_case(lane: Lane) -> None:
    left = {status for line in lines(lane) for status in line.statuses if line.target not in (None, status)}
    ends = {Status.MERGED, Status.WITHDRAWN} | ({Status.CLOSED} if lane is Lane.PETITION else set())
    assert set(Status) - left == ends
    assert Status.CLOSED not in ends or any(line.action is Action.REQUEST_REVIEW for line in lines(lane))


def test_the_sealed_lane_names_nobody_but_the_discipline_office() -> None:
    assert {person for line in lines(Lane.MISCONDUCT) for person in line.people} == {"discipline officer", "author", "portal"}
    assert placed(Lane.MISCONDUCT, Status.HANDLING).unit == SEALED
