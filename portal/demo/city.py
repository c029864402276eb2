"""The simulated city from its first letter to today: every case plays its life, all of them in order of time.

Chance is seeded: the same cases, words and dates every time. Only keys, codes and passwords differ.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from portal.accounts.queries import count_staff
from portal.casework import actions
from portal.casework.queries import numbers_due
from portal.content import Content
from portal.demo import staff
from portal.demo.letters import Post, places, topics
from portal.demo.lives import Life
from portal.demo.office import Office
from portal.demo.plans import MONTHS, Planner
from portal.demo.staff import Login
from portal.demo.stage import Stage
from portal.domain.case import Action, Status, Terms
from portal.vault.actions import Vault

CASES = 300
_SEED = 110


@dataclass(frozen=True)
class City:
    """What was made. `codes`: a few reference codes to try, each with what its author can do now.

    `overlooked` and `restored` are what the readers of redacted texts corrected, see Stage.
    """

    lives: tuple[Life, ...]
    acts: int
    logins: tuple[Login, ...]
    codes: tuple[tuple[str, Life], ...]
    overlooked: tuple[str, ...]
    restored: tuple[str, ...]

    @property
    def states(self) -> dict[Status, int]:
        found = Counter(life.case.status for life in self.lives)
        return {status: found[status] for status in Status}


def is_settled() -> bool:
    """Whether the database holds a city already, or anything else: only an empty one is filled."""
    return count_staff() > 0


def settle(*, cases: int, city: Content, terms: Terms, vault: Vault) -> City:
    """Fills an empty database; belongs inside a transaction. The last act was done just before `terms.now`."""
    chance = Random(_SEED)  # noqa: S311 - a simulation: the same city every time
    office, now = Office(city.calendar), terms.now
    team = staff.hire(_units(), city=city, now=now - timedelta(days=30 * MONTHS + 5), vault=vault)
    stage = Stage(city=city, office=office, team=team, vault=vault, chance=chance, terms=terms)
    post = Post(chance)
    plans = Planner(chance, city, office, now).plans(cases)
    lives = [Life(plan, post.letter(plan.pile, plan.received.date(), unit=plan.unit), stage, _chance_of(number))
             for number, plan in enumerate(plans)]
    _play(lives, until=now)
    stage.acts += actions.run_due(terms=terms, vault=vault, numbers=numbers_due(terms))
    return City(lives=tuple(lives), acts=stage.acts, logins=team.logins, codes=tuple(_codes(lives)),
                overlooked=tuple(stage.overlooked), restored=tuple(stage.restored))


def _play(lives: list[Life], *, until: datetime) -> None:
    """Wakes whoever is next, as long as there is somebody whose time has come."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for order, life in enumerate(lives):
        acts = life.acts()
        waiting.append((next(acts), order, acts))
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= until:
        _moment, order, acts = heapq.heappop(waiting)
        following = next(acts, None)
        if following is not None and not lives[order].is_over:
            heapq.heappush(waiting, (following, order, acts))


def _units() -> set[str]:
    """Every unit that a letter can reach by the ordinary way."""
    sealed = {"complaints", "legal", "discipline"}
    stations = {code for place in places().values() for code in place["station"]}
    return ({topic.unit for topic in topics()} | stations) - sealed - {"station"}


def _codes(lives: list[Life]) -> Iterator[tuple[str, Life]]:
    """The newest case in which an author can reply, rate, or read a long history."""
    wanted = {
        "to reply to a question": lambda life: life.case.status is Status.WAITING,
        "to rate an answer": lambda life: life.case.status is Status.ANSWERED and life.case.rating is None,
        "to read a case from beginning to end": lambda life: life.case.status is Status.CLOSED and Action.PUBLISH in life.done
        and Action.ASK_AUTHOR in life.done,
    }
    for what, fits in wanted.items():
        found = next((life for life in reversed(lives) if fits(life)), None)
        if found is not None:
            yield what, found


def _chance_of(number: int) -> Random:
    """Each case has its own: one more act in one of them changes no other."""
    return Random(_SEED * 10_000 + number)  # noqa: S311 - a simulation: the same city every time
