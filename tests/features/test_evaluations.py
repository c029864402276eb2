"""The list of evaluations, the promise of each, the pages that tell how ballots stay secret."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.db import db, transaction
from portal.domain.campaign import Access, Audience, Group, Kind, Report, Stage
from portal.domain.people import Role
from portal.evaluation import planning
from portal.evaluation.queries import get_campaign
from tests import builders, campaigns
from tests.campaigns import Made
from tests.client import Client
from tests.conftest import Clock


def called_off(app: Flask, made: Made, reason: str = "问卷印错了一页，改好后重新公告。") -> Made:
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        seen = get_campaign(made.slug, portal_clock.today(), staff=True).version
        with transaction():
            planning.cancel(made.slug, reason, seen=seen, by=by, now=portal_clock.now())
        db.session.remove()
    return made


def days(app: Flask, **changes: int) -> dict[str, Any]:
    """Dates of a plan as days from today."""
    with app.app_context():
        today = portal_clock.today()
    return {name: today + timedelta(days=n) for name, n in changes.items()}


# --- the list ---------------------------------------------------------------------------------------------------------

def test_an_empty_list_says_what_would_stand_there(client: Client) -> None:
    page = client.get("/evaluations")
    assert "目前没有正在进行的评议" in page.text
    assert "还没有公布过结果" in page.text


def test_each_evaluation_stands_under_its_phase_with_its_days(app: Flask, client: Client) -> None:
    campaigns.announced(app, title="正在评的")
    campaigns.announced(app, title="将要评的", **days(app, opens_on=5, closes_on=10, publishes_on=20))
    campaigns.counting(app, 6, title="正在算的")
    campaigns.published(app, 6, title="已经公布的")
    called_off(app, campaigns.announced(app, title="取消了的"))
    campaigns.draft(app, title="还没人知道的")
    page = client.get("/evaluations", statements=6)
    found = {section.one("h2").text: section.text for section in page.all("section")}
    assert "正在评的" in found["正在评议"]
    assert "2026年9月20日截止" in found["正在评议"]
    assert "2026年9月27日公布结果" in found["正在评议"]
    assert "评议人：人大代表、群众" in found["正在评议"]
    assert "将要评的" in found["已公告"]
    assert "2026年9月12日开始" in found["已公告"]
    assert "正在算的" in found["正在统计"]
    assert "已经公布的" in found["已经结束"]
    assert "取消了的" in found["已经结束"]
    assert "还没人知道的" not in page.text
    assert client.get("/evaluations?lang=en").h1 == "Evaluations"


def test_a_long_list_is_read_page_by_page(app: Flask, client: Client) -> None:
    for n in range(23):
        called_off(app, campaigns.announced(app, slug=f"no-{n:02}", title=f"第{n:02}次"))
    first = client.get("/evaluations", statements=6)
    assert len(first.all("li", class_="row")) == 20
    older = next(link.attrs["href"] for link in first.all("a", rel="next"))
    second = client.get(older, statements=6)
    assert len(second.all("li", class_="row")) == 3
    assert {each.text for each in first.all("a", class_="row-title")}.isdisjoint(
        each.text for each in second.all("a", class_="row-title"))
    assert [link.attrs["href"] for link in second.all("a", rel="prev")] == ["/evaluations"]
    assert len(client.get("/evaluations?before=nothing-like-it").all("li", class_="row")) == 20


def test_a_reader_who_has_the_list_is_told_that_nothing_changed(app: Flask, client: Client) -> None:
    campaigns.announced(app)
    tag = client.fetch("/evaluations").headers["ETag"]
    client.fetch("/evaluations", 304, headers={"If-None-Match": tag})
    campaigns.announced(app)
    client.fetch("/evaluations", 200, headers={"If-None-Match": tag})


# --- the promise ------------------------------------------------------------------------------------------------------

def test_the_promise_says_who_is_asked_what_and_when(app: Flask, client: Client) -> None:
    made = campaigns.announced(app, subjects=("household", "hall"))
    page = client.get(made.url, statements=8)
    for words in ("人大代表（120 人）、群众", "户政支队、市政务服务中心公安专区", "凭一次性评议码，一码一票",
                  "2026年9月7日至2026年9月20日", "2026年9月27日公布，所有人同时看到", "民主评议表，第 1 版",
                  "请代表委员和群众评议公安工作", "办案是否公正", "非常满意 / 满意", "全部 11 道题"):
        assert words in page.text, words
    assert page.link("输入评议码") == "/evaluations/enter"
    english = client.get(f"{made.url}?lang=en")
    assert "Deputies of people’s congresses (120 people), Residents" in english.text
    assert "Are cases handled fairly?" in english.text


@pytest.mark.parametrize(("phase", "says", "link"), [
    ("open", "评议到2026年9月20日为止", "输入评议码"),
    ("rating", "不用评议码，也不用留姓名", "填评议表"),
    ("announced", "2026年9月12日开始评议", ""),
    ("counting", "2026年9月14日公布", ""),
    ("published", "结果已经公布", "看结果"),
    ("cancelled", "问卷印错了一页", ""),
])
def test_on_top_stands_the_one_thing_that_can_be_done_now(app: Flask, client: Client, phase: str, says: str, link: str) -> None:
    makers: dict[str, Callable[[], Made]] = {
        "open": lambda: campaigns.announced(app), "rating": lambda: campaigns.open_rating(app),
        "announced": lambda: campaigns.announced(app, **days(app, opens_on=5, closes_on=10, publishes_on=20)),
        "counting": lambda: campaigns.counting(app, 6), "published": lambda: campaigns.published(app, 6),
        "cancelled": lambda: called_off(app, campaigns.announced(app))}
    page = client.get(makers[phase]().url)
    notice = page.all("div", class_="notice")[0]
    assert says in notice.text
    assert [node.text for node in notice.all("a")] == ([link] if link else [])


def test_stages_and_reports_stand_on_the_promise(app: Flask, client: Client) -> None:
    first, last = days(app, a=0)["a"], days(app, a=13)["a"]
    made = campaigns.announced(
        app, kind=Kind.REPORTS, subjects=("household", "traffic"), stages=(Stage(first, last, "窗口服务", "Counters"),),
        reports=(Report("household", "一年来抓了窗口延时。\n群众评价上升。", "没有收受礼品。"),
                 Report("traffic", "抓了校门口疏导。", "主动申报了车辆。")))
    page = client.get(made.url)
    assert "现阶段：窗口服务" in page.text
    reports = page.one("section", aria_labelledby="reports")
    assert "一年来抓了窗口延时。" in reports.text
    assert "主动申报了车辆。" in reports.text
    english = client.get(f"{made.url}?lang=en")
    assert "Now: Counters" in english.text
    assert english.one("section", aria_labelledby="reports").all("p", class_="plain-text")[0].attrs["lang"] == "zh-Hans"


def test_many_units_are_folded_by_what_they_are(app: Flask, client: Client) -> None:
    units = list(app.extensions["portal-content"].units)[:20]
    made = campaigns.announced(app, subjects=(*units, "hall"))
    page = client.get(made.url)
    assert "21 个单位和窗口，名单见下" in page.text
    assert "服务窗口和事项：1 个" in page.text


def test_a_draft_is_nowhere(app: Flask, client: Client) -> None:
    made = campaigns.draft(app)
    for address in (made.url, f"{made.url}/form", f"{made.url}/paper", f"{made.url}/thanks", "/evaluations/no-such-thing"):
        client.get(address, 404)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get(made.url, 404)


def test_the_last_round_is_linked(app: Flask, client: Client) -> None:
    before = campaigns.published(app, 6)
    made = campaigns.announced(app, previous=before.slug)
    assert client.get(made.url).link("上一轮的结果") == f"{before.url}/results"


def test_the_phase_follows_the_day_without_anybody_acting(app: Flask, client: Client, clock: Clock) -> None:
    made = campaigns.announced(app)
    assert client.get(made.url).one("span", class_="badge").text == "正在评议"
    clock.forward(days=14)
    assert client.get(made.url).one("span", class_="badge").text == "正在统计"


def test_the_form_can_be_printed(app: Flask, client: Client) -> None:
    made = campaigns.announced(app)
    page = client.get(f"{made.url}/paper")
    assert "没有评议码，不计票" in page.text
    assert "办案是否公正" in page.text
    assert "请不要写在这里" in page.text or "举报" in page.text
    rating = campaigns.open_rating(app)
    assert "请在2026年9月20日前交回" in client.get(f"{rating.url}/paper").text
    client.get(f"{made.url}/paper?lang=en")


def test_the_page_about_secrecy_is_in_both_languages(client: Client) -> None:
    assert "评议码" in client.get("/ballots").text
    assert "code" in client.get("/ballots?lang=en").text


def test_evaluations_stand_in_the_menu_and_among_the_doors(client: Client) -> None:
    page = client.get("/")
    assert page.one("nav", class_="doors").all("a")[2].attrs["href"] == "/evaluations"
    assert "/evaluations" in [link.attrs["href"] for link in page.one("nav", class_="menu").all("a")]


def test_groups_without_a_known_size_are_named_alone(app: Flask, client: Client) -> None:
    made = campaigns.announced(app, access=Access.OPEN, audiences=(Audience(Group.ENTERPRISE),))
    assert "企业代表" in client.get(made.url).text
