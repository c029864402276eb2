"""Paper forms: printed with a code that only the author holds, typed by one person, checked by another, then cases."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.queries import Staff
from portal.casework.models import CaseRecord, PaperEntry, PaperForm
from portal.db import db
from portal.domain import reference
from portal.domain.codes import Channel, Lane
from portal.domain.paper import EntryState, FormState, group_serial, make_serial, parse_serial
from portal.domain.people import Role
from tests import builders, papers
from tests.client import Client
from tests.conftest import Clock

TEXT = "大厅门口没有引导牌，老年人找不到窗口。"
BATCHES = "/desk/paper/batches"


@pytest.fixture
def typist(app: Flask) -> Staff:
    return builders.staff(app, Role.COORDINATOR, login="typist", name="王晓明")


@pytest.fixture
def checker(app: Flask) -> Staff:
    return builders.staff(app, Role.COORDINATOR, login="checker", name="刘洋")


@pytest.fixture
def typing(typist: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(typist)


@pytest.fixture
def checking(checker: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(checker)


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        counted = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return counted


def the_case(app: Flask) -> CaseRecord:
    with app.app_context():
        found = db.session.scalars(select(CaseRecord)).one()
        db.session.expunge(found)
        db.session.remove()
    return found


def everything_kept(app: Flask) -> str:
    with app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
        db.session.remove()
    return "\n".join(rows)


def track(client: Client, code: str, status: int = 303) -> None:
    client.get("/track")
    client.post("/track", {"code": code}, status)


@contextmanager
def without_tokens(app: Flask) -> Iterator[None]:
    """While several people send at the same moment."""
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        yield
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def at_once(app: Flask, person: Staff, start: threading.Barrier, address: str, given: Mapping[str, str]) -> int:
    """The status of the answer to what this person sends as soon as everyone is ready."""
    browser = app.test_client()
    with browser.session_transaction() as opened:
        opened["staff"] = {"id": person.id, "epoch": person.epoch, "since": time.time(), "seen": time.time()}
    start.wait()
    return browser.post(address, data=given).status_code


# --- printing ---------------------------------------------------------------------------------------------------------

def print_forms(client: Client, n: int = 1) -> list[tuple[str, str]]:
    """Serial and code of each sheet."""
    client.get("/desk/paper")
    client.submit({"count": str(n)}, 200, to="/desk/paper")
    sheets = client.page.all("article", class_="paper-form")
    found = [(re.search(r"[0-9]{2}-[0-9]{6}-[0-9]{2}", sheet.text), re.search(r"[0-9]{4}( [0-9]{4}){4}", sheet.text))
             for sheet in sheets]
    return [(serial[0], code[0]) for serial, code in found if serial and code]


def test_each_sheet_bears_a_serial_of_its_own_and_a_code_of_its_own(typing: Client, app: Flask) -> None:
    sheets = print_forms(typing, 3)
    assert len(sheets) == 3
    assert len({serial for serial, _code in sheets}) == len({code for _serial, code in sheets}) == 3
    for serial, code in sheets:
        assert parse_serial(serial) and reference.parse(code)
    assert len(typing.page.all("svg", class_="qr")) == 6  # the serial on the form, the address on the slip


def test_a_sheet_asks_for_all_that_the_web_asks_for_but_no_emergency(typing: Client) -> None:
    print_forms(typing)
    sheet = typing.page.one("article", class_="paper-form").text
    asked = ("咨询", "服务投诉", "违纪违法举报", "表扬", "河东区", "南屏县", "可以公开", "电话", "110", "沿此线撕下", "12389")
    assert [words for words in asked if words not in sheet] == []
    assert "紧急情况" not in sheet


def test_of_the_code_only_its_hash_is_kept(typing: Client, app: Flask) -> None:
    [(_serial, code)] = print_forms(typing)
    kept = everything_kept(app)
    assert code not in kept and code.replace(" ", "") not in kept
    assert code not in typing.get("/desk/paper").text


@pytest.mark.parametrize("wanted", ["0", "51", "-1", "", "viel"])
def test_one_to_fifty_sheets_are_printed(typing: Client, app: Flask, wanted: str) -> None:
    typing.get("/desk/paper")
    typing.submit({"count": wanted}, 422, to="/desk/paper")
    assert typing.page.errors == ["请填写 1 到 50 之间的数"]
    assert count(app, PaperForm) == 0


def test_before_it_is_entered_a_code_opens_nothing_like_any_other(typing: Client, client: Client, app: Flask) -> None:
    [(_serial, code)] = print_forms(typing)
    pages = set()
    for each in (code, reference.make(b"any other number")):
        track(client, each, 422)
        client.page.form("/track").one("input", name="code").attrs.pop("value", None)
        pages.add(client.page.text)
    assert len(pages) == 1


def test_what_became_of_a_form_is_told_by_its_serial(typing: Client, app: Flask, typist: Staff) -> None:
    form = papers.printed(app, typist)
    assert "2026年9月7日印制" in typing.get(f"/desk/paper?serial={form.serial}").text
    papers.typed(app, typist, form)
    assert "正在等待核对" in typing.get(f"/desk/paper?serial={form.serial}").text
    typing.get("/desk/paper?serial=26-000009-99", 422)
    assert typing.page.errors == ["不是本系统的表号，请再核对一遍数字"]


def test_a_spoilt_form_is_taken_out_of_use(typing: Client, app: Flask, typist: Staff) -> None:
    form = papers.printed(app, typist)
    typing.get(f"/desk/paper?serial={form.serial}")
    typing.submit(to="/void")
    assert "已作废" in typing.follow().text
    assert papers.form_row(app, form.serial).state is FormState.VOID
    batch = papers.batch(app, typist)
    typing.get(f"{BATCHES}/{batch}/type?serial={form.serial}", 422)
    assert "已经作废" in typing.page.errors[0]


def test_a_form_of_another_unit_is_not_taken_out_of_use(app: Flask, client: Client, typist: Staff) -> None:
    form = papers.printed(app, typist)
    client.sign_in(builders.handler(app))
    client.get("/desk/paper")
    client.post("/desk/paper/void", {"serial": form.serial}, 422)
    assert papers.form_row(app, form.serial).state is FormState.PRINTED


# --- typing -----------------------------------------------------------------------------------------------------------

def type_form(client: Client, batch: int, form: papers.Form, status: int = 303, **words: str) -> None:
    client.get(f"{BATCHES}/{batch}/type?serial={form.serial}")
    client.submit({"category": "suggestion", "text": TEXT, **words}, status, to="/type")


def test_a_form_goes_from_the_batch_to_the_case_that_its_slip_opens(app: Flask, typing: Client, checking: Client,
                                                                    client: Client, clock: Clock) -> None:
    [(serial, code)] = print_forms(typing)
    clock.at("2026-09-08 09:00")
    typing.get(BATCHES)
    typing.submit({"received_on": "2026-09-04"}, to=BATCHES)
    batch = typing.location
    typing.get(f"{batch}/type?serial={serial}")
    contact = {"contact_name": "付春来", "contact_phone": "19900000001"}
    typing.submit({"category": "suggestion", "text": TEXT, **contact}, to="/type")
    assert serial in typing.follow().text
    track(client, code, 422)
    checking.get(batch)
    checking.get(checking.page.link(f"{serial} 核对"))
    assert TEXT in checking.page.text and "付春来" in checking.page.text
    checking.post(f"{batch}/entries/1/check", {"step": "confirm", "version": "1"})
    assert "2026-000001" in checking.follow().text
    case = the_case(app)
    assert case.channel is Channel.PAPER
    assert case.state["received_on"] == "2026-09-04"
    assert case.state["due_on"] == "2026-09-11"  # Friday after Friday: the clock began when the paper came
    track(client, code)
    assert TEXT in client.follow().text


def test_nothing_that_was_typed_stands_in_the_clear(app: Flask, typing: Client, typist: Staff, checker: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    type_form(typing, batch, form, contact_name="付春来", contact_phone="19900000001", title="没有引导牌")
    papers.sent_back(app, papers.Typed(batch, 1, form), checker, note="称呼写错了一个字")
    kept = everything_kept(app)
    for words in (TEXT, TEXT.encode().hex(), "付春来", "19900000001", "没有引导牌", "称呼写错", form.code):
        assert words not in kept


def test_once_it_is_a_case_the_batch_keeps_no_words(app: Flask, checking: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    with app.app_context():
        kept = db.session.scalars(select(PaperEntry)).one()
        assert (kept.state, kept.words, kept.note, kept.wrapped_key) == (EntryState.DONE, None, None, None)
        db.session.remove()
    checking.get(entry.address, 404)


#   the serial        is told as
SERIALS = [
    ("", "这一项还没有填"),
    ("26-000001-00", "不是本系统的表号，请再核对一遍数字"),
    (group_serial(make_serial(2026, 999)), "没有印制过这个表号的意见表"),
]


@pytest.mark.parametrize(("serial", "told"), SERIALS)
def test_a_serial_that_cannot_be_typed_is_told_before_anything_is_typed(app: Flask, typing: Client, typist: Staff, serial: str,
                                                                        told: str) -> None:
    batch = papers.batch(app, typist)
    typing.get(f"{BATCHES}/{batch}/type?serial={serial}", 422)
    assert typing.page.errors == [told]


def test_a_serial_is_typed_once(app: Flask, typing: Client, typist: Staff, checking: Client) -> None:
    entry = papers.typed(app, typist)
    again = f"{BATCHES}/{entry.batch}/type?serial={entry.form.serial}"
    assert typing.get(again, 422).errors == ["这个表号的意见表已经录过，正在等待核对"]
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    assert typing.get(again, 422).errors == ["这个表号的意见表已经录入"]


def test_a_double_click_keeps_one_entry(app: Flask, typing: Client, typist: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    typing.get(f"{BATCHES}/{batch}/type?serial={form.serial}")
    typed = {"serial": form.serial, "version": "0", "category": "suggestion", "text": TEXT}
    for _ in range(2):
        typing.post(f"{BATCHES}/{batch}/type", typed)
    assert count(app, PaperEntry) == 1
    typing.get(f"{BATCHES}/{batch}")
    typing.post(f"{BATCHES}/{batch}/type", {**typed, "text": "另一段话"}, 422)


def test_a_serial_typed_by_two_people_at_once_is_kept_once(app: Flask, typist: Staff, checker: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)

    def type_it(person: Staff) -> int:
        typed = {"serial": form.serial, "version": "0", "category": "suggestion", "text": f"{TEXT}{person.name}"}
        return at_once(app, person, start, f"{BATCHES}/{batch}/type", typed)

    start = threading.Barrier(2)
    with without_tokens(app), ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(type_it, (typist, checker))) == [303, 422]
    assert count(app, PaperEntry) == 1


def test_everything_typed_is_kept_when_something_is_wrong(app: Flask, typing: Client, typist: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    type_form(typing, batch, form, 422, contact_email="x", contact_name="付春来", district="hedong", serial="26")
    kept = typing.page.form("/type")
    assert kept.one("textarea", name="text").text == TEXT
    assert kept.one("input", name="contact_name").attrs["value"] == "付春来"
    assert kept.one("input", name="serial").attrs["value"] == "26"
    assert "selected" in kept.one("select", name="district").one("option", value="hedong").attrs
    typing.submit({"contact_email": ""}, 422, to="/type")
    assert typing.page.errors == ["不是本系统的表号，请再核对一遍数字"]
    typing.submit({"serial": form.serial}, to="/type")
    assert count(app, PaperEntry) == 1


def test_a_page_that_was_open_for_too_long_loses_nothing(app: Flask, typing: Client, typist: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    typing.post(f"{BATCHES}/{batch}/type", {"serial": form.serial, "category": "suggestion", "text": TEXT, "csrf_token": "x"},
                422, token=False)
    assert typing.page.form("/type").one("textarea", name="text").text == TEXT
    typing.submit(to="/type")
    assert count(app, PaperEntry) == 1


def test_a_paper_cannot_be_an_emergency(app: Flask, typing: Client, typist: Staff) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    typing.get(f"{BATCHES}/{batch}/type?serial={form.serial}")
    assert not typing.page.all("input", name="category", value="emergency")
    typing.submit({"category": "emergency", "text": TEXT}, 422, to="/type")
    assert count(app, PaperEntry) == 0


@pytest.mark.parametrize("day", ["2026-09-08", "2026-08-07", "", "x"])
def test_a_batch_came_on_a_day_that_can_be(typing: Client, day: str) -> None:
    typing.get(BATCHES)
    typing.submit({"received_on": day}, 422, to=BATCHES)
    assert len(typing.page.errors) == 1


def test_opening_a_batch_twice_opens_one(typing: Client) -> None:
    opened = set()
    for _ in range(2):
        typing.get(BATCHES)
        typing.submit(to=BATCHES)
        opened.add(typing.location)
    assert len(opened) == 1


def test_a_batch_says_how_far_it_is(app: Flask, typing: Client, typist: Staff, checker: Staff, checking: Client) -> None:
    first = papers.typed(app, typist)
    second = papers.typed(app, typist, into=first.batch)
    papers.typed(app, typist, into=first.batch)
    papers.sent_back(app, second, checker)
    checking.get(f"{first.address}/check")
    checking.post(f"{first.address}/check", {"step": "confirm", "version": "1"})
    page = typing.get(f"{BATCHES}/{first.batch}")
    assert [each.text for each in page.all("dd", class_="value")] == ["3", "1", "1", "1"]
    assert [each.text for each in typing.get(BATCHES).all("td", class_="number")] == ["3", "1", "1", "1"]


# --- checking ---------------------------------------------------------------------------------------------------------

def test_whoever_typed_it_does_not_check_it(app: Flask, typing: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    page = typing.get(f"{entry.address}/check")
    assert not page.all("button", value="confirm")
    typing.post(f"{entry.address}/check", {"step": "confirm", "version": "1"}, 403)
    assert count(app, CaseRecord) == 0


def test_what_differs_goes_back_is_put_right_and_checked_again(app: Flask, typing: Client, checking: Client,
                                                               typist: Staff) -> None:
    entry = papers.typed(app, typist, text="大厅门口没有引导排。")
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "back", "version": "1", "note": ""}, 422)
    checking.post(f"{entry.address}/check", {"step": "back", "version": "1", "note": "最后一个字是“牌”。"})
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "2"}, 403)
    assert "最后一个字是“牌”。" in typing.get(entry.address).text
    typing.submit({"text": TEXT}, to=entry.address.rsplit("/", 1)[1])
    assert TEXT in checking.get(f"{entry.address}/check").text
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "3"})
    assert count(app, CaseRecord) == 1


def test_a_form_changed_meanwhile_is_compared_once_more(app: Flask, typing: Client, checking: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    checking.get(f"{entry.address}/check")
    typing.get(entry.address)
    typing.submit({"text": "换了一段话。"}, to=entry.address)
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"}, 409)
    assert "换了一段话。" in checking.page.text
    assert count(app, CaseRecord) == 0


def test_a_change_on_an_old_page_is_told_and_kept(app: Flask, typing: Client, checking: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    typing.get(entry.address)
    checking.get(entry.address)
    checking.submit({"text": "同事的改动。"}, to=entry.address)
    typing.submit({"text": "我的改动。"}, 409, to=entry.address)
    assert typing.page.form(entry.address).one("textarea", name="text").text == "我的改动。"
    typing.submit(to=entry.address)
    assert "我的改动。" in typing.get(entry.address).text


def test_after_a_check_the_next_form_of_the_batch_is_shown(app: Flask, checking: Client, typist: Staff) -> None:
    first = papers.typed(app, typist)
    second = papers.typed(app, typist, into=first.batch)
    checking.get(f"{first.address}/check")
    checking.post(f"{first.address}/check", {"step": "confirm", "version": "1"})
    assert checking.location == f"{second.address}/check"
    checking.follow()
    checking.post(f"{second.address}/check", {"step": "confirm", "version": "1"})
    assert checking.location == f"{BATCHES}/{first.batch}"


def test_the_list_of_a_batch_has_the_numbers_and_no_code(app: Flask, checking: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    page = checking.get(f"{BATCHES}/{entry.batch}")
    assert "2026-000001" in page.text and group_serial(entry.form.serial) in page.text
    assert entry.form.code not in page.source and reference.group(entry.form.code) not in page.source


def test_two_people_checking_at_once_make_one_case(app: Flask, typist: Staff, checker: Staff) -> None:
    entry = papers.typed(app, typist)
    other = builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints")
    start = threading.Barrier(2)

    def confirm(person: Staff) -> int:
        return at_once(app, person, start, f"{entry.address}/check", {"step": "confirm", "version": "1"})

    with without_tokens(app), ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(confirm, (checker, other)))
    assert answers == [303, 303]
    assert count(app, CaseRecord) == 1


def test_the_second_of_two_checkers_is_told(app: Flask, checking: Client, typist: Staff,
                                            browser_for: Callable[[], Client]) -> None:
    entry = papers.typed(app, typist)
    late = browser_for().sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints"))
    late.get(f"{entry.address}/check")
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    late.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    assert "其他同事先一步完成" in late.follow().text


def test_a_check_that_comes_very_late_still_makes_a_case(app: Flask, checking: Client, typist: Staff, clock: Clock) -> None:
    entry = papers.typed(app, typist)
    clock.forward(days=45)
    checking.get(f"{entry.address}/check")
    checking.post(f"{entry.address}/check", {"step": "confirm", "version": "1"})
    assert date.fromisoformat(the_case(app).state["received_on"]) == date(2026, 9, 22)


# --- who ----------------------------------------------------------------------------------------------------------------

def test_a_unit_works_on_its_own_batches_the_office_on_all(app: Flask, client: Client, checking: Client,
                                                           browser_for: Callable[[], Client]) -> None:
    entry = papers.typed(app, builders.handler(app))
    colleague = browser_for().sign_in(builders.staff(app, Role.HANDLER, unit="household", login="colleague"))
    client.sign_in(builders.handler(app, "traffic"))
    for reader, status in ((colleague, 200), (checking, 200), (client, 404)):
        reader.get(f"{BATCHES}/{entry.batch}", status)
        reader.get(f"{entry.address}/check", status)
        reader.get(entry.address, status)
    assert f"第 {entry.batch} 批" not in client.get(BATCHES).text
    client.post(f"{entry.address}/check", {"step": "confirm", "version": "1"}, 404)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR, Role.INSPECTOR, Role.DISCIPLINE_OFFICER])
def test_others_see_neither_forms_nor_batches(app: Flask, client: Client, typist: Staff, role: Role) -> None:
    entry = papers.typed(app, typist)
    client.sign_in(builders.staff(app, role))
    for address in ("/desk/paper", BATCHES, f"{BATCHES}/{entry.batch}", entry.address, f"{entry.address}/check"):
        client.get(address, 403)


def test_those_complained_about_neither_read_nor_check_it(app: Flask, client: Client, checking: Client,
                                                          browser_for: Callable[[], Client]) -> None:
    clerk = builders.staff(app, Role.HANDLER, unit="household", login="clerk")
    typing = browser_for().sign_in(clerk)
    form, batch = papers.printed(app, clerk), papers.batch(app, clerk)
    type_form(typing, batch, form, category="complaint", unit="household")
    client.sign_in(builders.handler(app))
    address = f"{BATCHES}/{batch}/entries/1"
    client.get(address, 404)
    client.get(f"{address}/check", 404)
    assert TEXT in checking.get(f"{address}/check").text


def test_a_report_of_misconduct_is_handed_over_at_once_and_stands_in_no_batch(app: Flask, typing: Client, typist: Staff,
                                                                              checking: Client, client: Client) -> None:
    form, batch = papers.printed(app, typist), papers.batch(app, typist)
    type_form(typing, batch, form, category="misconduct", unit="traffic")
    assert "纪检部门" in typing.follow().text
    assert count(app, PaperEntry) == 0
    report = the_case(app)
    assert report.lane is Lane.MISCONDUCT
    row = papers.form_row(app, form.serial)
    assert (row.state, row.number) == (FormState.VOID, None)
    for page in (typing.get(f"{BATCHES}/{batch}"), checking.get(f"{BATCHES}/{batch}"),
                 checking.get(f"/desk/paper?serial={form.serial}")):
        assert report.number not in page.source and TEXT not in page.source
    track(client, form.code)
    assert TEXT in client.follow().text


def test_an_entry_that_turns_out_to_be_a_report_leaves_its_batch(app: Flask, typing: Client, typist: Staff) -> None:
    entry = papers.typed(app, typist)
    typing.get(entry.address)
    typing.submit({"category": "misconduct"}, to=entry.address)
    assert count(app, PaperEntry) == 0
    assert the_case(app).lane is Lane.MISCONDUCT


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(app: Flask, typing: Client, checking: Client, typist: Staff, checker: Staff,
                                        lang: str) -> None:
    entry = papers.typed(app, typist)
    papers.sent_back(app, papers.typed(app, typist, into=entry.batch), checker)
    for address in ("/desk/paper", f"/desk/paper?serial={entry.form.serial}", BATCHES, f"{BATCHES}/{entry.batch}",
                    entry.address, f"{BATCHES}/{entry.batch}/entries/{entry.id + 1}"):
        typing.get(f"{address}{'&' if '?' in address else '?'}lang={lang}")
    checking.get(f"{entry.address}/check?lang={lang}")
    typing.get(f"/desk/paper?lang={lang}")
    typing.submit({"count": "1"}, 200, to="/desk/paper")
