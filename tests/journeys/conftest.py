"""The site behind a real server, and visitors with a real browser. Without Chromium the journeys fail; they are not skipped."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium, serving, visit

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True)
class Site:
    """The app, prepared anew for each test, and the address at which it answers."""

    app: Flask
    url: str


@pytest.fixture(scope="session")
def _address(_world: tuple[Flask, Any, Any]) -> Iterator[str]:
    with serving(_world[0]) as url:
        yield url


@pytest.fixture
def site(app: Flask, _address: str) -> Site:
    return Site(app, _address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with chromium() as started:
        yield started


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Makes a visitor with cookies of their own: `visitor(javascript=False, width=360, view="en.standard.normal.full")`."""
    with ExitStack() as stack:
        def arrive(*, javascript: bool = True, **options: Any) -> Page:
            context = stack.enter_context(visit(browser, site.url, java_script_enabled=javascript, **options))
            page = context.new_page()
            page.on("pageerror", lambda fault: faults.append(f"a script failed: {fault}"))
            page.on("console", lambda told: faults.append(f"the browser complains: {told.text}") if _is_fault(told) else None)
            return page
        faults: list[str] = []
        yield arrive
    assert not faults, "\n".join(faults)


def _is_fault(told: Any) -> bool:
    """Errors of the page itself; a status such as 404 or 422 is told as one too, and is none."""
    return told.type == "error" and "the server responded with a status" not in told.text
