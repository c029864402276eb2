"""Public progress: what everyone sees, searching and filtering it, and what never appears."""

from urllib.parse import quote

import pytest
from flask import Flask

from portal.casework import public
from portal.casework.models import PublicCase
from portal.casework.public import Filters
from portal.db import db
from portal.domain.codes import Action
from portal.domain.people import AUTHOR, Role
from tests import builders
from tests.client import Client
from tests.conftest import Clock


def test_an_empty_list_says_what_would_appear(client: Client) -> None:
    assert len(client.get("/progress").text) > 100


def test_a_new_opinion_is_a_stub_at_once(client: Client, app: Flask) -> None:
    sent = builders.submit(app, title="秘密题目", text="秘密内容")
    page = client.get("/progress")
    assert sent.number in page.text
    page = client.get(f"/progress/{sent.number}")
    assert "秘密" not in page.text


def test_a_published_case_shows_text_answer_and_rating(client: Client, app: Flask) -> None:
    sent = builders.published(app, title="大厅加引导牌", text="［姓名1］找不到窗口", answer="已经加了")
    builders.rated(app, sent, level=2)
    page = client.get(f"/progress/{sent.number}")
    assert "大厅加引导牌" in page.h1
    for words in ("［姓名1］", "找不到窗口", "已经加了", "不满意"):
        assert words in page.text
    assert "10:00" not in page.text
    english = client.get(f"/progress/{sent.number}?lang=en")
    assert "Dissatisfied" in english.text


def test_lateness_is_told_by_the_day(client: Client, app: Flask, clock: Clock) -> None:
    sent = builders.handling(app)
    clock.at("2026-09-14 23:00")
    assert sent.number not in client.get("/progress?late=1").text
    clock.at("2026-09-15 00:30")
    assert sent.number in client.get("/progress?late=1").text


@pytest.fixture
def city(app: Flask) -> dict[str, str]:
    """Six cases that differ in what can be filtered."""
    return {
        "stub": builders.submit(app, category="question", district="hexi").number,
        "handling": builders.handling(app, unit="traffic", category="complaint", district="hexi").number,
        "answered": builders.answered(app, unit="traffic", category="complaint", district="hedong").number,
        "published": builders.published(app, title="校门口早高峰拥堵", text="派出所门前也堵", answer="已划即停即走区",
                                        unit="traffic", category="suggestion").number,
        "other": builders.published(app, title="办证大厅延时", text="周三延时到晚上八点", answer="采纳").number,
        "declined": "",
    }


@pytest.mark.parametrize(("query", "found"), [
    ("",                                          "stub handling answered published other"),
    ("category=complaint",                        "handling answered"),
    ("unit=traffic",                              "handling answered published"),
    ("district=hexi",                             "stub handling"),
    ("state=answered",                            "answered published other"),
    ("unit=traffic&state=answered",               "answered published"),
    ("unit=traffic&category=complaint&state=handling", "handling"),
    ("district=hedong&unit=traffic",              "answered published"),
    ("month=2026-09",                             "stub handling answered published other"),
    ("month=2026-08",                             ""),
    ("q=拥堵",                                    "published"),
    ("q=派出所",                                  "published"),
    ("q=延时 周三",                               "other"),
    ("q=即停即走",                                "published"),
    ("q=采纳&unit=traffic",                       ""),
    ("q=堵&unit=traffic",                         "published"),
    ("q=！！",                                    ""),
    ("unit=nobody",                               "stub handling answered published other"),
    ("month=2026-13",                             "stub handling answered published other"),
])
def test_filters_and_search(client: Client, city: dict[str, str], query: str, found: str) -> None:
    page = client.get(f"/progress?{quote(query, safe='=&')}")
    shown = {name for name, number in city.items() if number and f"/progress/{number}" in page.source}
    assert shown == set(found.split())


@pytest.mark.parametrize("query", ['"', "'", "a' OR 1=1 --", "NOT", "(", "*", "派出所 AND", "ORDER\x00BY", "🙂", "x" * 500])
def test_no_query_breaks_the_search(client: Client, city: dict[str, str], query: str) -> None:
    client.get(f"/progress?q={quote(query)}")
    client.get(f"/progress?after={quote(query)}")


