"""Makes campaigns for tests, through the same functions that the site uses. The clock stands still meanwhile.

    made = campaigns.with_codes(app)                    # open today; made.all_codes are unused
    made = campaigns.voted(app, 12)                     # twelve ballots lie in the box; made.all_codes are those left
    made = campaigns.published(app, 40, subjects=("household", "traffic"))
    made = campaigns.open_rating(app)                   # without codes, for service points

`changes` are fields of the plan (`title=`, `access=`, `subjects=`, `opens_on=` …), or `slug=`, `form=`, `previous=`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from hashlib import blake2b
from itertools import count, cycle, islice, zip_longest
from random import Random
from typing import Any

from flask import Flask

from portal import clock
from portal.clock import SHANGHAI
from portal.db import db, transaction
from portal.domain import one_time
from portal.domain.campaign import Access, Audience, Group, Kind, Plan
from portal.domain.form import Form, parse_form
from portal.domain.people import Role
from portal.evaluation import ballots, codes, follow_up, planning, results, versions
from portal.evaluation.ballots import Sent
from portal.evaluation.queries import form_versions, get_campaign
from portal.web.current import content, terms, vault
from tests import builders

Place = tuple[Group, str]  # who evaluates what; an empty subject is the police as a whole
_numbers = count(1)


@dataclass(frozen=True)
class Made:
    """A campaign; `codes` are those that nobody has used."""

    slug: str
    form: Form
    codes: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all_codes(self) -> tuple[str, ...]:
        """In turn of groups and subjects."""
        return tuple(code for each in zip_longest(*self.codes.values()) for code in each if code)

    @property
    def url(self) -> str:
        return f"/evaluations/{self.slug}"


# --- forms ------------------------------------------------------------------------------------------------------------

def _choices(*given: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"value": value, "text": text, "text_en": text_en} for value, text, text_en in given]


_EVERYTHING: dict[str, Any] = {
    "slug": "small", "title": "民主评议表", "title_en": "Evaluation form", "sections": [
        {"id": "work", "title": "执法办案", "title_en": "Enforcement", "questions": [
            {"id": "a1", "type": "scale", "text": "办案是否公正", "text_en": "Are cases handled fairly?", "required": True},
            {"id": "a2", "type": "scale", "text": "是否存在推诿", "text_en": "Are people sent from office to office?",
             "settings": {"labels": "frequency"}}]},
        {"id": "service", "title": "服务群众", "title_en": "Service", "questions": [
            {"id": "b1", "type": "matrix", "text": "办事窗口", "text_en": "Counters",
             "rows": _choices(("speed", "效率", "Speed"), ("manner", "态度", "Manner"))},
            {"id": "b2", "type": "yes_no", "text": "是否认识社区民警", "text_en": "Do you know your community officer?"},
            {"id": "b3", "type": "single", "text": "最常用的渠道", "text_en": "Which way do you use most?",
             "choices": _choices(("counter", "窗口", "Counter"), ("web", "网上", "Web"), ("phone", "电话", "Telephone"))},
            {"id": "b4", "type": "short_text", "text": "网上办理哪里不方便", "text_en": "What is awkward on the web?",
             "shown_if": {"question": "b3", "values": ["web"]}},
            {"id": "b5", "type": "several", "text": "希望参加的活动", "text_en": "What would you join?",
             "choices": _choices(("visit", "开放日", "Open day"), ("patrol", "巡逻", "Patrol"), ("none", "都不", "None"))},
            {"id": "b6", "type": "ranking", "text": "最该先办的事", "text_en": "What should come first?",
             "settings": {"most": 2},
             "choices": _choices(("night", "夜间", "Late hours"), ("online", "网上办", "Online"), ("home", "上门", "At home"))},
            {"id": "b7", "type": "number", "text": "等候多少分钟", "text_en": "How many minutes did you wait?",
             "settings": {"low": 0, "high": 600, "unit": "分钟", "unit_en": "minutes"}}]},
        {"id": "words", "title": "您的话", "title_en": "In your words", "questions": [
            {"id": "c1", "type": "long_text", "text": "最不满意的一件事", "text_en": "What dissatisfies you most?",
             "becomes": "opinion"},
            {"id": "c2", "type": "long_text", "text": "有无违纪线索", "text_en": "Anything to report in confidence?",
             "becomes": "report"}]}]}
EVERYTHING = parse_form(_EVERYTHING)  # every type of question once, a condition, words that become cases

RATING = parse_form({"slug": "small-rating", "title": "服务评价", "title_en": "Service rating", "sections": [
    {"id": "all", "title": "服务评价", "title_en": "Your rating", "questions": [
        {"id": "overall", "type": "scale", "text": "总体评价", "text_en": "Overall", "required": True},
        {"id": "why", "type": "several", "text": "哪里不满意", "text_en": "What was wrong?",
         "shown_if": {"question": "overall", "values": ["1", "2"]},
         "choices": _choices(("slow", "太慢", "Too slow"), ("rude", "态度差", "Unfriendly"))},
        {"id": "urged", "type": "single", "text": "有人要求您这样评价吗", "text_en": "Did anyone ask you for this rating?",
         "choices": _choices(("no", "没有", "No"), ("urged", "有人催过", "I was urged"), ("paid", "给了好处", "I was paid"),
                             ("visited", "有人上门", "I was visited"), ("rather_not_say", "不想说", "Rather not say"))}]}]})


def levels_form(questions: int, *, slug: str = "levels", sections: int = 4) -> Form:
    """A form of so many scales of five, `s0` and on, spread over sections."""
    placed: dict[int, list[dict[str, Any]]] = {}
    for n in range(questions):
        placed.setdefault(n * sections // questions, []).append(
            {"id": f"s{n}", "type": "scale", "text": f"第{n + 1}项工作是否满意", "text_en": f"Is work {n + 1} done well?"})
    return parse_form({"slug": slug, "title": "评议表", "title_en": "Form", "sections": [
        {"id": f"d{n}", "title": f"方面{n + 1}", "title_en": f"Dimension {n + 1}", "questions": each}
        for n, each in placed.items()]})


def answers(form: Form, n: int, *, mean: float = 4.0) -> dict[str, Any]:
    """What the n-th person answers to the closed questions, always the same; levels lie around `mean`, some are 0."""
    chance, given = Random(f"{form.slug} {n}"), dict[str, Any]()
    for question in form.questions:
        if form.is_asked(question, given) and (answer := _answer(question, chance, mean)) is not None:
            given[question.id] = answer
    return given


def _answer(question: Any, chance: Random, mean: float) -> Any:
    values = [each.value for each in question.choices]
    makers: dict[str, Callable[[], Any]] = {
        "scale": lambda: _level(chance, mean), "matrix": lambda: {row.value: _level(chance, mean) for row in question.rows},
        "yes_no": lambda: chance.choice(["yes", "no"]), "single": lambda: chance.choice(values),
        "several": lambda: [value for value in values if chance.random() < 0.5] or values[:1],
        "ranking": lambda: chance.sample(values, question.settings["most"] or len(values)),
        "number": lambda: chance.randint(question.settings["low"], min(question.settings["high"], 60))}
    return makers[question.type]() if question.type in makers else None


def _level(chance: Random, mean: float) -> int:
    return 0 if chance.random() < 0.08 else max(1, min(5, round(chance.gauss(mean, 1))))


# --- campaigns --------------------------------------------------------------------------------------------------------

def a_plan(now: datetime, **changes: Any) -> Plan:
    """Open from today for two weeks, results a week later; deputies and residents evaluate the police as a whole."""
    today = now.date()
    plain: dict[str, Any] = {
        "kind": Kind.DELEGATES, "access": Access.CODES, "title": "下半年代表委员评议", "title_en": "Autumn evaluation",
        "purpose": "请代表委员和群众评议公安工作，从最不满意的地方改起。",
        "purpose_en": "Delegates and residents evaluate police work; what dissatisfies most is put right first.",
        "opens_on": today, "closes_on": today + timedelta(days=13), "publishes_on": today + timedelta(days=20),
        "audiences": (Audience(Group.DEPUTY, 120), Audience(Group.RESIDENT)), "subjects": ()}
    return Plan(**{**plain, **changes})


def form_id(app: Flask, form: Form) -> int:
    """Keeps the form as the coordinator would; the same form has the same id."""
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        latest = next((each for each in form_versions() if each.slug == form.slug), None)
        seen = (latest.version, latest.seen) if latest else (0, 0)
        with transaction():
            kept = versions.keep_form(form, seen=seen, by=by, now=clock.now())
        db.session.remove()
    return kept


def draft(app: Flask, *, now: datetime | None = None, slug: str = "", form: Form = EVERYTHING, previous: str = "",
          **changes: Any) -> Made:
    """Written by a coordinator; nobody else knows of it. `now` may lie in the past."""
    assert not set(changes) - {each.name for each in fields(Plan)}, "no such field of a plan"
    by, of = builders.staff(app, Role.COORDINATOR).actor, form_id(app, form)
    slug = slug or f"round-{next(_numbers)}"
    with app.app_context():
        now = now or clock.now()
        with transaction():
            planning.draft(a_plan(now, **changes), slug=slug, form_id=of, by=by, now=now, vault=vault(), previous=previous)
        db.session.remove()
    return Made(slug, form)


def announced(app: Flask, made: Made | None = None, *, now: datetime | None = None, **changes: Any) -> Made:
    """Approved by a leader; open from its first day on, which is today unless `opens_on` says otherwise."""
    made = made or draft(app, now=now, **changes)
    by = builders.staff(app, Role.LEADER, charge=["household"]).actor
    with app.app_context():
        now = now or clock.now()
        with transaction():
            seen = get_campaign(made.slug, now.date(), staff=True)
            planning.announce(made.slug, seen=seen.version, form_seen=seen.form_seen, by=by, now=now,
                              subjects={*content().units, *content().places})
        db.session.remove()
    return made


def with_codes(app: Flask, made: Made | None = None, *, each: int = 10, now: datetime | None = None,
               **changes: Any) -> Made:
    """Announced, with a batch of so many codes for each group and each subject; valid while the campaign is open."""
    made = made or announced(app, now=now, **changes)
    by = builders.staff(app, Role.COORDINATOR).actor
    given: dict[Place, tuple[str, ...]] = {}
    with app.app_context():
        now = now or clock.now()
        plan = get_campaign(made.slug, now.date()).plan
        for group in plan.groups:
            for subject in plan.subjects or ("",):
                given[group, subject] = tuple(_code() for _ in range(each))
                with transaction():
                    codes.make_batch(made.slug, given[group, subject], group=group, subject=subject, note="", by=by, now=now,
                                     valid_from=plan.opens_on, valid_until=plan.closes_on, vault=vault())
        db.session.remove()
    return replace(made, codes=given)


def voted(app: Flask, n: int = 20, made: Made | None = None, *, votes: Mapping[Place, int] | None = None,
          now: datetime | None = None, mean: float = 4.0, given: Callable[[int], dict[str, Any]] | None = None,
          **changes: Any) -> Made:
    """Open, with ballots in the box: n in turn of groups and subjects, or as many as `votes` says for each of these.

    `given(n)` are the answers of the n-th ballot.
    """
    most = max(votes.values(), default=0) if votes else n
    made = made or with_codes(app, each=max(10, most + 2), now=now, **changes)
    left = {place: list(some) for place, some in made.codes.items()}
    turn = [place for place, many in votes.items() for _ in range(many)] if votes else list(islice(cycle(left), n))
    for number, place in enumerate(turn):
        group, subject = place
        cast(app, made, given(number) if given else answers(made.form, number, mean=mean), code=left[place].pop(0),
             group=group, subject=subject, now=now)
    return replace(made, codes={place: tuple(some) for place, some in left.items()})


def cast(app: Flask, made: Made, given: Mapping[str, Any], *, code: str | None, group: Group = Group.RESIDENT,
         subject: str = "", now: datetime | None = None, device: str = "phone-android") -> None:
    """One ballot, as a browser would send it."""
    with app.app_context():
        at = replace(terms(), now=now) if now else terms()
        sent = Sent(given, code=code, group=group, subject=subject, device=device)
        with transaction():
            ballots.cast(made.slug, sent, once=_random(), terms=at, vault=vault(), chance=Random(next(_numbers)))
        db.session.remove()


def counting(app: Flask, n: int = 20, *, ago: int = 40, publishes_in: int = 7, **changes: Any) -> Made:
    """Opened so many days ago and closed since; its results are promised for a week from today."""
    with app.app_context():
        today, now = clock.today(), clock.now()
    began = datetime.combine(today - timedelta(days=ago), time(9), SHANGHAI)
    dates = {"opens_on": began.date(), "closes_on": today - timedelta(days=max(1, min(10, ago - 1))),
             "publishes_on": (now + timedelta(days=publishes_in)).date()}
    return voted(app, n, now=began, **{**dates, **changes})


def published(app: Flask, n: int = 40, *, ago: int = 40, **changes: Any) -> Made:
    """Opened so many days ago, and published this moment: today was the promised day."""
    made = counting(app, n, ago=ago, publishes_in=0, **changes)
    return publish(app, made)


def publish(app: Flask, made: Made) -> Made:
    with app.app_context():
        with transaction():
            assert results.publish(made.slug, now=clock.now(), vault=vault(), chance=Random(made.slug))
        db.session.remove()
    return made


def corrected(app: Flask, made: Made, reason: str = "漏录的纸质票补录后重新统计。") -> Made:
    """Published once more, as a new entry beside the first: proposed by one person, published by another."""
    by = builders.staff(app, Role.COORDINATOR).actor
    other = builders.staff(app, Role.LEADER, Role.COORDINATOR, charge=(builders.UNIT,)).actor
    with app.app_context():
        with transaction():
            number = results.propose_correction(made.slug, reason, by=by)
        with transaction():
            results.publish_correction(made.slug, number, by=other, now=clock.now(), vault=vault())
        db.session.remove()
    return made


def one_of_each(app: Flask) -> None:
    """Drafted, announced, open with codes and without, being counted, and two rounds with results, tasks and a correction."""
    draft(app)
    with app.app_context():
        later = clock.today() + timedelta(days=3)
    announced(app, opens_on=later, title="下一轮评议")
    voted(app, 3)
    open_rating(app, 2)
    counting(app, 6)
    rated(app, 30, urged=6)
    first = published(app, 40, ago=200, subjects=("household", "traffic", "hedong"), mean=3.2)
    task(app, first)
    task(app, published(app, 60, previous=first.slug, subjects=("household", "traffic", "hedong")))
    corrected(app, first)


def open_rating(app: Flask, n: int = 0, *, subjects: tuple[str, ...] = ("hall", "stations"), **changes: Any) -> Made:
    """A service rating without codes, open today, with n ratings in turn of its subjects."""
    made = announced(app, **_rating(subjects), **changes)
    for number in range(n):
        cast(app, made, {"overall": 5 - number % 5, "urged": "no"}, code=None, subject=subjects[number % len(subjects)])
    return made


def rated(app: Flask, n: int = 40, *, urged: int = 0, subjects: tuple[str, ...] = ("hall", "stations"), **changes: Any) -> Made:
    """A service rating that is published; so many of its raters say that they were urged."""
    with app.app_context():
        today = clock.today()
    began = datetime.combine(today - timedelta(days=40), time(9), SHANGHAI)
    made = announced(app, now=began, **_rating(subjects), **{
        "opens_on": began.date(), "closes_on": today - timedelta(days=1), "publishes_on": today, **changes})
    for number in range(n):
        cast(app, made, {"overall": 5 - number % 5, "urged": "urged" if number < urged else "no"}, code=None,
             subject=subjects[number % len(subjects)], now=began + timedelta(hours=number % (24 * 30)))
    return publish(app, made)


def task(app: Flask, made: Made, **changes: Any) -> int:
    """A rectification task of a published campaign; returns its id."""
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context():
        plain: dict[str, Any] = {
            "topic": "窗口等候时间太长", "unit": "household", "leader": "副局长 周海", "measure": "增开两个窗口，周三延时。",
            "due_on": clock.today() + timedelta(days=60), "question": made.form.questions[0].id}
        with transaction():
            made_id = follow_up.set_task(made.slug, follow_up.Task(**{**plain, **changes}), by=by, now=clock.now())
        db.session.remove()
    return made_id


def _rating(subjects: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": Kind.RATING, "access": Access.OPEN, "form": RATING, "subjects": subjects, "title": "窗口服务好差评",
            "title_en": "Service rating", "audiences": (Audience(Group.RESIDENT),)}


def _code() -> str:
    return one_time.make(_random())


def _random() -> bytes:
    return blake2b(f"chance {next(_numbers)}".encode(), digest_size=16).digest()

