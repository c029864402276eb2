"""An attacker who has what is published and knows who can have cast a ballot, and who can reckon without rounding.

Writes down everything that is published of one form as linear equations over unknown numbers, one for each answer that can
be given in each atom (a group, a subject, a channel, and for corrections whether its ballots are in the first entry, the
second, or both), and asks whether the number of a small set of people follows. Knows nothing of how figures are hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice, repeat
from math import gcd, lcm
from random import Random
from typing import Any

from portal.domain.form import Form, Section
from portal.domain.questions.base import Question, Summary

Atom = tuple[str, str, str, str]  # group, subject, channel, entry: "1", "2" or "12"
Unknown = Any  # whatever names a number
Sum = Mapping[Unknown, int]
Results = Mapping[str, Any]
_LEVELS = ("5", "4", "3", "2", "1")
_VALUE = "value"
_MOST_TRIED = 3_000  # sets of one, of two, of three and of four atoms
_EXACT = 99  # a mean of two decimals times so many is still known to the last whole number


class Equations:
    """Linear equations in whole numbers, solved as they come in."""

    def __init__(self) -> None:
        self._solved: list[tuple[Unknown, dict[Unknown, int]]] = []  # each without what those before it are solved for

    def add(self, unknowns: Sum, value: int) -> None:
        row, _ = self._reduced({**unknowns, _VALUE: -value})
        names = row.keys() - {_VALUE}
        if names:
            self._solved.append((min(names, key=repr), row))
        elif row:
            raise ValueError("what is published contradicts itself")

    def left(self, unknowns: Sum) -> dict[Unknown, Fraction]:
        """What the sum is, up to a known number, as a sum of unknowns that nothing is known of; empty where it follows."""
        row, times = self._reduced(unknowns)
        return {name: Fraction(n, times) for name, n in row.items() if name != _VALUE}

    def _reduced(self, unknowns: Sum) -> tuple[dict[Unknown, int], int]:
        """The sum without all that equations are solved for, and how many times it was taken."""
        row, total = {name: n for name, n in unknowns.items() if n}, 1
        for lead, solved in self._solved:
            if lead in row:
                common = gcd(row[lead], solved[lead])
                times, minus = solved[lead] // common, row[lead] // common
                total *= times
                row = {name: row.get(name, 0) * times - solved.get(name, 0) * minus for name in {**row, **solved}}
                row = {name: n for name, n in row.items() if n}
        return row, total


class Attack:
    """`possible`: for each atom the unknowns that can be other than nothing, as the attacker knows or guesses rightly."""

    def __init__(self, form: Form, possible: Mapping[Atom, Iterable[Unknown]]) -> None:
        self.form = form
        self.possible = {atom: frozenset(each) for atom, each in possible.items()}
        self.equations = Equations()

    def read(self, results: Results, entry: str) -> None:
        """Takes in everything that was published in the entry."""
        self._take(results["whole"], [atom for atom in self.possible if entry in atom[3]])
        for place, kind in (("groups", 0), ("subjects", 1), ("channels", 2)):
            for code, part in results[place].items():
                self._take(part, [atom for atom in self.possible if entry in atom[3] and atom[kind] == code])

    def breaches(self, small: Mapping[Unknown, Mapping[Atom, int]], fewest: int = 5) -> Iterator[str]:
        """What can be found out of one to four people. `small`: measure -> how many each atom really has of it."""
        for measure, sizes in small.items():
            for wanted in self._wanted(measure):
                sums = {atom: {(atom, name): n for name, n in wanted.items() if name in self.possible[atom]}
                        for atom, n in sizes.items() if 0 < n < fewest}
                left = {atom: self.equations.left(unknowns) for atom, unknowns in sums.items() if unknowns}
                hint = _hints(left)
                people = {atom: sizes[atom] for atom in left}
                tried = [islice(_few(people, fewest - 1, many), _MOST_TRIED) for many in range(1, fewest)]
                for atoms in chain.from_iterable(tried):
                    if not sum(hint[atom] for atom in atoms) and not _added(left[atom] for atom in atoms):
                        yield f"{wanted} of {atoms}"

    def _wanted(self, measure: Unknown) -> Iterator[dict[Unknown, int]]:
        """What can be asked of these people: how many they are, or how many gave each answer, or gave any, and the mean."""
        if not isinstance(measure, tuple):
            yield {measure: 1}
            return
        id, part, _ = measure
        names = {each for names in self.possible.values() for each in names
                 if isinstance(each, tuple) and each[:2] == (id, part)}
        yield from ({name: 1} for name in names)
        levels = [name for name in names if name[2] in _LEVELS]
        yield from (dict.fromkeys(levels, 1), {name: int(name[2]) for name in levels}) if levels else ()
        yield from ({(id, part, value): 1 for value in question.shown_if.values}
                    for question in self.form.questions if question.shown_if and question.shown_if.question == id)

    def _total(self, names: Iterable[Unknown], atoms: Iterable[Atom], times: int = 1) -> dict[Unknown, int]:
        wanted = list(names)
        return {(atom, name): times for atom in atoms for name in wanted if name in self.possible[atom]}

    def _take(self, part: Mapping[str, Any], atoms: Sequence[Atom]) -> None:
        for name in ("answered", "usable"):
            if name in part:
                self.equations.add(self._total([name], atoms), part[name])
        for id, figures in part.get("questions", {}).items():
            question = self.form.find(id)
            assert question is not None
            for each, figure in figures.items():
                self._take_question(question, each, figure, atoms)
        for id, figure in part.get("dimensions", {}).items():
            self._take_dimension(next(section for section in self.form.sections if section.id == id), figure, atoms)

    def _take_question(self, question: Question, each: str, figure: Mapping[str, Any], atoms: Sequence[Atom]) -> None:
        if "n" not in figure:
            return
        summary, id = question.kind.summary(question), question.id
        known = [(id, each, level) for level in _LEVELS] if summary is Summary.LEVELS else [(id, "", "known")]
        unknown = (id, each, "0") if summary is Summary.LEVELS else (id, "", "unknown")
        self.equations.add(self._total(known, atoms), figure["n"])
        self.equations.add(self._total([unknown], atoms), figure["unknown"])
        asked = self._asked(question, atoms)
        if "not_asked" in figure:
            self.equations.add(_minus(self._total(["answered"], atoms), asked), figure["not_asked"])
        self.equations.add(_minus(asked, self._total([*known, unknown], atoms)), figure["blank"])
        for value, share in figure.get("distribution", {}).items():
            self.equations.add(self._total([(id, each, value)], atoms), share["count"])
        if "first" in figure:
            self.equations.add(self._total([(id, each, "1")], atoms), figure["first"]["count"])
            self.equations.add(self._total([(id, each, str(place)) for place in range(1, 60)], atoms), figure["placed"])
        if summary is Summary.LEVELS and figure["n"] <= _EXACT and figure["mean"] is not None:
            self._take_mean([(id, each)], figure["mean"] * figure["n"], atoms)
        if summary is Summary.NUMBERS and figure["n"] <= _EXACT and figure["mean"] is not None:
            self.equations.add(self._total([(id, "", "sum")], atoms), round(figure["mean"] * figure["n"]))

    def _take_dimension(self, section: Section, figure: Mapping[str, Any], atoms: Sequence[Atom]) -> None:
        if "n" not in figure:
            return
        of = [(id, part) for id, part in figure["of"]]
        asked = [(question.id, part) for question in section.questions for part in question.kind.parts(question)
                 if question.kind.summary(question) is Summary.LEVELS]
        reached = ([(*asked[0], level) for level in _LEVELS] if len(asked) == 1 else [f"reached {section.id}"])
        self.equations.add(self._total(reached, atoms), figure["n"])
        self.equations.add(self._total([(*each, level) for each in of for level in _LEVELS], atoms), figure["answers"])
        self.equations.add(self._total([(*each, "0") for each in of], atoms), figure["unknown"])
        for level, share in figure.get("distribution", {}).items():
            self.equations.add(self._total([(*each, level) for each in of], atoms), share["count"])
        if figure["answers"] <= _EXACT and figure["mean"] is not None:
            self._take_mean(of, figure["mean"] * figure["answers"], atoms)

    def _take_mean(self, of: Iterable[tuple[str, str]], total: float, atoms: Sequence[Atom]) -> None:
        weighted = {name: n for each in of for level in _LEVELS
                    for name, n in self._total([(*each, level)], atoms, int(level)).items()}
        self.equations.add(weighted, round(total))

    def _asked(self, question: Question, atoms: Sequence[Atom]) -> dict[Unknown, int]:
        """Everybody, or those who gave certain answers to an earlier question (which has no condition of its own)."""
        if question.shown_if is None:
            return self._total(["answered"], atoms)
        return self._total([(question.shown_if.question, "", value) for value in question.shown_if.values], atoms)


def _minus(one: Sum, other: Sum) -> dict[Unknown, int]:
    left: dict[Unknown, int] = defaultdict(int, one)
    for name, n in other.items():
        left[name] -= n
    return {name: n for name, n in left.items() if n}


def _added(several: Iterable[Mapping[Unknown, Fraction]]) -> dict[Unknown, Fraction]:
    total: dict[Unknown, Fraction] = defaultdict(Fraction)
    for each in several:
        for name, n in each.items():
            total[name] += n
    return {name: n for name, n in total.items() if n}


def _hints(left: Mapping[Atom, Mapping[Unknown, Fraction]]) -> dict[Atom, int]:
    """A number for each atom; those of atoms that add up to nothing do so too, and hardly ever those of others."""
    names = sorted({name for each in left.values() for name in each}, key=repr)
    weights = dict(zip(names, map(Random(0).getrandbits, repeat(64)), strict=False))
    common = lcm(*(n.denominator for each in left.values() for n in each.values()))
    return {atom: sum(int(n * common) * weights[name] for name, n in each.items()) for atom, each in left.items()}


def _few(sizes: Mapping[Atom, int], room: int, many: int, start: int = 0) -> Iterator[tuple[Atom, ...]]:
    """Sets of so many atoms that hold at most `room` people together."""
    for place, (atom, n) in enumerate(islice(sizes.items(), start, None), start=start + 1):
        if n + many - 1 <= room:
            yield from ((atom, *rest) for rest in _few(sizes, room - n, many - 1, place)) if many > 1 else ((atom,),)
