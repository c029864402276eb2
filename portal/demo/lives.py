"""How a case of the simulated city lives: each life yields the moment of its next act and is woken when that has come.

Acts go through the portal's own functions; whatever these refuse cannot happen here either.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from portal.demo.letters import Letter, phrases
from portal.demo.office import DAY
from portal.demo.plans import Plan
from portal.demo.stage import Stage
from portal.domain.case import Action, Case, Outcome, Status
from portal.domain.people import AUTHOR, Actor, Role
from portal.domain.redaction import find, mask

_WITHOUT_REPLY = 10  # working days
_RATING_WINDOW = 31  # calendar days until an answer that nobody rated closes its case
_PROMISED = (15, 60)  # calendar days within which the city's staff promise things
_MASK = "［姓名］"


class Life:
    """One case from the letter to its end."""

    def __init__(self, plan: Plan, letter: Letter, stage: Stage, chance: Random) -> None:
        self.plan, self.letter, self.stage, self.chance = plan, letter, stage, chance
        self.now: datetime = plan.received
        self.number = self.code = ""
        self.sent: Case | None = None
        self.done: set[Action] = set()
        self._answered = ""

    @property
    def case(self) -> Case:
        """How it stands; raises LookupError before the letter was sent."""
        if self.sent is None:
            raise LookupError(f"not sent before {self.plan.received}")
        return self.sent

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to happen, because the plan stops here."""
        return self.plan.stop in self.done

    def acts(self) -> Iterator[datetime]:
        """The moments of its acts, in order; each is carried out when the life is woken again."""
        yield self.now
        self._send()
        yield from self._sorting()
        if self.case.status is Status.ASSIGNED:
            yield from self._starting()
        if self.case.status is Status.HANDLING:
            yield from self._handling()
        if self.case.status is Status.ANSWERED:
            yield from self._afterwards()

    # --- the parts of a life ------------------------------------------------------------------------------------------

    def _sorting(self) -> Iterator[datetime]:
        """Held back or not, then declined, referred or handed to a unit; sometimes the author thinks better of it."""
        topic, sorter = self.letter.topic, self._sorter
        if self.case.status is Status.QUARANTINED:
            yield self._later(0.8 * DAY, 2.5 * DAY)
            self._do(Action.RELEASE, sorter)
        if self.plan.withdraws and self.chance.random() < 0.3:
            yield self._at_home(0.02, 0.2)
            self._do(Action.WITHDRAW, AUTHOR, keep_public="no")
            return
        yield self._later(1.2 * DAY, 2.5 * DAY) if self.plan.is_sorted_late else self._later(25, 0.8 * DAY)
        if topic.refer:
            self._do(Action.REFER, sorter, reason=topic.refer)
        elif topic.decline or topic.spam:
            self._do(Action.DECLINE, sorter, reason=topic.decline or f"经人工核看：{topic.spam}，不作为意见办理。")
        else:
            yield from self._handing_over()

    def _handing_over(self) -> Iterator[datetime]:
        wrong = self.stage.another_unit(self.letter.unit) if self.plan.objects and self._is_ordinary else None
        rule = self.stage.rule_of(self.letter.topic.category)
        lane = self.case.lane.value
        self._do(Action.ACCEPT, self._sorter, lane=lane, unit=wrong or self.letter.unit, rule=rule)
        if self._is_ordinary and self.chance.random() < 0.1:
            self._do(Action.NOTE, self._sorter, note=self._some("triage_notes"))
        if wrong:
            yield self._later(60, 250)
            self._do(Action.OBJECT, self.stage.team.who(Role.HANDLER, wrong), reason=self._some("objections"))
            yield self._later(60, 300)
            self._do(Action.RULE, self._sorter, unit=self.letter.unit, reason=self._some("rulings"))

    def _starting(self) -> Iterator[datetime]:
        yield self._later(20, 240)
        self._do(Action.START, self._worker)
        if self.plan.withdraws:
            yield self._at_home(0.2, 1.5)
            self._do(Action.WITHDRAW, AUTHOR, keep_public=self._some("withdrawals"))

    def _handling(self) -> Iterator[datetime]:
        """Questions, notices and notes on the way, then an answer that two persons wrote."""
        if self.letter.contact and self._is_ordinary and self.chance.random() < 0.15:
            self._do(Action.OPEN_CONTACT, self._worker, reason=self._some("open_contact"))
        if self.plan.asks:
            yield from self._asking()
        if self.plan.tells_between:
            yield self._later(*self._share_of_time(0.15, 0.4))
            self._do(Action.INTERIM_NOTICE, self._worker, notice=self._some("interim"))
        if self.chance.random() < 0.07:
            yield self._later(30, 120)
            self._do(Action.ADD_MESSAGE, AUTHOR, message=self._some("messages"))
            self._do(Action.ADD_MESSAGE, self._worker, message=self._some("answers_to_messages"))
        if self.chance.random() < 0.1:
            self._do(Action.NOTE, self._worker, note=self._some("unit_notes"))
        if self.letter.consent and self._is_ordinary and self.chance.random() < 0.12:
            yield self._later(20, 200)
            self._publish(answer="")
        yield from self._answering()

    def _asking(self) -> Iterator[datetime]:
        yield self._later(*self._share_of_time(0.03, 0.15))
        ask = self.letter.ask
        self._do(Action.ASK_AUTHOR, self._worker, question=ask.question if ask else self._some("questions"))
        if self.plan.is_silent:
            gives_up = self.stage.office.working_day(self.now.date(), _WITHOUT_REPLY)
            yield self._on(gives_up)
            self._portal_acts()
        else:
            yield self._at_home(0.1, 3)
            self._do(Action.AUTHOR_REPLIES, AUTHOR, message=ask.reply if ask else self._some("replies"))

    def _answering(self) -> Iterator[datetime]:
        yield self._too_late() if self.plan.is_late else self._later(*self._share_of_time(0.25, 0.75))
        said = self.chance.choice(self.letter.answers)
        promised = self._promise() if said.outcome is Outcome.PROMISED else None
        answer = self._answer(said.text, said.outcome, promised)
        given = {"outcome": said.outcome.value, "answer": answer, "promised_on": promised.isoformat() if promised else ""}
        self._do(Action.DRAFT_ANSWER, self._worker, **given)
        if self.plan.is_sent_back:
            yield self._later(15, 90)
            self._do(Action.SEND_BACK, self._checker, reason=self._some("send_backs"))
            yield self._later(20, 100)
            self._do(Action.DRAFT_ANSWER, self._worker, **given)
        yield self._later(10, 120)
        self._do(Action.APPROVE, self._checker)
        self._answered = answer

    def _afterwards(self) -> Iterator[datetime]:
        """Publication and rating, in whatever order they come; then the case closes."""
        rates = self.plan.is_content or self.chance.random() < 0.62
        rating = self._at_home(0.05, 5) if rates else None
        deciding = self.stage.office.after(self.now, self.chance.uniform(40, 1.8 * DAY)) if self.letter.consent else None
        for moment in sorted(each for each in (rating, deciding) if each):
            yield self._at(moment)
            if moment == rating:
                self._rate()
            else:
                self._decide_publication()
        content = (self.case.rating or 0) >= 4
        yield self.now + timedelta(minutes=1) if content else self._on(self.now.date() + timedelta(days=_RATING_WINDOW))
        self._portal_acts()

    def _rate(self) -> None:
        late = self.case.answered_on is not None and self.case.answered_on > self.case.due_on
        is_thanks = self.letter.topic.category == "praise"
        weights = (80, 20, 0, 0, 0) if is_thanks else (12, 22, 26, 22, 18) if late else (40, 30, 15, 9, 6)
        level = 5 if self.plan.is_content else self.chance.choices((5, 4, 3, 2, 1), weights)[0]
        comment = "" if is_thanks else self.chance.choice(phrases()["ratings"][level])
        self._do(Action.RATE, AUTHOR, level=str(level), comment=comment)

    def _decide_publication(self) -> None:
        if self.chance.random() < (0.1 if self._is_ordinary else 0.6):
            self._do(Action.KEEP_STUB, self._publisher, reason=self._some("stubs"))
        else:
            self._publish(answer=self._answered)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        suspicious = bool(self.letter.topic.spam) or self.plan.is_held
        self.number, self.code, self.sent = self.stage.send(self.letter, at=self.now, suspicious=suspicious)
        self.done.add(Action.SUBMIT)

    def _do(self, action: Action, actor: Actor, **given: str) -> None:
        if not self.is_over:
            self.sent = self.stage.act(self.number, action, actor, given, at=self.now)
            self.done.add(action)

    def _portal_acts(self) -> None:
        if not self.is_over:
            self.sent = self.stage.portal_acts(self.number, at=self.now)
            self.done |= {Action.CLOSE} if self.case.status is Status.CLOSED else {Action.GO_ON}

    def _publish(self, *, answer: str) -> None:
        """What the machine proposes, read by a person, who says so."""
        originals = {"public_title": self.letter.title, "public_text": self.letter.text, "public_answer": answer}
        texts = {name: self._redacted(text) for name, text in originals.items()}
        self._do(Action.PUBLISH, self._publisher, read="yes", **texts)

    def _redacted(self, text: str) -> str:
        """The person puts back words that were taken for a name, and masks what the machine overlooked."""
        found = find(text, known=self.letter.known)
        personal = [each for each in found if self._is_personal(each.text)]
        self.stage.restored += [each.text for each in found if each.grade.is_masked and each not in personal]
        redacted: str = mask(text, personal)
        for value in self.letter.planted:
            if value in redacted:
                self.stage.overlooked.append(value)
                redacted = redacted.replace(value, _MASK)
        return redacted

    def _is_personal(self, words: str) -> bool:
        return any(words in value or value in words for value in self.letter.planted)

    def _answer(self, text: str, outcome: Outcome, promised: date | None) -> str:
        opening = self.chance.choice(phrases()["openings"][self.letter.topic.category])
        closing = self.chance.choice(phrases()["closings"][self._tone(outcome)])
        if promised:
            self.letter.slots["promised"] = f"{promised.month}月{promised.day}日"
        return f"{opening}\n\n{text.format_map(self.letter.slots)}\n\n{closing}".strip()

    def _tone(self, outcome: Outcome) -> str:
        """Under which words an answer may close: thanks are answered otherwise than a complaint."""
        category = self.letter.topic.category
        return category if category == "praise" else outcome.value if self._is_ordinary else "sealed"

    def _promise(self) -> date:
        return self.now.date() + timedelta(days=self.chance.randint(*_PROMISED))

    # --- who ----------------------------------------------------------------------------------------------------------

    @property
    def _is_ordinary(self) -> bool:
        return self.letter.topic.category not in ("misconduct", "petition", "enforcement")

    @property
    def _sorter(self) -> Actor:
        if self.letter.topic.category == "misconduct":
            return self._worker
        return self.stage.team.who(Role.COORDINATOR, "outreach")

    @property
    def _publisher(self) -> Actor:
        return self.stage.team.who(Role.COORDINATOR, "outreach") if self._is_ordinary else self._checker

    @property
    def _worker(self) -> Actor:
        return self._person(Role.HANDLER, deputy=True)

    @property
    def _checker(self) -> Actor:
        return self._person(Role.REVIEWER, deputy=False)

    def _person(self, ordinary: Role, *, deputy: bool) -> Actor:
        if self._is_ordinary:
            return self.stage.team.who(ordinary, self.letter.unit)
        sealed = self.letter.topic.category == "misconduct"
        role = Role.DISCIPLINE_OFFICER if sealed else Role.COMPLAINTS_OFFICER
        return self.stage.team.who(role, self.letter.unit, deputy=deputy)

    # --- when ---------------------------------------------------------------------------------------------------------

    def _at(self, moment: datetime) -> datetime:
        self.now = max(moment, self.now)
        return self.now

    def _later(self, least: float, most: float) -> datetime:
        """Within so many minutes of working time."""
        return self._at(self.stage.office.after(self.now, self.chance.uniform(least, most) * self.plan.speed))

    def _at_home(self, least: float, most: float) -> datetime:
        """Within so many days, when authors are awake."""
        moment = self.now + timedelta(days=self.chance.uniform(least, most))
        return self._at(moment if 7 <= moment.hour < 23 else moment + timedelta(hours=9))

    def _on(self, day: date) -> datetime:
        """Just after midnight, when the portal looks what has fallen due."""
        return self._at(datetime.combine(day, time(0, 5), self.now.tzinfo))

    def _share_of_time(self, least: float, most: float) -> tuple[float, float]:
        """A share of what is left until the answer is due, as minutes of working time."""
        left = max(self.stage.office.between(self.now, self._deadline()), 60)
        return least * left, most * left

    def _too_late(self) -> datetime:
        begin = max(self._deadline(), self.now)
        return self._at(self.stage.office.after(begin, self.chance.uniform(0.4, 3.5) * DAY))

    def _deadline(self) -> datetime:
        return self.stage.office.closing(self.case.due_on, self.now)

    def _some(self, what: str) -> str:
        found: str = self.chance.choice(phrases()[what])
        return found
