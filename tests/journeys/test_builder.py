"""A coordinator builds a small form in a real browser, with script and without, and looks at it."""

import pytest
from playwright.sync_api import Page, expect

from portal.domain.people import Role
from tests import builders
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, sign_in
from tests.journeys.test_accessibility import axe


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    builders.staff(site.app, Role.COORDINATOR, login="coordinator", password=PASSWORD)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_small_form_is_built_and_looked_at(visitor: Visitor, javascript: bool) -> None:
    page = sign_in(visitor(javascript=javascript), "coordinator")
    page.goto("/desk/evaluation-forms")
    page.locator("main a[href$='/evaluation-forms/new']").click()
    fill(page, slug="spring-survey", title="春季问卷", title_en="Spring survey")
    press(page, "open:form-0")
    expect(page.locator("#open")).to_be_in_viewport()
    fill(page, title="服务", title_en="Service")
    page.locator("select[name=type-0]").select_option("single")
    press(page, "add:form-0")
    fill(page, text="您从哪里来？", text_en="Where do you come from?", choices="河东 | East\n河西 | West")
    press(page, "save")  # back at the top, where it says that it is saved
    expect(page.locator("main")).to_contain_text("已保存为第 1 版")
    expect(page.locator("textarea[name=choices]")).to_have_value("east | 河东 | East\nwest | 河西 | West")

    page.locator("select[name=type-0]").select_option("long_text")
    press(page, "add:form-0")
    fill(page, text="河东哪里要改？")
    page.locator("select[name=asks]").select_option("q1")
    page.locator("button", has_text="显示该题的答案").click()
    page.locator("input[name=values][value=east]").check()
    press(page, "save")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("input[name=values][value=east]")).to_be_checked()
    page.locator(".error-summary a").first.click()
    expect(page.locator("input[name=text_en]")).to_be_focused()
    page.keyboard.type("What should change in the east?")
    page.keyboard.press("Enter")  # saves
    expect(page.locator("main")).to_contain_text("已保存为第 1 版")

    press(page, "copy:form-0-1")
    press(page, "up:form-0-2")
    press(page, "remove:form-0-1")
    expect(page.locator("main")).to_contain_text("已删除")
    press(page, "undo")
    press(page, "preview")
    expect(page.locator(".builder-preview")).to_contain_text("河东哪里要改？")
    page.goto("/desk/evaluation-forms")
    page.locator("tr", has_text="spring-survey").locator("a[href$='/preview']").click()
    expect(page.locator(".device.phone")).to_have_css("width", "328px")
    expect(page.locator(".device")).to_contain_text("您从哪里来？")


def test_a_form_with_errors_and_one_that_was_overtaken_are_accessible(visitor: Visitor) -> None:
    page, colleague = (sign_in(visitor(bypass_csp=True), "coordinator") for _ in range(2))
    for each in (page, colleague):
        each.goto("/desk/evaluation-forms")
        each.locator("tr", has_text="residents").locator("a[href$='/edit']").click()
        press(each, "open:form-0-0")
    fill(colleague, text="同事的题目")
    press(colleague, "save")
    fill(page, text="")
    press(page, "save")
    assert axe(page) == []
    fill(page, text="我的题目")
    press(page, "save")
    expect(page.locator("main")).to_contain_text("同事的题目")
    assert axe(page) == []


def fill(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        page.locator(f".builder [name={name}]").fill(value)


def press(page: Page, act: str) -> None:
    page.locator(f"button[name=act][value='{act}']").first.click()
