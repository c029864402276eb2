"""A real Chromium, and the site in a thread for it to visit."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--font-render-hinting=none"]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        if type != "info":
            super().log(type, message, *args)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the app, answered by several threads."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        raise FileNotFoundError(f"no Chromium at {CHROMIUM}: install it (Debian: apt-get install chromium), or name another "
                                "in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, url: str, *, cookies: Mapping[str, str] | None = None, width: int = 1280, height: int = 800,
          view: str = "", **options: Any) -> Iterator[BrowserContext]:
    """A visitor with a browser of their own. `view` is the cookie of preferences: `zh.large.high.simple`."""
    context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, locale="zh-CN", **options)
    context.set_default_timeout(20_000)
    put(context, url, {**(cookies or {}), **({"view": view} if view else {})})
    try:
        yield context
    finally:
        context.close()


def put(context: BrowserContext, url: str, cookies: Mapping[str, str]) -> None:
    """Exactly these cookies."""
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
