"""What an attacker with time would try, and what a person whose safety depends on this site must be able to trust."""

import re
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.accounts.queries import find_by_login
from portal.casework.models import CaseRecord, EventRecord
from portal.counters import PUBLIC_VERSION, Counter
from portal.db import db
from portal.domain.codes import Action
from portal.domain.given import clean
from portal.domain.people import AUTHOR, Role
from portal.web import limits
from tests import builders
from tests.client import Client
from tests.conftest import Clock, prepared, settings_for
from tests.page import Page

TEXT = "值班民警态度生硬，请核实。"
HOSTILE = ("\0", "a\0b", "\ud800", "%00", "'", '"', "\\", "' OR 1=1 --", "*", '"a" NEAR "b"', ":*", "&|!()", "<script>",
           "99999999999999999999", "-1", "../../etc/passwd", "\r\nSet-Cookie: x=1", "%0d%0aX: y", "𠮷", "\u202eabc", "a" * 3000)


def version(app: Flask) -> int:
    with app.app_context():
        found = db.session.get(Counter, PUBLIC_VERSION)
        n = found.n if found else 0
        db.session.remove()
    return n


def file_on(page: Page) -> str:
    """The address of the first file that a page shows or leads to."""
    links = [node.attrs.get("src") or node.attrs.get("href", "") for node in page.all("img", "a")]
    return next(each for each in links if "/files/" in each)


# --- a report of misconduct leaves no trace ---------------------------------------------------------------------------

def test_no_tag_of_a_public_page_changes_with_a_misconduct_report(app: Flask, client: Client) -> None:
    builders.answered(app)
    addresses = ("/", "/progress", "/progress?category=suggestion", "/about", "/services")
    before = [client.fetch(address).headers["ETag"] for address in addresses]
    sent = builders.submit(app, category="misconduct", title="举报", text=TEXT)
    officer = builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline").actor
    given = {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}
    builders.act(app, sent, Action.ACCEPT, officer, given)
    builders.act(app, sent, Action.ADD_MESSAGE, AUTHOR, {"message": "补充材料"})
    assert [client.fetch(address).headers["ETag"] for address in addresses] == before


def test_what_staff_write_among_themselves_moves_no_public_page(app: Flask) -> None:
    sent = builders.handling(app)
    before = version(app)
    builders.act(app, sent, Action.NOTE, builders.handler(app).actor, {"note": "内部"})
    assert version(app) == before
    given = {"milestone": "progress", "notice": "已经联系厂家"}
    builders.act(app, sent, Action.INTERIM_NOTICE, builders.handler(app).actor, given)
    assert version(app) == before + 1


def test_a_work_list_cannot_be_asked_where_a_report_stands(app: Flask, client: Client, clock: Clock) -> None:
    builders.accepted(app)
    clock.forward(days=30)
    sent = builders.submit(app, category="misconduct", title="举报", text=TEXT)
    client.sign_in(builders.handler(app))
    there = client.get(f"/desk/lists/open?after={sent.number}").text
    nowhere = client.get("/desk/lists/open?after=J2026-000999").text
    assert there.replace(sent.number, "") == nowhere.replace("J2026-000999", "")


def test_a_report_held_as_suspicious_is_in_a_list_of_the_discipline_office(app: Flask, client: Client) -> None:
    builders.submit(app, category="misconduct", title="举报某人", text=TEXT, suspicious=True)
    client.sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline"))
    assert "举报某人" in client.get("/desk/lists/held").text
    assert "举报某人" not in client.sign_in(builders.staff(app, Role.COORDINATOR)).get("/desk/lists/held").text


def test_a_report_cannot_be_relabelled_into_the_public_series(app: Flask, client: Client) -> None:
    sent = builders.submit(app, category="misconduct", title="举报", text=TEXT)
    client.sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline")).get(f"/desk/cases/{sent.number}")
    given = {"lane": "ordinary", "unit": "household", "rule": "complaint", "version": "1"}
    client.post(f"/desk/cases/{sent.number}/accept", given, status=422)
    client.get(f"/progress/{sent.number}", status=404)


def test_the_form_of_a_report_names_what_no_script_may_keep_or_send(client: Client) -> None:
    assert client.get("/opinions/new").form("/opinions/new").attrs["data-sealed"] == "misconduct"
    form = client.get("/opinions/new?category=misconduct").form("/opinions/new")
    assert form.attrs["data-sealed"] == "misconduct"
    assert form.attrs["autocomplete"] == "off"
    for script in ("keep", "similar"):
        assert "sealed" in client.fetch(f"/static/js/{script}.js").text


