"""How finely a ballot may be kept: none stands in a cell of fewer than five, so that who came is not whose it is.

Whoever has the database knows how many codes of a group for a unit were used. Were only one, the one ballot of that
group for that unit would be theirs. So the cell is widened before anything is stored (k-anonymity by generalisation,
Sweeney 2002): first the group goes, and where the unit has too few ballots, the unit with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

FEWEST = 5
Cell = tuple[str, str]  # group, subject
Key = TypeVar("Key", str, Cell)


@dataclass(frozen=True)
class Widened:
    """Cells whose ballots are kept without their group, and subjects whose ballots are kept without either."""

    groups: frozenset[Cell]
    subjects: frozenset[str]

    def of(self, cell: Cell) -> Cell:
        """Under what a ballot of this cell is kept."""
        group, subject = cell
        if subject in self.subjects:
            return "", ""
        return ("", subject) if cell in self.groups else cell


def widened(cells: Mapping[Cell, int], *, fewest: int = FEWEST) -> Widened:
    """What must be widened so that every cell of what is kept holds none, or at least `fewest` ballots.

    Guaranteed wherever there are so many ballots at all. The smallest are widened first, ties by their names.
    """
    totals: dict[str, int] = {}
    for (_group, subject), n in cells.items():
        totals[subject] = totals.get(subject, 0) + n
    subjects = _gathered({subject: n for subject, n in totals.items() if subject}, fewest)
    groups: set[Cell] = set()
    for subject in totals:
        if subject not in subjects:
            groups |= _gathered({cell: n for cell, n in cells.items() if cell[1] == subject}, fewest)
    return Widened(frozenset(groups), frozenset(subjects))


def _gathered(sizes: Mapping[Key, int], fewest: int) -> set[Key]:
    """Those too small, and with them the next smallest until together they are enough."""
    ordered = sorted((n, key) for key, n in sizes.items() if n)
    together = 0
    taken: set[Key] = set()
    for n, key in ordered:
        if n >= fewest and (together == 0 or together >= fewest):
            break
        together += n
        taken.add(key)
    return taken
