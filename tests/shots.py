"""Pictures of every page, to be looked at: `make shots` fills var/shots/ from a simulated city.

    make shots ARGS="home opinion"     only pages whose name begins so
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from portal.config import ROOT, from_environment
from portal.factory import build
from tests import sitemap
from tests.browser import chromium, serving, visit
from tests.sitemap import Stop

TARGET = ROOT / "var" / "shots"
DATA = ROOT / "var" / "shots-data"
WIDTHS = (360, 768, 1280)
LANGUAGES = ("zh", "en")
CHOSEN = ("home", "service", "story", "opinion-suggestion", "track-answered", "progress", "case-closed-text",
          "case-answered-text", "desk-to-sort", "desk-case-received", "desk-publish")
# What else the chosen pages are shown in: cookie of preferences, colour scheme, medium.
LOOKS: dict[str, tuple[str, Any, Any]] = {
    "dark": ("zh.standard.normal.full", "dark", "screen"),
    "high": ("zh.standard.high.full", "light", "screen"),
    "simple": ("zh.standard.normal.simple", "light", "screen"),
    "largest": ("zh.largest.normal.full", "light", "screen"),
    "print": ("zh.standard.normal.full", "light", "print"),
}
_TALLEST = 12_000  # pixels of one picture


def main(beginnings: list[str]) -> None:
    app = build(from_environment(_seeded()))
    app.testing = True  # shows the style guide
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    stops = [stop for stop in chain(sitemap.public(app), sitemap.authors(app), sitemap.desk(app))
             if not beginnings or stop.name.startswith(tuple(beginnings))]
    with serving(app) as url, chromium() as browser:
        for number, stop in enumerate(stops, start=1):
            print(f"{number} of {len(stops)}: {stop.name}", flush=True)
            for name, page in _pictures(browser, url, stop):
                page.screenshot(path=TARGET / f"{name}.png", full_page=True, animations="disabled",
                                clip=_whole(page))
    print(f"{len(list(TARGET.iterdir()))} pictures in {TARGET.relative_to(ROOT)}/")


def _pictures(browser: Browser, url: str, stop: Stop) -> Iterator[tuple[str, Page]]:
    for lang in LANGUAGES:
        with visit(browser, url, cookies=stop.cookies, view=f"{lang}.standard.normal.full") as context:
            page = context.new_page()
            page.goto(stop.url)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                yield f"{stop.name}.{lang}.{width}", page
    for look, (cookie, scheme, medium) in LOOKS.items() if stop.name in CHOSEN else ():
        with visit(browser, url, cookies=stop.cookies, view=cookie, width=794 if medium == "print" else 1280) as context:
            page = context.new_page()
            page.emulate_media(color_scheme=scheme, media=medium)
            page.goto(stop.url)
            yield f"{stop.name}.{look}", page


def _whole(page: Page) -> dict[str, float]:
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    return {"x": 0, "y": 0, "width": width, "height": min(height, _TALLEST)}


def _seeded() -> dict[str, str]:
    """A simulated city of its own; made once, and again after `rm -r var/shots-data`."""
    env = {**os.environ, "PORTAL_DEMO": "1", "PORTAL_DATA": str(DATA), "PORTAL_WORKERS": "1", "DATABASE_URL": ""}
    command = [sys.executable, "-m", "flask", "--app", "portal", "demo", "--cases", "300"]
    subprocess.run(command, env=env, check=True, cwd=Path(ROOT), stdout=subprocess.DEVNULL)
    return env


if __name__ == "__main__":
    main(sys.argv[1:])
