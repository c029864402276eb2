"""From result to action: tasks from what dissatisfied most, and what became of a consultation. All of it public."""

from collections.abc import Mapping
from types import SimpleNamespace

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import transaction
from portal.desk.campaigns import planners_only
from portal.desk.forms import day_of
from portal.desk.views import blueprint
from portal.domain import tally
from portal.domain.adoption import DECISION_WORDS, Decision
from portal.domain.campaign import Kind, Phase, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.given import clean
from portal.domain.people import Role
from portal.domain.questions.base import Summary
from portal.evaluation import follow_up, words
from portal.evaluation.follow_up import Task, TaskView
from portal.evaluation.queries import Campaign, Entry, get_campaign, latest_entry
from portal.web.current import content
from portal.web.faults import faults
from portal.web.filters import unit_name
from portal.web.guards import staff_only, viewer
from portal.web.subjects import subject_name
from portal.web.words import _, said

READERS = (Role.COORDINATOR, Role.LEADER)
_CAMPAIGN = "/campaigns/<slug>"
_ID = "<int(max=2147483647):{}>"


# --- tasks ------------------------------------------------------------------------------------------------------------

@blueprint.get(f"{_CAMPAIGN}/tasks")
@staff_only(*READERS)
def result_tasks(slug: str) -> str:
    return _tasks_page(_campaign(slug))


@blueprint.get(f"{_CAMPAIGN}/tasks/new")
@planners_only
def task_new(slug: str) -> str:
    """The form for one task; question and part of the address are those that dissatisfied."""
    campaign = published_campaign(slug)
    given = {name: request.args.get(name, "") for name in ("question", "subject")}
    return _task_page(campaign, {**given, "topic": _suggested(campaign, given["question"])})


@blueprint.post(f"{_CAMPAIGN}/tasks/new")
@planners_only
def task_set(slug: str) -> ResponseReturnValue:
    """First shown once more as everyone will read it: nothing of it can be changed afterwards."""
    campaign, step = published_campaign(slug), request.form.get("step", "")
    try:
        task = _task(campaign)
        if step != "set":
            return _task_page(campaign, request.form) if step == "change" else _task_look(campaign, task)
        with transaction():
            follow_up.set_task(slug, task, by=g.staff.actor, now=clock.now())
    except InvalidError as refusal:
        return _task_page(campaign, request.form, faults(refusal.fields)), 422
    flash(_("The task is set, and everyone can read it."))
    return redirect(url_for("desk.result_tasks", slug=slug), 303)


@blueprint.post(f"{_CAMPAIGN}/tasks/{_ID.format('task_id')}/finish")
@planners_only
def task_finish(slug: str, task_id: int) -> ResponseReturnValue:
    campaign = published_campaign(slug)
    if all(each.id != task_id for each in follow_up.tasks(campaign.id)):
        raise NotFoundError
    try:
        with transaction():
            follow_up.finish_task(task_id, clean(request.form.get("evidence", "")), by=g.staff.actor, now=clock.now(),
                                  seen=request.form.get("version", 0, type=int))
    except InvalidError as refusal:
        return _tasks_page(campaign, failed=task_id, errors=faults(refusal.fields)), 422
    except StaleError:
        return _tasks_page(campaign, failed=task_id, overtaken=True), 409
    flash(_("Done, and everyone can read what shows it."))
    return redirect(url_for("desk.result_tasks", slug=slug), 303)


def _task(campaign: Campaign) -> Task:
    """What was typed. Raises InvalidError with everything that will not do."""
    given = {name: clean(request.form.get(name, "")) for name in ("topic", "leader", "measure", "unit", "question", "subject")}
    question, part = _question_part(campaign, given.pop("question"))
    found: dict[str, str] = {}
    if request.form.get("question") and question is None:
        found["question"] = "choice"
    if given["unit"] not in content().units:
        found["unit"] = "choice" if given["unit"] else "required"
    if given["subject"] not in ("", *campaign.plan.subjects):
        found["subject"] = "choice"
    day = day_of(request.form.get("due_on"))
    if day is None:
        found["due_on"] = "date" if request.form.get("due_on") else "required"
    task = Task(**given, due_on=day or clock.today(), question=question, part=part)
    found = {**{name: why for name, why in follow_up.faults_of(task, clock.today()).items()
                if name != "due_on" or day is not None}, **found}
    if found:
        raise InvalidError(found)
    return task


def _task_look(campaign: Campaign, task: Task) -> str:
    return render_template(
        "desk/result_task_look.html", campaign=campaign, task=task, given=request.form, unit=unit_name(task.unit),
        question=label_of(campaign, task.question, task.part), subject=subject_name(task.subject) if task.subject else "")


def task_labels() -> dict[str, str]:
    return {"topic": _("What is to be put right?"), "question": _("Which question shows whether it helped?"),
            "subject": _("What is evaluated"), "unit": _("Responsible unit"), "leader": _("Leader in charge"),
            "measure": _("What will be done?"), "due_on": _("To be done by")}


def _question_part(campaign: Campaign, asked: str) -> tuple[str | None, str]:
    """Question and part of `a1` or `b1.speed`; no question where the form has no such part."""
    id, _dot, part = asked.partition(".")
    question = campaign.form.find(id)
    if question is None or part not in question.kind.parts(question):
        return None, ""
    return id, part


def _suggested(campaign: Campaign, asked: str) -> str:
    question, part = _question_part(campaign, asked)
    return label_of(campaign, question, part) if question else ""


