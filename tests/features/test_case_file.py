"""The file of a case on paper, at three levels; the history with what every step changed, before and after."""

from collections.abc import Callable
from dataclasses import fields

import pytest
from flask import Flask

from portal.casework.actions import perform
from portal.db import db, transaction
from portal.domain.case import Case
from portal.domain.codes import Action
from portal.domain.history import FIELD_WORDS, FIRST, UNTOLD
from portal.domain.people import AUTHOR, Role
from portal.web.current import terms, vault
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock

NAME, PHONE = "付春来", "19900000001"
NOTE = "反映人情绪激动，注意方式"


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def a_case(app: Flask) -> Sent:
    """With personal data in the text, the note, the message."""
    sent = builders.handling(app, title="大厅没有引导牌", text=f"我叫{NAME}，电话{PHONE}，大厅没有引导牌。",
                             contact={"name": NAME, "phone": PHONE})
    builders.act(app, sent, Action.NOTE, builders.handler(app).actor, {"note": NOTE})
    return builders.act(app, sent, Action.ADD_MESSAGE, AUTHOR, {"message": f"请打{PHONE}找{NAME}。"})


@pytest.mark.parametrize(("level", "holds", "hides"), [
    ("full",     [f"我叫{NAME}，电话{PHONE}", NOTE, "李建国", f"请打{PHONE}", "经办人"], []),
    ("redacted", ["大厅没有引导牌", "留言"],                       [NAME, PHONE, NOTE, "李建国"]),
    ("public",   ["户政支队", "文字没有公开"],                        [NAME, PHONE, NOTE, "李建国", "引导牌"]),
])
def test_a_file_holds_what_its_level_says(app: Flask, coordinator: Client, level: str, holds: list[str],
                                          hides: list[str]) -> None:
    sheet = coordinator.get(f"/desk/cases/{a_case(app).number}/file?level={level}").one("article").text
    assert [words for words in holds if words not in sheet] == []
    assert [words for words in hides if words in sheet] == []


def test_a_file_says_when_by_whom_and_at_which_level_it_was_printed(app: Flask, coordinator: Client) -> None:
    sent = a_case(app)
    head = coordinator.get(f"/desk/cases/{sent.number}/file?level=redacted").one("article").one("header").text
    assert sent.number in head and "2026-09-07 10:00 由王晓明打印" in head and "不含个人信息和内部备注" in head


def test_the_public_level_is_the_public_page(app: Flask, coordinator: Client) -> None:
    sent = builders.published(app, title="公开的标题", text="公开的文字", answer="公开的答复")
    sheet = coordinator.get(f"/desk/cases/{sent.number}/file?level=public").one("article").text
    assert all(words in sheet for words in ("公开的标题", "公开的文字", "公开的答复"))
    hidden = builders.submit(app, suspicious=True)
    assert "没有可以打印的公开内容" in coordinator.get(f"/desk/cases/{hidden.number}/file?level=public").text


@pytest.mark.parametrize(("role", "unit", "status"), [
    (Role.HANDLER, "household", 200), (Role.INSPECTOR, "inspection", 200), (Role.HANDLER, "traffic", 404),
    (Role.DISCIPLINE_OFFICER, "discipline", 404), (Role.EDITOR, "publicity", 403), (Role.ADMINISTRATOR, "technology", 403),
])
@pytest.mark.parametrize("level", ["full", "redacted", "public"])
def test_only_readers_of_a_case_print_its_file(app: Flask, client: Client, role: Role, unit: str, status: int,
                                               level: str) -> None:
    sent = a_case(app)
    client.sign_in(builders.staff(app, role, unit=unit)).get(f"/desk/cases/{sent.number}/file?level={level}", status)


def test_a_report_is_printed_by_the_discipline_office_alone(app: Flask, coordinator: Client, client: Client) -> None:
    sent = builders.submit(app, category="misconduct", title="举报", text="举报内容")
    coordinator.get(f"/desk/cases/{sent.number}/file?level=public", 404)
    client.sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline"))
    assert "举报内容" in client.get(f"/desk/cases/{sent.number}/file").text
    assert "没有可以打印的公开内容" in client.get(f"/desk/cases/{sent.number}/file?level=public").text


def test_a_level_that_is_none_is_not_found(app: Flask, coordinator: Client) -> None:
    coordinator.get(f"/desk/cases/{a_case(app).number}/file?level=secret", 404)


# --- the history ------------------------------------------------------------------------------------------------------

def test_every_field_of_a_case_has_words_or_never_changes() -> None:
    assert {each.name for each in fields(Case)} == {*FIELD_WORDS, *UNTOLD, *FIRST}


def changes(client: Client, sent: Sent) -> list[str]:
    """The changes of each step in turn, as they read."""
    page = client.get(f"/desk/cases/{sent.number}")
    return [" ".join(line.text for line in entry.all("li") if line.parent and line.parent.attrs.get("class") == "changes")
            for entry in page.all("li", class_="entry")]


def test_each_step_shows_before_and_after(app: Flask, coordinator: Client) -> None:
    sent = builders.handling(app)
    given = {"unit": "traffic", "reason": "归交警"}
    builders.act(app, sent, Action.TRANSFER, builders.staff(app, Role.COORDINATOR).actor, given)
    told = changes(coordinator, sent)
    assert told[0] == ""
    assert "状态 已收到 → 已受理" in told[1] and "单位 – → 户政支队" in told[1]
    assert told[2].startswith("状态 已受理 → 办理中") and "经办人 – → 李建国" in told[2]
    assert "单位 户政支队 → 交警支队" in told[3] and "分办次数 1 → 2" in told[3] and "经办人 李建国 → –" in told[3]


def test_a_moved_day_shows_both_days(app: Flask, coordinator: Client, clock: Clock) -> None:
    sent = builders.waiting(app)
    clock.forward(days=2)
    builders.act(app, sent, Action.AUTHOR_REPLIES, AUTHOR, {"message": "三号窗口"})
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    assert "承诺答复 2026年9月14日 → 2026年9月16日" in changes(coordinator, sent)[-1]


def test_the_author_reads_no_changes_of_the_record(app: Flask, client: Client) -> None:
    sent = builders.handling(app)
    client.get("/track")
    client.submit({"code": sent.code}, to="/track")
    assert client.follow().all(class_="changes") == []


def test_five_hundred_events_stay_readable(app: Flask, coordinator: Client) -> None:
    sent = builders.handling(app)
    actor = builders.handler(app).actor
    with app.app_context():
        with transaction():
            for number in range(500):
                perform(sent.number, Action.NOTE, actor, {"note": f"第{number}条备注"}, seen=None, terms=terms(), vault=vault())
        db.session.remove()
    page = coordinator.get(f"/desk/cases/{sent.number}")
    folded = page.one("details", class_="earlier")
    assert "更早的 463 步" in folded.one("summary").text
    assert "第0条备注" in folded.text and "第499条备注" not in folded.text and "第499条备注" in page.text
    assert coordinator.get(f"/desk/cases/{sent.number}/file").text.count("条备注") == 500
