# ruff: noqa: E501 - a table is read in aligned columns
"""A worker is killed at every step of a sending, and two run at once: a notice arrives once, or is listed as stuck.

Real processes, killed with SIGKILL; a real mail server and a real gateway; runs on the database under test.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.config import Settings, from_environment
from portal.db import db
from portal.outbox.models import Notice
from portal.outbox.rules import State
from portal.worker.posting import send_notices
from tests import builders
from tests.conftest import Clock
from tests.receivers import PATIENCE, SECRET, Gateway, MailServer, gateway, mail_server

ROOT = Path(__file__).parents[2]
CONTACT = {"email": "li.na@example.cn", "phone": "13800138000"}
ENOUGH = 4  # rounds after which whatever can still be sent has been
_PART = "portal.outbox."


@pytest.fixture
def environment(app: Flask, tmp_path: Path) -> Iterator[dict[str, str]]:
    """For workers on the database of this test. Their clock stands where this test's clock begins."""
    settings: Settings = app.config["PORTAL"]
    yield {**os.environ, "PORTAL_DATA": str(tmp_path), "DATABASE_URL": settings.database_url, "PYTHONPATH": str(ROOT),
           "SECRET_KEY": settings.secret_key, "PORTAL_KEYS": ",".join(settings.keys), "PORTAL_DEMO": "1",
           "PORTAL_NOW": f"{settings.now:%Y-%m-%dT%H:%M}", "PORTAL_URL": "https://open.example.cn"}
    app.config["PORTAL"] = replace(app.config["PORTAL"], url="", mailbox=None, webhook=None)


def set_up(app: Flask, environment: dict[str, str]) -> None:
    """The test's own app sends to the same receivers as the workers."""
    read = from_environment(environment)
    app.config["PORTAL"] = replace(app.config["PORTAL"], url=read.url, mailbox=read.mailbox, webhook=read.webhook)


@pytest.fixture
def mail(app: Flask, environment: dict[str, str]) -> Iterator[MailServer]:
    with mail_server() as server:
        environment |= {"SMTP_URL": server.url, "PORTAL_MAIL_FROM": "no-reply@open.example.cn"}
        set_up(app, environment)
        yield server


@pytest.fixture(params=[True, False], ids=["drops duplicates", "takes duplicates"])
def texts(app: Flask, environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Gateway]:
    with gateway(drops_duplicates=request.param) as made:
        environment |= {"NOTICE_WEBHOOK_URL": made.url, "NOTICE_WEBHOOK_SECRET": SECRET}
        set_up(app, environment)
        yield made


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *arguments], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


def kill_at(environment: dict[str, str], step: str) -> None:
    """A step of the outbox, or of the library below it, as in `after portal.outbox.rounds._letter`."""
    when, place, *nth = step.split()
    place = place if place.startswith(("smtplib", "http")) else _PART + place
    worker = start(environment, "tests.killed", when, place, *nth)
    assert worker.wait(60) == -signal.SIGKILL, f"{step}: the worker was not killed there"


def later_rounds(app: Flask, clock: Clock) -> State:
    """What becomes of the notice once other workers have had every chance."""
    for _ in range(ENOUGH):
        clock.forward(minutes=10)
        with app.app_context():
            send_notices()
            db.session.remove()
    with app.app_context():
        state = db.session.scalars(select(Notice.state)).one()
        db.session.remove()
    return state


MAIL_STEPS = [
    #  the worker dies                          the notice is   and arrives
    ("before actions.claim",                    State.SENT,     {1}),
    ("after actions.claim",                     State.SENT,     {1}),
    ("before rounds._letter",                   State.SENT,     {1}),
    ("before smtplib.SMTP.connect",             State.SENT,     {1}),
    ("after smtplib.SMTP.connect",              State.SENT,     {1}),
    ("after smtplib.SMTP.ehlo",                 State.SENT,     {1}),
    ("after smtplib.SMTP.mail",                 State.SENT,     {1}),
    ("after smtplib.SMTP.rcpt",                 State.SENT,     {1}),
    ("before rounds._hand_over",                State.SENT,     {1}),  # the whole text is out, but for the last dot
    ("after actions.hand_over",                 State.SENT,     {1}),  # which was not committed
    ("after rounds._hand_over",                 State.STUCK,    {0}),
    ("before smtplib.SMTP.getreply 6",          State.STUCK,    {0, 1}),  # the dot is out; the server may not have read it
    ("after smtplib.SMTP.getreply 6",           State.STUCK,    {1}),
    ("before actions.note_sent",                State.STUCK,    {1}),
    ("after actions.note_sent",                 State.STUCK,    {1}),  # which was not committed
    ("after rounds._send",                      State.SENT,     {1}),
]


