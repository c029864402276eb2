"""How far open ratings may be trusted: a grade beside the rate, with its reasons. It never changes a count or drops a rating.

Looks at what raters say themselves, and at how ratings came: numbers by the hour and by kind of device, nothing finer.
It cannot tell a bought crowd from a meeting that is the only event of its period, nor see what is bought slowly.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log, log1p

from portal.domain.intervals import wilson
from portal.domain.people import N_

FEWEST_TOLD = 5      # a number of ratings that is smaller is not told
FEWEST_RATINGS = 20  # below, one family in one hour would decide the grade

# By chance alone one campaign in a thousand has an hour that counts as conspicuous, however many hours it has.
CHANCE = 0.001
# An office is open about so many hours a day, and its busiest hour (a market day, after school) may well bring four times
# the ratings of an even hour; only days with ratings are counted, so that weekends and quiet weeks make no hour conspicuous.
HOURS_A_DAY = 12
BUSIEST_HOUR = 4.0
# In the evening people use telephones who use computers by day: a kind of device may have half as much again as its share.
DEVICE_SWING = 1.5
MOST_OF_A_DEVICE = 0.95  # where nearly all use telephones, an hour of telephones alone says nothing
# What is above expectation, as a share of all ratings: a twentieth moves a rate by a few hundredths, a quarter decides it.
SLIGHT, STRONG = 0.05, 0.25
# The share that says urged, paid or visited, at the lower end of its interval, so that two jokers in forty do not count.
# Not all will say it: a tenth who do stand for more.
SLIGHT_URGED, STRONG_URGED = 0.02, 0.10


class Letter(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    NONE = "none"


LETTER_WORDS = {
    Letter.A: N_("A – nothing conspicuous"),
    Letter.B: N_("B – read with care"),
    Letter.C: N_("C – probably steered"),
    Letter.NONE: N_("Not graded"),
}


class Reason(StrEnum):
    TOO_FEW = "too_few"
    URGED = "urged"
    BURSTS = "bursts"
    DEVICES = "devices"
    QUIET = "quiet"


REASON_WORDS = {
    Reason.TOO_FEW: N_("There are fewer than 20 ratings: too few to judge how they came about."),
    Reason.URGED: N_("Raters say that they were urged, paid or visited."),
    Reason.BURSTS: N_("Many ratings came within single hours, more than a busy hour explains."),
    Reason.DEVICES: N_("Within single hours, many ratings came from one kind of device, more than its usual share explains."),
    Reason.QUIET: N_("Raters report no pressure, and the ratings came spread over the time as one would expect."),
}


@dataclass(frozen=True)
class Signals:
    """`asked` raters answered whether anyone urged, paid or visited them, `urged` said so.

    `arrivals`: hour (2026-11-24T10), kind of device, how many ratings.
    """

    urged: int
    asked: int
    arrivals: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class Grade:
    grade: Letter
    reasons: tuple[Reason, ...]


def grade(signals: Signals) -> Grade:
    """C for one strong sign or two slight ones, B for a slight one; ratings too few to judge get none."""
    if max(signals.asked, sum(n for _, _, n in signals.arrivals)) < FEWEST_RATINGS:
        return Grade(Letter.NONE, (Reason.TOO_FEW,))
    said = wilson(signals.urged, signals.asked)[0] if signals.asked else 0.0
    weights = {
        Reason.URGED: (said >= SLIGHT_URGED) + (said >= STRONG_URGED),
        Reason.BURSTS: _weight(excess_of_hours(signals.arrivals)),
        Reason.DEVICES: _weight(excess_of_devices(signals.arrivals)),
    }
    reasons = tuple(reason for reason, weight in weights.items() if weight) or (Reason.QUIET,)
    return Grade((Letter.A, Letter.B, Letter.C)[min(2, sum(weights.values()))], reasons)


def measured(signals: Signals) -> dict[str, int | None]:
    """The numbers that a grade rests on, to stand beside it.

    `urged` of `asked`; `busiest`: ratings of the busiest hour, None where they are fewer than five; `bursts` and `devices`:
    what exceeds expectation in conspicuous hours, in whole hundredths of all ratings.
    """
    hours: Counter[str] = Counter()
    for hour, _, n in signals.arrivals:
        hours[hour] += n
    busiest = max(hours.values(), default=0)
    return {"asked": signals.asked, "urged": signals.urged, "busiest": busiest if busiest >= FEWEST_TOLD else None,
            "bursts": round(excess_of_hours(signals.arrivals) * 100),
            "devices": round(excess_of_devices(signals.arrivals) * 100)}


def _weight(excess: float) -> int:
    return (excess >= SLIGHT) + (excess >= STRONG)


def excess_of_hours(arrivals: Iterable[tuple[str, str, int]]) -> float:
    """The share of all ratings by which conspicuous hours exceed what even a busy hour would bring.

    An hour is conspicuous where a binomial with the share of a busy hour, BUSIEST_HOUR / (HOURS_A_DAY x days), reaches its
    number with a chance below CHANCE, divided by the number of hours (Bonferroni).
    """
    hours: Counter[str] = Counter()
    for hour, _, n in arrivals:
        hours[hour] += n
    total, possible = hours.total(), HOURS_A_DAY * len({hour[:10] for hour in hours})
    usual = min(1.0, BUSIEST_HOUR / possible) if possible else 1.0
    found = [n - total * usual for n in hours.values() if tail(n, total, usual) < CHANCE / possible]
    return sum(found) / total if total else 0.0


def excess_of_devices(arrivals: Iterable[tuple[str, str, int]]) -> float:
    """The share of all ratings by which kinds of device exceed, in conspicuous hours, their share of all other hours.

    A kind is conspicuous in an hour where a binomial of the ratings of that hour with the share of this kind in all others,
    times DEVICE_SWING, reaches its number with a chance below CHANCE, divided by the number of such comparisons.
    """
    cells: Counter[tuple[str, str]] = Counter()
    for hour, device, n in arrivals:
        cells[hour, device] += n
    hours: Counter[str] = Counter()
    devices: Counter[str] = Counter()
    for (hour, device), n in cells.items():
        hours[hour] += n
        devices[device] += n
    total = cells.total()
    excess = 0.0
    for (hour, device), n in cells.items():
        elsewhere = (devices[device] - n + 1) / (total - hours[hour] + len(devices))  # with one more of each kind (Laplace)
        usual = min(elsewhere * DEVICE_SWING, MOST_OF_A_DEVICE)
        if tail(n, hours[hour], usual) < CHANCE / len(cells):
            excess += n - hours[hour] * usual
    return excess / total if total else 0.0


def tail(least: int, n: int, share: float) -> float:
    """The chance that a binomial of n trials with this share reaches at least `least`."""
    if least <= n * share:
        return 1.0
    chance = 0.0
    for k in range(least, n + 1):
        term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(share) + (n - k) * log1p(-share))
        chance += term
        if term < chance * 1e-12:
            break
    return chance
