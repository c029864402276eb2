"""One-time codes at the desk: shown once, kept as hashes, taken out of use, and reminders by serial alone."""

import csv
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from portal.accounts.queries import Staff
from portal.db import db, transaction
from portal.domain import one_time
from portal.domain.campaign import Audience, Group
from portal.domain.people import Role
from portal.evaluation import codes
from portal.evaluation.codes import Refusal
from portal.evaluation.queries import Batch, Standing, batches, get_campaign, invited, standings
from portal.web.current import vault
from tests import builders, campaigns
from tests.campaigns import Made
from tests.client import Client
from tests.conftest import MONDAY, Clock
from tests.page import Page

DIGITS = re.compile(r"[0-9]{4}(?: [0-9]{4}){3}")


@pytest.fixture
def coordinator(app: Flask) -> Staff:
    return builders.staff(app, Role.COORDINATOR, login="writer", name="王晓明")


@pytest.fixture
def desk(coordinator: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(coordinator)


@pytest.fixture
def made(app: Flask) -> Made:
    """Nobody knows how many people its groups have."""
    return campaigns.announced(app, audiences=(Audience(Group.DEPUTY), Audience(Group.RESIDENT)))


def page_of(made: Made) -> str:
    return f"/desk/campaigns/{made.slug}/codes"


def make(client: Client, made: Made, status: int = 200, **changes: Any) -> Page:
    client.get(page_of(made))
    return client.submit({"group": "deputy", "count": "10", **changes}, status, to="/codes")


def kept(app: Flask, made: Made) -> list[Batch]:
    with app.app_context():
        found = batches(get_campaign(made.slug, MONDAY.date(), staff=True).id)
        db.session.remove()
    return found


def opened(app: Flask, code: str) -> codes.Opened | None:
    with app.app_context():
        found = codes.look_up(one_time.parse(code), MONDAY.date(), vault())
        db.session.remove()
    return found


def everything_kept(app: Flask) -> str:
    with app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
        db.session.remove()
    return "\n".join(rows)


def codes_on(page: Page) -> list[str]:
    return [match[0] for each in page.all("p", class_="slip-code") if (match := DIGITS.search(each.text))]


def counted(app: Flask, clock: Clock) -> None:
    """What the worker does once a day."""
    clock.forward(days=1)
    with app.app_context():
        with transaction():
            codes.note_unused(clock.now.date())
        db.session.remove()


def lines(client: Client) -> list[list[str]]:
    assert client.response is not None and client.response.mimetype == "text/csv"
    return list(csv.reader(StringIO(client.response.text.removeprefix("\ufeff"))))


# --- making -----------------------------------------------------------------------------------------------------------

def test_slips_show_each_code_with_its_serial_and_a_qr_code(desk: Client, app: Flask, made: Made) -> None:
    page = make(desk, made, note="九月九日会上发放")
    slips = page.all("article", class_="ballot-slip")
    assert len(slips) == len(set(codes_on(page))) == len(page.all("svg", class_="qr")) == 10
    for serial, slip in enumerate(slips, start=1):
        assert f"第 {serial} 号" in slip.text
        for words in ("下半年代表委员评议", "人大代表", "/evaluations/enter", "2026年9月20日", "只计一次"):
            assert words in slip.text
    assert {opened(app, code) for code in codes_on(page)} == {codes.Opened(made.slug, Group.DEPUTY, "")}
    [batch] = kept(app, made)
    assert (batch.made, batch.first_serial, batch.note) == (10, 1, "九月九日会上发放")


def test_eight_slips_fill_a_sheet(desk: Client, made: Made) -> None:
    page = make(desk, made, count="17")
    assert [len(sheet.all("article")) for sheet in page.all("div", class_="slips")] == [8, 8, 1]


def test_two_hundred_slips_are_made_in_one_page(desk: Client, app: Flask, made: Made) -> None:
    assert len(set(codes_on(make(desk, made, count="200")))) == 200
    assert kept(app, made)[0].made == 200


def test_serials_go_on_from_batch_to_batch(desk: Client, app: Flask, made: Made) -> None:
    make(desk, made, count="5")
    page = make(desk, made, group="resident", count="6")
    assert "第 6 号" in page.text and "第 11 号" in page.text
    assert [(each.first_serial, each.made) for each in kept(app, made)] == [(1, 5), (6, 6)]


def test_a_file_has_serial_code_and_link(desk: Client, app: Flask, made: Made) -> None:
    desk.get(page_of(made))
    desk.submit({"group": "deputy", "count": "12", "way": "csv"}, 200, to="/codes")
    head, *rows = lines(desk)
    assert head == ["序号", "评议码", "链接"] and len(rows) == 12
    for serial, (number, code, link) in enumerate(rows, start=1):
        assert number == str(serial) and DIGITS.fullmatch(code)  # in groups: a spreadsheet would round sixteen digits
        assert link == f"http://localhost/evaluations/enter#{one_time.parse(code)}"
        assert opened(app, code) is not None
    assert desk.response is not None
    assert "attachment" in desk.response.headers["Content-Disposition"]
    assert "no-store" in desk.response.headers["Cache-Control"]


def test_paper_forms_bear_a_code_each_and_the_questions(desk: Client, app: Flask, made: Made) -> None:
    page = make(desk, made, count="5", way="paper")
    forms = page.all("article", class_="coded")
    assert len(forms) == len(set(codes_on(page))) == 5
    for words in ("民主评议表", "第 1 号", "办案是否公正", "最不满意的一件事", "请不要写姓名", "走访办"):
        assert words in forms[0].text
    assert opened(app, codes_on(page)[0]) is not None


def test_of_codes_only_hashes_are_kept(desk: Client, app: Flask, made: Made, caplog: pytest.LogCaptureFixture) -> None:
    found = codes_on(make(desk, made))
    everything = everything_kept(app) + caplog.text
    for code in found:
        assert code not in everything and code.replace(" ", "") not in everything
    again = desk.get(page_of(made))
    assert not DIGITS.search(again.text)


def test_codes_for_one_unit_open_its_ballot(desk: Client, app: Flask) -> None:
    made = campaigns.announced(app, subjects=("household", "traffic"))
    page = make(desk, made, subject="traffic", count="5")
    assert "交警支队" in page.all("article")[0].text
    found = opened(app, codes_on(page)[0])
    assert found is not None and found.subject == "traffic"


def test_loading_the_answer_anew_makes_no_second_batch(desk: Client, app: Flask, made: Made) -> None:
    desk.get(page_of(made))
    sent = {node.attrs["name"]: node.attrs.get("value", "") for node in desk.page.form("/codes").all("input")
            if node.attrs.get("type") not in ("radio",)}
    sent |= {"group": "deputy", "count": "10", "way": "slips"}
    first = desk.post(page_of(made), sent, 200)
    page = desk.post(page_of(made), sent, 409)
    assert page.h1 == "这些评议码已经显示过" and not codes_on(page)
    assert len(codes_on(first)) == 10 and [each.made for each in kept(app, made)] == [10]
    desk.post(page_of(made), {**sent, "way": "csv", "count": "300"}, 409)
    assert len(kept(app, made)) == 1


@pytest.mark.parametrize(("changes", "words"), [
    ({"count": "0"}, "1 到 5,000"),
    ({"count": "-5"}, "1 到 5,000"),
    ({"count": "5001"}, "1 到 5,000"),
    ({"count": "1e9"}, "1 到 5,000"),
    ({"count": "9" * 5_000}, "1 到 5,000"),
    ({"count": ""}, "1 到 5,000"),
    ({"count": "4"}, "至少 5 个"),
    ({"count": "501"}, "一次打印太多"),
    ({"count": "101", "way": "paper"}, "一次打印太多"),
    ({"way": "pigeon"}, "选"),
    ({"group": ""}, "选"),
    ({"group": "journalist"}, "选"),
    ({"group": "martian"}, "选"),
    ({"note": "长" * 61}, "太长"),
    ({"valid_from": ""}, "日期"),
    ({"valid_until": "morgen"}, "日期"),
    ({"valid_from": "2026-09-01"}, "评议期之内"),
    ({"valid_until": "2026-10-01"}, "评议期之内"),
    ({"valid_from": "2026-09-20", "valid_until": "2026-09-10"}, "截止日不能早于开始日"),
])
def test_a_batch_that_cannot_be_is_refused_with_everything_typed_kept(
        desk: Client, app: Flask, made: Made, changes: dict[str, str], words: str) -> None:
    page = make(desk, made, 422, **{"note": "会上发放", **changes})
    assert any(words in line for line in page.errors), page.errors
    assert page.one("input", name="note").attrs["value"] == changes.get("note", "会上发放")
    assert page.one("input", name="count").attrs["value"] == changes.get("count", "10")
    assert kept(app, made) == []


def test_a_unit_that_is_not_evaluated_gets_no_codes(desk: Client, app: Flask) -> None:
    made = campaigns.announced(app, subjects=("household", "traffic"))
    for subject in ("", "hall", "legal", "a\x00b"):
        assert make(desk, made, 422, subject=subject).errors
    assert kept(app, made) == []


def test_a_mark_that_is_not_ours_makes_nothing(desk: Client, app: Flask, made: Made) -> None:
    page = make(desk, made, 422, once="anything")
    assert page.errors == ["页面打开的时间太长。请再按一次按钮，刚才什么也没有生成。"]
    assert kept(app, made) == []
    desk.submit({"count": "10", "group": "deputy"}, 200, to="/codes")
    assert len(kept(app, made)) == 1


def test_a_few_more_codes_can_follow_the_first_five(desk: Client, app: Flask, made: Made) -> None:
    make(desk, made, count="5")
    make(desk, made, count="1")
    assert [each.made for each in kept(app, made)] == [5, 1]


def test_codes_are_made_while_it_is_announced_or_open(desk: Client, app: Flask, made: Made, clock: Clock) -> None:
    draft = campaigns.draft(app)
    assert not desk.get(page_of(draft)).all("input", name="count")
    desk.get(page_of(made))
    sent = {"group": "deputy", "count": "10", "way": "slips", "once": desk.page.one("input", name="once").attrs["value"],
            "valid_from": "2026-09-07", "valid_until": "2026-09-20"}
    desk.post(page_of(draft), sent, 409)
    clock.forward(days=14)
    desk.post(page_of(made), sent, 409)
    assert "评议已经结束" in desk.page.text
    assert kept(app, made) == []


def test_a_campaign_without_codes_has_no_such_page(desk: Client, app: Flask) -> None:
    made = campaigns.open_rating(app)
    desk.get(page_of(made), 404)
    desk.post(page_of(made), {}, 404)


# --- afterwards -------------------------------------------------------------------------------------------------------

def used_of(client: Client, made: Made) -> list[list[str]]:
    """Of each batch: made, used, unused."""
    page = client.get(page_of(made))
    return [[cell.text for cell in row.all("td")][4:7] for row in page.all("tr") if row.all("td")]


def test_batches_say_once_a_day_how_many_came_back(desk: Client, app: Flask, clock: Clock) -> None:
    made = campaigns.voted(app, 6)
    assert used_of(desk, made) == [["10", "0", "10 截至9月7日 周一"]] * 2
    counted(app, clock)
    assert used_of(desk, made) == [["10", "3", "7 截至9月8日 周二"]] * 2


def test_more_codes_than_people_are_refused(desk: Client, app: Flask) -> None:
    made = campaigns.announced(app, audiences=(Audience(Group.DEPUTY, 12), Audience(Group.RESIDENT)))
    make(desk, made, count="10")
    assert "超过这一类人员的人数" in make(desk, made, 422, count="3").errors[0]
    make(desk, made, count="2")
    make(desk, made, group="resident", count="300")
    assert [each.made for each in kept(app, made)] == [10, 2, 300]


def test_unused_serials_can_be_printed_and_saved(desk: Client, app: Flask, clock: Clock) -> None:
    made = campaigns.voted(app, 6)
    counted(app, clock)
    [first, _second] = kept(app, made)
    page = desk.get(f"{page_of(made)}/{first.id}/unused")
    assert [int(each.text) for each in page.one("ul", class_="serials").all("li")] == [4, 5, 6, 7, 8, 9, 10]
    assert "系统不知道哪个序号在谁手里" in page.text and "截至2026年9月8日" in page.text
    desk.fetch(page.link("下载文件（CSV）"))
    assert lines(desk) == [["序号"], *([str(n)] for n in range(4, 11))]


def test_a_batch_that_was_used_up_has_nobody_to_remind(desk: Client, app: Flask, clock: Clock) -> None:
    made = campaigns.with_codes(app, each=5)
    campaigns.voted(app, 10, made)
    counted(app, clock)
    [first, _second] = kept(app, made)
    assert "全部用过了" in desk.get(f"{page_of(made)}/{first.id}/unused").text


def test_a_batch_is_taken_out_of_use_after_a_second_look(desk: Client, app: Flask, clock: Clock) -> None:
    made = campaigns.voted(app, 6)
    counted(app, clock)
    [first, second] = kept(app, made)
    page = desk.get(f"{page_of(made)}/{first.id}/void")
    assert "3 张评议表，照常计入" in page.text
    desk.submit(to="/void")
    assert "已停用" in desk.follow().text and used_of(desk, made)[0] == ["10", "3", "–"]
    [code] = made.codes[Group.DEPUTY, ""][:1]
    [other] = made.codes[Group.RESIDENT, ""][:1]
    found, untouched = opened(app, code), opened(app, other)
    assert found is not None and found.refusal is Refusal.VOID
    assert untouched is not None and untouched.refusal is None
    assert not desk.get(f"{page_of(made)}/{first.id}/void").all("button", class_="danger")
    assert [each.voided for each in kept(app, made)] == [True, False] and second.id != first.id


def test_once_voting_is_over_no_batch_is_taken_out_of_use(desk: Client, app: Flask, clock: Clock) -> None:
    made = campaigns.voted(app, 6)
    [first, _second] = kept(app, made)
    desk.get(f"{page_of(made)}/{first.id}/void")
    clock.forward(days=14)
    desk.submit({}, 409, to="/void")
    assert "评议已经截止" in desk.page.text and not desk.get(f"{page_of(made)}/{first.id}/void").all("button", class_="danger")
    assert not desk.get(page_of(made)).all("a", href=f"{page_of(made)}/{first.id}/void")
    assert not any(each.voided for each in kept(app, made))


def test_codes_out_of_use_stay_among_those_given_out(desk: Client, app: Flask) -> None:
    made = campaigns.voted(app, 6)
    [first, _second] = kept(app, made)
    desk.get(f"{page_of(made)}/{first.id}/void")
    desk.submit(to="/void")
    with app.app_context():
        campaign = get_campaign(made.slug, MONDAY.date()).id
        assert invited(campaign) == {("deputy", ""): 10, ("resident", ""): 10}
        assert standings()[campaign] == Standing(ballots=6, codes=20, used=0)
        db.session.remove()


def test_a_batch_belongs_to_its_campaign(desk: Client, app: Flask, made: Made) -> None:
    theirs = campaigns.with_codes(app)
    [other, _second] = kept(app, theirs)
    for step in ("void", "unused", "unused.csv"):
        desk.fetch(f"{page_of(made)}/{other.id}/{step}", 404)
        desk.fetch(f"{page_of(made)}/999999/{step}", 404)
    desk.get(page_of(made))
    desk.post(f"{page_of(made)}/{other.id}/void", {}, 404)
    assert not any(each.voided for each in kept(app, theirs))


@pytest.mark.parametrize("role", [role for role in Role if role not in (
    Role.COORDINATOR, Role.CO_UNIT, Role.AUTHOR, Role.SYSTEM)])
def test_codes_are_the_coordinators_alone(role: Role, client: Client, app: Flask) -> None:
    made = campaigns.with_codes(app)
    [first, _second] = kept(app, made)
    charge = ["household"] if role is Role.LEADER else []
    client.sign_in(builders.staff(app, role, unit="household", login="other", charge=charge))
    for step in ("", f"/{first.id}/void", f"/{first.id}/unused", f"/{first.id}/unused.csv"):
        client.fetch(f"{page_of(made)}{step}", 403)
    for step in ("", f"/{first.id}/void"):
        client.post(f"{page_of(made)}{step}", {}, 403)
    assert [each.voided for each in kept(app, made)] == [False, False]


def test_pages_speak_english(desk: Client, app: Flask, made: Made) -> None:
    desk.get(f"{page_of(made)}?lang=en")
    page = desk.submit({"group": "deputy", "count": "5"}, 200, to="/codes")
    assert "Deputies of people’s congresses" in page.all("article")[0].text
    desk.get(f"{page_of(made)}?lang=en")
    desk.submit({"group": "deputy", "count": "5", "way": "paper"}, 200, to="/codes")
    [first, _second] = kept(app, made)
    for step in ("void", "unused"):
        desk.get(f"{page_of(made)}/{first.id}/{step}?lang=en")


def test_one_form_sent_several_times_at_once_makes_one_batch(app: Flask, coordinator: Staff, desk: Client, made: Made) -> None:
    desk.get(page_of(made))
    sent = {"group": "deputy", "count": "10", "way": "slips", "valid_from": "2026-09-07", "valid_until": "2026-09-20",
            "once": desk.page.one("input", name="once").attrs["value"]}
    start = threading.Barrier(4)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _n: _at_once(app, coordinator, start, page_of(made), sent), range(4)))
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert sorted(found) == [200, 409, 409, 409]
    assert [each.made for each in kept(app, made)] == [10]


def _at_once(app: Flask, person: Staff, start: threading.Barrier, address: str, sent: dict[str, str]) -> int:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["staff"] = {"id": person.id, "epoch": person.epoch, "since": time.time(), "seen": time.time()}
    start.wait()
    return browser.post(address, data=sent).status_code
