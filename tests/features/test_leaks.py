"""A leak hunt: unique words are planted in everything that is not public; then every exit is looked through."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.db import db
from portal.domain.codes import Action
from portal.domain.people import AUTHOR, Role
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.page import Page

NAME, PHONE, IDENTITY, PLATE = "夏侯远山", "19900000007", "000000198503121231", "冀Z00001"
PLANTED = (NAME, PHONE, IDENTITY, PLATE, "植入内部意见", "植入草稿", "植入消息", "植入评语", "植入原文", "植入@example.com")
TEXT = f"植入原文：我叫{NAME}，电话{PHONE}，身份证{IDENTITY}，车牌{PLATE}。"


@pytest.fixture
def planted(app: Flask) -> list[Sent]:
    """Cases in several states whose hidden parts carry the planted words."""
    handler, coordinator = builders.handler(app).actor, builders.staff(app, Role.COORDINATOR).actor
    hidden = {"title": f"{NAME}的事", "text": TEXT, "contact": {"name": NAME, "phone": PHONE, "email": "植入@example.com"},
              "pictures": [builders.gps_jpeg(40, 40)]}
    cases = [builders.submit(app, **hidden), builders.submit(app, **hidden, category="misconduct"),
             builders.handling(app, **hidden), builders.answered(app, **hidden, answer=f"植入草稿：{NAME}您好")]
    for sent in cases[2:]:
        builders.act(app, sent, Action.NOTE, handler, {"note": "植入内部意见"})
        builders.act(app, sent, Action.ADD_MESSAGE, AUTHOR, {"message": f"植入消息 {PHONE}"})
    public = {"public_title": "大厅加引导牌", "public_text": "［姓名1］找不到窗口", "public_answer": "已经加了", "read": "yes"}
    builders.act(app, cases[3], Action.PUBLISH, coordinator, public)
    builders.act(app, cases[3], Action.RATE, AUTHOR, {"level": "1", "comment": "植入评语"})
    return cases


def crawled(client: Client, starts: list[str]) -> dict[str, str]:
    """Every page that can be reached by links from here, with its headers."""
    seen, waiting = dict[str, str](), list(starts)
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in seen or not address.startswith("/") or address.startswith(("/static", "/desk")):
            continue
        response = client.http.get(address)
        seen[address] = f"{response.headers}{response.text}"
        if response.mimetype == "text/html":
            waiting += [link.attrs.get("href", "") for link in Page(response.text).all("a", "link")]
    return seen


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_planted_word_is_in_any_public_exit(client: Client, planted: list[Sent], lang: str) -> None:
    starts = [f"/?lang={lang}", "/progress", "/search", "/robots.txt", "/healthz", "/readyz", "/track", "/opinions/new"]
    starts += [f"/progress?q={word}" for word in PLANTED]
    starts += [f"/progress/{sent.number}" for sent in planted if not sent.number.startswith("J")]
    pages = crawled(client, starts)
    assert len(pages) > 60
    leaks = [(address, word) for address, page in pages.items() for word in PLANTED
             if word in page and "q=" not in address]  # what a reader typed comes back to that reader alone
    assert leaks == []
    assert not [address for address, page in pages.items() if re.search(r"J20[0-9]{2}-", page)]
    for word in PLANTED:
        shown = Page(client.http.get(f"/progress?q={word}").text)
        assert not [link for link in shown.all("a") if re.search(r"/progress/20", link.attrs.get("href", ""))], word


def test_no_planted_word_is_in_the_raw_database_or_a_log(app: Flask, client: Client, planted: list[Sent],
                                                         caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/progress")
    with app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    raw = b"".join(file.read_bytes() for file in Path(url.database or "").parent.glob("portal.sqlite3*")) \
        if url.get_backend_name() == "sqlite" else b""
    codes = [sent.code for sent in planted]
    for word in (*PLANTED, *codes):
        assert not [row for row in rows if word in row], word
        assert word.encode() not in raw, word
        assert word not in caplog.text, word


def test_the_desk_of_another_unit_reads_nothing(app: Flask, planted: list[Sent], browser_for: Callable[[], Client]) -> None:
    for role, unit in ((Role.HANDLER, "traffic"), (Role.REVIEWER, "exit-entry"), (Role.EDITOR, "publicity"),
                       (Role.ADMINISTRATOR, "technology")):
        stranger = browser_for().sign_in(builders.staff(app, role, unit=unit))
        addresses = ["/desk", "/desk/staff", "/desk/articles", *(f"/desk/lists/{key}" for key in (
            "to-sort", "to-handle", "to-approve", "to-publish", "due-today", "late", "waiting", "held", "open", "ended"))]
        addresses += [f"/desk/cases/{sent.number}" for sent in planted]
        for address in addresses:
            shown = stranger.http.get(address, follow_redirects=True).text
            assert not [word for word in PLANTED if word in shown], (role, address)


def test_faults_are_logged_without_what_was_typed(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch,
                                                  caplog: pytest.LogCaptureFixture) -> None:
    from portal.casework import actions

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError(f"cannot store {TEXT}")

    client.get("/opinions/new")
    monkeypatch.setattr(actions, "submit", broken)
    app.config["TESTING"] = False
    try:
        client.post("/opinions/new", {"category": "question", "text": TEXT}, status=500)
    finally:
        app.config["TESTING"] = True
    assert "RuntimeError" in caplog.text
    assert not [word for word in PLANTED if word in caplog.text or word in client.page.text]
