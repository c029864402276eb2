"""The server dies in the middle of two hundred submissions: whoever got a receipt finds the opinion again.

Real processes, killed with SIGKILL; runs on the database under test.
"""

import html
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).parents[2]
SUBMISSIONS = 200
AT_ONCE = 16


class Visitor:
    """A browser without a window: cookies, one address of its own."""

    def __init__(self, port: int, address: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.cookies: dict[str, str] = {}
        self.address = address

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *fault: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"X-Forwarded-For": self.address, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]
        return response.status, text

    def submit(self, text: str) -> str | None:
        """The reference code of the receipt, once it was read; None where no receipt arrived."""
        _, page = self.ask("GET", "/opinions/new?category=suggestion")
        form = {name: hidden(page, name) for name in ("csrf_token", "once")}
        status, _ = self.ask("POST", "/opinions/new", {**form, "category": "suggestion", "text": text, "publish": "no"})
        if status != 303:
            return None
        status, receipt = self.ask("GET", "/opinions/receipt")
        return code_in(receipt) if status == 200 else None

    def finds(self, code: str, text: str) -> bool:
        _, page = self.ask("GET", "/track")
        status, _ = self.ask("POST", "/track", {"csrf_token": hidden(page, "csrf_token"), "code": code})
        return status == 303 and text in html.unescape(self.ask("GET", "/track/case")[1])


def hidden(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = tag and re.search(r'value="([^"]*)"', tag[0])
    assert value, f"{name} is not in the page"
    return html.unescape(value[1])


def code_in(page: str) -> str:
    """Five groups of four digits, whatever stands between them."""
    words = re.sub(r"<[^>]*>", " ", page)
    found = re.search(r"(?<![0-9])([0-9]{4})\s+([0-9]{4})\s+([0-9]{4})\s+([0-9]{4})\s+([0-9]{4})(?![0-9])", words)
    assert found, "no code on the receipt"
    return " ".join(found.groups())


@pytest.fixture
def environment(tmp_path: Path, empty_database: str) -> dict[str, str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {**os.environ, "PORTAL_DATA": str(tmp_path / "var"), "DATABASE_URL": empty_database, "PORTAL_PROXIES": "1",
            "PORTAL_PORT": str(port), "PORTAL_WORKERS": "2", "PYTHONPATH": str(ROOT)}


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "portal", "serve"]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    port = int(environment["PORTAL_PORT"])
    for _ in range(300):
        with suppress(OSError), Visitor(port, "192.0.2.1") as visitor:
            if visitor.ask("GET", "/readyz")[0] == 200:
                return server
        time.sleep(0.1)
    raise AssertionError("the server does not start")


def kill(server: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    subprocess.run([sys.executable, "-m", "flask", "--app", "portal", "init"], env=environment, cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    running = start(environment)
    yield running
    kill(running)


def test_no_opinion_with_a_receipt_is_lost(server: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    port, receipts, lock = int(environment["PORTAL_PORT"]), dict[str, str](), threading.Lock()
    enough = threading.Event()

    def send(number: int) -> None:
        text = f"第{number}件：路灯不亮，请修一修。"
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        with suppress(OSError, http.client.HTTPException, AssertionError), Visitor(port, address) as visitor:
            code = visitor.submit(text)
            if code:
                with lock:
                    receipts[code] = text
                    if len(receipts) >= SUBMISSIONS // 3:
                        enough.set()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        sent = [crowd.submit(send, number) for number in range(SUBMISSIONS)]
        assert enough.wait(timeout=120)
        kill(server)
        for each in sent:
            each.result()

    assert SUBMISSIONS // 3 <= len(receipts) < SUBMISSIONS
    again = start(environment)
    try:
        for number, (code, text) in enumerate(receipts.items()):
            with Visitor(port, f"203.0.{number // 250}.{number % 250 + 1}") as author:
                assert author.finds(code, text), f"{text} has a receipt and is lost"
    finally:
        kill(again)
