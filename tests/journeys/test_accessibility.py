"""axe finds nothing on any page in any of its looks; nothing is cut at 320 pixels; the first visit is light and private."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Response

from tests import sitemap
from tests.browser import put, visit
from tests.journeys.conftest import Site, Visitor
from tests.sitemap import Stop

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
# The cookie of preferences: language, text size, contrast, mode.
LOOKS = {
    "plain": "zh.standard.normal.full",
    "high contrast": "zh.standard.high.full",
    "simple": "zh.standard.normal.simple",
    "English": "en.standard.normal.full",
}
NARROW = ("zh.standard.normal.full", "en.standard.normal.full", "zh.largest.normal.full", "en.largest.high.simple")
_RUN = """async only => {
    const found = await axe.run(document, only ? {runOnly: {type: "rule", values: only}} : {})
    return found.violations.map(each => `${each.id} (${each.impact}): ` + each.nodes.map(
        node => `${node.target.join(" ")} | ${node.failureSummary.split("\\n").slice(1).join(" ").trim()}`).join("\\n      "))
}"""
_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > width + 1)
        .slice(0, 5).map(each => `${each.tagName} .${each.className} ${Math.round(each.getBoundingClientRect().right)}`)
}"""
_OF_COLOUR = ("color-contrast", "link-in-text-block")
_MOST_BYTES = 50 * 1024
_MOST_REQUESTS = 8

Pages = Callable[[Flask], Any]


@pytest.mark.parametrize("pages", [sitemap.public, sitemap.authors, sitemap.desk], ids=["public", "author", "desk"])
def test_axe_finds_nothing_in_any_look(site: Site, browser: Browser, pages: Pages) -> None:
    sitemap.settle(site.app)
    found = []
    with visit(browser, site.url, bypass_csp=True) as context:
        page = context.new_page()
        for stop in pages(site.app):
            for look, cookie in LOOKS.items():
                put(context, site.url, {**stop.cookies, "view": cookie})
                open_(page, stop)
                found += [f"{stop.name}, {look}: {each}" for each in axe(page)]
                if look in ("plain", "high contrast"):
                    page.emulate_media(color_scheme="dark")
                    found += [f"{stop.name}, {look}, dark: {each}" for each in axe(page, *_OF_COLOUR)]
                    page.emulate_media(color_scheme="light")
    assert not found, "\n".join([f"{len(found)} faults:", *found])


@pytest.mark.parametrize("pages", [sitemap.public, sitemap.authors, sitemap.desk], ids=["public", "author", "desk"])
def test_nothing_is_wider_than_the_narrowest_screen(site: Site, browser: Browser, pages: Pages) -> None:
    sitemap.settle(site.app)
    found = []
    with visit(browser, site.url, width=320, height=640) as context:
        page = context.new_page()
        for stop in pages(site.app):
            for cookie in NARROW:
                put(context, site.url, {**stop.cookies, "view": cookie})
                open_(page, stop)
                found += [f"{stop.name}, {cookie}: {each}" for each in page.evaluate(_TOO_WIDE)]
    assert not found, "\n".join(found)


def test_a_form_with_errors_and_its_receipt_are_accessible(visitor: Visitor) -> None:
    page = visitor(bypass_csp=True)
    page.goto("/opinions/new?category=suggestion")
    page.locator("main form button:not([value=similar])").last.click()
    page.locator(".error-summary").wait_for()
    assert axe(page) == []
    page.locator("textarea[name=text]").fill("大厅门口没有引导牌。")
    page.locator("main form button:not([value=similar])").last.click()
    page.wait_for_url("**/opinions/receipt")
    assert axe(page) == []


def test_the_first_visit_is_light_and_leaves_no_trace(visitor: Visitor, site: Site) -> None:
    sitemap.settle(site.app)
    page, answers = visitor(), list[Response]()
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/", wait_until="networkidle")
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}  # as it travelled
    assert sum(sizes.values()) <= _MOST_BYTES, sizes
    assert len(answers) <= _MOST_REQUESTS, list(sizes)
    assert all(url.startswith(site.url) for url in sizes), list(sizes)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def open_(page: Page, stop: Stop) -> None:
    answer = page.goto(stop.url)
    assert answer is not None and answer.status == stop.status, f"{stop.name}: {answer and answer.status}"
    assert page.url.endswith(stop.url.split("?")[0]) or "?" in stop.url, f"{stop.name} led to {page.url}"


def axe(page: Page, *only: str) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(_RUN, list(only) or None)
    return found
