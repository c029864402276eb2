"""Sending an opinion: from the form to the receipt, and every way in which it can go wrong without losing a word."""

import re
import secrets
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.casework import actions, queries
from portal.casework.models import Attachment, CaseRecord
from portal.db import db
from portal.domain import reference
from tests import builders
from tests.client import Client
from tests.conftest import Clock
from tests.page import values

TEXT = "办证大厅三号窗口下午五点半就关门，比公示的时间早了半个小时。"


def count_cases(app: Flask) -> int:
    with app.app_context():
        counted = db.session.scalar(select(func.count()).select_from(CaseRecord)) or 0
        db.session.remove()
    return counted


def code_on(client: Client) -> str:
    found = re.search(r"[0-9]{4}( [0-9]{4}){4}", client.page.text)
    assert found, client.page.text
    return found[0]


def test_an_opinion_gets_a_number_a_code_and_promised_days(client: Client, app: Flask) -> None:
    client.get("/opinions/new?category=complaint")
    client.submit({"text": TEXT, "publish": "yes", "contact_phone": "19900000001"}, to="/opinions/new")
    page = client.follow()
    assert "2026-000001" in page.text
    assert reference.parse(code_on(client))
    assert "9月8日" in page.text  # sorted by Tuesday
    assert "9月14日" in page.text  # answered by the next Monday: five working days
    assert count_cases(app) == 1


def test_the_receipt_is_shown_once(client: Client) -> None:
    client.get("/opinions/new?category=question")
    client.submit({"text": TEXT}, to="/opinions/new")
    client.follow()
    code = code_on(client)
    assert code not in client.get("/opinions/receipt").text


def test_category_and_text_are_all_that_is_needed(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "praise", "text": "谢谢"})
    assert count_cases(app) == 1


def test_an_empty_form_names_every_fault_at_once(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"contact_email": "no-address", "contact_phone": "abc"}, status=422)
    assert len(client.page.errors) == 4
    assert count_cases(app) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_typed_is_kept(client: Client, lang: str) -> None:
    client.get(f"/opinions/new?lang={lang}")
    typed = {"category": "complaint", "text": "长" * 5_001, "title": "窗口 <b>提前</b> 关门 😀", "contact_name": "付春来",
             "contact_email": "x", "district": "hedong", "unit": "household", "publish": "yes"}
    client.post("/opinions/new", typed, status=422)
    form = client.page.form("/opinions/new")
    assert form.one("textarea", name="text").text == typed["text"]
    assert form.one("input", name="title").attrs["value"] == typed["title"]
    assert form.one("input", name="contact_name").attrs["value"] == "付春来"
    assert "checked" in form.one("input", name="category", value="complaint").attrs
    assert "checked" in form.one("input", name="publish", value="yes").attrs
    assert "selected" in form.one("select", name="district").one("option", value="hedong").attrs


