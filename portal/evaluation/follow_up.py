"""From result to action: what is done about what dissatisfied most, and what became of a consultation. All of it public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.counters import note_content_change
from portal.db import db
from portal.domain.adoption import Decision
from portal.domain.campaign import Kind, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.people import Actor
from portal.evaluation.models import Adoption, CampaignRecord, Rectification, Topic
from portal.evaluation.queries import record_of

LONGEST_TOPIC, LONGEST_LEADER, LONGEST_TEXT = 120, 40, 2_000


@dataclass(frozen=True)
class Task:
    """What is to be set right: by whom, under whose lead, by which day; done with its evidence."""

    topic: str
    unit: str
    leader: str
    measure: str
    due_on: date
    question: str | None = None
    part: str = ""
    subject: str = ""


@dataclass(frozen=True)
class TaskView:
    id: int
    slug: str
    task: Task
    evidence: str | None
    done_on: date | None
    version: int

    def is_late(self, today: date) -> bool:
        return self.done_on is None and self.due_on < today

    @property
    def due_on(self) -> date:
        return self.task.due_on


@dataclass(frozen=True)
class Adopted:
    topic_id: int
    topic: str
    topic_en: str
    decision: Decision
    reason: str
    version: int


def set_task(slug: str, task: Task, *, by: Actor, now: datetime) -> int:
    """Sets a task after results are published; the same one twice is one. Returns its id.

    Raises InvalidError, NotAllowedError, NotFoundError.
    """
    record = _published(slug, by)
    found = faults_of(task, now.date())
    if found:
        raise InvalidError(found)
    kept = {"topic": task.topic.strip(), "question": task.question, "part": task.part, "subject": task.subject,
            "unit": task.unit, "leader": task.leader.strip(), "measure": task.measure.strip(), "due_on": task.due_on}
    set_before = db.session.scalar(select(Rectification.id).filter_by(campaign_id=record.id, done_on=None, **kept).limit(1))
    if set_before is not None:
        return set_before
    row = Rectification(campaign_id=record.id, version=1, set_by=by.id or 0, set_at=now, **kept)
    db.session.add(row)
    db.session.flush()
    note_content_change()
    return row.id


def finish_task(task_id: int, evidence: str, *, seen: int, by: Actor, now: datetime) -> None:
    """It is done, and this shows it. Promised days are never moved. Raises InvalidError, StaleError, NotFoundError."""
    if not may_plan(by):
        raise NotAllowedError("plan")
    row = db.session.get(Rectification, task_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    words = evidence.strip()
    if not words or len(words) > LONGEST_TEXT:
        raise InvalidError({"evidence": "too_long" if words else "required"})
    if row.version != seen or row.done_on is not None:
        raise StaleError(number=str(task_id), seen=seen, now=row.version)
    row.evidence, row.done_on, row.version = words, now.date(), row.version + 1
    note_content_change()


def tasks(campaign_id: int | None = None) -> list[TaskView]:
    """Of one campaign or of all, open ones first, then by their day."""
    found = select(Rectification, CampaignRecord.slug).join(CampaignRecord, CampaignRecord.id == Rectification.campaign_id)
    if campaign_id is not None:
        found = found.where(Rectification.campaign_id == campaign_id)
    order = (Rectification.done_on.is_not(None), Rectification.due_on, Rectification.id)
    return [_view(row, slug) for row, slug in db.session.execute(found.order_by(*order))]


def decide(slug: str, topic_id: int, decision: Decision, reason: str, *, seen: int, by: Actor, now: datetime) -> None:
    """What becomes of one topic of a consultation, with the reason. Raises InvalidError, StaleError, NotAllowedError."""
    record, words = _published(slug, by), reason.strip()
    if record.kind is not Kind.CONSULTATION:
        raise NotAllowedError("decide")
    found = {}
    if db.session.scalar(select(Topic.id).where(Topic.id == topic_id, Topic.campaign_id == record.id)) is None:
        found["topic"] = "choice"
    if not words or len(words) > LONGEST_TEXT:
        found["reason"] = "too_long" if words else "required"
    if found:
        raise InvalidError(found)
    row = db.session.scalar(select(Adoption).where(Adoption.topic_id == topic_id).with_for_update())
    if (row.version if row is not None else 0) != seen:
        raise StaleError(number=slug, seen=seen, now=row.version if row is not None else 0)
    if row is None:
        row = Adoption(campaign_id=record.id, topic_id=topic_id, version=0)
        db.session.add(row)
    row.decision, row.reason, row.version, row.set_by, row.set_at = decision, words, row.version + 1, by.id or 0, now
    db.session.flush()
    note_content_change()


def adoptions(campaign_id: int) -> Sequence[Adopted]:
    found = (select(Adoption, Topic).join(Topic, Topic.id == Adoption.topic_id)
             .where(Adoption.campaign_id == campaign_id).order_by(Adoption.id))
    return [Adopted(topic.id, topic.name, topic.name_en, row.decision, row.reason, row.version)
            for row, topic in db.session.execute(found)]


def faults_of(task: Task, today: date) -> dict[str, str]:
    """What is missing or too long in a task: field -> reason."""
    found = {} if task.due_on > today else {"due_on": "past"}
    for name, longest in (("topic", LONGEST_TOPIC), ("leader", LONGEST_LEADER), ("measure", LONGEST_TEXT)):
        words = getattr(task, name).strip()
        if not words or len(words) > longest:
            found[name] = "too_long" if words else "required"
    if not task.unit:
        found["unit"] = "required"
    return found


def _view(row: Rectification, slug: str) -> TaskView:
    task = Task(row.topic, row.unit, row.leader, row.measure, row.due_on, row.question, row.part, row.subject)
    return TaskView(row.id, slug, task, row.evidence, row.done_on, row.version)


def _published(slug: str, by: Actor) -> CampaignRecord:
    if not may_plan(by):
        raise NotAllowedError("plan")
    record = record_of(slug, lock=True)
    if record.published_at is None:
        raise NotAllowedError("follow_up")
    return record
