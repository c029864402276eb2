# ruff: noqa: E501 - a table is read in aligned columns
"""A lost code: number and contact bring a one-time number, which brings a new code. Nobody else learns anything."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.casework.models import CaseRecord, EventRecord, Renewal
from portal.config import Mailbox, Webhook
from portal.db import db, transaction
from portal.domain.codes import Action
from portal.outbox.models import Notice
from portal.outbox.rules import State
from portal.worker.posting import send_notices
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock
from tests.receivers import SECRET, Gateway, MailServer, gateway, mail_server

ADDRESS, PHONE = "li.na@example.cn", "138 0013-8000"
CONTACT = {"name": "李娜", "email": ADDRESS, "phone": PHONE}
NO_CASE = "2026-000999"


@pytest.fixture
def mail(app: Flask) -> Iterator[MailServer]:
    with mail_server() as server:
        box = Mailbox(host="127.0.0.1", port=server.port, security="none", sender="no-reply@open.example.cn")
        app.config["PORTAL"] = replace(app.config["PORTAL"], url="https://open.example.cn", mailbox=box)
        yield server
    app.config["PORTAL"] = replace(app.config["PORTAL"], url="", mailbox=None)


@pytest.fixture
def texts(app: Flask, mail: MailServer) -> Iterator[Gateway]:
    with gateway() as made:
        app.config["PORTAL"] = replace(app.config["PORTAL"], webhook=Webhook(made.url, SECRET))
        yield made
    app.config["PORTAL"] = replace(app.config["PORTAL"], webhook=None)


def ask(client: Client, number: str, contact: str = ADDRESS) -> None:
    client.get("/track/lost")
    client.submit({"number": number, "contact": contact}, to="/track/lost")
    client.follow()


def send(app: Flask) -> None:
    with app.app_context():
        send_notices()
        db.session.remove()


def one_time(app: Flask, mail: MailServer) -> str:
    """The number in the last mail, once the worker has sent it."""
    send(app)
    found = re.search(r"(?<![0-9])[0-9]{8}(?![0-9])", mail.arrived[-1].get_content())
    assert found
    return found[0]


def code_on(client: Client) -> str:
    shown = "".join(node.text for node in client.page.all("p", **{"class": "code"}))
    return re.sub(r"[^0-9]", "", shown)


def renewed(client: Client, number: str) -> str:
    client.submit({"one_time": number}, to="/track/lost/number")
    assert client.location == "/track/lost/code"
    client.follow()
    return code_on(client)


def opens(client: Client, code: str, status: int) -> None:
    client.get("/track")
    client.post("/track", {"code": code}, status=status)


# --- the way to a new code --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("lang", ["zh", "en"])
def test_number_and_contact_bring_a_new_code_and_end_the_old_one(client: Client, app: Flask, mail: MailServer,
                                                                 browser_for: Callable[[], Client], lang: str) -> None:
    sent = builders.answered(app, contact=CONTACT)
    client.get(f"/track?lang={lang}")
    client.get(client.page.link("换新的查询码" if lang == "zh" else "Get a new code"))
    ask(client, sent.number)
    code = renewed(client, one_time(app, mail))
    assert mail.recipients == [ADDRESS] and len(code) == 20 and code != sent.code
    assert sent.number in client.page.text
    opens(browser_for(), sent.code, 422)
    opens(client, code, 303)
    page = client.follow()
    assert "查询码" in page.text if lang == "zh" else "new reference code" in page.text
    client.fetch("/track/lost/code", 303)  # shown once


@pytest.mark.parametrize("category", ["suggestion", "complaint", "misconduct"])
def test_every_kind_of_case_has_the_same_way(client: Client, app: Flask, mail: MailServer, category: str) -> None:
    sent = builders.submit(app, category=category, contact={"email": ADDRESS})
    ask(client, sent.number)
    assert len(renewed(client, one_time(app, mail))) == 20


FITTING = [
    #  typed                          the number goes
    ("li.na@example.cn",              "by mail"),
    (" LI.NA＠Example.cn ",            "by mail"),
    ("13800138000",                   "by text"),
    ("+86 138-0013-8000",             "by text"),
    ("１３８００１３８０００",            "by text"),
    ("13800138001",                   "nowhere"),
    ("na@example.cn",                 "nowhere"),
    ("李娜",                           "nowhere"),
    ("@",                             "nowhere"),
]


@pytest.mark.parametrize(("typed", "goes"), FITTING)
def test_a_contact_fits_however_it_is_typed(client: Client, app: Flask, mail: MailServer, texts: Gateway, typed: str,
                                            goes: str) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, f" {sent.number.translate(str.maketrans('0123456789-', '０１２３４５６７８９－'))} ", typed)
    send(app)
    assert (len(mail.arrived), len(texts.arrived)) == {"by mail": (1, 0), "by text": (0, 1), "nowhere": (0, 0)}[goes]


def test_the_same_number_sent_twice_shows_the_same_code(client: Client, app: Flask, mail: MailServer) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    number = one_time(app, mail)
    client.get("/track/lost/number")
    first = renewed(client, number)
    ask_cookie_again(client, app)
    client.get("/track/lost/number")
    assert renewed(client, number) == first
    with app.app_context():
        renewals = db.session.scalars(select(EventRecord).where(EventRecord.action == Action.RENEW_CODE)).all()
        db.session.remove()
    assert len(renewals) == 1


def ask_cookie_again(client: Client, app: Flask) -> None:
    """As in a browser whose first answer was lost on the way."""
    from portal import clock
    from portal.vault.box import sealed_token

    with app.app_context():
        asked = db.session.scalars(select(Renewal.id)).one()
        db.session.remove()
    token = sealed_token(app.config["SECRET_KEY"], {"renewal": asked, "until": clock.seconds() + 60}, "lost")
    client.http.set_cookie("lost", token, path="/track/lost/number")


# --- what nobody learns -----------------------------------------------------------------------------------------------

ASKED = [
    #  number        contact                    is there such a case
    ("known",        ADDRESS,                   True),
    ("known",        "somebody@example.cn",     False),
    ("known",        "13800138000",             False),  # text messages are not set up
    (NO_CASE,        ADDRESS,                   False),
    ("J2026-000000001", ADDRESS,                False),
    ("not a number", "x",                       False),
]


def test_every_request_gets_the_same_answer(app: Flask, mail: MailServer, browser_for: Callable[[], Client]) -> None:
    sent = builders.submit(app, contact=CONTACT)
    pages, statements = set(), []
    for number, contact, _fits in ASKED:
        client = browser_for()
        client.get("/track/lost")
        client.submit({"number": sent.number if number == "known" else number, "contact": contact}, to="/track/lost")
        statements.append(len(client.watch.statements))
        answer = client.response
        assert answer is not None
        answered = f"{answer.status} {answer.location} {len(answer.headers['Set-Cookie'])}"
        wrong = client.follow()
        client.submit({"one_time": "00000000"}, 422, to="/track/lost/number")
        pages.add((answered, wrong.text, client.page.text))
    assert len(pages) == 1
    assert max(statements) - min(statements) <= 2  # the notice itself
    send(app)
    assert len(mail.arrived) == sum(fits for _number, _contact, fits in ASKED)


def test_a_forgotten_contact_fits_nothing(client: Client, app: Flask, mail: MailServer) -> None:
    sent = builders.submit(app, contact=CONTACT)
    with app.app_context():
        with transaction():
            db.session.execute(update(CaseRecord).values(contact=None))
        db.session.remove()
    ask(client, sent.number)
    send(app)
    assert mail.arrived == []


def test_neither_number_nor_code_is_kept_or_logged(client: Client, app: Flask, mail: MailServer,
                                                   caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    number = one_time(app, mail)
    code = renewed(client, number)
    with app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
        db.session.remove()
    for secret in (number, code, sent.code, ADDRESS):
        assert secret not in caplog.text and not [row for row in rows if secret in row]
    texts = [each.get_content() for each in mail.arrived]
    assert not [text for text in texts if code in text or sent.code in text or sent.number in text]


# --- limits -----------------------------------------------------------------------------------------------------------

def test_five_wrong_numbers_end_it(client: Client, app: Flask, mail: MailServer) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    number = one_time(app, mail)
    wrong = f"{(int(number) + 1) % 10**8:08}"
    for left in (4, 3, 2, 1):
        client.submit({"one_time": wrong}, 422, to="/track/lost/number")
        assert f"还可以试 {left} 次" in " ".join(client.page.errors)
    client.submit({"one_time": wrong}, 422, to="/track/lost/number")
    client.submit({"one_time": number}, 422, to="/track/lost/number")
    assert "失效" in " ".join(client.page.errors)
    opens(client, sent.code, 303)


def test_a_slip_costs_no_try(client: Client, app: Flask, mail: MailServer) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    number = one_time(app, mail)
    for slip in ("", "1234567", "123456789", "abcdefgh"):
        client.submit({"one_time": slip}, 422, to="/track/lost/number")
    assert len(renewed(client, f"{number[:4]} {number[4:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９")))) == 20


def test_a_number_lives_for_half_an_hour(client: Client, app: Flask, mail: MailServer, clock: Clock) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    number = one_time(app, mail)
    clock.forward(minutes=30)
    client.submit({"one_time": number}, 422, to="/track/lost/number")
    opens(client, sent.code, 303)


def test_a_number_that_comes_too_late_is_not_sent(client: Client, app: Flask, mail: MailServer, clock: Clock) -> None:
    ask(client, builders.submit(app, contact=CONTACT).number)
    clock.forward(minutes=30)
    send(app)
    assert mail.arrived == []


def test_a_case_gets_three_numbers_a_day(client: Client, app: Flask, mail: MailServer, clock: Clock) -> None:
    sent = builders.submit(app, contact=CONTACT)
    numbers = []
    for _ in range(3):
        ask(client, sent.number)
        numbers.append(one_time(app, mail))
    ask(client, sent.number)
    send(app)
    assert len(mail.arrived) == 3 == len(set(numbers))
    clock.forward(days=1, minutes=1)
    ask(client, sent.number)
    assert one_time(app, mail) not in numbers


def test_numbers_asked_for_before_one_was_sent_are_one_message(client: Client, app: Flask, mail: MailServer) -> None:
    sent = builders.submit(app, contact=CONTACT)
    ask(client, sent.number)
    ask(client, sent.number)
    number = one_time(app, mail)
    assert len(mail.arrived) == 1
    with app.app_context():
        assert sorted(db.session.scalars(select(Notice.state))) == [State.DROPPED, State.SENT]
        db.session.remove()
    assert len(renewed(client, number)) == 20


def test_a_number_opens_one_case_in_one_browser(client: Client, app: Flask, mail: MailServer,
                                                browser_for: Callable[[], Client]) -> None:
    mine, other = builders.submit(app, contact=CONTACT), builders.submit(app, contact={"email": "other@example.cn"})
    ask(client, mine.number)
    number = one_time(app, mail)
    stranger = browser_for()
    ask(stranger, other.number)
    stranger.submit({"one_time": number}, 422, to="/track/lost/number")
    stranger.http.delete_cookie("lost", path="/track/lost/number")
    stranger.fetch("/track/lost/number", 303)
    assert len(renewed(client, number)) == 20


def test_asking_and_guessing_are_throttled(client: Client, app: Flask, mail: MailServer) -> None:
    for _ in range(10):
        ask(client, NO_CASE)
    client.get("/track/lost")
    client.submit({"number": NO_CASE, "contact": ADDRESS}, 429, to="/track/lost")
    client.get("/track/lost/number")
    for attempt in range(31):
        client.submit({"one_time": "00000000"}, 422 if attempt < 30 else 429, to="/track/lost/number")


def test_both_fields_are_needed_and_what_was_typed_stays(client: Client, app: Flask, mail: MailServer) -> None:
    client.get("/track/lost?lang=en")
    client.submit({"number": NO_CASE}, 422, to="/track/lost")
    assert client.page.form("/track/lost").one("input", name="number").attrs["value"] == NO_CASE
    assert client.page.errors


def test_requests_are_forgotten_after_a_day(client: Client, app: Flask, mail: MailServer, clock: Clock) -> None:
    ask(client, NO_CASE)
    clock.forward(days=1, minutes=1)
    app.test_cli_runner().invoke(args=["worker", "--once"])
    with app.app_context():
        assert db.session.scalars(select(Renewal.id)).all() == []
        db.session.remove()


def test_where_nothing_is_set_up_there_is_no_such_page(client: Client, app: Flask) -> None:
    sent: Sent = builders.submit(app, contact=CONTACT)
    assert not [link for link in client.get("/track").all("a") if link.attrs.get("href") == "/track/lost"]
    client.get("/track/lost", 404)
    client.post("/track/lost", {"number": sent.number, "contact": ADDRESS}, 404)
    client.get("/track/lost/number", 303)
