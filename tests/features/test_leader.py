# ruff: noqa: E501 - a table is read in aligned columns
"""The desk of whoever answers for units: every number leads to its cases, topics that repeat warn, and nobody reads beyond."""

import re

import pytest
from flask import Flask

from portal.accounts.queries import Staff
from portal.domain.codes import Action
from portal.domain.people import AUTHOR, Role
from tests import builders
from tests.builders import Sent
from tests.client import Client
from tests.conftest import Clock
from tests.page import Page

COLUMNS = ("open", "late", "very_late", "waiting", "low_rated", "disputed", "extensions")
STATEMENTS = 12  # the person, the menu with its counts, the numbers, the warnings; however many units and cases there are


def leader(app: Flask, *charge: str) -> Staff:
    """A responsible leader of these units."""
    return builders.staff(app, Role.LEADER, unit="office", login=f"leader.{'.'.join(charge)}"[:40], charge=charge)


def numbers(page: Page, unit: str) -> dict[str, str]:
    """The line of a unit, without noughts."""
    row = next(tr for tr in page.all("tr") if tr.all("td") and tr.all("td")[0].text == unit)
    return {name: cell.text.split()[-1] for name, cell in zip(COLUMNS, row.all("td")[1:], strict=True) if cell.text != "0"}


def units(page: Page) -> list[str]:
    return [tr.all("td")[0].text for tr in page.all("tr") if tr.all("td")]


def warnings(page: Page) -> list[str]:
    return [item.text for item in page.one("main").all("ul")[-1].all("li")] if "没有哪个单位" not in page.text else []


@pytest.fixture
def city(app: Flask, clock: Clock) -> dict[str, Sent]:
    """Cases of two units on Tuesday, 22 September 2026."""
    clock.at("2026-09-01 09:00")
    made = {"very_late": builders.handling(app), "other": builders.handling(app, unit="traffic")}
    clock.at("2026-09-10 09:00")
    made |= {"late": builders.handling(app), "low": builders.rated(app, level=1), "good": builders.rated(app, level=4),
             "disputed": builders.answered(app)}
    clock.at("2026-09-21 09:00")
    builders.act(app, made["disputed"], Action.DISPUTE, AUTHOR, {"reason": "还没有解决。"})
    made |= {"waiting": builders.waiting(app), "extended": builders.handling(app)}
    builders.act(app, made["extended"], Action.REQUEST_EXTENSION, builders.handler(app).actor, {"reason": "需要实地核查。"})
    clock.at("2026-09-22 09:00")
    return made


# --- the numbers ------------------------------------------------------------------------------------------------------

def test_a_leader_sees_the_units_in_charge_alone(client: Client, app: Flask, city: dict[str, Sent]) -> None:
    page = client.sign_in(leader(app, "household", "order")).get("/desk/leader")
    assert units(page) == ["户政支队", "治安支队"]
    assert numbers(page, "户政支队") == {"open": "5", "late": "2", "very_late": "1", "waiting": "1", "low_rated": "1",
                                         "disputed": "1", "extensions": "1"}
    assert numbers(page, "治安支队") == {}


@pytest.mark.parametrize(("role", "address"), [
    (Role.COORDINATOR, "/desk/overview"), (Role.INSPECTOR, "/desk/overview"), (Role.INSPECTOR, "/desk/leader")])
def test_the_office_and_inspectors_see_every_unit(client: Client, app: Flask, city: dict[str, Sent], role: Role, address: str) -> None:
    page = client.sign_in(builders.staff(app, role)).get(address)
    assert numbers(page, "户政支队")["open"] == "5" and numbers(page, "交警支队") == {"open": "1", "late": "1", "very_late": "1"}
    assert len(units(page)) > 10


@pytest.mark.parametrize(("column", "found"), [
    ("open",       "very_late late waiting extended disputed"),
    ("late",       "very_late late"),
    ("very_late",  "very_late late"),  # the list of late cases, which begins with them
    ("waiting",    "waiting"),
    ("low_rated",  "low"),
    ("disputed",   "disputed"),
    ("extensions", "extended"),
])
def test_every_number_leads_to_its_cases(client: Client, app: Flask, city: dict[str, Sent], column: str, found: str) -> None:
    page = client.sign_in(leader(app, "household", "order")).get("/desk/leader")
    row = next(tr for tr in page.all("tr") if tr.text.startswith("户政支队"))
    cell = row.all("td")[1 + COLUMNS.index(column)]
    behind = client.get(cell.one("a").attrs["href"]).one("main")
    shown = re.findall(r"2026-\d{6}", " ".join(each.text for each in behind.all("tr")))
    assert {name for name, sent in city.items() if sent.number in shown} == set(found.split())
    if column == "very_late":
        assert shown[0] == city["very_late"].number


