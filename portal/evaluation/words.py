"""What was written as answers to open questions: read one by one, each put under a topic; never shown in public."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.counters import note_content_change
from portal.db import db
from portal.domain.campaign import may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError
from portal.domain.people import Actor
from portal.evaluation.ballots import words_key_of
from portal.evaluation.models import BallotWords, CampaignRecord, Topic
from portal.evaluation.queries import record_of
from portal.vault.actions import Vault
from portal.vault.box import unseal

LONGEST_TOPIC = 60
PAGE = 20


@dataclass(frozen=True)
class Words:
    """`topic` is None until a person has read it; `set_aside`: read, and about nothing that could be counted."""

    id: str
    question: str
    subject: str
    text: str
    topic: int | None
    set_aside: bool


@dataclass(frozen=True)
class TopicCount:
    id: int
    name: str
    name_en: str
    n: int


def unread(slug: str, viewer: Actor, *, vault: Vault, question: str = "", topic: int | None = None, set_aside: bool = False,
           after: str = "") -> list[Words]:
    """A page of words that nobody has put under a topic yet (or of one topic, or set aside), in an order that tells nothing."""
    record = _record(slug, viewer)
    found = select(BallotWords).where(BallotWords.campaign_id == record.id, BallotWords.id > after,
                                      *_lying(topic, set_aside))
    if question:
        found = found.where(BallotWords.question == question)
    key = words_key_of(record, vault)
    return [Words(each.id, each.question, each.subject, unseal(key, each.sealed, each.id).decode(), each.topic_id,
                  each.set_aside) for each in db.session.scalars(found.order_by(BallotWords.id).limit(PAGE + 1))]


def unread_count(campaign_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(BallotWords).where(
        BallotWords.campaign_id == campaign_id, BallotWords.topic_id.is_(None), ~BallotWords.set_aside)) or 0


def topics(campaign_id: int) -> list[TopicCount]:
    """All topics with how many words lie under each, the most first."""
    n = func.count(BallotWords.id)
    found = (select(Topic, n).outerjoin(BallotWords, BallotWords.topic_id == Topic.id)
             .where(Topic.campaign_id == campaign_id).group_by(Topic.id).order_by(n.desc(), Topic.id))
    return [TopicCount(topic.id, topic.name, topic.name_en, many) for topic, many in db.session.execute(found)]


def waiting(campaign_id: int) -> dict[str, tuple[int, int]]:
    """Question -> how many of its words nobody has read yet, and how many were set aside."""
    aside = func.count().filter(BallotWords.set_aside)
    unread_ = func.count().filter(~BallotWords.set_aside, BallotWords.topic_id.is_(None))
    found = (select(BallotWords.question, unread_, aside).where(BallotWords.campaign_id == campaign_id)
             .group_by(BallotWords.question))
    return {question: (n, put_away) for question, n, put_away in db.session.execute(found)}


def written(campaign_id: int) -> dict[str, int]:
    """Question -> how many answered it in words."""
    found = select(BallotWords.question, func.count()).where(BallotWords.campaign_id == campaign_id)
    return dict(db.session.execute(found.group_by(BallotWords.question)).all())


def put_under(slug: str, ids: Sequence[str], *, topic: int | None, by: Actor,
              seen: tuple[int | None, bool] | None = None) -> int:
    """Puts words under a topic, or sets them aside (None). Returns how many. Raises InvalidError for a foreign topic.

    `seen`: where they lay when they were read, as topic and whether set aside; what a colleague has moved since stays there.
    """
    record = _record(slug, by)
    if topic is not None and db.session.scalar(select(Topic.id).where(
            Topic.id == topic, Topic.campaign_id == record.id)) is None:
        raise InvalidError({"topic": "choice"})
    found = select(BallotWords).where(BallotWords.campaign_id == record.id, BallotWords.id.in_(ids))
    found = found.where(*_lying(*seen)) if seen is not None else found
    rows = db.session.scalars(found.order_by(BallotWords.id).with_for_update(),
                              execution_options={"populate_existing": True}).all()
    for row in rows:
        row.topic_id, row.set_aside = topic, topic is None
    if rows:
        note_content_change()  # how many wrote about a topic stands beside the results
    return len(rows)


def name_topic(slug: str, name: str, name_en: str, *, by: Actor) -> int:
    """A new topic, or the one of that name. Raises InvalidError."""
    record = _record(slug, by)
    name, name_en = _named(name, name_en)
    session: Session = db.session()
    topic = session.scalar(select(Topic).where(Topic.campaign_id == record.id, Topic.name == name))
    if topic is None:
        topic = Topic(campaign_id=record.id, name=name, name_en=name_en)
        session.add(topic)
        session.flush()
    return topic.id


def rename_topic(slug: str, topic: int, name: str, name_en: str, *, by: Actor) -> None:
    """Raises InvalidError, also for the name of another topic (`taken`), NotFoundError, NotAllowedError."""
    record = _record(slug, by)
    name, name_en = _named(name, name_en)
    row = db.session.get(Topic, topic, with_for_update=True)
    if row is None or row.campaign_id != record.id:
        raise NotFoundError
    other = select(Topic.id).where(Topic.campaign_id == record.id, Topic.name == name, Topic.id != topic)
    if db.session.scalar(other) is not None:
        raise InvalidError({"name": "taken"})
    row.name, row.name_en = name, name_en
    note_content_change()


def _named(name: str, name_en: str) -> tuple[str, str]:
    name, name_en = name.strip(), name_en.strip()
    found = {} if name and len(name) <= LONGEST_TOPIC else {"name": "too_long" if name else "required"}
    if len(name_en) > 2 * LONGEST_TOPIC:
        found["name_en"] = "too_long"
    if found:
        raise InvalidError(found)
    return name, name_en


def _lying(topic: int | None, set_aside: bool) -> tuple[ColumnElement[bool], ...]:
    if topic is not None:
        return (BallotWords.topic_id == topic,)
    return BallotWords.topic_id.is_(None), BallotWords.set_aside.is_(set_aside)


def _record(slug: str, viewer: Actor) -> CampaignRecord:
    if not may_plan(viewer):
        raise NotAllowedError("plan")
    record = record_of(slug)
    if record.published_at is None:  # what people say is told on the promised day, to the office too
        raise NotAllowedError("read")
    return record
