"""What each act sets, in tables. Who may act, and in which status, stands in `data/decisions.txt`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.domain.case import Case, Part, Round
from portal.domain.codes import (
    STATUS_WORDS,
    Action,
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
from portal.domain.deadlines import as_frozen, from_frozen
from portal.domain.disclosure import Item, sees
from portal.domain.errors import InvalidError, NotAllowedError
from portal.domain.guards import to_be_published
from portal.domain.people import AUTHOR, OFFICE, SYSTEM, Actor, Role
from portal.domain.table import TABLE
from portal.domain.transitions import allowed, hats, row_of, rows_of
from tests.domain.world import (
    CALENDAR,
    CO_UNIT,
    CONTRIBUTOR,
    COORDINATOR,
    COUNTY,
    DISCIPLINE,
    DISCIPLINE_COLLEAGUE,
    HANDLER,
    INSPECTOR,
    LANE_RULES,
    LEAD,
    LEADER,
    NAMED,
    OF_NAMED_UNIT,
    REVIEWER,
    RULES,
    SEALED,
    STRANGER,
    a_case,
    at,
    decided,
    done,
    on,
    on_if,
)


def acts(case: Case, actor: Actor, day: str) -> set[Action]:
    return {row.action for row in allowed(case, actor, at(day))}


def faults(case: Case, action: Action, who: Actor, day: str, **given: str) -> dict[str, str]:
    with pytest.raises(InvalidError) as refusal:
        decided(case, action, who, day, calendar=CALENDAR, **given)
    return refusal.value.fields


def received(**changes: Any) -> Case:
    """Received on Monday 7 September 2026, not yet sorted; answer promised by Monday 14."""
    return a_case(**{"unit": None, **changes})


def answered(**changes: Any) -> Case:
    """Answered by the unit `bridge` on Friday 11 September 2026."""
    return a_case(**{"status": Status.ANSWERED, "answered_on": on("Fri 2026-09-11"), "outcome": Outcome.DONE,
                     "drafted_by": HANDLER.id, **changes})


# --- the table -------------------------------------------------------------------------------------------------------------

def test_the_table_is_whole() -> None:
    assert {row.action for row in TABLE} == set(Action) - {Action.SUBMIT}
    assert set(STATUS_WORDS) == set(Status)
    assert all(row.sources and row.by and row.lanes for row in TABLE)
    assert all(field.private or field.kind not in ("text", "line") for row in TABLE for field in row.fields)


def test_rows_of_one_action_share_no_lane() -> None:
    for row in TABLE:
        lanes = [lane for each in rows_of(row.action) for lane in each.lanes]
        assert len(lanes) == len(set(lanes)), row.action


def test_the_submission_stands_in_no_row() -> None:
    assert row_of(Action.SUBMIT) is None


# --- sorting ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("rule", "accepted", "due"), [
    ("question",          "Tue 2026-09-08", "Thu 2026-09-10"),   # a shorter rule shortens the promise
    ("complaint",         "Tue 2026-09-08", "Mon 2026-09-14"),
    ("several-units",     "Tue 2026-09-08", "Mon 2026-09-14"),   # a longer one does not move it
    ("deputy-suggestion", "Tue 2026-09-08", "Mon 2026-09-14"),
    ("complaint",         "Fri 2026-09-11", "Mon 2026-09-14"),   # late sorting gives the unit no more time
    ("question",          "Fri 2026-09-11", "Thu 2026-09-10"),   # nor does a promise that has passed begin anew
])
def test_a_label_never_moves_the_promise_later(rule: str, accepted: str, due: str) -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, accepted, rule=rule)
    assert case.due_on == on(due)
    assert from_frozen(case.rule) == RULES[rule]


@pytest.mark.parametrize("rule", sorted(key for key, rule in RULES.items() if not rule.chosen))
def test_a_rule_that_follows_from_an_act_is_not_chosen(rule: str) -> None:
    assert faults(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", rule=rule) == {"rule": "lane"}


@pytest.mark.parametrize(("lane", "rule", "fits"), [
    ("ordinary",   "complaint",       True),
    ("ordinary",   "petition",        False),
    ("petition",   "petition-review", True),
    ("petition",   "complaint",       False),   # or its unit would have one day to object instead of five
    ("misconduct", "misconduct",      True),
    ("misconduct", "question",        False),
])
def test_a_rule_belongs_to_its_nature(lane: str, rule: str, fits: bool) -> None:
    given_ = {"lane": lane, "rule": rule}
    if fits:
        assert done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", **given_).lane == lane
    else:
        assert faults(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", **given_) == {"rule": "lane"}


def test_a_petition_keeps_the_shorter_promise_that_was_made() -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", lane="petition", rule="petition")
    assert case.due_on == on("Mon 2026-09-14")


@pytest.mark.parametrize("action", [Action.TRANSFER, Action.ADD_CO_UNIT])
def test_an_open_case_never_goes_to_the_discipline_office(action: Action) -> None:
    sealed = {"unit": "sealed_unit"}
    assert faults(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", unit=SEALED) == sealed
    assert faults(a_case(status=Status.HANDLING), action, COORDINATOR, "Tue 2026-09-08", unit=SEALED) == sealed


def test_a_county_sorts_what_comes_from_its_district() -> None:
    assert "accept" in acts(received(district="hedong"), COUNTY, "Tue 2026-09-08")
    assert acts(received(district="hexi"), COUNTY, "Tue 2026-09-08") == set()
    assert acts(received(), COUNTY, "Tue 2026-09-08") == set()


@pytest.mark.parametrize(("lane", "rule", "notice", "interim"), [
    ("ordinary",   "complaint",     None,             None),
    ("ordinary",   "several-units", None,             "Mon 2026-09-14"),   # by the fifth working day
    ("petition",   "petition",      "Tue 2026-09-22", None),               # fifteen days
    ("misconduct", "misconduct",    "Tue 2026-09-22", None),
])
def test_acceptance_says_what_the_author_hears_before_the_answer(lane: str, rule: str, notice: str | None,
                                                                 interim: str | None) -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", lane=lane, rule=rule)
    assert (case.lane, case.notice_due, case.interim_due) == (
        lane, on_if(notice), on_if(interim))


@pytest.mark.parametrize(("named", "barred"), [
    ("",      ()),
    (NAMED,   ("hexi", NAMED)),     # a station and the county bureau above it
    ("hexi",  ("hexi",)),
    (OFFICE,  (OFFICE,)),
])
def test_the_unit_complained_about_and_all_above_it_are_barred(named: str, barred: tuple[str, ...]) -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", complained_of=named)
    assert case.barred == barred


def test_units_barred_before_stay_barred() -> None:
    case = done(received(barred=("traffic",)), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", complained_of=NAMED)
    assert case.barred == ("hexi", NAMED, "traffic")


@pytest.mark.parametrize(("status", "action", "given"), [
    (Status.RECEIVED, Action.ACCEPT,      {"unit": NAMED, "complained_of": NAMED}),
    (Status.RECEIVED, Action.ACCEPT,      {"unit": "hexi", "complained_of": NAMED}),
    (Status.RECEIVED, Action.ACCEPT,      {"unit": "household"}),
    (Status.ASSIGNED, Action.TRANSFER,    {"unit": "household"}),
    (Status.HANDLING, Action.ADD_CO_UNIT, {"unit": "household"}),
])
def test_a_barred_unit_is_given_nothing(status: Status, action: Action, given: dict[str, str]) -> None:
    case = a_case(status=status, barred=("household",))
    assert faults(case, action, COORDINATOR, "Tue 2026-09-08", **given) == {"unit": "barred"}


def test_a_ruling_cannot_name_a_barred_unit_either() -> None:
    case = a_case(status=Status.ASSIGNED, objected=True, barred=("household",))
    assert faults(case, Action.RULE, COORDINATOR, "Tue 2026-09-08", unit="household") == {"unit": "barred"}


@pytest.mark.parametrize(("before", "after", "faulty"), [
    (Lane.ORDINARY,   "misconduct", {}),
    (Lane.PETITION,   "ordinary",   {}),
    (Lane.MISCONDUCT, "misconduct", {}),
    (Lane.MISCONDUCT, "ordinary",   {"lane": "choice"}),
    (Lane.MISCONDUCT, "petition",   {"lane": "choice"}),
])
def test_a_report_of_misconduct_stays_one(before: Lane, after: str, faulty: dict[str, str]) -> None:
    who = DISCIPLINE if before is Lane.MISCONDUCT else COORDINATOR
    if faulty:
        assert faults(received(lane=before), Action.ACCEPT, who, "Tue 2026-09-08", lane=after) == faulty
    else:
        given_ = {"lane": after, "rule": LANE_RULES[Lane(after)]}
        assert done(received(lane=before), Action.ACCEPT, who, "Tue 2026-09-08", **given_).lane == after


@pytest.mark.parametrize(("number", "faulty"), [
    ("2026-000123",    None),
    ("J2026-00000012", None),
    ("123",            {"target": "number"}),
    ("",               {"target": "required"}),
])
def test_a_case_is_joined_to_a_number(number: str, faulty: dict[str, str] | None) -> None:
    if faulty:
        assert faults(received(), Action.MERGE, COORDINATOR, "Tue 2026-09-08", target=number) == faulty
    else:
        case = done(received(), Action.MERGE, COORDINATOR, "Tue 2026-09-08", target=number)
        assert (case.status, case.merged_into) == (Status.MERGED, number)


def test_what_is_held_back_is_looked_at_within_three_working_days() -> None:
    case = done(received(), Action.QUARANTINE, SYSTEM, "Fri 2026-09-11")
    assert case.held_due == case.next_due == on("Wed 2026-09-16")
    assert done(case, Action.RELEASE, COORDINATOR, "Mon 2026-09-14").held_due is None
    assert done(case, Action.DECLINE, COORDINATOR, "Mon 2026-09-14").held_due is None


@pytest.mark.parametrize("refusal", [Action.DECLINE, Action.REFER])
def test_a_refusal_is_looked_at_by_a_second_person(refusal: Action) -> None:
    case = replace(done(received(), refusal, COORDINATOR, "Tue 2026-09-08"), second_look=True)
    assert case.declined_by == COORDINATOR.id
    assert Action.UPHOLD not in acts(case, COORDINATOR, "Wed 2026-09-09")
    upheld = done(case, Action.UPHOLD, INSPECTOR, "Wed 2026-09-09")
    assert (upheld.status, upheld.second_look) == (case.status, False)
    reopened = done(case, Action.REOPEN, replace(COORDINATOR, id=5), "Wed 2026-09-09")
    assert (reopened.status, reopened.second_look, reopened.declined_by) == (Status.RECEIVED, False, None)
    assert reopened.due_on == case.due_on


# --- with the unit ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("rule", "handed_over", "today", "may"), [
    ("complaint", "Mon 2026-09-07", "Mon 2026-09-07", True),
    ("complaint", "Mon 2026-09-07", "Tue 2026-09-08", True),
    ("complaint", "Mon 2026-09-07", "Wed 2026-09-09", False),
    ("complaint", "Fri 2026-09-11", "Sun 2026-09-13", True),    # days off do not count
    ("complaint", "Fri 2026-09-11", "Mon 2026-09-14", True),
    ("complaint", "Fri 2026-09-11", "Tue 2026-09-15", False),
    ("petition",  "Mon 2026-09-07", "Mon 2026-09-14", True),    # Regulations on Petition Work, art. 23
    ("petition",  "Mon 2026-09-07", "Tue 2026-09-15", False),
])
def test_a_unit_objects_in_time(rule: str, handed_over: str, today: str, may: bool) -> None:
    case = a_case(status=Status.ASSIGNED, rule=rule, assigned_on=on(handed_over))
    assert (Action.OBJECT in acts(case, HANDLER, today)) is may


@pytest.mark.parametrize(("unit", "handovers"), [(LEAD, 1), ("household", 2)])
def test_the_ruling_is_final(unit: str, handovers: int) -> None:
    case = a_case(status=Status.ASSIGNED, assigned_on=on("Mon 2026-09-07"), handovers=1)
    objected = done(case, Action.OBJECT, HANDLER, "Tue 2026-09-08")
    assert (objected.status, objected.unit, objected.due_on) == (Status.ASSIGNED, LEAD, case.due_on)
    assert not acts(objected, HANDLER, "Tue 2026-09-08") & {Action.OBJECT, Action.START}
    ruled = done(objected, Action.RULE, COORDINATOR, "Wed 2026-09-09", unit=unit)
    assert (ruled.unit, ruled.handovers, ruled.due_on, ruled.objected) == (unit, handovers, case.due_on, False)
    assert ruled.assigned_on == on("Wed 2026-09-09")
    worker = replace(HANDLER, unit=unit)
    assert Action.OBJECT not in acts(ruled, worker, "Wed 2026-09-09")
    assert Action.START in acts(ruled, worker, "Wed 2026-09-09")


def test_another_unit_that_a_case_is_handed_to_may_object_as_well() -> None:
    case = a_case(status=Status.HANDLING, assigned_on=on("Mon 2026-09-07"))
    case = done(case, Action.TRANSFER, COUNTY, "Thu 2026-09-10", unit="household")
    assert Action.OBJECT in acts(case, STRANGER, "Fri 2026-09-11")
    assert Action.OBJECT not in acts(case, STRANGER, "Mon 2026-09-14")


def test_a_transfer_keeps_the_promise_and_begins_the_work_anew() -> None:
    case = a_case(status=Status.DRAFTED, handler=HANDLER.id, drafted_by=HANDLER.id, outcome=Outcome.PROMISED, handovers=1,
                  promised_on=on("Thu 2026-10-15"), extension=Extension.ASKED)
    case = done(case, Action.TRANSFER, COORDINATOR, "Thu 2026-09-10", unit="household")
    assert (case.status, case.unit, case.due_on, case.handovers) == (Status.ASSIGNED, "household", on("Mon 2026-09-14"), 2)
    assert (case.handler, case.drafted_by, case.outcome, case.promised_on) == (None, None, None, None)
    assert case.extension is Extension.NONE
    assert acts(case, HANDLER, "Thu 2026-09-10") == set()


def test_an_extension_that_was_granted_survives_a_transfer() -> None:
    case = a_case(status=Status.HANDLING, extension=Extension.GRANTED)
    assert done(case, Action.TRANSFER, COORDINATOR, "Thu 2026-09-10", unit="household").extension is Extension.GRANTED


def test_a_contributing_unit_that_takes_the_lead_contributes_no_more() -> None:
    parts = (Part(CO_UNIT, on("Mon 2026-09-14")), Part("household", on("Mon 2026-09-14")))
    case = done(a_case(status=Status.HANDLING, parts=parts), Action.TRANSFER, COORDINATOR, "Thu 2026-09-10", unit=CO_UNIT)
    assert case.parts == parts[1:]
    assert Role.CO_UNIT not in hats(case, CONTRIBUTOR)


@pytest.mark.parametrize(("rule", "asked", "due"), [
    ("petition",      "Tue 2026-09-08", "Tue 2026-09-15"),   # five working days
    ("several-units", "Tue 2026-09-08", "Tue 2026-09-15"),
    ("complaint",     "Tue 2026-09-08", "Mon 2026-09-14"),   # never after the answer it is for
    ("complaint",     "Wed 2026-09-16", "Wed 2026-09-16"),   # where that is late: today
])
def test_a_contribution_has_a_clock_of_its_own(rule: str, asked: str, due: str) -> None:
    case = done(a_case(status=Status.HANDLING, rule=rule), Action.ADD_CO_UNIT, COORDINATOR, asked, unit=CO_UNIT)
    assert case.parts == (Part(CO_UNIT, on(due)),)
    assert (case.status, case.unit) == (Status.HANDLING, LEAD)


@pytest.mark.parametrize("unit", [LEAD, CO_UNIT])
def test_a_unit_is_asked_once(unit: str) -> None:
    case = a_case(status=Status.HANDLING, parts=(Part(CO_UNIT, on("Mon 2026-09-14")),))
    assert faults(case, Action.ADD_CO_UNIT, COORDINATOR, "Tue 2026-09-08", unit=unit) == {"unit": "unit_taken"}


def test_the_lead_unit_answers_when_the_contributions_are_in_or_late() -> None:
    parts = (Part(CO_UNIT, on("Thu 2026-09-10")), Part("household", on("Thu 2026-09-10")))
    case = a_case(status=Status.HANDLING, parts=parts)
    assert Action.DRAFT_ANSWER not in acts(case, HANDLER, "Thu 2026-09-10")
    assert Action.DRAFT_ANSWER in acts(case, HANDLER, "Fri 2026-09-11")      # a silent unit keeps nobody waiting
    case = done(case, Action.CO_REPORT, CONTRIBUTOR, "Wed 2026-09-09")
    assert case.parts == (Part(CO_UNIT, on("Thu 2026-09-10"), on("Wed 2026-09-09")), parts[1])
    assert Action.CO_REPORT not in acts(case, CONTRIBUTOR, "Wed 2026-09-09")
    assert Action.DRAFT_ANSWER not in acts(case, HANDLER, "Wed 2026-09-09")
    case = done(case, Action.CO_REPORT, STRANGER, "Wed 2026-09-09")
    assert Action.DRAFT_ANSWER in acts(case, HANDLER, "Wed 2026-09-09")


def test_whoever_starts_takes_it_up() -> None:
    assert done(a_case(status=Status.ASSIGNED), Action.START, HANDLER, "Tue 2026-09-08").handler == HANDLER.id


def test_the_first_notice_and_the_interim_notice_are_given_once() -> None:
    case = a_case(lane=Lane.PETITION, rule="petition", status=Status.HANDLING, notice_due=on("Tue 2026-09-22"),
                  interim_due=on("Mon 2026-09-14"))
    assert case.next_due == on("Tue 2026-09-22")
    assert done(case, Action.RECEIPT_NOTICE, HANDLER, "Wed 2026-09-09").next_due == case.due_on
    told = done(case, Action.INTERIM_NOTICE, HANDLER, "Wed 2026-09-09", milestone="not-solved")
    assert (told.interim_due, told.milestone) == (None, Milestone.NOT_SOLVED)


# --- the promise -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("asked", "replied", "waited", "due"), [
    ("Wed 2026-09-09", "Wed 2026-09-09", 0,  "Mon 2026-09-14"),   # the same day costs nothing
    ("Wed 2026-09-09", "Fri 2026-09-11", 2,  "Wed 2026-09-16"),
    ("Fri 2026-09-11", "Sun 2026-09-13", 0,  "Mon 2026-09-14"),   # a weekend is no working day
    ("Fri 2026-09-18", "Sun 2026-09-20", 1,  "Tue 2026-09-15"),   # but for one that is worked
    ("Wed 2026-09-09", "Fri 2026-10-30", 10, "Mon 2026-09-28"),   # never more than ten
])
def test_the_clock_waits_for_the_author_but_not_for_ever(asked: str, replied: str, waited: int, due: str) -> None:
    case = done(a_case(status=Status.HANDLING), Action.ASK_AUTHOR, HANDLER, asked)
    assert (case.status, case.waiting_since) == (Status.WAITING, on(asked))
    case = done(case, Action.AUTHOR_REPLIES, AUTHOR, replied)
    assert (case.status, case.waiting_since, case.waited, case.due_on) == (Status.HANDLING, None, waited, on(due))


@pytest.mark.parametrize(("first", "second", "waited", "due", "may_ask_again"), [
    (("Mon 2026-09-07", "Thu 2026-09-10"), ("Thu 2026-09-10", "Wed 2026-09-16"), 7,  "Tue 2026-09-22", True),
    (("Mon 2026-09-07", "Thu 2026-09-17"), ("Thu 2026-09-17", "Wed 2026-09-30"), 10, "Mon 2026-09-28", False),
    (("Mon 2026-09-07", "Wed 2026-09-30"), None,                                 10, "Mon 2026-09-28", False),
])
def test_all_questions_of_a_round_wait_ten_working_days_together(
        first: tuple[str, str], second: tuple[str, str] | None, waited: int, due: str, may_ask_again: bool) -> None:
    case = a_case(status=Status.HANDLING)
    for asked, replied in filter(None, (first, second)):
        case = done(case, Action.ASK_AUTHOR, HANDLER, asked)
        case = done(case, Action.AUTHOR_REPLIES, AUTHOR, replied)
    assert (case.waited, case.due_on) == (waited, on(due))
    assert (Action.ASK_AUTHOR in acts(case, HANDLER, "Wed 2026-09-30")) is may_ask_again


@pytest.mark.parametrize(("waited_before", "today", "goes_on"), [
    (0, "Fri 2026-09-18", False),   # the ninth working day
    (0, "Sun 2026-09-20", True),    # the tenth, a Sunday that is worked
    (7, "Wed 2026-09-09", False),
    (7, "Thu 2026-09-10", True),    # what was waited before in this round counts
])
def test_the_work_goes_on_without_a_reply(waited_before: int, today: str, goes_on: bool) -> None:
    case = a_case(status=Status.WAITING, waiting_since=on("Mon 2026-09-07"), waited=waited_before)
    assert (Action.GO_ON in acts(case, SYSTEM, today)) is goes_on


def test_a_transfer_ends_the_waiting_with_the_days_that_were_waited() -> None:
    case = a_case(status=Status.WAITING, waiting_since=on("Wed 2026-09-09"))
    case = done(case, Action.TRANSFER, COORDINATOR, "Fri 2026-09-11", unit="household")
    assert (case.waiting_since, case.waited, case.due_on) == (None, 2, on("Wed 2026-09-16"))


@pytest.mark.parametrize(("rule", "promised", "extended"), [
    ("complaint",         "Mon 2026-09-14", "Sun 2026-09-20"),   # five working days; that Sunday is worked
    ("petition",          "Fri 2026-11-06", "Mon 2026-12-07"),   # thirty days, a Sunday gives way
    ("deputy-suggestion", "Mon 2026-12-07", "Mon 2027-03-08"),   # three months
])
def test_the_one_extension_is_counted_from_the_promised_day(rule: str, promised: str, extended: str) -> None:
    case = a_case(status=Status.HANDLING, rule=rule)
    assert case.due_on == on(promised)
    case = done(case, Action.REQUEST_EXTENSION, HANDLER, "Thu 2026-09-10")
    assert case.due_on == on(promised)
    case = done(case, Action.GRANT_EXTENSION, LEADER, "Fri 2026-09-11")
    assert (case.due_on, case.moved_from, case.extension) == (on(extended), on(promised), Extension.GRANTED)
    assert Action.REQUEST_EXTENSION not in acts(case, HANDLER, "Fri 2026-09-11")


@pytest.mark.parametrize(("today", "may"), [
    ("Mon 2026-09-14", True),      # the promised day itself
    ("Tue 2026-09-15", False),     # not to hide that the day has passed
])
def test_an_extension_is_asked_for_in_time(today: str, may: bool) -> None:
    assert (Action.REQUEST_EXTENSION in acts(a_case(status=Status.HANDLING), HANDLER, today)) is may


def test_a_refused_extension_leaves_the_promise_and_is_not_asked_for_again() -> None:
    case = done(a_case(status=Status.HANDLING), Action.REQUEST_EXTENSION, HANDLER, "Thu 2026-09-10")
    case = done(case, Action.REFUSE_EXTENSION, LEADER, "Fri 2026-09-11")
    assert (case.due_on, case.extension) == (on("Mon 2026-09-14"), Extension.REFUSED)
    assert Action.REQUEST_EXTENSION not in acts(case, HANDLER, "Fri 2026-09-11")


@pytest.mark.parametrize(("counted", "due", "moved_from"), [
    ("2026-09-16", "Wed 2026-09-16", "Mon 2026-09-14"),
    ("2026-09-14", "Mon 2026-09-14", None),
    ("2026-09-10", "Mon 2026-09-14", None),               # a promise is never shortened
])
def test_a_new_calendar_never_shortens_a_promise(counted: str, due: str, moved_from: str | None) -> None:
    case = done(a_case(status=Status.HANDLING), Action.CALENDAR, SYSTEM, "Wed 2026-09-09", due_on=counted)
    assert (case.due_on, case.moved_from) == (on(due), on_if(moved_from))


# --- the answer ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("given", "faulty"), [
    ({"outcome": "", "answer": ""},                            {"outcome": "required", "answer": "required"}),
    ({"outcome": "promised", "promised_on": ""},               {"promised_on": "required"}),
    ({"outcome": "promised", "promised_on": "明天"},           {"promised_on": "date"}),
    ({"outcome": "promised", "promised_on": "2026-09-09"},     {"promised_on": "past"}),
    ({"outcome": "not-possible", "basis": ""},                 {"basis": "required"}),
    ({"outcome": "magic"},                                     {"outcome": "choice"}),
    ({"answer": "长" * 5_001},                                 {"answer": "too_long"}),
    ({"answer": " \u200b\n "},                                 {"answer": "required"}),
])
def test_a_faulty_draft_is_refused_with_every_fault_named(given: Mapping[str, str], faulty: dict[str, str]) -> None:
    assert faults(a_case(status=Status.HANDLING), Action.DRAFT_ANSWER, HANDLER, "Wed 2026-09-09", **given) == faulty


@pytest.mark.parametrize(("outcome", "promised"), [
    ("done", None), ("explained", None), ("not-possible", None), ("referred", None), ("promised", "Tue 2026-10-20"),
])
def test_only_a_promise_has_a_day(outcome: str, promised: str | None) -> None:
    case = done(a_case(status=Status.HANDLING), Action.DRAFT_ANSWER, HANDLER, "Wed 2026-09-09", outcome=outcome,
                promised_on="2026-10-20")
    assert (case.outcome, case.drafted_by, case.answered_on) == (outcome, HANDLER.id, None)
    assert case.promised_on == on_if(promised)
    case = done(case, Action.APPROVE, REVIEWER, "Thu 2026-09-10")
    assert (case.status, case.answered_on, case.outcome) == (Status.ANSWERED, on("Thu 2026-09-10"), outcome)
    assert case.promise is (Promise.OPEN if promised else None)


# Regulations on Petition Work, art. 32: supported, explained, not supported.
@pytest.mark.parametrize(("position", "outcome"), [
    (Position.SUPPORTED,     Outcome.DONE),
    (Position.EXPLAINED,     Outcome.EXPLAINED),
    (Position.NOT_SUPPORTED, Outcome.NOT_POSSIBLE),
])
def test_a_petition_is_decided_with_facts_and_law(position: Position, outcome: Outcome) -> None:
    case = a_case(lane=Lane.PETITION, rule="petition", status=Status.HANDLING)
    decision = done(case, Action.DRAFT_ANSWER, HANDLER, "Wed 2026-09-09", position=position)
    assert (decision.position, decision.outcome, decision.promised_on) == (position, outcome, None)
    bare = {"position": "", "facts": "", "basis": ""}
    assert faults(case, Action.DRAFT_ANSWER, HANDLER, "Wed 2026-09-09", **bare) == dict.fromkeys(bare, "required")


def test_nobody_approves_their_own_draft() -> None:
    both = Actor(frozenset({Role.HANDLER, Role.REVIEWER}), HANDLER.id, LEAD)
    case = done(a_case(status=Status.HANDLING), Action.DRAFT_ANSWER, both, "Wed 2026-09-09")
    with pytest.raises(NotAllowedError):
        decided(case, Action.APPROVE, both, "Wed 2026-09-09")
    assert done(case, Action.APPROVE, replace(both, id=19), "Wed 2026-09-09").status is Status.ANSWERED


def test_a_draft_that_is_sent_back_leaves_no_trace_in_the_state() -> None:
    case = a_case(status=Status.HANDLING)
    draft = done(case, Action.DRAFT_ANSWER, HANDLER, "Wed 2026-09-09", outcome="promised", promised_on="2026-10-20")
    back = done(draft, Action.SEND_BACK, REVIEWER, "Wed 2026-09-09")
    assert replace(back, version=case.version) == case


def test_with_the_answer_no_notice_and_no_request_is_left() -> None:
    case = a_case(lane=Lane.PETITION, rule="petition", status=Status.DRAFTED, drafted_by=HANDLER.id,
                  notice_due=on("Tue 2026-09-22"), interim_due=on("Mon 2026-09-14"), extension=Extension.ASKED)
    case = done(case, Action.APPROVE, REVIEWER, "Thu 2026-09-10")
    assert (case.notice_due, case.interim_due, case.extension) == (None, None, Extension.NONE)


def test_the_discipline_office_leads_a_report_from_sorting_to_answer() -> None:
    case = received(lane=Lane.MISCONDUCT, rule="misconduct")
    for action, who in ((Action.ACCEPT, DISCIPLINE), (Action.RECEIPT_NOTICE, DISCIPLINE), (Action.START, DISCIPLINE),
                        (Action.DRAFT_ANSWER, DISCIPLINE), (Action.APPROVE, DISCIPLINE_COLLEAGUE)):
        case = done(case, action, who, "Tue 2026-09-08", lane="misconduct", unit=SEALED, rule="misconduct")
    assert case.status is Status.ANSWERED


# --- the author speaks -----------------------------------------------------------------------------------------------------

# Rated on Friday 11 September 2026.
@pytest.mark.parametrize(("level", "contact", "put_right"), [
    ("5", None,             None),
    ("4", None,             None),
    ("3", None,             None),
    ("2", "Mon 2026-09-14", "Fri 2026-10-09"),   # contact within one working day, put right within fifteen
    ("1", "Mon 2026-09-14", "Fri 2026-10-09"),
])
def test_a_bad_rating_obliges(level: str, contact: str | None, put_right: str | None) -> None:
    case = done(answered(), Action.RATE, AUTHOR, "Fri 2026-09-11", level=level)
    assert (case.rating, case.status) == (int(level), Status.ANSWERED)
    assert (case.follow_due, case.rectify_due) == (on_if(contact), on_if(put_right))


@pytest.mark.parametrize("action", [Action.RATE, Action.DISPUTE])
@pytest.mark.parametrize(("today", "may"), [("Sun 2026-10-11", True), ("Mon 2026-10-12", False)])
def test_the_author_speaks_within_thirty_days(action: Action, today: str, may: bool) -> None:
    assert (action in acts(answered(), AUTHOR, today)) is may


def test_an_answer_is_rated_once() -> None:
    assert Action.RATE not in acts(answered(rating=3), AUTHOR, "Mon 2026-09-14")


@pytest.mark.parametrize(("rule", "due", "interim"), [
    ("complaint",     "Wed 2026-10-14", None),               # five working days; Saturday 10 October is worked
    ("several-units", "Wed 2026-10-28", "Wed 2026-10-14"),
])
def test_a_dispute_opens_a_second_round_beside_the_first(rule: str, due: str, interim: str | None) -> None:
    case = answered(rule=rule, rating=2, follow_due=on("Mon 2026-09-14"), rectify_due=on("Fri 2026-10-09"), waited=10,
                    extension=Extension.GRANTED, parts=(Part(CO_UNIT, on("Thu 2026-09-10")),), promise=Promise.OPEN,
                    promised_on=on("Tue 2026-10-20"), follow_tries=1, followed=Solved.NO)
    again = done(case, Action.DISPUTE, AUTHOR, "Thu 2026-10-08")
    assert (again.status, again.round, again.unit) == (Status.HANDLING, 2, LEAD)
    assert again.rounds == (Round(Outcome.DONE, on("Fri 2026-09-11"), case.due_on, 2),)
    assert (again.due_on, again.began_on, again.interim_due) == (on(due), on("Thu 2026-10-08"), on_if(interim))
    fresh = a_case()
    for name in ("rating", "follow_due", "rectify_due", "waited", "extension", "parts", "promise", "promised_on", "outcome",
                 "answered_on", "follow_tries", "followed", "drafted_by", "rechecks", "rectified_on", "moved_from"):
        assert getattr(again, name) == getattr(fresh, name), name


def test_there_are_at_most_two_rounds() -> None:
    case = answered(round=2, rounds=(Round(Outcome.DONE, on("Fri 2026-09-11"), on("Mon 2026-09-14"), None),))
    assert Action.DISPUTE not in acts(case, AUTHOR, "Mon 2026-09-14")


@pytest.mark.parametrize(("stage", "may"), [
    (Stage.FIRST,          True),    # review 复查
    (Stage.REVIEW,         True),    # re-examination 复核
    (Stage.RE_EXAMINATION, False),   # after it nothing more
])
def test_a_petition_is_reviewed_once_on_each_level(stage: Stage, may: bool) -> None:
    case = answered(lane=Lane.PETITION, rule="petition", stage=stage)
    assert (Action.REQUEST_REVIEW in acts(case, AUTHOR, "Sun 2026-10-11")) is may
    assert Action.REQUEST_REVIEW not in acts(case, AUTHOR, "Mon 2026-10-12")
    if may:
        asked = done(case, Action.REQUEST_REVIEW, AUTHOR, "Mon 2026-09-14")
        assert (asked.status, asked.review_asked_on) == (Status.ANSWERED, on("Mon 2026-09-14"))
        assert Action.REQUEST_REVIEW not in acts(asked, AUTHOR, "Mon 2026-09-14")


# --- after the answer ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("rating", "rectify_due", "today", "closes"), [
    (None, None,             "Sun 2026-10-11", False),   # thirty days after 11 September
    (None, None,             "Mon 2026-10-12", True),
    (3,    None,             "Mon 2026-09-14", False),   # basically satisfied may still disagree
    (3,    None,             "Mon 2026-10-12", True),
    (4,    None,             "Fri 2026-09-11", True),
    (5,    None,             "Fri 2026-09-11", True),
    (2,    None,             "Mon 2026-10-12", True),
    (2,    "Fri 2026-10-09", "Mon 2026-10-12", False),   # not before it is put right
    (5,    "Fri 2026-10-09", "Mon 2026-10-12", False),
])
def test_a_case_closes(rating: int | None, rectify_due: str | None, today: str, closes: bool) -> None:
    case = answered(rating=rating, rectify_due=on_if(rectify_due))
    assert (Action.CLOSE in acts(case, SYSTEM, today)) is closes


# Followed up on Monday 14 September 2026; `owed` is what a bad rating had made due before.
@pytest.mark.parametrize(("owed", "reached", "solved", "followed", "again", "put_right"), [
    (None,             "yes", "yes",    Solved.YES,    None,             None),
    (None,             "yes", "partly", Solved.PARTLY, None,             "Sat 2026-10-10"),
    (None,             "yes", "no",     Solved.NO,     None,             "Sat 2026-10-10"),
    ("Fri 2026-10-09", "yes", "no",     Solved.NO,     None,             "Fri 2026-10-09"),   # the earlier day stands
    ("Fri 2026-10-09", "yes", "yes",    Solved.YES,    None,             None),
    ("Fri 2026-10-09", "no",  "",       None,          "Tue 2026-09-15", "Fri 2026-10-09"),   # tried again
])
def test_a_follow_up_hears_the_author(owed: str | None, reached: str, solved: str, followed: Solved | None,
                                      again: str | None, put_right: str | None) -> None:
    case = answered(follow_due=on("Mon 2026-09-14"), rectify_due=on_if(owed))
    case = done(case, Action.FOLLOW_UP, INSPECTOR, "Mon 2026-09-14", reached=reached, solved=solved)
    assert (case.followed, case.follow_due, case.rectify_due) == (
        followed, on_if(again), on_if(put_right))


def test_whoever_cannot_be_reached_is_tried_three_times() -> None:
    case = answered(follow_due=on("Mon 2026-09-14"))
    for day in ("Mon 2026-09-14", "Tue 2026-09-15"):
        case = done(case, Action.FOLLOW_UP, COORDINATOR, day, reached="no")
        assert case.followed is None
    case = done(case, Action.FOLLOW_UP, COORDINATOR, "Wed 2026-09-16", reached="no")
    assert (case.followed, case.follow_tries, case.follow_due) == (Solved.NOT_REACHED, 3, None)


def test_what_the_author_says_is_asked_for_only_when_somebody_was_reached() -> None:
    case = answered(follow_due=on("Mon 2026-09-14"))
    given = {"reached": "yes", "solved": ""}
    assert faults(case, Action.FOLLOW_UP, INSPECTOR, "Mon 2026-09-14", **given) == {"solved": "required"}


def test_a_drawn_case_is_followed_up_within_ten_working_days() -> None:
    case = done(answered(), Action.DRAW, SYSTEM, "Mon 2026-09-14")
    assert case.follow_due == on("Mon 2026-09-28")


def test_what_was_put_right_is_looked_at_after_thirty_and_ninety_days() -> None:
    case = done(answered(rectify_due=on("Fri 2026-10-09")), Action.RECTIFY, HANDLER, "Wed 2026-09-16")
    assert (case.rectify_due, case.rectified_on) == (None, on("Wed 2026-09-16"))
    assert case.rechecks == (on("Fri 2026-10-16"), on("Tue 2026-12-15"))
    assert Action.RECHECK not in acts(case, INSPECTOR, "Thu 2026-10-15")
    first = done(case, Action.RECHECK, INSPECTOR, "Fri 2026-10-16")
    assert (first.rechecks, first.rectified_on) == ((on("Tue 2026-12-15"),), on("Wed 2026-09-16"))
    assert done(first, Action.RECHECK, INSPECTOR, "Tue 2026-12-15").rechecks == ()


def test_what_did_not_last_is_put_right_again() -> None:
    case = answered(rectified_on=on("Wed 2026-09-16"), rechecks=(on("Fri 2026-10-16"), on("Tue 2026-12-15")))
    case = done(case, Action.RECHECK, INSPECTOR, "Fri 2026-10-16", holds="no")
    assert (case.rectified_on, case.rechecks, case.rectify_due) == (None, (), on("Fri 2026-11-06"))
    assert Action.CLOSE not in acts(case, SYSTEM, "Fri 2026-10-16")


@pytest.mark.parametrize(("kept", "promise"), [("yes", Promise.KEPT), ("no", Promise.BROKEN)])
def test_a_promise_is_checked_from_its_day_on_by_somebody_outside(kept: str, promise: Promise) -> None:
    case = answered(outcome=Outcome.PROMISED, promise=Promise.OPEN, promised_on=on("Tue 2026-10-20"))
    own = replace(INSPECTOR, unit=LEAD)
    assert case.promise_due == on("Tue 2026-10-20")
    assert Action.CHECK_PROMISE not in acts(case, INSPECTOR, "Mon 2026-10-19")
    assert Action.CHECK_PROMISE not in acts(case, own, "Tue 2026-10-20")
    case = done(case, Action.CHECK_PROMISE, INSPECTOR, "Tue 2026-10-20", kept=kept)
    assert case.promise is promise
    assert (case.promise_due is None) is (promise is Promise.KEPT)  # a broken one presses until it is kept


def test_a_promise_found_broken_may_be_found_kept_later() -> None:
    case = answered(outcome=Outcome.PROMISED, promise=Promise.BROKEN, promised_on=on("Tue 2026-10-20"))
    assert done(case, Action.CHECK_PROMISE, INSPECTOR, "Tue 2026-12-01", kept="yes").promise is Promise.KEPT


# Supervised on Wednesday 9 September 2026.
@pytest.mark.parametrize(("level", "due"), [
    ("reminder", "Thu 2026-09-10"),
    ("order",    "Mon 2026-09-14"),
    ("circular", "Wed 2026-09-16"),
])
def test_a_supervision_has_its_own_day(level: str, due: str) -> None:
    case = done(a_case(status=Status.HANDLING, orders=1), Action.SUPERVISE, LEADER, "Wed 2026-09-09", level=level)
    assert (case.order_level, case.order_due, case.orders) == (level, on(due), 2)
    assert case.due_on == on("Mon 2026-09-14")
    case = done(case, Action.ANSWER_SUPERVISION, HANDLER, "Thu 2026-09-10")
    assert (case.order_level, case.order_due, case.orders) == (None, None, 2)


# --- leaving ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("publication", "keep", "after"), [
    (Publication.TEXT,      "yes", Publication.TEXT),
    (Publication.TEXT,      "no",  Publication.HIDDEN),
    (Publication.STUB,      "yes", Publication.HIDDEN),   # there is no text that could stay
    (Publication.UNDECIDED, "yes", Publication.HIDDEN),
])
def test_the_author_decides_whether_the_public_text_stays(publication: Publication, keep: str, after: Publication) -> None:
    case = done(a_case(status=Status.HANDLING, publication=publication), Action.WITHDRAW, AUTHOR, "Wed 2026-09-09",
                keep_public=keep)
    assert (case.status, case.publication) == (Status.WITHDRAWN, after)


@pytest.mark.parametrize(("action", "who", "status"), [
    (Action.WITHDRAW, AUTHOR,      Status.HANDLING),
    (Action.WITHDRAW, AUTHOR,      Status.WAITING),
    (Action.MERGE,    COORDINATOR, Status.ASSIGNED),
])
def test_nothing_is_owed_in_a_case_that_left(action: Action, who: Actor, status: Status) -> None:
    case = a_case(status=status, order_level=OrderLevel.ORDER, order_due=on("Mon 2026-09-14"), notice_due=on("Tue 2026-09-22"),
                  interim_due=on("Mon 2026-09-14"), waiting_since=on("Tue 2026-09-08"), objected=True,
                  extension=Extension.ASKED)
    case = done(case, action, who, "Wed 2026-09-09")
    assert (case.objected, case.extension) == (False, Extension.NONE)
    assert {case.order_level, case.order_due, case.notice_due, case.interim_due, case.waiting_since} == {None}


def test_whoever_left_a_case_is_done_with_it() -> None:
    case = done(a_case(status=Status.HANDLING), Action.RECUSE, HANDLER, "Wed 2026-09-09")
    case = done(case, Action.RECUSE, COORDINATOR, "Wed 2026-09-09")
    assert case.recused == (COORDINATOR.id, HANDLER.id)
    for left in (HANDLER, COORDINATOR):
        assert acts(case, left, "Wed 2026-09-09") == set()
        assert sees(left, case) == {Item.STUB}
    assert Action.DRAFT_ANSWER in acts(case, replace(HANDLER, id=19), "Wed 2026-09-09")


def test_a_named_outreach_office_is_replaced_by_an_inspector() -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", complained_of=OFFICE)
    assert acts(case, COORDINATOR, "Tue 2026-09-08") == set()
    assert Role.COORDINATOR in hats(case, INSPECTOR)
    assert done(case, Action.TRANSFER, INSPECTOR, "Wed 2026-09-09", unit="household").unit == "household"


def test_a_unit_that_is_named_does_not_stay_in_the_case_through_another_post() -> None:
    case = done(received(), Action.ACCEPT, COORDINATOR, "Tue 2026-09-08", complained_of=NAMED)
    assert hats(case, OF_NAMED_UNIT) == frozenset()
    assert hats(case, replace(LEADER, charge=frozenset({LEAD, "hexi"}))) == frozenset()
    assert Role.LEADER in hats(case, LEADER)


# --- publication -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("status", "answer", "answer_public", "answer_read"), [
    (Status.HANDLING, "",   False, False),   # the answer is still to come, and to be read then
    (Status.ANSWERED, "",   False, True),
    (Status.ANSWERED, "答", True,  True),
])
def test_publishing_says_whether_the_answer_was_read(status: Status, answer: str, answer_public: bool,
                                                     answer_read: bool) -> None:
    case = done(a_case(status=status), Action.PUBLISH, COORDINATOR, "Mon 2026-09-14", public_answer=answer)
    assert (case.publication, case.answer_public, case.answer_read) == (Publication.TEXT, answer_public, answer_read)


@pytest.mark.parametrize("status", list(Status))
def test_a_public_text_can_be_taken_back_in_every_status(status: Status) -> None:
    case = a_case(status=status, publication=Publication.TEXT, answer_public=True, consent=False)
    case = done(case, Action.KEEP_STUB, COORDINATOR, "Mon 2026-09-14")
    assert (case.publication, case.answer_public) == (Publication.STUB, False)


@pytest.mark.parametrize(("changes", "open"), [
    ({"status": Status.HANDLING},                                                               True),
    ({"status": Status.RECEIVED},                                                               False),
    ({"status": Status.DECLINED},                                                               False),
    ({"status": Status.WITHDRAWN},                                                              False),
    ({"status": Status.HANDLING, "consent": False},                                             False),
    ({"status": Status.HANDLING, "lane": Lane.MISCONDUCT},                                      False),
    ({"status": Status.HANDLING, "publication": Publication.STUB},                              False),
    ({"status": Status.HANDLING, "publication": Publication.TEXT},                              False),
    ({"status": Status.ANSWERED, "publication": Publication.TEXT},                              True),   # a later answer
    ({"status": Status.ANSWERED, "publication": Publication.TEXT, "answer_read": True},         False),
])
def test_what_is_still_to_be_decided_of_publication(changes: dict[str, Any], open: bool) -> None:
    assert to_be_published(a_case(**changes)) is open


# --- days and words --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("changes", "next_due"), [
    ({"status": Status.RECEIVED},                                                       "Tue 2026-09-08"),   # sorting
    ({"status": Status.QUARANTINED, "held_due": on("Thu 2026-09-10")},                  "Thu 2026-09-10"),
    ({"status": Status.ASSIGNED},                                                       "Mon 2026-09-14"),   # the answer
    ({"status": Status.HANDLING, "notice_due": on("Fri 2026-09-11")},                   "Fri 2026-09-11"),
    ({"status": Status.HANDLING, "notice_due": on("Tue 2026-09-22")},                   "Mon 2026-09-14"),
    ({"status": Status.ANSWERED},                                                       "Mon 2026-09-14"),
    ({"status": Status.ANSWERED, "follow_due": on("Wed 2026-09-16"),
      "rectify_due": on("Fri 2026-10-09")},                                             "Wed 2026-09-16"),
    ({"status": Status.CLOSED, "rechecks": (on("Fri 2026-10-16"),)},                    "Fri 2026-10-16"),
    ({"status": Status.CLOSED, "promise": Promise.OPEN,
      "promised_on": on("Tue 2026-10-20")},                                             "Tue 2026-10-20"),
    ({"status": Status.CLOSED, "promise": Promise.KEPT,
      "promised_on": on("Tue 2026-10-20")},                                             "Mon 2026-09-14"),
])
def test_the_day_of_the_next_step(changes: dict[str, Any], next_due: str) -> None:
    assert a_case(**changes).next_due == on(next_due)


def test_words_are_kept_without_controls_and_direction_marks() -> None:
    event = decided(a_case(status=Status.HANDLING), Action.NOTE, HANDLER, "Wed 2026-09-09", note="  好\u202e的\x00\r\n😀 ")
    assert event.words == {"note": "好的\n😀"}


def test_an_event_says_who_did_it_as_what_and_when() -> None:
    event = decided(a_case(status=Status.ASSIGNED), Action.START, HANDLER, "Tue 2026-09-08")
    assert (event.action, event.role, event.actor_id, event.unit) == (Action.START, Role.HANDLER, HANDLER.id, LEAD)
    assert (event.source, event.target, event.at.date()) == (Status.ASSIGNED, Status.HANDLING, date(2026, 9, 8))
    assert as_frozen(RULES["complaint"]) == a_case().rule
