"""One case of the simulated city as everybody in it sees it: how it stands, who does something, when the next moment is.

Acts go through the portal's own functions; whatever these refuse cannot happen here either. In which order things are
done the modules sorting, handling, aftermath and oversight say.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from portal.demo.letters import Letter, phrases
from portal.demo.office import DAY
from portal.demo.plans import Plan, Turn
from portal.demo.staff import INSPECTION
from portal.demo.stage import Stage
from portal.domain.case import Case
from portal.domain.codes import Action, Channel, Lane
from portal.domain.people import AUTHOR, OFFICE, SYSTEM, Actor, Role

_OPENS = time(8, 30)
_CLERKS = {Channel.PHONE: 2, Channel.HOTLINE: 1, Channel.LETTER: 2, Channel.EVENT: 1, Channel.SOCIAL: 2}  # seats of the office


class Life:
    """`follows`: an earlier case about the same; `joined`: later ones about the same that were joined to this one.

    Several strands of acts may run beside each other; whoever wakes one of them says which moment it is.
    """

    def __init__(self, plan: Plan, letter: Letter, stage: Stage, chance: Random, *, follows: "Life | None" = None) -> None:
        self.plan, self.letter, self.stage, self.chance, self.follows = plan, letter, stage, chance, follows
        self.now: datetime = plan.received
        self.number = self.code = self.answered = ""
        self.sent: Case | None = None
        self.done: set[Action] = set()
        self.joined: list[Life] = []
        self.put_right: Mapping[str, str] = {}  # the last rectification, and what a later look at it finds

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

    @property
    def is_ordinary(self) -> bool:
        return self.case.lane is Lane.ORDINARY

    def has(self, *turns: Turn) -> bool:
        """Whether one of these is to happen."""
        return any(turn in self.plan.turns for turn in turns)

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    # --- acts ---------------------------------------------------------------------------------------------------------

    def send(self) -> None:
        suspicious = bool(self.letter.topic.spam) or self.has(Turn.HELD)
        channel, text = self._channel, self.letter.text
        if channel is not Channel.WEB:
            text = f"{self.some('recorded', channel)}{text}"
        received = self.now.date() - timedelta(days=self.plan.lay)
        self._is(*self.stage.send(self.letter, text, at=self.now, suspicious=suspicious, channel=channel,
                                  received_on=received, clerk=self._clerk(channel)))
        self.done |= {Action.SUBMIT, *([Action.QUARANTINE] if suspicious else [])}

    def ask_review(self, reason: str, chance: Random) -> "Life":
        """The review, a case of its own."""
        reviewed = self.stage.review(self, reason, at=self.now)
        self.refresh(Action.REQUEST_REVIEW)
        turns = {Turn.REVIEWED} if self.has(Turn.RE_EXAMINED) else set()
        plan = Plan(pile=self.plan.pile, received=self.now, turns=turns, stop=self.plan.review_stop, speed=self.plan.speed)
        life = Life(plan, self.letter, self.stage, chance)
        life._is(*reviewed)
        life.done.add(Action.SUBMIT)
        return life

    def _is(self, number: str, code: str, case: Case) -> None:
        self.number, self.code, self.sent = number, code, case
        self.stage.lives[number] = self

    def do(self, action: Action, actor: Actor, **given: str) -> None:
        if not self.is_over:
            self.sent = self.stage.act(self.number, action, actor, given, at=self.now,
                                       looked_at=self.has(Turn.UPHELD, Turn.REOPENED))
            self.done.add(action)

    def may(self, action: Action, actor: Actor) -> bool:
        return self.stage.may(self.case, action, actor, at=self.now)

    def portal_acts(self) -> None:
        """What the portal does when it looks at the case: going on without a reply, closing."""
        for action in (Action.GO_ON, Action.CLOSE):
            if self.may(action, SYSTEM):
                self.do(action, SYSTEM)

    def refresh(self, done: Action) -> None:
        """After an act that another case, or the portal, did to this one."""
        self.sent = self.stage.case(self.number, at=self.now)
        self.done.add(done)

    def spawn(self, strand: Iterator[datetime]) -> None:
        """Begins something that goes on beside the rest."""
        if not self.is_over:
            self.stage.strands.append((self, strand))

    # --- who ----------------------------------------------------------------------------------------------------------

    @property
    def sorter(self) -> Actor:
        team = self.stage.team
        if self.case.lane is Lane.MISCONDUCT:
            return self.worker
        if OFFICE in self.case.barred:
            return team.who(Role.INSPECTOR, INSPECTION)
        return team.who(Role.COORDINATOR, OFFICE)

    @property
    def publisher(self) -> Actor:
        return self.sorter if self.is_ordinary else self.checker

    @property
    def worker(self) -> Actor:
        """The first handler of the unit, or the second one where the first left the case."""
        if not self.is_ordinary:
            return self._officer(2)
        unit = str(self.case.unit)
        first = self.stage.team.who(Role.HANDLER, unit)
        return self.stage.team.who(Role.HANDLER, unit, 2) if first.id in self.case.recused else first

    @property
    def checker(self) -> Actor:
        return self.stage.team.who(Role.REVIEWER, str(self.case.unit)) if self.is_ordinary else self._officer(1)

    def _officer(self, seat: int) -> Actor:
        if self.case.lane is Lane.MISCONDUCT:
            return self.stage.team.who(Role.DISCIPLINE_OFFICER, "discipline", seat)
        return self.stage.team.who(Role.COMPLAINTS_OFFICER, self.case.unit or self.letter.unit, seat)

    def any_of(self, actors: Iterable[Actor], action: Action) -> Actor | None:
        """One of these who may do it now."""
        able = [actor for actor in actors if self.may(action, actor)]
        return self.chance.choice(able) if able else None

    def outsider(self, action: Action) -> Actor | None:
        """Somebody who judges the work of others and may do it now."""
        sealed = [self._officer(1), self._officer(2)] if self.case.lane is Lane.MISCONDUCT else []
        return self.any_of(sealed or self.stage.team.overseers, action)

    def leader(self, action: Action) -> Actor | None:
        return self.any_of(self.stage.team.leaders, action)

    @property
    def _channel(self) -> Channel:
        """Nobody complains of the office by telling the office."""
        return Channel.WEB if self.letter.about == OFFICE else self.plan.channel

    def _clerk(self, channel: Channel) -> Actor:
        """Who writes it down: the unit that is visited, else the office."""
        team, letter = self.stage.team, self.letter
        if channel is Channel.WEB:
            return AUTHOR
        if channel is Channel.VISIT and letter.topic.category == "petition":
            return team.who(Role.COMPLAINTS_OFFICER, letter.unit, 2)
        if channel is Channel.VISIT and not letter.about:
            return team.who(Role.HANDLER, letter.unit)
        return team.who(Role.COORDINATOR, OFFICE, _CLERKS.get(channel, 1))

    # --- when: each is a moment from now on -----------------------------------------------------------------------------

    def later(self, least: float, most: float) -> datetime:
        """Within so many minutes of working time."""
        return self.stage.office.after(self.now, self.chance.uniform(least, most) * self.plan.speed)

    def at_home(self, least: float, most: float) -> datetime:
        """Within so many days, when authors are awake."""
        moment = self.now + timedelta(days=self.chance.uniform(least, most))
        return moment if 7 <= moment.hour < 23 else moment + timedelta(hours=9)

    def on(self, day: date) -> datetime:
        """Just after midnight, when the portal looks what has fallen due."""
        return max(datetime.combine(day, time(0, 5), self.now.tzinfo), self.now)

    def in_office(self, day: date) -> datetime:
        """In the office hours of that day, or of the first working day after it."""
        begin = max(datetime.combine(day, _OPENS, self.now.tzinfo), self.now)
        return self.stage.office.after(begin, self.chance.uniform(10, 200))

    def share_of_time(self, least: float, most: float) -> datetime:
        """When a share of what is left until the answer is due has passed."""
        left = max(self.stage.office.between(self.now, self._deadline()), 60)
        return self.later(least * left, most * left)

    def too_late(self, least: float, most: float) -> datetime:
        """So many working days after the promised one."""
        return self.stage.office.after(max(self._deadline(), self.now), self.chance.uniform(least, most) * DAY)

    def _deadline(self) -> datetime:
        return self.stage.office.closing(self.case.due_on, self.now)

    # --- words --------------------------------------------------------------------------------------------------------

    def some(self, *names: str) -> str:
        """One of the phrases under these names."""
        found: Any = phrases()
        for name in names:
            found = found[name]
        words: str = self.chance.choice(found)
        return words

    def fitting(self, name: str) -> Any:
        """One of the entries under this name that fit what the letter is."""
        kinds = phrases()[name]
        kind = Lane.PETITION.value if self.case.lane is Lane.PETITION else self.letter.topic.category
        return self.chance.choice(kinds.get(kind, kinds["other"]))
