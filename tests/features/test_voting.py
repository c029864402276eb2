"""Voting: the code, the ballot, the thanks; every refusal; what becomes of words; what must be found nowhere."""

import logging
import os
import re
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from copy import copy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.casework.models import CaseRecord
from portal.counters import Counter
from portal.db import db, transaction
from portal.domain import one_time
from portal.domain.campaign import Access, Audience, Group, Kind, Report
from portal.domain.codes import Channel, Lane, Status
from portal.domain.form import parse_form
from portal.domain.people import Role
from portal.evaluation import ballots, codes
from portal.evaluation.models import BoxedBallot, CampaignRecord, CodeBatch, OneTimeCode
from portal.evaluation.queries import get_campaign
from portal.evaluations.devices import device_class
from portal.web.current import vault
from portal.web.limits import limiter
from tests import builders, campaigns
from tests.campaigns import Made
from tests.client import Client
from tests.conftest import Clock, prepared, settings_for
from tests.features.test_crash import ROOT, Visitor, code_in, hidden, kill, start
from tests.features.test_evaluations import called_off, days
from tests.page import Page, values

WORDS = "西关派出所的窗口总是提前关门，请改一改。"
REPORT = "有人在办证时索要烟酒。"
TICKED = {"q_c1": WORDS, "case_c1": "yes"}  # to become an opinion of its own
OPTIONAL = parse_form({"slug": "optional", "title": "自愿", "title_en": "Optional", "sections": [
    {"id": "all", "title": "全部", "title_en": "All", "questions": [
        {"id": "a1", "type": "scale", "text": "总体", "text_en": "Overall"},
        {"id": "c1", "type": "long_text", "text": "想说的话", "text_en": "Words", "becomes": "opinion"}]}]})
HOSTILE = ("\0", "'", "' OR 1=1 --", "<script>alert(1)</script>", "99999999999999999999", "-1", "1e999", "nan",
           "\r\nSet-Cookie: x=1", "\u202eabc", "５", "5 ", "a" * 3000)


def opened(client: Client, code: str) -> Client:
    """With the form of this code before them."""
    client.get("/evaluations/enter")
    client.submit({"code": code}, to="/enter")
    client.follow()
    return client


def send(client: Client, data: Mapping[str, object] | None = None, status: int = 303) -> Page:
    return client.submit({"q_a1": "5", **(data or {})}, status, to="/form")


def boxed(app: Flask) -> int:
    """How many ballots lie in the box."""
    with app.app_context():
        n = db.session.scalar(select(func.count()).select_from(BoxedBallot))
        db.session.remove()
    return n or 0


def cast_ballots(app: Flask, made: Made) -> list[tuple[str, str, dict[str, object]]]:
    """Group, subject and answers of every ballot in the box."""
    with app.app_context():
        with transaction():
            record = db.session.scalars(select(CampaignRecord).where(CampaignRecord.slug == made.slug)).one()
            found = [(each["g"], each["s"], each["a"]) for each in ballots.open_box(record, vault())]
        db.session.remove()
    return found


def cases(app: Flask) -> list[CaseRecord]:
    with app.app_context():
        found = list(db.session.scalars(select(CaseRecord).order_by(CaseRecord.id)))
        db.session.expunge_all()
        db.session.remove()
    return found


def everything_kept(app: Flask) -> str:
    with app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
        db.session.remove()
    return "\n".join(rows)


def unknown(n: int = 1) -> str:
    """A code with right check digits that was never made."""
    return one_time.make(bytes([n] * 16))


def voided(app: Flask, made: Made) -> Made:
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        with transaction():
            for batch in db.session.scalars(select(CodeBatch.id)).all():
                codes.void_batch(batch, by=by, today=portal_clock.today())
        db.session.remove()
    return made


# --- the code ---------------------------------------------------------------------------------------------------------

