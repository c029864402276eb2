"""Visibility, row by row, and that filters for many cases judge as `sees` does for one."""

from dataclasses import replace
from datetime import date, datetime
from itertools import product
from typing import Any

import pytest

from portal.clock import SHANGHAI
from portal.domain.case import Action, Case, Event, Lane, Outcome, Publication, Status
from portal.domain.disclosure import Item, may_read, public_view, readable_words, scope, sees
from portal.domain.people import AUTHOR, PUBLIC, Actor, Role

COORDINATOR = Actor(frozenset({Role.COORDINATOR}), 1, "outreach")
HANDLER = Actor(frozenset({Role.HANDLER}), 2, "traffic")
ELSEWHERE = Actor(frozenset({Role.HANDLER, Role.REVIEWER}), 3, "household")
COMPLAINTS = Actor(frozenset({Role.COMPLAINTS_OFFICER}), 4, "complaints")
DISCIPLINE = Actor(frozenset({Role.DISCIPLINE_OFFICER}), 5, "discipline")
ADMINISTRATOR = Actor(frozenset({Role.ADMINISTRATOR}), 6, "traffic")
EDITOR = Actor(frozenset({Role.EDITOR}), 7, "traffic")


def a_case(**changed: Any) -> Case:
    first = Case(lane=Lane.ORDINARY, category="complaint", received_on=date(2026, 9, 7), triage_due=date(2026, 9, 8),
                 due_on=date(2026, 9, 14), unit="traffic", consent=True, status=Status.HANDLING)
    return replace(first, **changed)


def an_event(action: str, words: dict[str, str] | None = None, **changes: Any) -> Event:
    return Event(action=Action(action), at=datetime(2026, 9, 9, 15, 42, tzinfo=SHANGHAI), role=Role.HANDLER, actor_id=2,
                 unit="traffic", source=Status.HANDLING, target=Status.HANDLING, changes=changes, words=words or {})


# What each may see of a case of the unit traffic whose text is not published.
@pytest.mark.parametrize(("who", "lane", "stub", "original", "notes", "contact"), [
    (PUBLIC,        Lane.ORDINARY,   True,  False, False, False),
    (PUBLIC,        Lane.PETITION,   True,  False, False, False),
    (PUBLIC,        Lane.MISCONDUCT, False, False, False, False),
    (AUTHOR,        Lane.ORDINARY,   True,  True,  False, True),
    (AUTHOR,        Lane.MISCONDUCT, True,  True,  False, True),
    (HANDLER,       Lane.ORDINARY,   True,  True,  True,  True),
    (HANDLER,       Lane.MISCONDUCT, False, False, False, False),
    (ELSEWHERE,     Lane.ORDINARY,   True,  False, False, False),
    (COORDINATOR,   Lane.ORDINARY,   True,  True,  True,  True),
    (COORDINATOR,   Lane.PETITION,   True,  True,  True,  True),
    (COORDINATOR,   Lane.MISCONDUCT, False, False, False, False),
    (COMPLAINTS,    Lane.PETITION,   True,  True,  True,  True),
    (COMPLAINTS,    Lane.ORDINARY,   True,  False, False, False),
    (DISCIPLINE,    Lane.MISCONDUCT, True,  True,  True,  True),
    (DISCIPLINE,    Lane.ORDINARY,   True,  False, False, False),
    (ADMINISTRATOR, Lane.ORDINARY,   True,  False, False, False),
    (ADMINISTRATOR, Lane.MISCONDUCT, False, False, False, False),
    (EDITOR,        Lane.ORDINARY,   True,  False, False, False),
])
def test_who_sees_what(who: Actor, lane: Lane, stub: bool, original: bool, notes: bool, contact: bool) -> None:
    items = sees(who, a_case(lane=lane))
    assert (Item.STUB in items, Item.ORIGINAL in items, Item.NOTES in items, Item.CONTACT in items) == (
        stub, original, notes, contact)


