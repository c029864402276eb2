"""Work lists: narrowed by filters, kept under names, the same number of SQL statements however many cases there are."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from portal.accounts import actions as accounts
from portal.accounts.queries import Staff
from portal.casework import work_lists
from portal.casework.models import CaseRecord, EventRecord
from portal.casework.work_lists import WORK_LISTS
from portal.db import db, transaction
from portal.domain.codes import Action, Channel
from portal.domain.people import Role
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock

MOST = 11  # statements: who asks, who could act, counts, ids, rows, how many, kept filters, four that come before any page


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def shown(client: Client, sent: Mapping[str, Sent], query: str, key: str = "open") -> list[str]:
    page = client.get(f"/desk/lists/{key}?{query}")
    return [name for name, each in sent.items() if f"/desk/cases/{each.number}?" in page.source]


@pytest.mark.parametrize(("query", "expected"), [
    ("",                                    ["a", "b", "c", "d"]),
    ("unit=traffic",                        ["b"]),
    ("category=complaint",                  ["c"]),
    ("category=suggestion&unit=household",  ["a", "d"]),
    ("district=hexi",                       ["b"]),
    ("lane=petition",                       []),
    ("lane=ordinary",                       ["a", "b", "c", "d"]),
    ("channel=phone",                       ["d"]),
    ("due_until=2026-09-11",                ["c"]),
    ("due_until=2026-09-14",                ["a", "b", "c", "d"]),
    ("due_until=nonsense&lane=nonsense",    ["a", "b", "c", "d"]),
])
def test_a_list_is_narrowed(app: Flask, coordinator: Client, query: str, expected: list[str]) -> None:
    sent = {"a": builders.accepted(app), "b": builders.accepted(app, unit="traffic", district="hexi"),
            "c": builders.submit(app, category="complaint"), "d": builders.accepted(app, channel=Channel.PHONE)}
    assert shown(coordinator, sent, query) == expected


def test_chips_take_one_filter_away_at_a_time(app: Flask, coordinator: Client) -> None:
    sent = {"a": builders.accepted(app), "b": builders.accepted(app, unit="traffic")}
    page = coordinator.get("/desk/lists/open?unit=traffic&category=suggestion")
    chips = {chip.text: chip.attrs["href"] for chip in page.all("a", class_="chip")}
    assert set(chips) == {"去掉筛选条件： 建议", "去掉筛选条件： 交警支队"}
    assert shown(coordinator, sent, chips["去掉筛选条件： 交警支队"].split("?")[1]) == ["a", "b"]


def test_the_head_counts_what_the_filters_left(app: Flask, coordinator: Client) -> None:
    for unit in ("household", "household", "traffic"):
        builders.accepted(app, unit=unit)
    assert coordinator.get("/desk/lists/open?unit=household").one("span", class_="list-count").text == "2"


def test_filters_hold_on_the_next_page(app: Flask, coordinator: Client) -> None:
    own = [builders.accepted(app).number for _each in range(27)]
    other = builders.accepted(app, unit="traffic").number
    first = coordinator.get("/desk/lists/open?unit=household")
    second = coordinator.get(first.one("a", rel="next").attrs["href"])
    both = first.source + second.source
    assert [each for each in own if each in both] == own and other not in both


# --- kept filters -----------------------------------------------------------------------------------------------------

def keep(client: Client, name: str, status: int = 303) -> None:
    client.get("/desk/lists/open?unit=traffic")
    client.submit({"name": name}, status, to="/filters")


def test_a_filter_is_kept_found_in_the_menu_renamed_and_deleted(app: Flask, coordinator: Client) -> None:
    sent = {"a": builders.accepted(app), "b": builders.accepted(app, unit="traffic")}
    keep(coordinator, "交警在办")
    link = coordinator.follow().all("a", **{"aria-current": "page"})[0]
    assert link.text == "交警在办"
    assert shown(coordinator, sent, link.attrs["href"].split("?")[1]) == ["b"]
    coordinator.get("/desk/filters")
    coordinator.submit({"name": "交警"}, to="/filters/1")
    assert "交警在办" not in coordinator.follow().text
    coordinator.submit(to="/filters/1/delete")
    assert "您还没有保存筛选条件" in coordinator.follow().text


@pytest.mark.parametrize(("name", "fault"), [("", "还没有填"), ("交警", "已被使用"), ("长" * 41, "太长")])
def test_a_filter_needs_a_name_of_its_own(app: Flask, coordinator: Client, name: str, fault: str) -> None:
    keep(coordinator, "交警")
    keep(coordinator, name, 422)
    assert fault in coordinator.page.one("div", class_="error-summary").text


def test_kept_filters_are_ones_own(app: Flask, coordinator: Client, browser_for: Callable[[], Client]) -> None:
    keep(coordinator, "交警")
    other = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="second"))
    assert "您还没有保存筛选条件" in other.get("/desk/filters").text
    other.post("/desk/filters/1", {"name": "我的"}, 404)
    other.post("/desk/filters/1/delete", status=404)


def test_nobody_keeps_more_than_twenty(app: Flask, coordinator: Client) -> None:
    for number in range(20):
        keep(coordinator, f"第{number}个")
    keep(coordinator, "再一个", 422)


# --- cases with nobody ------------------------------------------------------------------------------------------------

def everybody(app: Flask) -> None:
    for unit in ("household", "traffic"):
        builders.handler(app, unit)
        builders.reviewer(app, unit)


def orphans(client: Client, sent: Mapping[str, Sent]) -> list[str]:
    return shown(client, sent, "", "orphans")


def test_a_unit_without_handler_leaves_orphans(app: Flask, coordinator: Client) -> None:
    everybody(app)
    sent = {"own": builders.handling(app), "traffic": builders.accepted(app, unit="traffic")}
    assert orphans(coordinator, sent) == []
    close(app, builders.handler(app, "traffic"))
    assert orphans(coordinator, sent) == ["traffic"]


def test_a_draft_whose_only_other_reviewer_left_is_an_orphan(app: Flask, coordinator: Client) -> None:
    everybody(app)
    both = builders.staff(app, Role.HANDLER, Role.REVIEWER, unit="household", login="both")
    sent = {"mine": builders.handling(app), "theirs": builders.drafted(app)}
    given = {"outcome": "done", "answer": "引导牌已经装好，谢谢您。"}
    builders.act(app, sent["mine"], Action.DRAFT_ANSWER, both.actor, given)
    assert orphans(coordinator, sent) == []
    close(app, builders.reviewer(app))
    assert orphans(coordinator, sent) == ["mine"]


def test_a_dissolved_unit_breaks_no_page_and_its_cases_can_be_handed_on(app: Flask, coordinator: Client) -> None:
    everybody(app)
    sent = builders.answered(app), builders.handling(app)
    dissolve(app, "household", "old-station")
    assert orphans(coordinator, {"answered": sent[0], "handling": sent[1]}) == ["handling"]
    for address in ("/desk/lists/open?unit=old-station", "/desk/lists/ended", "/desk/ledger", "/desk/search?q=引导牌",
                    *(f"/desk/cases/{each.number}{page}" for each in sent for page in ("", "/file", "/file?level=public")),
                    f"/progress/{sent[1].number}", "/progress"):
        coordinator.get(address)
    coordinator.get(f"/desk/cases/{sent[1].number}")
    coordinator.submit({"unit": "traffic", "reason": "原单位已撤销"}, to="/transfer")
    assert "old-station" in coordinator.follow().text
    assert orphans(coordinator, {"handling": sent[1]}) == []


@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER])
def test_orphans_are_not_a_list_for_units(app: Flask, client: Client, role: Role) -> None:
    client.sign_in(builders.staff(app, role, unit="household")).get("/desk/lists/orphans", 404)


def close(app: Flask, person: Staff) -> None:
    with app.app_context(), transaction():
        accounts.change(person.id, by=0, unit=person.unit, roles=person.roles, active=False)


def dissolve(app: Flask, unit: str, name: str) -> None:
    """Cases of a unit that content no longer knows."""
    with app.app_context(), transaction():
        for record in db.session.query(CaseRecord).where(CaseRecord.unit == unit):
            record.unit, record.state = name, {**record.state, "unit": name}
        for event in db.session.query(EventRecord):
            if event.changes.get("unit") == unit:
                event.changes = {**event.changes, "unit": name}


# --- statements -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("key", [each.key for each in WORK_LISTS])
def test_a_list_costs_the_same_statements_with_one_case_and_with_many(app: Flask, client: Client, clock: Clock,
                                                                      key: str) -> None:
    everyone = [role for role in Role if role in work_lists._ALL]
    person = builders.staff(app, *everyone, unit="household", login="everything", charge=["household", "traffic"])
    client.sign_in(person)
    client.get(f"/desk/lists/{key}", statements=MOST)
    few = len(client.watch.statements)
    for _each in range(3):
        builders.drafted(app)
        builders.waiting(app)
        builders.published(app)
        builders.submit(app, suspicious=True)
    client.get(f"/desk/lists/{key}?category=suggestion", statements=MOST)
    assert len(client.watch.statements) <= few + 1  # the count of the narrowed list
