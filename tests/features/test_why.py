"""The page "why this day": a promise explains itself day by day, to its author, at the desk and in public."""

import pytest
from flask import Flask

from portal.domain.people import Role
from tests import builders
from tests.client import Client
from tests.conftest import Clock

FIVE_DAYS = (
    #  received             due             what the days say
    ("2026-02-12 10:00", "2026年2月26日", ("2月14日 周六", "春节调休上班", "不计：春节", "2月26日 周四", "第 5 天")),
    ("2026-09-30 10:00", "2026年10月13日", ("10月10日 周六", "国庆节调休上班", "不计：国庆节", "10月13日 周二", "第 5 天")),
)


def words_of(page: Client, address: str) -> str:
    return page.get(address).text


@pytest.mark.parametrize(("received", "due", "said"), FIVE_DAYS, ids=[row[0] for row in FIVE_DAYS])
def test_a_promise_explains_itself_day_by_day(app: Flask, client: Client, clock: Clock, received: str, due: str,
                                              said: tuple[str, ...]) -> None:
    clock.at(received)
    sent = builders.submit(app)
    public = words_of(client, f"/progress/{sent.number}/due")
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    for words in (public, words_of(client, f"/desk/cases/{sent.number}/due")):
        assert due in words
        assert not [each for each in said if each not in words]


def test_a_day_of_a_year_without_a_notice_says_so(app: Flask, client: Client, clock: Clock) -> None:
    clock.at("2026-12-29 10:00")
    sent = builders.submit(app)
    for address in (f"/progress/{sent.number}", f"/progress/{sent.number}/due"):
        assert "暂定" in words_of(client, address)


def test_nobody_learns_of_a_sealed_case_by_asking_why(app: Flask, client: Client) -> None:
    sent = builders.submit(app, category="misconduct")
    client.get(f"/progress/{sent.number}/due", 404)
