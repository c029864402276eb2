"""The open evaluations of the simulated city: campaigns of every kind and phase, their ballots, and what came of them.

Everything goes through the portal's own functions, at the moment at which it would have happened. What people answer is
drawn by seeded chance: the same every time. Codes, and the order in which ballots come out of a box, differ. As all of it
happens in one transaction, what one function has changed is sent to the database before the next one reads it anew.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import yaml

from portal.content import Content
from portal.db import db
from portal.demo.staff import Team
from portal.domain import one_time
from portal.domain.adoption import Decision
from portal.domain.campaign import Access, Audience, Group, Kind, Plan, Report, Stage
from portal.domain.case import Terms
from portal.domain.form import Form
from portal.domain.people import OFFICE, Role
from portal.domain.questions.base import Question
from portal.evaluation import ballots, codes, follow_up, papers, planning, queries, results, versions, words
from portal.evaluation.ballots import Sent
from portal.evaluation.papers import Typed
from portal.vault.actions import Vault

_FILE = Path(__file__).parent / "campaigns.yaml"
_ANNOUNCED = timedelta(days=10)  # before it opens
_SPREAD = 0.9  # of levels around their mean
_BLANK = 0.04  # how often a question is left out
_DEVICES = ("phone-android", "phone-android", "phone-ios", "desktop-other")
_HOURS = range(8, 21)
_CHANCE = secrets.SystemRandom()


class PlannedStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    first: int
    last: int
    focus: str
    focus_en: str


class PlannedTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days count from today. Without evidence it is still to be done."""

    topic: str
    question: str
    unit: str
    leader: str
    measure: str
    due: int
    done: int = 0
    evidence: str = ""


class PlannedTopic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that hold this word go under it. Only consultations decide about topics."""

    name: str
    name_en: str
    holds: str
    decision: Decision | None = None
    reason: str = ""


class CalledOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: int
    reason: str


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A campaign and how it goes; see the head of campaigns.yaml."""

    slug: str
    kind: Kind
    form: str
    title: str
    title_en: str
    purpose: str
    purpose_en: str
    opens: int
    closes: int
    publishes: int
    audiences: dict[Group, int | None]
    access: Access = Access.CODES
    previous: str = ""
    subjects: tuple[str, ...] = ()
    stages: tuple[PlannedStage, ...] = ()
    reports: tuple[Report, ...] = ()
    codes: dict[Group, int] = {}
    invited: dict[Group, tuple[str, ...]] = {}
    turnout: float = 0.0
    votes: dict[str, int] = {}  # for a subject, in place of the turnout
    ballots: int = 0
    paper: int = 0
    to_try: int = 0
    levels: dict[str, float] = {}
    shift: dict[str, float] = {}
    unknown: float = 0.0
    picks: dict[str, dict[str, float]] = {}
    numbers: dict[str, float] = {}
    words: dict[str, tuple[str, ...]] = {}
    writes: float = 0.25
    tasks: tuple[PlannedTask, ...] = ()
    topics: tuple[PlannedTopic, ...] = ()
    cancelled: CalledOff | None = None
    draft: bool = False


@dataclass(frozen=True)
class Held:
    """What was made. `codes`: unused ones of a campaign that is open, for visitors to try."""

    campaigns: int
    ballots: int
    codes: tuple[str, ...]


def hold(*, city: Content, team: Team, terms: Terms, vault: Vault) -> Held:
    """All of them; belongs inside the transaction that makes the city."""
    versions.import_forms(city.forms, now=terms.now - timedelta(days=300))
    many, to_try = 0, []
    plans = msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), tuple[Planned, ...])
    for planned in plans:
        poll = _Poll(planned, city, team, terms, vault)
        poll.hold()
        many += poll.cast
        to_try += poll.left[:planned.to_try]
    return Held(len(plans), many, tuple(to_try))