def test_bad_ratings_of_long_ago_are_not_counted(client: Client, app: Flask, city: dict[str, Sent], clock: Clock) -> None:
    clock.at("2026-12-08 09:00")  # the answer is 89 days old
    client.sign_in(leader(app, "household"))
    assert numbers(client.get("/desk/leader"), "户政支队")["low_rated"] == "1"
    clock.at("2026-12-09 09:00")
    assert "low_rated" not in numbers(client.get("/desk/leader"), "户政支队")
    assert city["low"].number not in client.get("/desk/lists/low-rated").text


def test_a_case_about_a_unit_is_not_counted_for_whoever_is_in_charge_of_it(client: Client, app: Flask) -> None:
    sent = builders.submit(app, category="complaint")
    given = {"lane": "ordinary", "unit": "order", "rule": "complaint", "complained_of": "household"}
    builders.act(app, sent, Action.ACCEPT, builders.staff(app, Role.COORDINATOR).actor, given)
    page = client.sign_in(leader(app, "household", "order")).get("/desk/leader")
    assert numbers(page, "户政支队") == {} and numbers(page, "治安支队") == {}
    page = client.sign_in(leader(app, "order")).get("/desk/leader")
    assert numbers(page, "治安支队") == {"open": "1"}


def test_a_report_of_misconduct_is_in_no_number(client: Client, app: Flask) -> None:
    officer = builders.staff(app, Role.DISCIPLINE_OFFICER, Role.COORDINATOR, Role.INSPECTOR, unit="discipline")
    sealed = builders.submit(app, category="misconduct")
    given = {"lane": "misconduct", "unit": "household", "rule": "misconduct"}
    builders.act(app, sealed, Action.ACCEPT, officer.actor, given)
    page = client.sign_in(officer).get("/desk/overview")
    assert numbers(page, "户政支队") == {}


@pytest.mark.parametrize(("role", "address"), [
    (Role.HANDLER, "/desk/leader"), (Role.REVIEWER, "/desk/overview"), (Role.COORDINATOR, "/desk/leader"),
    (Role.LEADER, "/desk/overview"), (Role.HANDLER, "/desk/warnings"), (Role.ADMINISTRATOR, "/desk/overview"),
    (Role.DISCIPLINE_OFFICER, "/desk/warnings")])
def test_the_pages_are_for_those_who_answer_for_units(client: Client, app: Flask, role: Role, address: str) -> None:
    charge = ["household"] if role is Role.LEADER else ()
    client.sign_in(builders.staff(app, role, charge=charge)).get(address, status=403)


def test_a_unit_that_was_dissolved_is_there_as_long_as_it_has_cases(client: Client, app: Flask, city: dict[str, Sent]) -> None:
    client.sign_in(leader(app, "household", "traffic"))
    gone = app.extensions["portal-content"].units.pop("traffic")
    try:
        page = client.get("/desk/leader")
    finally:
        app.extensions["portal-content"].units["traffic"] = gone
    assert units(page) == ["户政支队", "traffic"] and numbers(page, "traffic")["open"] == "1"


# --- early warning ----------------------------------------------------------------------------------------------------

def repeated(app: Flask, times: int, **changes: object) -> list[Sent]:
    return [builders.accepted(app, **{"category": "complaint", "service": "id-card-renewal", **changes}) for _ in range(times)]


def test_a_topic_that_repeats_at_one_unit_warns_with_the_cases_behind_it(client: Client, app: Flask) -> None:
    behind = repeated(app, 5)
    others = [*repeated(app, 4, unit="order"), *repeated(app, 4, service="residence-permit")]
    for person, address in ((leader(app, "household"), "/desk/leader"), (builders.staff(app, Role.COORDINATOR), "/desk/overview")):
        page = client.sign_in(person).get(address)
        assert len(warnings(page)) == 1
        assert warnings(page)[0].startswith("户政支队：服务投诉 · ") and "近 30 天 5 件，以前每 30 天约 0 件" in warnings(page)[0]
        page = client.get("/desk/warnings")
        shown = re.findall(r"2026-\d{6}", page.one("main").text)
        assert set(shown) == {sent.number for sent in behind}
        assert not set(shown) & {sent.number for sent in others}
        client.get(f"/desk/cases/{behind[0].number}")


def test_without_a_service_the_district_makes_the_topic(client: Client, app: Flask) -> None:
    repeated(app, 5, service=None, district="hexi")
    repeated(app, 4, service=None, district="hedong")
    page = client.sign_in(builders.staff(app, Role.COORDINATOR)).get("/desk/overview")
    assert [each.split(" 近 30 ")[0] for each in warnings(page)] == ["户政支队：服务投诉 · 河西区"]


