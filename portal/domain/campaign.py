"""A campaign of open evaluation: its kind, its dates and the phase that follows from them. Knows no database and no clock.

The promise (dates, audience, form, anonymity) stands from the day it is announced; nothing here moves it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from portal.domain.people import N_, Actor, Role

LONGEST_PERIOD = timedelta(days=400)
LONGEST_COUNT = timedelta(days=60)  # from the last day of voting to the promised publication
FEWEST_CODES = 5  # in one group for one unit: fewer could be told apart
MOST_CODES = 5_000  # in one batch
MOST_STAGES = 12
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PAGES = frozenset({"enter", "tasks", "thanks", "form", "results", "new"})


class Kind(StrEnum):
    DELEGATES = "delegates"        # deputies, members, supervisors, journalists evaluate units or the police as a whole
    REPORTS = "reports"            # two reports, one evaluation (两述一评)
    SURVEY = "survey"              # residents: satisfaction, sense of safety, familiarity
    RATING = "rating"              # service points and items, five levels (好差评), by QR code
    CONSULTATION = "consultation"  # a topic with questions, answered by adoption


KIND_WORDS = {
    Kind.DELEGATES: N_("Delegates’ evaluation"),
    Kind.REPORTS: N_("Two reports, one evaluation"),
    Kind.SURVEY: N_("Residents’ survey"),
    Kind.RATING: N_("Service rating"),
    Kind.CONSULTATION: N_("Consultation"),
}


class Access(StrEnum):
    """`CODES`: one ballot for each one-time code. `OPEN`: whoever comes; that everybody votes once cannot be promised."""

    CODES = "codes"
    OPEN = "open"


ACCESS_WORDS = {
    Access.CODES: N_("One ballot for each one-time code"),
    Access.OPEN: N_("Open to everyone, without a code"),
}


class Group(StrEnum):
    """Who evaluates."""

    DEPUTY = "deputy"
    MEMBER = "member"
    SUPERVISOR = "supervisor"
    JOURNALIST = "journalist"
    ENTERPRISE = "enterprise"
    RESIDENT = "resident"


GROUP_WORDS = {
    Group.DEPUTY: N_("Deputies of people’s congresses"),
    Group.MEMBER: N_("Members of the political consultative conference"),
    Group.SUPERVISOR: N_("Law-enforcement supervisors"),
    Group.JOURNALIST: N_("Journalists"),
    Group.ENTERPRISE: N_("Enterprises"),
    Group.RESIDENT: N_("Residents"),
}


class Phase(StrEnum):
    DRAFT = "draft"          # nobody but staff knows of it
    ANNOUNCED = "announced"  # public, not open yet
    OPEN = "open"
    COUNTING = "counting"    # closed; results come on the promised day
    PUBLISHED = "published"
    CANCELLED = "cancelled"  # announced and called off, with a reason everyone reads


PHASE_WORDS = {
    Phase.DRAFT: N_("Draft"),
    Phase.ANNOUNCED: N_("Announced"),
    Phase.OPEN: N_("Open now"),
    Phase.COUNTING: N_("Being counted"),
    Phase.PUBLISHED: N_("Results published"),
    Phase.CANCELLED: N_("Called off"),
}
PUBLIC_PHASES = frozenset(Phase) - {Phase.DRAFT}


class BallotChannel(StrEnum):
    WEB = "web"
    PAPER = "paper"


@dataclass(frozen=True)
class Stage:
    """A stretch of the campaign with a focus of its own. Both days count."""

    first: date
    last: date
    focus: str
    focus_en: str


@dataclass(frozen=True)
class Audience:
    """One group that is asked. `size`: how many people it has, which is the figure `served`; None where nobody knows."""

    group: Group
    size: int | None = None


@dataclass(frozen=True)
class Report:
    """What an officer reports before being evaluated: on duty (述职) and on integrity (述廉)."""

    subject: str
    duty: str
    integrity: str


@dataclass(frozen=True)
class Plan:
    """Everything that is promised. `subjects`: codes of the units, places or services evaluated; none: the police as a whole.

    Days are calendar days; voting opens at the first moment of `opens_on` and ends with `closes_on`.
    """

    kind: Kind
    access: Access
    title: str
    title_en: str
    purpose: str
    purpose_en: str
    opens_on: date
    closes_on: date
    publishes_on: date
    audiences: tuple[Audience, ...]
    subjects: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    reports: tuple[Report, ...] = field(default=())

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(each.group for each in self.audiences)


def phase_of(plan: Plan, today: date, *, announced: bool, cancelled: bool, published: bool) -> Phase:
    """Where the campaign stands. On the promised day it counts until the results are there, and never before that day."""
    if not announced:
        return Phase.DRAFT
    if cancelled:
        return Phase.CANCELLED
    if published:
        return Phase.PUBLISHED
    if today < plan.opens_on:
        return Phase.ANNOUNCED
    return Phase.OPEN if today <= plan.closes_on else Phase.COUNTING


def stage_of(plan: Plan, today: date) -> Stage | None:
    return next((each for each in plan.stages if each.first <= today <= each.last), None)


def faults(plan: Plan, today: date, *, subjects: Collection[str]) -> Mapping[str, str]:
    """What contradicts itself in a plan that is to be announced: field -> reason. `subjects`: all codes there are."""
    found: dict[str, str] = {}
    for name in ("title", "title_en", "purpose", "purpose_en"):
        if not getattr(plan, name).strip():
            found[name] = "required"
    if plan.opens_on < today:
        found["opens_on"] = "opens_in_the_past"
    if plan.closes_on < plan.opens_on:
        found["closes_on"] = "closes_before_it_opens"
    elif plan.closes_on - plan.opens_on > LONGEST_PERIOD:
        found["closes_on"] = "period_too_long"
    if plan.publishes_on <= plan.closes_on:
        found["publishes_on"] = "publishes_before_it_closes"
    elif plan.publishes_on - plan.closes_on > LONGEST_COUNT:
        found["publishes_on"] = "publishes_too_late"
    if not plan.audiences or len(set(plan.groups)) != len(plan.audiences):
        found["audiences"] = "required"
    if any(each.size is not None and each.size < 1 for each in plan.audiences):
        found["audiences"] = "audience_size"
    if set(plan.subjects) - set(subjects) or len(set(plan.subjects)) != len(plan.subjects):
        found["subjects"] = "choice"
    if plan.kind is Kind.RATING and not plan.subjects:
        found["subjects"] = "required"
    if _reports_contradict(plan):
        found["reports"] = "reports_missing"
    if _stages_contradict(plan):
        found["stages"] = "stages_contradict"
    return found


def _reports_contradict(plan: Plan) -> bool:
    """Two reports, one evaluation: exactly one report for each subject; other kinds have none."""
    reporting = [each.subject for each in plan.reports]
    if plan.kind is not Kind.REPORTS:
        return bool(reporting)
    return not reporting or sorted(reporting) != sorted(plan.subjects)


def _stages_contradict(plan: Plan) -> bool:
    """Stages follow one another without touching, inside the campaign."""
    last = plan.opens_on - timedelta(days=1)
    for each in plan.stages:
        if not last < each.first <= each.last <= plan.closes_on or not each.focus.strip():
            return True
        last = each.last
    return len(plan.stages) > MOST_STAGES


def is_slug(typed: str) -> bool:
    """Whether a campaign may have this address: small letters, digits and dashes; none that a page of the site has."""
    return 3 <= len(typed) <= 60 and bool(_SLUG.fullmatch(typed)) and typed not in _PAGES


def may_plan(actor: Actor) -> bool:
    """The city's coordinators; those of one county, who have an area in charge, would be asked about themselves."""
    return Role.COORDINATOR in actor.roles and not actor.charge


def may_approve(actor: Actor, *written_by: int | None) -> bool:
    """A second person: nobody approves what they wrote, be it the promise or the form it is made with."""
    return actor.id not in written_by and (may_plan(actor) or Role.LEADER in actor.roles)
