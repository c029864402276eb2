# ruff: noqa: E501 - a table is read in aligned columns
"""The confidence grade: honest campaigns keep a good one, bought ones a bad one, and nothing is judged on a handful."""

from collections import Counter
from math import comb
from random import Random

import pytest

from portal.domain.steering import Grade, Letter, Reason, Signals, grade, tail

Arrivals = Counter[tuple[str, str]]  # hour, kind of device
DAYS = [f"2026-10-{day:02}" for day in range(1, 31)]
HOURS = {8: 1, 9: 3, 10: 4, 11: 3, 12: 1, 13: 1, 14: 2, 15: 3, 16: 3, 17: 2, 18: 1, 19: 1, 20: 1}
BY_DAY, IN_THE_EVENING = {"phone": 75, "computer": 20, "tablet": 5}, {"phone": 90, "computer": 6, "tablet": 4}
CAMPAIGNS = 200


def honest(random: Random, ratings: int) -> Arrivals:
    """Over thirty uneven days, most in the morning, more telephones in the evening."""
    busy = [random.lognormvariate(0, 0.6) for _ in DAYS]
    found: Arrivals = Counter()
    for _ in range(ratings):
        hour = random.choices([*HOURS], [*HOURS.values()])[0]
        devices = BY_DAY if hour < 18 else IN_THE_EVENING
        found[f"{random.choices(DAYS, busy)[0]}T{hour:02}", random.choices([*devices], [*devices.values()])[0]] += 1
    return found


def signals(random: Random, arrivals: Arrivals, *, honest: int, bought: int) -> Signals:
    """Four of five answer the question; one in a hundred of the honest errs, one in ten of the bought admits it."""
    asked = [random.random() < (0.01 if n < honest else 0.1) for n in range(honest + bought) if random.random() < 0.8]
    return Signals(sum(asked), len(asked), [(*each, n) for each, n in sorted(arrivals.items())])


def grades(*, bought: bool) -> Counter[Letter]:
    found: Counter[Letter] = Counter()
    for seed in range(CAMPAIGNS):
        random = Random(seed)
        ratings = random.randint(40, 600)
        arrivals, more = honest(random, ratings), 0
        if bought:  # a third to all as many again, within a few hours and from one kind of device
            more = int(ratings * random.uniform(0.33, 1.0))
            hours, device = random.sample(sorted({hour for hour, _ in arrivals}), random.randint(1, 4)), random.choice(["phone", "computer"])
            for _ in range(more):
                arrivals[random.choice(hours), device] += 1
        found[grade(signals(random, arrivals, honest=ratings, bought=more)).grade] += 1
    return found


def test_honest_campaigns_keep_a_good_grade() -> None:
    found = grades(bought=False)
    assert found[Letter.A] >= CAMPAIGNS * 0.97
    assert not found[Letter.C]


def test_bought_campaigns_get_a_bad_grade() -> None:
    found = grades(bought=True)
    assert found[Letter.C] >= CAMPAIGNS * 0.9
    assert found[Letter.A] <= CAMPAIGNS * 0.02


EVEN = [(f"{day}T{hour:02}", device, 1) for day in DAYS[:10] for hour in (9, 11, 15) for device in ("phone", "computer")]
JUDGED = [
    #  urged, asked   arrivals                                           grade        reasons
    (0,  0,           [],                                                Letter.NONE, [Reason.TOO_FEW]),
    (9,  19,          [],                                                Letter.NONE, [Reason.TOO_FEW]),
    (0,  60,          EVEN,                                              Letter.A,    [Reason.QUIET]),
    (0,  0,           EVEN,                                              Letter.A,    [Reason.QUIET]),
    (2,  60,          EVEN,                                              Letter.A,    [Reason.QUIET]),   # two may joke
    (5,  60,          EVEN,                                              Letter.B,    [Reason.URGED]),
    (20, 60,          EVEN,                                              Letter.C,    [Reason.URGED]),
    (0,  60,          [*EVEN, (f"{DAYS[0]}T10", "phone", 12)],           Letter.B,    [Reason.BURSTS]),
    (0,  60,          [*EVEN, (f"{DAYS[0]}T10", "phone", 90)],           Letter.C,    [Reason.BURSTS, Reason.DEVICES]),
    (0,  60,          [*EVEN, (f"{DAYS[0]}T10", "phone", 45), (f"{DAYS[0]}T10", "computer", 45)],
                                                                         Letter.C,    [Reason.BURSTS]),
    (5,  60,          [*EVEN, (f"{DAYS[0]}T10", "phone", 12)],           Letter.C,    [Reason.URGED, Reason.BURSTS]),
    (0,  60,          [(f"{DAYS[0]}T09", "phone", 15), (f"{DAYS[0]}T10", "computer", 15)],
                                                                         Letter.C,    [Reason.DEVICES]),  # one after the other
    (0,  90,          [(f"{DAYS[0]}T{hour:02}", "phone", 12) for hour in range(9, 16)],
                                                                         Letter.A,    [Reason.QUIET]),    # a single open day
]


@pytest.mark.parametrize(("urged", "asked", "arrivals", "letter", "reasons"), JUDGED)
def test_grades(urged: int, asked: int, arrivals: list[tuple[str, str, int]], letter: Letter, reasons: list[Reason]) -> None:
    assert grade(Signals(urged, asked, arrivals)) == Grade(letter, tuple(reasons))


def test_the_order_of_arrivals_does_not_matter() -> None:
    random = Random(5)
    arrivals = [(*each, n) for each, n in honest(random, 200).items()]
    shuffled = random.sample(arrivals, len(arrivals))
    assert grade(Signals(3, 100, arrivals)) == grade(Signals(3, 100, shuffled))


@pytest.mark.parametrize(("least", "n", "share"), [(0, 10, 0.3), (4, 10, 0.3), (10, 10, 0.3), (9, 200, 0.01), (60, 200, 0.2)])
def test_the_tail_of_the_binomial(least: int, n: int, share: float) -> None:
    exact = sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(least, n + 1))
    assert tail(least, n, share) == pytest.approx(exact if least > n * share else 1.0)
