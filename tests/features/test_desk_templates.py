"""Answer templates: kept by a unit, a beginning for a draft, never an answer."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.domain.people import Role
from tests import builders
from tests.client import Client

TEXT = "您好！您反映的【事项】已经收悉。经核实，【情况】。感谢您的关心。"


@pytest.fixture
def handler(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.handler(app))


def keep(client: Client, title: str = "引导牌", text: str = TEXT, status: int = 303) -> None:
    client.get("/desk/templates")
    client.submit({"title": title, "text": text}, status, to="/templates")


def test_a_template_is_kept_changed_and_deleted(app: Flask, handler: Client) -> None:
    keep(handler)
    assert "引导牌" in handler.follow().one("main").text
    handler.get("/desk/templates/1")
    handler.submit({"title": "引导牌和指示牌"}, to="/templates/1")
    assert "引导牌和指示牌" in handler.follow().text
    handler.get("/desk/templates/1")
    handler.submit(to="/templates/1/delete")
    assert "本单位还没有答复模板" in handler.follow().text


@pytest.mark.parametrize(("title", "text"), [("", TEXT), ("标题", ""), ("长" * 61, TEXT), ("标题", "长" * 5_001)])
def test_what_is_wrong_is_told_and_kept(app: Flask, handler: Client, title: str, text: str) -> None:
    keep(handler, title, text, 422)
    assert handler.page.errors
    form = handler.page.form("/templates")
    assert form.one("input", name="title").attrs["value"] == title and form.one("textarea", name="text").text == text


def test_templates_are_the_units_own(app: Flask, handler: Client, browser_for: Callable[[], Client]) -> None:
    keep(handler)
    colleague = browser_for().sign_in(builders.reviewer(app))
    assert "引导牌" in colleague.get("/desk/templates").text
    other = browser_for().sign_in(builders.handler(app, "traffic"))
    assert "引导牌" not in other.get("/desk/templates").text
    other.get("/desk/templates/1", 404)
    other.post("/desk/templates/1", {"title": "x", "text": "y", "seen": ""}, 404)
    other.post("/desk/templates/1/delete", status=404)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.EDITOR, Role.ADMINISTRATOR, Role.INSPECTOR])
def test_whoever_writes_no_answers_keeps_no_templates(app: Flask, client: Client, role: Role) -> None:
    client.sign_in(builders.staff(app, role)).get("/desk/templates", 403)


def test_a_draft_starts_from_a_template_and_must_be_fitted(app: Flask, handler: Client) -> None:
    keep(handler)
    address = f"/desk/cases/{builders.handling(app).number}"
    page = handler.get(address)
    assert page.form("/draft_answer").one("textarea", name="answer").text == ""
    choices = {option.text: option.attrs["value"] for option in page.one("select", name="template").all("option")}
    page = handler.get(f"{address}?template={choices['引导牌']}")
    assert page.form("/draft_answer").one("textarea", name="answer").text == TEXT
    handler.submit({"outcome": "done"}, 422, to="/draft_answer")
    assert any("【…】" in line for line in handler.page.errors)
    fitted = "您好！门口的引导牌已于周三装好，二楼的下周装。感谢您的关心。"
    handler.submit({"outcome": "done", "answer": fitted}, to="/draft_answer")
    assert fitted in handler.follow().text


def test_a_template_word_for_word_is_refused(app: Flask, handler: Client) -> None:
    keep(handler, text="您好！您反映的情况已经收悉，我们会认真改进。")
    address = f"/desk/cases/{builders.handling(app).number}"
    handler.get(f"{address}?template=1")
    handler.submit({"outcome": "done"}, 422, to="/draft_answer")
    assert any("模板" in line for line in handler.page.errors)


def test_a_template_of_another_unit_fills_nothing(app: Flask, handler: Client, browser_for: Callable[[], Client]) -> None:
    keep(browser_for().sign_in(builders.handler(app, "traffic")))
    page = handler.get(f"/desk/cases/{builders.handling(app).number}?template=1")
    assert page.form("/draft_answer").one("textarea", name="answer").text == ""


def test_two_colleagues_change_one_template_the_second_keeps_the_words(app: Flask, handler: Client,
                                                                     browser_for: Callable[[], Client]) -> None:
    keep(handler)
    colleague = browser_for().sign_in(builders.reviewer(app))
    for each in (handler, colleague):
        each.get("/desk/templates/1")
    colleague.submit({"text": "同事的改法。"}, to="/templates/1")
    handler.submit({"text": "我的改法。"}, 409, to="/templates/1")
    assert "同事的改法。" in handler.page.one("blockquote").text
    assert handler.page.form("/templates/1").one("textarea", name="text").text == "我的改法。"
    handler.submit(to="/templates/1")
    assert handler.get("/desk/templates/1").form("/templates/1").one("textarea", name="text").text == "我的改法。"
