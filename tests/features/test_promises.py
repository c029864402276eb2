# ruff: noqa: E501 - a table is read in aligned columns
"""The register of promises: what was promised for a day, and what became of it; never what the public may not know."""

import re

import pytest
from flask import Flask

from portal.domain.codes import Action
from portal.domain.people import AUTHOR, Actor, Role
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock
from tests.page import Page

DAY = "2026-09-21"  # a Monday, two weeks after the first moment of every test


def promised(app: Flask, *, on: str = DAY, unit: str = builders.UNIT, sent: Sent | None = None, answer: str = "我们会装好引导牌。",
             **changes: object) -> Sent:
    """Answered with a promise for a day."""
    sent = builders.handling(app, sent, unit=unit, **changes)
    given = {"outcome": "promised", "promised_on": on, "answer": answer}
    builders.act(app, sent, Action.DRAFT_ANSWER, builders.handler(app, unit).actor, given)
    return builders.act(app, sent, Action.APPROVE, builders.reviewer(app, unit).actor)


def inspector(app: Flask) -> Actor:
    return builders.staff(app, Role.INSPECTOR, unit="discipline").actor


def check(app: Flask, sent: Sent, kept: str) -> Sent:
    return builders.act(app, sent, Action.CHECK_PROMISE, inspector(app), {"kept": kept, "evidence": "9月21日现场看过。"})


def lines(page: Page) -> list[tuple[str, str]]:
    """Number and badge of each row, in the order of the page."""
    rows = page.all("li", class_="row")
    return [(re.findall(r"2026-\d{6}", row.text)[-1], row.one(class_="badge").text) for row in rows]


def figures(page: Page) -> dict[str, str]:
    return {each.one("dt").text: each.all("dd")[0].text for each in page.all("div", class_="figure")}


@pytest.mark.parametrize(("today",           "checked", "stands"), [
    ("2026-09-20 23:59", "",        "未到期"),
    ("2026-09-21 00:00", "",        "未到期"),  # it may still be kept today
    ("2026-09-21 09:00", "yes",     "已兑现"),
    ("2026-09-21 09:00", "no",      "未兑现"),
    ("2026-09-22 00:00", "",        "未核对"),  # nobody has looked: neither kept nor broken
    ("2026-09-25 09:00", "yes",     "已兑现"),
])
def test_a_promise_stands_as_it_was_found(client: Client, app: Flask, clock: Clock, today: str, checked: str, stands: str) -> None:
    sent = promised(app)
    clock.at(today)
    if checked:
        check(app, sent, checked)
    assert lines(client.get("/promises")) == [(sent.number, stands)]


def test_a_broken_promise_is_looked_at_again(client: Client, app: Flask, clock: Clock) -> None:
    sent = promised(app)
    clock.at("2026-09-21 09:00")
    check(app, sent, "no")
    client.sign_in(builders.staff(app, Role.INSPECTOR, unit="discipline"))
    assert sent.number in client.get("/desk/lists/promises").text
    clock.forward(days=7)
    check(app, sent, "yes")
    assert lines(client.get("/promises")) == [(sent.number, "已兑现")]
    assert sent.number not in client.get("/desk/lists/promises").text


def test_the_register_says_what_was_promised_as_far_as_everyone_may_know(client: Client, app: Flask) -> None:
    stub = promised(app, title="秘密题目", category="complaint")
    known = promised(app)
    given = {"public_title": "办证大厅增加引导牌", "public_text": "没有引导牌。", "public_answer": "月底前装好。", "read": "yes"}
    builders.act(app, known, Action.PUBLISH, builders.staff(app, Role.COORDINATOR).actor, given)
    page = client.get("/promises")
    assert "办证大厅增加引导牌" in page.text and "秘密题目" not in page.text
    assert "服务投诉 · 河东区" in page.text
    assert "承诺2026年9月21日前办好" in page.text and "户政支队" in page.text
    for sent in (stub, known):
        assert f"/progress/{sent.number}" in [link.attrs["href"] for link in page.all("a")]
        client.get(f"/progress/{sent.number}")


def test_what_nobody_may_know_is_not_in_it(client: Client, app: Flask, clock: Clock) -> None:
    withdrawn = promised(app)
    builders.act(app, withdrawn, Action.DISPUTE, AUTHOR, {"reason": "不同意。"})
    builders.act(app, withdrawn, Action.WITHDRAW, AUTHOR, {"keep_public": "no"})
    sealed = builders.submit(app, category="misconduct")
    officer = builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline").actor
    other = builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline", login="other").actor
    given = {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}
    builders.act(app, sealed, Action.ACCEPT, officer, given)
    builders.act(app, sealed, Action.START, officer)
    builders.act(app, sealed, Action.DRAFT_ANSWER, officer, {"outcome": "promised", "promised_on": DAY, "answer": "到时告知。"})
    builders.act(app, sealed, Action.APPROVE, other)
    before = client.get("/promises")
    assert lines(before) == [] and "还没有单位承诺过" in before.text
    clock.at("2026-09-30 09:00")
    assert figures(client.get("/promises"))["承诺总数"] == "0"


