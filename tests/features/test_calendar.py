"""The working calendar through pages: the public calculator, next year's notice entered whole or not at all, its effects."""

from datetime import date

import pytest
from flask import Flask

from portal.calendars import actions, queries
from portal.db import db, transaction
from portal.domain.errors import StaleError
from portal.domain.people import Role
from portal.web.current import calendar, content, terms
from tests import builders
from tests.client import Client
from tests.conftest import Clock
from tests.page import Page

# A notice as the State Council might word it for 2027; the weekdays are the true ones.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至12日（周五）放假调休，共8天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。
国务院办公厅
2026年11月4日"""


def enter(app: Flask, text: str = NOTICE, *, year: int = 2027, seen: int = 0) -> int:
    staff = builders.staff(app, Role.ADMINISTRATOR)
    with app.app_context():
        with transaction():
            version = actions.enter_year(year, text, calendar=calendar(), seen=seen, by=staff.id, now=terms().now)
        db.session.remove()
    return version


def due_after(app: Flask, start: str, days: int) -> str:
    with app.app_context():
        found = str(calendar().add_working_days(date.fromisoformat(start), days).day)
        db.session.remove()
    return found


def preview(client: Client, app: Flask, text: str = NOTICE, year: str = "2027", status: int = 200) -> Page:
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR))
    client.get("/desk/calendar")
    return client.submit({"year": year, "notice": text}, status, to="/desk/calendar")


def days(page: Page) -> list[str]:
    """The day list as lines: `2月14日 周六 第 2 天 · 春节调休上班`."""
    terms_, words = page.all("dt"), page.all("dd")
    return [f"{term.text} {word.text}" for term, word in zip(terms_, words, strict=True)]


# --- the public calculator --------------------------------------------------------------------------------------------

def test_a_due_date_explains_itself_over_spring_festival(client: Client) -> None:
    page = client.get("/calendar?from=2026-02-12&days=5&unit=working_days")
    assert "到期日：2026年2月26日，周四" in page.text
    assert days(page) == [
        "2月12日 周四 不计：起算当天", "2月13日 周五 第 1 天", "2月14日 周六 第 2 天 · 春节调休上班",
        "2月15日 周日 – 2月23日 周一 不计：春节", "2月24日 周二 第 3 天", "2月25日 周三 第 4 天",
        "2月26日 周四 第 5 天 · 到期日"]
    assert "暂定" not in page.all("section")[0].text


def test_a_due_date_explains_itself_over_national_day(client: Client) -> None:
    page = client.get("/calendar?from=2026-09-30&days=5&unit=working_days&lang=en")
    assert "It ends on Tuesday, 13 October 2026" in page.text
    assert days(page)[1:5] == [
        "Thu 1 Oct – Wed 7 Oct not counted: National Day", "Thu 8 Oct day 1", "Fri 9 Oct day 2",
        "Sat 10 Oct day 3 · worked in exchange for National Day"]


@pytest.mark.parametrize(("asked", "due"), [
    ("from=2026-09-18&days=5&unit=working_days",   "2026年9月24日"),
    ("from=2026-04-30&days=5&unit=working_days",   "2026年5月11日"),
    ("from=2025-09-26&days=5&unit=working_days",   "2025年10月10日"),
    ("from=2026-09-18&days=15&unit=calendar_days", "2026年10月8日"),
    ("from=2026-09-30&days=60&unit=calendar_days", "2026年11月30日"),
    ("from=2026-07-11&days=0&unit=working_days",   "2026年7月13日"),
    ("from=２０２６-09-18&days=５&unit=working_days", "2026年9月24日"),
])
def test_what_the_calculator_says(client: Client, asked: str, due: str) -> None:
    assert f"到期日：{due}" in client.get(f"/calendar?{asked}").text


def test_the_last_of_calendar_days_gives_way_and_the_page_says_so(client: Client) -> None:
    page = client.get("/calendar?from=2026-07-08&days=3&unit=calendar_days")
    assert "最后一日是休息日，顺延到下一个工作日。" in page.text
    assert days(page)[-3:] == ["7月11日 周六 第 3 天", "7月11日 周六 – 7月12日 周日 不计：周末", "7月13日 周一 到期日"]


def test_a_date_in_a_year_without_a_notice_is_provisional_everywhere(client: Client) -> None:
    page = client.get("/calendar?from=2026-12-30&days=3&unit=working_days")
    assert "2027年1月5日" in page.text and "这一天还可能变动" in page.text
    assert days(page)[1:] == [
        "12月31日 周四 第 1 天", "1月1日 周五 不计：元旦 以下暂定", "1月2日 周六 – 1月3日 周日 不计：周末",
        "1月4日 周一 第 2 天", "1月5日 周二 第 3 天 · 到期日"]


def test_a_thousand_days_stay_readable(client: Client) -> None:
    page = client.get("/calendar?from=2026-09-07&days=1000&unit=working_days")
    folds = [fold.text for fold in page.one("main").all("summary")]
    assert folds[0] == "2026年9月：计入 17 天，不计 6 天"
    assert len(page.source) < 120_000


def test_the_empty_form_offers_today_and_shows_this_year_and_the_next(client: Client) -> None:
    page = client.get("/calendar")
    assert page.one("input", id="from").attrs["value"] == "2026-09-07"
    tables = [table.one("caption").text for table in page.all("table")]
    assert tables == ["2026 年（国务院办公厅通知）", "2027 年（暂定：放假安排尚未公布，只列法定节日）"]
    assert "2月15日 周日 – 2月23日 周一（9 天）" in page.all("table")[0].text


@pytest.mark.parametrize(("asked", "field", "says"), [
    ("days=5&unit=working_days",                     "from", ""),
    ("from=&days=5&unit=working_days",               "from", ""),
    ("from=2026-02-30&days=5&unit=working_days",     "from", "2026-12-31"),
    ("from=2023-12-31&days=5&unit=working_days",     "from", "2024年1月1日"),
    ("from=2031-01-01&days=5&unit=working_days",     "from", "2030"),
    ("from=9999-12-31&days=5&unit=working_days",     "from", "2030"),
    ("from=2030-12-30&days=5&unit=working_days",     "days", "2030"),
    ("from=2026-09-07&days=-1&unit=working_days",    "days", "1,000"),
    ("from=2026-09-07&days=1001&unit=working_days",  "days", "1,000"),
    ("from=2026-09-07&days=a&unit=working_days",     "days", "1,000"),
    ("from=2026-09-07&days=&unit=working_days",      "days", "1,000"),
    ("from=2026-09-07&days=5&unit=weeks",            "unit", ""),
])
def test_a_question_that_cannot_be_answered_is_kept_and_told(client: Client, asked: str, field: str, says: str) -> None:
    page = client.get(f"/calendar?{asked}", 422)
    box = page.one(class_="error-summary")
    assert [link.attrs["href"] for link in box.all("a")] == [f"#{field}"]
    assert says in box.text
    for name in ("from", "days"):
        given = dict(part.partition("=")[::2] for part in asked.split("&")).get(name, "")
        assert page.one("input", id=name).attrs["value"] == given


def test_everything_wrong_is_told_at_once(client: Client) -> None:
    assert len(client.get("/calendar?from=x&days=x&unit=x", 422).errors) == 3


def test_the_page_is_kept_until_a_year_is_entered(client: Client, app: Flask) -> None:
    address = "/calendar?from=2027-02-04&days=1&unit=working_days"
    assert "2027年2月9日" in client.get(address).text
    tag = client.response.headers["ETag"] if client.response else ""
    client.fetch(address, 304, headers={"If-None-Match": tag})
    preview(client, app)
    client.submit(to="/desk/calendar/enter")
    page = client.get(address, headers={"If-None-Match": tag})
    assert "2027年2月14日，周日" in page.text and "这一天还可能变动" not in page.text


# --- entering a notice ------------------------------------------------------------------------------------------------

def test_a_notice_is_looked_at_first_and_then_entered(client: Client, app: Flask) -> None:
    page = preview(client, app)
    assert "2月5日 周五 – 2月12日 周五（8 天）" in page.text
    assert "未采用的行：1、9、10" in page.text
    assert due_after(app, "2027-02-04", 1) == "2027-02-09"  # nothing is entered yet
    client.submit(to="/desk/calendar/enter")
    page = client.follow()
    assert "2027 年日历已录入" in page.text
    assert "王晓明于2026年9月7日录入" in page.text
    assert due_after(app, "2027-02-04", 1) == "2027-02-14"


def test_a_notice_with_faults_is_refused_line_by_line_and_kept(client: Client, app: Flask) -> None:
    text = (NOTICE.replace("共8天", "共9天").replace("5月8日（周六）", "5月7日（周五）")
            .replace("1月1日（周五）", "1月1日（周四）"))
    page = preview(client, app, text, status=422)
    assert page.errors == [
        "第 2 行：2027年1月1日是周五，通知里写的是“周四”", "第 3 行：通知写共 9 天，按日期算是 8 天",
        "第 5 行：2027年5月7日是周五，本来就上班；只有周末才会调休上班"]
    assert page.one("textarea").text == " ".join(text.split())
    assert not page.all("form", action="/desk/calendar/enter")


def test_nothing_is_half_entered(client: Client, app: Flask) -> None:
    """Also where the check is passed by: a confirmation with a faulty text."""
    preview(client, app)
    faulty = NOTICE.replace("共8天", "共9天")
    page = client.submit({"notice": faulty}, 422, to="/desk/calendar/enter")
    assert page.errors and page.one("textarea").text == " ".join(faulty.split())
    with app.app_context():
        assert list(queries.history()) == []
        assert calendar() is content().calendar
        db.session.remove()


@pytest.mark.parametrize(("year", "text", "field"), [
    ("2027", "  \n ",           "notice"),
    ("2027", "元" * 20_001,      "notice"),
    ("2029", NOTICE,            "year"),
    ("",     NOTICE,            "year"),
    ("x",    NOTICE,            "year"),
])
def test_what_cannot_be_a_notice_is_refused(client: Client, app: Flask, year: str, text: str, field: str) -> None:
    page = preview(client, app, text, year, 422)
    assert [link.attrs["href"] for link in page.one(class_="error-summary").all("a")] == [f"#{field}"]
    assert len(page.one("textarea").text) == len(text.strip()) or text is NOTICE


def test_a_doubt_is_shown_and_does_not_refuse(client: Client, app: Flask) -> None:
    page = preview(client, app, NOTICE.replace("6月9日（周三）", "6月10日（周四）"))
    assert "2027年6月9日依法放假（端午节），但这里没有列为放假" in page.text
    client.submit(to="/desk/calendar/enter")


def test_the_second_administrator_is_told_and_may_then_replace_it(client: Client, app: Flask) -> None:
    other = NOTICE.replace("10月9日", "10月16日")
    preview(client, app, other)
    enter(app)
    page = client.submit(status=409, to="/desk/calendar/enter")
    assert "这一年刚刚被别人录入了" in page.text
    assert page.one("textarea").text == " ".join(other.split())
    client.submit(to="/desk/calendar/enter")
    assert "第 2 版" in client.follow().text
    with app.app_context():
        assert [(each.year, each.version) for each in queries.history()] == [(2027, 2), (2027, 1)]
        db.session.remove()
    assert due_after(app, "2027-10-15", 1) == "2027-10-16"
    assert due_after(app, "2027-10-08", 1) == "2027-10-11"


def test_the_same_notice_again_changes_nothing(app: Flask) -> None:
    assert enter(app) == 1
    assert enter(app, NOTICE + "\n", seen=1) == 1
    assert enter(app, seen=0) == 1
    with pytest.raises(StaleError):
        enter(app, NOTICE.replace("10月9日", "10月16日"), seen=0)


def test_a_late_change_replaces_the_year_of_the_file_and_the_desk_says_so(client: Client, app: Flask) -> None:
    lines = [f"{day},{kind},{name}" for day, (kind, name) in app.extensions["portal-content"].calendar.notices[2026].items()]
    changed = "\n".join(lines).replace("2026-10-10,workday", "2026-10-17,workday")
    preview(client, app, changed, "2026")
    client.submit(to="/desk/calendar/enter")
    assert "与随网站提供的文件有 2 天不同，以这里录入的为准" in client.follow().text
    assert due_after(app, "2026-10-09", 1) == "2026-10-12"
    assert "10月17日 周六" in client.get("/calendar").text


def test_how_many_open_cases_lean_on_the_year(client: Client, app: Flask, clock: Clock) -> None:
    clock.at("2026-12-28 10:00")
    builders.submit(app)
    builders.submit(app, category="petition")
    preview(client, app)
    client.submit(to="/desk/calendar/enter")
    assert "有 2 件在办件的承诺日期与它有关" in client.follow().text
    with app.app_context():
        assert [(each.year, each.version) for each in queries.to_recount()] == [(2027, 1)]
        db.session.remove()


def test_only_administrators_enter_calendars(client: Client, app: Flask) -> None:
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get("/desk/calendar", 403)
    for address in ("/desk/calendar", "/desk/calendar/enter"):
        client.post(address, {"year": "2027", "notice": NOTICE}, 403)


# --- what others see of it --------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("role", "warned", "link"), [
    (Role.ADMINISTRATOR, True, True), (Role.COORDINATOR, True, False), (Role.HANDLER, False, False),
    (Role.EDITOR, False, False)])
def test_from_november_on_the_desk_misses_the_notice(client: Client, app: Flask, clock: Clock, role: Role, warned: bool,
                                                     link: bool) -> None:
    client.sign_in(builders.staff(app, role))
    home = {Role.ADMINISTRATOR: "/desk/staff", Role.EDITOR: "/desk/articles"}.get(role, "/desk/lists/open")
    words = "2027 年的放假安排尚未录入"
    clock.at("2026-10-31 10:00")
    assert words not in client.get(home).text
    clock.at("2026-11-01 10:00")
    page = client.get(home)
    assert (words in page.text) is warned
    assert any(each.text == "现在录入" for each in page.all("a")) is link
    enter(app)
    assert words not in client.get(home).text


def test_a_promise_into_next_year_is_provisional_on_receipt_and_page(client: Client, app: Flask, clock: Clock) -> None:
    clock.at("2026-12-30 10:00")
    client.get("/opinions/new?category=suggestion")
    client.submit({"text": "大厅门口没有引导牌。"}, to="/opinions/new")
    receipt = client.follow()
    assert "2027年1月7日（暂定）" in receipt.text.replace(" ", "").replace("前", "")
    number = next(word for word in receipt.one(class_="slip-number").text.split() if word[0] == "2")
    assert "（暂定）" in client.get(f"/progress/{number}").text
    enter(app)
    assert "（暂定）" not in client.get(f"/progress/{number}").text


def test_a_promise_within_this_year_is_not_provisional(client: Client) -> None:
    client.get("/opinions/new?category=suggestion")
    client.submit({"text": "大厅门口没有引导牌。"}, to="/opinions/new")
    assert "暂定" not in client.follow().text


def test_new_promises_follow_the_entered_year(app: Flask, clock: Clock, client: Client) -> None:
    enter(app)
    clock.at("2027-02-03 10:00")
    builders.submit(app)
    assert "2027年2月17日" in client.get("/progress").text  # with the two worked weekend days, without the eight off


# --- counting promises anew -------------------------------------------------------------------------------------------

def work(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0


def promised(client: Client, number: str) -> str:
    """The promised day as the public page of the case says it."""
    return next(fact.text for fact in client.get(f"/progress/{number}").all("dd") if "2027年" in fact.text).split()[0]


def test_the_worker_counts_promises_anew_and_says_so_in_the_case(app: Flask, client: Client, clock: Clock) -> None:
    clock.at("2027-02-03 10:00")
    number = builders.submit(app).number
    assert promised(client, number) == "2027年2月12日（暂定）"
    enter(app)
    work(app)
    assert promised(client, number) == "2027年2月17日"
    assert "2027年2月17日" in client.page.one(class_="timeline").text
    with app.app_context():
        assert list(queries.to_recount()) == []
        db.session.remove()
    work(app)
    assert client.get(f"/progress/{number}").one(class_="timeline").text.count("2027年2月17日") == 1


def test_a_promise_is_never_shortened(app: Flask, client: Client, clock: Clock) -> None:
    """A calendar that makes the time shorter leaves the day that was told."""
    enter(app)
    clock.at("2027-02-03 10:00")
    number = builders.submit(app).number
    assert promised(client, number) == "2027年2月17日"
    enter(app, NOTICE.replace("至12日（周五）放假调休，共8天", "至8日（周一）放假调休，共4天"), seen=1)
    work(app)
    assert promised(client, number) == "2027年2月17日"


def test_cases_that_do_not_lean_on_the_year_are_left_alone(app: Flask, client: Client, clock: Clock) -> None:
    number = builders.submit(app).number
    enter(app)
    before = client.get(f"/progress/{number}").one(class_="timeline").text
    work(app)
    assert client.get(f"/progress/{number}").one(class_="timeline").text == before
