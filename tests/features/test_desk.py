"""The desk: lists, one case from triage to publication, two people at once, and doors that stay shut."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.desk.shown import field_choices
from portal.domain.codes import Action
from portal.domain.given import FieldKind
from portal.domain.people import Role
from portal.domain.table import TABLE
from tests import builders
from tests.client import Client
from tests.conftest import Clock

DRAFT = "引导牌已经安装，门口和二楼各一块。"


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


@pytest.fixture
def handler(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.handler(app))


@pytest.fixture
def reviewer(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.reviewer(app))


def test_one_opinion_travels_the_whole_way(app: Flask, client: Client, coordinator: Client, handler: Client,
                                           reviewer: Client) -> None:
    sent = builders.submit(app, title="大厅没有引导牌", text="我叫付春来，电话19900000001，大厅没有引导牌。",
                           contact={"name": "付春来", "phone": "19900000001"})
    case = f"/desk/cases/{sent.number}"
    assert "大厅没有引导牌" in coordinator.get("/desk/lists/to-sort").text
    coordinator.get(case)
    coordinator.submit({"lane": "ordinary", "unit": "household", "rule": "suggestion"}, to="/accept")
    coordinator.follow()
    assert "大厅没有引导牌" in handler.get("/desk/lists/to-handle").text
    handler.get(case)
    handler.submit(to="/start")
    handler.follow()
    handler.submit({"outcome": "done", "answer": DRAFT}, to="/draft_answer")
    handler.follow()
    assert "大厅没有引导牌" in reviewer.get("/desk/lists/to-approve").text
    assert DRAFT in reviewer.get(case).text
    reviewer.submit(to="/approve")
    coordinator.get(f"{case}/publish")
    form = coordinator.page.form("/publish")
    proposed = form.one("textarea", name="public_text").text
    assert "付春来" not in proposed and "19900000001" not in proposed and "大厅没有引导牌" in proposed
    coordinator.submit({"read": "yes"}, to="/publish")
    page = client.get(f"/progress/{sent.number}")
    assert "大厅没有引导牌" in page.text and DRAFT in page.text
    assert "付春来" not in page.text and "19900000001" not in page.text


def test_personal_data_left_in_the_text_needs_a_second_look(app: Flask, client: Client, coordinator: Client) -> None:
    sent = builders.answered(app)
    coordinator.get(f"/desk/cases/{sent.number}/publish")
    text = "请找付春来，电话19900000001。"
    coordinator.submit({"public_text": text}, 422, to="/publish")
    assert coordinator.page.errors
    assert coordinator.page.form("/publish").one("textarea", name="public_text").text == text
    assert "19900000001" not in client.get(f"/progress/{sent.number}").text


def test_the_machine_proposes_and_does_not_publish(app: Flask, client: Client, coordinator: Client) -> None:
    sent = builders.answered(app)
    coordinator.get(f"/desk/cases/{sent.number}/publish")
    assert "引导牌" not in client.get(f"/progress/{sent.number}").text


def test_two_clerks_at_once_the_second_is_told(app: Flask, coordinator: Client, browser_for: Callable[[], Client]) -> None:
    sent = builders.submit(app)
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="second", unit="office"))
    for each in (coordinator, colleague):
        each.get(f"/desk/cases/{sent.number}")
    given = {"lane": "ordinary", "unit": "household", "rule": "suggestion"}
    coordinator.submit(given, to="/accept")
    colleague.submit(given, 409, to="/accept")
    assert sent.number in colleague.page.text
    assert f"/desk/cases/{sent.number}" in colleague.page.source


def test_a_refused_form_keeps_what_was_typed(app: Flask, handler: Client) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    handler.submit({"outcome": "promised", "answer": DRAFT, "promised_on": "昨天"}, 422, to="/draft_answer")
    form = handler.page.form("/draft_answer")
    assert form.one("textarea", name="answer").text == DRAFT
    assert handler.page.errors


@pytest.mark.parametrize("action", ["approve", "publish", "accept", "rate", "close", "nonsense"])
def test_an_act_that_is_not_open_is_refused(app: Flask, handler: Client, action: str) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    handler.post(f"/desk/cases/{sent.number}/{action}", {"version": "3"}, status=404 if action == "nonsense" else 403)


@pytest.mark.parametrize("address", ["/desk", "/desk/lists/open", "/desk/cases/2026-000001", "/desk/staff", "/desk/articles",
                                     "/desk/cases/2026-000001/publish", "/desk/cases/2026-000001/files/abc"])
def test_the_desk_is_closed_to_strangers(app: Flask, client: Client, address: str) -> None:
    builders.submit(app)
    client.fetch(address, 302)
    assert client.location.startswith("/desk/sign-in")


@pytest.mark.parametrize(("role", "unit", "address", "status"), [
    (Role.HANDLER,       "traffic",    "/desk/cases/2026-000001",         404),   # another unit
    (Role.ADMINISTRATOR, "technology", "/desk/cases/2026-000001",         404),
    (Role.EDITOR,        "publicity",  "/desk/cases/2026-000001",         404),
    (Role.HANDLER,       "household",  "/desk/cases/2026-000001",         200),
    (Role.HANDLER,       "household",  "/desk/cases/2026-000001/publish", 403),
    (Role.HANDLER,       "household",  "/desk/staff",                     403),
    (Role.COORDINATOR,   "outreach",   "/desk/staff",                     403),
    (Role.COORDINATOR,   "outreach",   "/desk/articles",                  403),
    (Role.EDITOR,        "publicity",  "/desk/staff",                     403),
    (Role.HANDLER,       "household",  "/desk/lists/to-sort",             404),
    (Role.HANDLER,       "household",  "/desk/lists/nonsense",            404),
    (Role.COORDINATOR,   "outreach",   "/desk/cases/J",        404),
    (Role.ADMINISTRATOR, "discipline", "/desk/cases/J",        404),
    (Role.DISCIPLINE_OFFICER, "discipline", "/desk/cases/J",   200),
    (Role.DISCIPLINE_OFFICER, "discipline", "/desk/cases/2026-000001",    404),
])
def test_doors(app: Flask, client: Client, role: Role, unit: str, address: str, status: int) -> None:
    builders.answered(app, unit="household")
    report = builders.submit(app, category="misconduct", title="举报", text="举报内容")
    address = address.replace("/J", f"/{report.number}")
    client.sign_in(builders.staff(app, role, unit=unit)).get(address, status)


@pytest.mark.parametrize(("role", "unit"), [
    (Role.COORDINATOR, "outreach"), (Role.HANDLER, "discipline"), (Role.REVIEWER, "household"),
    (Role.COMPLAINTS_OFFICER, "complaints"), (Role.ADMINISTRATOR, "technology"), (Role.EDITOR, "publicity"),
])
def test_a_misconduct_report_is_in_nobodys_list_or_count(app: Flask, client: Client, role: Role, unit: str) -> None:
    builders.submit(app, category="misconduct", title="举报某人", text="内容")
    client.sign_in(builders.staff(app, role, unit=unit))
    for key in ("to-sort", "open", "to-handle", "late", "ended"):
        response = client.http.get(f"/desk/lists/{key}")
        assert "举报某人" not in response.text and "J2026" not in response.text
        assert response.status_code in (200, 404)


def test_the_discipline_office_handles_its_report(app: Flask, client: Client) -> None:
    sent = builders.submit(app, category="misconduct", title="举报某人", text="内容")
    client.sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline"))
    assert "举报某人" in client.get("/desk/lists/to-sort").text
    client.get(f"/desk/cases/{sent.number}")
    client.submit({"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}, to="/accept")
    client.follow()
    client.submit(to="/start")


def test_contact_details_are_opened_with_a_reason_for_a_day(app: Flask, handler: Client, clock: Clock) -> None:
    sent = builders.handling(app, contact={"name": "付春来", "phone": "19900000001"})
    case = f"/desk/cases/{sent.number}"
    assert "19900000001" not in handler.get(case).text
    handler.submit({"reason": ""}, 422, to="/open_contact")
    handler.submit({"reason": "约时间回电"}, to="/open_contact")
    assert "19900000001" in handler.follow().text
    clock.forward(hours=25)
    assert "19900000001" not in handler.get(case).text


def test_contact_details_opened_by_one_are_not_shown_to_another(app: Flask, handler: Client, reviewer: Client) -> None:
    sent = builders.handling(app, contact={"phone": "19900000001"})
    builders.act(app, sent, Action.OPEN_CONTACT, builders.handler(app).actor, {"reason": "回电"})
    assert "19900000001" in handler.get(f"/desk/cases/{sent.number}").text
    assert "19900000001" not in reviewer.get(f"/desk/cases/{sent.number}").text


def test_due_dates_are_told_in_words(app: Flask, coordinator: Client, clock: Clock) -> None:
    builders.handling(app)
    for moment, words in (("2026-09-08 09:00", "还剩 4 个工作日"), ("2026-09-11 09:00", "下一个工作日到期"),
                          ("2026-09-14 09:00", "今天到期"), ("2026-09-16 09:00", "超期 2 个工作日")):
        clock.at(moment)
        coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
        assert words in coordinator.get("/desk/lists/open").text


def test_lists_are_paged(app: Flask, coordinator: Client) -> None:
    numbers = [builders.submit(app, text=f"第{number}件").number for number in range(30)]
    first = coordinator.get("/desk/lists/to-sort")
    address = next(link.attrs["href"] for link in first.all("a") if "after=" in link.attrs.get("href", ""))
    second = coordinator.get(address)
    shown = [each for each in numbers if f"/desk/cases/{each}" in first.source + second.source]
    assert shown == numbers


def test_a_held_opinion_is_released(app: Flask, coordinator: Client, client: Client) -> None:
    sent = builders.submit(app, suspicious=True)
    client.get(f"/progress/{sent.number}", status=404)
    assert sent.number in coordinator.get("/desk/lists/held").text
    coordinator.get(f"/desk/cases/{sent.number}")
    coordinator.submit(to="/release")
    client.get(f"/progress/{sent.number}")


def test_the_list_a_case_was_opened_from_stays_one_click_away(app: Flask, coordinator: Client) -> None:
    sent = builders.submit(app)
    coordinator.get("/desk/lists/to-sort")
    coordinator.get(coordinator.page.one("a", **{"data-row": ""}).attrs["href"])
    given = {"lane": "ordinary", "unit": "household", "rule": "suggestion"}
    coordinator.submit(given, to="/accept")
    assert coordinator.location == f"/desk/cases/{sent.number}?list=to-sort"
    crumbs = coordinator.follow().one("nav", **{"class": "crumbs"})
    assert "/desk/lists/to-sort" in [link.attrs["href"] for link in crumbs.all("a")]


def test_a_case_sealed_at_triage_leads_back_to_the_list(app: Flask, coordinator: Client) -> None:
    sent = builders.submit(app)
    coordinator.get(f"/desk/cases/{sent.number}?list=to-sort")
    given = {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"}
    coordinator.submit(given, to="/accept")
    assert coordinator.location == "/desk/lists/to-sort"


@pytest.mark.parametrize("key", ["to-handle", "nonsense", "//example.org"])
def test_a_list_of_somebody_else_is_no_way_back(app: Flask, coordinator: Client, key: str) -> None:
    sent = builders.submit(app)
    page = coordinator.get(f"/desk/cases/{sent.number}?list={key}")
    assert not [node for node in page.all("a", "form") if key in node.attrs.get("href", "") + node.attrs.get("action", "")]


def test_the_summary_of_a_refused_form_names_the_field(app: Flask, coordinator: Client) -> None:
    sent = builders.submit(app)
    coordinator.get(f"/desk/cases/{sent.number}")
    coordinator.submit({"lane": "ordinary", "unit": "", "rule": "suggestion"}, 422, to="/accept")
    assert "承办单位：" in coordinator.page.one("div", **{"class": "error-summary"}).text


def test_whoever_comes_too_late_keeps_the_words_and_sees_no_codes(app: Flask, handler: Client) -> None:
    sent = builders.handling(app)
    handler.get(f"/desk/cases/{sent.number}")
    builders.act(app, sent, Action.DRAFT_ANSWER, builders.handler(app).actor, {"outcome": "done", "answer": DRAFT})
    handler.submit({"outcome": "not-possible", "answer": "我的另一份答复"}, 409, to="/draft_answer")
    assert "我的另一份答复" in handler.page.text
    assert "not-possible" not in handler.page.text


def test_the_next_step_names_the_office_that_takes_it(app: Flask, coordinator: Client, client: Client) -> None:
    report = builders.submit(app, category="misconduct", title="举报某人", text="内容")
    client.sign_in(builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline"))
    page = client.get(f"/desk/cases/{report.number}").text
    assert "纪检监察部门分类" in page and "走访办分类" not in page
    objected = builders.accepted(app)
    builders.act(app, objected, Action.OBJECT, builders.handler(app).actor, {"reason": "不归我们管"})
    for address in (f"/desk/cases/{objected.number}", "/desk/lists/to-sort"):
        assert "走访办裁定退办" in coordinator.get(address).text


def test_contact_details_can_be_opened_from_where_they_are_missed(app: Flask, handler: Client) -> None:
    page = handler.get(f"/desk/cases/{builders.handling(app, contact={'phone': '19900000001'}).number}")
    assert page.all("a", href="#open_contact-reason") and page.all("textarea", id="open_contact-reason")
    page = handler.get(f"/desk/cases/{builders.handling(app).number}")
    assert not page.all("a", href="#open_contact-reason")


def test_a_refused_change_of_an_account_keeps_what_was_chosen(app: Flask, client: Client) -> None:
    member = builders.handler(app)
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR, unit="technology"))
    address = f"/desk/staff/{member.id}"
    client.get(address)
    client.submit({"unit": "traffic", "roles": []}, 422, to=address)
    assert client.page.one("option", value="traffic").attrs.get("selected") is not None
    assert not [box for box in client.page.all("input", name="roles") if "checked" in box.attrs]


def test_the_portal_itself_goes_on_and_closes(app: Flask, client: Client, clock: Clock) -> None:
    waiting, answered, satisfied = builders.waiting(app), builders.answered(app), builders.rated(app, level=5)
    worker = app.test_cli_runner()
    assert "1 acts done" in worker.invoke(args=["worker", "--once"]).output  # satisfied: closed at once
    clock.forward(days=14)
    assert "1 acts done" in worker.invoke(args=["worker", "--once"]).output  # ten working days without a reply
    clock.forward(days=17)
    assert "1 acts done" in worker.invoke(args=["worker", "--once"]).output  # the thirty days for rating are over
    for sent, words in ((waiting, "办理中"), (answered, "已办结"), (satisfied, "已办结")):
        assert words in client.get(f"/progress/{sent.number}").text


def test_contact_details_go_half_a_year_after_the_end(app: Flask, client: Client, handler: Client, clock: Clock) -> None:
    contact, worker = {"phone": "19900000001"}, app.test_cli_runner()
    ended, running = builders.rated(app, level=5, contact=contact), builders.handling(app, contact=contact)
    worker.invoke(args=["worker", "--once"])
    clock.forward(days=180)
    assert "details of 0 cases" in worker.invoke(args=["worker", "--once"]).output
    clock.forward(days=1)
    assert "details of 1 cases" in worker.invoke(args=["worker", "--once"]).output
    handler.sign_in(builders.handler(app))
    assert not handler.get(f"/desk/cases/{ended.number}").all("form", action=f"/desk/cases/{ended.number}/open_contact")
    assert handler.get(f"/desk/cases/{running.number}").all("form", action=f"/desk/cases/{running.number}/open_contact")


def test_every_field_to_choose_from_has_choices(app: Flask) -> None:
    with app.test_request_context("/desk"):
        offered = {kind for kind, choices in field_choices().items() if choices}
    written = {FieldKind.LINE, FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE}
    asked = {field.kind for row in TABLE if row.by - {Role.AUTHOR, Role.SYSTEM} for field in row.fields}
    assert asked - written - offered == set()


def test_a_written_notice_that_is_due_first_is_not_called_the_answer(app: Flask, client: Client) -> None:
    sent = builders.accepted(app, unit="complaints", category="petition")
    client.sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints"))
    assert "书面受理告知" in client.get("/desk/lists/to-handle").one("tbody").text
    words = client.get(f"/desk/cases/{sent.number}").one("main").text
    assert "承诺答复" in words and "答复期限" not in words
