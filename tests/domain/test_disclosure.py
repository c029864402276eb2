"""Visibility, row by row, and that filters for many cases judge as `sees` does for one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import combinations, product
from typing import Any

import pytest

from portal.clock import SHANGHAI
from portal.domain.case import Case, Event
from portal.domain.codes import Action, Lane, Outcome, Publication, Status
from portal.domain.disclosure import Item, may_read, public_view, readable_words, scope, sees
from portal.domain.people import AUTHOR, OFFICE, PUBLIC, STAFF_ROLES, SYSTEM, Actor, Role
from portal.domain.transitions import allowed
from tests.domain.world import (
    ADMINISTRATOR,
    CO_UNIT,
    DISCIPLINE,
    HANDLER,
    INSPECTOR,
    LEAD,
    NAMED,
    PEOPLE,
    REVIEWER,
    STAFF,
    a_case,
    at,
    kept_out,
    on,
    placed,
    within,
)


def in_hand(**changes: Any) -> Case:
    return a_case(**{"status": Status.HANDLING, **changes})


def an_event(action: Action, words: dict[str, str] | None = None, *, by: Actor = HANDLER, **changes: Any) -> Event:
    return Event(action=action, at=datetime(2026, 9, 9, 15, 42, tzinfo=SHANGHAI), role=Role.HANDLER, actor_id=by.id,
                 unit=by.unit, source=Status.HANDLING, target=Status.HANDLING, changes=changes, words=words or {})


# --- items -----------------------------------------------------------------------------------------------------------------

READS = {Item.STUB, Item.ORIGINAL, Item.PUBLIC_TEXT, Item.PUBLIC_ANSWER, Item.ANSWER, Item.DRAFT, Item.NOTES}
LEVELS = {
    "-":      set(),
    "stub":   {Item.STUB},
    "own":    READS - {Item.DRAFT, Item.NOTES} | {Item.CONTACT, Item.READERS},   # what an author sees of their case
    "reads":  READS,
    "works":  READS | {Item.CONTACT},                                            # may ask for the contact details
    "all":    set(Item),
}
# What each sees of a case in the handling unit's hands whose text is not published.
SIGHT = [
    #                              ordinary  petition  misconduct
    ("city coordinator",           "works",  "works",  "-"),
    ("county coordinator",         "works",  "works",  "-"),
    ("other county's",             "stub",   "stub",   "-"),
    ("handler",                    "works",  "works",  "-"),
    ("reviewer",                   "works",  "works",  "-"),
    ("contributor",                "reads",  "reads",  "-"),
    ("other unit's",               "stub",   "stub",   "-"),
    ("named unit's",               "stub",   "stub",   "-"),
    ("leader",                     "reads",  "reads",  "-"),
    ("other leader",               "stub",   "stub",   "-"),
    ("named unit's leader",        "stub",   "stub",   "-"),
    ("inspector",                  "works",  "works",  "-"),
    ("complaints officer",         "stub",   "works",  "-"),
    ("contributing officer",       "reads",  "works",  "-"),
    ("unit's complaints officer",  "stub",   "works",  "-"),
    ("discipline officer",         "stub",   "stub",   "all"),
    ("editor",                     "stub",   "stub",   "-"),
    ("administrator",              "stub",   "stub",   "-"),
    ("recused",                    "stub",   "stub",   "-"),
    ("author",                     "own",    "own",    "own"),
    ("public",                     "stub",   "stub",   "-"),
    ("portal",                     "all",    "all",    "all"),
]


@pytest.mark.parametrize(("who", "ordinary", "petition", "misconduct"), SIGHT)
def test_who_sees_what(who: str, ordinary: str, petition: str, misconduct: str) -> None:
    for lane, level in zip(Lane, (ordinary, petition, misconduct), strict=True):
        for person in PEOPLE[who]:
            assert sees(person, placed(lane, Status.HANDLING)) == LEVELS[level], lane


def test_everybody_stands_in_the_table() -> None:
    assert [who for who, *_ in SIGHT] == list(PEOPLE)


@pytest.mark.parametrize(("publication", "answer_public", "status", "items"), [
    (Publication.UNDECIDED, False, Status.ANSWERED,    {Item.STUB}),
    (Publication.STUB,      False, Status.ANSWERED,    {Item.STUB}),
    (Publication.STUB,      True,  Status.ANSWERED,    {Item.STUB}),
    (Publication.TEXT,      False, Status.ANSWERED,    {Item.STUB, Item.PUBLIC_TEXT}),
    (Publication.TEXT,      True,  Status.ANSWERED,    {Item.STUB, Item.PUBLIC_TEXT, Item.PUBLIC_ANSWER}),
    (Publication.TEXT,      True,  Status.WITHDRAWN,   {Item.STUB, Item.PUBLIC_TEXT, Item.PUBLIC_ANSWER}),
    (Publication.HIDDEN,    False, Status.WITHDRAWN,   set()),
    (Publication.UNDECIDED, False, Status.QUARANTINED, set()),
    (Publication.TEXT,      True,  Status.QUARANTINED, set()),
])
@pytest.mark.parametrize("who", [PUBLIC, ADMINISTRATOR])
def test_what_the_public_sees(who: Actor, publication: Publication, answer_public: bool, status: Status,
                              items: set[Item]) -> None:
    case = a_case(publication=publication, answer_public=answer_public, status=status)
    assert sees(who, case) == items
    assert sees(who, replace(case, lane=Lane.MISCONDUCT)) == set()


def test_an_inspector_who_stands_in_for_the_named_outreach_office_works_on_the_case() -> None:
    assert sees(INSPECTOR, in_hand(barred=(OFFICE,))) == LEVELS["works"]


# --- one case and many -----------------------------------------------------------------------------------------------------

UNITS = (LEAD, CO_UNIT, "household", NAMED, OFFICE, None)
CHARGES: tuple[frozenset[str], ...] = (frozenset(), frozenset({LEAD}), frozenset({NAMED, "household"}))
HOLDERS = [frozenset(each) for size in (1, 2) for each in combinations(STAFF_ROLES, size)]


@pytest.mark.parametrize("lane", list(Lane))
def test_filters_for_many_judge_as_for_one(lane: Lane) -> None:
    """Everybody who holds one post or two, of any unit and in charge of any, towards cases of every kind."""
    cases = [placed(lane, Status.HANDLING, unit=unit, parts=parts, barred=barred, recused=recused)
             for unit, parts, barred, recused in product(
                 (LEAD, CO_UNIT, "household", None), (placed(Lane.ORDINARY, Status.HANDLING).parts, ()),
                 ((), (NAMED,), (OFFICE,), (LEAD, NAMED)), ((), (1,)))]
    for roles, unit, charge in product(HOLDERS, UNITS, CHARGES):
        actor = Actor(roles, 1, unit, charge)
        found = scope(actor)
        wrong = [case for case in cases if within(found, case) is not (Item.ORIGINAL in sees(actor, case))]
        assert not wrong, (actor, wrong[0])


@pytest.mark.parametrize("lane", list(Lane))
def test_whoever_is_kept_out_sees_what_the_public_sees(lane: Lane) -> None:
    for status, publication in product(Status, Publication):
        case = placed(lane, status, publication=publication, answer_public=True)
        for person in filter(lambda each: kept_out(each, case), STAFF):
            assert sees(person, case) == sees(PUBLIC, case)
            assert allowed(case, person, at("Wed 2026-09-09")) == ()


NEEDED = {Action.OPEN_CONTACT: Item.CONTACT, Action.APPROVE: Item.DRAFT, Action.SEND_BACK: Item.DRAFT}


@pytest.mark.parametrize("barred", [(NAMED,), (NAMED, OFFICE)])
@pytest.mark.parametrize("lane", list(Lane))
def test_nobody_acts_on_what_they_do_not_see(lane: Lane, barred: tuple[str, ...]) -> None:
    for status, person in product(Status, STAFF):
        case = placed(lane, status, barred=barred, drafted_by=999)
        items = sees(person, case)
        for row in allowed(case, person, at("Wed 2026-09-09")):
            assert items >= {Item.ORIGINAL, Item.NOTES, NEEDED.get(row.action, Item.STUB)}, (person, row.action, status)


# --- who is told of an act -------------------------------------------------------------------------------------------------

TOLD: Mapping[str, str] = {
    # everyone: it stands in the public timeline
    "everyone": """submit accept merge refer decline reopen rule start approve receipt_notice ask_author author_replies go_on
                   interim_notice grant_extension calendar transfer supervise answer_supervision rate dispute request_review
                   follow_up rectify recheck check_promise close withdraw""",
    # the author and the people who work on it
    "author": """quarantine release request_extension refuse_extension add_message renew_code set_notices publish keep_stub
                 relay""",
    # the people who work on it
    "staff": "uphold draft_answer send_back co_report object add_co_unit note draw recuse",
    # the author and whoever did it
    "apart": "open_contact",
}


@pytest.mark.parametrize(("circle", "action"), [
    (circle, Action(name)) for circle, names in TOLD.items() for name in names.split()])
def test_who_is_told_of_an_act(circle: str, action: Action) -> None:
    event = an_event(action)
    assert may_read(PUBLIC, in_hand(), event) is (circle == "everyone")
    assert may_read(AUTHOR, in_hand(), event) is (circle != "staff")
    assert may_read(REVIEWER, in_hand(), event) is (circle != "apart")
    assert may_read(HANDLER, in_hand(), event)  # whose act it was
    sealed = in_hand(lane=Lane.MISCONDUCT)
    assert may_read(DISCIPLINE, sealed, event) and not may_read(ADMINISTRATOR, sealed, event)


def test_every_act_stands_in_one_circle() -> None:
    assert sorted(name for names in TOLD.values() for name in names.split()) == sorted(Action)


@pytest.mark.parametrize(("action", "word", "author", "reviewer"), [
    (Action.SUBMIT,             "text",     True,  True),
    (Action.NOTE,               "note",     False, True),
    (Action.DRAFT_ANSWER,       "answer",   False, True),
    (Action.APPROVE,            "answer",   True,  True),
    (Action.APPROVE,            "facts",    True,  True),
    (Action.SEND_BACK,          "reason",   False, True),
    (Action.OBJECT,             "reason",   False, True),
    (Action.CO_REPORT,          "report",   False, True),
    (Action.SUPERVISE,          "order",    False, True),
    (Action.ANSWER_SUPERVISION, "report",   False, True),
    (Action.REFUSE_EXTENSION,   "reason",   False, True),
    (Action.GRANT_EXTENSION,    "reason",   True,  True),
    (Action.RATE,               "comment",  True,  True),
    (Action.FOLLOW_UP,          "comment",  False, True),
    (Action.RECTIFY,            "measures", True,  True),
    (Action.RECTIFY,            "evidence", False, True),
    (Action.OPEN_CONTACT,       "reason",   True,  False),
])
def test_who_reads_which_words(action: Action, word: str, author: bool, reviewer: bool) -> None:
    event = an_event(action, {word: "字"})
    assert (word in readable_words(AUTHOR, in_hand(), event)) is author
    assert (word in readable_words(REVIEWER, in_hand(), event)) is reviewer
    assert readable_words(PUBLIC, in_hand(publication=Publication.TEXT), event) == frozenset()
    assert readable_words(SYSTEM, in_hand(), event) >= {word}


# --- what everyone may read ------------------------------------------------------------------------------------------------

def test_the_public_view_holds_days_and_approved_words_only() -> None:
    case = a_case(status=Status.ANSWERED, publication=Publication.TEXT, answer_public=True, answered_on=on("Thu 2026-09-10"),
                  outcome=Outcome.DONE)
    events = [an_event(Action.NOTE, {"note": "秘密"}), an_event(Action.APPROVE, {"answer": "原答复"}, outcome=Outcome.DONE)]
    view = public_view(case, district="hedong", events=events,
                       texts={"public_title": "题", "public_text": "文", "public_answer": "答"})
    assert view is not None
    assert (view.title, view.text, view.answer) == ("题", "文", "答")
    assert view.timeline == ({"action": "approve", "on": "2026-09-09", "role": "handler", "by": LEAD, "outcome": "done"},)
    assert "15:42" not in str(view) and "秘密" not in str(view) and "原答复" not in str(view)


@pytest.mark.parametrize(("changes", "title", "answer"), [
    ({"publication": Publication.STUB},                          None, None),
    ({"publication": Publication.STUB, "answer_public": True},   None, None),
    ({"publication": Publication.TEXT},                          "题", None),
    ({"publication": Publication.TEXT, "answer_public": True},   "题", "答"),
])
def test_words_that_were_taken_back_are_not_in_the_public_view(changes: dict[str, Any], title: str | None,
                                                               answer: str | None) -> None:
    texts = {"public_title": "题", "public_text": "文", "public_answer": "答"}
    view = public_view(in_hand(**changes), district="", events=[], texts=texts)
    assert view is not None
    assert (view.title, view.answer) == (title, answer)


def test_a_draft_outcome_is_not_told_before_approval() -> None:
    view = public_view(a_case(status=Status.DRAFTED, outcome=Outcome.PROMISED, promised_on=on("Tue 2026-10-20")), district="",
                       events=[], texts={})
    assert view is not None
    assert (view.outcome, view.promised_on) == (None, None)


@pytest.mark.parametrize("changes", [{"lane": Lane.MISCONDUCT}, {"status": Status.QUARANTINED},
                                     {"publication": Publication.HIDDEN}])
def test_what_the_public_may_not_know_has_no_view(changes: dict[str, Any]) -> None:
    texts = {"public_title": "题", "public_text": "文"}
    assert public_view(in_hand(**changes), district="", events=[an_event(Action.ACCEPT)], texts=texts) is None
