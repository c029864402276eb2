"""Campaigns at the desk: drafted by one person, announced by another, and then nothing of the promise can be changed."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.accounts.queries import Staff
from portal.db import db
from portal.domain.campaign import Access, Audience, Group, Kind, Phase, Report, Stage
from portal.domain.people import Role
from portal.evaluation.queries import Campaign, find_campaign
from tests import ballot_desk, builders, campaigns
from tests.campaigns import Made
from tests.client import Client
from tests.conftest import MONDAY, Clock

NEW = "/desk/campaigns/new"


@pytest.fixture
def coordinator(app: Flask) -> Staff:
    return builders.staff(app, Role.COORDINATOR, login="writer", name="王晓明")


@pytest.fixture
def desk(coordinator: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(coordinator)


@pytest.fixture
def leader(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.LEADER, unit="office", name="周海", charge=["household"]))


@pytest.fixture
def form_id(app: Flask) -> int:
    return campaigns.form_id(app, campaigns.EVERYTHING)


def given(form_id: int, **changes: Any) -> dict[str, Any]:
    """What a coordinator types for an evaluation by deputies."""
    plain = {
        "kind": "delegates", "access": "codes", "slug": "autumn-2026", "form": str(form_id), "previous": "",
        "title": "秋季代表评议", "title_en": "Autumn evaluation", "purpose": "请代表评议公安工作。",
        "purpose_en": "Deputies evaluate police work.", "opens_on": "2026-09-14", "closes_on": "2026-09-27",
        "publishes_on": "2026-10-12", "audiences": ["deputy", "resident"], "size_deputy": "120", "step": "save"}
    return {**plain, **changes}


def found(app: Flask, slug: str = "autumn-2026") -> Campaign | None:
    with app.app_context():
        campaign = find_campaign(slug, MONDAY.date(), staff=True)
        db.session.remove()
    return campaign


def the(app: Flask, slug: str = "autumn-2026") -> Campaign:
    campaign = found(app, slug)
    assert campaign is not None
    return campaign


def typed_again(client: Client, name: str) -> str:
    [node] = client.page.all("input", "textarea", name=name)
    return node.attrs.get("value", "".join(map(str, node.children)).strip())


# --- writing ----------------------------------------------------------------------------------------------------------

def test_a_draft_keeps_everything_of_the_plan(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(
        form_id, subjects=["household", "traffic", "hall"], stage_first=["2026-09-14"], stage_last=["2026-09-20"],
        stage_focus=["窗口服务"], stage_focus_en=["Counters"]))
    plan = the(app).plan
    assert (plan.kind, plan.access) == (Kind.DELEGATES, Access.CODES)
    assert plan.audiences == (Audience(Group.DEPUTY, 120), Audience(Group.RESIDENT))
    assert plan.subjects == ("household", "traffic", "hall")
    assert plan.stages == (Stage(date(2026, 9, 14), date(2026, 9, 20), "窗口服务", "Counters"),)
    assert (plan.opens_on, plan.closes_on, plan.publishes_on) == (date(2026, 9, 14), date(2026, 9, 27), date(2026, 10, 12))
    page = desk.follow()
    assert page.h1 == "秋季代表评议"
    for words in ("草稿", "人大代表", "120", "户政支队", "2026年10月12日", "由另一个人审读后公告", "起草人：王晓明"):
        assert words in page.text


def test_two_reports_belong_to_the_units_that_are_evaluated(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(form_id, kind="reports", subjects=["household"], report_subject=["household"],
                         report_duty=["一年来办证提速。"], report_integrity=["没有收受礼品。"]))
    assert the(app).plan.reports == (Report("household", "一年来办证提速。", "没有收受礼品。"),)
    assert "没有收受礼品。" in desk.follow().text


@pytest.mark.parametrize(("changes", "field", "words"), [
    ({"title": ""}, "title", "还没有填"),
    ({"title": "长" * 61}, "title", "太长"),
    ({"purpose_en": "x" * 1_201}, "purpose_en", "太长"),
    ({"slug": "新"}, "slug", "小写字母"),
    ({"slug": "enter"}, "slug", "小写字母"),
    ({"slug": "new"}, "slug", "小写字母"),
    ({"slug": "../etc"}, "slug", "小写字母"),
    ({"opens_on": "2026-09-01"}, "opens_on", "不能早于今天"),
    ({"closes_on": "2026-09-13"}, "closes_on", "不能早于开始日"),
    ({"closes_on": "2027-12-31", "publishes_on": "2028-01-10"}, "closes_on", "最长 400 天"),
    ({"publishes_on": "2026-09-27"}, "publishes_on", "评议结束以后"),
    ({"publishes_on": "2026-12-31"}, "publishes_on", "60 天"),
    ({"opens_on": "0001-01-01"}, "opens_on", "日期"),
    ({"opens_on": "9999-12-31"}, "opens_on", "日期"),
    ({"opens_on": "昨天"}, "opens_on", "日期"),
    ({"audiences": [], "size_deputy": ""}, "audiences", "还没有填"),
    ({"audiences": ["deputy", "martians"]}, "audiences", "选"),
    ({"size_deputy": "-3"}, "size_deputy", "整数"),
    ({"size_deputy": "9" * 5_000}, "size_deputy", "整数"),
    ({"size_member": "12"}, "size_member", "勾选"),
    ({"subjects": ["atlantis"]}, "subjects", "选"),
    ({"kind": "rating", "subjects": []}, "subjects", "还没有填"),
    ({"kind": "war"}, "kind", "选"),
    ({"access": "everybody"}, "access", "选"),
    ({"form": "99999"}, "form", "选"),
    ({"form": "' or 1=1"}, "form", "选"),
    ({"previous": "nowhere"}, "previous", "选"),
    ({"kind": "reports", "subjects": ["household"]}, "reports", "一份报告"),
    ({"report_subject": [""], "report_duty": ["x"], "report_integrity": ["y"]}, "report_subject-0", "选"),
    ({"kind": "reports", "subjects": ["household"], "report_subject": ["household"], "report_duty": ["长" * 801],
      "report_integrity": ["短"]}, "report_duty-0", "太长"),
    ({"stage_first": ["2026-09-14"], "stage_last": [""], "stage_focus": ["窗口"], "stage_focus_en": ["Counters"]},
     "stage_last-0", "还没有填"),
    ({"stage_first": ["2026-09-14", "2026-09-15"], "stage_last": ["2026-09-20", "2026-09-21"], "stage_focus": ["甲", "乙"],
      "stage_focus_en": ["A", "B"]}, "stages", "互不重叠"),
    ({"stage_first": ["2026-09-01"], "stage_last": ["2026-09-20"], "stage_focus": ["甲"], "stage_focus_en": ["A"]},
     "stages", "评议期内"),
])
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
        desk: Client, app: Flask, form_id: int, changes: Mapping[str, Any], field: str, words: str) -> None:
    desk.get(NEW)
    page = desk.post(NEW, given(form_id, **changes), 422)
    [box] = page.all(class_="error-summary")
    told = [link.text for link in box.all("a") if link.attrs["href"] == f"#{field}"]
    assert told, [link.attrs["href"] for link in box.all("a")]
    assert words in told[0]
    assert found(app) is None


def test_everything_that_is_wrong_is_told_at_once_by_the_names_of_its_fields(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    stage = {"stage_first": ["2026-09-14"], "stage_last": ["到时候"], "stage_focus": ["甲"], "stage_focus_en": ["A"]}
    page = desk.post(NEW, given(form_id, title="", opens_on="2026-09-01", closes_on="", size_deputy="许多", purpose_en="",
                                **stage), 422)
    [box] = page.all(class_="error-summary")
    told = {link.attrs["href"]: link.text for link in box.all("a")}
    assert set(told) == {"#title", "#opens_on", "#closes_on", "#size_deputy", "#purpose_en", "#stage_last-0"}
    for at, name in (("title", "中文标题"), ("closes_on", "评议截止日"), ("size_deputy", "人大代表"), ("stage_last-0", "1")):
        assert name in told[f"#{at}"].partition("：")[0], told


def test_a_county_coordinator_reads_and_plans_nothing(app: Flask, client: Client, form_id: int) -> None:
    made = campaigns.announced(app)
    client.sign_in(builders.staff(app, Role.COORDINATOR, login="county", charge=["household"]))
    assert not client.get(f"/desk/campaigns/{made.slug}").all("a", href=f"/desk/campaigns/{made.slug}/cancel")
    for url in (NEW, f"/desk/campaigns/{made.slug}/cancel", f"/desk/campaigns/{made.slug}/codes",
                f"/desk/campaigns/{made.slug}/words"):
        client.get(url, 403)
    client.post(NEW, given(form_id), 403)


def test_a_refused_draft_keeps_everything_typed(desk: Client, form_id: int) -> None:
    sent = given(form_id, closes_on="2026-09-01", purpose="第一行\n第二行", subjects=["household"], kind="survey",
                 stage_first=["2026-09-14", ""], stage_last=["x", ""], stage_focus=["窗口", ""],
                 stage_focus_en=["Counters", "half"], report_subject=["household"], report_duty=["写了一半"],
                 report_integrity=[""])
    desk.get(NEW)
    page = desk.post(NEW, sent, 422)
    for name in ("slug", "title", "title_en", "purpose", "purpose_en", "opens_on", "closes_on", "publishes_on", "size_deputy"):
        assert typed_again(desk, name) == sent[name], name
    ticked = {node.attrs["value"] for node in page.all("input", type="checkbox") if "checked" in node.attrs}
    assert {"deputy", "resident", "household"} <= ticked
    assert [node.attrs["value"] for node in page.all("input", name="stage_focus_en")] == ["Counters", "half"]
    assert "写了一半" in page.one("textarea", name="report_duty").text
    assert "checked" in page.one("input", type="radio", value="survey").attrs


def test_rows_come_and_go_without_script_and_lose_nothing(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    page = desk.post(NEW, given(form_id, step="add-stage", title="还没想好"), 200)
    assert len(page.all("input", name="stage_focus")) == 1
    assert typed_again(desk, "title") == "还没想好"
    rows = {"stage_first": ["2026-09-14", "", ""], "stage_last": ["", "", ""], "stage_focus": ["甲", "乙", "丙"],
            "stage_focus_en": ["A", "B", "C"]}
    page = desk.post(NEW, given(form_id, step="remove-stage-1", **rows), 200)
    assert [node.attrs["value"] for node in page.all("input", name="stage_focus")] == ["甲", "丙"]
    page = desk.post(NEW, given(form_id, step="add-report", subjects=["traffic"]), 200)
    assert [node.text for node in page.one("select", name="report_subject").all("option")][1:] == ["交警支队"]
    assert found(app) is None


def test_a_step_nobody_offered_changes_no_row(desk: Client, form_id: int) -> None:
    desk.get(NEW)
    for step in ("remove-stage-²", "remove-stage-99", "remove-nothing-0", "remove-", f"remove-stage-{'9' * 5_000}"):
        page = desk.post(NEW, given(form_id, step=step, stage_focus=["甲"]), 200)
        assert len(page.all("input", name="stage_focus")) == 1


def test_a_page_that_was_open_too_long_costs_nothing_typed(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(form_id, csrf_token="old"), 422)
    assert typed_again(desk, "title") == "秋季代表评议"
    assert "页面打开的时间太长" in desk.page.text and found(app) is None


def test_an_address_is_taken_once(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(form_id))
    page = desk.post(NEW, given(form_id, title="另一次"), 422)
    assert page.errors and typed_again(desk, "title") == "另一次"
    assert the(app).plan.title == "秋季代表评议"


def test_a_thousand_rows_and_broken_bytes_are_borne(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(form_id, stage_focus=["x"] * 1_000, title="\x00\u202e题"), 422)
    assert len(desk.page.all("input", name="stage_focus")) == 1_000
    assert typed_again(desk, "title") == "题"


def test_hostile_words_are_shown_as_words(desk: Client, app: Flask, form_id: int) -> None:
    desk.get(NEW)
    desk.post(NEW, given(form_id, title="<script>alert(1)</script>", purpose="{{ 7*7 }}'\";--"))
    assert desk.follow().h1 == "<script>alert(1)</script>"
    desk.get("/desk/campaigns")


# --- copying ----------------------------------------------------------------------------------------------------------

def test_an_earlier_round_is_the_beginning_of_the_next(desk: Client, app: Flask) -> None:
    made = campaigns.published(app, 6, title="上半年评议", stages=())
    page = desk.get(f"{NEW}?from={made.slug}")
    assert typed_again(desk, "title") == "上半年评议"
    assert typed_again(desk, "slug") == ""
    assert [node.attrs["value"] for node in page.one("select", name="previous").all("option") if "selected" in node.attrs] == [
        made.slug]
    days = ("opens_on", "closes_on", "publishes_on")
    opens, closes, publishes = (date.fromisoformat(typed_again(desk, name)) for name in days)
    old = the(app, made.slug).plan
    assert opens >= date(2026, 9, 14) and opens.weekday() == old.opens_on.weekday()
    assert closes - opens == old.closes_on - old.opens_on and publishes - closes == old.publishes_on - old.closes_on
    desk.submit({"slug": "next-round", "step": "save"}, to=NEW)
    assert the(app, "next-round").previous == made.slug


def test_only_a_published_round_of_the_same_kind_is_compared_with(desk: Client, app: Flask, form_id: int) -> None:
    voted, survey = campaigns.voted(app, 5), campaigns.published(app, 5, kind=Kind.SURVEY)
    desk.get(NEW)
    for slug in (voted.slug, survey.slug):
        page = desk.post(NEW, given(form_id, previous=slug), 422)
        assert [link.attrs["href"] for link in page.all("a") if link.attrs["href"] == "#previous"]


# --- changing ---------------------------------------------------------------------------------------------------------

def test_a_draft_can_be_changed_and_its_last_author_may_not_announce_it(
        desk: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    made = campaigns.draft(app, slug="ours")
    desk.get("/desk/campaigns/ours/edit")
    desk.submit({"title": "改过的标题", "step": "save"}, to="/edit")
    assert the(app, "ours").plan.title == "改过的标题"
    page = desk.follow()
    assert "须由没有参与起草这次评议和评议表的分管领导或者市走访办人员公告" in page.text
    assert not [a for a in page.all("a") if a.text == "审读并公告"]
    page = desk.get(f"/desk/campaigns/{made.slug}/announce")
    assert not page.all("input", name="read")
    desk.post(f"/desk/campaigns/{made.slug}/announce", {"read": "yes", "version": the(app, "ours").version,
                                                        "form_version": the(app, "ours").form_seen}, 403)
    assert the(app, "ours").phase is Phase.DRAFT


def test_the_second_of_two_authors_is_told_what_differs(desk: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    campaigns.draft(app, slug="ours", opens_on=date(2026, 9, 14), closes_on=date(2026, 9, 20))
    other = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="other"))
    for each in (desk, other):
        each.get("/desk/campaigns/ours/edit")
    other.submit({"title": "同事的标题", "step": "save"}, to="/edit")
    page = desk.submit({"purpose": "我的说明", "step": "save"}, 409, to="/edit")
    assert "中文标题" in page.text and "中文说明" in page.text and "英文标题" not in page.one(class_="notice").text
    assert typed_again(desk, "purpose") == "我的说明"
    assert the(app, "ours").plan.title == "同事的标题"
    desk.submit({"step": "save"}, to="/edit")
    assert the(app, "ours").plan.purpose == "我的说明"


def test_what_was_announced_meanwhile_is_not_changed(desk: Client, leader: Client, app: Flask) -> None:
    campaigns.draft(app, slug="ours")
    desk.get("/desk/campaigns/ours/edit")
    leader.get("/desk/campaigns/ours/announce")
    leader.submit({"read": "yes"}, to="/announce")
    page = desk.submit({"title": "改", "step": "save"}, 409, to="/edit")
    assert "您的操作没有执行" in page.text
    for step in ("edit", "announce", "discard"):
        desk.get(f"/desk/campaigns/ours/{step}", 409)
    assert the(app, "ours").plan.title == "下半年代表委员评议"


def test_a_draft_is_discarded_after_a_second_look(desk: Client, app: Flask) -> None:
    campaigns.draft(app, slug="ours")
    desk.get("/desk/campaigns/ours/discard")
    desk.submit(to="/discard")
    assert found(app, "ours") is None
    assert desk.follow().h1.startswith("评议活动")


def test_a_draft_that_changed_is_not_discarded(desk: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    campaigns.draft(app, slug="ours")
    other = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="other"))
    desk.get("/desk/campaigns/ours/discard")
    other.get("/desk/campaigns/ours/edit")
    other.submit({"title": "同事的标题", "step": "save"}, to="/edit")
    desk.submit(status=409, to="/discard")
    assert the(app, "ours").plan.title == "同事的标题"


# --- announcing -------------------------------------------------------------------------------------------------------

def test_a_leader_reads_everything_and_announces(leader: Client, app: Flask) -> None:
    campaigns.draft(app, slug="ours")
    page = leader.get("/desk/campaigns/ours/announce")
    for words in ("一律不能再改", "办案是否公正", "Autumn evaluation", "从最不满意的地方改起"):
        assert words in page.text
    leader.submit({"read": "yes"}, to="/announce")
    assert the(app, "ours").phase is Phase.OPEN
    assert "公告人：周海" in leader.follow().text


def test_announcing_needs_a_confirmed_reading(leader: Client, app: Flask) -> None:
    campaigns.draft(app, slug="ours")
    leader.get("/desk/campaigns/ours/announce")
    page = leader.submit(status=422, to="/announce")
    assert page.errors and the(app, "ours").phase is Phase.DRAFT


def test_dates_that_passed_meanwhile_are_told_before_it_is_announced(leader: Client, app: Flask, clock: Clock) -> None:
    campaigns.draft(app, slug="ours")
    leader.get("/desk/campaigns/ours/announce")
    clock.forward(days=1)
    page = leader.submit({"read": "yes"}, 422, to="/announce")
    assert page.errors == ["评议开始日：评议开始日不能早于今天"]


def test_a_form_that_changed_meanwhile_is_read_anew(leader: Client, app: Flask) -> None:
    campaigns.draft(app, slug="ours")
    leader.get("/desk/campaigns/ours/announce")
    leader.submit({"read": "yes", "form_version": "999"}, 409, to="/announce")
    leader.get("/desk/campaigns/ours/announce")
    leader.submit({"read": "yes", "version": "999"}, 409, to="/announce")
    assert the(app, "ours").phase is Phase.DRAFT


def test_two_people_announce_it_once(leader: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    campaigns.draft(app, slug="ours")
    other = browser_for().sign_in(builders.staff(app, Role.LEADER, unit="office", login="second", charge=["traffic"]))
    for each in (leader, other):
        each.get("/desk/campaigns/ours/announce")
    leader.submit({"read": "yes"}, to="/announce")
    other.submit({"read": "yes"}, 409, to="/announce")
    assert the(app, "ours").approved_by != the(app, "ours").drafted_by


# --- calling off ------------------------------------------------------------------------------------------------------

def test_it_is_called_off_for_a_reason_that_everyone_reads(desk: Client, client: Client, app: Flask) -> None:
    made = campaigns.with_codes(app)
    assert "20 个评议码" in desk.get(f"/desk/campaigns/{made.slug}/cancel").text
    page = desk.submit({"reason": " "}, 422, to="/cancel")
    assert page.errors
    page = desk.submit({"reason": "长" * 501}, 422, to="/cancel")
    assert "长" * 501 in page.one("textarea", name="reason").text
    desk.submit({"reason": "名单有误，重新开展。"}, to="/cancel")
    assert "名单有误，重新开展。" in desk.follow().text
    assert the(app, made.slug).phase is Phase.CANCELLED
    desk.post(f"/desk/campaigns/{made.slug}/cancel", {"reason": "再一次", "version": the(app, made.slug).version}, 409)


def test_once_somebody_voted_it_cannot_be_called_off(desk: Client, app: Flask) -> None:
    made = campaigns.with_codes(app)
    desk.get(f"/desk/campaigns/{made.slug}/cancel")
    campaigns.voted(app, 1, made)
    page = desk.submit({"reason": "意见太多"}, 409, to="/cancel")
    assert "不能再取消了" in page.text and "意见太多" in page.text
    assert the(app, made.slug).phase is Phase.OPEN
    assert not desk.get(f"/desk/campaigns/{made.slug}/cancel").all("textarea", name="reason")


def test_calling_off_an_old_page_asks_again(desk: Client, app: Flask) -> None:
    made = campaigns.announced(app)
    desk.get(f"/desk/campaigns/{made.slug}/cancel")
    page = desk.submit({"reason": "名单有误", "version": "1"}, 409, to="/cancel")
    assert "名单有误" in page.one("textarea", name="reason").text


def buttons(client: Client, made: Made) -> set[str]:
    return {link.text for link in client.get(f"/desk/campaigns/{made.slug}").all("a", class_="button")}


# --- reading ----------------------------------------------------------------------------------------------------------

def test_the_list_says_where_each_campaign_stands_and_what_is_next(desk: Client, app: Flask) -> None:
    campaigns.draft(app, title="草拟的评议")
    open_one = campaigns.voted(app, 7, title="进行中的评议")
    campaigns.counting(app, 5, title="待公布的评议")
    page = desk.get("/desk/campaigns")
    rows = {row.all("a")[0].text: row.text for row in page.all("tr") if row.all("a")}
    assert "审读承诺并公告" in rows["草拟的评议"]
    codes = len(open_one.all_codes) + 7
    assert "7 张评议表" in rows["进行中的评议"] and f"共 {codes} 个" in rows["进行中的评议"]
    assert "自动公布" in rows["待公布的评议"]
    page = desk.get("/desk/campaigns?phase=open")
    assert [row.all("a")[0].text for row in page.all("tr") if row.all("a")] == ["进行中的评议"]
    assert len([row for row in desk.get("/desk/campaigns?phase=nonsense").all("tr") if row.all("a")]) == 3
    assert "没有处于这个阶段" in desk.get("/desk/campaigns?phase=cancelled").text


def waits(client: Client) -> dict[str, str]:
    """Words with their number -> address, of what waits for this person; the menu counts the lines."""
    page = client.get("/desk/campaigns")
    lists = page.all("section", aria_labelledby="waiting")
    found = {line.text: line.one("a").attrs["href"] for each in lists for line in each.all("li")}
    [count] = {link.text for link in page.all("a", href="/desk/campaigns") if link.text.startswith("评议活动 ")}
    assert count == f"评议活动 {len(found)}"
    return found


def test_leaders_and_coordinators_see_from_every_page_what_waits_for_them(
        desk: Client, leader: Client, app: Flask, clock: Clock) -> None:
    assert waits(desk) == waits(leader) == {}
    drafted = campaigns.draft(app, title="草拟的评议")
    made = ballot_desk.written(app, 6, title="公布的评议", kind=Kind.CONSULTATION)
    ballot_desk.name_topics(app, made, "夜间延时")
    ballot_desk.proposed(app, made)
    campaigns.task(app, made, due_on=clock.now.date() + timedelta(days=2))
    clock.forward(days=3)
    of = f"/desk/campaigns/{made.slug}"
    expected = {"待审读并公告的草稿 1 草拟的评议": f"/desk/campaigns/{drafted.slug}/announce",
                "待发布的更正 1 公布的评议": f"{of}/corrections", "超期的整改任务 1 公布的评议": f"{of}/tasks"}
    assert waits(leader) == expected
    assert waits(desk) == {**expected, "待归类的文字回答 8 公布的评议": f"{of}/words",
                           "待作出采纳决定的主题 1 公布的评议": f"{of}/adoptions"}
    for url in expected.values():
        leader.get(url)


def test_papers_wait_for_those_who_did_not_type_them(desk: Client, leader: Client, app: Flask) -> None:
    made, typist = campaigns.with_codes(app, title="进行中的评议"), builders.staff(app, Role.COORDINATOR, login="typist")
    ballot_desk.typed(app, made, typist, code=made.all_codes[0])
    assert waits(desk) == {"待核对的纸质评议表 1 进行中的评议": f"/desk/campaigns/{made.slug}/papers"} and waits(leader) == {}


def test_after_publication_the_next_step_follows_what_is_left(desk: Client, leader: Client, app: Flask, clock: Clock) -> None:
    made = ballot_desk.written(app, 6)
    page = f"/desk/campaigns/{made.slug}"
    assert "把 8 条文字回答归入主题" in desk.get(page).text
    number = ballot_desk.proposed(app, made)
    assert "一项更正等待另一人审读" in desk.get(page).text
    leader.get(f"{page}/corrections/{number}")
    leader.submit({"step": "publish"}, to=f"/corrections/{number}")
    for question in ("b4", "c1"):
        desk.get(f"{page}/words?question={question}")
        shown = [each.attrs["value"] for each in desk.page.all("input", name="words")]
        desk.submit({"words": shown, "step": "aside"}, to="/words")
    assert "列为整改任务" in desk.get(page).text
    campaigns.task(app, made)
    assert "1 项整改任务正在办理" in desk.get(page).text
    clock.forward(days=400)
    assert "1 项整改任务超期" in desk.get(page).text
    desk.get(f"{page}/tasks")
    desk.submit({"evidence": "已办。"}, to="/finish")
    assert "整改任务全部办结" in desk.get(page).text


def test_the_last_round_is_named_by_its_title(desk: Client, app: Flask) -> None:
    earlier = campaigns.published(app, 6, title="上半年评议")
    made = campaigns.announced(app, previous=earlier.slug)
    assert desk.get(f"/desk/campaigns/{made.slug}").link("上半年评议") == f"/desk/campaigns/{earlier.slug}"


def test_an_empty_list_says_what_would_stand_there(desk: Client) -> None:
    assert "还没有评议活动" in desk.get("/desk/campaigns").text


def test_many_campaigns_cost_no_more_statements(desk: Client, app: Flask) -> None:
    for _n in range(12):
        campaigns.announced(app)
    desk.get("/desk/campaigns", statements=13)


def test_the_desk_offers_what_the_phase_allows(desk: Client, leader: Client, app: Flask) -> None:
    made = campaigns.with_codes(app)
    offered = buttons(desk, made)
    assert {"一次性评议码", "纸质评议表", "取消评议", "复制为新草稿"} <= offered and "修改草稿" not in offered
    assert buttons(leader, made) == {"看公开的样子"}
    campaigns.voted(app, 1, made)
    assert "取消评议" not in buttons(desk, made)


def test_after_publication_there_is_work_for_both(desk: Client, leader: Client, app: Flask) -> None:
    made = campaigns.published(app, 6)
    assert {"任务", "更正"} <= buttons(leader, made) < buttons(desk, made)


def test_posters_open_the_form_for_their_place(desk: Client, app: Flask) -> None:
    made = campaigns.open_rating(app)
    page = desk.get(f"/desk/campaigns/{made.slug}/posters")
    assert [each.text for each in page.all("h2", class_="poster-subject")] == ["市政务服务中心公安专区", "各派出所户籍窗口"]
    assert len(page.all("svg", class_="qr")) == 2


def test_only_open_campaigns_have_posters(desk: Client, app: Flask) -> None:
    desk.get(f"/desk/campaigns/{campaigns.announced(app).slug}/posters", 404)
    desk.get(f"/desk/campaigns/{campaigns.rated(app).slug}/posters", 404)


# --- who may not ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER, Role.EDITOR,
                                  Role.ADMINISTRATOR, Role.INSPECTOR])
def test_campaigns_are_closed_to_other_roles(role: Role, client: Client, app: Flask, form_id: int) -> None:
    made = campaigns.with_codes(app)
    client.sign_in(builders.staff(app, role, unit="household"))
    for address in ("/desk/campaigns", NEW, *(f"/desk/campaigns/{made.slug}{step}" for step in (
            "", "/edit", "/announce", "/discard", "/cancel", "/posters", "/codes"))):
        client.get(address, 403)
    for step in ("/edit", "/announce", "/discard", "/cancel", "/codes"):
        client.post(f"/desk/campaigns/{made.slug}{step}", {}, 403)
    client.post(NEW, given(form_id), 403)
    assert found(app) is None


def test_a_leader_reads_and_announces_and_nothing_else(leader: Client, app: Flask, form_id: int) -> None:
    made = campaigns.draft(app)
    leader.get("/desk/campaigns")
    leader.get(f"/desk/campaigns/{made.slug}")
    for address in (NEW, *(f"/desk/campaigns/{made.slug}{step}" for step in ("/edit", "/discard", "/cancel", "/codes"))):
        leader.get(address, 403)
    leader.post(NEW, given(form_id), 403)
    for step in ("/edit", "/discard", "/cancel", "/codes"):
        leader.post(f"/desk/campaigns/{made.slug}{step}", {"version": "1"}, 403)
    assert the(app, made.slug).phase is Phase.DRAFT


def test_without_signing_in_there_is_only_the_door(client: Client, app: Flask) -> None:
    made = campaigns.draft(app)
    for address in ("/desk/campaigns", NEW, f"/desk/campaigns/{made.slug}"):
        client.fetch(address, 302)
        assert "/desk/sign-in" in client.location


def test_what_is_not_there_is_not_there(desk: Client) -> None:
    for step in ("", "/edit", "/announce", "/discard", "/cancel", "/posters", "/codes"):
        desk.get(f"/desk/campaigns/nowhere{step}", 404)
    for strange in ("nowhere", "%00", "a%00b", "%FF", "x" * 3_000):
        desk.get(f"{NEW}?from={strange}", 404)
        desk.get(f"/desk/campaigns/{strange}", 404)
        for step in ("discard", "cancel"):
            desk.post(f"/desk/campaigns/{strange}/{step}", {}, 404)


def test_pages_speak_english(desk: Client, app: Flask) -> None:
    made: Made = campaigns.draft(app)
    for address in ("/desk/campaigns", NEW, *(f"/desk/campaigns/{made.slug}{step}" for step in (
            "", "/edit", "/announce", "/discard", "/cancel"))):
        desk.get(f"{address}?lang=en")