def test_a_code_opens_the_form_of_its_group_and_unit(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    code = made.codes[Group.RESIDENT, "traffic"][0]
    opened(client, code)
    assert client.response is not None
    assert client.response.request.path == f"{made.url}/form"
    assert "交警支队" in client.page.text
    assert "户政支队" not in client.page.text
    assert "您的身份 群众" in client.page.text
    assert code not in client.page.source


@pytest.mark.parametrize("typed", ["{0[0]} {0[1]} {0[2]} {0[3]}", "{0[0]}，{0[1]}、{0[2]},{0[3]}。",
                                   "{0[0]}-{0[1]}-{0[2]}-{0[3]}", " {0[0]}{0[1]}{0[2]}{0[3]}\n"])
def test_a_code_is_taken_in_any_grouping(app: Flask, client: Client, typed: str) -> None:
    code = campaigns.with_codes(app).all_codes[0]
    opened(client, typed.format([code[n:n + 4] for n in range(0, 16, 4)]))
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    opened(client, wide)


@pytest.mark.parametrize(("typed", "says"), [
    ("", "请输入 16 位评议码"),
    ("1234 5678 9012", "评议码是 16 位数字"),
    ("abcd efgh ijkl mnop", "评议码只有数字"),
    ("1234 5678 9012 3456", "请核对评议码"),
    ("4071 9938 2256 0184 7730", "这像是意见的查询码"),
    ("４０７１９９３８２２５６０１８４７７３０", "这像是意见的查询码"),
    ("1" * 5000, "评议码是 16 位数字"),
])
def test_a_slip_of_the_fingers_is_told_before_anything_is_looked_up(client: Client, typed: str, says: str) -> None:
    client.get("/evaluations/enter")
    page = client.submit({"code": typed}, 422, to="/enter")
    assert says in page.errors[0]
    assert not [each for each in client.watch.statements if "one_time_codes" in each]
    kept = page.one("input", name="code").attrs["value"]
    assert kept.replace(" ", "") == unicodedata.normalize("NFKC", typed[:80]).replace(" ", "")


def test_a_reference_code_is_never_looked_up(app: Flask, client: Client) -> None:
    sent = builders.submit(app)
    client.get("/evaluations/enter")
    client.submit({"code": sent.code}, 422, to="/enter")
    assert not [each for each in client.watch.statements if "code_hash" in each]


def test_all_unknown_codes_are_told_in_the_same_words(app: Flask, client: Client) -> None:
    campaigns.with_codes(app)
    pages = []
    for n in range(1, 4):
        client.get("/evaluations/enter")
        page = client.submit({"code": unknown(n)}, 422, to="/enter")
        pages.append(re.sub(r'value="[^"]*"', "", page.source).replace(one_time.group(unknown(n)), ""))
        assert sum("one_time_codes" in each for each in client.watch.statements) == 1
    assert len(set(pages)) == 1
    assert "没有这个评议码" in pages[0]


@pytest.mark.parametrize(("state", "h1", "says"), [
    ("used", "这个评议码已经用过", "已经计入"), ("early", "评议还没有开始", "从2026年9月12日起可以填评议表"),
    ("late", "评议已经结束", "结果2026年9月14日公布"), ("void", "这个评议码已经停用", "换一个新的"),
    ("cancelled", "这次评议已经取消", "所属评议")])
def test_a_code_that_opens_nothing_now_is_explained(app: Flask, client: Client, state: str, h1: str, says: str) -> None:
    makers: dict[str, Callable[[], Made]] = {
        "used": lambda: campaigns.with_codes(app),
        "early": lambda: campaigns.with_codes(app, **days(app, opens_on=5, closes_on=10, publishes_on=20)),
        "late": lambda: campaigns.counting(app, 2),
        "void": lambda: voided(app, campaigns.with_codes(app)),
        "cancelled": lambda: called_off(app, campaigns.with_codes(app))}
    made = makers[state]()
    code = made.all_codes[0]
    if state == "used":
        campaigns.cast(app, made, {"a1": 5}, code=code)
    client.get("/evaluations/enter")
    page = client.submit({"code": code}, 422, to="/enter")
    assert page.h1 == h1
    assert says in page.text
    assert code not in page.source
    assert "ballot=" not in str(client.response.headers if client.response else "")
    client.get(f"{made.url}/form", 403)


def test_guessing_is_throttled(app: Flask, client: Client) -> None:
    code = campaigns.with_codes(app).all_codes[0]
    for n in range(10):
        client.get("/evaluations/enter")
        client.submit({"code": unknown(n + 1)}, 422, to="/enter")
    page = client.submit({"code": code}, 429, to="/enter")
    assert "尝试次数太多" in page.errors[0] or "太多" in page.errors[0]
    client.submit({"code": "1234"}, 422, to="/enter")


def test_the_form_asks_for_a_code_first(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    page = client.get(f"{made.url}/form", 403)
    assert page.h1 == "输入评议码"
    assert "请先输入评议码" in page.text
    client.submit({"code": made.all_codes[0]}, to="/enter")
    assert client.location == f"{made.url}/form"


def test_a_code_of_another_evaluation_opens_only_its_own(app: Flask, client: Client) -> None:
    made, other = campaigns.with_codes(app), campaigns.with_codes(app)
    opened(client, other.all_codes[0])
    assert client.get(f"{made.url}/form", 403).h1 == "输入评议码"


def test_a_browser_can_be_made_to_forget_the_code(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    client.get("/evaluations/enter")
    client.submit(to="/forget")
    assert "已经清除" in client.follow().text
    client.get(f"{made.url}/form", 403)


def test_the_cookie_holds_the_code_sealed_for_these_pages_only(app: Flask, client: Client) -> None:
    code = campaigns.with_codes(app).all_codes[0]
    client.get("/evaluations/enter")
    client.submit({"code": code}, to="/enter")
    assert client.response is not None
    cookie = next(each for each in client.response.headers.getlist("Set-Cookie") if each.startswith("ballot="))
    assert code not in cookie
    for wanted in ("Path=/evaluations", "HttpOnly", "SameSite=Strict", "Max-Age=14400"):
        assert wanted in cookie
    assert code not in client.location
    client.http.set_cookie("ballot", "x" * 60, path="/evaluations")
    client.get(client.location, 403)


# --- the ballot -------------------------------------------------------------------------------------------------------

def test_a_whole_ballot_is_cast_and_thanked_for(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household",))
    opened(client, made.codes[Group.DEPUTY, "household"][0])
    send(client, {"q_a2": "4", "q_b1_speed": "3", "q_b1_manner": "0", "q_b2": "yes", "q_b3": "web", "q_b4": "登录太难",
                  "q_b5": ["visit", "patrol"], "q_b6_night": "1", "q_b6_home": "2", "q_b7": "25"})
    assert client.location == f"{made.url}/thanks"
    page = client.follow()
    assert page.h1 == "谢谢您，评议表已经投进票箱"
    assert "结果2026年9月27日公布" in page.text
    assert "谁也查不到" in page.text
    assert client.get(f"{made.url}/thanks").h1 == page.h1
    assert cast_ballots(app, made) == [("deputy", "household", {
        "a1": 5, "a2": 4, "b1": {"speed": 3, "manner": 0}, "b2": "yes", "b3": "web", "b5": ["visit", "patrol"],
        "b4": "登录太难", "b6": ["night", "home"], "b7": 25})]
    client.get(f"{made.url}/form", 403)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_shows_how_far_it_goes_and_what_is_asked(app: Flask, client: Client, lang: str) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    page = client.get(f"{made.url}/form?lang={lang}")
    parts = [node.text for node in page.all("p", class_="part-of")]
    assert parts == ([f"第 {n} 部分，共 3 部分" for n in (1, 2, 3)] if lang == "zh" else [f"Part {n} of 3" for n in (1, 2, 3)])
    assert page.one("form", class_="ballot").attrs["autocomplete"] == "off"
    assert client.response is not None
    assert client.response.headers["Cache-Control"] == "no-store"


def test_with_an_error_everything_typed_is_kept(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    page = client.submit({"q_a2": "2", "q_b3": "web", "q_b4": "登录太难", "q_b5": ["visit", "none"], "q_b6_night": "2",
                          "q_b7": "很多", "q_c1": WORDS}, 422, to="/form")
    assert any("第 1 题" in each or "1" in each for each in page.errors)
    assert len(page.errors) == 3
    sent = {name: value for name, value in page_values(page).items() if name.startswith(("q_", "case_"))}
    assert sent["q_a2"] == "2"
    assert sent["q_b4"] == "登录太难"
    assert sent["q_b5"] == ["visit", "none"]
    assert sent["q_b6_night"] == "2"
    assert sent["q_b7"] == "很多"
    assert sent["q_c1"] == WORDS
    assert "case_c1" not in sent
    assert boxed(app) == 0
    client.submit({"q_a1": "1", "q_b6_night": "1", "q_b6_home": "2", "q_b7": "9"}, to="/form")
    assert boxed(app) == 1


@pytest.mark.parametrize("given", [{}, {"q_c1": "  \n"}, {"case_c1": "yes"}])
def test_a_form_without_any_answer_is_not_taken_and_spends_no_code(app: Flask, client: Client, given: dict[str, str]) -> None:
    made = campaigns.with_codes(app, form=OPTIONAL)
    opened(client, made.all_codes[0])
    page = client.submit(given, 422, to="/form")
    assert page.errors == ["您还没有回答任何题目，请至少答一题再提交。评议码还没有用掉。"]
    assert boxed(app) == 0
    client.submit({"q_c1": WORDS}, to="/form")
    assert boxed(app) == 1


# --- another look, half-way -------------------------------------------------------------------------------------------

def looked(client: Client, wanted: str, given: Mapping[str, object], status: int = 200) -> Page:
    """Presses a button of the toolbar with this typed into the form."""
    form = client.page.form("/form")
    return client.post(form.attrs["action"], {**values(form), **given, "look": wanted}, status)


@pytest.mark.parametrize(("wanted", "seen"), [
    ("text.largest", ("data-text", "largest")), ("contrast.high", ("data-contrast", "high")),
    ("mode.simple", ("data-mode", "simple")), ("lang.en", ("lang", "en")), ("text.king", ("data-text", "standard")),
    ("\0", ("data-text", "standard")), ("subject", ("data-text", "standard"))])
def test_another_look_keeps_everything_typed(app: Flask, client: Client, wanted: str, seen: tuple[str, str]) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    page = looked(client, wanted, {"q_a1": "2", "q_b7": "很多", **TICKED})
    assert page.one("html").attrs[seen[0]] == seen[1]
    assert not page.errors
    kept = page_values(page)
    assert [kept[name] for name in ("q_a1", "q_b7", "q_c1", "case_c1")] == ["2", "很多", WORDS, "yes"]
    assert (boxed(app), cases(app)) == (0, [])
    client.submit({"q_b7": "9"}, to="/form")
    assert boxed(app) == 1
    assert client.follow().one("html").attrs[seen[0]] == seen[1]


def test_the_buttons_of_the_toolbar_belong_to_the_form_and_enter_does_not_press_them(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    owned = client.page.all("button", form="ballot")
    assert "name" not in owned[0].attrs
    assert {each.attrs["value"].split(".")[0] for each in owned[1:]} == {"text", "contrast", "mode", "lang"}


def test_another_look_asks_for_no_code_that_is_there_and_keeps_one_that_is_typed(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    first, second = made.all_codes[:2]
    left_open = opened(client, first).page
    opened(client, second)
    client.page = left_open
    page = looked(client, "text.large", {"q_a1": "3"})
    assert not page.errors
    page = looked(client, "text.standard", {"code": "1234"})
    assert page.one("input", name="code").attrs["value"] == "1234"
    assert page_values(page)["q_a1"] == "3"
    client.submit({"code": first}, to="/form")
    assert boxed(app) == 1


def test_another_look_keeps_the_place_of_the_picture_until_another_is_asked_for(app: Flask, client: Client) -> None:
    made = campaigns.open_rating(app)
    client.get(f"{made.url}/form?subject=hall")
    page = looked(client, "text.large", {"q_overall": "4"})
    assert page_values(page)["subject"] == "hall"
    page = looked(client, "subject", {})
    assert page.all("select", name="subject")
    assert page_values(page)["q_overall"] == "4"
    client.submit({"subject": "stations"}, to="/form")
    assert cast_ballots(app, made) == [("resident", "stations", {"overall": 4})]


def page_values(page: Page) -> dict[str, object]:
    return dict(values(page.form("/form")))


def test_an_answer_that_was_not_asked_for_is_never_dropped_in_silence(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    page = send(client, {"q_b3": "phone", "q_b4": "登录太难"}, 422)
    assert "第 6 题" in page.errors[0] or "6" in page.errors[0]
    assert page_values(page)["q_b4"] == "登录太难"


@pytest.mark.parametrize("given", HOSTILE)
def test_hostile_values_are_refused_with_words(app: Flask, client: Client, given: str) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    once = client.page.one("input", name="once").attrs["value"]
    bound = client.page.one("input", name="bound").attrs["value"]
    address = f"{made.url}/form"
    page = client.post(address, {"once": once, "bound": bound, "q_a1": given}, 422)
    assert page.errors
    for name in ("q_b1_speed", "q_b2", "q_b3", "q_b5", "q_b6_night"):
        client.post(address, {"once": once, "bound": bound, "q_a1": "5", name: given}, 422)
    for name in ("once", "bound", "code"):
        answer = client.http.post(address, data={"csrf_token": client._csrf_token(address), "once": once, "bound": bound,
                                                 "q_a1": "5", name: given})
        assert answer.status_code in (403, 422), name
    assert boxed(app) == 0


@pytest.mark.parametrize("changed", [
    {"q_zz": "1"}, {"q_": "1"}, {"q_a1": ["5", "4"]}, {"q_a1": "6"}, {"q_b3": "post"}, {"q_b5": ["visit", "visit"]},
    {"q_b1_roof": "5"}, {"q_b6_moon": "1"}])
def test_a_form_edited_in_the_browser_is_refused(app: Flask, client: Client, changed: dict[str, object]) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    fields = {name: client.page.one("input", name=name).attrs["value"] for name in ("once", "bound")}
    page = client.post(f"{made.url}/form", {**fields, "q_a1": "5", **changed}, 422)
    assert page.errors
    assert boxed(app) == 0


def test_group_and_subject_of_a_code_cannot_be_changed(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    opened(client, made.codes[Group.RESIDENT, "household"][0])
    fields = {name: client.page.one("input", name=name).attrs["value"] for name in ("once", "bound")}
    client.post(f"{made.url}/form", {**fields, "q_a1": "5", "group": "deputy", "subject": "traffic"})
    assert cast_ballots(app, made) == [("resident", "household", {"a1": 5})]


def test_a_form_sent_to_another_evaluation_is_not_taken(app: Flask, client: Client) -> None:
    made, other = campaigns.with_codes(app), campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    fields = {name: client.page.one("input", name=name).attrs["value"] for name in ("once", "bound")}
    page = client.post(f"{other.url}/form", {**fields, "q_a1": "5"}, 403)
    assert "请再输一次您的评议码" in page.errors[0]
    page = client.post(f"{other.url}/form", {**fields, "q_a1": "5", "code": made.all_codes[0]}, 422)
    assert "另一项评议活动" in page.errors[0]
    client.post("/evaluations/no-such-thing/form", {**fields, "q_a1": "5"}, 404)
    assert boxed(app) == 0


def test_a_used_code_is_refused_and_explained(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    code = made.all_codes[0]
    opened(client, code)
    campaigns.cast(app, made, {"a1": 1}, code=code)
    page = send(client, {"q_c1": WORDS}, 409)
    assert "已经用过" in page.text
    assert WORDS in page.text
    assert boxed(app) == 1
    assert cases(app) == []


def test_a_form_open_past_the_last_day_is_refused_and_explained(app: Flask, client: Client, clock: Clock) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    clock.forward(days=14)
    page = send(client, {"q_c1": WORDS}, 403)
    assert page.h1 == "评议已经结束"
    assert "最后一天是2026年9月20日" in page.text
    assert "结果2026年9月27日公布" in page.text
    assert WORDS in page.text
    assert boxed(app) == 0


@pytest.mark.parametrize(("phase", "h1"), [("announced", "评议还没有开始"), ("published", "评议已经结束"),
                                           ("cancelled", "这次评议已经取消")])
def test_a_form_that_is_not_open_says_why(app: Flask, client: Client, phase: str, h1: str) -> None:
    makers: dict[str, Callable[[], Made]] = {
        "announced": lambda: campaigns.open_rating(app, **days(app, opens_on=5, closes_on=10, publishes_on=20)),
        "published": lambda: campaigns.rated(app, 6), "cancelled": lambda: called_off(app, campaigns.open_rating(app))}
    assert client.get(f"{makers[phase]().url}/form", 403).h1 == h1


def test_a_page_that_was_open_for_long_loses_nothing(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    bound = client.page.one("input", name="bound").attrs["value"]
    page = client.post(f"{made.url}/form", {"q_a1": "4", "q_c1": WORDS, "bound": bound, "once": "old"}, 403)
    assert page_values(page)["q_c1"] == WORDS
    page = client.submit({"code": made.all_codes[0]}, to="/form")
    assert boxed(app) == 1


def test_a_page_with_an_old_token_is_sent_with_one_more_press(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    page = client.submit({"q_a1": "4", "q_c1": WORDS, "csrf_token": "old"}, 422, to="/form")
    assert "再按一次" in page.errors[0]
    client.submit(to="/form")
    assert boxed(app) == 1


def test_two_people_on_one_device_vote_one_after_the_other(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    first, second = made.codes[Group.DEPUTY, ""][:2]
    send(opened(client, first))
    send(opened(client, second), {"q_a1": "1"})
    assert boxed(app) == 2


def test_a_form_left_open_is_not_sent_with_the_next_persons_code(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    first, second = made.codes[Group.DEPUTY, ""][0], made.codes[Group.RESIDENT, ""][0]
    left_open = opened(client, first).page
    opened(client, second)
    client.page = left_open
    page = send(client, {"q_c1": WORDS}, 403)
    assert "后来又输过别的评议码" in page.errors[0]
    assert page_values(page)["q_c1"] == WORDS
    assert boxed(app) == 0
    client.submit({"code": first}, to="/form")
    assert cast_ballots(app, made)[0][0] == "deputy"


def test_the_same_form_sent_twice_counts_once_and_is_thanked_for_twice(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    code = made.all_codes[0]
    opened(client, code)
    page, cookie = client.page, client.http.get_cookie("ballot", path="/evaluations")
    assert cookie is not None
    send(client, TICKED)
    first = client.follow().one("p", class_="code").text
    client.http.set_cookie("ballot", cookie.value, path="/evaluations")  # the second click was on its way already
    client.page = page
    send(client, TICKED)
    again = client.follow()
    assert again.one("p", class_="code").text == first
    assert "刚才已经交过了" in again.text
    assert boxed(app) == 1
    assert len(cases(app)) == 1


@pytest.fixture
def own_app(tmp_path: Path, empty_database: str) -> Iterator[Flask]:
    """On a database that real worker processes may use too."""
    app = prepared(settings_for(tmp_path, empty_database))
    with app.app_context():
        engine = db.engine
    yield app
    engine.dispose()


def test_fifty_at_once(own_app: Flask, tmp_path: Path) -> None:
    """Fifty browsers with one code, two real worker processes: one ballot, and forty-nine are told why not."""
    made = campaigns.with_codes(own_app)
    with served(own_app, tmp_path) as port:
        voters = [Voter(port, f"192.0.2.{n}", made, made.all_codes[0]) for n in range(50)]
        answers = sent_at_once(voters)
    assert sorted(answers) == [303, *[409] * 49]
    assert boxed(own_app) == 1


def test_fifty_clicks_at_once(own_app: Flask, tmp_path: Path) -> None:
    """One form, fifty times in the same moment: one ballot, one case, the same thanks for all."""
    made = campaigns.with_codes(own_app)
    with served(own_app, tmp_path) as port:
        first = Voter(port, "192.0.2.1", made, made.all_codes[0])
        voters = [first, *(first.again() for _ in range(49))]
        answers = sent_at_once(voters)
        codes_shown = {each.code_shown() for each in voters}
    assert set(answers) == {303}
    assert boxed(own_app) == 1
    assert len(cases(own_app)) == len(codes_shown) == 1


class Voter:
    """A browser that has the form of a code before it, filled in."""

    def __init__(self, port: int, address: str, made: Made, code: str) -> None:
        self.port, self.address, self.made = port, address, made
        self.cookies: dict[str, str] = {}
        self.form: dict[str, str] = {}
        with self.visit() as browser:
            _, page = browser.ask("GET", "/evaluations/enter")
            browser.ask("POST", "/evaluations/enter", {"csrf_token": hidden(page, "csrf_token"), "code": code})
            _, page = browser.ask("GET", f"{made.url}/form")
        self.form = {name: hidden(page, name) for name in ("csrf_token", "once", "bound")}

    def again(self) -> "Voter":
        """The same page of the same browser."""
        other = copy(self)
        other.cookies = dict(self.cookies)
        return other

    def send(self, start: threading.Barrier) -> int:
        form = {**self.form, "q_a1": "5", "q_c1": WORDS, "case_c1": "yes"}
        with self.visit() as browser:
            browser.ask("GET", "/healthz")
            start.wait()
            try:
                return browser.ask("POST", f"{self.made.url}/form", form)[0]
            except ConnectionError:  # a lost connection: whoever sends the same form again loses nothing by it
                browser.connection.close()
                return browser.ask("POST", f"{self.made.url}/form", form)[0]

    def code_shown(self) -> str:
        with self.visit() as browser:
            return code_in(browser.ask("GET", f"{self.made.url}/thanks")[1])

    def visit(self) -> Visitor:
        browser = Visitor(self.port, self.address)
        browser.cookies = self.cookies
        return browser


def sent_at_once(voters: Sequence[Voter]) -> list[int]:
    start = threading.Barrier(len(voters))
    with ThreadPoolExecutor(len(voters)) as crowd:
        return list(crowd.map(lambda voter: voter.send(start), voters))


@contextmanager
def served(app: Flask, folder: Path) -> Iterator[int]:
    """The port at which two worker processes answer for the database of this app."""
    settings = app.config["PORTAL"]
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = start({
        **os.environ, "PORTAL_DATA": str(folder / "var"), "DATABASE_URL": settings.database_url, "PORTAL_PROXIES": "1",
        "PORTAL_PORT": str(port), "PORTAL_WORKERS": "2", "PYTHONPATH": str(ROOT), "SECRET_KEY": settings.secret_key,
        "PORTAL_KEYS": ",".join(settings.keys), "PORTAL_DEMO": "1", "PORTAL_NOW": f"{settings.now:%Y-%m-%dT%H:%M}"})
    try:
        yield port
    finally:
        kill(running)


# --- words that become cases ------------------------------------------------------------------------------------------

def test_words_become_an_opinion_with_a_code_of_its_own(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    opened(client, made.codes[Group.DEPUTY, "household"][0])
    send(client, TICKED)
    page = client.follow()
    code = page.one("p", class_="code").text
    assert re.fullmatch(r"[0-9]{4}( [0-9]{4}){4}", code)
    found = cases(app)
    assert [(each.category, each.channel, each.status, each.unit) for each in found] == [
        ("suggestion", Channel.BALLOT, Status.RECEIVED, None)] or found[0].channel is Channel.BALLOT
    assert found[0].number in page.text
    assert cast_ballots(app, made)[0][2] == {"a1": 5}
    assert WORDS not in everything_kept(app)
    assert client.get(f"{made.url}/thanks").one("p", class_="code").text == code
    client.submit(to="/thanks/noted")
    again = client.follow()
    assert not again.all("p", class_="code")
    assert "这里不再显示" in again.text
    client.get("/track")
    client.submit({"code": code}, to="/track")
    assert WORDS in client.follow().text


def test_without_the_tick_the_words_stay_in_the_ballot(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    send(client, {"q_c1": WORDS})
    assert not client.follow().all("p", class_="code")
    assert cases(app) == []
    assert cast_ballots(app, made)[0][2] == {"a1": 5, "c1": WORDS}


def test_a_confidential_answer_goes_to_the_discipline_office_alone(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    opened(client, made.codes[Group.DEPUTY, "household"][0])
    send(client, {"q_c2": REPORT})
    page = client.follow()
    found = cases(app)
    assert [(each.category, each.lane) for each in found] == [("misconduct", Lane.MISCONDUCT)]
    assert found[0].number.startswith("J")
    assert "只有纪检" in page.text or "纪检" in page.text
    assert cast_ballots(app, made)[0][2] == {"a1": 5}


def test_several_words_make_several_receipts(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])
    send(client, {**TICKED, "q_c2": REPORT})
    assert len({node.text for node in client.follow().all("p", class_="code")}) == 2


def test_no_office_examines_itself(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, subjects=("discipline",))
    opened(client, made.all_codes[0])
    page = send(client, {"q_c2": REPORT}, 422)
    assert "检察" in page.errors[0]
    assert page_values(page)["q_c2"] == REPORT
    assert boxed(app) == 0
    assert cases(app) == []


def test_more_opinions_than_a_receipt_can_carry_are_refused(app: Flask, client: Client) -> None:
    form = parse_form({"slug": "many", "title": "多题", "title_en": "Many", "sections": [
        {"id": "all", "title": "全部", "title_en": "All", "questions": [
            {"id": f"w{n}", "type": "long_text", "text": f"第{n}件", "text_en": f"No {n}", "becomes": "opinion"}
            for n in range(22)]}]})
    made = campaigns.with_codes(app, form=form)
    opened(client, made.all_codes[0])
    words, ticks = {f"q_w{n}": f"第{n}件事" for n in range(22)}, {f"case_w{n}": "yes" for n in range(22)}
    page = client.submit({**words, **ticks}, 422, to="/form")
    assert len(page.errors) == 2
    client.submit({"case_w20": [], "case_w21": []}, to="/form")
    assert len(client.follow().all("p", class_="code")) == 20
    cookie = client.http.get_cookie("thanks", path=f"{made.url}/thanks")
    assert cookie is not None


def test_a_fault_leaves_nothing_half_written(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    from portal.casework import actions

    made = campaigns.with_codes(app)
    opened(client, made.all_codes[0])

    def broken(*args: object, **more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(actions, "submit", broken)
    page = send(client, TICKED, 503)
    assert page_values(page)["q_c1"] == WORDS
    assert boxed(app) == 0
    monkeypatch.undo()
    client.submit(to="/form")
    assert boxed(app) == 1


# --- without codes ----------------------------------------------------------------------------------------------------

def test_a_hall_is_rated_by_its_picture(app: Flask, client: Client) -> None:
    made = campaigns.open_rating(app)
    page = client.get(f"{made.url}/form?subject=hall")
    assert "市政务服务中心公安专区" in page.text
    client.submit({"q_overall": "1", "q_why": ["slow"], "q_urged": "no"}, to="/form")
    assert client.follow().h1 == "谢谢您，评议表已经投进票箱"
    assert cast_ballots(app, made) == [("resident", "hall", {"overall": 1, "why": ["slow"], "urged": "no"})]
    with app.app_context():
        assert [each.key.split("|")[-1] for each in db.session.scalars(
            select(Counter).where(Counter.key.like("arrivals|%")))] == ["desktop-other"]
        db.session.remove()


@pytest.mark.parametrize("subject", ["", "?subject=nowhere", "?subject=household", "?subject=%00"])
def test_where_the_picture_names_nothing_there_is_a_list_to_choose_from(app: Flask, client: Client, subject: str) -> None:
    made = campaigns.open_rating(app)
    page = client.get(f"{made.url}/form{subject}")
    assert [each.attrs["value"] for each in page.one("select", name="subject").all("option")] == ["", "hall", "stations"]
    assert ("没有认出二维码" in page.text) == bool(subject)
    page = client.submit({"q_overall": "4"}, 422, to="/form")
    assert page.errors == ["请从中选一项"] or len(page.errors) == 1
    client.submit({"subject": "stations"}, to="/form")
    assert cast_ballots(app, made)[0][1] == "stations"


def test_with_several_groups_one_says_as_what_one_answers(app: Flask, client: Client) -> None:
    made = campaigns.announced(app, access=Access.OPEN, audiences=(Audience(Group.ENTERPRISE), Audience(Group.RESIDENT)))
    client.get(f"{made.url}/form")
    assert len(send(client, {}, 422).errors) == 1
    client.submit({"group": "enterprise"}, to="/form")
    assert cast_ballots(app, made)[0][0] == "enterprise"


@pytest.mark.parametrize("changed", [{"subject": "household"}, {"subject": "\0"}, {"group": "deputy"}, {"group": "king"}])
def test_foreign_places_and_groups_are_refused(app: Flask, client: Client, changed: dict[str, str]) -> None:
    made = campaigns.open_rating(app)
    client.get(f"{made.url}/form?subject=hall")
    once = client.page.one("input", name="once").attrs["value"]
    page = client.post(f"{made.url}/form", {"once": once, "subject": "hall", "q_overall": "5", **changed}, 422)
    assert page.errors
    assert boxed(app) == 0


def test_an_address_that_names_a_place_where_there_is_none_to_choose_is_no_trap(app: Flask, client: Client) -> None:
    made = campaigns.announced(app, access=Access.OPEN, audiences=(Audience(Group.RESIDENT),))
    assert "nowhere" not in client.get(f"{made.url}/form?subject=nowhere").text
    once = client.page.one("input", name="once").attrs["value"]
    client.post(f"{made.url}/form", {"once": once, "q_a1": "5", "subject": "nowhere"}, 422)
    client.submit(to="/form")
    assert cast_ballots(app, made) == [("resident", "", {"a1": 5})]


def test_one_network_cannot_send_any_number_of_ratings(app: Flask, client: Client) -> None:
    made = campaigns.open_rating(app)
    for _ in range(30):
        client.get(f"{made.url}/form?subject=hall")
        client.submit({"q_overall": "5"}, to="/form")
    client.get(f"{made.url}/form?subject=hall")
    page = client.submit({"q_overall": "2"}, 429, to="/form")
    assert page_values(page)["q_overall"] == "2"
    assert boxed(app) == 30


def test_opinions_from_an_open_form_are_looked_at_first_where_they_are_many(app: Flask, client: Client) -> None:
    made = campaigns.announced(app, access=Access.OPEN, audiences=(Audience(Group.RESIDENT),))
    for n in range(11):
        client.get(f"{made.url}/form")
        send(client, {**TICKED, "q_c1": f"{WORDS}{n}"})
    assert [each.status is Status.QUARANTINED for each in cases(app)] == [False] * 10 + [True]


def test_no_kind_of_device_is_kept_where_there_are_codes(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    send(opened(client, made.all_codes[0]))
    with app.app_context():
        assert not db.session.scalars(select(Counter).where(Counter.key.like("arrivals|%"))).all()
        db.session.remove()


@pytest.mark.parametrize(("agent", "found"), [
    ("", "unknown"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0", "phone-ios"),
    ("Mozilla/5.0 (Linux; Android 8.1; PAR-AL00) Chrome/66 Mobile Safari/537.36", "phone-android"),
    ("Mozilla/5.0 (Linux; Android 12; SM-T870) Chrome/100 Safari/537.36", "tablet-android"),
    ("Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) Mobile/15E148", "tablet-ios"),
    ("Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 KAIOS/2.5", "phone-other"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36", "desktop-other"),
    ("|a|b" * 1000, "desktop-other"),
])
def test_a_browser_is_known_by_its_kind_alone(agent: str, found: str) -> None:
    assert device_class(agent) == found


# --- reports of officers ----------------------------------------------------------------------------------------------

def test_the_officers_report_stands_above_the_form(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app, kind=Kind.REPORTS, subjects=("household", "traffic"), reports=(
        Report("household", "抓了延时服务。", "没有收礼。"), Report("traffic", "抓了校门口。", "申报了车辆。")))
    opened(client, made.codes[Group.DEPUTY, "household"][0])
    assert "抓了延时服务。" in client.page.text
    assert "抓了校门口。" not in client.page.text


# --- what must be found nowhere ---------------------------------------------------------------------------------------

def test_the_code_is_found_nowhere(app: Flask, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = campaigns.with_codes(app)
    code = made.all_codes[0]
    client.get("/evaluations/enter")
    client.submit({"code": code}, to="/enter")
    seen = [str(client.response.headers) if client.response else ""]
    client.follow()
    seen.append(client.page.source)
    send(client, TICKED)
    seen.append(str(client.response.headers) if client.response else "")
    seen.append(client.follow().source)
    spelled = (code, one_time.group(code), one_time.group(code).replace(" ", "-"))
    for where in (*seen, caplog.text, everything_kept(app)):
        assert not [each for each in spelled if each in where]
    with app.app_context():
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    if url.get_backend_name() == "sqlite":
        raw = b"".join(file.read_bytes() for file in Path(url.database or "").parent.glob("portal-*.sqlite3*"))
        assert code.encode() not in raw
        assert WORDS.encode() not in raw


def test_a_ballot_that_lies_in_the_box_has_neither_code_nor_order_nor_time(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    for n, code in enumerate(made.all_codes[:6]):
        send(opened(client, code), {"q_a1": str(n % 5 + 1)})
        limiter.reset()
    with app.app_context():
        rows = db.session.execute(select(BoxedBallot.id, func.length(BoxedBallot.sealed))).all()
        used = db.session.scalar(select(func.count()).select_from(OneTimeCode).where(OneTimeCode.used))
        db.session.remove()
    assert len({size for _id, size in rows}) == 1
    assert used == 6


def test_the_next_code_puts_the_receipts_of_the_last_one_away(app: Flask, client: Client) -> None:
    made = campaigns.with_codes(app)
    first, second = made.all_codes[:2]
    send(opened(client, first), TICKED)
    assert client.follow().all("p", class_="code")
    opened(client, second)
    assert not client.get(f"{made.url}/thanks").all("p", class_="code")


def test_receipts_are_gone_after_half_an_hour(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaigns.with_codes(app)
    send(opened(client, made.all_codes[0]), TICKED)
    real = portal_clock.seconds()
    monkeypatch.setattr(portal_clock, "seconds", lambda: real + 29 * 60)
    assert client.get(f"{made.url}/thanks").all("p", class_="code")
    monkeypatch.setattr(portal_clock, "seconds", lambda: real + 31 * 60)
    assert client.get(f"{made.url}/thanks").h1 == "这里没有要显示的内容了"
    client.http.post(f"{made.url}/thanks/noted", data={"csrf_token": client._csrf_token("/opinions/new")})


def test_thanks_are_for_whoever_sent_a_form(app: Flask, client: Client, browser_for: Callable[[], Client]) -> None:
    made, other = campaigns.with_codes(app), campaigns.with_codes(app)
    send(opened(client, made.all_codes[0]), TICKED)
    assert browser_for().get(f"{made.url}/thanks").h1 == "这里没有要显示的内容了"
    assert client.get(f"{other.url}/thanks").h1 == "这里没有要显示的内容了"
    client.http.set_cookie("thanks", "y" * 80, path=f"{other.url}/thanks")
    client.get(f"{other.url}/thanks")


def test_the_day_of_the_last_ballot_still_counts(app: Flask, client: Client, clock: Clock) -> None:
    made = campaigns.with_codes(app)
    clock.at("2026-09-20 23:59")
    send(opened(client, made.all_codes[0]))
    assert boxed(app) == 1
    with app.app_context():
        assert get_campaign(made.slug, portal_clock.today()).phase.value == "open"
        db.session.remove()
