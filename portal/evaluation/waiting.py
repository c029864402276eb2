"""What waits to be done in evaluation, counted in one statement: for the menu and the lists of the desk."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, exists, func, literal, or_, select, union_all

from portal.db import db
from portal.domain.campaign import Kind, may_approve, may_plan
from portal.domain.paper import EntryState
from portal.domain.people import N_, Actor
from portal.evaluation.models import (
    Adoption,
    BallotWords,
    CampaignRecord,
    FormVersion,
    PaperBallot,
    Rectification,
    ResultEntry,
    Topic,
)


class Work(StrEnum):
    """The most urgent first."""

    ANNOUNCE = "announce"
    CHECK = "check"
    PUBLISH = "publish"
    SORT = "sort"
    DECIDE = "decide"
    LATE = "late"
    RUN = "run"
    SET = "set"


WORK_WORDS = {
    Work.ANNOUNCE: N_("Draft to read and announce"),
    Work.CHECK: N_("Ballots on paper to check"),
    Work.PUBLISH: N_("Corrections to publish"),
    Work.SORT: N_("Open answers to sort"),
    Work.DECIDE: N_("Topics to decide on"),
    Work.LATE: N_("Tasks that are late"),
}

Waiting = Mapping[int, Mapping[Work, int]]
_Part = Select[str, int, int]  # work, campaign, how much


def waiting(viewer: Actor, today: date) -> Waiting:
    """Campaign -> what this person can do about it now, and how much of it; nobody approves or checks what is their own."""
    parts = []
    if may_approve(viewer):
        parts += [_drafts(viewer.id), _corrections(viewer.id), _late(today)]
    if may_plan(viewer):
        parts += [_papers(viewer.id), _unread(), _undecided()]
    return _counted(parts)


def open_work(today: date) -> Waiting:
    """Campaign -> what is still to be done after publication, by whomever; also tasks that run, and where none was set."""
    running = select(literal(Work.RUN.value), Rectification.campaign_id, func.count()).where(Rectification.done_on.is_(None))
    return _counted([_corrections(None), _unread(), _undecided(), _late(today), running.group_by(Rectification.campaign_id),
                     _without_tasks()])


def _counted(parts: list[_Part]) -> Waiting:
    found: dict[int, dict[Work, int]] = {}
    for work, campaign_id, n in db.session.execute(union_all(*parts)) if parts else ():
        found.setdefault(campaign_id, {})[Work(work)] = n
    return {campaign_id: dict(sorted(each.items(), key=lambda one: list(Work).index(one[0])))
            for campaign_id, each in found.items()}


def _drafts(own: int | None) -> _Part:
    found = select(literal(Work.ANNOUNCE.value), CampaignRecord.id, literal(1))
    return found.join(FormVersion, FormVersion.id == CampaignRecord.form_id).where(
        CampaignRecord.announced_at.is_(None), CampaignRecord.cancelled_at.is_(None), CampaignRecord.drafted_by != own,
        or_(FormVersion.locked, FormVersion.changed_by.is_(None), FormVersion.changed_by != own))


def _corrections(own: int | None) -> _Part:
    found = select(literal(Work.PUBLISH.value), ResultEntry.campaign_id, func.count()).where(ResultEntry.published_at.is_(None))
    return (found if own is None else found.where(ResultEntry.made_by != own)).group_by(ResultEntry.campaign_id)


def _papers(own: int | None) -> _Part:
    """Those that are no longer counted in, once results are published, wait for nobody."""
    found = select(literal(Work.CHECK.value), PaperBallot.campaign_id, func.count())
    return found.join(CampaignRecord, CampaignRecord.id == PaperBallot.campaign_id).where(
        PaperBallot.state == EntryState.TYPED, PaperBallot.typed_by != own, CampaignRecord.published_at.is_(None),
        CampaignRecord.cancelled_at.is_(None)).group_by(PaperBallot.campaign_id)


def _unread() -> _Part:
    found = select(literal(Work.SORT.value), BallotWords.campaign_id, func.count())
    return found.join(CampaignRecord, CampaignRecord.id == BallotWords.campaign_id).where(
        BallotWords.topic_id.is_(None), ~BallotWords.set_aside, CampaignRecord.published_at.is_not(None)).group_by(
        BallotWords.campaign_id)


def _undecided() -> _Part:
    found = select(literal(Work.DECIDE.value), Topic.campaign_id, func.count())
    return found.join(CampaignRecord, CampaignRecord.id == Topic.campaign_id).where(
        CampaignRecord.kind == Kind.CONSULTATION, CampaignRecord.published_at.is_not(None),
        ~exists().where(Adoption.topic_id == Topic.id)).group_by(Topic.campaign_id)


def _without_tasks() -> _Part:
    """A consultation ends with decisions; everything else with tasks."""
    return select(literal(Work.SET.value), CampaignRecord.id, literal(1)).where(
        CampaignRecord.published_at.is_not(None), CampaignRecord.kind != Kind.CONSULTATION,
        ~exists().where(Rectification.campaign_id == CampaignRecord.id))


def _late(today: date) -> _Part:
    found = select(literal(Work.LATE.value), Rectification.campaign_id, func.count())
    return found.where(Rectification.done_on.is_(None), Rectification.due_on < today).group_by(Rectification.campaign_id)
