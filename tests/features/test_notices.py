"""Written notices of the petition lane: acceptance, more time, decision, review; for staff and for the author."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.domain.codes import Action
from portal.domain.people import Actor, Role
from tests import builders
from tests.builders import Sent
from tests.client import Client

UNIT = "complaints"
DECISION = {"position": "not-supported", "facts": "经查，处罚程序合法。", "basis": "《治安管理处罚法》第七十七条",
            "answer": "对您撤销处罚的请求不予支持。"}


def officer(app: Flask, login: str = "") -> Actor:
    return builders.staff(app, Role.COMPLAINTS_OFFICER, unit=UNIT, login=login or "officer", name="陈静").actor


def a_petition(app: Flask, **changes: Any) -> Sent:
    sent = builders.accepted(app, unit=UNIT, category="petition", title="请求撤销处罚", text="我不服这次处罚。", **changes)
    builders.act(app, sent, Action.RECEIPT_NOTICE, officer(app), {"notice": "由控申支队调查，调取执法记录。"})
    return builders.act(app, sent, Action.START, officer(app))


def decided(app: Flask, sent: Sent) -> Sent:
    builders.act(app, sent, Action.DRAFT_ANSWER, officer(app), DECISION)
    return builders.act(app, sent, Action.APPROVE, officer(app, "second"))


def opened(client: Client, sent: Sent) -> Client:
    client.get("/track")
    client.submit({"code": sent.code}, to="/track")
    return client


@pytest.fixture
def clerk(app: Flask, browser_for: Callable[[], Client]) -> Client:
    officer(app)
    return browser_for().sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit=UNIT, login="officer"))


def links(client: Client, url: str) -> list[str]:
    return [node.attrs["href"] for node in client.get(url).all("a") if "/notices/" in node.attrs.get("href", "")]


def test_the_notice_of_acceptance(app: Flask, clerk: Client, client: Client) -> None:
    sent = a_petition(app)
    address = links(clerk, f"/desk/cases/{sent.number}")
    assert address == [f"/desk/cases/{sent.number}/notices/3"]
    words = clerk.get(address[0]).one("article").text
    for part in ("清河市公安局", "信访事项受理告知书", f"编号：{sent.number}-3", "请求撤销处罚", "《信访工作条例》第二十三条",
                 "控申支队（信访）", "由控申支队调查，调取执法记录。", "2026年11月6日", "2026年9月7日", "（印章）"):
        assert part in words, part
    own = links(opened(client, sent), "/track/case")
    assert own == ["/track/case/notices/3"]
    assert client.get(own[0]).one("article").text == words


def test_the_decision_says_how_until_when_and_whom_to_ask_for_a_review(app: Flask, clerk: Client, client: Client) -> None:
    sent = decided(app, a_petition(app))
    address = links(clerk, f"/desk/cases/{sent.number}")[-1]
    words = clerk.get(address).one("article").text
    for part in ("信访事项处理意见书", "我不服这次处罚。", "经查，处罚程序合法。", "《治安管理处罚法》第七十七条", "不予支持",
                 "2026年10月7日", "清河市公安局", "复查", "第三十五条"):
        assert part in words, part
    assert client.get("/track").all("article") == []
    assert opened(client, sent).get(links(client, "/track/case")[-1]).one("article").text == words


def test_a_review_and_a_re_examination_have_their_own_words(app: Flask, clerk: Client, client: Client) -> None:
    first = decided(app, a_petition(app))
    opened(client, first)
    client.get("/track/case")
    client.submit({"reason": "事实没有查清。"}, to="/review")
    number = client.follow().text.split("2026-")[-1][:6]  # after that of the first matter
    review = Sent(f"2026-{number}", "")
    builders.act(app, review, Action.ACCEPT, office(app), {"lane": "petition", "unit": "legal", "rule": "petition-review"})
    legal = builders.staff(app, Role.COMPLAINTS_OFFICER, unit="legal", login="legal")
    second = builders.staff(app, Role.COMPLAINTS_OFFICER, unit="legal", login="legal2").actor
    builders.act(app, review, Action.START, legal.actor)
    builders.act(app, review, Action.DRAFT_ANSWER, legal.actor, DECISION)
    builders.act(app, review, Action.APPROVE, second)
    clerk.sign_in(legal)
    words = clerk.get(links(clerk, f"/desk/cases/{review.number}")[-1]).one("article").text
    assert "信访事项复查意见书" in words and "第三十六条" in words and "复核" in words and first.number in words


def office(app: Flask) -> Actor:
    return builders.staff(app, Role.COORDINATOR).actor


def test_more_time_is_told_with_both_days(app: Flask, clerk: Client) -> None:
    sent = a_petition(app)
    builders.act(app, sent, Action.REQUEST_EXTENSION, officer(app), {"reason": "需要鉴定"})
    leader = builders.staff(app, Role.LEADER, unit="office", charge=[UNIT]).actor
    builders.act(app, sent, Action.GRANT_EXTENSION, leader, {"reason": "同意延长"})
    words = clerk.get(links(clerk, f"/desk/cases/{sent.number}")[-1]).one("article").text
    for part in ("信访事项延长办理期限告知书", "2026年11月6日", "2026年12月7日", "需要鉴定", "《信访工作条例》第三十四条"):
        assert part in words, part
    assert "同意延长" not in words  # the reason is the unit's, not the approval's


def test_a_notice_shows_the_case_as_it_was_then(app: Flask, clerk: Client) -> None:
    sent = a_petition(app)
    before = clerk.get(f"/desk/cases/{sent.number}/notices/3").one("article").text
    builders.act(app, sent, Action.TRANSFER, office(app), {"unit": "legal", "reason": "归法制"})
    clerk.sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit="legal", login="legal"))
    assert clerk.get(f"/desk/cases/{sent.number}/notices/3").one("article").text == before


def test_the_author_is_addressed_by_name_only_where_it_may_be_read(app: Flask, clerk: Client, client: Client) -> None:
    sent = a_petition(app, contact={"name": "付春来"})
    assert "付春来" not in clerk.get(f"/desk/cases/{sent.number}/notices/3").text
    assert "付春来：" in opened(client, sent).get("/track/case/notices/3").text


def test_an_ordinary_answer_is_no_written_notice(app: Flask, clerk: Client, client: Client) -> None:
    sent = builders.answered(app)
    office_clerk = clerk.sign_in(builders.staff(app, Role.COORDINATOR))
    assert links(office_clerk, f"/desk/cases/{sent.number}") == []
    office_clerk.get(f"/desk/cases/{sent.number}/notices/5", 404)
    opened(client, sent).get("/track/case/notices/5", 404)


@pytest.mark.parametrize("seq", ["1", "99", "0"])
def test_other_steps_give_no_notice(app: Flask, clerk: Client, client: Client, seq: str) -> None:
    sent = a_petition(app)
    clerk.get(f"/desk/cases/{sent.number}/notices/{seq}", 404)
    opened(client, sent).get(f"/track/case/notices/{seq}", 404)


def test_nobody_else_reads_a_notice(app: Flask, client: Client) -> None:
    sent = a_petition(app)
    client.fetch("/track/case/notices/3", 303)
    client.sign_in(builders.handler(app)).get(f"/desk/cases/{sent.number}/notices/3", 404)


def test_a_notice_on_a_report_says_nothing_of_it_beyond_its_title(app: Flask, client: Client) -> None:
    sent = builders.submit(app, category="misconduct", title="举报", text="举报内容")
    person = builders.staff(app, Role.DISCIPLINE_OFFICER, unit="discipline")
    builders.act(app, sent, Action.ACCEPT, person.actor, {"lane": "misconduct", "unit": "discipline", "rule": "misconduct"})
    builders.act(app, sent, Action.RECEIPT_NOTICE, person.actor, {"notice": "由纪检监察部门核查。"})
    words = opened(client, sent).get("/track/case/notices/3").one("article").text
    assert "举报事项办理告知书" in words and "不向任何人透露" in words and "举报内容" not in words
