"""Two clerks in two browsers on one case: the second reads what the first did, and finds every word again."""

import pytest
from playwright.sync_api import Page, expect

from portal.domain.people import Role
from tests import builders
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, act, sign_in

MINE = "经核实，大厅门口和二楼的引导牌已于本周三装好。\n这一段写了很久，一个字也不能丢。"
THEIRS = "同事先写好的答复。"


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    for login, name in (("first", "李建国"), ("second", "孙丽")):
        builders.staff(site.app, Role.HANDLER, unit="household", login=login, name=name, password=PASSWORD)
    builders.staff(site.app, Role.COORDINATOR, login="coordinator", password=PASSWORD)


def write(page: Page, answer: str) -> None:
    form = page.locator("form[action$='/draft_answer']")
    form.locator("[name=outcome][value=explained]").check()
    form.locator("[name=answer]").fill(answer)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_the_second_clerk_sees_what_changed_and_loses_no_text(visitor: Visitor, site: Site, javascript: bool) -> None:
    number = builders.handling(site.app).number
    first, second = (sign_in(visitor(javascript=javascript), login) for login in ("first", "second"))
    for page in (first, second):
        page.goto(f"/desk/cases/{number}")
    write(first, MINE)

    act(second, "draft_answer", outcome="done", answer=THEIRS)
    expect(second.locator(".band, .badge").first).to_contain_text("答复审核中")

    first.locator("form[action$='/draft_answer'] button").last.click()
    changed = first.locator(".since")
    expect(changed).to_contain_text("孙丽")
    expect(changed).to_contain_text("答复审核中")
    expect(first.locator("main")).to_contain_text("一个字也不能丢")
    assert first.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_typed_stands_in_its_field_again_and_can_be_sent(visitor: Visitor, site: Site) -> None:
    number = builders.handling(site.app).number
    handler, office = sign_in(visitor(), "first"), sign_in(visitor(), "coordinator")
    handler.goto(f"/desk/cases/{number}")
    write(handler, MINE)
    office.goto(f"/desk/cases/{number}")
    act(office, "supervise", level="reminder", order="请抓紧")

    send = handler.locator("form[action$='/draft_answer'] button").last
    send.click()
    expect(handler.locator(".since")).to_contain_text("走访办")
    expect(handler.locator("form[action$='/draft_answer'] [name=answer]")).to_have_value(MINE)
    expect(handler.locator("form[action$='/draft_answer'] [name=outcome][value=explained]")).to_be_checked()
    handler.locator("form[action$='/draft_answer'] button").last.click()
    expect(handler.locator(".band, .badge").first).to_contain_text("答复审核中")
