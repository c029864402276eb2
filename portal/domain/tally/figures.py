"""The figures of one question or dimension in one part, as plain JSON. Knows only numbers, nothing of who may see them.

Shares have four decimals, means two; intervals are the 95 % score intervals of Wilson. Level 3 基本满意 is a matter of
opinion, so that both treatments are given, each with its levels in its name.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from portal.domain.intervals import wilson

Figure = dict[str, Any]

GRADES: Mapping[str, frozenset[str]] = {
    "satisfied_4_5": frozenset("45"),  # levels 4 and 5; level 3 does not count as satisfied
    "satisfied_3_5": frozenset("345"),
    "bad": frozenset("12"),
}


class State(StrEnum):
    """What is shown of a part, or of a question in it. Only `FULL` has shares."""

    FULL = "full"
    BRIEF = "brief"      # few answers: their number and mean alone
    FEW = "few"          # fewer than five: no figure
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
    mean = round(sum(int(level) * many for level, many in by_level.items()) / answers, 2) if answers else None
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
    mean = round(sum(int(place) * many for place, many in by_place.items()) / placed, 2) if placed else None
    head = {"n": n, "mean": mean, **extra}
    if n < percent_from:
        return {"state": State.BRIEF.value, **head}
    return {"state": State.FULL.value, **head, "placed": placed,
            "first": _with_interval(by_place.get("1", 0), n, n)}


def numbers(by_number: Mapping[str, int], *, extra: Mapping[str, int], percent_from: int) -> Figure:
    n = sum(by_number.values())
    mean = round(sum(float(number) * many for number, many in by_number.items()) / n, 2) if n else None
    head = {"n": n, "mean": mean, **extra}
    if n < percent_from:
        return {"state": State.BRIEF.value, **head}
    low, median, high = (_quantile(by_number, n, quarter / 4) for quarter in (1, 2, 3))
    return {"state": State.FULL.value, **head, "median": median, "quartiles": [low, high]}


def _quantile(by_number: Mapping[str, int], n: int, share: float) -> float:
    """Between the two nearest numbers in proportion: definition 7 of Hyndman and Fan (1996), The American Statistician 50."""
    place = (n - 1) * share
    below, rest = int(place), place % 1
    lower, upper = _at(by_number, below), _at(by_number, min(below + 1, n - 1))
    return round(lower + (upper - lower) * rest, 2)


def _at(by_number: Mapping[str, int], place: int) -> float:
    """The number at this place, from 0, in the order of size."""
    for number, many in sorted((float(number), many) for number, many in by_number.items()):
        place -= many
        if place < 0:
            return number
    raise ValueError("there are fewer numbers")


def portion(count: int, n: int) -> dict[str, float]:
    return {"count": count, "share": round(count / n, 4)}


def _with_interval(count: int, n: int, ballots: int) -> dict[str, float]:
    """`n` answers on so many ballots, of both at least one."""
    low, high = wilson(count / n * ballots, ballots)
    return {**portion(count, n), "low": round(low, 4), "high": round(high, 4)}
