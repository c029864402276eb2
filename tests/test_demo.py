"""The simulated city: every path is walked, what happened can be replayed, and nothing personal stands in public."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from portal.accounts.actions import check_password
from portal.accounts.queries import find_by_login
from portal.casework import draws, public
from portal.casework.queries import CaseView, get_case
from portal.casework.work_lists import work_list_counts
from portal.db import db, transaction
from portal.demo import city, console
from portal.demo.city import City
from portal.demo.letters import phrases, stock, topics
from portal.demo.lives import Life
from portal.demo.plans import SILENT_UNIT
from portal.domain import one_time
from portal.domain.adoption import Decision
from portal.domain.campaign import Kind, Phase
from portal.domain.case import begin, evolve
from portal.domain.codes import (
    ENDED,
    POSITION_OUTCOME,
    REFUSED,
    Action,
    Channel,
    Extension,
    Lane,
    OrderLevel,
    Promise,
    Publication,
    Solved,
    Stage,
    Status,
)
from portal.domain.people import SYSTEM, Role
from portal.evaluation import codes, follow_up, queries
from portal.web.current import content, terms, vault
from tests.conftest import Clock
from tests.databases import Database
from tests.watch import Watch

CASES = 150
SHORTEST = 2  # one character of a name is also a character of other words
STAFF = [Role.COORDINATOR, Role.COORDINATOR, Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER,
         Role.INSPECTOR, Role.LEADER, Role.EDITOR, Role.ADMINISTRATOR]
NEVER = {
    Action.CALENDAR: "the notices of both years were out before the city's year began",
    Action.RENEW_CODE: "the city's authors wish no notices, so that there is nowhere to send a one-time number",
    Action.SET_NOTICES: "as before: nothing leaves a demonstration",
}


@dataclass(frozen=True)
class Settled:
    """A city, and each of its cases as the portal has it, all events and words included."""

    city: City
    views: dict[str, CaseView]

    def of(self, *actions: Action) -> list[CaseView]:
        """The cases in which all of this happened."""
        return [view for view in self.views.values() if set(actions) <= {event.action for event in view.events}]


def settle(cases: int) -> City:
    return city.settle(cases=cases, city=content(), terms=terms(), vault=vault())


@pytest.fixture(scope="module")
def settled(_world: tuple[Flask, Database, Watch]) -> Iterator[Settled]:
    """A small city, made once for this file; the tests only look at it."""
    app, database, _watch = _world
    with app.app_context():
        database.restore(db.engine)
        Clock(app)
        with transaction():
            made = settle(CASES)
        views = {life.number: get_case(life.number, SYSTEM, vault(), now=terms().now) for life in made.lives}
        yield Settled(made, views)


def public_rows(made: City) -> Iterator[tuple[Life, str]]:
    """Every case that the public knows of, with all its row says."""
    for life in made.lives:
        row = public.find_public_case(life.number)
        if row is not None:
            yield life, str(dict(row))


# --- every path -------------------------------------------------------------------------------------------------------

def test_every_state_is_there(settled: Settled) -> None:
    reviews = [life for life in settled.city.lives if life.case.stage is not Stage.FIRST]
    assert len(settled.city.lives) - len(reviews) == CASES
    assert min(settled.city.states.values()) > 0, settled.city.states
    assert {life.case.lane for life in settled.city.lives} == set(Lane)
    assert {life.case.publication for life in settled.city.lives} == set(Publication)


@pytest.mark.parametrize("action", [action for action in Action if action not in NEVER])
def test_every_act_is_done_somewhere(settled: Settled, action: Action) -> None:
    assert settled.of(action)


def test_what_was_laid_down_for_visitors_is_so(settled: Settled) -> None:
    missed = [(life.plan, life.done) for life in settled.city.lives if life.plan.stop and not life.is_over]
    assert not missed


def test_decisions_end_in_every_way(settled: Settled) -> None:
    cases = [life.case for life in settled.city.lives]
    assert {Extension.ASKED, Extension.GRANTED, Extension.REFUSED} <= {case.extension for case in cases}
    assert set(Promise) <= {case.promise for case in cases}
    assert {Solved.YES, Solved.NO} <= {case.followed for case in cases}
    assert set(Stage) == {case.stage for case in cases}
    assert set(Channel) - {Channel.PAPER} >= {case.channel for case in cases} >= {Channel.WEB, Channel.PHONE, Channel.VISIT}


def test_a_refusal_that_was_looked_at_again_stands_or_is_taken_up(settled: Settled) -> None:
    assert all(view.case.status in REFUSED for view in settled.of(Action.UPHOLD))
    assert not [view.number for view in settled.of(Action.REOPEN) if view.case.status in REFUSED]
    assert settled.of(Action.REOPEN, Action.APPROVE)


def test_letters_about_the_same_are_joined_and_hear_of_the_answer(settled: Settled) -> None:
    joined = settled.of(Action.MERGE)
    targets = Counter(view.case.merged_into for view in joined)
    assert max(targets.values()) > 1
    for view in joined:
        target = settled.views[str(view.case.merged_into)]
        assert (Action.RELAY in [event.action for event in view.events]) == (target.case.answered_on is not None)


def test_a_dispute_opens_a_second_round_that_may_end_or_still_run(settled: Settled) -> None:
    states = {view.case.status in ENDED for view in settled.of(Action.DISPUTE)}
    assert states == {True, False}
    assert all(view.case.round == 2 for view in settled.of(Action.DISPUTE))


def test_a_petition_under_review_is_open_and_another_was_decided_three_times(settled: Settled) -> None:
    cases = {number: view.case for number, view in settled.views.items()}
    assert [case for case in cases.values() if case.stage is Stage.REVIEW and case.is_open]
    thrice = [case for case in cases.values() if case.stage is Stage.RE_EXAMINATION and case.answered_on]
    units = [(cases[cases[str(case.origin)].origin or ""].unit, cases[str(case.origin)].unit, case.unit) for case in thrice]
    assert ("nanping", "complaints", "legal") in units
    assert all(len(set(each)) == len(each) for each in units), "nobody decides twice"


def test_one_unit_never_answers_whoever_urges_it(settled: Settled) -> None:
    views = [view for view in settled.views.values() if view.case.unit == SILENT_UNIT]
    assert views and all(view.case.is_open for view in views)
    urged = [view for view in views if view.case.orders]
    assert max(view.case.orders for view in urged) == len(OrderLevel)
    assert not [view.number for view in settled.of(Action.ANSWER_SUPERVISION) if view in urged]


def test_a_unit_that_never_contributes_holds_the_answer_up_for_a_time_only(settled: Settled) -> None:
    silent = [view.case for view in settled.views.values() if any(part.reported_on is None for part in view.case.parts)]
    answered = [case for case in silent if case.answered_on]
    assert answered and all(case.answered_on > part.due_on for case in answered for part in case.parts
                            if part.reported_on is None and case.answered_on)


def test_what_was_put_right_holds_or_is_put_right_again(settled: Settled) -> None:
    twice = [view for view in settled.of(Action.RECHECK)
             if Counter(event.action for event in view.events)[Action.RECTIFY] > 1]
    assert twice


def test_whoever_is_complained_about_never_acts_once_the_case_is_handed_over(settled: Settled) -> None:
    named = [view for view in settled.of(Action.ACCEPT) if view.case.barred and view.case.lane is not Lane.MISCONDUCT]
    assert named
    for view in named:
        handed_over = [event.action for event in view.events].index(Action.ACCEPT)
        assert not {event.unit for event in view.events[handed_over + 1:]} & set(view.case.barred), view.number


def test_every_month_but_the_last_was_drawn(settled: Settled) -> None:
    months = draws.months()
    assert len([month for month in months if month.drawn_at]) == len(months) - 2  # this month and the next wait
    assert sum(month.picked for month in months) >= len(settled.of(Action.DRAW)) > 0


# --- true to the record -----------------------------------------------------------------------------------------------

def test_replaying_the_events_of_a_case_gives_its_state(settled: Settled) -> None:
    for life in settled.city.lives:
        view = settled.views[life.number]
        first, *following = view.events
        case = begin(first)
        for event in following:
            case = evolve(case, event)
        assert case == view.case == life.case, life.number
        assert [event.at for event in view.events] == sorted(event.at for event in view.events)


def test_acts_happen_in_order_and_none_in_the_future(settled: Settled) -> None:
    numbers = [life.number for life in settled.city.lives if life.number[0].isdigit()]
    assert numbers == sorted(numbers)
    assert {number[:4] for number in numbers} == {"2025", "2026"}
    assert all(view.events[-1].at <= terms().now for view in settled.views.values())


def test_staff_work_on_working_days_and_on_make_up_weekends(settled: Settled) -> None:
    days = {event.at.date() for view in settled.views.values() for event in view.events if event.actor_id}
    assert not [day for day in days if not content().calendar.is_working(day)]
    assert [day for day in days if day.weekday() >= 5]


# --- nothing personal in public ---------------------------------------------------------------------------------------

def test_nobody_is_named_in_public(settled: Settled) -> None:
    written = list(public_rows(settled.city))
    assert any(life.letter.planted and life.case.publication is Publication.TEXT for life, _row in written)
    named = [(life.number, value) for life, row in written for value in life.letter.planted
             if len(value) >= SHORTEST and value in row]
    assert not named


def test_misconduct_is_unknown_in_public(settled: Settled) -> None:
    sealed = [life for life in settled.city.lives if life.case.lane is Lane.MISCONDUCT]
    everything = "".join(row for _life, row in public_rows(settled.city))
    assert sealed and all(life.number.startswith("J") for life in sealed)
    assert not [life.number for life in sealed if life.letter.title in everything or life.number in everything]


# --- what visitors find -----------------------------------------------------------------------------------------------

def test_no_title_comes_twice_in_a_row(settled: Settled) -> None:
    titles = [life.letter.title for life in settled.city.lives if life.case.stage is Stage.FIRST]
    assert not [title for title, following in zip(titles, titles[1:], strict=False) if title == following]


@pytest.mark.parametrize("login, lists", [
    ("coordinator", ("to-sort", "to-publish", "held", "second-look", "due-today", "late", "supervised", "interim", "waiting",
                     "stalled", "forwarded", "disputed", "to-follow-up", "to-rectify", "to-recheck", "promises")),
    ("coordinator.beishan", ("late", "supervised", "open")),
    ("handler", ("to-handle", "mine", "to-contribute", "due-today", "late", "supervised", "interim", "waiting", "disputed",
                 "to-rectify")),
    ("reviewer", ("to-approve", "to-contribute", "due-today", "late", "supervised", "disputed")),
    ("complaints", ("to-handle", "to-approve", "to-publish", "late")),
    ("discipline", ("to-sort", "to-handle", "to-approve")),
    ("leader", ("to-extend", "due-today", "late", "supervised", "waiting", "stalled", "forwarded", "disputed", "to-rectify")),
    ("inspector", ("to-sort", "second-look", "late", "supervised", "stalled", "disputed", "to-follow-up", "to-rectify",
                   "to-recheck", "promises")),
])
def test_every_visitor_finds_work(settled: Settled, login: str, lists: tuple[str, ...]) -> None:
    staff = find_by_login(login)
    assert staff is not None
    counts = work_list_counts(staff.actor, terms().today)
    assert not [name for name in lists if not counts[name]], counts


def test_there_is_a_login_for_every_role_and_its_password_works(settled: Settled) -> None:
    logins = settled.city.logins
    assert Counter(login.role for login in logins) == Counter(STAFF)
    assert len({login.password for login in logins}) == len(logins)
    some = logins[0]
    assert check_password(some.login, some.password) is not None
    db.session.rollback()


def test_the_console_tells_logins_and_codes_that_open_something(settled: Settled) -> None:
    told = "\n".join(console.told(settled.city, content(), "http://127.0.0.1:8000"))
    assert all(login.password in told for login in settled.city.logins)
    assert "in charge of Household Registration Division" in told
    codes = dict(settled.city.codes)
    assert list(codes)[:5] == ["to reply to a question", "to rate an answer", "to dispute an answer", "in its second round",
                               "a petition under review"]
    assert codes["to reply to a question"].case.status is Status.WAITING
    assert codes["in its second round"].case.round == 2
    assert codes["a petition under review"].case.stage is Stage.REVIEW


# --- evaluations ------------------------------------------------------------------------------------------------------

def test_there_is_a_campaign_of_every_kind_and_in_every_phase(settled: Settled) -> None:
    found = queries.campaigns(terms().today, staff=True)
    assert len(found) == settled.city.held.campaigns
    assert {each.phase for each in found} == set(Phase)
    assert {each.kind for each in found if each.phase is Phase.PUBLISHED} >= {Kind.DELEGATES, Kind.REPORTS, Kind.RATING,
                                                                             Kind.CONSULTATION}
    assert {each.kind for each in found} == set(Kind)
    assert sum(queries.ballots_so_far(each.id) for each in found) == settled.city.held.ballots > 500


def test_results_show_a_change_a_small_group_hidden_and_ballots_on_paper(settled: Settled) -> None:
    campaign = queries.get_campaign("delegates-2", terms().today)
    entry = queries.latest_entry(campaign.id)
    assert entry is not None
    figures = entry.figures
    verdicts = {name: change[""]["verdict"] for name, change in figures["against"]["whole"]["questions"].items()}
    assert verdicts["c2"] == "better" and verdicts["b3"] == "unclear"
    states = {group: part["state"] for group, part in figures["groups"].items()}
    assert states["journalist"] == "few" and "covered" in states.values()
    assert figures["channels"]["paper"]["answered"]


def test_tasks_are_done_open_and_late_and_proposals_decided_in_every_way(settled: Settled) -> None:
    tasks = follow_up.tasks()
    assert {(each.done_on is not None, each.is_late(terms().today)) for each in tasks} == {
        (True, False), (False, False), (False, True)}
    decided = {each.decision for campaign in queries.campaigns(terms().today) for each in follow_up.adoptions(campaign.id)}
    assert decided == set(Decision)


def test_the_codes_that_the_console_tells_open_a_ballot(settled: Settled) -> None:
    told = "\n".join(console.told(settled.city, content(), "http://127.0.0.1:8000"))
    opened = [codes.look_up(code, terms().today, vault()) for code in settled.city.held.codes]
    assert len(opened) == 4 and all(each is not None and each.refusal is None for each in opened)
    assert all(one_time.group(code) in told for code in settled.city.held.codes)


def test_every_matter_can_be_answered_in_its_lane() -> None:
    for topic in topics():
        petition = topic.category in ("petition", "enforcement")
        for answer in (answer for matter in topic.matters for answer in matter.answers):
            assert (answer.position is not None) == petition, topic.key
            assert not petition or (answer.facts and answer.basis), topic.key
    for name in ("review_decisions", "re_examination_decisions"):
        assert all(answer.position in POSITION_OUTCOME and answer.facts and answer.basis for answer in stock(name))
    entries = [entry for kind in phrases()["rectifications"].values() for entry in kind]
    assert all(set(entry) == {"measures", "evidence", "holds", "fails"} for entry in entries)


# --- the making -------------------------------------------------------------------------------------------------------

def test_the_same_city_is_made_every_time(app: Flask) -> None:
    made = []
    with app.app_context():
        for _time in range(2):
            with pytest.raises(LookupError), transaction():
                made.append([told(life) for life in settle(1).lives])
                raise LookupError("made only to be compared")
    assert made[0] == made[1]


def told(life: Life) -> tuple[object, ...]:
    """A case but for the numbers of accounts, which a database may give out anew."""
    nobody = replace(life.case, drafted_by=None, handler=None, declined_by=None, recused=())
    return life.number, life.letter.title, life.letter.text, life.answered, nobody


def test_the_command_refuses_outside_of_demonstrations(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1 and "PORTAL_DEMO=1" in answer.output


def test_the_command_fills_an_empty_database_once_and_says_how_far_it_is(app: Flask) -> None:
    app.config["PORTAL"] = replace(app.config["PORTAL"], demo=True)
    try:
        runner = app.test_cli_runner()
        first, second = (runner.invoke(args=["demo", "--cases", "1"]) for _time in range(2))
    finally:
        app.config["PORTAL"] = replace(app.config["PORTAL"], demo=False)
    assert first.exit_code == 0 and "/desk/sign-in" in first.output
    assert "2026-01: " in first.output and "2026-08: " in first.output
    assert second.exit_code == 0 and "nothing was changed" in second.output
