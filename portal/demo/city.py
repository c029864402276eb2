"""The simulated city from its first letter to today: every case plays its life, all of them in order of time.

Chance is seeded: the same cases, words and dates every time. Only keys, codes and passwords differ.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from portal.accounts.queries import count_staff
from portal.casework import actions
from portal.casework.queries import numbers_due
from portal.content import Content
from portal.demo import evaluations, staff
from portal.demo.courses import course
from portal.demo.evaluations import Held
from portal.demo.letters import Letter, Post, places, topics
from portal.demo.lives import Life
from portal.demo.months import months
from portal.demo.office import Office
from portal.demo.plans import DAYS, SILENT_UNIT, Plan, Planner, Turn
from portal.demo.staff import INSPECTION, Login
from portal.demo.stage import Stage
from portal.domain.case import Terms
from portal.domain.codes import IN_HAND, Action, Status
from portal.domain.codes import Stage as PetitionStage
from portal.domain.people import AUTHOR
from portal.vault.actions import Vault

_SEED = 110
_SEALED = {"complaints", "legal", "discipline"}


@dataclass(frozen=True)
class City:
    """What was made. `codes`: a few reference codes to try, each with what its author can do now; `held`: its evaluations.

    `overlooked` and `restored` are what the readers of redacted texts corrected, see Stage.
    """

    lives: tuple[Life, ...]
    acts: int
    logins: tuple[Login, ...]
    codes: tuple[tuple[str, Life], ...]
    overlooked: tuple[str, ...]
    restored: tuple[str, ...]
    held: Held

    @property
    def states(self) -> dict[Status, int]:
        found = Counter(life.case.status for life in self.lives)
        return {status: found[status] for status in Status}


def is_settled() -> bool:
    """Whether the database holds a city already, or anything else: only an empty one is filled."""
    return count_staff() > 0


def settle(*, cases: int, city: Content, terms: Terms, vault: Vault, tell: Callable[[str], None] = lambda line: None) -> City:
    """Fills an empty database; belongs inside a transaction. The last act was done just before `terms.now`.

    `tell` hears a line after every month.
    """
    chance = Random(_SEED)  # noqa: S311 - a simulation: the same city every time
    office, now = Office(city.calendar), terms.now
    team = staff.hire(_units(), city=city, now=now - timedelta(days=DAYS + 5), vault=vault)
    stage = Stage(city=city, office=office, team=team, vault=vault, chance=chance, terms=terms)
    planner = Planner(chance, city, office, now)
    player = _Player(stage)
    player.add(None, months(stage, datetime.combine(planner.first_day, now.timetz()), tell))
    for life in _lives(planner.plans(cases), stage):
        player.add(life, course(life))
    player.play(until=now)
    for number in numbers_due(terms):
        stage.acts += actions.run_due(terms=terms, vault=vault, numbers=[number])
        stage.lives[number].now = now
        stage.lives[number].refresh(Action.CLOSE)
    lives = tuple(stage.lives.values())
    held = evaluations.hold(city=city, team=team, terms=terms, vault=vault)
    tell(f"{held.campaigns} evaluations, {held.ballots} ballots")
    return City(lives=lives, acts=stage.acts, logins=team.logins, codes=tuple(_codes(lives)),
                overlooked=tuple(stage.overlooked), restored=tuple(stage.restored), held=held)


def _lives(plans: list[Plan], stage: Stage) -> Iterator[Life]:
    """One for every plan, with its letter, in order of time."""
    post, made = Post(stage.chance, SILENT_UNIT), dict[Plan, Life]()
    for number, plan in enumerate(plans):
        follows = made[plan.like] if plan.like is not None else None
        made[plan] = Life(plan, _letter(post, plan, follows), stage, _chance_of(number), follows=follows)
        yield made[plan]


def _letter(post: Post, plan: Plan, follows: Life | None) -> Letter:
    on = plan.received.date()
    if follows is not None:
        return post.like(follows.letter, on)
    return post.letter(plan.pile, on, unit=plan.unit, names=Turn.NAMES in plan.turns, shared=Turn.JOINED in plan.turns)


@dataclass
class _Player:
    """Wakes whoever is next, as long as there is somebody whose time has come."""

    stage: Stage
    _waiting: list[tuple[datetime, int, Life | None, Iterator[datetime]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def add(self, life: Life | None, strand: Iterator[datetime]) -> None:
        moment = next(strand, None)
        if moment is not None and not (life and life.is_over):
            heapq.heappush(self._waiting, (moment, next(self._order), life, strand))

    def play(self, *, until: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= until:
            moment, _order, life, strand = heapq.heappop(self._waiting)
            if life is not None:
                if life.is_over:
                    continue
                life.now = moment
            self.add(life, strand)
            while self.stage.strands:
                self.add(*self.stage.strands.pop())


def _units() -> set[str]:
    """Every unit that a letter can reach by the ordinary way."""
    stations = {code for place in places().values() for code in place["station"]}
    return ({topic.unit for topic in topics()} | stations | {INSPECTION}) - _SEALED - {"station"}


def _codes(lives: tuple[Life, ...]) -> Iterator[tuple[str, Life]]:
    """The newest case in which an author can reply, rate, dispute, or read a long history."""
    wanted: dict[str, Callable[[Life], bool]] = {
        "to reply to a question": lambda life: life.case.status is Status.WAITING,
        "to rate an answer": lambda life: life.may(Action.RATE, AUTHOR),
        "to dispute an answer": lambda life: life.may(Action.DISPUTE, AUTHOR) and life.case.rating is not None,
        "in its second round": lambda life: life.case.disputed and life.case.is_open,
        "a petition under review": lambda life: life.case.stage is not PetitionStage.FIRST and life.case.status in IN_HAND,
        "to read a case from beginning to end": lambda life: life.case.status is Status.CLOSED
        and {Action.PUBLISH, Action.ASK_AUTHOR} <= life.done,
    }
    for what, fits in wanted.items():
        found = next((life for life in reversed(lives) if fits(life)), None)
        if found is not None:
            yield what, found


def _chance_of(number: int) -> Random:
    """Each case has its own: one more act in one of them changes no other."""
    return Random(_SEED * 10_000 + number)  # noqa: S311 - a simulation: the same city every time
