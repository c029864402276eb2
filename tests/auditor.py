"""An auditor who has a copy of the database from before and after every ballot, and every byte of it, but no key.

From copy to copy the auditor sees which code was used, which place in the box was filled, which places were emptied and
which ballots then lay in the open: that is, which codes and which ballots belong to one batch. Within a batch every order
in which codes can be put is laid beside every order in which ballots can be put, forwards and backwards.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import exp, factorial
from typing import Any

Order = Any  # anything that can be compared with its like


@dataclass(frozen=True)
class Thing:
    """A row: what tells it from others, and in which ways it can be put in order."""

    name: str
    orders: Mapping[str, Order]


@dataclass(frozen=True)
class Copy:
    """What one copy shows. `size`: bytes of all files together. All rows stand as they are stored."""

    used: tuple[Thing, ...]
    boxed: tuple[Thing, ...]
    open: tuple[Thing, ...]
    size: int = 0


@dataclass(frozen=True)
class Batch:
    """Codes and ballots of which the auditor knows that these ballots were cast with these codes."""

    codes: tuple[Thing, ...]
    ballots: tuple[Thing, ...]


@dataclass
class Auditor:
    """Looks at one copy after the other."""

    copies: list[Copy] = field(default_factory=list)

    def look(self, copy: Copy) -> None:
        self.copies.append(copy)

    def batches(self) -> list[Batch]:
        """Those who left the box together; what never lay in one came into the open with its code."""
        codes, found, waiting = self._codes(), list[Batch](), dict[str, Thing]()
        for n, (before, after) in enumerate(pairwise(self.copies), start=1):
            fresh = _new(before.used, after.used)
            places = _new(before.boxed, after.boxed)
            shown = [_seen(each, n) for each in _new(before.open, after.open)]
            waiting |= {place.name: codes[code.name] for place, code in zip(places, fresh, strict=False)}
            left = [waiting.pop(each.name) for each in _new(after.boxed, before.boxed)]
            left += [codes[each.name] for each in fresh[len(places):]]
            if shown:
                found.append(Batch(tuple(left), tuple(shown)))
        return found

    def as_one(self) -> Batch:
        """Everything as one batch: what somebody finds who knows the order of use and has the last copy alone."""
        shown = [each for batch in self.batches() for each in batch.ballots]
        last = {each.name: each.orders for each in self.copies[-1].open}
        return Batch(tuple(self._codes().values()), tuple(Thing(each.name, {**each.orders, **last[each.name]})
                                                          for each in shown))

    def _codes(self) -> dict[str, Thing]:
        """Every code that was used, with the orders of its own row, of its place and of the moment."""
        found: dict[str, Thing] = {}
        for n, (before, after) in enumerate(pairwise(self.copies), start=1):
            places = _new(before.boxed, after.boxed)
            for i, code in enumerate(_new(before.used, after.used)):
                place = {f"place {what}": order for what, order in places[i].orders.items()} if i < len(places) else {}
                found[code.name] = Thing(code.name, {**code.orders, **place, "use": (n, i), "growth": after.size - before.size})
        return found


def links(batch: Batch) -> Iterator[tuple[str, dict[str, str]]]:
    """Every way to lay the ones beside the others: its name, and ballot -> code."""
    for code_order, ballot_order in product(_orders(batch.codes), _orders(batch.ballots)):
        codes = sorted(batch.codes, key=_by(code_order))
        ballots = sorted(batch.ballots, key=_by(ballot_order))
        for direction, laid in (("", codes), (" backwards", codes[::-1])):
            yield (f"codes by {code_order}, ballots by {ballot_order}{direction}",
                   {ballot.name: code.name for ballot, code in zip(ballots, laid, strict=True)})


def right(found: Mapping[str, str], truth: Mapping[str, str]) -> int:
    return sum(truth[ballot] == code for ballot, code in found.items())


def beyond_chance(mean: float, rate: float) -> int:
    """The least number that a Poisson variable of this mean reaches with at most this probability.

    The fixed points of a random permutation of n are Poisson of mean 1, but for an error that vanishes like 1/n!
    (Montmort 1713); those of several permutations add up.
    """
    tail, n = 1.0, 0
    while tail > rate:
        tail -= exp(-mean) * mean**n / factorial(n)
        n += 1
    return n


def _new(before: Sequence[Thing], after: Sequence[Thing]) -> list[Thing]:
    known = {each.name for each in before}
    return [each for each in after if each.name not in known]


def _seen(thing: Thing, copy: int) -> Thing:
    return Thing(thing.name, {**thing.orders, "first seen": copy})


def _orders(things: Sequence[Thing]) -> list[str]:
    """Those that all of them have."""
    return sorted(set.intersection(*(set(each.orders) for each in things))) if things else []


def _by(order: str) -> Callable[[Thing], Order]:
    return lambda thing: thing.orders[order]
