"""The figures of one question or dimension in one part, as plain JSON. Knows only numbers, nothing of who may see them.

Shares and the ends of intervals have six decimals, means two, each rounded once, from the counts. Intervals are the 95 %
score intervals of Wilson. Level 3 (基本满意, 有时, 一般) is a matter of opinion, so that both treatments are given, named by
their levels alone: what a level means is said by the words of its question.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any

from portal.domain.intervals import wilson

Figure = dict[str, Any]

GRADES: Mapping[str, frozenset[str]] = {
    "levels_4_5": frozenset("45"),
    "levels_3_5": frozenset("345"),
    "levels_1_2": frozenset("12"),
}
_DECIMALS = 6  # of shares; readers who want more have the counts


class State(StrEnum):
    """What is shown of a part, or of a question in it. Only `FULL` has shares."""

    FULL = "full"
    BRIEF = "brief"      # few answers: number and mean alone, since shares of so few are not reliable; hides nothing
    FEW = "few"          # fewer than five: no figure, and none from which one follows
    SILENT = "silent"    # nobody
    COVERED = "covered"  # no figure, because a small one could be computed from it


def hidden(state: State) -> Figure:
    return {"state": state.value}


def levels(by_level: Mapping[str, int], *, extra: Mapping[str, int], percent_from: int, ballots: int | None = None) -> Figure:
    """Of answers on the scale of five; `extra` are the counts that stand beside them (don't know, blank, not asked).

    `ballots`: on how many the answers stand, where several questions are taken together. The answers of one person go
    together, so intervals are as wide as if each ballot had given one.
    """
    answers = sum(by_level.values())
    n = answers if ballots is None else ballots
    mean = _mean(by_level, answers)
    head = {"n": n, **({} if ballots is None else {"answers": answers}), "mean": mean, **extra}
    if min(n, answers) < percent_from:
        return {"state": State.BRIEF.value, **head}
    grades = {name: sum(by_level.get(level, 0) for level in within) for name, within in GRADES.items()}
    return {"state": State.FULL.value, **head,
            "distribution": {level: portion(many, answers) for level, many in by_level.items()},
            **{name: _with_interval(many, answers, min(n, answers)) for name, many in grades.items()}}


def choices(by_choice: Mapping[str, int], n: int, *, extra: Mapping[str, int], percent_from: int) -> Figure:
    """Of n ballots that chose; where several may be chosen, the shares add up to more than one."""
    if n < percent_from:
        return {"state": State.BRIEF.value, "n": n, **extra}
    return {"state": State.FULL.value, "n": n, **extra,
            "distribution": {value: _with_interval(many, n, n) for value, many in by_choice.items()}}


def places(by_place: Mapping[str, int], n: int, *, extra: Mapping[str, int], percent_from: int) -> Figure:
    """Of one choice in the rankings of n ballots: the mean of the places it got, how often it got one, and the first."""
    placed = sum(by_place.values())
    mean = _mean(by_place, placed)
    head = {"n": n, "mean": mean, **extra}
    if n < percent_from:
        return {"state": State.BRIEF.value, **head}
    return {"state": State.FULL.value, **head, "placed": placed,
            "first": _with_interval(by_place.get("1", 0), n, n)}


def numbers(by_number: Mapping[str, int], *, extra: Mapping[str, int], percent_from: int) -> Figure:
    n = sum(by_number.values())
    mean = _mean(by_number, n)
    head = {"n": n, "mean": mean, **extra}
    if n < percent_from:
        return {"state": State.BRIEF.value, **head}
    low, median, high = (_quantile(by_number, n, Fraction(quarter, 4)) for quarter in (1, 2, 3))
    return {"state": State.FULL.value, **head, "median": median, "quartiles": [low, high]}


def _quantile(by_number: Mapping[str, int], n: int, share: Fraction) -> float:
    """Between the two nearest numbers in proportion: definition 7 of Hyndman and Fan (1996), The American Statistician 50."""
    place = (n - 1) * share
    below, rest = int(place), place % 1
    lower, upper = _at(by_number, below), _at(by_number, min(below + 1, n - 1))
    return rounded(lower + (upper - lower) * rest, 2)


def _at(by_number: Mapping[str, int], place: int) -> Fraction:
    """The number at this place, from 0, in the order of size."""
    for number, many in sorted((Fraction(number), many) for number, many in by_number.items()):
        place -= many
        if place < 0:
            return number
    raise ValueError("there are fewer numbers")


def _mean(by_number: Mapping[str, int], n: int) -> float | None:
    return rounded(exact_mean(by_number, n), 2) if n else None


def exact_mean(by_number: Mapping[str, int], n: int) -> Fraction:
    """Of numbers written in digits and how often each was given; `n` is all of them together, at least one."""
    return sum((Fraction(number) * many for number, many in by_number.items()), Fraction()) / n


def rounded(exact: Fraction, decimals: int) -> float:
    """Halves away from zero, as people round; a broken number of the computer would round some of them the other way."""
    scaled = abs(exact) * 10 ** decimals
    nearest = Fraction(int(scaled + Fraction(1, 2)), 10 ** decimals)
    return float(nearest if exact >= 0 else -nearest)


def portion(count: int, n: int) -> dict[str, float]:
    return {"count": count, "share": rounded(Fraction(count, n), _DECIMALS)}


def _with_interval(count: int, n: int, ballots: int) -> dict[str, float]:
    """`n` answers on so many ballots, of both at least one."""
    low, high = wilson(count / n * ballots, ballots)
    return {**portion(count, n), "low": round(low, _DECIMALS), "high": round(high, _DECIMALS)}