@pytest.mark.parametrize(("step", "state", "arrivals"), MAIL_STEPS)
def test_a_mail_arrives_once_or_is_listed(app: Flask, clock: Clock, mail: MailServer, environment: dict[str, str], step: str,
                                          state: State, arrivals: set[int]) -> None:
    builders.accepted(app, contact=CONTACT, notify="email")
    kill_at(environment, step)
    mail.settle()
    assert later_rounds(app, clock) is state
    mail.settle()
    assert len(mail.arrived) in arrivals


def test_a_mail_is_listed_when_the_worker_dies_while_the_server_takes_it(app: Flask, clock: Clock, mail: MailServer,
                                                                         environment: dict[str, str]) -> None:
    builders.accepted(app, contact=CONTACT, notify="email")
    workers: list[subprocess.Popen[bytes]] = []
    mail.when_taken = lambda: workers[0].kill()
    workers.append(start(environment, "flask", "--app", "portal", "worker", "--once"))
    assert workers[0].wait(60) == -signal.SIGKILL
    assert later_rounds(app, clock) is State.STUCK
    assert len(mail.arrived) == 1


TEXT_STEPS = [
    #  the worker dies                                  where duplicates are dropped   where they are not, and arrives
    ("before rounds._letter",                           State.SENT,                    State.SENT,  {1}),
    ("before http.client.HTTPConnection.connect",       State.SENT,                    State.SENT,  {1}),
    ("before rounds._hand_over",                        State.SENT,                    State.SENT,  {1}),
    ("after rounds._hand_over",                         State.SENT,                    State.STUCK, {0}),
    ("after http.client.HTTPConnection.request",        State.SENT,                    State.STUCK, {0, 1}),
    ("after http.client.HTTPConnection.getresponse",    State.SENT,                    State.STUCK, {1}),
    ("before actions.note_sent",                        State.SENT,                    State.STUCK, {1}),
    ("after rounds._send",                              State.SENT,                    State.SENT,  {1}),
]


@pytest.mark.parametrize(("step", "dropping", "taking", "arrivals"), TEXT_STEPS)
def test_a_text_arrives_once_or_is_listed(app: Flask, clock: Clock, texts: Gateway, environment: dict[str, str], step: str,
                                          dropping: State, taking: State, arrivals: set[int]) -> None:
    builders.accepted(app, contact=CONTACT, notify="sms")
    kill_at(environment, step)
    assert later_rounds(app, clock) is (dropping if texts.drops_duplicates else taking)
    assert len(texts.arrived) in ({1} if texts.drops_duplicates else arrivals)


def test_of_two_workers_that_run_for_ever_each_notice_is_sent_by_one(app: Flask, mail: MailServer,
                                                                     environment: dict[str, str]) -> None:
    for _ in range(30):
        builders.accepted(app, contact=CONTACT, notify="email")
    workers = [start(environment, "flask", "--app", "portal", "worker") for _ in range(2)]
    try:
        wait_until(mail, lambda: len(mail.arrived) >= 30)
    finally:
        for worker in workers:
            with suppress(ProcessLookupError):
                worker.terminate()
            worker.wait(PATIENCE)
    mail.settle()
    assert len(mail.ids) == len(set(mail.ids)) == 30


def wait_until(mail: MailServer, arrived: Callable[[], bool]) -> None:
    with mail.changed:
        assert mail.changed.wait_for(arrived, 60), f"{len(mail.arrived)} arrived"
