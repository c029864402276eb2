"""No ballot is kept in a cell so small that who came would tell whose it is."""

from collections import Counter
from random import Random

from portal.domain.anonymity import FEWEST, widened

GROUPS, SUBJECTS = ("deputy", "member", "resident"), ("", "east", "west", "north")


def kept(cells: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for cell, n in cells.items():
        found[widened(cells).of(cell)] += n
    return found


def test_large_cells_stay_as_they_are() -> None:
    cells = Counter({("deputy", "east"): 5, ("member", "east"): 12})
    assert kept(cells) == cells


def test_a_small_group_takes_the_next_smallest_along() -> None:
    cells = Counter({("deputy", "east"): 2, ("member", "east"): 6, ("resident", "east"): 40})
    assert kept(cells) == Counter({("", "east"): 8, ("resident", "east"): 40})


def test_a_unit_with_too_few_ballots_is_not_named_either() -> None:
    cells = Counter({("deputy", "east"): 3, ("deputy", "west"): 7, ("deputy", "north"): 9})
    assert kept(cells) == Counter({("", ""): 10, ("deputy", "north"): 9})


def test_no_cell_that_is_kept_is_small_whatever_came() -> None:
    for seed in range(2_000):
        chance = Random(seed)
        subjects = SUBJECTS[1:] if chance.random() < 0.7 else SUBJECTS[:1]
        cells = Counter({(group, subject): n for group in GROUPS for subject in subjects
                         if (n := chance.choice((0, 1, 2, 3, 4, 6, 11)))})
        found = kept(cells)
        assert found.total() == cells.total()
        if cells.total() >= FEWEST:
            assert all(n >= FEWEST for n in found.values()), (cells, found)
