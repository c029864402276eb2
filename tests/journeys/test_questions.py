"""Questions that depend on earlier answers: hidden and not sent with script, told in words without; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Dialog, expect

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


def test_size_and_contrast_change_in_place(site: Site, visitor: Visitor) -> None:
    address = campaigns.open_rating(site.app, subjects=("hall",)).url
    page = visitor(width=360)
    page.goto(f"{address}/form")
    page.locator("[name=q_overall][value='1']").check()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    for look, seen in (("text.largest", ("data-text", "largest")), ("contrast.high", ("data-contrast", "high")),
                       ("contrast.normal", ("data-contrast", "normal")), ("contrast.high", ("data-contrast", "high"))):
        with page.expect_response("**/preferences"):
            page.locator(f"[data-look='{look}']").click()
        expect(page.locator("html")).to_have_attribute(*seen)
    expect(page.locator("[data-look='text.largest']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-look='text.standard']")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("[name=q_overall][value='1']")).to_be_checked()
    assert loads == []
    page.goto("/about")
    expect(page.locator("html")).to_have_attribute("data-text", "largest")
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_simple_mode_half_way_loses_nothing(site: Site, visitor: Visitor, javascript: bool) -> None:
    address = campaigns.open_rating(site.app).url
    page = visitor(width=360, javascript=javascript)
    page.goto(f"{address}/form?subject=hall")
    page.locator("[name=q_overall][value='1']").check()
    page.locator("[name=q_why][value=slow]").check()
    for look, seen in (("text.largest", ("data-text", "largest")), ("mode.simple", ("data-mode", "simple")),
                       ("lang.en", ("lang", "en"))):
        page.locator(f"[data-look='{look}']").click()
        expect(page.locator("html")).to_have_attribute(*seen)
        expect(page.locator("[name=q_overall][value='1']")).to_be_checked()
        expect(page.locator("[name=q_why][value=slow]")).to_be_checked()
    page.locator("form.ballot button").last.click()
    expect(page).to_have_url(re.compile("/thanks$"))


def test_a_page_that_would_lose_what_was_typed_asks_first(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/track")
    page.locator("[name=code]").fill("1234")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("[data-look='mode.simple']").click()
    expect(page.locator("[name=code]")).to_have_value("1234")
    assert len(asked) == 1


def test_a_number_that_is_missing_is_explained_and_an_answer_settles_its_error(site: Site, visitor: Visitor) -> None:
    address = campaigns.open_rating(site.app, subjects=("hall",)).url
    page = visitor(width=360)
    page.goto(f"{address}/form")
    expect(page.locator("[data-instead]")).to_have_text("第 2 题只问第 1 题选了“不满意”或“非常不满意”的人。")
    page.locator("form.ballot button").last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("[name=q_overall][value='1']").check()
    expect(page.locator("[data-instead]")).to_be_hidden()
    expect(page.locator(".has-error")).to_have_count(0)
    expect(page.locator(".error-summary")).to_be_hidden()
