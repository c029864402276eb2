# ruff: noqa: E501 - a table is read in aligned columns
"""Notices: written with the act they tell of, sent once to real receivers, tried again when they fail, listed when stuck."""

import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock as portal_clock
from portal.casework import actions as casework
from portal.casework.models import CaseRecord
from portal.config import ConfigError, Mailbox, Webhook, from_environment
from portal.db import db, transaction
from portal.domain.codes import Action
from portal.domain.errors import InvalidError
from portal.domain.people import AUTHOR, Actor, Role
from portal.outbox import actions, sending
from portal.outbox.models import Notice
from portal.outbox.rules import Kind, Means, Overtaken, State, plain_email, plain_phone, takes_texts
from portal.web.current import terms, vault
from portal.worker.posting import send_notices
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock
from tests.receivers import SECRET, Gateway, MailServer, free_port, gateway, mail_server

ADDRESS, PHONE, NAME = "li.na@example.cn", "138 0013-8000", "李娜"
CONTACT = {"name": NAME, "email": ADDRESS, "phone": PHONE}
URL = "https://open.example.cn"


# --- what the tests stand on ------------------------------------------------------------------------------------------

@pytest.fixture
def site(app: Flask) -> Iterator[Flask]:
    """The app, without the receivers that a test has set up."""
    yield app
    app.config["PORTAL"] = replace(app.config["PORTAL"], url="", mailbox=None, webhook=None)


def set_up(site: Flask, **receivers: Any) -> None:
    site.config["PORTAL"] = replace(site.config["PORTAL"], url=URL, **receivers)


def mailbox(port: int, **changes: Any) -> Mailbox:
    return Mailbox(**{"host": "127.0.0.1", "port": port, "security": "none", "sender": "no-reply@open.example.cn", **changes})


@pytest.fixture
def mail(site: Flask) -> Iterator[MailServer]:
    with mail_server() as server:
        set_up(site, mailbox=mailbox(server.port))
        yield server


@pytest.fixture
def texts(site: Flask) -> Iterator[Gateway]:
    with gateway() as made:
        set_up(site, webhook=Webhook(made.url, SECRET))
        yield made


def send(app: Flask) -> Counter[State]:
    """One round of the worker."""
    with app.app_context():
        told = send_notices()
        db.session.remove()
    return told


def stored(app: Flask) -> list[Notice]:
    with app.app_context():
        found = list(db.session.scalars(select(Notice).order_by(Notice.id)))
        db.session.remove()
    return found


def states(app: Flask) -> list[State]:
    return [each.state for each in stored(app)]


def told_by(app: Flask, means: str = "email", **changes: Any) -> Sent:
    """A case that its author wants to hear of, and that has just been accepted."""
    return builders.accepted(app, **{"contact": CONTACT, "notify": means, **changes})


def within(app: Flask, act: Callable[[], Any]) -> Any:
    with app.app_context():
        with transaction():
            result = act()
        db.session.remove()
    return result


# --- what is told, and to whom ----------------------------------------------------------------------------------------

def test_an_author_is_told_once_that_something_has_changed(site: Flask, mail: MailServer) -> None:
    sent = told_by(site)
    assert send(site) == {State.SENT: 1}
    assert send(site) == {}
    assert mail.recipients == [ADDRESS]
    message = mail.arrived[0]
    assert message["From"] == "清河开门评 <no-reply@open.example.cn>"
    text = message.get_content()
    assert f"{URL}/track" in text and "您的事项有新进展" in text and "news in your matter" in text
    assert sent.number not in text and sent.code not in text


@pytest.mark.parametrize(("means", "contact"), [(None, CONTACT), (None, {})])
def test_without_the_wish_nothing_is_sent(site: Flask, mail: MailServer, means: str | None, contact: dict[str, str]) -> None:
    builders.answered(site, contact=contact, notify=means)
    assert stored(site) == []


def test_the_message_is_the_same_for_every_kind_of_case(site: Flask, mail: MailServer) -> None:
    officer = builders.staff(site, Role.DISCIPLINE_OFFICER, unit="discipline").actor
    sealed = builders.submit(site, category="misconduct", contact=CONTACT, notify="email")
    with site.app_context():
        head = site.extensions["portal-content"].categories["misconduct"].head
    builders.act(site, sealed, Action.ACCEPT, officer, {"lane": head.lane, "unit": "discipline", "rule": head.rule})
    told_by(site)
    assert send(site) == {State.SENT: 2}
    assert len({str(each["Subject"]) for each in mail.arrived}) == 1
    assert len({each.get_content() for each in mail.arrived}) == 1


