"""What follows from results, as everyone reads it: tasks with their scores before and after, and what was adopted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.campaign import Phase
from portal.domain.people import N_
from portal.evaluation.follow_up import Task, TaskView
from portal.evaluation.queries import Campaign, Entry
from portal.evaluations.numbers import interval, mean, number, percent, points, word
from portal.evaluations.scales import MAIN, scale_of
from portal.evaluations.shown import STATE_WORDS, VERDICT_WORDS
from portal.web.words import _

Figures = Mapping[str, Any]

STATES = {"open": N_("Under way"), "late": N_("Late"), "done": N_("Done")}
TONES = {"open": "active", "late": "late", "done": "done"}


@dataclass(frozen=True)
class Rounds:
    """Published campaigns with their newest results; `next_of`: slug -> the round that follows it."""

    campaigns: Mapping[str, Campaign]
    entries: Mapping[str, Entry]
    next_of: Mapping[str, str]


@dataclass(frozen=True)
class TaskShown:
    """`before` and `after` are scores in words, empty where the task names no question; `after` also before there is one."""

    view: TaskView
    campaign: Campaign
    state: str
    days_late: int
    before: str
    after: str
    verdict: str
    next_slug: str

    @property
    def task(self) -> Task:
        return self.view.task


def followed_by(campaigns: Iterable[Campaign]) -> dict[str, str]:
    """Slug -> the published round that names it as its previous one; the first of several."""
    found: dict[str, str] = {}
    for each in sorted(campaigns, key=lambda each: (each.plan.publishes_on, each.id)):
        if each.previous and each.phase is Phase.PUBLISHED:
            found.setdefault(each.previous, each.slug)
    return found


def shown(view: TaskView, rounds: Rounds, today: date) -> TaskShown:
    """One task with what the frozen results say of it."""
    state = "done" if view.done_on is not None else "late" if view.is_late(today) else "open"
    late = ((view.done_on or today) - view.due_on).days
    following = rounds.next_of.get(view.slug, "")
    told = _told(rounds.entries[view.slug].figures, view.task) if view.slug in rounds.entries else {}
    before = _score(rounds.entries[view.slug].figures, view.task) if view.slug in rounds.entries else None
    after, verdict = None, ""
    if following in rounds.entries and before is not None:
        later = rounds.entries[following].figures
        if _asked(later, view.task) == _asked(rounds.entries[view.slug].figures, view.task):
            after, verdict = _score(later, view.task), _verdict(later, view.task)
    return TaskShown(view, rounds.campaigns[view.slug], state, max(0, late), _words(before, told), _words(after, told), verdict,
                     following)


def _score(figures: Figures, task: Task) -> Figures | None:
    """The figure of the question that the task is about; None where it names none, or none that has levels."""
    found = _in(figures, task).get("questions", {}).get(task.question, {}).get(task.part)
    if found is None and task.question and _asked(figures, task):
        return {"state": _in(figures, task).get("state", "silent")}
    return found if found is None or "mean" in found or "n" not in found else None


def _in(figures: Figures, task: Task) -> Figures:
    found: Figures = figures["subjects"].get(task.subject, {}) if task.subject else figures["whole"]
    return found


def _asked(figures: Figures, task: Task) -> tuple[Any, ...]:
    """What was asked, word for word; scores of different words are no before and after."""
    told = _told(figures, task)
    return tuple(told[name] for name in ("type", "text", "options", "rows")) if told else ()


def _told(figures: Figures, task: Task) -> Figures:
    """What the results tell of its question; nothing where it names none."""
    return next((each for each in figures["questions"] if each["id"] == task.question), {})


def _words(figure: Figures | None, told: Figures) -> str:
    if figure is None:
        return ""
    if MAIN in figure:
        rate = figure[MAIN]
        return _("%(share)s %(name)s, 95%% interval %(interval)s; mean %(mean)s; %(n)s answers",
                 share=percent(rate["count"], figure["n"]), name=scale_of([told]).short, interval=interval(rate),
                 mean=mean(figure["mean"]), n=number(figure["n"]))
    if "mean" in figure and figure["mean"] is not None:
        return _("mean %(mean)s; %(n)s answers", mean=mean(figure["mean"]), n=number(figure["n"]))
    return word(STATE_WORDS, figure["state"])


def _verdict(later: Figures, task: Task) -> str:
    against = later.get("against", {})
    part = against.get("subjects", {}).get(task.subject, {}) if task.subject else against.get("whole", {})
    change = part.get("questions", {}).get(task.question, {}).get(task.part)
    if not change:
        return _("cannot be compared")
    return _("%(points)s percentage points: %(verdict)s", points=points(change[MAIN]),
             verdict=word(VERDICT_WORDS, change["verdict"]))
