"""The simulated city: every state is there, what happened can be replayed, and nothing personal stands in public."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from portal.accounts.actions import check_password
from portal.accounts.queries import find_by_login
from portal.casework import public
from portal.casework.queries import get_case
from portal.casework.work_lists import work_list_counts
from portal.db import db, transaction
from portal.demo import city, console
from portal.demo.city import City
from portal.demo.lives import Life
from portal.domain.case import begin, evolve
from portal.domain.codes import Action, Lane, Publication, Status
from portal.domain.people import SYSTEM, Role
from portal.web.current import content, terms, vault
from tests.conftest import Clock
from tests.databases import Database
from tests.watch import Watch

CASES = 70
SHORTEST = 2  # one character of a name is also a character of other words
STAFF = {Role.COORDINATOR, Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER, Role.EDITOR,
         Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Settled:
    app: Flask
    city: City


def settle() -> City:
    return city.settle(cases=CASES, city=content(), terms=terms(), vault=vault())


@pytest.fixture(scope="module")
def settled(_world: tuple[Flask, Database, Watch]) -> Iterator[Settled]:
    """A small city, made once for this file; the tests only look at it."""
    app, database, _watch = _world
    with app.app_context():
        database.restore(db.engine)
        Clock(app)
        with transaction():
            made = settle()
        yield Settled(app, made)


def public_rows(made: City) -> Iterator[tuple[Life, str]]:
    """Every case that the public knows of, with all its row says."""
    for life in made.lives:
        row = public.find_public_case(life.number)
        if row is not None:
            yield life, str(dict(row))


def test_every_state_is_there(settled: Settled) -> None:
    assert len(settled.city.lives) == CASES
    assert min(settled.city.states.values()) > 0, settled.city.states
    assert {life.case.lane for life in settled.city.lives} == set(Lane)
    assert {life.case.publication for life in settled.city.lives} == set(Publication)


def test_what_was_laid_down_for_visitors_is_so(settled: Settled) -> None:
    missed = [life.plan for life in settled.city.lives if life.plan.stop and not life.is_over]
    assert not missed


def test_replaying_the_events_of_a_case_gives_its_state(settled: Settled) -> None:
    for life in settled.city.lives:
        view = get_case(life.number, SYSTEM, vault(), now=terms().now)
        first, *following = view.events
        case = begin(first)
        for event in following:
            case = evolve(case, event)
        assert case == view.case, life.number
        assert [event.at for event in view.events] == sorted(event.at for event in view.events)


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


def test_acts_happen_in_order_and_none_in_the_future(settled: Settled) -> None:
    numbers = [life.number for life in settled.city.lives if life.number[0].isdigit()]
    assert numbers == sorted(numbers)
    for life in settled.city.lives:
        view = get_case(life.number, SYSTEM, vault(), now=terms().now)
        assert view.events[-1].at <= terms().now


def test_no_title_comes_twice_in_a_row(settled: Settled) -> None:
    titles = [life.letter.title for life in settled.city.lives]
    assert not [title for title, following in zip(titles, titles[1:], strict=False) if title == following]


@pytest.mark.parametrize("login, lists", [
    ("coordinator", ("to-sort", "to-publish", "held", "due-today", "late", "waiting")),
    ("handler", ("to-handle", "due-today", "late", "waiting")),
    ("reviewer", ("to-approve", "due-today", "late")),
    ("complaints", ("to-handle", "to-approve", "late")),
    ("discipline", ("to-sort", "to-handle", "to-approve")),
])
def test_every_visitor_finds_work(settled: Settled, login: str, lists: tuple[str, ...]) -> None:
    staff = find_by_login(login)
    assert staff is not None
    counts = work_list_counts(staff.actor, terms().today)
    assert not [name for name in lists if not counts[name]], counts


def test_there_is_one_login_for_every_role_and_its_password_works(settled: Settled) -> None:
    logins = settled.city.logins
    assert {login.role for login in logins} == STAFF and len(logins) == len(STAFF)
    assert len({login.password for login in logins}) == len(logins)
    some = logins[0]
    assert check_password(some.login, some.password) is not None
    db.session.rollback()


def test_the_console_tells_logins_and_codes_that_open_something(settled: Settled) -> None:
    told = "\n".join(console.told(settled.city, content(), "http://127.0.0.1:8000"))
    assert all(login.password in told for login in settled.city.logins)
    assert [what for what, _life in settled.city.codes][:2] == ["to reply to a question", "to rate an answer"]
    waiting = settled.city.codes[0][1]
    assert waiting.case.status is Status.WAITING and Action.ASK_AUTHOR in waiting.done


def test_the_same_city_is_made_every_time(app: Flask) -> None:
    made = []
    with app.app_context():
        for _time in range(2):
            with pytest.raises(LookupError), transaction():
                made.append([told(life) for life in settle().lives])
                raise LookupError("made only to be compared")
    assert made[0] == made[1]


def told(life: Life) -> tuple[object, ...]:
    """A case but for the numbers of accounts, which a database may give out anew."""
    return life.number, life.letter.title, life.letter.text, replace(life.case, drafted_by=None)


def test_the_command_refuses_outside_of_demonstrations(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1 and "PORTAL_DEMO=1" in answer.output


def test_the_command_fills_an_empty_database_once(app: Flask) -> None:
    app.config["PORTAL"] = replace(app.config["PORTAL"], demo=True)
    try:
        runner = app.test_cli_runner()
        first, second = (runner.invoke(args=["demo", "--cases", "1"]) for _time in range(2))
    finally:
        app.config["PORTAL"] = replace(app.config["PORTAL"], demo=False)
    assert first.exit_code == 0 and "/desk/sign-in" in first.output
    assert second.exit_code == 0 and "nothing was changed" in second.output
