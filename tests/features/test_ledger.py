"""The uniform ledger: every case with the same columns, exported by the worker, sealed, recorded, gone after a day."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.casework import ledger as book
from portal.casework.ledger import Asked
from portal.casework.models import LedgerExport, LedgerPart
from portal.db import db, transaction
from portal.domain.codes import Action, Channel
from portal.domain.ledger import COLUMNS, ExportKind
from portal.domain.people import AUTHOR, Role
from portal.web.current import vault
from tests import builders
from tests.client import Client
from tests.conftest import Clock


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def work(app: Flask) -> str:
    done = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert done.exception is None, done.output
    return done.output


def exported(app: Flask, client: Client, kind: str, query: str = "") -> bytes:
    """The file, after the worker has come by."""
    client.get(f"/desk/ledger{query}")
    client.submit({"kind": kind}, to="/exports")
    address = client.location
    client.get(address)
    work(app)
    client.get(address)
    assert client.response is not None
    client.fetch(f"{address}/file")
    return client.response.data


def lines_of(data: bytes) -> list[list[str]]:
    assert data.startswith("\ufeff".encode())
    return list(csv.reader(StringIO(data.decode("utf-8-sig"))))


def test_a_line_tells_how_a_case_went(app: Flask, coordinator: Client, clock: Clock) -> None:
    sent = builders.rated(app, builders.answered(app, title="大厅没有引导牌"), level=2)
    page = coordinator.get("/desk/ledger")
    row = next(row for row in page.one("tbody").all("tr") if sent.number in row.text)
    cells = [cell.text for cell in row.all("td")]
    assert cells == [sent.number, "2026-09-07", "本网站", "一般工作问题", "建议", "大厅没有引导牌", "户政支队", "2026-09-14",
                     "已办好", "2026-09-07", "不满意", "应于2026年9月28日前完成", ""]


def test_remarks_name_what_was_not_smooth(app: Flask, coordinator: Client, clock: Clock) -> None:
    sent = builders.handling(app, channel=Channel.PHONE)
    office = builders.staff(app, Role.COORDINATOR).actor
    builders.act(app, sent, Action.SUPERVISE, office, {"level": "order", "order": "请抓紧"})
    builders.act(app, sent, Action.TRANSFER, office, {"unit": "traffic", "reason": "归交警"})
    clock.forward(days=14)
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    words = coordinator.get("/desk/ledger").one("tbody").text
    assert "电话" in words and "超期、已督办、再次分办" in words


@pytest.mark.parametrize(("query", "shown"), [
    ("",                                ["a", "b", "c"]),
    ("?unit=traffic",                   ["b"]),
    ("?category=complaint",             ["c"]),
    ("?lane=petition",                  []),
    ("?first=2026-10",                  ["c"]),
    ("?last=2026-09",                   ["a", "b"]),
    ("?first=2026-09&last=2026-10",     ["a", "b", "c"]),
    ("?first=nonsense&unit=no-such",    []),
])
def test_the_ledger_is_narrowed(app: Flask, coordinator: Client, clock: Clock, query: str, shown: list[str]) -> None:
    sent = {"a": builders.accepted(app), "b": builders.accepted(app, unit="traffic")}
    clock.forward(days=30)
    sent["c"] = builders.submit(app, category="complaint")
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    page = coordinator.get(f"/desk/ledger{query}")
    assert [name for name, each in sent.items() if each.number in page.text] == shown


def test_the_ledger_is_paged(app: Flask, coordinator: Client) -> None:
    numbers = [builders.submit(app).number for _each in range(53)]
    first = coordinator.get("/desk/ledger")
    second = coordinator.get(first.one("a", rel="next").attrs["href"])
    shown = [each for page in (first, second) for each in reversed(numbers) if f"/desk/cases/{each}" in page.source]
    assert shown == numbers[::-1]


def test_nobody_finds_in_the_ledger_what_they_may_not_read(app: Flask, browser_for: Callable[[], Client]) -> None:
    own, other = builders.accepted(app), builders.accepted(app, unit="traffic")
    report = builders.submit(app, category="misconduct", title="举报", text="举报内容")
    reads = {
        (Role.COORDINATOR, "outreach"): [own, other], (Role.HANDLER, "household"): [own], (Role.HANDLER, "traffic"): [other],
        (Role.INSPECTOR, "inspection"): [own, other], (Role.DISCIPLINE_OFFICER, "discipline"): [report]}
    for (role, unit), expected in reads.items():
        client = browser_for().sign_in(builders.staff(app, role, unit=unit))
        page = client.get("/desk/ledger").text
        assert [each for each in (own, other, report) if each.number in page] == expected, role
        table = lines_of(exported(app, client, "csv"))
        assert [row[0] for row in table[1:]] == [each.number for each in expected], role


@pytest.mark.parametrize(("role", "unit"), [(Role.EDITOR, "publicity"), (Role.ADMINISTRATOR, "technology")])
def test_whoever_works_on_no_cases_has_no_ledger(app: Flask, client: Client, role: Role, unit: str) -> None:
    client.sign_in(builders.staff(app, role, unit=unit)).get("/desk/ledger", 403)


def test_the_file_holds_the_whole_list_oldest_first(app: Flask, coordinator: Client) -> None:
    numbers = [builders.submit(app).number for _each in range(60)]
    table = lines_of(exported(app, coordinator, "csv"))
    assert len(table[0]) == len(COLUMNS) and table[0][0] == "编号"
    assert [row[0] for row in table[1:]] == numbers


def test_more_than_one_slice_is_gathered(app: Flask, coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "SLICE", 7)
    numbers = [builders.submit(app).number for _each in range(21)]
    assert [row[0] for row in lines_of(exported(app, coordinator, "csv"))[1:]] == numbers


@pytest.mark.parametrize("title", ["=1+1", "+86", "-2", "@SUM(A1)", "=HYPERLINK(\"http://x\")"])
def test_no_cell_of_a_csv_file_is_computed(app: Flask, coordinator: Client, title: str) -> None:
    builders.submit(app, title=title)
    assert lines_of(exported(app, coordinator, "csv"))[1][5] == f"'{title}"


def test_a_spreadsheet_holds_strings_and_no_formulas(app: Flask, coordinator: Client) -> None:
    builders.submit(app, title="=1+1")
    with ZipFile(BytesIO(exported(app, coordinator, "xlsx"))) as book_file:
        sheet = ElementTree.fromstring(book_file.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert sheet.findall(".//x:f", space) == []
    assert {cell.attrib.get("t") for cell in sheet.findall(".//x:c", space)} == {"inlineStr"}
    assert "=1+1" in "".join(sheet.itertext())


def test_progress_is_told_until_the_file_is_ready(app: Flask, coordinator: Client, clock: Clock) -> None:
    builders.submit(app)
    coordinator.get("/desk/ledger")
    coordinator.submit({"kind": "csv"}, to="/exports")
    address = coordinator.location
    waiting = coordinator.follow()
    assert waiting.all("meta", **{"http-equiv": "refresh"}) and "已汇集 0 行，共 1 行" in waiting.text
    clock.forward(minutes=4)
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    assert "后台程序可能没有运行" in coordinator.get(address).text
    work(app)
    ready = coordinator.get(address)
    assert not ready.all("meta", **{"http-equiv": "refresh"}) and "文件已生成" in ready.text


def test_one_export_at_a_time(app: Flask, coordinator: Client) -> None:
    builders.submit(app)
    for status in (303, 422):
        coordinator.get("/desk/ledger")
        coordinator.submit({"kind": "csv"}, status, to="/exports")
    assert "上一次导出还在生成" in coordinator.page.text


def test_an_export_is_its_owners_alone_and_goes_after_a_day(app: Flask, coordinator: Client, clock: Clock,
                                                           browser_for: Callable[[], Client]) -> None:
    builders.submit(app)
    exported(app, coordinator, "csv")
    address = "/desk/ledger/exports/1"
    browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="second")).fetch(f"{address}/file", 404)
    clock.forward(hours=25)
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    coordinator.fetch(f"{address}/file", 404)
    work(app)
    assert "文件已删除" in coordinator.get(address).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerPart)) == 0
    inspector = browser_for().sign_in(builders.staff(app, Role.INSPECTOR, unit="inspection"))
    row = inspector.get("/desk/ledger/exports").one("tbody").text
    assert "王晓明" in row and "2026-09-07 10:00" in row and "1" in row


def test_an_export_is_sealed_in_the_database(app: Flask, coordinator: Client) -> None:
    builders.submit(app, title="大厅没有引导牌")
    exported(app, coordinator, "csv")
    with app.app_context():
        parts = db.session.scalars(select(LedgerPart.data)).all()
        assert parts and not [part for part in parts if "大厅没有引导牌".encode() in part or b"2026-000001" in part]


def test_an_export_fails_when_the_rights_of_its_owner_change(app: Flask, coordinator: Client) -> None:
    builders.submit(app)
    coordinator.get("/desk/ledger")
    coordinator.submit({"kind": "csv"}, to="/exports")
    address = coordinator.location
    person = builders.staff(app, Role.COORDINATOR)
    with app.app_context(), transaction():
        db.session.execute(select(LedgerExport)).scalar_one().viewer = {"roles": ["inspector"], "unit": None, "charge": []}
    work(app)
    coordinator.sign_in(person).get(address, 404)
    with app.app_context():
        assert db.session.scalars(select(LedgerExport)).one().state == "failed"


def test_a_case_sealed_meanwhile_is_in_no_file(app: Flask, coordinator: Client) -> None:
    kept, sealed = builders.submit(app), builders.submit(app)
    coordinator.get("/desk/ledger")
    coordinator.submit({"kind": "csv"}, to="/exports")
    address = coordinator.location
    builders.act(app, sealed, Action.ACCEPT, builders.staff(app, Role.COORDINATOR).actor,
                 {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"})
    work(app)
    coordinator.fetch(f"{address}/file")
    assert coordinator.response is not None
    assert [row[0] for row in lines_of(coordinator.response.data)[1:]] == [kept.number]


def test_an_interrupted_export_goes_on_where_it_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "SLICE", 2)
    numbers = [builders.submit(app).number for _each in range(5)]
    actor = builders.staff(app, Role.COORDINATOR).actor
    now = app.config["PORTAL"].now
    with app.app_context():
        with transaction():
            export_id = book.order(Asked(), ExportKind.CSV, actor, language="zh", now=now, vault=vault())
        for _step in range(2):
            with transaction():
                book.gather(export_id, actor, vault(), now=now)
        with pytest.raises(RuntimeError), transaction():
            book.gather(export_id, actor, vault(), now=now)
            raise RuntimeError("pulled the plug")
        with transaction():
            done = book.gather(export_id, actor, vault(), now=now)
        assert done.state == "writing" and done.total == 5
        assert [line.number for line in book.gathered(export_id, vault())] == numbers


def test_a_paper_stands_in_the_month_it_came(app: Flask, coordinator: Client, clock: Clock) -> None:
    clock.at("2026-10-02 09:00")
    lain = builders.submit(app, channel=Channel.LETTER, received_on=clock.now.date().replace(month=9, day=28))
    coordinator.sign_in(builders.staff(app, Role.COORDINATOR))
    assert lain.number in coordinator.get("/desk/ledger?last=2026-09").text
    assert lain.number not in coordinator.get("/desk/ledger?first=2026-10").text


def test_a_disputed_case_says_so(app: Flask, coordinator: Client) -> None:
    builders.act(app, builders.answered(app), Action.DISPUTE, AUTHOR, {"reason": "没有解决"})
    assert "曾不认可" in coordinator.get("/desk/ledger").one("tbody").text
