# ruff: noqa: E501 - a table is read in aligned columns
"""Early warning: when a topic is one, and which days are compared."""

from datetime import date, timedelta

import pytest

from portal.domain.warning import Tally, Topic, before_from, recent_from, warnings

TOPIC = Topic("household", "complaint", service="id-card-renewal")


@pytest.mark.parametrize(("recent", "before", "warns", "why"), [
    (0,  0,  False, "nothing came"),
    (4,  0,  False, "fewer than five are chance, also where there were none"),
    (5,  0,  True,  "five of what never came"),
    (5,  7,  True,  "2.3 used to come in 30 days, five are more than twice as many"),
    (5,  8,  False, "2.7 used to come"),
    (6,  9,  True,  "exactly twice the three that used to come"),
    (6,  10, False, "not quite twice"),
    (40, 90, False, "30 used to come: much, but known"),
    (60, 90, True,  "twice as much as much"),
])
def test_a_topic_warns_when_it_comes_often_and_more_often_than_before(recent: int, before: int, warns: bool, why: str) -> None:
    assert Tally(TOPIC, recent, before).is_warning is warns, why


def test_the_days_that_are_compared_meet_without_gap() -> None:
    today = date(2026, 11, 24)
    assert recent_from(today) == date(2026, 10, 26)
    assert (today - recent_from(today)).days + 1 == 30
    assert before_from(today) == date(2026, 7, 28)
    assert (recent_from(today) - before_from(today)).days == 90
    assert recent_from(today) + timedelta(days=29) == today


def test_the_greatest_rise_comes_first() -> None:
    rising = [Tally(Topic("traffic", "complaint", district="hexi"), 6, 0), Tally(TOPIC, 30, 30),
              Tally(Topic("household", "question"), 9, 30), Tally(Topic("order", "complaint"), 6, 0)]
    assert [(each.topic.unit, each.recent) for each in warnings(rising)] == [("household", 30), ("order", 6), ("traffic", 6)]
