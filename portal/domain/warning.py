"""Early warning: one topic that comes to one unit again and again, and more often than it used to.

A topic is a category with the service it is about; where no service is named, with the district. Knows no record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW = 30  # calendar days up to today
BEFORE = 90  # calendar days before these, with which they are compared
LEAST = 5
TIMES = 2
PRAISE = frozenset({"praise"})  # categories that warn of nothing


@dataclass(frozen=True, order=True)
class Topic:
    """What opinions to one unit are about. Either `service` or `district` may be given, never both."""

    unit: str
    category: str
    service: str | None = None
    district: str | None = None


@dataclass(frozen=True)
class Tally:
    """How many opinions about a topic came: in the last 30 days, and in the 90 days before."""

    topic: Topic
    recent: int
    before: int

    @property
    def usual(self) -> float:
        """What 30 days used to bring."""
        return self.before * WINDOW / BEFORE

    @property
    def is_warning(self) -> bool:
        """At least five, and at least twice as many as usual: few are chance, and much that was always much is known."""
        return self.recent >= LEAST and self.recent * BEFORE >= TIMES * self.before * WINDOW


def recent_from(today: date) -> date:
    """The first day of the last 30; `today` is the last."""
    return today - timedelta(days=WINDOW - 1)


def before_from(today: date) -> date:
    """The first of the 90 days before."""
    return recent_from(today) - timedelta(days=BEFORE)


def warnings(tallies: Iterable[Tally]) -> list[Tally]:
    """Those that warn, the greatest rise first."""
    found = [each for each in tallies if each.is_warning]
    return sorted(found, key=lambda each: (-(each.recent - each.usual), each.topic.unit, each.topic.category,
                                           each.topic.service or "", each.topic.district or ""))