def test_with_a_service_the_district_does_not_matter(client: Client, app: Flask) -> None:
    repeated(app, 3, district="hexi")
    repeated(app, 2, district="hedong")
    page = client.sign_in(builders.staff(app, Role.COORDINATOR)).get("/desk/overview")
    assert len(warnings(page)) == 1


def test_much_that_was_always_much_does_not_warn(client: Client, app: Flask, clock: Clock) -> None:
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    clock.at("2026-06-01 09:00")
    repeated(app, 8)
    clock.at("2026-08-25 09:00")
    repeated(app, 5)
    assert warnings(client.get("/desk/overview")) == []
    repeated(app, 1)
    assert "近 30 天 6 件，以前每 30 天约 2.7 件" in warnings(client.get("/desk/overview"))[0]


def test_what_came_long_ago_does_not_warn_any_more(client: Client, app: Flask, clock: Clock) -> None:
    repeated(app, 5)
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    clock.at("2026-10-06 23:00")  # the thirtieth day
    assert len(warnings(client.get("/desk/overview"))) == 1
    clock.at("2026-10-07 00:10")
    assert warnings(client.get("/desk/overview")) == []


def test_praise_does_not_warn(client: Client, app: Flask) -> None:
    repeated(app, 6, category="praise")
    page = client.sign_in(builders.staff(app, Role.COORDINATOR)).get("/desk/warnings")
    assert "没有哪个单位" in page.text


def test_cases_about_a_unit_are_not_counted(client: Client, app: Flask) -> None:
    coordinator = builders.staff(app, Role.COORDINATOR)
    for _ in range(5):
        sent = builders.submit(app, category="complaint", service="id-card-renewal")
        given = {"lane": "ordinary", "unit": "order", "rule": "complaint", "complained_of": "household"}
        builders.act(app, sent, Action.ACCEPT, coordinator.actor, given)
    assert "没有哪个单位" in client.sign_in(coordinator).get("/desk/warnings").text


def test_somebody_who_left_a_case_does_not_silence_a_warning(client: Client, app: Flask) -> None:
    sent = repeated(app, 5)[0]
    builders.act(app, sent, Action.RECUSE, builders.handler(app).actor, {"reason": "与当事人是亲戚。"})
    coordinator = builders.staff(app, Role.COORDINATOR)
    assert sent.number in client.sign_in(coordinator).get("/desk/warnings").text


def test_complaints_officers_are_warned_of_petitions_alone(client: Client, app: Flask) -> None:
    petitions = repeated(app, 5, category="enforcement", unit="legal", service=None)
    ordinary = repeated(app, 5)
    client.sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit="legal"))
    shown = client.get("/desk/warnings").one("main").text
    assert all(sent.number in shown for sent in petitions) and not any(sent.number in shown for sent in ordinary)


def test_of_many_cases_the_newest_are_shown(client: Client, app: Flask) -> None:
    sent = repeated(app, 23)
    page = client.sign_in(builders.staff(app, Role.COORDINATOR)).get("/desk/warnings")
    shown = re.findall(r"2026-\d{6}", page.one("main").text)
    assert shown == [each.number for each in reversed(sent[3:])] and "列出最新的 20 件" in page.text


def test_the_number_of_statements_does_not_grow(client: Client, app: Flask, city: dict[str, Sent]) -> None:
    for address in ("/desk/leader", "/desk/warnings"):
        counted = []
        for charge in (("household",), ("household", "traffic", "order", "vehicle")):
            client.sign_in(leader(app, *charge)).get(address, statements=STATEMENTS)
            counted.append(len(client.watch.statements))
        repeated(app, 6)
        repeated(app, 6, unit="traffic")
        client.get(address, statements=STATEMENTS)
        assert counted[0] == counted[1] and len(client.watch.statements) <= counted[0] + 2


def test_the_pages_are_there_in_english(client: Client, app: Flask, city: dict[str, Sent]) -> None:
    repeated(app, 5)
    client.sign_in(leader(app, "household"))
    assert "5 cases in 30 days; before, about 0 in 30 days." in client.get("/desk/leader?lang=en").text
    assert client.get("/desk/warnings?lang=en").h1 == "Early warning"


def test_the_menu_leads_there(client: Client, app: Flask) -> None:
    for role, address in ((Role.LEADER, "/desk/leader"), (Role.COORDINATOR, "/desk/overview"), (Role.INSPECTOR, "/desk/overview"),
                          (Role.COMPLAINTS_OFFICER, "/desk/warnings")):
        page = client.sign_in(builders.staff(app, role, charge=["household"] if role is Role.LEADER else ())).get("/desk/lists/open")
        assert address in [link.attrs["href"] for link in page.all("a")]
