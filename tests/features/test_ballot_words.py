"""Open answers: read by the coordinator alone, in an order that tells nothing, put under topics, several at once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import today
from portal.db import db
from portal.domain.people import Role
from portal.evaluation import words
from portal.evaluation.models import BallotWords
from portal.evaluation.queries import get_campaign
from portal.evaluation.words import PAGE
from tests import ballot_desk, builders, campaigns
from tests.ballot_desk import written
from tests.campaigns import Made
from tests.client import Client


@pytest.fixture
def office(app: Flask, client: Client) -> Client:
    return client.sign_in(builders.staff(app, Role.COORDINATOR))


def address(made: Made, query: str = "") -> str:
    return f"/desk/campaigns/{made.slug}/words{query}"


def boxes(client: Client) -> list[str]:
    return [each.attrs["value"] for each in client.page.all("input", name="words")]


def topics(app: Flask, made: Made) -> dict[str, int]:
    with app.app_context():
        found = {each.name: each.n for each in words.topics(get_campaign(made.slug, today(), staff=True).id)}
        db.session.remove()
    return found


def test_answers_are_read_by_question_and_put_under_a_new_topic_and_an_old_one(app: Flask, office: Client) -> None:
    made = written(app)
    office.get(address(made, "?question=c1"))
    assert sorted(each.text for each in office.page.all("span", class_="plain-text")) == [f"第{n}个人的话" for n in range(6)]
    first = boxes(office)
    office.submit({"words": first[:2], "name": "窗口等候", "name_en": "Waiting", "step": "put"}, to="/words")
    office.follow()
    assert boxes(office) == first[2:]
    office.submit({"words": first[2:4], "topic": next(iter(topic_ids(office))), "step": "put"}, to="/words")
    assert topics(app, made) == {"窗口等候": 4}
    office.get(address(made, "?question=c1&lang=en"))
    assert "Waiting" in office.page.text


def topic_ids(client: Client) -> list[str]:
    return [each.attrs["value"] for each in client.page.one("select", name="topic").all("option") if each.attrs["value"]]


def test_the_first_question_with_unread_answers_is_shown_first(app: Flask, office: Client) -> None:
    made = written(app)
    office.get(address(made))
    assert {each.text for each in office.page.all("span", class_="plain-text")} == {"验证码收不到"}
    office.submit({"words": boxes(office), "name": "验证码", "step": "put"}, to="/words")
    assert "第0个人的话" in office.get(address(made)).text


def test_the_order_is_that_of_random_keys(app: Flask, office: Client) -> None:
    made = written(app)
    office.get(address(made, "?question=c1"))
    assert boxes(office) == sorted(boxes(office))
    with app.app_context():
        kept = db.session.scalars(select(BallotWords.id).where(BallotWords.question == "c1").order_by(BallotWords.id)).all()
        db.session.remove()
    assert boxes(office) == list(kept)


def test_long_lists_have_pages(app: Flask, office: Client) -> None:
    made = written(app, PAGE + 5, many=PAGE + 3)
    seen = set(boxes_of(office, address(made, "?question=c1")))
    assert len(seen) == PAGE
    more = office.page.link("更多 →")
    seen |= set(boxes_of(office, more))
    assert len(seen) == PAGE + 3
    assert office.page.link("从头看")


def boxes_of(client: Client, url: str) -> list[str]:
    client.get(url)
    return boxes(client)


def test_what_is_set_aside_can_be_brought_back(app: Flask, office: Client) -> None:
    made = written(app)
    chosen = boxes_of(office, address(made, "?question=c1"))[:3]
    office.submit({"words": chosen, "step": "aside"}, to="/words")
    assert boxes_of(office, address(made, "?question=c1&place=aside")) == chosen
    office.submit({"words": chosen[:1], "name": "其他", "step": "put"}, to="/words")
    assert topics(app, made) == {"其他": 1}
    assert boxes_of(office, address(made, "?question=c1&place=aside")) == chosen[1:]


def test_what_lies_under_a_topic_can_be_moved(app: Flask, office: Client) -> None:
    made = written(app)
    chosen = boxes_of(office, address(made, "?question=c1"))[:2]
    office.submit({"words": chosen, "name": "甲", "step": "put"}, to="/words")
    office.follow()
    shown = topic_ids(office)[0]
    assert boxes_of(office, address(made, f"?question=c1&place={shown}")) == chosen
    office.submit({"words": chosen[:1], "name": "乙", "step": "put"}, to="/words")
    assert topics(app, made) == {"甲": 1, "乙": 1}


def test_a_topic_can_be_renamed_but_not_like_another(app: Flask, office: Client) -> None:
    made = written(app)
    ballot_desk.name_topics(app, made, "窗口等侯", "夜间延时")
    office.get(address(made, "?question=c1&place=1"))
    office.submit({"new_name": "夜间延时"}, 422, to="/topics/1")
    assert office.page.one("input", name="new_name").attrs["value"] == "夜间延时"
    office.submit({"new_name": ""}, 422, to="/topics/1")
    office.submit({"new_name": "窗口等候", "new_name_en": "长" * 121}, 422, to="/topics/1")
    assert office.page.all("a", href="#new_name_en")
    office.submit({"new_name": "窗口等候", "new_name_en": "Waiting"}, to="/topics/1")
    assert set(topics(app, made)) == {"窗口等候", "夜间延时"}
    office.post(address(campaigns.published(app)) + "/topics/1", {"new_name": "x"}, 404)


#   what is sent                              is told as
SLIPS = [
    ({"name": "窗口"}, "请至少选择一项"),
    ({"words": "first"}, "请从选项中选一项"),
    ({"words": "first", "topic": "4711"}, "请从选项中选一项"),
    ({"words": "first", "topic": "x"}, "请从选项中选一项"),
    ({"words": "first", "name": "窗口", "topic": "1"}, "二者只能选一"),
    ({"words": "first", "name": "窗" * 61}, "太长"),
]


@pytest.mark.parametrize(("given", "told"), SLIPS)
def test_what_will_not_do_is_told_and_everything_chosen_is_kept(app: Flask, office: Client, given: dict[str, str],
                                                                told: str) -> None:
    made = written(app)
    office.get(address(made, "?question=c1"))
    first = boxes(office)[0]
    sent = {**given, **({"words": first} if "words" in given else {})}
    office.post(address(made), {"question": "c1", "step": "put", **sent}, 422)
    assert told in office.page.errors[0]
    if "words" in sent:
        assert "checked" in office.page.one("input", name="words", value=first).attrs
    assert office.page.one("input", name="name").attrs["value"] == sent.get("name", "")
    assert not any(topics(app, made).values())


def test_what_a_colleague_has_sorted_meanwhile_stays_there(app: Flask, office: Client,
                                                           browser_for: Callable[[], Client]) -> None:
    made = written(app)
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="colleague"))
    chosen = boxes_of(office, address(made, "?question=c1"))[:3]
    colleague.get(address(made, "?question=c1"))
    colleague.submit({"words": chosen[:2], "name": "同事的主题", "step": "put"}, to="/words")
    office.submit({"words": chosen, "name": "我的主题", "step": "put"}, to="/words")
    assert topics(app, made) == {"同事的主题": 2, "我的主题": 1}
    assert "有 2 条在此期间已由其他同事归类" in office.follow().text


def test_words_of_one_campaign_cannot_be_put_under_a_topic_of_another(app: Flask, office: Client) -> None:
    one, other = written(app), written(app, 30, many=18)  # both mixed by the same chance, so that some keys are alike
    own = boxes_of(office, address(one, "?question=c1"))
    foreign = [each for each in boxes_of(office, address(other, "?question=c1")) if each not in own]
    office.submit({"words": foreign[:1], "name": "别的活动", "step": "put"}, to="/words")
    office.follow()
    topic = topic_ids(office)[0]
    office.get(address(one, "?question=c1"))
    office.post(address(one), {"question": "c1", "step": "put", "words": own[0], "topic": topic}, 422)
    office.post(address(one), {"question": "c1", "step": "put", "words": foreign[1], "name": "借来的"})
    assert not any(topics(app, one).values())
    office.get(address(one, f"?place={topic}"), 404)


def test_before_publication_there_is_nothing_to_read_while_ballots_lie_in_the_box(app: Flask, office: Client) -> None:
    made = campaigns.voted(app, 12, given=lambda n: {"a1": 4, "c1": f"第{n}个人的话"})
    page = office.get(address(made, "?question=c1"))
    assert "第0个人的话" not in page.text and "结果公布时才能阅读" in page.text


def test_what_was_said_in_confidence_has_no_list(app: Flask, office: Client) -> None:
    office.get(address(written(app), "?question=c2"), 404)
    office.get(address(written(app), "?question=zz"), 404)


def test_a_form_without_open_questions_says_so(app: Flask, office: Client) -> None:
    assert "没有需要用文字回答的题目" in office.get(address(campaigns.rated(app))).text


def test_no_answer_stands_on_a_public_page(app: Flask, office: Client, browser_for: Callable[[], Client]) -> None:
    made = written(app)
    office.get(address(made, "?question=c1"))
    office.submit({"words": boxes(office), "name": "窗口等候", "step": "put"}, to="/words")
    reader = browser_for()
    for url in (made.url, f"{made.url}/results"):
        assert "个人的话" not in reader.fetch(url).text
    for ending in ("json", "csv"):
        assert "个人的话" not in reader.fetch(f"{made.url}/results.{ending}").text


@pytest.mark.parametrize("role", [role for role in Role if role in (
    Role.HANDLER, Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR, Role.INSPECTOR, Role.LEADER, Role.DISCIPLINE_OFFICER)])
def test_others_read_nothing_and_sort_nothing(app: Flask, client: Client, role: Role) -> None:
    made = written(app)
    client.sign_in(builders.staff(app, role))
    client.get(address(made), 403)
    client.post(address(made), {"step": "aside", "words": "x"}, 403)
    client.post(f"{address(made)}/topics/1", {"new_name": "x"}, 403)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_speaks_both_languages(app: Flask, office: Client, lang: str) -> None:
    made = written(app)
    office.get(address(made, f"?question=c1&lang={lang}"))
    office.submit({"words": boxes(office)[:2], "step": "aside"}, to="/words")
    office.follow()
    office.get(address(made, f"?place=aside&question=c1&lang={lang}"))
