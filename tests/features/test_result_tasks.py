"""After publication: tasks from what dissatisfied most, what became of a consultation, corrections that two people make."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, transaction
from portal.domain.campaign import Audience, Group, Kind
from portal.domain.people import Role
from portal.evaluation import results
from portal.evaluation.models import Adoption, Ballot, CampaignRecord, Rectification, ResultEntry, Topic
from portal.evaluation.queries import entries, get_campaign
from tests import builders, campaigns
from tests.ballot_desk import name_topics
from tests.campaigns import EVERYTHING, Made, answers
from tests.client import Client
from tests.conftest import Clock

TASK = {"topic": "窗口等候时间太长", "unit": "household", "leader": "副局长 周海", "measure": "增开两个窗口。",
        "due_on": "2026-12-31", "question": "b1.speed"}


@pytest.fixture
def office(app: Flask, client: Client) -> Client:
    return client.sign_in(builders.staff(app, Role.COORDINATOR))


@pytest.fixture
def leader(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.LEADER, login="leader", name="周海", charge=["household"]))


@pytest.fixture
def made(app: Flask) -> Made:
    """Forty ballots, of which most are dissatisfied with how fast the counters are."""
    def given(n: int) -> dict[str, Any]:
        return {**answers(EVERYTHING, n), "a1": 5 if n % 8 else 2, "a2": 5, "b1": {"speed": 1 if n % 3 else 4, "manner": 5}}

    return campaigns.published(app, given=given)


def desk(made: Made, end: str = "tasks") -> str:
    return f"/desk/campaigns/{made.slug}/{end}"


def rows(app: Flask, model: Any) -> int:
    with app.app_context():
        n = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return n


# --- tasks ------------------------------------------------------------------------------------------------------------

def test_what_dissatisfied_most_becomes_a_task_that_everyone_reads(app: Flask, office: Client, made: Made,
                                                                   browser_for: Callable[[], Client]) -> None:
    page = office.get(desk(made))
    first = page.one("table", aria_label="群众最不满意的问题").one("tbody").all("tr")[0].text
    assert "办事窗口：效率" in first and "65.0%" in first and "40" in first
    office.get(page.link("列为整改任务: 办事窗口：效率"))
    form = office.page.form("/tasks/new")
    assert form.one("input", name="topic").attrs["value"] == "办事窗口：效率"
    assert "selected" in form.one("option", value="b1.speed").attrs
    look = office.submit(TASK, 200, to="/tasks/new")
    assert "公开后不能更改" in look.text and "窗口等候时间太长" in look.text and "办事窗口：效率" in look.text
    assert "窗口等候时间太长" not in browser_for().get("/evaluations/tasks").text
    office.submit({"step": "set"}, to="/tasks/new")
    assert "窗口等候时间太长" in office.follow().text
    assert "窗口等候时间太长" in browser_for().get("/evaluations/tasks").text


#   what is sent                             is told at   as
SLIPS = [
    ({"topic": ""}, "topic", "这一项还没有填"),
    ({"topic": "长" * 121}, "topic", "太长"),
    ({"unit": ""}, "unit", "这一项还没有填"),
    ({"unit": "nowhere"}, "unit", "请从选项中选一项"),
    ({"leader": ""}, "leader", "这一项还没有填"),
    ({"measure": "长" * 2001}, "measure", "太长"),
    ({"due_on": ""}, "due_on", "这一项还没有填"),
    ({"due_on": "明天"}, "due_on", "2026-12-31"),
    ({"due_on": "2026-09-07"}, "due_on", "今天以后"),
    ({"question": "zz"}, "question", "请从选项中选一项"),
    ({"question": "b1.nothing"}, "question", "请从选项中选一项"),
    ({"subject": "traffic"}, "subject", "请从选项中选一项"),
]


@pytest.mark.parametrize(("given", "at", "told"), SLIPS)
def test_what_will_not_do_is_told_and_everything_typed_is_kept(app: Flask, office: Client, made: Made, given: dict[str, str],
                                                               at: str, told: str) -> None:
    office.get(desk(made, "tasks/new"))
    office.post(desk(made, "tasks/new"), {**TASK, **given}, 422)
    assert len(office.page.errors) == 1 and told in office.page.errors[0]
    for name in {"topic", "leader"} - {*given}:
        assert office.page.one("input", name=name).attrs["value"] == TASK[name]
    assert rows(app, Rectification) == 0


def test_all_that_is_missing_is_told_at_once(office: Client, made: Made) -> None:
    office.get(desk(made, "tasks/new"))
    office.post(desk(made, "tasks/new"), {}, 422)
    assert len(office.page.errors) == 5
    assert "完成期限：这一项还没有填" in office.page.text


def test_a_task_is_read_once_more_and_can_be_changed_before_it_is_public(app: Flask, office: Client, made: Made) -> None:
    office.get(desk(made, "tasks/new"))
    for given in (TASK, {**TASK, "measure": "先开\n夜间窗口。"}):
        office.post(desk(made, "tasks/new"), given, 200)
        page = office.submit({"step": "change"}, 200, to="/tasks/new")
        assert page.one("input", name="topic").attrs["value"] == TASK["topic"]
        assert page.one("textarea", name="measure").text.split() == given["measure"].split()
    office.post(desk(made, "tasks/new"), {**TASK, "unit": "nowhere", "step": "set"}, 422)
    assert rows(app, Rectification) == 0
    office.post(desk(made, "tasks/new"), {**TASK, "measure": "先开\n夜间窗口。"}, 200)
    office.submit({"step": "set"}, to="/tasks/new")
    with app.app_context():
        assert db.session.scalars(select(Rectification.measure)).one() == "先开\n夜间窗口。"
        db.session.remove()


def test_a_double_click_sets_one_task(app: Flask, office: Client, made: Made) -> None:
    office.get(desk(made, "tasks/new"))
    for _ in range(2):
        office.post(desk(made, "tasks/new"), {**TASK, "step": "set"})
    assert rows(app, Rectification) == 1


def test_late_tasks_stand_first_and_finished_ones_last(app: Flask, office: Client, made: Made, clock: Clock) -> None:
    for topic, days in (("晚办的", 60), ("早办的", 5), ("办结的", 3)):
        campaigns.task(app, made, topic=topic, due_on=clock.now.date() + timedelta(days=days))
    clock.forward(days=7)
    office.get(desk(made))
    office.submit({"evidence": "九月起两个窗口同时办理。"}, to="/tasks/3/finish")
    page = office.follow()
    assert [each.text for each in page.all("h3") if each.attrs.get("id", "").startswith("task-")] == [
        "早办的 超期", "晚办的 整改中", "办结的 已办结"]
    assert "九月起两个窗口同时办理。" in page.text


def test_a_task_is_finished_with_what_shows_it(app: Flask, office: Client, made: Made) -> None:
    task = campaigns.task(app, made)
    other = campaigns.task(app, made, topic="另一项")
    office.get(desk(made))
    office.post(desk(made, f"tasks/{task}/finish"), {"version": "1", "evidence": " "}, 422)
    assert office.page.all("a", href=f"#evidence-{task}")
    office.post(desk(made, f"tasks/{task}/finish"), {"version": "1", "evidence": "长" * 2001}, 422)
    assert office.page.one("textarea", id=f"evidence-{task}").text == "长" * 2001
    assert office.page.one("textarea", id=f"evidence-{other}").text == ""
    office.post(desk(made, f"tasks/{task}/finish"), {"version": "7", "evidence": "已办"}, 409)
    office.submit({"evidence": "已办"}, to=f"/tasks/{task}/finish")


def test_the_second_who_finishes_a_task_is_told_and_loses_nothing(app: Flask, office: Client, made: Made,
                                                                  browser_for: Callable[[], Client]) -> None:
    campaigns.task(app, made)
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="colleague"))
    office.get(desk(made))
    colleague.get(desk(made))
    colleague.submit({"evidence": "同事写的"}, to="/finish")
    office.submit({"evidence": "我写的"}, 409, to="/finish")
    assert "同事写的" in office.page.text and "我写的" in office.page.text


def test_tasks_of_one_campaign_are_not_finished_on_the_page_of_another(app: Flask, office: Client, made: Made) -> None:
    task, other = campaigns.task(app, made), campaigns.published(app)
    office.get(desk(other))
    office.post(desk(other, f"tasks/{task}/finish"), {"version": "1", "evidence": "x"}, 404)


def test_before_the_promised_day_there_is_no_figure_and_no_task(app: Flask, office: Client) -> None:
    made = campaigns.counting(app)
    page = office.get(desk(made))
    assert "将于" in page.text and "%" not in page.text
    office.get(desk(made, "tasks/new"), 403)
    office.post(desk(made, "tasks/new"), TASK, 403)
    office.get(desk(made, "corrections"))
    office.post(desk(made, "corrections"), {"reason": "x"}, 403)
    office.get(desk(made, "corrections/1"), 403)


# --- adoptions --------------------------------------------------------------------------------------------------------

def consultation(app: Flask, *topics: str, **changes: Any) -> Made:
    made = campaigns.published(app, kind=Kind.CONSULTATION, audiences=(Audience(Group.RESIDENT),), **changes)
    name_topics(app, made, *topics)
    return made


def test_every_topic_of_a_consultation_gets_a_decision_with_its_reason(app: Flask, office: Client) -> None:
    made = consultation(app, "夜间延时", "周末办理")
    office.get(desk(made, "adoptions"))
    office.submit({"decision": "adopted", "reason": "十月起周三延时到晚上八点。"}, to="/adoptions/1")
    assert "十月起周三延时到晚上八点。" in office.follow().text
    office.submit({"decision": "partly", "reason": "先在两个大厅试行。"}, to="/adoptions/1")
    page = office.follow()
    assert "部分采纳" in page.text and "先在两个大厅试行。" in page.text
    assert rows(app, Adoption) == 1


def test_a_decision_without_reason_is_refused_and_kept(app: Flask, office: Client) -> None:
    made = consultation(app, "夜间延时", "周末办理")
    office.get(desk(made, "adoptions"))
    office.post(desk(made, "adoptions/2"), {"decision": "not", "version": "0"}, 422)
    assert office.page.all("a", href="#reason-2")
    assert "checked" in office.page.one("article", aria_labelledby="topic-2").one("input", value="not").attrs
    office.post(desk(made, "adoptions/2"), {"decision": "maybe", "reason": "理由", "version": "0"}, 422)
    assert office.page.all("a", href="#decision-2") and office.page.one("textarea", id="reason-2").text == "理由"
    office.post(desk(made, "adoptions/2"), {"decision": "", "reason": "", "version": "0"}, 422)
    assert len(office.page.errors) == 2
    office.post(desk(made, "adoptions/4711"), {"decision": "not", "reason": "x", "version": "0"}, 404)
    assert rows(app, Adoption) == 0


def test_the_second_of_two_decisions_is_told_and_kept(app: Flask, office: Client, browser_for: Callable[[], Client]) -> None:
    made = consultation(app, "夜间延时")
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="colleague"))
    office.get(desk(made, "adoptions"))
    colleague.get(desk(made, "adoptions"))
    colleague.submit({"decision": "adopted", "reason": "同事的理由"}, to="/adoptions/1")
    office.submit({"decision": "not", "reason": "我的理由"}, 409, to="/adoptions/1")
    assert "同事的理由" in office.page.text and office.page.one("textarea", id="reason-1").text == "我的理由"
    office.submit(to="/adoptions/1")


def test_only_a_consultation_has_decisions(app: Flask, office: Client, made: Made) -> None:
    office.get(desk(made, "adoptions"), 404)
    office.post(desk(made, "adoptions/1"), {"decision": "not", "reason": "x"}, 404)
    empty = consultation(app)
    assert "还没有主题" in office.get(desk(empty, "adoptions")).text


def test_decisions_wait_for_publication(app: Flask, office: Client) -> None:
    made = campaigns.counting(app, kind=Kind.CONSULTATION)
    with app.app_context():
        with transaction():
            of = db.session.scalars(select(CampaignRecord.id).where(CampaignRecord.slug == made.slug)).one()
            db.session.add(Topic(campaign_id=of, name="夜间延时", name_en=""))
        db.session.remove()
    assert not office.get(desk(made, "adoptions")).all("input", name="decision")
    office.post(desk(made, "adoptions/1"), {"decision": "not", "reason": "x", "version": "0"}, 403)


# --- corrections ------------------------------------------------------------------------------------------------------

def propose(client: Client, made: Made, reason: str = "第二批纸质票录错了单位。") -> str:
    client.get(desk(made, "corrections"))
    client.submit({"reason": reason}, to="/corrections")
    return client.location


def remove_ballots(app: Flask, made: Made, n: int) -> None:
    """As a fault of the portal could have done."""
    with app.app_context():
        with transaction():
            of = db.session.scalar(select(CampaignRecord.id).where(CampaignRecord.slug == made.slug))
            for each in db.session.scalars(select(Ballot).where(Ballot.campaign_id == of).limit(n)):
                db.session.delete(each)
        db.session.remove()


def published_entries(app: Flask, made: Made, clock: Clock) -> list[int]:
    with app.app_context():
        found = [each.entry for each in entries(get_campaign(made.slug, clock.now.date()).id)]
        db.session.remove()
    return found


def test_a_correction_is_written_by_one_person_and_published_by_another(app: Flask, office: Client, leader: Client, made: Made,
                                                                        clock: Clock) -> None:
    address = propose(office, made)
    page = office.follow()
    assert "第二批纸质票录错了单位。" in page.text and "各项数据均无变化" in page.text
    assert not page.all("button", value="publish")
    seen = page.all("input", name="seen")[0].attrs["value"]
    office.post(address, {"seen": seen, "step": "publish"}, 403)
    assert published_entries(app, made, clock) == [1]
    leader.get(desk(made, "corrections"))
    leader.get(address)
    leader.submit({"step": "publish"}, to=address)
    assert published_entries(app, made, clock) == [2, 1]
    assert "第二批纸质票录错了单位。" in leader.follow().text
    leader.get(address, 302)
    assert leader.location.endswith("/corrections")


def test_nobody_outside_sees_a_correction_that_waits(app: Flask, office: Client, made: Made,
                                                     browser_for: Callable[[], Client]) -> None:
    propose(office, made)
    reader = browser_for()
    assert "第二批纸质票" not in reader.get(f"{made.url}/results").text
    for ending in ("json", "csv"):
        assert "第二批纸质票" not in reader.fetch(f"{made.url}/results.{ending}").text
    reader.fetch(f"{made.url}/results/2", 404)


def test_what_would_change_is_shown_before_it_is_published(app: Flask, office: Client, leader: Client, made: Made) -> None:
    remove_ballots(app, made, 12)
    address = propose(office, made)
    page = leader.get(address)
    table = page.one("table", aria_label="读者将看到的内容")
    assert "收回 40 份，有效 40 份" in table.text
    further = page.one("table", aria_label="其余数据")
    shown = [row.text for each in (table, further) for row in each.one("tbody").all("tr")]
    assert len(table.one("tbody").all("tr")) == 20 and f"其余 {len(shown) - 20} 项" in page.text
    hidden = sum("隐去" in row for row in shown)
    assert f"{len(shown) - hidden} 项数据发生变化" in page.text and f"{hidden} 项数据只是隐去" in page.text


@pytest.mark.parametrize(("reason", "told"), [("", "这一项还没有填"), (" ", "这一项还没有填"), ("长" * 1001, "太长")])
def test_a_correction_needs_a_reason(app: Flask, office: Client, made: Made, reason: str, told: str) -> None:
    office.get(desk(made, "corrections"))
    office.submit({"reason": reason}, 422, to="/corrections")
    assert told in office.page.errors[0] and office.page.one("textarea", name="reason").text == reason.strip()
    assert rows(app, ResultEntry) == 1


def test_a_double_click_proposes_one_correction(app: Flask, office: Client, made: Made) -> None:
    assert propose(office, made) == propose(office, made)
    assert rows(app, ResultEntry) == 2


def test_a_correction_can_be_dropped_and_its_number_tells_nobody_a_wrong_reason(app: Flask, office: Client, leader: Client,
                                                                                made: Made, clock: Clock) -> None:
    address = propose(office, made)
    leader.get(address)
    office.follow()
    office.submit({"step": "drop"}, to=address)
    office.follow()
    assert propose(office, made, "另一个理由。") == address
    leader.submit({"step": "publish"}, 409, to=address)
    assert published_entries(app, made, clock) == [1]
    assert "另一个理由。" in leader.page.text


def test_the_second_who_publishes_is_told(app: Flask, office: Client, leader: Client, made: Made, clock: Clock,
                                          browser_for: Callable[[], Client]) -> None:
    address = propose(office, made)
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="colleague"))
    leader.get(address)
    colleague.get(address)
    colleague.submit({"step": "publish"}, to=f"{address}") if len(colleague.page.all("form", action=address)) == 1 else (
        colleague.post(address, {"step": "publish", "seen": colleague.page.all("input", name="seen")[0].attrs["value"]}))
    leader.submit({"step": "publish"}, 409, to=address)
    assert published_entries(app, made, clock) == [2, 1]


def test_a_leader_publishes_but_neither_proposes_nor_drops(office: Client, leader: Client, made: Made) -> None:
    address = propose(office, made)
    page = leader.get(address)
    assert not page.all("button", value="drop")
    seen = page.one("input", name="seen").attrs["value"]
    leader.post(address, {"step": "drop", "seen": seen}, 403)
    assert not leader.get(desk(made, "corrections")).all("textarea", name="reason")
    leader.post(desk(made, "corrections"), {"reason": "x"}, 403)


# --- who --------------------------------------------------------------------------------------------------------------

PAGES = ("tasks", "corrections", "corrections/2")


def test_leaders_read_and_set_nothing(app: Flask, leader: Client, made: Made) -> None:
    task = campaigns.task(app, made)
    page = leader.get(desk(made))
    assert not page.all("textarea") and not page.all("a", href=desk(made, "tasks/new"))
    leader.get(desk(made, "tasks/new"), 403)
    leader.post(desk(made, "tasks/new"), TASK, 403)
    leader.post(desk(made, f"tasks/{task}/finish"), {"version": "1", "evidence": "x"}, 403)
    city = consultation(app, "夜间延时")
    assert not leader.get(desk(city, "adoptions")).all("textarea")
    leader.post(desk(city, "adoptions/1"), {"decision": "not", "reason": "x", "version": "0"}, 403)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.EDITOR, Role.ADMINISTRATOR,
                                  Role.INSPECTOR, Role.DISCIPLINE_OFFICER])
def test_others_see_nothing_of_it(app: Flask, client: Client, made: Made, role: Role,
                                  browser_for: Callable[[], Client]) -> None:
    propose(browser_for().sign_in(builders.staff(app, Role.COORDINATOR)), made)
    client.sign_in(builders.staff(app, role))
    for end in (*PAGES, "tasks/new", "adoptions"):
        client.get(desk(made, end), 403)
    for end in ("tasks/new", "tasks/1/finish", "corrections", "corrections/2", "adoptions/1"):
        client.post(desk(made, end), {"step": "publish"}, 403)
    with app.app_context():
        assert results.waiting_corrections(1)
        db.session.remove()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(app: Flask, office: Client, leader: Client, made: Made, lang: str) -> None:
    campaigns.task(app, made)
    remove_ballots(app, made, 12)
    propose(office, made)
    for client in (office, leader):
        for end in PAGES:
            client.get(f"{desk(made, end)}?lang={lang}")
    office.get(f"{desk(made, 'tasks/new')}?lang={lang}&question=b1.speed")
    office.get(f"{desk(consultation(app, 'Late hours'), 'adoptions')}?lang={lang}")
