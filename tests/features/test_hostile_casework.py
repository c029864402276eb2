"""What somebody inside could try: to read or count what they must not, to notice a sealed report, to smuggle something in."""

import csv
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.queries import Staff
from portal.casework.models import CaseRecord
from portal.config import Mailbox
from portal.db import db
from portal.domain.codes import Action, Lane
from portal.domain.holiday_notice import parse_notice
from portal.domain.paper import FormState
from portal.domain.people import Role
from portal.web.current import content
from portal.worker.exporting import forget_exports
from tests import builders, papers
from tests.client import Client
from tests.conftest import Clock

TEXT = "值班民警收了钱，请核实。"
REPORT = {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}
BARE = re.compile(r'<input[^>]*name="(csrf_token|once)"[^>]*>')
ADDRESSES = ("/desk/lists/open", "/desk/lists/ended", "/desk/lists/late", "/desk/lists/open?lane=misconduct",
             "/desk/lists/open?category=misconduct", "/desk/lists/open?unit=discipline", "/desk/ledger",
             "/desk/ledger?lane=misconduct", "/desk/ledger/exports", "/desk/search?q=值班民警", "/desk/search?q=2026",
             "/desk/overview", "/desk/leader", "/desk/warnings", "/desk/templates", "/desk/paper", "/desk/paper/batches",
             "/desk/staff", "/desk/calendar", "/desk/notices", "/desk/filters", "/desk/entry", "/desk/articles", "/progress",
             "/promises", "/draws", "/")
UNITS = {Role.COMPLAINTS_OFFICER: "complaints", Role.LEADER: "office", Role.INSPECTOR: "inspection",
         Role.COORDINATOR: "outreach", Role.ADMINISTRATOR: "technology", Role.EDITOR: "publicity"}


@pytest.fixture
def everybody(app: Flask) -> list[Staff]:
    """One person of each role but those who may read sealed reports."""
    plain = [builders.staff(app, role, unit=UNITS.get(role, builders.UNIT), charge=["household"] if role is Role.LEADER else ())
             for role in (*UNITS, Role.HANDLER, Role.REVIEWER)]
    officer(app)
    return [*plain, builders.staff(app, Role.COORDINATOR, unit="hedong", login="county", charge=["hedong"])]


def officer(app: Flask) -> Staff:
    return builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline")


def shown_to(browser: Client, person: Staff) -> Iterator[tuple[str, str, str]]:
    """Every page of the desk without a case in its address, as this person sees it."""
    browser.sign_in(person)
    for address in ADDRESSES:
        response = browser.http.get(address, follow_redirects=True)
        yield address, str(response.status_code), BARE.sub("", response.text)


# --- a report of misconduct leaves no trace, nor does a complaint at the unit it names --------------------------------

def test_no_page_of_anybody_changes_with_a_report(app: Flask, browser_for: Callable[[], Client],
                                                  everybody: list[Staff]) -> None:
    builders.published(app)
    builders.accepted(app, unit="complaints", category="petition")
    before = {person.login: list(shown_to(browser_for(), person)) for person in everybody}
    sent = builders.submit(app, category="misconduct", title="举报", text=TEXT, unit="household", notify="email",
                           contact={"email": "a@example.com"})
    builders.act(app, sent, Action.ACCEPT, officer(app).actor, REPORT)
    builders.act(app, sent, Action.NOTE, officer(app).actor, {"note": "已初核"})
    for person in everybody:
        changed = set(shown_to(browser_for(), person)) ^ set(before[person.login])
        assert {address for address, _status, _page in changed} == set(), person.login


def test_every_page_and_act_answers_for_a_report_as_for_nothing(app: Flask, browser_for: Callable[[], Client],
                                                                 everybody: list[Staff]) -> None:
    sent = builders.submit(app, category="misconduct", title="举报", text=TEXT, pictures=[builders.gps_jpeg(40, 40)])
    nothing = "J2026-000000001"
    rules = [rule for rule in app.url_map.iter_rules() if "number" in rule.arguments and rule.endpoint.startswith("desk.")
             and "slug" not in rule.arguments]  # there it is the number of a correction
    assert len(rules) > 5
    for person in everybody:
        browser = browser_for().sign_in(person)
        browser.get("/opinions/new")
        token = browser.page.all("input", name="csrf_token")[0].attrs["value"]
        for rule in rules:
            plain = {"action": "note", "token": "0" * 32, "seq": 1}
            answers = []
            for number in (sent.number, nothing):
                values = {name: number if name == "number" else plain[name] for name in rule.arguments}
                with app.test_request_context():
                    address = app.url_map.bind("localhost").build(rule.endpoint, values)
                method = "POST" if "POST" in (rule.methods or ()) else "GET"
                response = browser.http.open(address, method=method, data={"csrf_token": token, "note": "a", "version": "1"})
                answers.append((response.status_code, BARE.sub("", response.text).replace(number, "")))
            assert answers[0] == answers[1], (person.login, rule.rule)
            assert answers[0][0] in (403, 404)


