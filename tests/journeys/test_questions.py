"""Questions that depend on earlier answers: hidden and not sent with script, told in words without; nothing typed is lost."""

from playwright.sync_api import expect

from tests import campaigns
from tests.journeys.conftest import Site, Visitor


def test_what_is_not_asked_is_hidden_and_keeps_what_was_chosen(site: Site, visitor: Visitor) -> None:
    address = campaigns.open_rating(site.app, subjects=("hall",)).url
    page = visitor(width=360)
    page.goto(f"{address}/form")
    part, slow = page.locator("[data-shown-if]"), page.locator("[name=q_why][value=slow]")
    expect(part).to_be_hidden()
    expect(slow).to_be_disabled()
    page.locator("[name=q_overall][value='1']").check()
    expect(part).to_be_visible()
    slow.check()
    page.locator("[name=q_overall][value='5']").check()
    expect(part).to_be_hidden()
    expect(slow).to_be_disabled()
    page.locator("[name=q_overall][value='2']").check()
    expect(slow).to_be_enabled()
    expect(slow).to_be_checked()
    page.go_back()
    page.go_forward()
    expect(part).to_be_visible(visible=page.locator("[name=q_overall][value='2']").is_checked())


def test_without_script_everything_is_asked_and_a_contradiction_is_told(site: Site, visitor: Visitor) -> None:
    address = campaigns.open_rating(site.app, subjects=("hall",)).url
    page = visitor(javascript=False, width=360)
    page.goto(f"{address}/form")
    expect(page.locator("[data-shown-if]")).to_contain_text("第 1 题选了“不满意”或“非常不满意”的")
    page.locator("[name=q_overall][value='5']").check()
    page.locator("[name=q_why][value=slow]").check()
    page.locator("main form button:not([name])").last.click()
    expect(page.locator(".error-summary")).to_contain_text("第 2 题：按您前面的回答，这一题不需要答")
    expect(page.locator("[name=q_why][value=slow]")).to_be_checked()


def test_a_question_with_an_error_stays_in_sight(site: Site, visitor: Visitor) -> None:
    address = campaigns.open_rating(site.app, subjects=("hall",)).url
    page = visitor()
    page.goto(f"{address}/form")
    page.locator("[name=q_overall][value='5']").check()
    page.evaluate("""() => { const slow = document.querySelector("[name=q_why][value=slow]");
                             slow.disabled = false; slow.checked = true; slow.form.requestSubmit(); }""")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=q_why][value=slow]")).to_be_visible()
    expect(page.locator("[name=q_why][value=slow]")).to_be_enabled()
