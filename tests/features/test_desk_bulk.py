"""One act on many cases: looked at before, done case by case, told afterwards."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.domain.codes import Action
from portal.domain.people import Role
from tests import builders
from tests.builders import Sent
from tests.client import Client


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


@pytest.fixture
def handler(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.handler(app))


def look(client: Client, action: str, *sent: Sent, status: int = 200, key: str = "open") -> None:
    numbers = "".join(f"&number={each.number}" for each in sent)
    client.get(f"/desk/bulk?list={key}&action={action}{numbers}", status)


def send(client: Client, status: int = 200, **given: str) -> None:
    """The confirmation with all its cases."""
    cases = [each.attrs["value"] for each in client.page.form("/bulk").all("input", name="case")]
    client.submit({"case": cases, **given}, status, to="/bulk")


def part(client: Client, name: str) -> str:
    return client.page.one("section", **{"aria-labelledby": name}).text


def test_ticked_cases_are_looked_at_then_acted_on(app: Flask, handler: Client) -> None:
    sent = [builders.accepted(app) for _each in range(3)]
    page = handler.get("/desk/lists/to-handle")
    form = page.one("form", action="/desk/bulk")
    assert [box.attrs["value"] for box in form.all("input", type="checkbox", name="number")] == [each.number for each in sent]
    assert "start" in [option.attrs["value"] for option in form.all("option")]
    look(handler, "start", *sent[:2], key="to-handle")
    assert all(each.number in part(handler, "possible") for each in sent[:2]) and sent[2].number not in handler.page.text
    send(handler)
    assert all(each.number in part(handler, "carried-out") for each in sent[:2])
    states = [handler.get(f"/desk/cases/{each.number}").one(class_="band").text for each in sent]
    assert ["办理中" in words for words in states] == [True, True, False]


def test_the_page_says_where_it_is_not_possible_and_why(app: Flask, coordinator: Client) -> None:
    fine, waits, done = builders.handling(app), builders.submit(app), builders.answered(app)
    sealed = builders.submit(app, category="misconduct", title="举报", text="举报")
    look(coordinator, "transfer", fine, waits, done, sealed)
    assert fine.number in part(coordinator, "possible")
    hindered = part(coordinator, "hindered")
    assert waits.number in hindered and done.number in hindered and "当前状态下不能办理" in hindered
    assert sealed.number not in coordinator.page.text
    send(coordinator, unit="traffic", reason="归交警")
    assert fine.number in part(coordinator, "carried-out")
    assert waits.number not in coordinator.page.text


def test_what_is_missing_is_told_before_anything_is_done(app: Flask, coordinator: Client) -> None:
    sent = [builders.handling(app), builders.handling(app)]
    look(coordinator, "supervise", *sent)
    send(coordinator, 422, level="reminder")
    assert coordinator.page.errors
    send(coordinator, order="请本周内答复")
    assert "已办理 2 件" in coordinator.page.text
    assert all(each.number in coordinator.get("/desk/lists/supervised").text for each in sent)


def test_a_case_changed_meanwhile_is_left_alone_and_the_others_are_done(app: Flask, coordinator: Client) -> None:
    sent = [builders.handling(app), builders.handling(app)]
    look(coordinator, "note", *sent)
    builders.act(app, sent[0], Action.NOTE, builders.handler(app).actor, {"note": "同事的备注"})
    send(coordinator, note="一起跟进")
    refused = part(coordinator, "refused")
    assert sent[0].number in refused and "期间已被他人改动" in refused
    assert sent[1].number in part(coordinator, "carried-out")
    assert "一起跟进" not in coordinator.get(f"/desk/cases/{sent[0].number}").text
    assert "一起跟进" in coordinator.get(f"/desk/cases/{sent[1].number}").text


def test_sent_twice_nothing_is_done_twice(app: Flask, coordinator: Client) -> None:
    sent = builders.handling(app)
    look(coordinator, "note", sent)
    form = coordinator.page.form("/bulk")
    given = {"action": "note", "case": form.one("input", name="case").attrs["value"], "note": "一起跟进"}
    for _each in range(2):
        coordinator.post("/desk/bulk", given, 200)
    assert coordinator.get(f"/desk/cases/{sent.number}").text.count("一起跟进") == 1


def test_one_case_that_refuses_what_is_typed_stops_no_other(app: Flask, coordinator: Client) -> None:
    fine = builders.handling(app)
    barred = builders.submit(app, category="complaint")
    given = {"lane": "ordinary", "unit": "household", "rule": "complaint", "complained_of": "traffic"}
    builders.act(app, barred, Action.ACCEPT, builders.staff(app, Role.COORDINATOR).actor, given)
    look(coordinator, "transfer", barred, fine)
    send(coordinator, unit="traffic", reason="归交警")
    assert barred.number in part(coordinator, "refused") and "被投诉" in part(coordinator, "refused")
    assert fine.number in part(coordinator, "carried-out")


@pytest.mark.parametrize("action", ["approve", "draft_answer", "publish", "decline", "merge", "open_contact", "nonsense", ""])
def test_no_act_that_needs_reading_is_done_in_bulk(app: Flask, coordinator: Client, action: str) -> None:
    sent = builders.handling(app)
    look(coordinator, action, sent, status=422)
    coordinator.post("/desk/bulk", {"action": action, "case": f"{sent.number}|3", "reason": "x"}, 404)


def test_nothing_ticked_is_said(app: Flask, coordinator: Client) -> None:
    look(coordinator, "note", status=422)
    assert "请先勾选至少一件" in coordinator.page.text


def test_no_more_than_a_hundred_at_once(app: Flask, coordinator: Client) -> None:
    sent = [Sent(f"2026-{number:06}", "") for number in range(1, 131)]
    builders.handling(app)
    look(coordinator, "note", *sent)
    given = {"action": "note", "note": "x", "case": [f"{each.number}|1" for each in sent]}
    coordinator.post("/desk/bulk", given, 200)
    assert coordinator.page.text.count("不是您有权查看的办件") == 99


def test_cases_of_others_are_neither_shown_nor_acted_on(app: Flask, handler: Client) -> None:
    other = builders.accepted(app, unit="traffic", title="别人的办件")
    look(handler, "note", other)
    assert "别人的办件" not in handler.page.text
    handler.post("/desk/bulk", {"action": "note", "case": f"{other.number}|2", "note": "看看"}, 200)
    assert "别人的办件" not in handler.page.text and "不是您有权查看的办件" in handler.page.text
