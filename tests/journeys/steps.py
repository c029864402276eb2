"""What visitors of several journeys do: sign in, act on a case, open a case with its code, read a receipt."""

import re

from playwright.sync_api import Page, expect

PASSWORD = "a long enough password"


def sign_in(page: Page, login: str) -> Page:
    page.goto("/desk/sign-in")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page.locator(".work-lists:visible")).to_be_visible()
    return page


def act(page: Page, action: str, **given: str) -> None:
    """Fills in the form of an action, opening its fold where it has one, and sends it."""
    form = page.locator(f"form[action$='/{action}']")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").first.click()
    for name, value in given.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)
    form.locator("button[type=submit], button:not([type])").last.click()


def track(page: Page, code: str) -> None:
    page.goto("/track")
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/track/case$"))


def receipt(page: Page) -> tuple[str, str]:
    """The number and the code of the receipt that the page shows."""
    expect(page).to_have_url(re.compile("/opinions/receipt$"))
    words = page.locator("main").inner_text()
    numbers, code = re.findall(r"J?2026-[0-9]{6,9}", words), re.search(r"[0-9]{4}(\s+[0-9]{4}){4}", words)
    assert numbers and code, words
    return numbers[-1], " ".join(code[0].split())  # a review's receipt names the first matter before its own number


def receipt_codes(page: Page) -> tuple[str, str]:
    """The number and the reference code on the slip of an opinion that came with a ballot."""
    words = page.locator("main .slip").first.inner_text()
    number, code = re.search(r"J?2026-[0-9]{6,9}", words), re.search(r"[0-9]{4}(\s+[0-9]{4}){4}", words)
    assert number and code, words
    return number[0], " ".join(code[0].split())
