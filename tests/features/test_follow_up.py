"""After a bad rating: somebody outside the unit asks, the unit puts it right with evidence, and it is looked at twice more."""

import pytest
from flask import Flask

from portal.casework.queries import get_case
from portal.db import db
from portal.domain.case import Case
from portal.domain.codes import Action, Solved
from portal.domain.errors import InvalidError, NotAllowedError
from portal.domain.people import SYSTEM, Actor, Role
from portal.web.current import terms, vault
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock

SAID = {"reached": "yes", "comment": "电话里说：窗口还是没有牌子。"}
PUT_RIGHT = {"measures": "两处引导牌已经重新安装。", "evidence": "大厅东门和二楼楼梯口，随时可看；验收单在走访办。"}


def case_of(app: Flask, sent: Sent) -> Case:
    with app.app_context():
        case = get_case(sent.number, SYSTEM, vault(), now=terms().now).case
        db.session.remove()
    return case


def outsider(app: Flask) -> Actor:
    return builders.staff(app, Role.INSPECTOR, unit="discipline").actor


def follow_up(app: Flask, sent: Sent, **said: str) -> Case:
    builders.act(app, sent, Action.FOLLOW_UP, outsider(app), {**SAID, **said})
    return case_of(app, sent)


def rectified(app: Flask) -> Sent:
    """Unsolved, and put right on 7 September."""
    sent = builders.rated(app, level=2)
    follow_up(app, sent, solved="no")
    return builders.act(app, sent, Action.RECTIFY, builders.handler(app).actor, PUT_RIGHT)


def recheck(app: Flask, sent: Sent, holds: str) -> Case:
    builders.act(app, sent, Action.RECHECK, outsider(app), {"holds": holds, "comment": "现场看过。"})
    return case_of(app, sent)


def listed(client: Client, app: Flask, key: str, sent: Sent, person: Role = Role.COORDINATOR) -> bool:
    return sent.number in client.sign_in(builders.staff(app, person)).get(f"/desk/lists/{key}").one("main").text


def row_of(client: Client, app: Flask, key: str) -> str:
    return client.sign_in(builders.staff(app, Role.COORDINATOR)).get(f"/desk/lists/{key}").one("tbody").text


# --- asked ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("level", "is_bad"), [(5, False), (4, False), (3, False), (2, True), (1, True)])
def test_every_bad_rating_comes_to_the_list_by_the_next_working_day(client: Client, app: Flask, level: int,
                                                                    is_bad: bool) -> None:
    sent = builders.rated(app, level=level)
    assert listed(client, app, "to-follow-up", sent) is is_bad
    assert str(case_of(app, sent).follow_due) == ("2026-09-08" if is_bad else "None")
    assert str(case_of(app, sent).rectify_due) == ("2026-09-28" if is_bad else "None")


def test_who_is_not_reached_three_times_stays_unreached(client: Client, app: Flask, clock: Clock) -> None:
    sent = builders.rated(app, level=1)
    for attempt, due in ((1, "2026-09-08"), (2, "2026-09-09")):
        case = follow_up(app, sent, reached="no")
        assert (case.followed, case.follow_tries, str(case.follow_due)) == (None, attempt, due)
        assert listed(client, app, "to-follow-up", sent)
        clock.forward(days=1)
    case = follow_up(app, sent, reached="no")
    assert (case.followed, case.follow_due) == (Solved.NOT_REACHED, None)
    assert not listed(client, app, "to-follow-up", sent)
    assert "回访：未联系上" in client.get(f"/progress/{sent.number}").text
    with pytest.raises(NotAllowedError):
        follow_up(app, sent, solved="yes")


@pytest.mark.parametrize(("role", "unit"), [
    (Role.HANDLER, "household"), (Role.REVIEWER, "household"), (Role.COORDINATOR, "household"), (Role.INSPECTOR, "household"),
    (Role.LEADER, "office"), (Role.HANDLER, "traffic")])
def test_the_unit_never_asks_about_its_own_answer(client: Client, app: Flask, role: Role, unit: str) -> None:
    sent = builders.rated(app, level=1)
    person = builders.staff(app, role, unit=unit, charge=["household"] if role is Role.LEADER else ())
    with pytest.raises(NotAllowedError):
        builders.act(app, sent, Action.FOLLOW_UP, person.actor, {**SAID, "solved": "yes"})
    if role in (Role.COORDINATOR, Role.INSPECTOR):
        assert sent.number not in client.sign_in(person).get("/desk/lists/to-follow-up").one("main").text
        assert f"/desk/cases/{sent.number}/follow_up" not in client.get(f"/desk/cases/{sent.number}").source


def test_whoever_asks_is_told_how_and_how_often(client: Client, app: Flask) -> None:
    sent = builders.rated(app, level=1)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    page = client.get(f"/desk/cases/{sent.number}?list=to-follow-up")
    assert "不得要求或者暗示改评价" in page.text and "第 1 次联系" in page.text
    client.submit({"reached": "no", "comment": "无人接听。"}, to="/follow_up")
    assert "第 2 次联系" in client.follow().text