def test_no_administrator_becomes_a_discipline_officer(app: Flask, client: Client) -> None:
    officer = builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline")
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR, unit="technology"))
    assert not client.get(f"/desk/staff/{officer.id}").all("input", name="roles")
    client.post(f"/desk/staff/{officer.id}/invite", {}, status=403)
    client.post(f"/desk/staff/{officer.id}", {"unit": "discipline", "roles": ["handler"], "active": "yes"}, status=403)
    client.get("/desk/staff")
    given = {"login": "second.self", "name": "某", "unit": "discipline", "roles": ["discipline"]}
    client.post("/desk/staff", given, status=422)
    client.post("/desk/staff", {**given, "roles": ["handler"]}, status=200)
    with app.app_context():
        made = find_by_login("second.self")
        db.session.remove()
    assert made and made.roles == {Role.HANDLER}
    client.get(f"/desk/staff/{made.id}")
    client.post(f"/desk/staff/{made.id}", {"unit": "discipline", "roles": ["discipline", "handler"], "active": "yes"})
    with app.app_context():
        again = find_by_login("second.self")
        db.session.remove()
    assert again and again.roles == {Role.HANDLER}


def test_the_operator_alone_gives_a_discipline_officer_a_new_link(app: Flask, client: Client) -> None:
    builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline", login="officer")
    told = app.test_cli_runner().invoke(args=["staff", "invite", "officer"])
    assert told.exit_code == 0, told.output
    client.get(told.output.strip().partition(":8000")[2])
    assert app.test_cli_runner().invoke(args=["staff", "invite", "nobody"]).exit_code == 1


# --- nothing of one reader reaches another ----------------------------------------------------------------------------

def test_a_public_page_is_the_same_for_staff_and_strangers(app: Flask, browser_for: Callable[[], Client]) -> None:
    builders.published(app)
    member = browser_for().sign_in(builders.staff(app, Role.COORDINATOR))
    member.post("/desk/sign-out", {})  # leaves words for the next page of this browser
    for address in ("/", "/progress", "/services", "/stories", "/about"):
        by_member, by_stranger = member.http.get(address), browser_for().http.get(address)
        assert by_member.text == by_stranger.text
        assert by_member.headers["Cache-Control"] == "private, no-cache"


def test_files_of_a_case_are_kept_in_no_cache(app: Flask, client: Client, browser_for: Callable[[], Client]) -> None:
    sent = builders.accepted(app, pictures=[builders.gps_jpeg(40, 40)])
    client.get("/track")
    client.post("/track", {"code": sent.code})
    picture = file_on(client.follow())
    assert client.fetch(picture).headers["Cache-Control"] == "no-store"
    member = browser_for().sign_in(builders.handler(app))
    shown = file_on(member.get(f"/desk/cases/{sent.number}"))
    assert member.fetch(shown).headers["Cache-Control"] == "no-store"


def test_every_page_with_somebodys_data_is_kept_nowhere(app: Flask, client: Client) -> None:
    sent = builders.answered(app)
    assert client.fetch("/opinions/new").headers["Cache-Control"] == "no-store"
    client.get("/track")
    assert client.response and client.response.headers["Cache-Control"] == "no-store"
    client.post("/track", {"code": sent.code})
    client.follow()
    assert client.response.headers["Cache-Control"] == "no-store"


def test_a_file_that_is_missing_today_may_be_there_tomorrow(client: Client) -> None:
    assert "no-cache" in client.fetch("/static/css/none.css?v=1", 404).headers["Cache-Control"]
    assert "immutable" in client.fetch("/static/css/site.css?v=1").headers["Cache-Control"]


def test_long_addresses_do_not_fill_the_memory(app: Flask, client: Client) -> None:
    for n in range(10):
        client.http.get(f"/services?q={n}&x={'a' * 20_000}")
    assert sum(map(len, app.extensions["portal-pages"].values())) < 100_000