def test_what_an_author_did_not_accept_is_worked_on_and_leaves_the_register(client: Client, app: Flask) -> None:
    sent = promised(app)
    builders.act(app, sent, Action.DISPUTE, AUTHOR, {"reason": "太晚了。"})
    assert lines(client.get("/promises")) == []


@pytest.fixture
def register(app: Flask, clock: Clock) -> dict[str, str]:
    """On 30 September: one kept, one broken, two that nobody looked at, two still ahead; one of them for today."""
    made = {"kept": promised(app, on="2026-09-14"), "broken": promised(app, on="2026-09-15"),
            "late": promised(app, on="2026-09-16"), "later": promised(app, on="2026-09-18", unit="traffic"),
            "today": promised(app, on="2026-09-30"), "ahead": promised(app, on="2026-10-30", unit="traffic")}
    clock.at("2026-09-30 09:00")
    check(app, made["kept"], "yes")
    check(app, made["broken"], "no")
    return {sent.number: name for name, sent in made.items()}


@pytest.mark.parametrize(("query",                     "found"), [
    ("",                           "ahead today later late broken kept"),
    ("?state=ahead",               "today ahead"),
    ("?state=unchecked",           "late later"),
    ("?state=kept",                "kept"),
    ("?state=broken",              "broken"),
    ("?unit=traffic",              "ahead later"),
    ("?unit=traffic&state=kept",   ""),
    ("?unit=household&state=ahead", "today"),
    ("?unit=nobody&state=x",       "ahead today later late broken kept"),
])
def test_filters(client: Client, register: dict[str, str], query: str, found: str) -> None:
    page = client.get(f"/promises{query}")
    assert [register[number] for number, _ in lines(page)] == found.split()
    assert f"{len(found.split())} 件承诺" in [each.text for each in page.all("h2")]


def test_every_number_stands_with_what_it_is_counted_of(client: Client, register: dict[str, str]) -> None:
    assert figures(client.get("/promises")) == {
        "承诺总数": "6", "已兑现 / 已核对": "1 / 2", "过期未核对 / 承诺总数": "2 / 6", "未到期 / 承诺总数": "2 / 6"}
    assert figures(client.get("/promises?unit=traffic&state=kept")) == {
        "承诺总数": "2", "已兑现 / 已核对": "还没有核对过", "过期未核对 / 承诺总数": "1 / 2", "未到期 / 承诺总数": "1 / 2"}


@pytest.mark.parametrize("query", ["", "&state=ahead"])
def test_pages_follow_each_other_without_gap_or_repeat(client: Client, app: Flask, query: str) -> None:
    days = [f"2026-10-{1 + n % 7:02}" for n in range(30)]
    made = {promised(app, on=day).number: day for day in days}
    seen: list[str] = []
    address = f"/promises?unit=household{query}"
    while address:
        page = client.get(address)
        seen += [number for number, _ in lines(page)]
        following = [link.attrs["href"] for link in page.all("a", rel="next")]
        address = following[0] if following else ""
    assert sorted(seen) == sorted(made) and len(seen) == 30
    assert [made[number] for number in seen] == sorted(days, reverse=not query)


@pytest.mark.parametrize("after", ["2026-999999", "x", "J2026-000000001", "%00"])
def test_a_place_to_go_on_from_that_is_not_there_is_the_beginning(client: Client, register: dict[str, str], after: str) -> None:
    assert len(lines(client.get(f"/promises?after={after}"))) == 6


def test_lateness_is_told_by_the_day_without_any_act(client: Client, app: Flask, clock: Clock) -> None:
    promised(app)
    clock.at("2026-09-21 23:59")
    tag = client.fetch("/promises").headers["ETag"]
    client.fetch("/promises", 304, headers={"If-None-Match": tag})
    clock.at("2026-09-22 00:00")
    client.fetch("/promises", 200, headers={"If-None-Match": tag})


@pytest.mark.parametrize("address", ["/", "/progress", "/draws", "/how-it-works"])
def test_the_register_is_found(client: Client, app: Flask, address: str) -> None:
    assert "/promises" in [link.attrs["href"] for link in client.get(address).all("a")]


def test_the_register_is_there_in_english(client: Client, register: dict[str, str]) -> None:
    page = client.get("/promises?lang=en")
    assert page.h1 == "Register of promises" and "Not yet looked at" in page.text and "1 of 2" in page.text