def test_what_the_author_said_is_for_colleagues_the_state_for_everyone(client: Client, app: Flask) -> None:
    sent = builders.rated(app, level=2)
    follow_up(app, sent, solved="partly")
    page = client.get(f"/progress/{sent.number}")
    assert "回访：部分解决" in page.text and "窗口还是没有牌子" not in page.text


# --- put right --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("solved", "to_rectify"), [("yes", False), ("partly", True), ("no", True)])
def test_what_the_author_calls_unsolved_is_to_be_put_right(client: Client, app: Flask, solved: str, to_rectify: bool) -> None:
    sent = builders.rated(app, level=2)
    follow_up(app, sent, solved=solved)
    assert listed(client, app, "to-rectify", sent) is to_rectify


@pytest.mark.parametrize("missing", ["measures", "evidence"])
def test_putting_right_needs_measures_and_evidence(app: Flask, missing: str) -> None:
    sent = builders.rated(app, level=2)
    follow_up(app, sent, solved="no")
    with pytest.raises(InvalidError) as refused:
        builders.act(app, sent, Action.RECTIFY, builders.handler(app).actor, {**PUT_RIGHT, missing: " "})
    assert refused.value.fields == {missing: "required"}


def test_a_case_with_something_to_be_put_right_is_not_closed(app: Flask, clock: Clock) -> None:
    sent = builders.rated(app, level=2)
    follow_up(app, sent, solved="no")
    clock.forward(days=31)
    with pytest.raises(NotAllowedError):
        builders.act(app, sent, Action.CLOSE, SYSTEM)
    builders.act(app, sent, Action.RECTIFY, builders.handler(app).actor, PUT_RIGHT)
    builders.act(app, sent, Action.CLOSE, SYSTEM)


# --- looked at again --------------------------------------------------------------------------------------------------

def test_it_is_looked_at_after_30_and_after_90_days(client: Client, app: Flask, clock: Clock) -> None:
    sent = rectified(app)
    clock.at("2026-10-06 09:00")
    assert not listed(client, app, "to-recheck", sent)
    with pytest.raises(NotAllowedError):
        recheck(app, sent, "yes")
    clock.at("2026-10-07 09:00")
    assert listed(client, app, "to-recheck", sent)
    assert str(recheck(app, sent, "yes").recheck_due) == "2026-12-06"
    assert not listed(client, app, "to-recheck", sent)
    clock.at("2026-12-06 09:00")
    assert listed(client, app, "to-recheck", sent)
    case = recheck(app, sent, "yes")
    assert (case.recheck_due, case.rectify_due) == (None, None)
    assert str(case.rectified_on) == "2026-09-07"


@pytest.mark.parametrize("day", ["2026-10-07 09:00", "2026-12-06 09:00"])
def test_what_does_not_last_is_to_be_put_right_again(client: Client, app: Flask, clock: Clock, day: str) -> None:
    sent = rectified(app)
    clock.at("2026-10-07 09:00")
    if not day.startswith("2026-10"):
        recheck(app, sent, "yes")
    clock.at(day)
    case = recheck(app, sent, "no")
    assert case.rectified_on is None and case.rectify_due is not None and case.recheck_due is None
    assert listed(client, app, "to-rectify", sent)
    builders.act(app, sent, Action.RECTIFY, builders.handler(app).actor, PUT_RIGHT)
    clock.forward(days=30)
    assert listed(client, app, "to-recheck", sent)


def test_the_unit_never_checks_itself(app: Flask, clock: Clock) -> None:
    sent = rectified(app)
    clock.forward(days=30)
    own = builders.staff(app, Role.COORDINATOR, unit="household").actor
    with pytest.raises(NotAllowedError):
        builders.act(app, sent, Action.RECHECK, own, {"holds": "yes", "comment": "看过。"})


# --- what the desk says of it -----------------------------------------------------------------------------------------

def test_the_lists_after_the_answer_show_the_day_and_the_step_of_their_duty(app: Flask, client: Client) -> None:
    sent = builders.rated(app, level=2)
    case = case_of(app, sent)
    assert case.follow_due and case.rectify_due
    words = row_of(client, app, "to-follow-up")
    assert "由办理单位以外的人回访。" in words and f"{case.follow_due.month}月{case.follow_due.day}日" in words
    words = row_of(client, app, "to-rectify")
    assert "承办单位整改。" in words and f"{case.rectify_due.month}月{case.rectify_due.day}日" in words


def test_how_satisfied_the_author_is_now_can_be_chosen(app: Flask, client: Client) -> None:
    sent = builders.rated(app, level=2)
    client.sign_in(builders.staff(app, Role.INSPECTOR, unit="discipline")).get(f"/desk/cases/{sent.number}")
    client.submit({**SAID, "solved": "partly", "level": "3"}, to="/follow_up")
    assert case_of(app, sent).followed_level == 3
    client.follow()
    assert "反映人原话（仅内部可见）" in client.page.one("section", aria_labelledby="history").text
