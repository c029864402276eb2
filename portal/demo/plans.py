"""How each case of the simulated city will go: drawn by chance for most, laid down for those that a visitor should find.

A plan says when a letter comes, what happens on the way, and after which act nothing more has happened yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from portal.content import Content
from portal.demo.office import Office
from portal.domain.case import Action
from portal.domain.deadlines import due

MONTHS = 4
_HOURS = (*(hour for hour in range(7, 23) for _often in range(4 if 8 <= hour <= 21 else 1)),)  # when people write
_WEEKEND = 0.45  # as likely as a working day
_PILES = {"question": 22, "suggestion": 25, "complaint": 19, "help": 9, "praise": 8, "report-back": 8, "enforcement": 4,
          "petition": 3, "misconduct": 3, "elsewhere": 8, "spam": 2}


@dataclass(frozen=True)
class Plan:
    """`stop`: the act after which the case stands as it is. `speed` below 1 hurries everybody."""

    pile: str
    received: datetime
    unit: str | None = None
    stop: Action | None = None
    speed: float = 1.0
    is_late: bool = False
    is_sorted_late: bool = False
    is_held: bool = False
    asks: bool = False
    is_silent: bool = False
    objects: bool = False
    tells_between: bool = False
    is_sent_back: bool = False
    withdraws: bool = False
    is_content: bool = False


@dataclass(frozen=True)
class Staged:
    """A case that a visitor should find. `due`: in how many working days it is due; else `ago`, the days since it came."""

    pile: str
    stop: Action
    unit: str | None = None
    due: int | None = None
    ago: float = 0
    speed: float = 0.35
    objects: bool = False
    is_held: bool = False
    tells_between: bool = False
    withdraws: bool = False
    is_content: bool = False


# Household is the unit whose handler and reviewer a visitor can be.
STAGED = (
    Staged("question", Action.SUBMIT, ago=0.09),
    Staged("suggestion", Action.SUBMIT, ago=0.07),
    Staged("complaint", Action.SUBMIT, ago=0.05),
    Staged("help", Action.SUBMIT, ago=0.02),
    Staged("complaint", Action.SUBMIT, ago=5),
    Staged("spam", Action.SUBMIT, ago=0.04),
    Staged("spam", Action.SUBMIT, ago=1.1),
    Staged("suggestion", Action.SUBMIT, ago=0.6, is_held=True),
    Staged("question", Action.ACCEPT, "household", due=2),
    Staged("complaint", Action.ACCEPT, "household", due=3),
    Staged("suggestion", Action.ACCEPT, "traffic", due=2),
    Staged("suggestion", Action.OBJECT, "station", due=3, objects=True),
    Staged("question", Action.START, "household", due=0),
    Staged("complaint", Action.START, "household", due=0),
    Staged("help", Action.START, "household", due=-1),
    Staged("complaint", Action.START, "household", due=-3),
    Staged("complaint", Action.INTERIM_NOTICE, "household", due=1, tells_between=True),
    Staged("suggestion", Action.START, "traffic", due=-2),
    Staged("report-back", Action.START, "criminal", due=0),
    Staged("complaint", Action.START, "station", due=-6),
    Staged("question", Action.ASK_AUTHOR, "household", due=0),
    Staged("complaint", Action.ASK_AUTHOR, "vehicle", due=1),
    Staged("help", Action.ASK_AUTHOR, "criminal", due=2),
    Staged("question", Action.DRAFT_ANSWER, "household", due=1),
    Staged("complaint", Action.DRAFT_ANSWER, "household", due=1),
    Staged("help", Action.DRAFT_ANSWER, "household", due=2),
    Staged("complaint", Action.DRAFT_ANSWER, "vehicle", due=0),
    Staged("suggestion", Action.DRAFT_ANSWER, "station", due=1),
    Staged("question", Action.APPROVE, "household", due=1),
    Staged("help", Action.APPROVE, "household", due=1),
    Staged("suggestion", Action.WITHDRAW, ago=6, withdraws=True),
    Staged("question", Action.WITHDRAW, ago=20, withdraws=True),
    Staged("elsewhere", Action.REFER, "traffic", ago=9),
    Staged("elsewhere", Action.DECLINE, "complaints", ago=12),
    Staged("praise", Action.CLOSE, ago=24, is_content=True),
    Staged("petition", Action.ACCEPT, "complaints", ago=4),
    Staged("petition", Action.START, "complaints", ago=66),
    Staged("petition", Action.DRAFT_ANSWER, "complaints", ago=40),
    Staged("enforcement", Action.START, "legal", ago=21),
    Staged("enforcement", Action.DRAFT_ANSWER, "legal", ago=52),
    Staged("misconduct", Action.SUBMIT, ago=0.3),
    Staged("misconduct", Action.START, ago=15),
    Staged("misconduct", Action.DRAFT_ANSWER, ago=33),
)


@dataclass(frozen=True)
class Planner:
    chance: Random
    city: Content
    office: Office
    now: datetime

    def plans(self, cases: int) -> list[Plan]:
        """In the order in which the letters come: those laid down, and by chance as many as are still wanted."""
        laid = [self._laid(each) for each in STAGED]
        drawn = [self._drawn(moment) for moment in self._moments(max(cases - len(laid), 0))]
        return sorted([*laid, *drawn], key=lambda plan: plan.received)

    def _moments(self, many: int) -> Iterator[datetime]:
        first = self.now.date() - timedelta(days=30 * MONTHS + 2)
        days = [first + timedelta(days=n) for n in range((self.now.date() - first).days)]
        weights = [(1.0 if self.city.calendar.is_working(day) else _WEEKEND) * (0.8 + 0.4 * n / len(days))
                   for n, day in enumerate(days)]
        for day in self.chance.choices(days, weights, k=many):
            yield self._at(day, self.chance.choice(_HOURS))

    def _at(self, day: date, hour: int) -> datetime:
        moment = datetime.combine(day, time(hour, self.chance.randrange(60), self.chance.randrange(60)), self.now.tzinfo)
        return min(moment, self.now - timedelta(minutes=self.chance.randint(2, 90)))

    def _drawn(self, received: datetime) -> Plan:
        chance = self.chance
        return Plan(
            pile=chance.choices(list(_PILES), list(_PILES.values()))[0], received=received,
            speed=chance.uniform(0.5, 1.3), is_late=chance.random() < 0.1, is_sorted_late=chance.random() < 0.07,
            is_held=chance.random() < 0.02, asks=chance.random() < 0.16, is_silent=chance.random() < 0.25,
            objects=chance.random() < 0.05, tells_between=chance.random() < 0.2, is_sent_back=chance.random() < 0.12,
            withdraws=chance.random() < 0.03)

    def _laid(self, staged: Staged) -> Plan:
        ago = self.now - timedelta(days=staged.ago)
        received = ago if staged.due is None else self._at(self._received_for(staged), 8)
        return Plan(pile=staged.pile, received=received, unit=staged.unit, stop=staged.stop, speed=staged.speed,
                    is_held=staged.is_held, asks=staged.stop is Action.ASK_AUTHOR, objects=staged.objects,
                    tells_between=staged.tells_between, withdraws=staged.withdraws, is_content=staged.is_content)

    def _received_for(self, staged: Staged) -> date:
        """The first day on which it can have come to be due when it should be."""
        rule = self.city.rules[self.city.categories[staged.pile].head.rule]
        wanted = self.office.working_day(self.now.date(), staged.due or 0)
        return next(day for day in (wanted - timedelta(days=back) for back in range(40, 0, -1))
                    if due(rule, day, self.city.calendar).day == wanted)
