"""Which answered cases are followed up: drawn with a seed that was fixed beforehand, so that anyone can draw again.

Before a month begins the portal makes a random seed, keeps it sealed and publishes its SHA-256 (the commitment). After
the month it publishes the seed and the list it drew from. A seed that everyone knew beforehand would tell a unit which
of its cases will be asked about; one that nobody was bound to could be chosen until convenient cases are drawn. To check:

1. SHA-256 of the seed (its 32 bytes, not the hexadecimal digits) is the commitment.
2. Give each number of a unit the key SHA-256(seed + number), the number in ASCII, and sort by key.
3. The first fifth of them is drawn, rounded up, but at least five; all of them where there are no more than five.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from hashlib import sha256

SEED_BYTES = 32
PERCENT = 20
LEAST = 5


def commitment(seed: bytes) -> str:
    """What is published while the seed is still secret: its SHA-256 in hexadecimal digits."""
    return sha256(seed).hexdigest()


def size(population: int) -> int:
    """How many of a unit's cases are drawn."""
    return min(population, max(LEAST, -(-population * PERCENT // 100)))


def draw(seed: bytes, numbers_by_unit: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """The drawn numbers of each unit, in the order in which they were drawn."""
    return {unit: sorted(numbers, key=lambda number: sha256(seed + number.encode("ascii")).digest())[:size(len(numbers))]
            for unit, numbers in sorted(numbers_by_unit.items())}


def month_of(day: date) -> str:
    """The month as in 2026-11."""
    return f"{day:%Y-%m}"


def following(month: str) -> str:
    return month_of(last_day(month) + timedelta(days=1))


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    return (first_day(month) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def drawable_from(month: str, committed_on: date) -> date:
    """The first day whose answers can be drawn: those that were there when the seed was fixed could be aimed at."""
    return max(first_day(month), committed_on + timedelta(days=1))