def test_several_cases_at_once_answer_for_a_report_as_for_nothing(app: Flask, client: Client) -> None:
    sent, nothing = builders.submit(app, category="misconduct", text=TEXT), "J2026-000000001"
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    pages = []
    for number in (sent.number, nothing):
        looked = client.get(f"/desk/bulk?list=open&action=note&number={number}").source
        done = client.post("/desk/bulk", {"list": "open", "action": "note", "note": "a", "case": f"{number}|1"}, 200).source
        pages.append([BARE.sub("", page).replace(number, "") for page in (looked, done)])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.LEADER])
def test_no_page_of_a_unit_changes_with_a_complaint_about_it(app: Flask, browser_for: Callable[[], Client], role: Role) -> None:
    person = builders.staff(app, role, unit="household", charge=["household"] if role is Role.LEADER else ())
    with app.app_context():
        category = next(slug for slug, each in content().categories.items() if each.head.complaint and slug != "misconduct")

    def inside() -> list[tuple[str, str, str]]:
        return [each for each in shown_to(browser_for(), person) if each[0].startswith("/desk")]

    before = inside()
    sent = builders.submit(app, category=category, title="投诉", text=TEXT, unit="household", is_complaint=True)
    builders.act(app, sent, Action.NOTE, builders.staff(app, Role.COORDINATOR).actor, {"note": "a"})
    assert {address for address, _status, _page in set(inside()) ^ set(before)} == set()


def test_how_much_the_discipline_office_exports_is_its_own(app: Flask, browser_for: Callable[[], Client]) -> None:
    for _ in range(3):
        builders.submit(app, category="misconduct", text=TEXT)
    own = browser_for().sign_in(officer(app))
    own.get("/desk/ledger?lane=misconduct")
    own.submit({"kind": "csv"}, to="/exports")
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exception is None
    assert "3" in own.get("/desk/ledger/exports").one("tbody").text
    inspector = browser_for().sign_in(builders.staff(app, Role.INSPECTOR, unit="inspection"))
    assert not inspector.get("/desk/ledger/exports").all("tbody")


def test_a_paper_form_does_not_tell_that_it_held_a_report(app: Flask, browser_for: Callable[[], Client]) -> None:
    typist = builders.staff(app, Role.HANDLER, login="typist")
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    typing = browser_for().sign_in(typist)
    typing.get(f"/desk/paper/batches/{batch}/type?serial={form.serial}")
    typing.submit({"category": "misconduct", "text": TEXT}, to="/type")
    spoilt = papers.printed(app, typist)
    with app.app_context():
        assert db.session.scalars(select(CaseRecord.lane)).one() is Lane.MISCONDUCT
        db.session.remove()
    typing.get("/desk/paper")
    typing.post("/desk/paper/void", {"serial": spoilt.serial})
    clerk = browser_for().sign_in(builders.staff(app, Role.HANDLER, unit="traffic"))
    told = [clerk.get(f"/desk/paper?serial={each.serial}").text.replace(each.serial, "")[-200:] for each in (form, spoilt)]
    assert papers.form_row(app, form.serial).state is FormState.VOID
    assert re.sub(r"[0-9-]", "", told[0]) == re.sub(r"[0-9-]", "", told[1])


def test_the_calendar_counts_no_reports(app: Flask, client: Client, clock: Clock) -> None:
    from tests.features.test_calendar import preview

    clock.at("2026-12-28 10:00")
    builders.submit(app)
    builders.submit(app, category="misconduct", text=TEXT)
    preview(client, app)
    client.submit(to="/desk/calendar/enter")
    assert "有 1 件在办件" in client.follow().text


def test_a_file_without_personal_data_does_not_tell_who_opened_the_contact_details(app: Flask, client: Client) -> None:
    sent = builders.handling(app, contact={"phone": "13800000000"})
    builders.act(app, sent, Action.OPEN_CONTACT, builders.handler(app).actor, {"reason": "回电话核实"})
    client.sign_in(builders.staff(app, Role.INSPECTOR, unit="inspection"))
    for level in ("full", "redacted"):
        assert "回电话核实" not in client.get(f"/desk/cases/{sent.number}/file?level={level}").text
    client.sign_in(builders.handler(app))
    assert "回电话核实" in client.get(f"/desk/cases/{sent.number}/file?level=redacted").text


