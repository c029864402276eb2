"""Following one's own case with the reference code: opening, reading, writing, rating, withdrawing, leaving."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask

from portal.db import db
from portal.domain import reference
from portal.domain.codes import Action
from portal.domain.people import Role
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def open_case(client: Client, sent: Sent) -> Client:
    client.get("/track")
    client.post("/track", {"code": sent.code})
    client.follow()
    return client


@pytest.mark.parametrize("typed", [
    str, reference.group, lambda code: code.translate(FULL_WIDTH), lambda code: "　".join(code.translate(FULL_WIDTH)),
    lambda code: f"  {reference.group(code).replace(' ', '-')}\n",
])
def test_the_code_opens_the_case_however_it_is_typed(client: Client, app: Flask, typed: Callable[[str], str]) -> None:
    sent = builders.submit(app, title="路灯不亮")
    client.get("/track")
    client.post("/track", {"code": typed(sent.code)})
    assert client.location == "/track/case"
    assert "路灯不亮" in client.follow().text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_slip_is_told_before_anything_is_looked_up(client: Client, app: Flask, lang: str) -> None:
    sent = builders.submit(app)
    wrong = str((int(sent.code[3]) + 1) % 10)
    client.get(f"/track?lang={lang}")
    client.post("/track", {"code": sent.code[:3] + wrong + sent.code[4:]}, status=422)
    statements = [each for each in client.watch.statements if "cases" in each]
    assert statements == []
    assert ("至少有一位" if lang == "zh" else "digits") in " ".join(client.page.errors)


def test_every_code_that_opens_nothing_gets_the_same_page(client: Client, app: Flask) -> None:
    builders.submit(app)
    pages = set()
    for number in range(3):
        client.get("/track")
        client.post("/track", {"code": reference.make(bytes([number]) * 16)}, status=422)
        field = client.page.form("/track").one("input", name="code")
        field.attrs.pop("value", None)
        pages.add(client.page.text)
        assert len([each for each in client.watch.statements if "cases" in each]) == 1
    assert len(pages) == 1


def test_guessing_is_throttled(client: Client, app: Flask) -> None:
    sent = builders.submit(app)
    for number in range(20):
        client.get("/track")
        client.post("/track", {"code": reference.make(bytes([number]) * 16)}, status=422)
    client.post("/track", {"code": sent.code}, status=429)
    assert client.page.errors


def test_the_code_is_in_no_address_cookie_log_or_column(client: Client, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent = builders.submit(app)
    open_case(client, sent)
    forms = {sent.code, reference.group(sent.code), sent.code.translate(FULL_WIDTH)}
    seen = [client.location, caplog.text, str(client.response.headers if client.response else "")]
    with app.app_context():
        for table in db.metadata.sorted_tables:
            seen += [str(row) for row in db.session.execute(table.select())]
        db.session.remove()
    assert not [each for each in seen for form in forms if form in each]


def test_without_a_code_there_is_no_case(client: Client, app: Flask) -> None:
    builders.submit(app)
    client.fetch("/track/case", 303)
    assert client.location == "/track"
    client.http.set_cookie("track", "A" * 120, path="/track")
    client.fetch("/track/case", 303)
    client.get("/track/case/files/abc", status=404)


def test_the_half_hour_ends(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import clock

    sent = builders.submit(app)
    open_case(client, sent)
    real = clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: real + 31 * 60)
    client.fetch("/track/case", 303)
    client.post("/track/case/message", {"message": "写了很久的话", "version": "1"}, status=403)
    assert "写了很久的话" in client.page.text


def test_the_author_can_leave(client: Client, app: Flask) -> None:
    open_case(client, builders.submit(app))
    client.submit(to="/leave")
    client.fetch("/track/case", 303)


def test_messages_go_both_ways(client: Client, app: Flask) -> None:
    sent = builders.handling(app)
    builders.act(app, sent, Action.ADD_MESSAGE, builders.handler(app).actor, {"message": "我们明天上午去看。"})
    open_case(client, sent)
    assert "我们明天上午去看。" in client.page.text
    client.submit({"message": "好的，谢谢。"}, to="/message")
    assert "好的，谢谢。" in client.follow().text


def test_the_author_answers_a_question_and_the_clock_goes_on(client: Client, app: Flask, clock: Clock) -> None:
    sent = builders.waiting(app, question="是哪一天？")
    clock.forward(days=2)
    open_case(client, sent)
    assert "是哪一天？" in client.page.text
    client.submit({"message": "上周三。"}, to="/reply")
    assert "9月16日" in client.follow().text  # two working days waited: from the 14th to the 16th


def test_the_author_reads_the_answer_and_rates_it(client: Client, app: Flask) -> None:
    sent = builders.answered(app, answer="引导牌已经装好。")
    open_case(client, sent)
    assert "引导牌已经装好。" in client.page.text
    client.submit({}, 422, to="/rate")
    client.submit({"level": "2", "comment": "字太小"}, to="/rate")
    page = client.follow()
    assert "不满意" in page.text
    assert not [form for form in page.all("form") if form.attrs.get("action", "").endswith("/rate")]


def test_the_author_withdraws_and_it_leaves_the_public_list(client: Client, app: Flask) -> None:
    sent = builders.accepted(app)
    client.get(f"/progress/{sent.number}")
    open_case(client, sent)
    client.submit({"keep_public": "no"}, to="/withdraw")
    client.follow()
    client.get(f"/progress/{sent.number}", status=404)


def test_the_author_sees_neither_notes_nor_drafts_but_who_opened_the_contact(client: Client, app: Flask) -> None:
    sent = builders.handling(app, contact={"phone": "19900000001"})
    person = builders.handler(app).actor
    builders.act(app, sent, Action.NOTE, person, {"note": "此人来过三次"})
    builders.act(app, sent, Action.OPEN_CONTACT, person, {"reason": "约时间回电"})
    builders.act(app, sent, Action.DRAFT_ANSWER, person, {"outcome": "done", "answer": "还没审核的话"})
    page = open_case(client, sent).page
    assert "此人来过三次" not in page.text
    assert "还没审核的话" not in page.text
    assert "约时间回电" in page.text
    assert "19900000001" not in page.text  # masked, even here: somebody may look over the shoulder
    assert "李建国" not in page.text


def test_acting_on_an_old_page_is_told(client: Client, app: Flask) -> None:
    sent = builders.handling(app)
    open_case(client, sent)
    builders.act(app, sent, Action.NOTE, builders.handler(app).actor, {"note": "记"})
    client.submit({"message": "您好"}, 409, to="/message")
    assert sent.number in client.page.text


def test_a_code_opens_one_case_only(client: Client, app: Flask, browser_for: Callable[[], Client]) -> None:
    mine = builders.submit(app, title="我的事")
    other = builders.submit(app, title="别人的事", pictures=[builders.gps_jpeg(30, 30)])
    theirs = open_case(browser_for(), other)
    address = next(link.attrs["href"] for link in theirs.page.all("a") if "/files/" in link.attrs.get("href", ""))
    open_case(client, mine)
    assert "别人的事" not in client.page.text
    client.get(address, status=404)


def test_staff_roles_do_not_open_the_authors_page(client: Client, app: Flask) -> None:
    builders.submit(app)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.fetch("/track/case", 303)
