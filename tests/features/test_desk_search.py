"""Search at the desk: by number, in published texts, in the sealed words of the newest cases; never beyond one's own."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.casework import finding
from portal.domain.codes import Action
from portal.domain.people import Role
from tests import builders
from tests.client import Client

MOST = 11  # statements


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


@pytest.mark.parametrize("q", ["2026-000001", "２０２６－０００００１", " 2026-000001 "])
def test_a_case_is_found_by_its_number(app: Flask, coordinator: Client, q: str) -> None:
    sent, other = builders.submit(app), builders.submit(app)
    page = coordinator.get(f"/desk/search?q={q}").text
    assert sent.number in page and other.number not in page


@pytest.mark.parametrize(("q", "found"), [
    ("电动自行车", True), ("拐角处", True), ("停放 拐角", True), ("停放 门诊", False), ("门诊", False), ("%", False),
])
def test_a_case_is_found_by_the_words_of_its_author(app: Flask, coordinator: Client, q: str, found: bool) -> None:
    sent = builders.submit(app, title="电动自行车停放", text="拐角处停满了车。")
    builders.submit(app)
    assert (sent.number in coordinator.get("/desk/search", statements=MOST).text) is False
    assert (sent.number in coordinator.get(f"/desk/search?q={q}", statements=MOST).text) is found


def test_beyond_the_newest_cases_only_published_words_are_found(app: Flask, coordinator: Client,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "LOOKED_INTO", 1)
    public = builders.published(app, title="公开的标题", text="拐角处停满了车。")
    sealed = builders.submit(app, text="拐角处停满了车。")
    newest = builders.submit(app)
    page = coordinator.get("/desk/search?q=拐角处").text
    assert public.number in page and sealed.number not in page and newest.number not in page


def test_only_so_many_are_shown_and_that_is_said(app: Flask, coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 3)
    numbers = [builders.submit(app, text="拐角处停满了车。").number for _each in range(5)]
    page = coordinator.get("/desk/search?q=拐角处").text
    assert [each for each in numbers if each in page] == numbers[2:]
    assert "请多输入一个词" in page


@pytest.mark.parametrize(("role", "unit", "finds"), [
    (Role.COORDINATOR,        "outreach",   ["own", "other"]),
    (Role.INSPECTOR,          "inspection", ["own", "other"]),
    (Role.HANDLER,            "household",  ["own"]),
    (Role.REVIEWER,           "traffic",    ["other"]),
    (Role.HANDLER,            "discipline", []),
    (Role.COMPLAINTS_OFFICER, "complaints", []),
    (Role.DISCIPLINE_OFFICER, "discipline", ["report"]),
])
@pytest.mark.parametrize("by", ["words", "number"])
def test_nobody_finds_what_they_may_not_read(app: Flask, client: Client, role: Role, unit: str, finds: list[str],
                                             by: str) -> None:
    sent = {"own": builders.accepted(app, text="拐角处停满了车。"),
            "other": builders.published(app, unit="traffic", title="拐角处", text="拐角处停满了车。"),
            "report": builders.submit(app, category="misconduct", title="举报", text="拐角处停满了车。")}
    client.sign_in(builders.staff(app, role, unit=unit))
    asked = {name: "拐角处" if by == "words" else each.number for name, each in sent.items()}
    found = [name for name, q in asked.items()
             if f"/desk/cases/{sent[name].number}" in client.get(f"/desk/search?q={q}").source]
    assert found == finds


def test_a_person_who_left_a_case_does_not_find_it(app: Flask, client: Client) -> None:
    sent, person = builders.handling(app), builders.handler(app)
    builders.act(app, sent, Action.RECUSE, person.actor, {"reason": "与反映人是亲属"})
    assert sent.number not in client.sign_in(person).get(f"/desk/search?q={sent.number}").one("main").text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_whoever_works_on_no_cases_cannot_search_them(app: Flask, client: Client, role: Role) -> None:
    client.sign_in(builders.staff(app, role, unit="technology")).get("/desk/search?q=引导牌", 403)


def test_every_page_of_the_desk_has_the_box(app: Flask, coordinator: Client) -> None:
    for address in ("/desk/lists/open", "/desk/ledger"):
        assert coordinator.get(address).one("form", action="/desk/search").one("input", name="q")