def test_a_text_message_is_signed_and_says_no_more(site: Flask, texts: Gateway) -> None:
    sent = told_by(site, "sms")
    assert send(site) == {State.SENT: 1}
    notice = stored(site)[0]
    assert texts.unsigned == 0
    assert texts.received == [{"id": notice.name, "phone": "13800138000", "text": texts.received[0]["text"]}]
    text = texts.received[0]["text"]
    assert f"{URL}/track" in text and sent.number not in text and sent.code not in text


ACTS = [
    #  act                    by             given                      told
    (Action.NOTE,             "handler",     {"note": "记一笔"},         False),
    (Action.ADD_MESSAGE,      "author",      {"message": "补充一点"},    False),
    (Action.ADD_MESSAGE,      "handler",     {"message": "已去现场"},    True),
    (Action.ASK_AUTHOR,       "handler",     {"question": "哪一天？"},   True),
    (Action.DRAFT_ANSWER,     "handler",     {"outcome": "done", "answer": "已装好引导牌，谢谢您。"}, False),
    (Action.OPEN_CONTACT,     "handler",     {"reason": "约时间"},       True),
    (Action.WITHDRAW,         "author",      {"keep_public": "no"},     False),
    (Action.SET_NOTICES,      "author",      {"notify": ""},            False),
]


@pytest.mark.parametrize(("action", "by", "given", "told"), ACTS)
def test_an_author_is_told_of_what_they_may_read_and_did_not_do(site: Flask, mail: MailServer, action: Action, by: str,
                                                                given: dict[str, str], told: bool) -> None:
    sent = builders.handling(site, contact=CONTACT)
    builders.act(site, sent, Action.SET_NOTICES, AUTHOR, {"notify": "email"})
    actor: Actor = AUTHOR if by == "author" else builders.handler(site).actor
    builders.act(site, sent, action, actor, given)
    assert states(site) == ([State.QUEUED] if told else [])


def test_an_author_stops_notices(site: Flask, mail: MailServer) -> None:
    sent = told_by(site, "email")
    builders.act(site, sent, Action.SET_NOTICES, AUTHOR, {"notify": ""})
    before = len(states(site))
    builders.act(site, sent, Action.START, builders.handler(site).actor)
    assert len(states(site)) == before


@pytest.mark.parametrize(("given", "fault"), [({"notify": "pigeon"}, "choice"), ({"notify": "sms"}, "no_contact")])
def test_a_means_that_cannot_reach_the_author_is_refused(site: Flask, texts: Gateway, given: dict[str, str],
                                                         fault: str) -> None:
    sent = builders.submit(site, contact={"email": CONTACT["email"]})
    with pytest.raises(InvalidError) as refusal:
        builders.act(site, sent, Action.SET_NOTICES, AUTHOR, given)
    assert refusal.value.fields == {"notify": fault}


def test_the_portals_own_acts_are_told_as_well(site: Flask, mail: MailServer, clock: Clock) -> None:
    builders.answered(site, contact=CONTACT, notify="email")
    send(site)
    clock.forward(days=31)
    result = site.test_cli_runner().invoke(args=["worker", "--once"])
    assert "1 acts done" in result.output and "1 notices sent, 0 not; 0 are stuck" in result.output
    assert len(mail.arrived) == 2


# --- in the transaction of the act ------------------------------------------------------------------------------------

def test_an_act_that_is_undone_leaves_no_notice(site: Flask) -> None:
    sent = builders.submit(site, contact=CONTACT, notify="email")
    coordinator = builders.staff(site, Role.COORDINATOR).actor
    with site.app_context():
        with pytest.raises(RuntimeError), transaction():
            casework.perform(sent.number, Action.DECLINE, coordinator, {"reason": "不属公安职责，请向街道反映。"}, seen=None,
                             terms=terms(), vault=vault())
            assert db.session.scalar(select(Notice.state)) is State.QUEUED
            raise RuntimeError
        db.session.remove()
    assert stored(site) == []


def test_several_acts_before_a_round_are_one_notice(site: Flask, mail: MailServer) -> None:
    sent = builders.act(site, told_by(site), Action.START, builders.handler(site).actor)
    for message in ("收到了。", "正在核实。"):
        builders.act(site, sent, Action.ADD_MESSAGE, builders.handler(site).actor, {"message": message})
    assert send(site) == {State.SENT: 1} and len(mail.arrived) == 1