def test_a_stranger_locks_nobody_out(app: Flask, client: Client) -> None:
    builders.staff(app, Role.COORDINATOR, login="zhang.wei", password="four words not one")
    client.get("/desk/sign-in")
    token = client.page.all("input", name="csrf_token")[0].attrs["value"]

    def attempt(password: str, address: str) -> int:
        form = {"csrf_token": token, "login": "zhang.wei", "password": password}
        return client.http.post("/desk/sign-in", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    assert [attempt("wrong", "192.0.2.7") for _ in range(12)] == [422] * 10 + [429] * 2
    for _ in range(40):
        limits.within(limits.SIGN_IN_NAME, "sign-in-name", "zhang.wei|that stranger")
    assert attempt("four words not one", "198.51.100.1") == 303


# --- no text makes the server work for long ---------------------------------------------------------------------------

def test_cleaning_takes_linear_time() -> None:
    begun = time.process_time()
    clean("a" + "\u0301\u0316" * 240_000)
    assert time.process_time() - begun < 2
    assert clean("e\u0301") == "é"


@pytest.mark.parametrize("typed", ["a@" + "." * 400_000 + "@", "a@" + "b." * 200_000, "a@b." + "c" * 5_000])
def test_no_address_is_too_long_for_the_check(client: Client, typed: str) -> None:
    client.get("/opinions/new")
    begun = time.process_time()
    client.post("/opinions/new", {"category": "question", "text": TEXT, "contact_email": typed}, status=422)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_few_megabytes_of_typing_are_refused_unread(client: Client, kind: str) -> None:
    client.get("/opinions/new")
    given = {"category": "question", "text": "a" * 3_000_000}
    answer = client.http.post("/opinions/new", data=given, content_type=kind, buffered=True)
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 413


def test_addresses_of_one_home_count_as_one(app: Flask) -> None:
    def key(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return limits.client_key()

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("192.0.2.1") != key("192.0.2.2")
    assert key("fe80::1%eth0")


# --- nothing typed becomes a fault ------------------------------------------------------------------------------------

@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_in_an_address_is_a_fault(client: Client, value: str) -> None:
    typed = quote(value, errors="surrogatepass")
    for address in ("/progress?q={0}&category={0}&unit={0}&district={0}&state={0}&month={0}&after={0}&late={0}&lang={0}",
                    "/services?q={0}&category={0}", "/stories?q={0}", "/?lang={0}",
                    "/opinions/new?category={0}&unit={0}&district={0}&service={0}", "/desk/sign-in?next={0}"):
        answer = client.http.get(address.format(typed))
        assert answer.status_code == 200, address
        assert not [name for name, _ in answer.headers if name.lower() in ("x",)]
        assert "<script>" not in answer.text
    for address in ("/progress/{0}", "/services/{0}", "/stories/{0}", "/{0}", "/desk/welcome/{0}"):
        assert client.http.get(address.format(typed)).status_code in (404, 308, 405), address


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_in_a_form_is_a_fault(client: Client, value: str) -> None:
    client.get("/opinions/new")
    token = client.page.one("input", name="csrf_token").attrs["value"]
    names = ("category", "unit", "district", "service", "title", "text", "publish", "contact_name", "contact_phone",
             "contact_email", "once", "website", "step")
    http, raw = client.http, value.encode("utf-8", "surrogatepass")
    whole = {name: "question" if name == "category" else "" if name in ("unit", "district") else value for name in names}
    for form in (dict.fromkeys(names, value), {**whole, "publish": "no", "contact_phone": "", "contact_email": ""}):
        body = "&".join([f"csrf_token={token}", *(f"{k}={quote(v, errors='surrogatepass')}" for k, v in form.items())])
        answer = http.post("/opinions/new", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 422), value
    for address, fields in (("/track", ("code",)), ("/opinions/similar", ("title", "text")),
                           ("/preferences", ("back", "lang", "text")), ("/desk/sign-in", ("login", "password", "next"))):
        body = "&".join([f"csrf_token={token}", *(f"{name}={quote(raw)}" for name in fields)])
        answer = http.post(address, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 303, 422, 429), address
        assert answer.headers.get("Location", "/").startswith("/")


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_in_an_act_is_a_fault(app: Flask, client: Client, value: str) -> None:
    sent = builders.handling(app)
    client.sign_in(builders.handler(app)).get(f"/desk/cases/{sent.number}")
    token = client.page.all("input", name="csrf_token")[0].attrs["value"]
    form = {"outcome": value, "promised_on": value, "answer": value, "note": value, "version": value, "reason": value}
    body = "&".join([f"csrf_token={token}", *(f"{k}={quote(v, errors='surrogatepass')}" for k, v in form.items())])
    for action in ("note", "draft_answer", "accept", value):
        path = f"/desk/cases/{sent.number}/{quote(action, safe='', errors='surrogatepass')}"
        answer = client.http.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 308, 403, 404, 405, 409, 422), action


def test_no_number_of_an_account_is_a_fault(app: Flask, client: Client) -> None:
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR, unit="technology"))
    for number in ("0", "2147483648", "9223372036854775808", "9" * 30):
        client.get(f"/desk/staff/{number}", status=404)


