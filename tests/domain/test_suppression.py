# ruff: noqa: E501 - a table is read in aligned columns
"""Which parts stay hidden: against every set of small cells that there is, computed anew and exactly."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.suppression import WHOLE, Atom, Part, conceal, protect


def is_inside(part: Part, atom: Atom) -> bool:
    return part == WHOLE or atom[part[0]] == part[1]


class Span:
    """All sums of multiples of some rows, in fractions."""

    def __init__(self, rows: Iterable[Sequence[int]]) -> None:
        self._basis: list[tuple[int, list[Fraction]]] = []
        for row in rows:
            left = self._left(row)
            lead = next((place for place, n in enumerate(left) if n), None)
            if lead is not None:
                self._basis.append((lead, [n / left[lead] for n in left]))

    def __contains__(self, row: Sequence[int]) -> bool:
        return not any(self._left(row))

    def _left(self, row: Sequence[int]) -> list[Fraction]:
        left = [Fraction(n) for n in row]
        for lead, other in self._basis:
            if left[lead]:
                times = left[lead]
                left = [a - b * times if b else a for a, b in zip(left, other, strict=True)]
        return left


def recoverable(cells: Mapping[Atom, int], shown: Iterable[Part], fewest: int = 5) -> list[tuple[Atom, ...]]:
    """Every set of cells with one to four ballots that is a sum of multiples of what is shown."""
    atoms = [atom for atom, n in cells.items() if n]
    span = Span([[int(is_inside(part, atom)) for atom in atoms] for part in shown])
    small = [each for many in range(1, fewest) for each in combinations([atom for atom in atoms if cells[atom] < fewest], many)
             if sum(cells[atom] for atom in each) < fewest]
    return [each for each in small if [int(atom in each) for atom in atoms] in span]


TWO_KINDS = [
    # ballots of                     group a: units x, y, z   group b: x, y, z   hidden beside the empty parts
    ("nothing is small",             (10, 20, 30),            (10, 20, 30),      ""),
    ("nobody came",                  (0, 0, 0),               (0, 0, 0),         ""),
    ("fewer than five in all",       (1, 0, 1),               (0, 2, 0),         "whole a b x y z"),
    ("one small unit",               (2, 20, 30),             (1, 20, 30),       "x y"),
    ("two small units together few", (1, 1, 30),              (1, 1, 30),        "x y z"),
    ("two small units are enough",   (2, 2, 30),              (2, 1, 30),        "x y"),
    ("one small group of two",       (1, 1, 1),               (9, 9, 9),         "a b"),
    ("small cells within large",     (3, 20, 20),             (20, 3, 20),       ""),
    ("a cell that stands alone",     (0, 20, 20),             (3, 9, 9),         "x y"),
    ("a cell by its two neighbours", (0, 0, 20),              (9, 9, 3),         "x z"),
]


@pytest.mark.parametrize(("of_a", "of_b", "hidden"), [each[1:] for each in TWO_KINDS], ids=[each[0] for each in TWO_KINDS])
def test_small_tables(of_a: tuple[int, ...], of_b: tuple[int, ...], hidden: str) -> None:
    cells: dict[Atom, int] = {(group, unit): n for group, row in (("a", of_a), ("b", of_b)) for unit, n in zip("xyz", row, strict=True)}
    shown = protect(cells, 2)
    there = {WHOLE, *[(kind, value) for atom, n in cells.items() if n for kind, value in enumerate(atom)]}
    names = {"whole" if part == WHOLE else part[1] for part in there - shown}
    assert names == set(hidden.split()) if sum(of_a + of_b) else not shown
    assert recoverable(cells, shown) == []


@pytest.mark.parametrize("seed", range(0, 300, 25))
def test_no_small_set_of_cells_is_recoverable(seed: int) -> None:
    for each in range(seed, seed + 25):
        random = Random(each)
        kinds = [[f"{kind}{n}" for n in range(random.randint(1, most))] for kind, most in enumerate((3, 4, 2))]
        cells: dict[Atom, int] = {(a, b, c): random.choice((0, 0, 1, 1, 2, 3, 5, 9)) for a in kinds[0] for b in kinds[1] for c in kinds[2]}
        assert recoverable(cells, protect(cells, 3)) == [], each


def test_what_is_hidden_is_needed_where_nothing_protects() -> None:
    """The check itself: with all parts shown it finds small sets in nearly all of such tables."""
    found = 0
    for seed in range(40):
        random = Random(seed)
        cells: dict[Atom, int] = {(a, b): random.choice((0, 0, 1, 2, 3, 9)) for a in "ab" for b in "wxyz"}
        parts = {WHOLE, *[(kind, value) for atom, n in cells.items() if n for kind, value in enumerate(atom)]}
        found += bool(recoverable(cells, parts))
    assert found > 30


_CELLS = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("wxyz")), st.integers(0, 12), max_size=12)


@given(cells=_CELLS, order=st.randoms())
@settings(deadline=None)
def test_the_order_of_the_cells_does_not_matter(cells: dict[Atom, int], order: Random) -> None:
    shuffled = [*cells.items()]
    order.shuffle(shuffled)
    assert protect(dict(shuffled), 2) == protect(cells, 2)


@given(cells=_CELLS)
@settings(deadline=None)
def test_no_part_of_a_kind_is_hidden_alone(cells: dict[Atom, int]) -> None:
    shown = protect(cells, 2)
    for kind in range(2):
        there = {atom[kind] for atom, n in cells.items() if n}
        assert len([value for value in there if (kind, value) not in shown]) != 1 or len(there) == 1


@given(cells=_CELLS, also=st.sets(st.tuples(st.sampled_from([0]), st.sampled_from("abc"))))
@settings(deadline=None)
def test_what_is_hidden_anyway_stays_hidden_and_everything_stays_safe(cells: dict[Atom, int], also: set[Part]) -> None:
    shown = protect(cells, 2, hidden=also)
    assert not shown & also
    assert recoverable(cells, shown) == []


@given(cells=_CELLS, other=_CELLS)
@settings(deadline=None)
def test_two_measures_are_protected_together(cells: dict[Atom, int], other: dict[Atom, int]) -> None:
    hidden = conceal([cells, other], 2)
    parts = {WHOLE, *[(0, value) for value in "abc"], *[(1, value) for value in "wxyz"]}
    assert recoverable(cells, parts - hidden) == recoverable(other, parts - hidden) == []


def test_nothing_is_hidden_where_suppression_is_off() -> None:
    cells: dict[Atom, int] = {("a", "x"): 1, ("b", "y"): 2}
    assert protect(cells, 2, fewest=1) == {WHOLE, (0, "a"), (0, "b"), (1, "x"), (1, "y")}


def test_large_tables_of_small_cells_keep_most_of_their_parts() -> None:
    random = Random(7)
    cells: dict[Atom, int] = {(f"g{a}", f"u{b:03}", channel): random.choice((0, 1, 1, 2, 3, 6))
                              for a in range(6) for b in range(60) for channel in ("web", "paper")}
    shown = protect(cells, 3)
    assert WHOLE in shown
    assert len(shown) > 60


@pytest.mark.parametrize(("cells", "kinds", "fewest"), [
    ({("a",): 3},       2, 5),  # an atom lacks a kind
    ({("a", "x"): -1},  2, 5),
    ({("a", "x"): 9},   2, 6),  # sets of five cells are not searched
    ({("a", "x"): 9},   2, 0),
])
def test_what_cannot_be_protected_is_refused(cells: dict[Atom, int], kinds: int, fewest: int) -> None:
    with pytest.raises(ValueError):
        protect(cells, kinds, fewest=fewest)
