"""Two clerks on one case: the second is told what changed since, and no word of theirs is lost."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.domain.codes import Action
from portal.domain.people import Actor, Role
from tests import builders
from tests.client import Client

MINE = "我写了很久的另一份答复，一个字也不能丢。"


@pytest.fixture
def handler(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.handler(app))


@pytest.fixture
def office(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def colleague(app: Flask) -> Actor:
    return builders.staff(app, Role.HANDLER, unit=builders.UNIT, login="second", name="孙丽").actor


def test_the_second_reads_who_did_what_and_when(app: Flask, handler: Client) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    builders.act(app, sent, Action.DRAFT_ANSWER, colleague(app), {"outcome": "done", "answer": "同事的答复"})
    handler.submit({"outcome": "explained", "answer": MINE}, 409, to="/draft_answer")
    told = handler.page.one("ul", **{"class": "since"})
    assert len(told.all("time")) == 1
    for words in ("孙丽", "户政支队", "2026-09-07 10:00", "写好答复，正在审核", "办理中", "答复审核中"):
        assert words in told.text
    assert MINE in handler.page.text


def test_only_what_came_after_the_page_was_opened_is_told(app: Flask, office: Client) -> None:
    sent = builders.handling(app)
    builders.act(app, sent, Action.NOTE, colleague(app), {"note": "之前的备注"})
    office.get(f"/desk/cases/{sent.number}")
    builders.act(app, sent, Action.NOTE, colleague(app), {"note": "之后的备注"})
    builders.act(app, sent, Action.ASK_AUTHOR, colleague(app), {"question": "哪一天？"})
    office.submit({"unit": "traffic", "reason": MINE}, 409, to="/transfer")
    told = office.page.one("ul", **{"class": "since"})
    assert len(told.all("time")) == 2
    assert "等待补充" in told.text
    form = office.page.form("/transfer")
    assert form.one("textarea", name="reason").text == MINE
    assert form.one("option", value="traffic").attrs.get("selected") is not None


def test_the_same_form_sent_again_is_taken(app: Flask, office: Client) -> None:
    sent = builders.handling(app)
    office.get(f"/desk/cases/{sent.number}")
    builders.act(app, sent, Action.NOTE, colleague(app), {"note": "备注"})
    office.submit({"unit": "traffic", "reason": MINE}, 409, to="/transfer")
    office.submit(to="/transfer")
    assert MINE in office.follow().text


def test_words_for_a_step_that_is_gone_are_given_back(app: Flask, handler: Client) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    builders.act(app, sent, Action.ASK_AUTHOR, colleague(app), {"question": "哪一天？"})
    handler.submit({"outcome": "done", "answer": MINE}, 409, to="/draft_answer")
    assert not handler.page.all("form", action=f"/desk/cases/{sent.number}/draft_answer")
    assert MINE in handler.page.text


def test_words_for_a_case_that_left_are_given_back_and_tell_nothing_of_it(app: Flask, handler: Client) -> None:
    sent = builders.handling(app, title="大厅没有引导牌")
    handler.get(f"/desk/cases/{sent.number}")
    given = {"unit": "traffic", "reason": "归交警"}
    builders.act(app, sent, Action.TRANSFER, builders.staff(app, Role.COORDINATOR).actor, given)
    handler.submit({"outcome": "done", "answer": MINE}, 404, to="/draft_answer")
    assert MINE in handler.page.text and "大厅没有引导牌" not in handler.page.text
    left = handler.page.text
    handler.post("/desk/cases/2026-999999/draft_answer", {"outcome": "done", "answer": MINE}, 404)
    assert handler.page.text == left


def test_a_publication_overtaken_says_what_changed_and_keeps_the_text(app: Flask, office: Client) -> None:
    sent = builders.answered(app)
    office.get(f"/desk/cases/{sent.number}/publish")
    builders.act(app, sent, Action.NOTE, colleague(app), {"note": "备注"})
    office.submit({"public_text": MINE, "read": "yes"}, 409, to="/publish")
    assert "孙丽" in office.page.one("ul", **{"class": "since"}).text
    assert office.page.form("/publish").one("textarea", name="public_text").text == MINE


def test_a_step_that_is_not_open_gives_the_words_back(app: Flask, handler: Client) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    handler.post(f"/desk/cases/{sent.number}/send_back", {"version": "3", "reason": MINE}, 403)
    assert MINE in handler.page.text