def label_of(campaign: Campaign, id: str | None, part: str) -> str:
    """A question in words, with its row where it has rows."""
    question = campaign.form.find(id or "")
    if question is None:
        return ""
    row = next((said(each, "text") for each in (*question.rows, *question.choices) if each.value == part), "")
    text = str(said(question, "text"))
    return _("%(question)s: %(part)s", question=text, part=row) if part and row else text


def _tasks_page(campaign: Campaign, *, failed: int = 0, errors: Mapping[str, str] | None = None,
                overtaken: bool = False) -> str:
    today = clock.today()
    found = [_line(campaign, each, is_late=each.is_late(today)) for each in follow_up.tasks(campaign.id)]
    entry = latest_entry(campaign.id)
    return render_template(
        "desk/result_tasks.html", campaign=campaign, tasks=found, worst=_worst(campaign, entry, found), failed=failed,
        errors=errors or {}, overtaken=overtaken, given=request.form, is_published=campaign.phase is Phase.PUBLISHED,
        is_planner=_is_planner(), is_consultation=campaign.kind is Kind.CONSULTATION)


def _line(campaign: Campaign, each: TaskView, *, is_late: bool) -> SimpleNamespace:
    task = each.task
    return SimpleNamespace(
        id=each.id, version=each.version, topic=task.topic, unit=unit_name(task.unit), leader=task.leader, measure=task.measure,
        due_on=task.due_on, evidence=each.evidence, done_on=each.done_on, is_late=is_late,
        question=label_of(campaign, task.question, task.part), subject=subject_name(task.subject) if task.subject else "",
        asked=_asked(task.question or "", task.part))


def _worst(campaign: Campaign, entry: Entry | None, tasks: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The questions that dissatisfied most, with how many tasks each has already."""
    found = []
    for each in tally.most_dissatisfying(entry.figures) if entry else ():
        asked = _asked(each["question"], each["part"])
        found.append(SimpleNamespace(
            asked=asked, label=label_of(campaign, each["question"], each["part"]), n=each["n"], count=each["count"],
            share=each["share"], low=each["low"], high=each["high"], place=each["place"], together=each["together"],
            tasks=sum(task.asked == asked for task in tasks)))
    return found


def _asked(question: str, part: str) -> str:
    return f"{question}.{part}" if part else question


def _task_page(campaign: Campaign, given: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    entry = latest_entry(campaign.id)
    asked = entry.figures["questions"] if entry else ()
    questions = [(_asked(each["id"], part), label_of(campaign, each["id"], part))
                 for each in asked if each["summary"] == Summary.LEVELS for part in _parts(campaign, each["id"])]
    return render_template(
        "desk/result_task.html", campaign=campaign, given=given, errors=errors or {}, labels=task_labels(), questions=questions,
        units=[(unit.code, unit_name(unit.code)) for unit in content().units.values()],
        subjects=[(each, subject_name(each)) for each in campaign.plan.subjects])


def _parts(campaign: Campaign, id: str) -> tuple[str, ...]:
    question = campaign.form.find(id)
    return tuple(question.kind.parts(question)) if question else ()


# --- adoptions --------------------------------------------------------------------------------------------------------

@blueprint.get(f"{_CAMPAIGN}/adoptions")
@staff_only(*READERS)
def result_adoptions(slug: str) -> str:
    return _adoptions_page(_consultation(slug))


@blueprint.post(f"{_CAMPAIGN}/adoptions/{_ID.format('topic_id')}")
@planners_only
def adoption_decide(slug: str, topic_id: int) -> ResponseReturnValue:
    campaign, asked = _consultation(slug), request.form.get("decision", "")
    if all(each.id != topic_id for each in words.topics(campaign.id)):
        raise NotFoundError
    reason = clean(request.form.get("reason", ""))
    try:
        if asked not in set(Decision):
            raise InvalidError({"decision": "choice", **({} if reason else {"reason": "required"})})
        with transaction():
            follow_up.decide(slug, topic_id, Decision(asked), reason, seen=request.form.get("version", 0, type=int),
                             by=g.staff.actor, now=clock.now())
    except InvalidError as refusal:
        return _adoptions_page(campaign, failed=topic_id, errors=faults(refusal.fields)), 422
    except StaleError:
        return _adoptions_page(campaign, failed=topic_id, overtaken=True), 409
    flash(_("Decided, and everyone can read it with its reason."))
    return redirect(url_for("desk.result_adoptions", slug=slug), 303)


def _consultation(slug: str) -> Campaign:
    campaign = get_campaign(slug, clock.today(), staff=True)
    if campaign.kind is not Kind.CONSULTATION:
        raise NotFoundError
    return campaign


def _adoptions_page(campaign: Campaign, *, failed: int = 0, errors: Mapping[str, str] | None = None,
                    overtaken: bool = False) -> str:
    decided = {each.topic_id: each for each in follow_up.adoptions(campaign.id)}
    return render_template(
        "desk/result_adoptions.html", campaign=campaign, failed=failed,
        topics=[(each, decided.get(each.id)) for each in words.topics(campaign.id)],
        errors=errors or {}, overtaken=overtaken, given=request.form, decisions=DECISION_WORDS,
        is_published=campaign.phase is Phase.PUBLISHED, is_planner=_is_planner())


# --- all --------------------------------------------------------------------------------------------------------------

def _campaign(slug: str) -> Campaign:
    return get_campaign(slug, clock.today(), staff=True)


def published_campaign(slug: str) -> Campaign:
    """Raises NotAllowedError before there are results."""
    campaign = _campaign(slug)
    if campaign.phase is not Phase.PUBLISHED:
        raise NotAllowedError("follow_up")
    return campaign


def _is_planner() -> bool:
    return may_plan(viewer())
