"""The load: a process of its own, a few connections kept open, one request after the other on each.

Reads one job as JSON from standard input, writes one result as JSON to standard output.
"""

import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from itertools import count
from random import Random
from typing import Any
from urllib.parse import urlencode

CONNECTIONS = 4
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_TIME_OUT = 60
_HIDDEN = re.compile(r'<input\b[^>]*\bname="(csrf_token|once)"[^>]*>')
_VALUE = re.compile(r'\bvalue="([^"]*)"')


@dataclass
class Visitor:
    """One connection. Every visitor comes from an address of its own, and from another one when asked."""

    port: int
    chance: Random
    times: list[float] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=_TIME_OUT)
        self.move()

    def move(self) -> None:
        """Limits count by address."""
        self.address = ".".join(str(self.chance.randint(1, 250)) for _part in range(4))

    def ask(self, method: str, path: str, body: str | None = None, *, expect: int, headers: dict[str, str] | None = None,
            timed: bool = True) -> tuple[HTTPResponse, str]:
        sent = {"X-Forwarded-For": self.address, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        begun = time.perf_counter()
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if timed:
            self.times.append(time.perf_counter() - begun)
        if answer.status != expect:
            raise AssertionError(f"{method} {path}: {answer.status} instead of {expect}: {text[:300]}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer, text


def hidden(page: str) -> dict[str, str]:
    """The token and the mark of a form."""
    found = {}
    for match in _HIDDEN.finditer(page):
        value = _VALUE.search(match[0])
        found[match[1]] = value[1] if value else ""
    return found


# --- jobs: each makes the function that does one round trip --------------------------------------------------------------

def get(visitor: Visitor, job: dict[str, Any], number: Iterator[int]) -> Callable[[], None]:
    paths = job["paths"]
    return lambda: visitor.ask("GET", paths[next(number) % len(paths)], expect=200) and None


def unchanged(visitor: Visitor, job: dict[str, Any], number: Iterator[int]) -> Callable[[], None]:
    answer, _text = visitor.ask("GET", job["paths"][0], expect=200, timed=False)
    known = {"If-None-Match": answer.headers["ETag"]}
    return lambda: visitor.ask("GET", job["paths"][0], expect=304, headers=known) and None


def track(visitor: Visitor, job: dict[str, Any], number: Iterator[int]) -> Callable[[], None]:
    _answer, page = visitor.ask("GET", "/track", expect=200, timed=False)
    token = hidden(page)["csrf_token"]

    def enter() -> None:
        visitor.move()
        code = job["codes"][next(number) % len(job["codes"])]
        visitor.ask("POST", "/track", urlencode({"csrf_token": token, "code": code}), expect=303, headers=_FORM)

    return enter


JOBS = {"get": get, "unchanged": unchanged, "track": track}


def run(job: dict[str, Any]) -> dict[str, Any]:
    """So many seconds of one job on all connections."""
    number, begun = count(job.get("first", 0)), threading.Barrier(CONNECTIONS + 1)
    visitors = [Visitor(job["port"], Random(f"{job['what']}{n}{job.get('first', 0)}")) for n in range(CONNECTIONS)]
    faults: list[BaseException] = []

    def visit(visitor: Visitor) -> None:
        try:
            once = JOBS[job["what"]](visitor, job, number)
            begun.wait()
            until = time.perf_counter() + job["seconds"]
            while time.perf_counter() < until:
                once()
        except BaseException as fault:  # told by the main thread
            faults.append(fault)
            begun.abort()

    threads = [threading.Thread(target=visit, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        begun.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    times = [each for visitor in visitors for each in visitor.times]
    return {"times": times, "seconds": time.perf_counter() - started}


def submissions(job: dict[str, Any]) -> None:
    """Three times `many` requests: all forms, all sendings, all receipts; after each, the processor's time is read."""
    visitors = [Visitor(job["port"], Random(f"submission{job['first'] + n}")) for n in range(job["many"])]
    for visitor in visitors:  # one connection for all, as long as they come one after the other
        visitor.connection = visitors[0].connection
    forms: list[dict[str, str]] = []
    for step in ("form", "send", "receipt"):
        begun = time.perf_counter()
        for n, visitor in enumerate(visitors):
            if step == "form":
                forms.append(hidden(visitor.ask("GET", "/opinions/new?category=suggestion", expect=200)[1]))
            elif step == "send":
                visitor.ask("POST", "/opinions/new", urlencode(_opinion(forms[n], job["first"] + n, visitor.chance)),
                            expect=303, headers=_FORM)
            else:
                visitor.ask("GET", "/opinions/receipt", expect=200)
        spent = time.perf_counter() - begun
        print(json.dumps({"step": step, "seconds": spent, "times": [visitor.times.pop() for visitor in visitors]}), flush=True)
        sys.stdin.readline()  # the other side reads the processor's time now


def _opinion(form: dict[str, str], number: int, chance: Random) -> dict[str, str]:
    return {**form, "category": "suggestion", "unit": "household", "district": "hedong",
            "title": f"建议办证大厅晚上延时{number}",
            "text": "建议办证大厅每周三延时到晚上八点。我们工厂三班倒，请一天假扣两百块，就为了照一张相，真的不划算。"
                    "隔壁市已经这么做了两年，大家都说好。" * 2 + f"第{number}号。",
            "publish": "yes", "contact_name": "付春来", "contact_phone": f"19900{chance.randrange(1_000_000):06}",
            "contact_email": "reader@example.com", "website": "", "service": ""}


def main() -> None:
    """On any processor but the first, which is the server's."""
    ours = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, ours[1:] or ours)
    job = json.loads(sys.stdin.readline())
    if job["what"] == "submissions":
        submissions(job)
    else:
        print(json.dumps(run(job)))


if __name__ == "__main__":
    main()
