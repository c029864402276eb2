"""An evaluation the whole way, in a real browser: planned, announced, printed, voted, published; and a counter rated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from portal.config import ROOT
from portal.db import db
from portal.domain import one_time
from portal.domain.campaign import Group
from portal.domain.people import Role
from portal.web.qr import qr
from portal.worker.counting import publish_due
from tests import builders, campaigns
from tests.campaigns import Made
from tests.conftest import Clock
from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import PASSWORD, receipt_codes, sign_in, track
from tests.journeys.test_accessibility import axe

SLUG, TITLE = "delegates-2026-autumn", "2026年下半年代表委员开门评警"
WORST = "办身份证排队一个多小时，窗口只开了两个。"
ADVICE = "窗口排队的人数在网上能看到。"
CODES = 200
DAY = "2026-10-12"
SHOTS = ROOT / "var" / "shots"


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    for login in ("coordinator", "colleague"):
        builders.staff(site.app, Role.COORDINATOR, login=login, password=PASSWORD)


def plan(page: Page) -> None:
    """The coordinator plans with the delegates' form of the sample content."""
    page.goto("/desk/campaigns/new")
    for name, value in {
            "slug": SLUG, "title": TITLE, "title_en": "Delegates’ evaluation, autumn 2026",
            "purpose": "请代表委员评议公安工作，从最不满意的地方改起。", "purpose_en": "Delegates evaluate the police.",
            "opens_on": "2026-09-07", "closes_on": "2026-10-05", "publishes_on": DAY, "size_deputy": "320"}.items():
        page.locator(f"[name={name}]").fill(value)
    form = page.locator("select[name=form] option", has_text="开门评警征求意见表").get_attribute("value")
    page.locator("select[name=form]").select_option(form)
    page.locator("[name=audiences][value=deputy]").check()
    page.locator("button[value=save]").last.click()
    expect(page).to_have_url(re.compile(f"/desk/campaigns/{SLUG}$"))


def announce(page: Page) -> None:
    page.goto(f"/desk/campaigns/{SLUG}/announce")
    page.locator("[name=read]").check()
    page.locator("form[action$='/announce'] button").first.click()
    expect(page).to_have_url(re.compile(f"/desk/campaigns/{SLUG}$"))


def print_slips(page: Page) -> list[str]:
    """Two hundred codes on slips; returns the codes as they are printed."""
    page.goto(f"/desk/campaigns/{SLUG}/codes")
    page.locator("[name=count]").fill(str(CODES))
    page.locator("[name=way][value=slips]").check()
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    expect(page.locator(".ballot-slip")).to_have_count(CODES)
    return ["".join(code.split()) for code in page.locator(".slip-code").all_inner_texts()]


def enter(page: Page, code: str) -> None:
    page.goto("/evaluations/enter")
    page.locator("[name=code]").fill(one_time.group(code))
    page.locator("main form button").first.click()


@contextmanager
def at(site: Site, moment: str) -> Iterator[None]:
    """The site's clock stands at this moment; the worker has done what was due."""
    clock = Clock(site.app)
    clock.at(moment)
    with site.app.app_context():
        publish_due()
        db.session.remove()
    yield


def test_an_evaluation_from_its_plan_to_its_results(site: Site, visitor: Visitor) -> None:
    coordinator, colleague = sign_in(visitor(), "coordinator"), sign_in(visitor(), "colleague")
    plan(coordinator)
    coordinator.goto(f"/desk/campaigns/{SLUG}/announce")
    expect(coordinator.locator("[name=read]")).to_have_count(0)  # whoever wrote it does not announce it
    announce(colleague)
    codes = print_slips(coordinator)
    assert len(set(codes)) == CODES
    look_at_the_slips(coordinator, codes)

    deputy = visitor(javascript=False, width=360, height=720)
    enter(deputy, codes[0])
    expect(deputy).to_have_url(re.compile(f"/evaluations/{SLUG}/form$"))
    expect(deputy.locator("h1")).to_contain_text(TITLE)
    assert deputy.evaluate("document.documentElement.scrollWidth") <= 360
    vote(deputy)
    expect(deputy).to_have_url(re.compile("/thanks$"))
    expect(deputy.locator("main")).to_contain_text("2026年10月12日")
    number, reference = receipt_codes(deputy)
    shot(deputy, "evaluation-thanks-360")

    enter(deputy, codes[0])
    expect(deputy.locator("main")).to_contain_text("这个评议码已经用过")
    expect(deputy.locator("main")).to_contain_text(TITLE)
    shot(deputy, "evaluation-used-360")

    follow_the_opinion(visitor(javascript=False, width=360), number, reference)
    made = Made(SLUG, campaigns.EVERYTHING)
    for n, code in enumerate(codes[1:13]):
        campaigns.cast(site.app, made, {"a1": 3 + n % 3, "c2": 2 + n % 2}, code=code, group=Group.DEPUTY)
    see_nothing_before_the_day(site, deputy)
    with at(site, f"{DAY} 00:01"):
        see_the_results(visitor(javascript=False, width=360))
    refused_after_the_day(visitor(javascript=False, width=360), codes[-1])


