"""The monthly draw: bound to a seed beforehand, made once, and made again by anyone from what is published."""

import csv
import io
import re
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.casework import draws
from portal.casework.models import Draw
from portal.casework.queries import get_case
from portal.db import db, transaction
from portal.domain.case import Case
from portal.domain.codes import Action
from portal.domain.people import AUTHOR, SYSTEM, Role
from portal.vault.box import Keyring, SealError
from portal.web.current import terms, vault
from portal.worker.drawing import draw_due
from tests import builders
from tests.client import Client
from tests.conftest import Clock
from tests.page import Page


def work(app: Flask) -> int:
    """One round of the worker."""
    with app.app_context():
        done = draw_due()
        db.session.remove()
    return done


def case_of(app: Flask, number: str) -> Case:
    with app.app_context():
        case = get_case(number, SYSTEM, vault(), now=terms().now).case
        db.session.remove()
    return case


def record_of(app: Flask, month: str) -> Draw:
    with app.app_context():
        found = db.session.get_one(Draw, month)
        db.session.expunge(found)
        db.session.remove()
    return found


def shown(page: Page, term: str) -> str:
    """The words beside a term of the page."""
    return next(dd.text for dt, dd in zip(page.all("dt"), page.all("dd"), strict=True) if dt.text == term)


@pytest.fixture
def october(app: Flask, clock: Clock) -> list[str]:
    """Seven cases of one unit and two of another, answered within a month whose seed had been fixed before."""
    work(app)
    clock.at("2026-10-12 09:00")
    return [builders.answered(app, unit=unit).number for unit in ["household"] * 7 + ["traffic"] * 2]


@pytest.fixture
def drawn(app: Flask, clock: Clock, october: list[str]) -> list[str]:
    """The same after the month."""
    clock.at("2026-11-01 00:10")
    assert work(app) == 7
    return october


# --- bound beforehand -------------------------------------------------------------------------------------------------

def test_the_seed_is_fixed_before_the_month_and_only_its_fingerprint_is_told(client: Client, app: Flask) -> None:
    work(app)
    record = record_of(app, "2026-10")
    with app.app_context():
        seed = vault().keyring.unwrap(record.sealed_seed, "draw 2026-10")
    page = client.get("/draws/2026-10")
    assert shown(page, "指纹（种子的 SHA-256）") == sha256(seed).hexdigest()
    assert record.seed is None and seed not in record.sealed_seed and seed.hex() not in page.source
    assert len(seed) == 32


def test_the_first_seed_stays(app: Flask) -> None:
    work(app)
    first = record_of(app, "2026-10").commitment
    work(app)
    with app.app_context():
        with transaction():
            assert not draws.fix_seed("2026-10", b"another seed of thirty-two bytes", now=terms().now, vault=vault())
        db.session.remove()
    assert record_of(app, "2026-10").commitment == first


def test_every_seed_is_another(app: Flask) -> None:
    work(app)
    assert record_of(app, "2026-09").commitment != record_of(app, "2026-10").commitment


def test_a_month_that_is_not_over_is_not_drawn(client: Client, app: Flask, clock: Clock, october: list[str]) -> None:
    clock.at("2026-10-31 23:59")
    assert work(app) == 0
    assert not client.get("/draws/2026-10").all("table")
    assert client.fetch("/draws/2026-10/population.csv").text.splitlines() == ["number,unit,drawn"]


# --- drawn afterwards -------------------------------------------------------------------------------------------------

def test_at_least_five_of_each_unit_come_to_the_list_of_follow_ups(app: Flask, drawn: list[str], client: Client) -> None:
    record = record_of(app, "2026-10")
    assert {unit: len(numbers) for unit, numbers in record.drawn.items()} == {"household": 5, "traffic": 2}
    listed = {number for number in drawn if case_of(app, number).follow_due}
    assert listed == {number for numbers in record.drawn.values() for number in numbers}
    client.sign_in(builders.staff(app, Role.INSPECTOR, unit="discipline"))
    page = client.get("/desk/lists/to-follow-up")
    assert {number for number in drawn if number in page.text} == listed


def test_a_drawn_case_is_followed_up_within_ten_working_days(app: Flask, drawn: list[str]) -> None:
    due = {str(case_of(app, number).follow_due) for number in drawn} - {"None"}
    assert due == {"2026-11-13"}


