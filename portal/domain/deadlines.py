"""Deadline rules, the day a rule makes due, and the light a clock shows on a given day.

Knows no case and no clock: rules come from content, today comes in as an argument, a light is never stored.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from portal.domain.codes import Lane
from portal.domain.working_days import DueDate, WorkingCalendar

# What the rules of conduct count with; content must give each of them a number.
REQUIRED = ("triage", "hold-review", "co-unit", "petition-notice", "misconduct-notice", "petition-review", "draw-follow-up",
            "contact-bad-rating", "rectification", "supervision-reminder", "supervision-order", "supervision-circular")
_WARNING_PERCENT = 70  # of the working days between the start and the due day


@dataclass(frozen=True)
class DeadlineRule:
    """One promise: `amount` working days, calendar days or months. A new number is a new `version`; cases keep theirs."""

    key: str
    version: str
    amount: int
    unit: Literal["working_days", "calendar_days", "months"]
    title: str
    title_en: str
    basis: str
    basis_en: str = ""
    extension: int = 0  # how many days a responsible leader may add, once; in the same unit
    interim: int = 0  # by which day the author hears how far the work is; in the same unit
    objection: int = 1  # working days within which a unit may hand it back
    lane: Lane = Lane.ORDINARY  # the nature of the cases it is for
    chosen: bool = True  # whether a person chooses it at triage; the others follow from an act

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"deadline rule {self.key}: amount {self.amount} is less than one day")
        if self.unit not in ("working_days", "calendar_days", "months"):
            raise ValueError(f"deadline rule {self.key}: unit {self.unit!r} is not known")


class Light(StrEnum):
    RUNNING = "running"
    WARNING = "warning"  # 70 % of the time is used
    LATE = "late"  # past the due day
    VERY_LATE = "very_late"  # past the due day by the whole time once more
    STOPPED = "stopped"  # waiting for the author
    DONE = "done"  # also when it was finished late: compare `finished_on` with the due day


def due(rule: DeadlineRule, start: date, calendar: WorkingCalendar) -> DueDate:
    """The due day of what began on `start`, which is itself not counted."""
    if rule.unit == "working_days":
        return calendar.add_working_days(start, rule.amount)
    if rule.unit == "months":
        return calendar.add_months(start, rule.amount)
    return calendar.add_calendar_days(start, rule.amount)


def light(*, start: date, due: date, today: date, calendar: WorkingCalendar, stopped: bool = False,
          finished_on: date | None = None) -> Light:
    """What a clock shows today. Time is measured in working days, also for rules of calendar days."""
    if finished_on is not None:
        return Light.DONE
    if stopped:
        return Light.STOPPED
    whole = max(calendar.working_days_between(start, due), 1)
    if today > due:
        return Light.VERY_LATE if today > calendar.add_working_days(due, whole).day else Light.LATE
    used = calendar.working_days_between(start, today)
    return Light.WARNING if used * 100 >= whole * _WARNING_PERCENT else Light.RUNNING


def extended(rule: DeadlineRule, promised: date, calendar: WorkingCalendar) -> DueDate:
    """The day after the one extension that the rule knows, counted from the promised day."""
    return due(replace(rule, amount=rule.extension), promised, calendar)


def as_frozen(rule: DeadlineRule) -> dict[str, Any]:
    """The rule as plain data, to be kept inside a case for as long as the case lives."""
    return asdict(rule)


def from_frozen(kept: Mapping[str, Any]) -> DeadlineRule:
    """The rule that `as_frozen` wrote; raises TypeError or ValueError for anything else."""
    return DeadlineRule(**kept)