class _Poll:
    """One campaign from its draft to what follows from it, as far as today reaches."""

    def __init__(self, planned: Planned, city: Content, team: Team, terms: Terms, vault: Vault) -> None:
        self.planned, self.city, self.terms, self.vault = planned, city, terms, vault
        self.author, self.colleague = (team.who(Role.COORDINATOR, OFFICE, seat) for seat in (1, 2))
        self.chance = Random(planned.slug)  # noqa: S311 - a simulation: the same every time
        self.form: Form = city.forms[planned.form]
        self.cast, self.left = 0, list[str]()

    def day(self, away: int) -> date:
        return self.terms.today + timedelta(days=away)

    def at(self, away: int, hour: int = 9) -> datetime:
        """A moment of that day, and never one to come."""
        minute = time(hour, self.chance.randrange(60))
        return min(datetime.combine(self.day(away), minute, self.terms.now.tzinfo), self.terms.now)

    def hold(self) -> None:
        planned = self.planned
        announced = min(self.at(planned.opens - _ANNOUNCED.days), self.terms.now - timedelta(days=1))
        self._draft(announced - timedelta(days=1))
        if planned.draft:
            return
        self._announce(announced)
        if planned.cancelled is not None:
            planning.cancel(planned.slug, planned.cancelled.reason, seen=2, by=self.author, now=self.at(planned.cancelled.day))
            return
        if planned.access is Access.CODES:
            self._vote_with_codes(announced)
        else:
            self._vote()
        if planned.publishes <= 0:
            results.publish(planned.slug, now=self.at(planned.publishes), vault=self.vault, chance=_CHANCE)
            db.session.flush()
            self._follow_up()

    def _draft(self, now: datetime) -> None:
        form_id = next(each.id for each in queries.form_versions() if each.slug == self.planned.form)
        planning.draft(self._plan(), slug=self.planned.slug, form_id=form_id, by=self.author, now=now, vault=self.vault,
                       previous=self.planned.previous)

    def _plan(self) -> Plan:
        planned, opens = self.planned, self.day(self.planned.opens)
        half, quarter = opens.month > 6, (opens.month - 1) // 3
        named = {"year": opens.year, "half": "上下"[half], "half_en": ("first", "second")[half], "quarter": "一二三四"[quarter],
                 "quarter_en": ("first", "second", "third", "fourth")[quarter]}
        stages = tuple(Stage(self.day(each.first), self.day(each.last), each.focus, each.focus_en) for each in planned.stages)
        return Plan(
            kind=planned.kind, access=planned.access, title=planned.title.format(**named),
            title_en=planned.title_en.format(**named), purpose=planned.purpose, purpose_en=planned.purpose_en, opens_on=opens,
            closes_on=self.day(planned.closes), publishes_on=self.day(planned.publishes), subjects=planned.subjects,
            audiences=tuple(Audience(group, size) for group, size in planned.audiences.items()), stages=stages,
            reports=planned.reports)

    def _announce(self, now: datetime) -> None:
        read = queries.get_campaign(self.planned.slug, now.date(), staff=True)
        planning.announce(self.planned.slug, seen=read.version, form_seen=read.form_seen, by=self.colleague, now=now,
                          subjects={*self.city.units, *self.city.places})
        db.session.flush()

    # --- voting -------------------------------------------------------------------------------------------------------

    def _vote_with_codes(self, now: datetime) -> None:
        on_paper = self.planned.paper
        for group, subject, many in self._batches():
            new = [one_time.make(secrets.token_bytes(16)) for _code in range(many)]
            plan = self._plan()
            codes.make_batch(self.planned.slug, new, group=group, subject=subject, note="", valid_from=plan.opens_on,
                             valid_until=plan.closes_on, by=self.author, now=now, vault=self.vault)
            come = self.planned.votes.get(subject, sum(self.chance.random() < self.planned.turnout for _code in new))
            for code in new[:come]:
                given = self._answers(group, subject)
                if on_paper and self.chance.random() < 0.2:
                    self._on_paper(given, code, group, subject)
                    on_paper -= 1
                else:
                    self._send(Sent(given, code=code))
            self.left += new[come:]
        self._mix()

    def _batches(self) -> Iterator[tuple[Group, str, int]]:
        for group, many in self.planned.codes.items():
            for subject in self.planned.invited.get(group, self.planned.subjects or ("",)):
                yield group, subject, many

    def _vote(self) -> None:
        groups = list(self.planned.audiences)
        for _ballot in range(self.planned.ballots):
            group, subject = self.chance.choice(groups), self.chance.choice(self.planned.subjects or ("",))
            self._send(Sent(self._answers(group, subject), group=group, subject=subject, device=self.chance.choice(_DEVICES)))
        self._mix()

    def _send(self, sent: Sent) -> None:
        last = min(self.planned.closes, -1)
        now = self.at(self.chance.randint(self.planned.opens, last), self.chance.choice(_HOURS))
        ballots.cast(self.planned.slug, sent, once=secrets.token_bytes(16), terms=replace(self.terms, now=now),
                     vault=self.vault, chance=_CHANCE)
        self.cast += 1

    def _on_paper(self, given: Mapping[str, Any], code: str, group: Group, subject: str) -> None:
        today = self.day(self.planned.closes)
        entry = papers.keep(self.planned.slug, Typed(given, group, subject), code=code, by=self.colleague, today=today,
                            vault=self.vault)
        db.session.flush()
        papers.confirm(self.planned.slug, entry, seen=1, by=self.author, today=today, vault=self.vault, chance=_CHANCE)
        db.session.flush()
        self.cast += 1

    def _mix(self) -> None:
        while ballots.mix(self.planned.slug, vault=self.vault, chance=_CHANCE):
            db.session.flush()

    # --- answers ------------------------------------------------------------------------------------------------------

    def _answers(self, group: Group, subject: str) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for question in self.form.questions:
            skipped = not question.required and self.chance.random() < _BLANK
            if not skipped and self.form.is_asked(question, given):
                answer = self._answer(question, group, subject)
                if answer:
                    given[question.id] = answer[0]
        return given

    def _answer(self, question: Question, group: Group, subject: str) -> list[Any]:
        """One answer, or none: a list, since 0 is an answer too."""
        if question.type == "scale":
            return [self._level(question.id, group, subject)]
        if question.type == "matrix":
            return [{row.value: self._level(f"{question.id}.{row.value}", group, subject) for row in question.rows}]
        if question.type == "number":
            return self._number(question)
        if question.type in ("short_text", "long_text"):
            some = self.planned.words.get(question.id, ())
            return [self.chance.choice(some)] if some and self.chance.random() < self.planned.writes else []
        return self._choice(question)

    def _level(self, name: str, group: Group, subject: str) -> int:
        if self.chance.random() < self.planned.unknown:
            return 0
        levels = self.planned.levels
        mean = levels.get(name, levels.get(name.split(".")[0], levels.get("default", 4.0)))
        mean += self.planned.shift.get(subject, 0.0) + {Group.ENTERPRISE: 0.1, Group.JOURNALIST: -0.3}.get(group, 0.0)
        return max(1, min(5, round(self.chance.gauss(mean, _SPREAD))))

    def _number(self, question: Question) -> list[float]:
        """Around the mean, as often below it as above; whole where the question wants whole ones."""
        mean, settings = self.planned.numbers.get(question.id, 0.0), question.settings
        drawn = round(min(self.chance.expovariate(1 / mean), settings["high"]) if mean else 0.0, settings["decimals"])
        return [max(drawn if settings["decimals"] else int(drawn), settings["low"])]

    def _choice(self, question: Question) -> list[Any]:
        """One value, some in the order of the choices, or the first places of a ranking."""
        values = [each.value for each in question.kind.options(question)]
        weights = [self.planned.picks.get(question.id, {}).get(value, 1.0) for value in values]
        if question.type in ("single", "yes_no"):
            return self.chance.choices(values, weights)
        most = question.settings["most"] or len(values)
        ranked = sorted(values, key=lambda value: -self.chance.random() ** (1 / (weights[values.index(value)] or 0.01)))
        if question.type == "ranking":
            return [ranked[:most]]
        some = ranked[:self.chance.randint(1, min(3, most))]
        return [[value for value in values if value in some]]

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def _follow_up(self) -> None:
        slug, published = self.planned.slug, self.at(self.planned.publishes) + timedelta(days=1)
        for task in self.planned.tasks:
            made = follow_up.set_task(slug, follow_up.Task(
                task.topic, task.unit, task.leader, task.measure, self.day(task.due), question=task.question), by=self.author,
                now=published)
            if task.evidence:
                follow_up.finish_task(made, task.evidence, seen=1, by=self.author, now=self.at(task.done))
        for topic in self.planned.topics:
            self._sort(topic, published)

    def _sort(self, topic: PlannedTopic, now: datetime) -> None:
        slug, found, after = self.planned.slug, list[str](), ""
        while page := words.unread(slug, self.author, vault=self.vault, after=after)[:words.PAGE]:
            found += [each.id for each in page if topic.holds in each.text]
            after = page[-1].id
        made = words.name_topic(slug, topic.name, topic.name_en, by=self.author)
        words.put_under(slug, found, topic=made, by=self.author)
        db.session.flush()
        if topic.decision is not None:
            follow_up.decide(slug, made, topic.decision, topic.reason, seen=0, by=self.author, now=now)