def test_a_draw_is_made_once(app: Flask, clock: Clock, drawn: list[str]) -> None:
    before = record_of(app, "2026-10")
    clock.forward(days=3)
    builders.answered(app)
    assert work(app) == 0
    after = record_of(app, "2026-10")
    assert (after.drawn, after.drawn_at, after.seed) == (before.drawn, before.drawn_at, before.seed)
    assert not any(case_of(app, number).follow_tries for number in drawn)


def test_a_worker_that_was_stopped_goes_on(app: Flask, clock: Clock, october: list[str]) -> None:
    clock.at("2026-11-01 00:10")
    with app.app_context():
        with transaction():
            assert draws.draw_month("2026-10", now=terms().now, vault=vault())
        with transaction():  # and the other one, at the same moment
            assert not draws.draw_month("2026-10", now=terms().now, vault=vault())
        db.session.remove()
    assert work(app) == 7
    assert work(app) == 0


def test_a_site_that_was_down_draws_when_it_is_up_again(client: Client, app: Flask, clock: Clock, october: list[str]) -> None:
    clock.at("2027-01-05 09:00")
    page = client.get("/draws")
    assert "待抽取" in page.text
    assert work(app) == 7
    page = client.get("/draws")
    assert "2026年12月：没有事先确定种子，所以没有抽取。" in page.text
    assert "2026年10月" in page.text and "2026年11月" in page.text and "2027年2月" in page.text
    client.get("/draws/2026-12", status=404)


def test_what_was_answered_before_the_seed_was_fixed_is_not_drawn(client: Client, app: Flask, clock: Clock) -> None:
    builders.answered(app)
    work(app)  # on the day on which the portal begins to work
    clock.forward(days=1)
    later = builders.answered(app)
    clock.at("2026-10-01 00:10")
    work(app)
    assert record_of(app, "2026-09").population == {"household": [later.number]}
    assert "2026年9月8日至2026年9月30日答复的办件" in client.get("/draws/2026-09").text


def test_a_seed_that_cannot_be_opened_stops_nothing_else(app: Flask, clock: Clock, october: list[str],
                                                         caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        with transaction():
            db.session.get_one(Draw, "2026-09").sealed_seed = Keyring((b"k" * 32,)).wrap(b"s" * 32, "draw 2026-09")
        db.session.remove()
    clock.at("2026-11-01 00:10")
    assert work(app) == 7
    assert record_of(app, "2026-09").drawn_at is None
    assert "the seed of 2026-09 cannot be opened" in caplog.text
    with app.app_context(), pytest.raises(SealError), transaction():
        draws.draw_month("2026-09", now=terms().now, vault=vault())


# --- who is in it -----------------------------------------------------------------------------------------------------

def test_only_what_everyone_may_know_is_drawn(app: Flask, clock: Clock) -> None:
    work(app)
    clock.at("2026-10-12 09:00")
    known = builders.answered(app)
    builders.submit(app, category="misconduct")
    builders.handling(app)
    disputed = builders.answered(app)
    builders.act(app, disputed, Action.DISPUTE, AUTHOR, {"reason": "问题还在。"})
    clock.at("2026-11-01 00:10")
    work(app)
    assert record_of(app, "2026-10").population == {"household": [known.number]}


def test_a_bad_rating_needs_no_draw(client: Client, app: Flask, clock: Clock) -> None:
    work(app)
    clock.at("2026-10-30 09:00")
    bad = builders.rated(app, level=1)
    due = case_of(app, bad.number).follow_due
    clock.at("2026-11-01 00:10")
    assert work(app) == 0
    assert case_of(app, bad.number).follow_due == due
    assert bad.number in client.get("/draws/2026-10").text


# --- checked by anyone ------------------------------------------------------------------------------------------------

def published(client: Client) -> tuple[str, str, dict[str, list[str]], dict[str, list[str]]]:
    """What the page and its file say: fingerprint, seed, the list by unit, the drawn numbers by unit."""
    page = client.get("/draws/2026-10")
    listed: dict[str, list[str]] = {}
    drawn: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(client.fetch("/draws/2026-10/population.csv").text)):
        listed.setdefault(row["unit"], []).append(row["number"])
        if row["drawn"] == "yes":
            drawn.setdefault(row["unit"], []).append(row["number"])
    return shown(page, "指纹（种子的 SHA-256）"), shown(page, "种子"), listed, drawn


