"""One opinion the whole way, in a real browser: from the form to its public progress and its author's rating."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from portal.domain.people import Role
from tests import builders
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, act, receipt, sign_in, track

NAME, PHONE, IDENTITY, PLATE = "付春来", "19900000001", "000000198503121231", "冀Z00001"
TITLE = "办证大厅三号窗口提前关门"
TEXT = f"11月6日下午五点，办证大厅三号窗口提前关门。我叫{NAME}，电话{PHONE}，身份证{IDENTITY}，车牌{PLATE}。"
ANSWER = "经查，三号窗口当天提前半小时关门。已向您道歉并改正，今后按公示时间开放。"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    for login, role, unit in (("coordinator", Role.COORDINATOR, "outreach"), ("handler", Role.HANDLER, "household"),
                              ("reviewer", Role.REVIEWER, "household")):
        builders.staff(site.app, role, unit=unit, login=login, password=PASSWORD)


def send_opinion(page: Page) -> tuple[str, str]:
    """The number and the code of the receipt."""
    page.goto("/")
    page.locator("main a[href^='/opinions/new']").first.click()
    page.locator("input[name=category][value=complaint]").check()
    page.locator("select[name=district]").select_option("hedong")
    page.locator("input[name=title]").fill(TITLE)
    page.locator("textarea[name=text]").fill(TEXT)
    page.locator("input[name=attachments]").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": builders.gps_jpeg()})
    page.locator("input[name=publish][value=yes]").check()
    page.locator("input[name=contact_phone]").fill(PHONE)
    page.locator("button[name=step][value=send], main form button[type=submit]:not([value=similar])").last.click()
    expect(page).to_have_url(re.compile("/opinions/receipt$"))
    return receipt(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_an_opinion_travels_the_whole_way(visitor: Visitor, javascript: bool) -> None:
    author = visitor(javascript=javascript, width=360)
    number, code = send_opinion(author)

    track(author, code)
    track(author, code.translate(FULL_WIDTH))
    picture = author.locator("a[href*='/files/']").first.get_attribute("href")
    served = author.request.get(picture or "")
    assert served.headers["content-type"] == "image/jpeg"
    assert b"PlantedCamera" not in served.body()
    assert not Image.open(BytesIO(served.body())).getexif()

    coordinator = sign_in(visitor(javascript=javascript), "coordinator")
    coordinator.goto("/desk/lists/to-sort")
    coordinator.get_by_role("link", name=TITLE).first.click()
    act(coordinator, "accept", lane="ordinary", unit="household", rule="complaint")
    expect(coordinator.locator(".band, .badge").first).to_contain_text("已受理")

    handler = sign_in(visitor(javascript=javascript), "handler")
    handler.goto(f"/desk/cases/{number}")
    act(handler, "start")
    act(handler, "draft_answer", outcome="done", answer=ANSWER)

    reviewer = sign_in(visitor(javascript=javascript), "reviewer")
    reviewer.goto(f"/desk/cases/{number}")
    expect(reviewer.locator("main")).to_contain_text(ANSWER)
    act(reviewer, "approve")

    coordinator.goto(f"/desk/cases/{number}/publish")
    proposed = coordinator.locator("[name=public_text]").input_value()
    assert not [word for word in (NAME, PHONE, IDENTITY, PLATE) if word in proposed]
    coordinator.locator("[name=read]").check()
    coordinator.locator("form[action$='/publish'] button[type=submit], form[action$='/publish'] button").last.click()
    expect(coordinator).to_have_url(re.compile(f"/desk/cases/{number}$"))

    stranger = visitor(javascript=javascript)
    stranger.goto("/progress")
    stranger.get_by_role("link", name=TITLE).first.click()
    shown = stranger.locator("main").inner_text()
    assert "三号窗口提前关门" in shown and ANSWER in shown
    assert not [word for word in (NAME, PHONE, IDENTITY, PLATE) if word in stranger.content()]

    track(author, code)
    act(author, "rate", level="4")
    expect(author.locator("main")).to_contain_text("满意")
    stranger.reload()
    expect(stranger.locator("main")).to_contain_text("满意")


def test_a_double_click_makes_one_case(visitor: Visitor, site: Site) -> None:
    page = visitor(javascript=False)
    page.goto("/opinions/new?category=question")
    page.locator("textarea[name=text]").fill("窗口几点开门？")
    page.locator("main form button[type=submit]:not([value=similar])").last.dblclick()
    expect(page).to_have_url(re.compile("/opinions/receipt$"))
    page.goto("/progress")
    assert len(set(re.findall(r"/progress/(2026-[0-9]{6})", page.content()))) == 1


def test_everything_can_be_reached_and_sent_by_keyboard(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/opinions/new?category=suggestion")
    page.locator("textarea[name=text]").focus()
    page.keyboard.type("希望增加引导牌。")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main button[type=submit]:not([value=similar])')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/opinions/receipt$"))


def test_a_reload_by_mistake_keeps_what_was_typed(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/opinions/new?category=question")
    page.locator("textarea[name=text]").fill("很长的一段话")
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("很长的一段话")