@pytest.mark.parametrize("back", ["/desk//[", "//[", "//evil.example", "/desk\\..\\evil", "/desk\r\nX: y", "https://evil.example/desk"])
def test_after_signing_in_one_stays_on_the_site(app: Flask, client: Client, back: str) -> None:
    builders.staff(app, Role.COORDINATOR, login="zhang.wei", password="four words not one")
    client.get("/desk/sign-in")
    client.post("/desk/sign-in", {"login": "zhang.wei", "password": "four words not one", "next": back})
    assert client.location.startswith("/desk")
    assert "\n" not in client.location


# --- at the same moment -----------------------------------------------------------------------------------------------

def test_a_form_sent_four_times_at_once_gives_one_case_and_four_receipts(app: Flask, client: Client) -> None:
    client.get("/opinions/new")
    fields = {name: client.page.one("input", name=name).attrs["value"] for name in ("csrf_token", "once")}
    cookie = client.http.get_cookie("portal")
    assert cookie
    start = threading.Barrier(4)

    def send(_: int) -> tuple[int, str]:
        http: FlaskClient = app.test_client()
        http.set_cookie("portal", cookie.value)
        start.wait()
        answer = http.post("/opinions/new", data={**fields, "category": "question", "text": TEXT, "publish": "no"})
        found = re.search(r"[0-9]{4}( [0-9]{4}){4}", Page(http.get("/opinions/receipt").text).text)
        return answer.status_code, found[0] if found else ""

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {status for status, _ in answers} == {303}
    assert len({code for _, code in answers}) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CaseRecord)) == 1
        db.session.remove()


def test_of_two_acts_on_one_version_one_is_kept(app: Flask) -> None:
    sent = builders.accepted(app)
    with app.app_context():
        seen = db.session.scalar(select(CaseRecord.version).where(CaseRecord.number == sent.number))
        db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    start = threading.Barrier(3)

    def begin(_: int) -> int:
        browser = app.test_client()
        with browser.session_transaction() as opened:
            opened["staff"] = {"id": member.id, "epoch": member.epoch, "since": time.time(), "seen": time.time()}
        start.wait()
        return browser.post(f"/desk/cases/{sent.number}/note", data={"note": "一", "version": str(seen)}).status_code

    member = builders.handler(app)
    try:
        with ThreadPoolExecutor(3) as pool:
            answers = sorted(pool.map(begin, range(3)))
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert answers == [303, 409, 409]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(EventRecord)) == 3
        db.session.remove()


# --- what lies in files -----------------------------------------------------------------------------------------------

def test_only_the_owner_may_read_what_lies_in_the_data_folder(tmp_path: Path) -> None:
    from portal.factory import build

    data = tmp_path / "open"
    data.mkdir(mode=0o755)
    app = build(settings_for(data, f"sqlite:///{data / 'portal.sqlite3'}"))
    with app.app_context():
        db.session.execute(select(1))
        db.session.remove()
        db.engine.dispose()
    assert stat.S_IMODE((data / "portal.sqlite3").stat().st_mode) == 0o600


def test_cookies_of_an_encrypted_site_never_travel_in_the_open(tmp_path: Path) -> None:
    app = prepared(replace(settings_for(tmp_path, f"sqlite:///{tmp_path / 'portal.sqlite3'}"), https=True))
    sent = builders.submit(app)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    form = {"category": "question", "text": TEXT}
    answers = [browser.post("/track", data={"code": sent.code}), browser.get("/?lang=en"),
               browser.post("/opinions/new", data=form)]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} >= {"track", "view", "receipt"}
    assert not [cookie for cookie in cookies if "; Secure" not in cookie or "; HttpOnly" not in cookie]
    with app.app_context():
        db.engine.dispose()
