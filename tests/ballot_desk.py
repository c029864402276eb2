"""Makes what the desk has to do with ballots on paper, open answers and results: see tests/campaigns.py for campaigns.

    paper = ballot_desk.typed(app, made, typist)         # with the next code of the campaign
    ballot_desk.sent_back(app, made, paper, checker)
    made = ballot_desk.written(app, 12, many=6)          # published, with six answers to its last open question
"""

from typing import Any

from flask import Flask

from portal import clock
from portal.accounts.queries import Staff
from portal.db import db, transaction
from portal.domain.campaign import Group
from portal.domain.people import Role
from portal.evaluation import papers, results, words
from portal.evaluation.papers import Typed
from portal.web.current import vault
from tests import builders, campaigns
from tests.campaigns import EVERYTHING, Made, answers


def typed(app: Flask, made: Made, by: Staff, *, code: str | None = None, group: Group = Group.RESIDENT, subject: str = "",
          **given: Any) -> int:
    """A paper that waits for the check; returns its id."""
    whole = {**answers(made.form, 7), "c1": "窗口只开一个，排队两小时。", **given}
    with app.app_context():
        with transaction():
            paper = papers.keep(made.slug, Typed(whole, group, subject), code=code, by=by.actor, today=clock.today(),
                                vault=vault())
        db.session.remove()
    return paper


def sent_back(app: Flask, made: Made, paper: int, by: Staff, note: str = "第 1 题没有填。") -> int:
    with app.app_context():
        with transaction():
            papers.send_back(made.slug, paper, note, seen=1, by=by.actor, today=clock.today(), vault=vault())
        db.session.remove()
    return paper


def written(app: Flask, n: int = 12, *, many: int = 6, **changes: Any) -> Made:
    """Published, with so many answers to the last open question and two to the short one."""
    def given(number: int) -> dict[str, Any]:
        more = {"c1": f"第{number}个人的话"} if number < many else {}
        short = {"b3": "web", "b4": "验证码收不到"} if number < 2 else {"b3": "counter"}
        return {**{name: value for name, value in answers(EVERYTHING, number).items() if name != "b4"}, **short, **more}

    return campaigns.published(app, n, given=given, **changes)


def name_topics(app: Flask, made: Made, *names: str) -> None:
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        with transaction():
            for each in names:
                words.name_topic(made.slug, each, "", by=by)
        db.session.remove()


def proposed(app: Flask, made: Made, reason: str = "第二批纸质票录错了单位。") -> int:
    """A correction that waits for a second person; returns its number."""
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        with transaction():
            number = results.propose_correction(made.slug, reason, by=by)
        db.session.remove()
    return number