def test_an_act_during_a_sending_is_told_by_another_notice(site: Flask) -> None:
    sent = told_by(site)
    within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now()))
    builders.act(site, sent, Action.START, builders.handler(site).actor)
    assert states(site) == [State.SENDING, State.QUEUED]


def test_a_waiting_notice_is_not_sent_before_the_act_that_joined_it(site: Flask) -> None:
    told_by(site)
    with site.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("on SQLite nobody else writes during a transaction")
        case_id = db.session.scalars(select(Notice.case_id)).one()
        with transaction(), ThreadPoolExecutor(1) as other:
            actions.queue(case_id, Means.EMAIL, Kind.CHANGED, now=portal_clock.now())
            assert other.submit(within, site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now())).result() is None
        db.session.remove()
    assert within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now())) is not None


def test_a_failed_notice_gives_way_to_a_later_one(site: Flask) -> None:
    sent = told_by(site)
    claim = within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now()))
    builders.act(site, sent, Action.START, builders.handler(site).actor)
    within(site, lambda: actions.note_failed(claim, "timeout", for_good=False, now=portal_clock.now()))
    assert states(site) == [State.DROPPED, State.QUEUED]


# --- failures ---------------------------------------------------------------------------------------------------------

def test_a_failure_is_tried_again_later_and_later_and_then_listed(site: Flask, mail: MailServer, clock: Clock) -> None:
    mail.answers["RCPT"] = "451 try again"
    told_by(site)
    for minutes in (1, 5, 30, 120, 720):
        assert send(site) == {State.QUEUED: 1}
        clock.forward(minutes=minutes - 1)
        assert send(site) == {}
        clock.forward(minutes=1)
    assert send(site) == {State.STUCK: 1}
    notice = stored(site)[0]
    assert (notice.attempts, notice.fault) == (6, "smtp-451")
    clock.forward(days=1)
    assert send(site) == {} and mail.arrived == []


REPLIES = [
    #  to        the server says          state          fault        sent to others in this round
    ("MAIL",     "550 not you",           State.QUEUED,  "smtp-550",  False),
    ("MAIL",     "421 closing",           State.QUEUED,  "smtp-421",  False),
    ("RCPT",     "450 greylisted",        State.QUEUED,  "smtp-450",  True),
    ("RCPT",     "550 no such user",      State.STUCK,   "smtp-550",  True),
    ("RCPT",     "421 closing",           State.QUEUED,  "smtp-421",  False),
    ("DATA",     "452 no room",           State.QUEUED,  "smtp-452",  True),
    ("DATA",     "554 looks like spam",   State.STUCK,   "smtp-554",  True),
]


@pytest.mark.parametrize(("command", "reply", "state", "fault", "goes_on"), REPLIES)
def test_what_a_mail_server_refuses(site: Flask, mail: MailServer, command: str, reply: str, state: State, fault: str,
                                    goes_on: bool) -> None:
    mail.answers[command] = reply
    told_by(site)
    told_by(site)
    send(site)
    first, second = stored(site)
    assert (first.state, first.fault) == (state, fault)
    assert second.attempts == (1 if goes_on else 0)
    assert mail.arrived == []


STATUSES = [
    #  status   state          fault
    (202,       State.SENT,    None),
    (302,       State.QUEUED,  "http-302"),
    (400,       State.STUCK,   "http-400"),
    (401,       State.QUEUED,  "http-401"),
    (404,       State.QUEUED,  "http-404"),
    (410,       State.STUCK,   "http-410"),
    (422,       State.STUCK,   "http-422"),
    (429,       State.QUEUED,  "http-429"),
    (500,       State.HANDING, None),
    (502,       State.HANDING, None),
    (503,       State.QUEUED,  "http-503"),
    (504,       State.HANDING, None),
]


@pytest.mark.parametrize(("status", "state", "fault"), STATUSES)
def test_what_a_gateway_answers(site: Flask, texts: Gateway, status: int, state: State, fault: str | None) -> None:
    texts.status = status
    told_by(site, "sms")
    send(site)
    notice = stored(site)[0]
    assert (notice.state, notice.fault) == (state, fault)