def test_anyone_can_draw_again_from_the_published_page(client: Client, drawn: list[str]) -> None:
    fingerprint, seed, listed, told = published(client)
    assert sorted(number for numbers in listed.values() for number in numbers) == sorted(drawn)
    assert sha256(bytes.fromhex(seed)).hexdigest() == fingerprint
    for unit, numbers in listed.items():
        keys = {sha256(bytes.fromhex(seed) + number.encode()).hexdigest(): number for number in numbers}
        again = [keys[key] for key in sorted(keys)][:max(5, (len(numbers) + 4) // 5)]
        assert sorted(again) == sorted(told[unit])
    page = client.get("/draws/2026-10")
    links = [link.text for link in page.all("a") if "/progress/2026-" in link.attrs["href"]]
    assert sorted(links) == sorted(number for numbers in told.values() for number in numbers)


def test_the_lines_of_python_on_the_page_do_it(client: Client, drawn: list[str], tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, _, told = published(client)
    program = "".join(map(str, client.get("/draws/2026-10").one("pre").one("code").children))
    (tmp_path / "draw-2026-10.csv").write_bytes(client.fetch("/draws/2026-10/population.csv").data)
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(program, "recipe", "exec"), {})  # noqa: S102 - what readers are told to run
    first, *units = printed.getvalue().splitlines()
    assert first == "True"
    found = {line.split(" ", 1)[0]: sorted(re.findall(r"2026-\d{6}", line.split(" ", 1)[1])) for line in units}
    assert found == {unit: sorted(numbers) for unit, numbers in told.items()}


def test_what_authors_said_is_counted_with_what_it_is_counted_of(client: Client, app: Flask, drawn: list[str]) -> None:
    numbers = record_of(app, "2026-10").drawn["household"]
    inspector = builders.staff(app, Role.INSPECTOR, unit="discipline").actor
    heard: list[dict[str, Any]] = [{"reached": "yes", "solved": "yes"}, {"reached": "yes", "solved": "partly"},
                                   {"reached": "yes", "solved": "no"}, *[{"reached": "no"}] * 3]
    for number, said in zip([*numbers[:3], *[numbers[3]] * 3], heard, strict=True):
        builders.act(app, builders.Sent(number, ""), Action.FOLLOW_UP, inspector, {"comment": "电话回访", **said})
    page = client.get("/draws/2026-10")
    figures = {figure.all("dt")[0].text: figure.all("dd")[0].text for figure in page.all("div")
               if figure.attrs.get("class") == "figure"}
    assert figures == {"抽中 / 答复的办件": "7 / 9", "联系上 / 抽中": "3 / 7", "说已解决 / 联系上": "1 / 3"}
    row = next(tr for tr in page.all("tr") if tr.text.startswith("户政支队"))
    assert [cell.text for cell in row.all("td")] == ["7", "5", "3", "1", "1", "1", "1", "1"]


def test_the_list_stays_as_it_was_drawn_from(client: Client, app: Flask, drawn: list[str]) -> None:
    """Somebody who takes the opinion back later leaves a number without a link; without it nobody could draw again."""
    before = client.fetch("/draws/2026-10/population.csv").text
    gone = builders.Sent(record_of(app, "2026-10").drawn["traffic"][0], "")
    builders.act(app, gone, Action.DISPUTE, AUTHOR, {"reason": "问题还在。"})
    builders.act(app, gone, Action.WITHDRAW, AUTHOR, {"keep_public": "no"})
    client.get(f"/progress/{gone.number}", status=404)
    page = client.get("/draws/2026-10")
    assert gone.number in page.text and f"/progress/{gone.number}" not in page.source
    assert client.fetch("/draws/2026-10/population.csv").text == before


# --- pages ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("month", ["2026-08", "2026-13", "2026-1", "x", "2026-10.csv"])
def test_other_months_are_not_there(client: Client, month: str) -> None:
    client.get(f"/draws/{month}", status=404)
    client.fetch(f"/draws/{month}/population.csv", 404)


def test_before_the_first_seed_the_page_says_so(client: Client) -> None:
    assert "还没有确定过种子" in client.get("/draws").text


def test_the_pages_are_there_in_english(client: Client, app: Flask, drawn: list[str]) -> None:
    assert "7 of 9 answered cases drawn" in client.get("/draws?lang=en").text
    assert "7 of 9" in client.get("/draws/2026-10?lang=en").text


def test_an_unchanged_page_is_not_rendered_again(client: Client, app: Flask, clock: Clock, october: list[str]) -> None:
    tag = client.fetch("/draws").headers["ETag"]
    client.fetch("/draws", 304, headers={"If-None-Match": tag})
    clock.at("2026-11-01 00:00")
    before = client.fetch("/draws").headers["ETag"]
    work(app)
    client.fetch("/draws", 200, headers={"If-None-Match": before})
