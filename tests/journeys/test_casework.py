"""Cases that take more than one turn, each person in a browser of their own: disputes, reviews, seals, exclusions."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.casework.actions import run_due
from portal.db import transaction
from portal.domain.people import Role
from portal.web.current import terms, vault
from tests import builders
from tests.conftest import Clock
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, act, receipt, sign_in, track

Desk = Callable[[str], Page]

PEOPLE = (
    ("coordinator", Role.COORDINATOR, "outreach"), ("handler", Role.HANDLER, "household"),
    ("reviewer", Role.REVIEWER, "household"), ("traffic", Role.HANDLER, "traffic"), ("chief", Role.REVIEWER, "traffic"),
    ("inspector", Role.INSPECTOR, "inspection"), ("complaints", Role.COMPLAINTS_OFFICER, "complaints"),
    ("complaints2", Role.COMPLAINTS_OFFICER, "complaints"), ("legal", Role.COMPLAINTS_OFFICER, "legal"),
    ("discipline", Role.DISCIPLINE_OFFICER, "discipline"), ("admin", Role.ADMINISTRATOR, "technology"))


@pytest.fixture
def desk(site: Site, visitor: Visitor) -> Desk:
    """The page of a signed-in member of staff; the same one each time."""
    for login, role, unit in PEOPLE:
        builders.staff(site.app, role, unit=unit, login=login, password=PASSWORD)
    builders.staff(site.app, Role.LEADER, unit="office", login="leader", password=PASSWORD, charge=["household", "traffic"])
    pages: dict[str, Page] = {}

    def of(login: str) -> Page:
        if login not in pages:
            pages[login] = sign_in(visitor(), login)
        return pages[login]
    return of


def send(page: Page, category: str, text: str, *, unit: str = "") -> tuple[str, str]:
    page.goto(f"/opinions/new?category={category}")
    if unit:
        page.locator("select[name=unit]").select_option(unit)
    page.locator("textarea[name=text]").fill(text)
    page.locator("main form button[type=submit]:not([value=similar])").last.click()
    return receipt(page)


def on(page: Page, number: str, action: str, **given: str) -> None:
    """One act at the desk, after which the case is open again."""
    page.goto(f"/desk/cases/{number}")
    act(page, action, **given)
    expect(page).to_have_url(re.compile(rf"/desk/(cases/{number}|lists/.*)?"))
    expect(page.locator(".error-summary")).to_have_count(0)


def test_an_answer_that_was_not_accepted(site: Site, visitor: Visitor, desk: Desk, clock: Clock) -> None:
    """Objection, ruling, extension, answer, dispute, second round, follow-up, close."""
    author = visitor(width=360)
    number, code = send(author, "suggestion", "希望窗口中午也有人值班。")
    on(desk("coordinator"), number, "accept", lane="ordinary", unit="traffic", rule="suggestion")
    on(desk("traffic"), number, "object", reason="窗口归户政支队。")
    on(desk("coordinator"), number, "rule", unit="household", reason="户政支队管窗口。")
    desk("traffic").goto(f"/desk/cases/{number}")
    expect(desk("traffic").locator("h1")).not_to_contain_text(number)  # the former unit has no part in it any more
    on(desk("handler"), number, "start")
    on(desk("handler"), number, "request_extension", reason="排班表要与三个大厅商量。")
    on(desk("leader"), number, "grant_extension", reason="同意，本周内排好。")
    track(author, code)
    expect(author.locator("main")).to_contain_text("9月20日")  # five working days after the 14th, a Sunday worked
    author.get_by_role("link", name="为什么是这一天").first.click()
    expect(author.locator("main")).to_contain_text("批准延期")
    on(desk("handler"), number, "draft_answer", outcome="explained", answer="中午人手不足，暂不安排。")
    on(desk("reviewer"), number, "approve")

    track(author, code)
    act(author, "rate", level="2")
    act(author, "dispute", reason="别的大厅都有人值班。")
    expect(author.locator("main")).to_contain_text("中午人手不足")
    on(desk("handler"), number, "draft_answer", outcome="done", answer="自下周起中午安排一个窗口值班。")
    on(desk("reviewer"), number, "approve")
    track(author, code)
    expect(author.locator("main")).to_contain_text("自下周起中午安排一个窗口值班")
    act(author, "rate", level="1")

    desk("coordinator").goto("/desk/lists/to-follow-up")
    desk("coordinator").locator(f"a[href*='{number}']").first.click()
    act(desk("coordinator"), "follow_up", reached="yes", solved="yes", comment="来电说已经解决，刚才点错了。")
    clock.forward(days=31)
    with site.app.app_context(), transaction():
        run_due(terms=terms(), vault=vault(), numbers=[number])
    stranger = visitor()
    stranger.goto(f"/progress/{number}")
    expect(stranger.locator("main")).to_contain_text("已办结")
    expect(stranger.locator("main")).to_contain_text("第 1 轮")


def test_a_petition_up_to_its_review(visitor: Visitor, desk: Desk) -> None:
    author = visitor()
    number, code = send(author, "petition", "对交通事故认定不服，请求重新处理。")
    on(desk("coordinator"), number, "accept", lane="petition", unit="complaints", rule="petition")
    on(desk("complaints"), number, "receipt_notice", notice="由控申支队办理，六十日内出具处理意见。")
    on(desk("complaints"), number, "start")
    on(desk("complaints"), number, "draft_answer", position="not-supported", facts="现场勘查和监控一致。",
       basis="《信访工作条例》第三十二条", answer="对您的请求不予支持。")
    on(desk("complaints2"), number, "approve")

    track(author, code)
    expect(author.locator("main")).to_contain_text("不予支持")
    expect(author.locator("main")).to_contain_text("现场勘查和监控一致")
    act(author, "review", reason="请上一级单位调取另一段监控。")
    expect(author.locator("h1")).to_contain_text(f"{number} 的复查申请")
    review, second_code = receipt(author)
    assert (review, second_code) != (number, code)
    desk("complaints").goto(f"/desk/cases/{review}")
    expect(desk("complaints").locator("main")).not_to_contain_text("另一段监控")  # whoever decided first has no part in it
    on(desk("coordinator"), review, "accept", lane="petition", unit="legal", rule="petition-review")
    on(desk("legal"), review, "start")
    track(author, second_code)
    expect(author.locator("main")).to_contain_text("办理中")


def test_a_report_of_misconduct_is_found_by_the_discipline_office_alone(visitor: Visitor, desk: Desk) -> None:
    author = visitor()
    number, _code = send(author, "misconduct", "有人收了好处，名字叫暗语甲。")
    for login in ("coordinator", "handler", "reviewer", "inspector", "complaints", "leader", "admin"):
        page = desk(login)
        for address in ("/desk", f"/desk/cases/{number}", f"/desk/search?q={number}", "/desk/search?q=暗语甲",
                        "/desk/lists/open", "/desk/lists/ended", "/desk/ledger", f"/progress/{number}", "/progress?q=暗语甲"):
            page.goto(address)
            assert "收了好处" not in page.locator("main").inner_text(), (login, address)  # the page repeats what was asked
            found = page.locator(f"a[href*='{number}']")
            assert found.count() == 0, (login, address)
        assert page.goto(f"/desk/cases/{number}").status == 404  # type: ignore[union-attr]
        assert page.goto(f"/desk/cases/{number}/due").status == 404  # type: ignore[union-attr]
    desk("discipline").goto("/desk/lists/to-sort")
    expect(desk("discipline").locator("main")).to_contain_text("暗语甲")


def test_the_unit_that_is_complained_about_is_kept_out(visitor: Visitor, desk: Desk) -> None:
    author = visitor()
    number, _code = send(author, "complaint", "交警窗口态度很差，暗语乙。", unit="traffic")
    page = desk("coordinator")
    page.goto(f"/desk/cases/{number}")
    act(page, "accept", lane="ordinary", unit="traffic", rule="complaint")
    expect(page.locator(".error-summary")).to_contain_text("被投诉")
    on(page, number, "accept", lane="ordinary", unit="household", rule="complaint")
    for login in ("traffic", "chief", "leader"):  # the unit, and the leader in charge of it
        page = desk(login)
        assert page.goto(f"/desk/cases/{number}").status == 404  # type: ignore[union-attr]
        for address in ("/desk/lists/open", f"/desk/search?q={number}", "/desk/search?q=暗语乙", "/desk/ledger"):
            page.goto(address)
            assert "态度很差" not in page.locator("main").inner_text(), (login, address)
            assert page.locator(f"a[href*='/desk/cases/{number}']").count() == 0, (login, address)
    on(desk("handler"), number, "start")