def test_totals_agree_with_the_rows(app: Flask, city: dict[str, str], clock: Clock) -> None:
    with app.app_context():
        for filters in (Filters(), Filters(unit="traffic"), Filters(category="complaint"), Filters(state="answered"),
                        Filters(district="hexi", state="handling"), Filters(unit="traffic", category="complaint"),
                        Filters(unit="traffic", district="hedong"), Filters(month="2026-09"), Filters(q="拥堵")):
            page = public.list_public(filters, today=clock.now.date())
            assert page.total == len(page.rows), filters
        db.session.remove()


def test_pages_follow_each_other_without_gap_or_repeat(client: Client, app: Flask) -> None:
    numbers = [builders.submit(app, text=f"第{number}件").number for number in range(60)]
    seen: list[str] = []
    address = "/progress"
    while address:
        page = client.get(address)
        seen += [each for each in reversed(numbers) if f"/progress/{each}" in page.source]
        older = [link.attrs["href"] for link in page.all("a") if "after=" in link.attrs.get("href", "")]
        address = older[0] if older else ""
    assert seen == list(reversed(numbers))


@pytest.mark.parametrize("number", ["2026-000099", "J2026-000001", "abc", "2026-000001'--", "%00", "../etc"])
def test_what_is_not_public_looks_like_what_is_not_there(client: Client, app: Flask, number: str) -> None:
    builders.submit(app, category="misconduct")
    client.get(f"/progress/{number}", status=404)


def test_a_case_moved_to_misconduct_leaves_the_public(client: Client, app: Flask) -> None:
    sent = builders.submit(app)
    given = {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}
    builders.act(app, sent, Action.ACCEPT, builders.staff(app, Role.COORDINATOR).actor, given)
    client.get(f"/progress/{sent.number}", status=404)
    assert sent.number not in client.get("/progress").text


def test_a_text_taken_back_is_not_found_any_more(client: Client, app: Flask) -> None:
    sent = builders.published(app, title="校门口拥堵", text="早上很堵", answer="")
    assert sent.number in client.get("/progress?q=拥堵").text
    builders.act(app, sent, Action.KEEP_STUB, builders.staff(app, Role.COORDINATOR).actor, {"reason": "反映人要求"})
    assert sent.number not in client.get("/progress?q=拥堵").text
    assert "拥堵" not in client.get(f"/progress/{sent.number}").text


def test_an_unchanged_page_is_not_rendered_again(client: Client, app: Flask, clock: Clock) -> None:
    sent = builders.published(app)
    for address in ("/", "/progress", f"/progress/{sent.number}", "/services", "/stories", "/about"):
        tag = client.fetch(address).headers["ETag"]
        client.watch.forget()
        client.fetch(address, 304, headers={"If-None-Match": tag})
        assert len(client.watch.statements) <= 2
    tag = client.fetch("/progress").headers["ETag"]
    builders.act(app, sent, Action.RATE, AUTHOR, {"level": "5"})
    newer = client.fetch("/progress", headers={"If-None-Match": tag}).headers["ETag"]
    clock.forward(days=1)
    client.fetch("/progress", headers={"If-None-Match": newer})


def test_the_public_row_holds_no_hour_and_no_original(app: Flask) -> None:
    builders.published(app, title="题", text="文", answer="答", contact={"name": "付春来"})
    with app.app_context():
        row = dict(db.session.execute(PublicCase.__table__.select()).mappings().one())
        db.session.remove()
    assert "10:00" not in str(row)
    assert "引导牌" not in str(row) and "付春来" not in str(row)


def test_what_happens_to_others_or_inside_changes_no_tag(client: Client, app: Flask) -> None:
    sent = builders.handling(app)
    pages = {address: client.fetch(address).headers["ETag"] for address in (f"/progress/{sent.number}", "/services", "/about")}
    listed = client.fetch("/progress").headers["ETag"]
    builders.submit(app, category="misconduct")
    builders.act(app, sent, Action.NOTE, builders.handler(app).actor, {"note": "内部"})
    assert client.fetch("/progress").headers["ETag"] == listed  # neither a note nor a report of misconduct shows
    builders.submit(app)
    assert client.fetch("/progress").headers["ETag"] != listed
    for address, tag in pages.items():
        client.fetch(address, 304, headers={"If-None-Match": tag})
    builders.act(app, sent, Action.INTERIM_NOTICE, builders.handler(app).actor, {"milestone": "progress", "notice": "正在办"})
    client.fetch(f"/progress/{sent.number}", headers={"If-None-Match": pages[f"/progress/{sent.number}"]})
