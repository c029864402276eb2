"""What was said on the telephone or written on paper, in a real browser: entered for its author, followed on the web."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.domain.people import Role
from tests import builders
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, receipt, sign_in, track
from tests.journeys.test_accessibility import axe

TEXT = "三号窗口下午五点就关门，比公示的时间早了半个小时。"


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    for login in ("clerk", "colleague"):
        builders.staff(site.app, Role.COORDINATOR, login=login, password=PASSWORD)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_clerks_phone_entry_is_followed_on_the_web(visitor: Visitor, javascript: bool) -> None:
    clerk = sign_in(visitor(javascript=javascript), "clerk")
    if javascript:
        clerk.locator(".work-lists:visible a[href='/desk/entry']").click()
    else:
        clerk.goto("/desk/entry")
    clerk.locator("input[name=channel][value=phone]").check()
    clerk.locator("input[name=category][value=complaint]").check()
    clerk.locator("select[name=district]").select_option("hedong")
    clerk.locator("main form button[type=submit]").last.click()
    expect(clerk.locator(".error-summary")).to_be_focused()  # the text is still missing; nothing that was chosen is lost
    expect(clerk.locator("input[name=channel][value=phone]")).to_be_checked()
    clerk.locator("textarea[name=text]").fill(TEXT)
    clerk.locator("input[name=contact_name]").fill("付春来")
    clerk.locator("main form button[type=submit]").last.click()
    number, code = receipt(clerk)
    expect(clerk.locator("[data-print]")).to_be_visible(visible=javascript)

    author = visitor(javascript=javascript, width=360)
    track(author, code)
    expect(author.locator("main")).to_contain_text(TEXT)
    expect(author.locator("main")).to_contain_text(number)
    expect(author.locator("main")).to_contain_text("走访办")

    clerk.goto("/opinions/receipt")
    expect(clerk.locator("main")).not_to_contain_text(code.split()[0])


def test_the_form_is_filled_in_with_the_keyboard_alone(visitor: Visitor) -> None:
    clerk = sign_in(visitor(), "clerk")
    clerk.goto("/desk/entry")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")  # skips to the content
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")
    expect(clerk.locator("input[name=channel]").first).to_be_checked()
    tab_to(clerk, "category")
    clerk.keyboard.press("Space")
    clerk.keyboard.press("ArrowDown")
    tab_to(clerk, "text")
    clerk.keyboard.type("希望增加引导牌")
    tab_to(clerk, "contact_email")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")
    receipt(clerk)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_paper_form_becomes_a_case_that_its_slip_opens(visitor: Visitor, javascript: bool) -> None:
    clerk = sign_in(visitor(javascript=javascript), "clerk")
    clerk.goto("/desk/paper")
    clerk.locator("input[name=count]").fill("1")
    clerk.locator("form[method=post][action$='/paper'] button").click()
    sheet = clerk.locator(".paper-form")
    code = " ".join(sheet.locator(".paper-code").inner_text().split())
    serial = re.search(r"[0-9]{2}-[0-9]{6}-[0-9]{2}", sheet.locator(".paper-serial").inner_text())
    assert serial
    clerk.goto("/desk/paper/batches")
    clerk.locator("main form button").last.click()
    expect(clerk.locator("input[name=serial]")).to_be_focused()
    clerk.keyboard.type(serial[0].replace("-", ""))
    clerk.keyboard.press("Enter")  # as a scanner does
    expect(clerk.locator("input[name=serial]")).to_be_focused()
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")
    tab_to(clerk, "text")
    clerk.keyboard.type(TEXT)
    clerk.locator("main form button[type=submit]").last.click()
    expect(clerk.locator("input[name=serial]")).to_be_focused()
    batch = clerk.url

    author = visitor(javascript=javascript, width=360)
    author.goto("/track")
    author.locator("input[name=code]").fill(code)
    author.locator("main form button").first.click()
    expect(author.locator(".error-summary")).to_be_visible()

    colleague = sign_in(visitor(javascript=javascript), "colleague")
    colleague.goto(batch)
    colleague.locator("[data-row]").click()
    expect(colleague.locator("main")).to_contain_text(TEXT)
    colleague.locator("button[value=confirm]").click()
    expect(colleague.locator("main")).to_contain_text("2026-000001")
    track(author, code)
    expect(author.locator("main")).to_contain_text(TEXT)


def test_a_sheet_fills_one_page_of_paper_and_is_accessible(visitor: Visitor) -> None:
    clerk = sign_in(visitor(bypass_csp=True), "clerk")
    for lang in ("zh", "en"):
        clerk.goto(f"/desk/paper?lang={lang}")
        clerk.locator("input[name=count]").fill("2")
        clerk.locator("form[method=post][action$='/paper'] button").click()
        expect(clerk.locator(".paper-form")).to_have_count(2)
        assert axe(clerk) == []
        printed = clerk.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the field of this name has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")