@pytest.mark.parametrize(("publication", "answer_public", "status", "items"), [
    (Publication.UNDECIDED, False, Status.ANSWERED,    {Item.STUB}),
    (Publication.STUB,      False, Status.ANSWERED,    {Item.STUB}),
    (Publication.TEXT,      False, Status.ANSWERED,    {Item.STUB, Item.PUBLIC_TEXT}),
    (Publication.TEXT,      True,  Status.ANSWERED,    {Item.STUB, Item.PUBLIC_TEXT, Item.PUBLIC_ANSWER}),
    (Publication.HIDDEN,    False, Status.WITHDRAWN,   set()),
    (Publication.UNDECIDED, False, Status.QUARANTINED, set()),
])
def test_what_the_public_sees(publication: Publication, answer_public: bool, status: Status, items: set[Item]) -> None:
    assert sees(PUBLIC, a_case(publication=publication, answer_public=answer_public, status=status)) == items


def test_filters_for_many_judge_as_for_one() -> None:
    roles = [Role.COORDINATOR, Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER, Role.EDITOR,
             Role.ADMINISTRATOR]
    sets = [frozenset(pair) for pair in product(roles, roles)]
    for chosen, lane, unit, own in product(sets, Lane, ("traffic", None), ("traffic", "household")):
        actor, case = Actor(chosen, 1, own), a_case(lane=lane, unit=unit)
        within = scope(actor)
        found = lane in within.lanes or (lane in within.unit_lanes and unit == within.unit)
        assert found is (Item.ORIGINAL in sees(actor, case)), (chosen, lane, unit, own)


@pytest.mark.parametrize(("action",       "author", "public"), [
    ("submit",                            True,     True),
    ("accept",                            True,     True),
    ("note",                              False,    False),
    ("draft_answer",                      False,    False),
    ("send_back",                         False,    False),
    ("object",                            False,    False),
    ("add_message",                       True,     False),
    ("interim_notice",                    True,     True),
    ("open_contact",                      True,     False),
    ("approve",                           True,     True),
    ("publish",                           True,     False),
])
def test_who_is_told_of_an_act(action: str, author: bool, public: bool) -> None:
    event = an_event(action)
    assert may_read(AUTHOR, a_case(), event) is author
    assert may_read(PUBLIC, a_case(), event) is public
    assert may_read(HANDLER, a_case(), event)
    assert not may_read(ADMINISTRATOR, a_case(lane=Lane.MISCONDUCT), event)


def test_the_author_reads_no_word_that_was_not_told() -> None:
    note = an_event("note", {"note": "内部意见"})
    draft = an_event("draft_answer", {"answer": "草稿"})
    approved = an_event("approve", {"answer": "答复"})
    assert readable_words(AUTHOR, a_case(), note) == readable_words(AUTHOR, a_case(), draft) == frozenset()
    assert "answer" in readable_words(AUTHOR, a_case(), approved)
    assert "note" in readable_words(HANDLER, a_case(), note)
    assert readable_words(PUBLIC, a_case(), approved) == frozenset()


def test_the_public_view_holds_days_and_approved_words_only() -> None:
    case = a_case(status=Status.ANSWERED, publication=Publication.TEXT, answer_public=True, answered_on=date(2026, 9, 10),
                  outcome=Outcome.DONE)
    events = [an_event("note", {"note": "秘密"}), an_event("approve", {"answer": "原答复"}, outcome=Outcome.DONE)]
    view = public_view(case, district="hedong", events=events,
                       texts={"public_title": "题", "public_text": "文", "public_answer": "答"})
    assert view is not None
    assert (view.title, view.text, view.answer) == ("题", "文", "答")
    assert view.timeline == ({"action": "approve", "on": "2026-09-09", "role": "handler", "by": "traffic", "outcome": "done"},)
    assert "15:42" not in str(view) and "秘密" not in str(view) and "原答复" not in str(view)


def test_a_draft_outcome_is_not_told_before_approval() -> None:
    view = public_view(a_case(status=Status.DRAFTED, outcome=Outcome.DONE), district="", events=[], texts={})
    assert view is not None
    assert view.outcome is None


@pytest.mark.parametrize("changed", [{"lane": Lane.MISCONDUCT}, {"status": Status.QUARANTINED},
                                     {"publication": Publication.HIDDEN}])
def test_what_the_public_may_not_know_has_no_view(changed: dict[str, Any]) -> None:
    texts = {"public_title": "题", "public_text": "文"}
    assert public_view(a_case(**changed), district="", events=[an_event("accept")], texts=texts) is None
