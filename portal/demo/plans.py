"""How each case of the simulated city will go: drawn by chance for most, laid down for those that a visitor should find.

A plan says when a letter comes, what happens on the way, and after which act nothing more has happened yet.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from portal.content import Content
from portal.demo.office import Office
from portal.domain.codes import Action, Channel
from portal.domain.deadlines import due

DAYS = 365
SILENT_UNIT = "north-pass"  # never answers anybody, whoever urges it
_HOURS = (*(hour for hour in range(7, 23) for _often in range(4 if 8 <= hour <= 21 else 1)),)  # when people write
_WEEKEND = 0.45  # as likely as a working day
_GROWTH = (0.7, 1.3)  # how many letters a day brings at the beginning and at the end of the year
_PILES = {"question": 22, "suggestion": 25, "complaint": 19, "help": 9, "praise": 8, "report-back": 8, "enforcement": 4,
          "petition": 3, "misconduct": 3, "elsewhere": 8, "spam": 2}
_CHANNELS = {Channel.WEB: 80, Channel.PHONE: 7, Channel.VISIT: 4, Channel.HOTLINE: 4, Channel.LETTER: 2, Channel.EVENT: 2,
             Channel.SOCIAL: 1}
_WEB_ONLY = ("misconduct", "spam")
_SHARED = ("suggestion", "complaint")  # piles with matters that several people write about
_JOINED, _OTHERS = 0.025, 2  # how often a matter is shared, and how many others then write about it


class Turn(StrEnum):
    """Something that happens on the way, or how somebody behaves in it."""

    HELD = "held"  # the machine takes it for something unwanted
    NAMES = "names"  # the author names the unit complained about
    NAMED_LATER = "named later"  # whoever sorts it reads who is complained about
    SORTED_LATE = "sorted late"
    UPHELD = "upheld"  # a second person looks at the refusal, which stands
    REOPENED = "reopened"  # … which does not stand
    JOINED = "joined"  # others write about the same
    WITHDRAWS = "withdraws"
    OBJECTS = "objects"
    MOVED = "moved"  # begun by one unit, taken over by another
    RECUSED = "recused"
    WITH_OTHERS = "with others"  # further units contribute
    PARTLY = "partly"  # … one of them never does
    ASKS = "asks"
    SILENT = "silent"  # the author does not reply
    TELLS = "tells"
    MORE_TIME = "more time"
    NO_MORE_TIME = "no more time"  # … which is refused
    SENT_BACK = "sent back"
    LATE = "late"
    VERY_LATE = "very late"
    PROMISES = "promises"
    BREAKS = "breaks"  # … and does not keep it
    CONTENT = "content"
    UNHAPPY = "unhappy"
    DISPUTES = "disputes"
    UNREACHED = "unreached"
    RELAPSES = "relapses"  # what was put right does not last
    REVIEWED = "reviewed"
    RE_EXAMINED = "re-examined"


# How often it happens by chance; what can only follow on something else, how often it does then.
_SHARES = {
    Turn.HELD: 0.02, Turn.NAMES: 0.25, Turn.NAMED_LATER: 0.05, Turn.SORTED_LATE: 0.07, Turn.UPHELD: 0.08, Turn.REOPENED: 0.02,
    Turn.WITHDRAWS: 0.03, Turn.OBJECTS: 0.05, Turn.MOVED: 0.03, Turn.RECUSED: 0.015, Turn.WITH_OTHERS: 0.06, Turn.PARTLY: 0.15,
    Turn.ASKS: 0.16, Turn.SILENT: 0.25, Turn.TELLS: 0.2, Turn.MORE_TIME: 0.06, Turn.NO_MORE_TIME: 0.3, Turn.SENT_BACK: 0.12,
    Turn.LATE: 0.1, Turn.VERY_LATE: 0.025, Turn.BREAKS: 0.2, Turn.DISPUTES: 0.3, Turn.UNREACHED: 0.15, Turn.RELAPSES: 0.12,
    Turn.REVIEWED: 0.3, Turn.RE_EXAMINED: 0.4}
# What never happens with some letters: nobody asks for more time to return thanks.
_NEVER = {
    "praise": {Turn.ASKS, Turn.TELLS, Turn.MORE_TIME, Turn.WITH_OTHERS, Turn.DISPUTES, Turn.SENT_BACK},
    "question": {Turn.TELLS, Turn.MORE_TIME, Turn.WITH_OTHERS},
}


@dataclass(frozen=True, eq=False)
class Plan:
    """`stop`: the act after which the case stands as it is, `review_stop` that of its review. `speed` below 1 hurries all.

    `lay`: days that it lay before it was entered. `others`: the units that contribute, drawn where there are none.
    """

    pile: str
    received: datetime
    turns: Set[Turn] = frozenset()
    unit: str | None = None
    stop: Action | None = None
    review_stop: Action | None = None
    speed: float = 1.0
    channel: Channel = Channel.WEB
    lay: int = 0
    others: tuple[str, ...] = ()
    like: "Plan | None" = None  # an earlier letter about the same


@dataclass(frozen=True)
class Staged:
    """A case that a visitor should find. `due`: in how many working days it is due; else `ago`, the days since it came."""

    pile: str
    stop: Action | None
    unit: str | None = None
    due: int | None = None
    ago: float = 0
    speed: float = 0.35
    turns: Set[Turn] = frozenset()
    channel: Channel = Channel.WEB
    others: tuple[str, ...] = ()
    review_stop: Action | None = None


# Household is the unit whose handler and reviewer a visitor can be; its leader and the county's coordinator are others.
STAGED = (
    # to sort, to hold, to look at again
    Staged("question", Action.SUBMIT, ago=0.09),
    Staged("suggestion", Action.SUBMIT, ago=0.07),
    Staged("complaint", Action.SUBMIT, ago=0.05),
    Staged("help", Action.SUBMIT, ago=0.02),
    Staged("complaint", Action.SUBMIT, ago=5),
    Staged("complaint", Action.SUBMIT, "inspection", ago=0.2, turns={Turn.NAMES}),
    Staged("spam", Action.SUBMIT, ago=0.04),
    Staged("spam", Action.SUBMIT, ago=1.1),
    Staged("suggestion", Action.SUBMIT, ago=0.6, turns={Turn.HELD}),
    Staged("misconduct", Action.SUBMIT, ago=0.3),
    Staged("elsewhere", Action.REFER, "traffic", ago=9),
    Staged("elsewhere", Action.DECLINE, "complaints", ago=12),
    Staged("elsewhere", Action.REFER, "traffic", ago=10, turns={Turn.UPHELD}),
    Staged("elsewhere", None, "traffic", ago=26, turns={Turn.UPHELD}),
    Staged("elsewhere", None, "order", ago=34, turns={Turn.REOPENED}),
    Staged("suggestion", None, ago=31, turns={Turn.JOINED, Turn.LATE}),
    Staged("suggestion", None, ago=28, turns={Turn.HELD}),
    Staged("suggestion", Action.WITHDRAW, ago=10, turns={Turn.WITHDRAWS}),
    Staged("question", Action.WITHDRAW, ago=20, turns={Turn.WITHDRAWS}),
    # in the hands of a unit
    Staged("question", Action.ACCEPT, "household", due=2),
    Staged("complaint", Action.ACCEPT, "household", due=3),
    Staged("suggestion", Action.ACCEPT, "traffic", due=2),
    Staged("suggestion", Action.OBJECT, "station", due=3, turns={Turn.OBJECTS}),
    Staged("suggestion", Action.TRANSFER, "household", due=1, speed=0.1, turns={Turn.OBJECTS, Turn.MOVED}),
    Staged("suggestion", None, "station", ago=37, turns={Turn.OBJECTS}),
    Staged("help", None, "household", ago=33, turns={Turn.RECUSED}, channel=Channel.VISIT),
    Staged("question", Action.START, "household", due=0),
    Staged("complaint", Action.START, "household", due=0),
    Staged("help", Action.START, "household", due=-1),
    Staged("suggestion", Action.START, "household", due=-9),
    Staged("complaint", Action.SUPERVISE, "household", due=-3, turns={Turn.VERY_LATE}),
    Staged("complaint", Action.ANSWER_SUPERVISION, "household", ago=35, turns={Turn.VERY_LATE}, channel=Channel.HOTLINE),
    Staged("suggestion", Action.START, "traffic", due=-2),
    Staged("report-back", Action.START, "criminal", due=0),
    Staged("complaint", Action.START, "station", due=-6),
    Staged("suggestion", None, SILENT_UNIT, ago=75, speed=1.0),
    Staged("suggestion", Action.ACCEPT, "lijiazhuang", due=1),
    Staged("question", Action.SUPERVISE, "lijiazhuang", due=-3, turns={Turn.VERY_LATE}),
    Staged("suggestion", Action.ADD_CO_UNIT, "traffic", due=2, turns={Turn.WITH_OTHERS}, others=("household",)),
    Staged("suggestion", Action.CO_REPORT, "household", due=1, turns={Turn.WITH_OTHERS, Turn.TELLS}, others=("technology",)),
    Staged("suggestion", None, "traffic", ago=40, turns={Turn.WITH_OTHERS, Turn.PARTLY}, others=("order", "technology")),
    Staged("complaint", Action.INTERIM_NOTICE, "household", due=1, turns={Turn.TELLS}),
    Staged("suggestion", Action.REQUEST_EXTENSION, "household", due=2, turns={Turn.MORE_TIME}),
    Staged("suggestion", Action.GRANT_EXTENSION, "household", due=1, turns={Turn.MORE_TIME}, channel=Channel.LETTER),
    Staged("complaint", Action.REFUSE_EXTENSION, "vehicle", due=1, turns={Turn.MORE_TIME, Turn.NO_MORE_TIME}),
    Staged("question", Action.ASK_AUTHOR, "household", due=0, turns={Turn.ASKS}),
    Staged("complaint", Action.ASK_AUTHOR, "vehicle", due=1, turns={Turn.ASKS}),
    Staged("help", Action.ASK_AUTHOR, "criminal", due=2, turns={Turn.ASKS}, channel=Channel.PHONE),
    Staged("question", None, "household", ago=41, turns={Turn.ASKS, Turn.SILENT}),
    Staged("question", None, "vehicle", ago=29, turns={Turn.ASKS}),
    Staged("question", Action.DRAFT_ANSWER, "household", due=1),
    Staged("complaint", Action.DRAFT_ANSWER, "household", due=1),
    Staged("help", Action.DRAFT_ANSWER, "household", due=2),
    Staged("complaint", Action.DRAFT_ANSWER, "vehicle", due=0),
    Staged("suggestion", Action.DRAFT_ANSWER, "station", due=1),
    Staged("complaint", None, "household", ago=39, turns={Turn.SENT_BACK, Turn.NAMES}),
    # answered, and what is owed then
    Staged("question", Action.APPROVE, "household", due=1),
    Staged("help", Action.APPROVE, "household", due=1),
    Staged("praise", Action.CLOSE, ago=24, turns={Turn.CONTENT}),
    Staged("suggestion", Action.APPROVE, "household", ago=75, turns={Turn.PROMISES}),
    Staged("suggestion", Action.CHECK_PROMISE, "traffic", ago=100, turns={Turn.PROMISES, Turn.CONTENT}),
    Staged("suggestion", Action.CHECK_PROMISE, "household", ago=100, turns={Turn.PROMISES, Turn.BREAKS}),
    Staged("complaint", Action.RATE, "household", ago=12, turns={Turn.UNHAPPY}),
    Staged("complaint", Action.FOLLOW_UP, "household", ago=17, turns={Turn.UNHAPPY}),
    Staged("complaint", Action.RECTIFY, "household", ago=55, turns={Turn.UNHAPPY}),
    Staged("complaint", None, "vehicle", ago=80, turns={Turn.UNHAPPY, Turn.UNREACHED, Turn.RELAPSES}),
    Staged("complaint", Action.DISPUTE, "household", ago=22, turns={Turn.UNHAPPY, Turn.DISPUTES}),
    Staged("suggestion", None, "household", ago=48, turns={Turn.UNHAPPY, Turn.DISPUTES}),
    # the lanes of their own
    Staged("petition", Action.ACCEPT, "complaints", ago=9),
    Staged("petition", Action.START, "complaints", ago=66),
    Staged("petition", Action.DRAFT_ANSWER, "complaints", ago=40),
    Staged("petition", None, "complaints", ago=43, speed=0.2, turns={Turn.REVIEWED}, review_stop=Action.RECEIPT_NOTICE),
    Staged("petition", None, "nanping", ago=170, turns={Turn.REVIEWED, Turn.RE_EXAMINED}, channel=Channel.VISIT),
    Staged("petition", Action.GRANT_EXTENSION, "complaints", ago=50, speed=1.0, turns={Turn.MORE_TIME}),
    Staged("enforcement", Action.START, "legal", ago=21),
    Staged("enforcement", Action.DRAFT_ANSWER, "legal", ago=52, turns={Turn.NAMES}),
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
        plans = [plan for each in STAGED for plan in self._with_like(self._laid(each))]
        for moment in self._moments(max(cases - len(plans), 0)):
            if len(plans) >= cases:
                break
            plans += [*self._with_like(self._drawn(moment))][:cases - len(plans)]
        return sorted(plans, key=lambda plan: plan.received)

    def _moments(self, many: int) -> Iterator[datetime]:
        days = [self.first_day + timedelta(days=n) for n in range(DAYS)]
        few, much = _GROWTH
        weights = [(1.0 if self.city.calendar.is_working(day) else _WEEKEND) * (few + (much - few) * n / DAYS)
                   for n, day in enumerate(days)]
        for day in self.chance.choices(days, weights, k=many):
            yield self._at(day, self.chance.choice(_HOURS))

    @property
    def first_day(self) -> date:
        return self.now.date() - timedelta(days=DAYS)

    def _at(self, day: date, hour: int) -> datetime:
        moment = datetime.combine(day, time(hour, self.chance.randrange(60), self.chance.randrange(60)), self.now.tzinfo)
        return self._before_now(moment)

    def _before_now(self, moment: datetime) -> datetime:
        return min(moment, self.now - timedelta(minutes=self.chance.randint(2, 90)))

    def _drawn(self, received: datetime) -> Plan:
        chance = self.chance
        pile = chance.choices(list(_PILES), list(_PILES.values()))[0]
        turns = {turn for turn, share in _SHARES.items() if chance.random() < share} - _NEVER.get(pile, set())
        channel = chance.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        if pile in _SHARED and chance.random() < _JOINED:
            turns.add(Turn.JOINED)
        if pile in _WEB_ONLY or Turn.HELD in turns:
            channel = Channel.WEB
        if channel is not Channel.WEB:  # written down in office hours
            received = self._before_now(self.office.after(received, chance.uniform(5, 90)))
        return Plan(pile=pile, received=received, turns=turns, speed=chance.uniform(0.5, 1.3), channel=channel,
                    lay=chance.randint(0, 4) if channel is Channel.LETTER else 0)

    def _with_like(self, plan: Plan) -> Iterator[Plan]:
        """A letter, and those of others about the same that come within the next days."""
        yield plan
        for _other in range(_OTHERS if Turn.JOINED in plan.turns else 0):
            after = self._at(plan.received.date() + timedelta(days=self.chance.randint(1, 2)), self.chance.choice(_HOURS))
            yield Plan(pile=plan.pile, received=max(after, plan.received + timedelta(minutes=1)), like=plan)

    def _laid(self, staged: Staged) -> Plan:
        ago = self.now - timedelta(days=staged.ago)
        received = ago if staged.due is None else self._at(self._received_for(staged), 8)
        if staged.channel is not Channel.WEB:
            received = self._before_now(self.office.after(received, 30))
        return Plan(pile=staged.pile, received=received, turns=staged.turns, unit=staged.unit, stop=staged.stop,
                    speed=staged.speed, channel=staged.channel, others=staged.others, review_stop=staged.review_stop)

    def _received_for(self, staged: Staged) -> date:
        """The first day on which it can have come to be due when it should be."""
        rule = self.city.rules[self.city.categories[staged.pile].head.rule]
        wanted = self.office.working_day(self.now.date(), staged.due or 0)
        return next(day for day in (wanted - timedelta(days=back) for back in range(40, 0, -1))
                    if due(rule, day, self.city.calendar).day == wanted)