@pytest.mark.parametrize(("changed", "kept"), [
    ({"text": "坏\x00字\u202e符"}, "坏字符"),
    ({"text": "👨\u200d👩\u200d👧 你好"}, "👨\u200d👩\u200d👧 你好"),
    ({"text": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
    ({"text": "一\r\n二"}, "一\n二"),
])
def test_strange_characters_are_taken_as_text(client: Client, app: Flask, changed: dict[str, str], kept: str) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", **changed})
    client.follow()
    code = code_on(client)
    client.get("/track")
    client.post("/track", {"code": code})
    client.follow()
    assert " ".join(kept.split()) in client.page.text


def test_an_emergency_shows_110_and_stores_nothing(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "emergency", "text": "有人打架"}, status=200)
    assert "110" in client.page.text
    assert client.page.form("/opinions/new").one("textarea", name="text").text == "有人打架"
    assert count_cases(app) == 0


def test_a_form_sent_twice_makes_one_case_with_one_receipt(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    form = client.page.form("/opinions/new")
    once = form.one("input", name="once").attrs["value"]
    shown = []
    for _ in range(2):
        client.post("/opinions/new", {"category": "question", "text": TEXT, "once": once})
        client.follow()
        shown.append(code_on(client))
    assert shown[0] == shown[1]
    assert count_cases(app) == 1


def test_the_same_page_with_other_words_makes_another_case(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    once = client.page.form("/opinions/new").one("input", name="once").attrs["value"]
    for text in (TEXT, TEXT + "再说一句。"):
        client.post("/opinions/new", {"category": "question", "text": text, "once": once})
    assert count_cases(app) == 2


def test_a_page_without_its_token_loses_nothing(client: Client, app: Flask) -> None:
    client.post("/opinions/new", {"category": "question", "text": TEXT}, status=422, token=False)
    assert client.page.form("/opinions/new").one("textarea", name="text").text == TEXT
    client.submit(to="/opinions/new")
    assert count_cases(app) == 1


def test_a_full_disk_is_told_and_the_words_are_kept(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    client.get("/opinions/new")
    monkeypatch.setattr(actions, "submit", full)
    client.post("/opinions/new", {"category": "question", "text": TEXT}, status=503)
    assert client.page.form("/opinions/new").one("textarea", name="text").text == TEXT
    monkeypatch.undo()
    client.submit(to="/opinions/new")
    assert count_cases(app) == 1


def test_a_clock_set_back_refuses_clearly_and_goes_on_when_it_is_right(client: Client, app: Flask, clock: Clock) -> None:
    builders.submit(app)
    clock.at("2026-09-01 10:00")
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": TEXT}, status=503)
    assert client.page.form("/opinions/new").one("textarea", name="text").text == TEXT
    clock.at("2026-09-07 09:45")  # a quarter of an hour behind the record is no fault
    client.submit(to="/opinions/new")
    assert count_cases(app) == 2


def test_a_robot_in_the_hidden_field_is_held_but_gets_a_receipt(client: Client, app: Flask) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": TEXT, "website": "http://buy.example"})
    client.follow()
    assert "2026-000001" in client.page.text
    client.get("/progress/2026-000001", status=404)


def test_the_eleventh_of_a_flood_is_held_and_the_sixty_first_waits(client: Client, app: Flask) -> None:
    for number in range(60):
        client.get("/opinions/new")
        client.post("/opinions/new", {"category": "question", "text": f"第{number}件"})
    client.get("/progress/2026-000010")
    client.get("/progress/2026-000011", status=404)
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": "第61件"}, status=429)
    assert client.page.form("/opinions/new").one("textarea", name="text").text == "第61件"
    assert count_cases(app) == 60


# --- files ------------------------------------------------------------------------------------------------------------

def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("data", "name", "words"), [
    (b"%PDF-1.4 not a picture", "photo.jpg", "photo.jpg"),
    (b"MZ program", "setup.exe", "setup.exe"),
    (b"", "empty.png", "empty.png"),
    (png(20_000, 20_000), "bomb.png", "bomb.png"),
    (b"\xff\xd8\xff" + b"\0" * (9 * 1024 * 1024), "big.jpg", "big.jpg"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "x.svg", "x.svg"),
])
def test_a_bad_file_is_named_and_everything_else_kept(client: Client, app: Flask, data: bytes, name: str, words: str) -> None:
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": TEXT, "attachments": (BytesIO(data), name)}, status=422)
    assert words in client.page.text
    assert client.page.form("/opinions/new").one("textarea", name="text").text == TEXT
    assert count_cases(app) == 0


def test_six_files_are_too_many(client: Client, app: Flask) -> None:
    files = [(BytesIO(builders.gps_jpeg(20, 20)), f"{number}.jpg") for number in range(6)]
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": TEXT, "attachments": files}, status=422)
    assert count_cases(app) == 0


def test_fifty_megabytes_are_refused_before_they_are_read(client: Client, app: Flask) -> None:
    announced = {"CONTENT_LENGTH": str(50 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x",
                 "wsgi.input": BytesIO(b""), "wsgi.input_terminated": False}
    answer = client.http.post("/opinions/new", environ_overrides=announced)
    assert answer.status_code == 413
    assert "40 MB" in answer.text
    assert count_cases(app) == 0


def test_a_photo_keeps_no_place_and_only_its_author_and_the_unit_see_it(
        client: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    given = builders.gps_jpeg()
    assert b"PlantedCamera" in given
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "suggestion", "text": TEXT, "publish": "yes",
                                  "attachments": (BytesIO(given), "张三家门口.jpg")})
    client.follow()
    code = code_on(client)
    client.get("/track")
    client.post("/track", {"code": code})
    client.follow()
    address = next(link.attrs["href"] for link in client.page.all("a") if "/files/" in link.attrs.get("href", ""))
    served = client.fetch(address)
    assert served.mimetype == "image/jpeg"
    assert b"PlantedCamera" not in served.data
    assert not Image.open(BytesIO(served.data)).getexif()
    assert "张三" not in client.page.text
    assert "张三" not in served.headers["Content-Disposition"]
    browser_for().get(address, status=404)
    stranger = browser_for().sign_in(builders.handler(app, "traffic"))
    token = address.rsplit("/", 1)[1]
    stranger.get(f"/desk/cases/2026-000001/files/{token}", status=404)
    with app.app_context():
        kept = db.session.scalars(select(Attachment)).one()
        assert b"\xff\xd8\xff" not in kept.data[:20]
        assert queries.get_file(kept.case_id, token, builders.AUTHOR, app.extensions["portal-vault"])[1] == served.data
        db.session.remove()


# --- similar cases ----------------------------------------------------------------------------------------------------

def test_similar_public_cases_are_offered_before_sending(client: Client, app: Flask) -> None:
    builders.published(app, title="三号窗口提前关门", text="办证大厅三号窗口比公示时间提前半小时关门。")
    builders.submit(app, title="别的事", text="与此无关的路灯问题。")
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "complaint", "text": TEXT, "step": "similar"}, status=200)
    assert "三号窗口提前关门" in client.page.text
    assert client.page.form("/opinions/new").one("textarea", name="text").text == TEXT
    assert count_cases(app) == 2
    client.submit(to="/opinions/new")
    assert count_cases(app) == 3


def test_the_offer_for_scripts_is_the_same(client: Client, app: Flask) -> None:
    builders.published(app, title="三号窗口提前关门", text="办证大厅三号窗口比公示时间提前半小时关门。")
    client.get("/opinions/new")
    client.post("/opinions/similar", {"title": "", "text": TEXT}, status=200, whole=False)
    assert "三号窗口提前关门" in client.page.text


# --- misconduct -------------------------------------------------------------------------------------------------------

def test_a_misconduct_report_has_its_own_numbers_and_is_nowhere_in_public(client: Client, app: Flask) -> None:
    client.get("/opinions/new?category=misconduct")
    client.submit({"text": "举报某副所长", "publish": "yes"}, to="/opinions/new")
    number = re.search(r"J2026-[0-9]{9}", client.follow().text)
    assert number
    code = code_on(client)
    client.get("/opinions/new")
    client.post("/opinions/new", {"category": "question", "text": TEXT})
    assert "2026-000001" in client.follow().text
    client.get(f"/progress/{number[0]}", status=404)
    assert "J2026" not in client.get("/progress").text
    client.get("/track")
    client.post("/track", {"code": code})
    assert "举报某副所长" in client.follow().text


def test_numbers_are_consecutive_and_begin_anew_each_year(app: Flask, clock: Clock) -> None:
    sent = [builders.submit(app).number for _ in range(3)]
    clock.at("2027-01-04 09:00")
    assert [*sent, builders.submit(app).number] == ["2026-000001", "2026-000002", "2026-000003", "2027-000001"]


def test_the_promise_does_not_count_days_off(app: Flask, clock: Clock) -> None:
    clock.at("2026-09-30 16:00")
    with app.app_context():
        sent = builders.submit(app, category="complaint")
    with app.app_context():
        found = db.session.scalars(select(CaseRecord).where(CaseRecord.number == sent.number)).one()
        assert found.state["due_on"] == "2026-10-13"
        assert found.next_due == date(2026, 10, 8)
        db.session.remove()


def test_a_stranger_cannot_guess_a_receipt(client: Client) -> None:
    client.http.set_cookie("receipt", secrets.token_urlsafe(80), path="/opinions/receipt")
    assert not re.search(r"[0-9]{4}( [0-9]{4}){4}", client.get("/opinions/receipt").text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_receipt_shows_its_own_number_and_code(client: Client, lang: str) -> None:
    seen = set()
    for number in range(1, 4):
        client.get(f"/opinions/new?category=question&lang={lang}")
        client.submit({"text": f"第{number}个问题"}, to="/opinions/new")
        client.follow()
        assert f"2026-{number:06}" in client.page.text and "@" not in client.page.text
        seen.add(reference.parse(code_on(client)))
    assert len(seen) == 3


@pytest.mark.parametrize(("look", "seen"), [
    ("text.largest", ("data-text", "largest")), ("mode.simple", ("data-mode", "simple")), ("lang.en", ("lang", "en")),
    ("text.king", ("data-text", "standard"))])
def test_another_look_half_way_keeps_everything_typed(app: Flask, client: Client, look: str, seen: tuple[str, str]) -> None:
    form = client.get("/opinions/new?category=suggestion").form("/opinions/new")
    typed = {**values(form), "text": TEXT, "contact_name": "张三", "publish": "yes", "look": look}
    page = client.post("/opinions/new", typed, 200)
    assert page.one("html").attrs[seen[0]] == seen[1]
    assert not page.errors
    kept = values(page.form("/opinions/new"))
    assert page.one("textarea", name="text").text == TEXT
    assert [kept[name] for name in ("contact_name", "publish", "category")] == ["张三", "yes", "suggestion"]
    client.submit(to="/opinions/new")
    assert client.follow().one("html").attrs[seen[0]] == seen[1]


def test_the_buttons_of_the_toolbar_belong_to_the_opinion(client: Client) -> None:
    owned = client.get("/opinions/new").all("button", form="opinion")
    assert "name" not in owned[0].attrs
    assert {each.attrs["name"] for each in owned[1:]} == {"look"}
