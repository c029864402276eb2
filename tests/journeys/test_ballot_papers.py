"""A clerk types a ballot on paper with the keyboard alone, and without script; a second person checks it."""

from playwright.sync_api import expect

from portal.domain.people import Role
from tests import builders, campaigns, sitemap
from tests.browser import put
from tests.journeys.conftest import Site, Visitor


def test_a_paper_is_typed_with_digits_and_checked_by_another(site: Site, visitor: Visitor) -> None:
    made = campaigns.with_codes(site.app)
    page = visitor()
    put(page.context, site.url, sitemap.staff_cookies(site.app, builders.staff(site.app, Role.COORDINATOR)))
    page.goto(f"/desk/campaigns/{made.slug}/papers/type")
    expect(page.locator("[name=code]")).to_be_focused()
    page.keyboard.type(made.all_codes[0])
    page.keyboard.press("Enter")
    for key in "4051":
        page.keyboard.press(key)
    expect(page.locator("[name=q_b2]:checked")).to_be_focused()
    page.locator("[name=q_a2]:checked").focus()
    page.keyboard.press("Delete")
    page.locator("[name=q_c1]").fill("窗口只开一个。")
    page.get_by_role("button", name="保存并返回列表").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")

    other = visitor(javascript=False)
    put(other.context, site.url, sitemap.staff_cookies(site.app, builders.staff(site.app, Role.HANDLER, unit="office")))
    other.goto("/desk/ballot-papers")
    other.get_by_role("link", name="下半年代表委员评议").click()
    other.get_by_role("link", name="核对").click()
    answers = other.locator(".facts-list dd")
    expect(answers.filter(has_text="窗口只开一个。")).to_have_count(1)
    expect(other.locator("dt", has_text="2. ").first.locator("+ dd")).to_have_text("未填")
    other.get_by_role("button", name="与原件一致").click()
    expect(other.locator(".figure", has_text="已计入").locator(".value")).to_have_text("1")
