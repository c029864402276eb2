"""Opinions written down for others: the same receipt, the same clock, and nothing that was typed is lost."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.casework.models import Attachment, CaseRecord, EventRecord
from portal.db import db
from portal.domain import reference
from portal.domain.codes import Channel, Lane
from portal.domain.people import Role
from tests import builders
from tests.client import Client
from tests.conftest import Clock

TEXT = "三号窗口下午五点就关门，比公示的时间早了半个小时。"
ENTRY = "/desk/entry"
CALL = {"channel": "phone", "category": "complaint", "text": TEXT}


@pytest.fixture
def clerk(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def cases(app: Flask) -> list[CaseRecord]:
    with app.app_context():
        found = list(db.session.scalars(select(CaseRecord).order_by(CaseRecord.id)))
        db.session.expunge_all()
        db.session.remove()
    return found


def code_on(client: Client) -> str:
    found = re.search(r"[0-9]{4}( [0-9]{4}){4}", client.page.text)
    assert found, client.page.text
    return found[0]


def enter(clerk: Client, status: int = 303, **changed: str) -> None:
    clerk.get(ENTRY)
    clerk.submit({**CALL, **changed}, status, to=ENTRY)


def test_a_call_is_followed_on_the_web_with_the_code_of_the_receipt(clerk: Client, client: Client) -> None:
    enter(clerk)
    receipt = clerk.follow()
    assert "2026-000001" in receipt.text
    assert "9月8日" in receipt.text and "9月14日" in receipt.text  # sorted by Tuesday, answered within five working days
    code = code_on(clerk)
    assert reference.parse(code)
    client.get("/track")
    client.post("/track", {"code": code})
    page = client.follow()
    assert TEXT in page.text
    assert "走访办" in page.text  # which wrote it down


def test_the_receipt_is_shown_to_the_clerk_once(clerk: Client) -> None:
    enter(clerk)
    clerk.follow()
    assert code_on(clerk) not in clerk.get("/opinions/receipt").text


def test_a_printed_receipt_tells_how_to_follow_it_without_a_telephone_or_computer(clerk: Client) -> None:
    enter(clerk)
    paper = clerk.follow().one(class_="print-only").text
    assert "0000-2345000" in paper and "和平路 1 号" in paper and "8:30" in paper and "/track" in paper
    assert code_on(clerk) not in paper


@pytest.mark.parametrize(("role", "unit"), [
    (Role.COORDINATOR, "outreach"), (Role.HANDLER, "household"), (Role.COMPLAINTS_OFFICER, "complaints")])
def test_the_event_names_who_wrote_it_down(app: Flask, client: Client, role: Role, unit: str) -> None:
    person = builders.staff(app, role, unit=unit)
    enter(client.sign_in(person), category="question")
    with app.app_context():
        event = db.session.scalars(select(EventRecord)).one()
        assert (event.actor_id, event.role, event.unit) == (person.id, role, unit)
        db.session.remove()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR, Role.LEADER, Role.INSPECTOR,
                                  Role.DISCIPLINE_OFFICER])
def test_others_enter_nothing(app: Flask, client: Client, role: Role) -> None:
    client.sign_in(builders.staff(app, role, charge=["household"] if role is Role.LEADER else ()))
    client.get(ENTRY, 403)
    client.post(ENTRY, CALL, 403)
    assert cases(app) == []


def test_strangers_are_sent_to_the_sign_in(app: Flask, client: Client) -> None:
    client.fetch(ENTRY, 302)
    client.post(ENTRY, CALL, 302)
    assert cases(app) == []


@pytest.mark.parametrize("channel", ["phone", "visit", "letter", "event", "hotline", "social"])
def test_the_way_it_came_is_kept(clerk: Client, app: Flask, channel: str) -> None:
    enter(clerk, channel=channel)
    assert cases(app)[0].channel is Channel(channel)


@pytest.mark.parametrize("channel", ["", "web", "paper", "pigeon"])
def test_the_web_needs_no_clerk_and_forms_have_their_batches(clerk: Client, app: Flask, channel: str) -> None:
    clerk.get(ENTRY)
    clerk.post(ENTRY, {**CALL, "channel": channel, "received_on": "2026-09-07"}, 422)
    assert clerk.page.errors == ["请从选项中选一项"]
    assert cases(app) == []


#   the day it came   sorted by       answered by
DAYS = [
    ("2026-09-07", "2026-09-08", "2026-09-14"),  # Monday, today
    ("2026-09-04", "2026-09-07", "2026-09-11"),  # Friday: the clock began before the week-end
    ("2026-08-08", "2026-08-10", "2026-08-14"),  # Saturday, 30 days ago
]


@pytest.mark.parametrize(("came", "sorted_by", "answered_by"), DAYS)
def test_the_promise_counts_from_the_day_it_came(clerk: Client, app: Flask, came: str, sorted_by: str,
                                                 answered_by: str) -> None:
    enter(clerk, channel="letter", received_on=came)
    state = cases(app)[0].state
    assert (state["received_on"], state["triage_due"], state["due_on"]) == (came, sorted_by, answered_by)


@pytest.mark.parametrize("day", ["2026-09-08", "2026-08-07", "", "2026-02-30", "昨天"])
def test_a_day_that_cannot_be_is_refused_and_nothing_typed_is_lost(clerk: Client, app: Flask, day: str) -> None:
    enter(clerk, 422, received_on=day, contact_name="付春来", district="hedong", title="窗口提前关门", publish="yes")
    form = clerk.page.form(ENTRY)
    assert len(clerk.page.errors) == 1
    assert form.one("input", name="received_on").attrs["value"] == day
    assert form.one("textarea", name="text").text == TEXT
    assert form.one("input", name="contact_name").attrs["value"] == "付春来"
    assert form.one("input", name="title").attrs["value"] == "窗口提前关门"
    assert "checked" in form.one("input", name="channel", value="phone").attrs
    assert "checked" in form.one("input", name="category", value="complaint").attrs
    assert "checked" in form.one("input", name="publish", value="yes").attrs
    assert "selected" in form.one("select", name="district").one("option", value="hedong").attrs
    assert cases(app) == []


def test_a_page_that_was_open_for_too_long_loses_nothing(clerk: Client, app: Flask) -> None:
    clerk.post(ENTRY, {**CALL, "received_on": "2026-09-07", "csrf_token": "old"}, 422, token=False)
    assert clerk.page.form(ENTRY).one("textarea", name="text").text == TEXT
    clerk.submit(to=ENTRY)
    assert len(cases(app)) == 1


def test_a_double_click_makes_one_case_with_one_receipt(clerk: Client, app: Flask) -> None:
    clerk.get(ENTRY)
    once = clerk.page.form(ENTRY).one("input", name="once").attrs["value"]
    shown = []
    for _ in range(2):
        clerk.post(ENTRY, {**CALL, "received_on": "2026-09-07", "once": once})
        clerk.follow()
        shown.append(code_on(clerk))
    assert shown[0] == shown[1]
    assert len(cases(app)) == 1


def test_an_emergency_shows_110_and_stores_nothing(clerk: Client, app: Flask) -> None:
    enter(clerk, 200, category="emergency")
    assert "110" in clerk.page.one(class_="urgent").text
    assert clerk.page.form(ENTRY).one("textarea", name="text").text == TEXT
    assert cases(app) == []


def test_a_report_of_misconduct_is_out_of_the_clerks_sight_at_once(app: Flask, clerk: Client,
                                                                   browser_for: Callable[[], Client]) -> None:
    enter(clerk, category="misconduct", unit="traffic")
    receipt = clerk.follow()
    assert "看不到这件举报" in receipt.text
    report = cases(app)[0]
    assert report.lane is Lane.MISCONDUCT
    clerk.get(f"/desk/cases/{report.number}", 404)
    assert TEXT not in clerk.get("/desk/lists/to-sort").text
    officer = browser_for().sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline"))
    assert TEXT in officer.get(f"/desk/cases/{report.number}").text


def test_before_saving_a_report_the_clerk_is_told(clerk: Client) -> None:
    page = clerk.get(f"{ENTRY}?category=misconduct")
    assert "保存以后，您和工作台上的其他人都看不到" in page.text and "12389" in page.text


def test_a_complaint_about_the_clerks_own_unit_is_out_of_its_sight(app: Flask, client: Client) -> None:
    client.sign_in(builders.handler(app))
    enter(client, unit="household")
    number = cases(app)[0].number
    assert TEXT not in client.get(f"/desk/search?q={number}").text
    client.get(f"/desk/cases/{number}", 404)


def test_of_social_media_no_account_is_to_be_entered(clerk: Client) -> None:
    assert "不记账号名称和链接" in clerk.get(ENTRY).text


def test_the_scan_of_a_letter_is_kept_rebuilt(clerk: Client, app: Flask) -> None:
    clerk.get(ENTRY)
    scan = (BytesIO(builders.gps_jpeg()), "来信.jpg")
    clerk.post(ENTRY, {**CALL, "channel": "letter", "received_on": "2026-09-07", "attachments": scan})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1
        db.session.remove()


def test_a_file_that_cannot_be_taken_is_told_by_its_name(clerk: Client, app: Flask) -> None:
    clerk.get(ENTRY)
    clerk.post(ENTRY, {**CALL, "received_on": "2026-09-07", "attachments": (BytesIO(b"MZ"), "来信.exe")}, 422)
    assert any("来信.exe" in each for each in clerk.page.errors)
    assert cases(app) == []


def test_what_was_written_down_is_counted_by_its_channel_in_the_lists(clerk: Client) -> None:
    enter(clerk, channel="visit")
    enter(clerk)
    assert len(clerk.get("/desk/lists/to-sort?channel=visit").all("a", data_row="")) == 1


def test_the_way_in_stands_in_the_menu_of_those_who_may(app: Flask, clerk: Client, browser_for: Callable[[], Client]) -> None:
    assert ENTRY in clerk.get("/desk/lists/to-sort").link("代为录入")
    editor = browser_for().sign_in(builders.staff(app, Role.EDITOR))
    assert "代为录入" not in editor.get("/desk/articles").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_speaks_both_languages(clerk: Client, lang: str) -> None:
    clerk.get(f"{ENTRY}?lang={lang}&category=misconduct")


def test_the_clock_of_a_letter_does_not_run_backwards(clerk: Client, app: Flask, clock: Clock) -> None:
    enter(clerk, channel="letter", received_on="2026-09-01")
    clock.forward(days=1)
    enter(clerk)
    first, second = cases(app)
    assert first.received_at <= second.received_at
    assert date.fromisoformat(first.state["received_on"]) == date(2026, 9, 1)