def test_a_receiver_that_cannot_be_reached_is_tried_once_a_round(site: Flask) -> None:
    set_up(site, mailbox=mailbox(free_port()))
    for _ in range(3):
        told_by(site)
    assert send(site) == {State.QUEUED: 1}
    assert [(each.attempts, each.fault) for each in stored(site)] == [(1, "unreachable"), (0, None), (0, None)]


def test_a_receiver_that_is_silent_is_left_in_time(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:  # takes connections and says nothing
        set_up(site, mailbox=mailbox(silent.getsockname()[1]))
        told_by(site)
        begun = monotonic()
        assert send(site) == {State.QUEUED: 1}
    assert monotonic() - begun < 3
    assert stored(site)[0].fault == "timeout"


@pytest.mark.parametrize("changes", [{"hangs": True}, {"hangs_up": True}, {"status": 504}])
@pytest.mark.parametrize("drops", [True, False])
def test_an_unclear_text_is_sent_again_only_where_duplicates_are_dropped(site: Flask, texts: Gateway, clock: Clock, drops: bool,
                                                                         changes: dict[str, Any],
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
    texts.drops_duplicates = drops
    for name, value in changes.items():
        setattr(texts, name, value)
    told_by(site, "sms")
    assert send(site) == {State.HANDING: 1}
    texts.hangs, texts.hangs_up, texts.status = False, False, 200
    texts.released.set()
    assert send(site) == {}, "nothing is known before the lease is over"
    clock.forward(minutes=2)
    send(site)
    clock.forward(minutes=1)
    send(site)
    assert states(site) == [State.SENT if drops else State.STUCK]
    assert len(texts.arrived) == (1 if drops or "status" not in changes else 0)
    if not drops:
        assert stored(site)[0].fault == "unclear"


def test_a_gateway_that_cannot_be_asked_is_asked_for_a_day(site: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
    with gateway(hangs_up=True, drops_duplicates=True) as texts:
        set_up(site, webhook=Webhook(texts.url, SECRET))
        told_by(site, "sms")
        send(site)
    for _ in range(3):
        clock.forward(hours=6)
        assert send(site) == {} and states(site) == [State.HANDING]
    clock.forward(hours=6)
    send(site)
    assert states(site) == [State.STUCK]


def test_a_receiver_that_hangs_holds_up_nothing_else(site: Flask, texts: Gateway, clock: Clock,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
    texts.hangs = True
    for _ in range(10):
        told_by(site, "sms")
    with mail_server() as mail:
        set_up(site, mailbox=mailbox(mail.port))
        told_by(site)
        begun = monotonic()
        send(site)
        assert monotonic() - begun < 3
        assert len(mail.arrived) == 1 and len(texts.received) == 1


def test_a_receiver_that_trickles_is_cut_off(site: Flask, texts: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.3)
    texts.trickles = True
    told_by(site, "sms")
    begun = monotonic()
    assert send(site) == {State.HANDING: 1}
    assert monotonic() - begun < 3


def test_a_round_has_an_end(site: Flask, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.outbox import rounds

    monkeypatch.setattr(rounds, "MOST", 2)
    for _ in range(3):
        told_by(site)
    assert [send(site), send(site), send(site)] == [{State.SENT: 2}, {State.SENT: 1}, {}]


ENCRYPTION = [
    #  security     user      password   state          fault
    ("starttls",    "",       "",        State.QUEUED,  "tls"),
    ("tls",         "",       "",        State.QUEUED,  "tls"),
    ("none",        "portal", "wrong",   State.QUEUED,  "login"),
    ("none",        "portal", "right",   State.SENT,    None),
]


@pytest.mark.parametrize(("security", "user", "password", "state", "fault"), ENCRYPTION)
def test_what_the_settings_ask_of_the_mail_server_holds(site: Flask, mail: MailServer, security: str, user: str, password: str,
                                                        state: State, fault: str | None) -> None:
    set_up(site, mailbox=mailbox(mail.port, security=security, user=user, password=password))
    told_by(site)
    send(site)
    notice = stored(site)[0]
    assert (notice.state, notice.fault) == (state, fault)


@pytest.mark.parametrize(("address", "state"), [
    ("李娜@例子.example", State.SENT), ("a.b+c@example.cn", State.SENT), ("<b@example.cn>", State.STUCK),
    ("a,b@example.cn", State.STUCK), ("李,娜@例子.example", State.STUCK), (".@example.cn", State.STUCK)])
def test_any_true_address_is_written_to(site: Flask, mail: MailServer, address: str, state: State) -> None:
    told_by(site, contact={"email": address})
    send(site)
    assert states(site) == [state]
    assert mail.recipients == ([address] if state is State.SENT else [])


def test_an_author_who_was_forgotten_is_not_told(site: Flask, mail: MailServer) -> None:
    told_by(site)
    within(site, lambda: db.session.execute(update(CaseRecord).values(contact=None)))
    assert send(site) == {State.DROPPED: 1} and mail.arrived == []


def test_one_damaged_notice_stops_no_other(site: Flask, mail: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    first = told_by(site)
    told_by(site)
    within(site, lambda: db.session.execute(
        update(CaseRecord).where(CaseRecord.number == first.number).values(contact=b"no seal of ours")))
    assert send(site) == {State.QUEUED: 1, State.SENT: 1}
    assert stored(site)[0].fault == "fault" and "SealError" in caplog.text


def test_what_was_sent_is_forgotten_after_a_month(site: Flask, mail: MailServer, clock: Clock) -> None:
    told_by(site)
    send(site)
    clock.forward(days=31)
    within(site, lambda: actions.forget_old(portal_clock.now()))
    assert stored(site) == []


# --- two workers ------------------------------------------------------------------------------------------------------

def test_of_two_workers_one_has_the_notice(site: Flask) -> None:
    told_by(site)
    now = portal_clock.now
    assert within(site, lambda: actions.claim([Means.EMAIL], now=now())) is not None
    assert within(site, lambda: actions.claim([Means.EMAIL], now=now())) is None


def test_a_worker_that_lost_its_claim_hands_nothing_over(site: Flask, clock: Clock) -> None:
    told_by(site)
    slow = within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now()))
    clock.forward(minutes=3)
    for claim in within(site, lambda: actions.lapsed(portal_clock.now())):
        within(site, lambda claim=claim: actions.note_lapsed(claim, drops_duplicates=False, now=portal_clock.now()))
    with pytest.raises(Overtaken):
        within(site, lambda: actions.hand_over(slow))
    clock.forward(minutes=1)
    quick = within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now()))
    with pytest.raises(Overtaken):
        within(site, lambda: actions.hand_over(slow))
    within(site, lambda: actions.hand_over(quick))
    assert states(site) == [State.HANDING]


def test_a_late_answer_is_believed(site: Flask, clock: Clock) -> None:
    told_by(site)
    slow = within(site, lambda: actions.claim([Means.EMAIL], now=portal_clock.now()))
    within(site, lambda: actions.hand_over(slow))
    clock.forward(minutes=3)
    send(site)
    set_up(site, mailbox=mailbox(free_port()))
    send(site)
    assert states(site) == [State.STUCK]
    within(site, lambda: actions.note_sent(slow, now=portal_clock.now()))
    assert states(site) == [State.SENT]


# --- stuck ones -------------------------------------------------------------------------------------------------------

@pytest.fixture
def stuck(site: Flask, mail: MailServer) -> Notice:
    mail.answers["RCPT"] = f"550 no such user {ADDRESS}"
    told_by(site)
    send(site)
    del mail.answers["RCPT"]
    return stored(site)[0]


def test_administrators_see_what_is_stuck_and_decide(site: Flask, client: Client, mail: MailServer, stuck: Notice) -> None:
    client.sign_in(builders.staff(site, Role.ADMINISTRATOR))
    page = client.get("/desk/notices")
    assert str(stuck.id) in page.text and "smtp-550" in page.text
    assert not [word for word in (*CONTACT.values(), "2026-000") if word in page.text]
    client.submit(to="/retry")
    client.follow()
    assert send(site) == {State.SENT: 1} and mail.recipients == [ADDRESS]
    client.post(f"/desk/notices/{stuck.id}/retry", status=404)
    assert "没有发不出去的通知" in client.get("/desk/notices").text


def test_administrators_give_up_what_is_stuck(site: Flask, client: Client, mail: MailServer, stuck: Notice) -> None:
    client.sign_in(builders.staff(site, Role.ADMINISTRATOR))
    client.get("/desk/notices?lang=en")
    client.submit(to="/drop")
    client.follow()
    assert states(site) == [State.DROPPED] and send(site) == {}


def test_another_attempt_is_one_attempt(site: Flask, mail: MailServer, stuck: Notice) -> None:
    mail.answers["RCPT"] = "450 later"
    within(site, lambda: actions.retry(stuck.id, now=portal_clock.now()))
    send(site)
    assert stored(site)[0].attempts == 2


def test_only_administrators_see_notices(site: Flask, client: Client, stuck: Notice) -> None:
    client.sign_in(builders.staff(site, Role.COORDINATOR, Role.EDITOR))
    client.get("/desk/notices", 403)
    client.post(f"/desk/notices/{stuck.id}/drop", status=403)


def test_commands_list_and_settle_what_is_stuck(site: Flask, mail: MailServer, stuck: Notice) -> None:
    def run(*args: str) -> str:
        return str(site.test_cli_runner().invoke(args=["outbox", *args]).output)

    listed = run("list")
    assert f"{stuck.id}\temail\tchanged" in listed and "smtp-550" in listed and ADDRESS not in listed
    assert "queued" in run("retry", str(stuck.id))
    assert "no notice" in run("retry", str(stuck.id)) and "no notice" in run("drop", "999")
    assert send(site) == {State.SENT: 1}
    assert "0 notices are stuck" in run("list")


def test_nothing_private_is_in_table_or_log(site: Flask, mail: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mail.answers["RCPT"] = f"450 {ADDRESS} is busy"
    told_by(site)
    send(site)
    with site.app_context():
        rows = [str(row) for row in db.session.execute(select(Notice.__table__))]
        db.session.remove()
    for word in (*CONTACT.values(), "13800138000"):
        assert word not in caplog.text and not [row for row in rows if word in row]


# --- what authors choose ----------------------------------------------------------------------------------------------

def test_only_what_is_set_up_is_offered(site: Flask, client: Client) -> None:
    assert not client.get("/opinions/new").all("input", name="notify")
    site.extensions["portal-fragments"].clear()
    set_up(site, mailbox=mailbox(25))
    offered = client.get("/opinions/new?lang=en").all("input", name="notify")
    assert [each.attrs["value"] for each in offered] == ["", "email"]


CHOICES = [
    #  chosen      e-mail      telephone              status   kept with the case
    ("",           ADDRESS,    PHONE,                 303,     None),
    ("email",      ADDRESS,    "",                    303,     "email"),
    ("sms",        "",         PHONE,                 303,     "sms"),
    ("sms",        "",         "+852 9123 4567",      303,     "sms"),
    ("email",      "",         PHONE,                 422,     None),
    ("sms",        ADDRESS,    "",                    422,     None),
    ("sms",        ADDRESS,    "010-65551234 转 8",    422,     None),
    ("pigeon",     ADDRESS,    PHONE,                 422,     None),
]


@pytest.mark.parametrize(("chosen", "email", "phone", "status", "kept"), CHOICES)
def test_a_choice_needs_its_contact(site: Flask, client: Client, chosen: str, email: str, phone: str, status: int,
                                    kept: str | None) -> None:
    set_up(site, mailbox=mailbox(25), webhook=Webhook("http://127.0.0.1:1/", SECRET))
    site.extensions["portal-fragments"].clear()
    client.get("/opinions/new?category=suggestion")
    client.post("/opinions/new", {
        **{each.attrs["name"]: each.attrs.get("value", "") for each in client.page.all("input", name="once")},
        "category": "suggestion", "text": "希望多放几把椅子。", "publish": "no", "notify": chosen, "contact_email": email,
        "contact_phone": phone}, status)
    assert bool(client.page.errors) == (status == 422)
    with site.app_context():
        assert db.session.scalars(select(CaseRecord.notify)).all() == ([kept] if status == 303 else [])
        db.session.remove()


PHONES = [
    #  typed                   the same as       takes texts
    ("138 0013-8000",          "13800138000",    True),
    ("+86 13800138000",        "13800138000",    True),
    ("００８６１３８００１３８０００", "13800138000",    True),
    ("+852 9123 4567",         "0085291234567",  True),
    ("010-65551234",           "01065551234",    False),
    ("12345",                  "12345",          False),
    ("",                       "",               False),
]


@pytest.mark.parametrize(("typed", "plain", "takes"), PHONES)
def test_a_telephone_number_is_one_however_it_is_typed(typed: str, plain: str, takes: bool) -> None:
    assert (plain_phone(typed), takes_texts(typed)) == (plain, takes)


def test_an_address_is_one_however_it_is_typed() -> None:
    assert plain_email(" Li.Na@Example.CN ") == plain_email("ｌi.na@example.cn") == ADDRESS


# --- settings ---------------------------------------------------------------------------------------------------------

WHOLE = {"PORTAL_URL": f"{URL}/", "SMTP_URL": "smtp://portal:p%40ss@mail.example.cn", "PORTAL_MAIL_FROM": "no-reply@example.cn",
         "NOTICE_WEBHOOK_URL": "https://sms.example.cn/texts?city=1", "NOTICE_WEBHOOK_SECRET": SECRET}
REFUSED = [
    #  variable                  value                                        the error names
    ("SMTP_URL",                 "",                                          "SMTP_URL"),
    ("SMTP_URL",                 "mail.example.cn",                           "SMTP_URL"),
    ("SMTP_URL",                 "smtp://",                                   "SMTP_URL"),
    ("SMTP_URL",                 "smtp://mail.example.cn:99999",              "SMTP_URL"),
    ("SMTP_URL",                 "smtp://portal@mail.example.cn",             "SMTP_URL"),
    ("SMTP_URL",                 "smtp://portal:x@mail.example.cn?starttls=no", "SMTP_URL"),
    ("SMTP_URL",                 "smtp://mail.example.cn?starttls=maybe",     "SMTP_URL"),
    ("SMTP_URL",                 "smtp://mail.example.cn?tls=no",             "SMTP_URL"),
    ("PORTAL_MAIL_FROM",         "",                                          "PORTAL_MAIL_FROM"),
    ("PORTAL_MAIL_FROM",         "开门评 <no-reply@example.cn>",               "PORTAL_MAIL_FROM"),
    ("PORTAL_URL",               "",                                          "PORTAL_URL"),
    ("PORTAL_URL",               "open.example.cn",                           "PORTAL_URL"),
    ("PORTAL_URL",               "https://open.example.cn/?from=sms",         "PORTAL_URL"),
    ("NOTICE_WEBHOOK_URL",       "",                                          "NOTICE_WEBHOOK_URL"),
    ("NOTICE_WEBHOOK_URL",       "http://sms.example.cn/texts",               "NOTICE_WEBHOOK_URL"),
    ("NOTICE_WEBHOOK_URL",       "https://city:pass@sms.example.cn/",         "NOTICE_WEBHOOK_URL"),
    ("NOTICE_WEBHOOK_SECRET",    "",                                          "NOTICE_WEBHOOK_SECRET"),
    ("NOTICE_WEBHOOK_SECRET",    "short",                                     "NOTICE_WEBHOOK_SECRET"),
]


@pytest.mark.parametrize(("name", "value", "named"), REFUSED)
def test_half_a_configuration_is_refused_by_name(tmp_path: Any, name: str, value: str, named: str) -> None:
    with pytest.raises(ConfigError) as told:
        from_environment({"PORTAL_DATA": str(tmp_path), **WHOLE, name: value})
    assert str(told.value).startswith(f"{named}: ")
    assert "p%40ss" not in str(told.value) and SECRET not in str(told.value)


MAILBOXES = [
    #  SMTP_URL                                    host, port, security, user, password
    ("smtp://portal:p%40ss@mail.example.cn",       ("mail.example.cn", 587, "starttls", "portal", "p@ss")),
    ("smtps://portal:x@mail.example.cn",           ("mail.example.cn", 465, "tls", "portal", "x")),
    ("smtp://127.0.0.1:25?starttls=no",            ("127.0.0.1", 25, "none", "", "")),
    ("smtp://[::1]:2525?starttls=no",              ("::1", 2525, "none", "", "")),
]


@pytest.mark.parametrize(("url", "wanted"), MAILBOXES)
def test_a_mail_server_is_given_as_one_address(tmp_path: Any, url: str, wanted: tuple[str, int, str, str, str]) -> None:
    settings = from_environment({"PORTAL_DATA": str(tmp_path), **WHOLE, "SMTP_URL": url})
    box = settings.mailbox
    assert box is not None and (box.host, box.port, box.security, box.user, box.password) == wanted
    assert settings.url == URL and settings.means == (Means.EMAIL, Means.SMS)
    assert "p@ss" not in repr(settings) and SECRET not in repr(settings)


def test_nothing_set_up_is_nothing_offered(tmp_path: Any) -> None:
    assert from_environment({"PORTAL_DATA": str(tmp_path)}).means == ()