def test_a_lost_code_is_asked_for_in_the_same_time_whether_or_not_it_fits(app: Flask, client: Client,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits queues a message as well; on the machine of these tests that takes twice as long."""
    mailbox = Mailbox("127.0.0.1", 25, "none", "no-reply@example.cn")
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], mailbox=mailbox, url="https://opinions.example.cn"))
    sent = builders.submit(app, contact={"email": "a@example.com"})
    for number, contact in ((sent.number, "a@example.com"), (sent.number, "b@example.com"), ("2026-009999", "a@example.com")):
        began = time.monotonic()
        client.post("/track/lost", {"number": number, "contact": contact})
        assert time.monotonic() - began >= 0.05


def test_the_templates_of_the_discipline_office_are_its_own(app: Flask, browser_for: Callable[[], Client]) -> None:
    """An administrator can put anybody into that unit, but cannot make them read what it looks into."""
    own = browser_for().sign_in(officer(app))
    own.get("/desk/templates")
    own.submit({"title": "核查告知", "text": TEXT}, to="/desk/templates")
    planted = browser_for().sign_in(builders.staff(app, Role.HANDLER, unit="discipline"))
    for address in ("/desk/templates", "/desk/templates/1"):
        planted.get(address, 403)
    planted.post("/desk/templates/1/delete", status=403)
    assert "核查告知" in own.get("/desk/templates").text


# --- joined cases -----------------------------------------------------------------------------------------------------

def test_a_case_that_others_were_joined_to_cannot_be_sealed_afterwards(app: Flask, client: Client) -> None:
    """Else its joined case would tell everyone, by its link and by its news, that there is a sealed one."""
    first, second = builders.submit(app), builders.submit(app)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get(f"/desk/cases/{second.number}")
    page = client.submit({"target": first.number}, 422, to="/merge")
    assert page.errors
    builders.accepted(app, first)
    client.get(f"/desk/cases/{second.number}")
    client.submit({"target": first.number}, to="/merge")
    assert first.number in client.get(f"/progress/{second.number}").text


# --- what a form smuggles in ------------------------------------------------------------------------------------------

def exported(app: Flask, client: Client) -> str:
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get("/desk/ledger")
    client.submit({"kind": "csv"}, to="/exports")
    address = client.location
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exception is None
    return client.fetch(f"{address}/file").data.decode("utf-8-sig")


@pytest.mark.parametrize("title", ["=1+1", "＝1+1", "＋86", "－2", "＠SUM(1)"])
def test_no_cell_of_a_csv_file_is_a_formula_in_any_width(app: Flask, client: Client, title: str) -> None:
    builders.submit(app, title=title)
    assert [cell for line in csv.reader(StringIO(exported(app, client))) for cell in line if title in cell] == [f"'{title}"]


@pytest.mark.parametrize("title", ["a;=1+1", "a\t=1+1", "a\n=1+1"])
def test_every_cell_of_a_csv_file_is_quoted(app: Flask, client: Client, title: str) -> None:
    """For readers to whom a semicolon or a tab ends a cell as well."""
    builders.submit(app, title=title)
    assert f',"{title}",' in exported(app, client)


def test_nothing_unsealed_stays_behind_a_worker_that_was_killed(app: Flask) -> None:
    left = app.config["PORTAL"].data / "export-left"
    left.mkdir()
    (left / "ledger.csv").write_text(TEXT)
    with app.app_context():
        forget_exports()
        assert left.exists(), "somebody may be writing in it"
        two_hours_ago = time.time() - 7_200
        os.utime(left, (two_hours_ago, two_hours_ago))
        forget_exports()
        db.session.remove()
    assert not left.exists()


def test_numbers_that_are_too_long_are_no_fault_of_ours(app: Flask, client: Client) -> None:
    sent = builders.submit(app)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.post("/desk/bulk", {"list": "open", "action": "note", "note": "a", "case": f"{sent.number}|{'9' * 5000}"}, 200)
    entry = papers.typed(app, builders.staff(app, Role.HANDLER, login="typist"))
    client.get(entry.address)
    client.submit({"version": "9" * 5000}, 409, to=entry.address)


@pytest.mark.parametrize("text", [
    "甲乙节和" * 400 + "x", "甲乙节、" * 400 + "x", "元旦和" * 6_000, "一" * 20_000, "1月" * 9_000, "1月1日(" * 3_000,
    "元旦:" + "1月1日、" * 3_900 + "放假。", "元旦:" + "1月1日至" * 3_900 + "放假。", "元旦:\n" + "1月1日\n" * 3_900 + "放假。",
    "关于2026年" * 3_000])
def test_no_pasted_notice_keeps_the_machine_busy(app: Flask, text: str) -> None:
    with app.app_context():
        days = content().calendar
    began = time.process_time()
    parse_notice(text[:20_000], 2027, days)
    assert time.process_time() - began < 5
