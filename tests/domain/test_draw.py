# ruff: noqa: E501 - a table is read in aligned columns
"""The draw: bound to its seed, the same whoever makes it, as large as promised, and impossible to aim."""

import hashlib
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.draw import commitment, draw, drawable_from, first_day, following, last_day, month_of, size

SEED = bytes(range(32))
NUMBERS = [f"2026-{n:06}" for n in range(1, 61)]
_LISTS = st.lists(st.sampled_from(NUMBERS), unique=True)


def by_the_recipe(seed: bytes, numbers: Sequence[str]) -> list[str]:
    """As the public page says it, written down anew."""
    keyed = [(hashlib.sha256(seed + bytes(number, "ascii")).hexdigest(), number) for number in numbers]
    share = len(numbers) // 5 + (len(numbers) % 5 > 0)
    return [number for _, number in sorted(keyed)][:max(share, 5)]


@pytest.mark.parametrize(("population", "drawn"), [
    (0, 0), (1, 1), (4, 4), (5, 5), (6, 5), (24, 5), (25, 5), (26, 6), (30, 6), (31, 7), (100, 20), (101, 21)])
def test_a_fifth_is_drawn_rounded_up_but_at_least_five(population: int, drawn: int) -> None:
    assert size(population) == drawn


@given(seed=st.binary(min_size=32, max_size=32), numbers=_LISTS)
def test_the_recipe_draws_the_same(seed: bytes, numbers: list[str]) -> None:
    assert draw(seed, {"household": numbers}) == {"household": by_the_recipe(seed, numbers)}


@given(numbers=_LISTS, order=st.randoms())
def test_the_order_of_the_list_does_not_matter(numbers: list[str], order: object) -> None:
    shuffled = list(numbers)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(SEED, {"household": shuffled}) == draw(SEED, {"household": numbers})


def test_units_are_drawn_apart() -> None:
    both = draw(SEED, {"traffic": NUMBERS[30:], "household": NUMBERS[:30]})
    assert list(both) == ["household", "traffic"]
    assert both["household"] == draw(SEED, {"household": NUMBERS[:30]})["household"]
    assert [len(drawn) for drawn in both.values()] == [6, 6]


def test_another_seed_draws_others() -> None:
    drawn = {tuple(draw(bytes([n]) * 32, {"household": NUMBERS})["household"]) for n in range(20)}
    assert len(drawn) == 20


def test_every_case_has_the_same_chance() -> None:
    times = [0] * len(NUMBERS)
    for n in range(2_000):
        for number in draw(hashlib.sha256(str(n).encode()).digest(), {"household": NUMBERS})["household"]:
            times[NUMBERS.index(number)] += 1
    assert sum(times) == 2_000 * 12
    assert max(abs(each - 400) for each in times) < 90  # five standard deviations of a fair draw


def test_the_commitment_is_the_hash_of_the_bytes() -> None:
    assert commitment(SEED) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"


@pytest.mark.parametrize(("month", "first",      "last",       "next_month"), [
    ("2026-09",           "2026-09-01", "2026-09-30", "2026-10"),
    ("2026-12",           "2026-12-01", "2026-12-31", "2027-01"),
    ("2028-02",           "2028-02-01", "2028-02-29", "2028-03"),
])
def test_months(month: str, first: str, last: str, next_month: str) -> None:
    assert first_day(month) == date.fromisoformat(first)
    assert last_day(month) == date.fromisoformat(last)
    assert following(month) == next_month
    assert month_of(last_day(month)) == month


@pytest.mark.parametrize(("month", "committed",  "from_day"), [
    ("2026-10",           "2026-09-07", "2026-10-01"),  # before the month, as in regular course
    ("2026-10",           "2026-09-30", "2026-10-01"),
    ("2026-09",           "2026-09-07", "2026-09-08"),  # the portal began to work within the month
    ("2026-09",           "2026-09-30", "2026-10-01"),  # on its last day: nothing is left to be drawn
])
def test_only_what_is_answered_after_the_seed_was_fixed_can_be_drawn(month: str, committed: str, from_day: str) -> None:
    assert drawable_from(month, date.fromisoformat(committed)) == date.fromisoformat(from_day)