def look_at_the_slips(page: Page, codes: list[str]) -> None:
    """Eight to a sheet of A4; the picture on each says its own code behind #, where no server sees it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    printed = page.pdf(prefer_css_page_size=True, path=SHOTS / "evaluation-slips.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == CODES // 8
    address = page.url.split("/desk/")[0] + "/evaluations/enter"
    for n in (0, CODES - 1):
        assert page.locator(".ballot-slip .qr path").nth(n).get_attribute("d") == qr(f"{address}#{codes[n]}").path
    page.emulate_media(media="print")
    page.locator(".sheet").first.screenshot(path=SHOTS / "evaluation-slips.png")
    page.emulate_media(media="screen")


def vote(page: Page) -> None:
    shot(page, "evaluation-form-360")
    for question, level in {"a1": 4, "a2": 5, "b3": 2, "c2": 1, "d2": 5, "e2": 0}.items():
        page.locator(f"[name=q_{question}][value='{level}']").check()
    page.locator("[name=q_worst]").fill(WORST)
    page.locator("[name=q_advice]").fill(ADVICE)
    page.locator("[name=case_worst]").check()
    page.locator("[name=q_activity][value=open-day]").check()
    page.locator("form.ballot button").last.click()


def follow_the_opinion(author: Page, number: str, reference: str) -> None:
    """What was written about the worst thing became a case of its own; the advice stayed in the ballot."""
    track(author, reference)
    expect(author.locator("main")).to_contain_text(number)
    expect(author.locator("main")).to_contain_text(WORST)
    expect(author.locator("main")).not_to_contain_text(ADVICE)


def see_nothing_before_the_day(site: Site, page: Page) -> None:
    for moment in ("2026-09-20 12:00", "2026-10-06 00:01", "2026-10-11 23:59"):
        with at(site, moment):
            page.goto(f"/evaluations/{SLUG}/results")
            expect(page.locator("main")).to_contain_text("10月12日")
            expect(page.locator("table, svg.chart")).to_have_count(0)
            for address in ("results/1", "results.csv", "results.json", "results/1.json"):
                answer = page.request.get(f"/evaluations/{SLUG}/{address}")
                assert answer.status == 404 or "answered" not in answer.text(), address


def see_the_results(page: Page) -> None:
    page.goto(f"/evaluations/{SLUG}")
    page.locator(f"main a[href='/evaluations/{SLUG}/results']").first.click()
    expect(page.locator("main")).to_contain_text("13")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    frozen = page.request.get(f"/evaluations/{SLUG}/results.json").json()
    assert re.search(r'"answered": ?13\b', str(frozen).replace("'", '"'))
    shot(page, "evaluation-results-360")


def refused_after_the_day(page: Page, code: str) -> None:
    enter(page, code)
    expect(page.locator("main")).to_contain_text("评议已经结束")


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_code_is_scanned_and_voted_with(site: Site, visitor: Visitor, javascript: bool) -> None:
    """With script the digits come out of the address, which then no longer shows them; without it they are typed."""
    made = campaigns.with_codes(site.app)
    code = made.codes[Group.DEPUTY, ""][0]
    page = visitor(javascript=javascript, width=360)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/evaluations/enter#{code}")
    if javascript:
        expect(page.locator("[name=code]")).to_have_value(one_time.group(code))
        assert code not in page.url
    else:
        page.locator("[name=code]").fill(code)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/form$"))
    page.locator("[name=q_a1][value='5']").check()
    page.locator("form.ballot button").last.click()
    expect(page).to_have_url(re.compile("/thanks$"))
    assert not [address for address in asked if code in address.split("#")[0]]
    assert not [each for each in page.context.cookies() if code in each["value"]]


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_resident_rates_a_hall_by_the_picture_on_its_poster(site: Site, visitor: Visitor, javascript: bool) -> None:
    made = campaigns.open_rating(site.app)
    office = sign_in(visitor(), "coordinator")
    office.goto(f"/desk/campaigns/{made.slug}/posters")
    address = f"{office.url.split('/desk/')[0]}/evaluations/{made.slug}/form?subject=hall"
    pictures = [each.get_attribute("d") for each in office.locator(".poster .qr path").all()]
    assert qr(address).path in pictures

    resident = visitor(javascript=javascript, width=360)
    resident.goto(address)
    expect(resident.locator("main")).to_contain_text("市政务服务中心公安专区")
    resident.locator("[name=q_overall][value='2']").check()
    resident.locator("[name=q_why][value=slow]").check()
    resident.locator("[name=q_urged][value=no]").check()
    resident.locator("form.ballot button").last.click()
    expect(resident).to_have_url(re.compile("/thanks$"))
    expect(resident.locator("main")).to_contain_text("谢谢")


def test_the_pages_of_a_voter_are_accessible(site: Site, visitor: Visitor) -> None:
    made = campaigns.with_codes(site.app)
    page = visitor(bypass_csp=True, width=360)
    page.goto("/evaluations/enter")
    assert axe(page) == []
    enter(page, made.codes[Group.DEPUTY, ""][0])
    assert axe(page) == []
    page.locator("[name=q_a1][value='5']").check()
    page.locator("form.ballot button").last.click()
    expect(page).to_have_url(re.compile("/thanks$"))
    assert axe(page) == []


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
