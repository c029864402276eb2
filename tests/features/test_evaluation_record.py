"""The record of open evaluation: what may be planned, given out, cast, mixed, typed, counted and followed up, and what not."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock as time
from portal.casework.models import CaseRecord
from portal.db import db, transaction
from portal.domain import one_time, reference
from portal.domain.adoption import Decision
from portal.domain.campaign import Access, Audience, Group, Kind, Phase, Plan
from portal.domain.codes import Channel
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.paper import EntryState
from portal.domain.people import Actor, Role
from portal.evaluation import ballots, codes, follow_up, once, papers, planning, queries, results, versions, words
from portal.evaluation.ballots import BATCH, RefusedError, Sent
from portal.evaluation.codes import Refusal
from portal.evaluation.models import Ballot, BallotWords, BoxedBallot, CampaignRecord, OneTimeCode, SentOnce
from portal.evaluation.papers import Typed
from portal.vault.box import unseal
from portal.web.current import content, terms, vault
from portal.worker.counting import mix_ballots, publish_due
from tests import builders, campaigns
from tests.campaigns import EVERYTHING, Made, levels_form
from tests.conftest import Clock

DEPUTIES = (Audience(Group.DEPUTY, 120),)
SHORT = levels_form(3, slug="short")
HELD = {Role.HANDLER, Role.REVIEWER, Role.INSPECTOR, Role.EDITOR, Role.ADMINISTRATOR, Role.LEADER}


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Everything inside in one transaction; one that fails leaves nothing."""
    with app.app_context():
        try:
            with transaction():
                yield
        finally:
            db.session.remove()


@contextmanager
def reading(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def coordinator(app: Flask) -> Actor:
    return builders.staff(app, Role.COORDINATOR).actor


def second(app: Flask) -> Actor:
    return builders.staff(app, Role.COORDINATOR, login="second.coordinator").actor


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    """Hired before anybody writes."""
    for hire in (coordinator, second, builders.handler):
        hire(app)


def seen(app: Flask, made: Made) -> queries.Campaign:
    with reading(app):
        return queries.get_campaign(made.slug, time.today(), staff=True)


def cast(app: Flask, made: Made, *, code: str | None, once: bytes = b"", **sent: Any) -> ballots.Thanks:
    with writing(app):
        given = {"answers": {"s0": 4}, **sent}
        return ballots.cast(made.slug, Sent(code=code, **given), once=once or Random().randbytes(16), terms=terms(),
                            vault=vault(), chance=Random())


def rows(app: Flask, model: Any) -> int:
    with reading(app):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def cells(app: Flask) -> Counter[tuple[str, str]]:
    """Group and subject -> ballots that lie there in the open."""
    with reading(app):
        return Counter((row.audience or "", row.subject) for row in db.session.scalars(select(Ballot)))


def announce(app: Flask, made: Made, by: Actor, **changes: int) -> None:
    now = seen(app, made)
    with writing(app):
        planning.announce(made.slug, **{"seen": now.version, "form_seen": now.form_seen, **changes}, by=by, now=time.now(),
                          subjects={*content().units, *content().places})


def short(app: Flask, each: int = 10, **changes: Any) -> Made:
    """Open, with codes for deputies alone."""
    return campaigns.with_codes(app, each=each, **{"form": SHORT, "audiences": DEPUTIES, **changes})


# --- planning ---------------------------------------------------------------------------------------------------------

def test_a_second_person_announces_what_one_has_written_and_its_form_is_locked(app: Flask) -> None:
    made = campaigns.draft(app, form=SHORT)
    assert seen(app, made).phase is Phase.DRAFT
    with reading(app), pytest.raises(NotFoundError):
        queries.get_campaign(made.slug, time.today())
    announce(app, made, second(app))
    campaign = seen(app, made)
    assert (campaign.phase, campaign.approved_by) == (Phase.OPEN, second(app).id)
    longer = replace(levels_form(4, slug="short"))
    with writing(app):
        kept = versions.keep_form(longer, seen=(campaign.form_version, campaign.form_seen), by=coordinator(app), now=time.now())
    assert kept != campaign.form_id
    assert (seen(app, made).form, seen(app, made).form_version) == (SHORT, 1), "a campaign keeps the form it was announced with"


@pytest.mark.parametrize("role", sorted(HELD))
def test_only_coordinators_plan(app: Flask, role: Role) -> None:
    made, by = campaigns.draft(app), builders.staff(app, role, charge=["household"] if role is Role.LEADER else ()).actor
    form, campaign = campaigns.form_id(app, SHORT), seen(app, made)
    attempts: list[Callable[[], object]] = [
        lambda: planning.draft(campaigns.a_plan(time.now()), slug="other", form_id=form, by=by, now=time.now(), vault=vault()),
        lambda: planning.change(made.slug, campaign.plan, form_id=form, seen=campaign.version, by=by),
        lambda: planning.discard(made.slug, seen=campaign.version, by=by),
        lambda: versions.keep_form(SHORT, seen=(0, 0), by=by, now=time.now())]
    for attempt in attempts:
        with pytest.raises(NotAllowedError), writing(app):
            attempt()
    if role is not Role.LEADER:
        with pytest.raises(NotAllowedError):
            announce(app, made, by)


def test_whoever_wrote_it_last_does_not_announce_it(app: Flask) -> None:
    made, other = campaigns.draft(app), second(app)
    with pytest.raises(NotAllowedError):
        announce(app, made, coordinator(app))
    campaign = seen(app, made)
    with writing(app):
        planning.change(made.slug, replace(campaign.plan, title="改过的题目"), form_id=campaign.form_id, seen=campaign.version,
                        by=other)
    for by in (other, coordinator(app)):  # who changed it last, and who wrote its form
        with pytest.raises(NotAllowedError):
            announce(app, made, by)
    announce(app, made, builders.staff(app, Role.LEADER, charge=["household"]).actor)
    assert seen(app, made).plan.title == "改过的题目"


def test_an_announcement_of_what_nobody_has_read_is_refused(app: Flask) -> None:
    made = campaigns.draft(app, form=SHORT)
    campaign = seen(app, made)
    with pytest.raises(StaleError):
        announce(app, made, second(app), seen=campaign.version - 1)
    with writing(app):
        versions.keep_form(levels_form(5, slug="short"), seen=(1, campaign.form_seen), by=coordinator(app), now=time.now())
    with pytest.raises(StaleError):
        announce(app, made, second(app), form_seen=campaign.form_seen)
    announce(app, made, second(app))
    with pytest.raises(NotAllowedError), writing(app):
        planning.change(made.slug, campaign.plan, form_id=campaign.form_id, seen=campaign.version + 1, by=coordinator(app))


@pytest.mark.parametrize("changes, field", [
    ({"opens_on": -1}, "opens_on"), ({"closes_on": -1, "opens_on": 2}, "closes_on"), ({"closes_on": 500}, "closes_on"),
    ({"publishes_on": 13}, "publishes_on"), ({"publishes_on": 80}, "publishes_on"), ({"audiences": ()}, "audiences"),
    ({"subjects": ("nowhere",)}, "subjects"), ({"title": " "}, "title"),
    ({"kind": Kind.RATING, "access": Access.OPEN}, "subjects"), ({"kind": Kind.REPORTS, "subjects": ("east-gate",)}, "reports"),
])
def test_a_plan_that_contradicts_itself_stays_a_draft(app: Flask, changes: dict[str, Any], field: str) -> None:
    today = campaigns.a_plan(app.config["PORTAL"].now).opens_on
    given: dict[str, Any] = {name: today + timedelta(days=value) if isinstance(value, int) else value
                             for name, value in changes.items()}
    made = campaigns.draft(app, **given)
    with pytest.raises(InvalidError) as refused:
        announce(app, made, second(app))
    assert field in refused.value.fields
    assert seen(app, made).phase is Phase.DRAFT


@pytest.mark.parametrize("changes, field", [
    ({"slug": "Taken!"}, "slug"), ({"slug": "enter"}, "slug"), ({"slug": "taken"}, "slug"), ({"form_id": 4711}, "form"),
    ({"previous": "taken", "kind": Kind.SURVEY}, "previous"),
])
def test_a_draft_needs_an_address_a_form_and_a_fitting_round_before(app: Flask, changes: dict[str, Any], field: str) -> None:
    campaigns.draft(app, slug="taken")
    given = {"slug": "fresh-round", "form_id": campaigns.form_id(app, SHORT), "previous": "", **changes}
    plan = campaigns.a_plan(app.config["PORTAL"].now, kind=given.pop("kind", Kind.DELEGATES))
    with pytest.raises(InvalidError) as refused, writing(app):
        planning.draft(plan, **given, by=coordinator(app), now=time.now(), vault=vault())
    assert list(refused.value.fields) == [field]


def test_a_draft_can_be_thrown_away_an_announced_campaign_only_called_off(app: Flask) -> None:
    made, public = campaigns.draft(app), campaigns.announced(app)
    with writing(app):
        planning.discard(made.slug, seen=1, by=coordinator(app))
    with reading(app):
        assert queries.find_campaign(made.slug, time.today(), staff=True) is None
    with pytest.raises(NotAllowedError), writing(app):
        planning.discard(public.slug, seen=2, by=coordinator(app))
    for reason, seen_, error in ((" ", 2, InvalidError), ("长" * 501, 2, InvalidError), ("疫情", 1, StaleError)):
        with pytest.raises(error), writing(app):
            planning.cancel(public.slug, reason, seen=seen_, by=coordinator(app), now=time.now())
    with writing(app):
        planning.cancel(public.slug, "与人大会期冲突。", seen=2, by=coordinator(app), now=time.now())
    assert (seen(app, public).phase, seen(app, public).cancel_reason) == (Phase.CANCELLED, "与人大会期冲突。")


def test_once_somebody_has_voted_nothing_can_be_called_off(app: Flask) -> None:
    made = campaigns.voted(app, 1, form=SHORT)
    with pytest.raises(NotAllowedError), writing(app):
        planning.cancel(made.slug, "结果不好看。", seen=2, by=coordinator(app), now=time.now())


# --- codes ------------------------------------------------------------------------------------------------------------

def a_batch(app: Flask, made: Made, many: int = 5, **changes: Any) -> int:
    plan = seen(app, made).plan
    plain = {"group": Group.DEPUTY, "subject": "", "note": "", "valid_from": plan.opens_on, "valid_until": plan.closes_on,
             "by": coordinator(app)}
    with writing(app):
        new = [one_time.make(Random().randbytes(16)) for _code in range(many)]
        return codes.make_batch(made.slug, new, **{**plain, **changes}, now=time.now(), vault=vault()).id


@pytest.mark.parametrize("many, changes, field", [
    (4, {}, "count"), (0, {}, "count"), (5_001, {}, "count"), (5, {"group": Group.JOURNALIST}, "group"),
    (5, {"subject": "household"}, "subject"), (5, {"valid_from": 1, "valid_until": 0}, "valid_until"),
    (5, {"valid_until": 14}, "valid_until"), (5, {"valid_from": -1}, "valid_until"), (5, {"note": "长" * 61}, "note")])
def test_codes_are_made_for_whom_and_when_the_promise_says(app: Flask, many: int, changes: dict[str, Any], field: str) -> None:
    made = campaigns.announced(app, form=SHORT)
    first = seen(app, made).plan.opens_on
    given = {name: first + timedelta(days=value) if isinstance(value, int) else value for name, value in changes.items()}
    with pytest.raises(InvalidError) as refused:
        a_batch(app, made, many, **given)
    assert list(refused.value.fields) == [field]
    assert rows(app, OneTimeCode) == 0


def test_codes_need_an_announced_campaign_that_has_codes(app: Flask) -> None:
    for made in (campaigns.draft(app), campaigns.open_rating(app), campaigns.published(app, 5, form=SHORT)):
        with pytest.raises(NotAllowedError):
            a_batch(app, made)
    with pytest.raises(NotAllowedError):
        a_batch(app, campaigns.announced(app), by=builders.handler(app).actor)


def test_serials_run_on_and_a_few_more_codes_may_follow_five(app: Flask) -> None:
    made = campaigns.announced(app, form=SHORT)
    a_batch(app, made, 5)
    with pytest.raises(InvalidError):
        a_batch(app, made, 1, group=Group.RESIDENT)
    a_batch(app, made, 1)
    campaign = seen(app, made)
    with reading(app):
        assert [(each.first_serial, each.made) for each in queries.batches(campaign.id)] == [(1, 5), (6, 1)]


def test_only_a_hash_of_a_code_is_kept(app: Flask) -> None:
    made = short(app)
    with reading(app):
        kept = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
    assert not [code for code in made.all_codes for row in kept if code in row]


def test_a_code_says_what_it_opens_or_why_not(app: Flask, clock: Clock) -> None:
    made, void, gone = short(app), short(app), short(app)
    cast(app, made, code=made.all_codes[0])
    with writing(app):
        codes.void_batch(queries.batches(queries.get_campaign(void.slug, time.today()).id)[0].id, by=coordinator(app),
                         today=time.today())
        planning.cancel(gone.slug, "另行通知。", seen=2, by=coordinator(app), now=time.now())

    def refusal(code: str, *, days: int = 0) -> Refusal | None:
        with reading(app):
            opened = codes.look_up(code, time.today() + timedelta(days=days), vault())
            assert opened is not None
            return opened.refusal
    assert refusal(made.all_codes[1]) is None
    assert refusal(made.all_codes[0]) is Refusal.USED
    assert refusal(made.all_codes[1], days=-1) is Refusal.EARLY
    assert refusal(made.all_codes[1], days=13) is None
    assert refusal(made.all_codes[1], days=14) is Refusal.LATE
    assert refusal(void.all_codes[0]) is Refusal.VOID
    assert refusal(gone.all_codes[0]) is Refusal.CANCELLED
    with reading(app):
        assert codes.look_up(one_time.make(b"never made by us"), time.today(), vault()) is None


def test_reminders_know_once_a_day_which_serials_did_not_come_back_and_no_more(app: Flask, clock: Clock) -> None:
    made = short(app)

    def counted() -> tuple[int, tuple[int, ...]]:
        with writing(app):
            codes.note_unused(time.today())
        with reading(app):
            batch = queries.batches(queries.get_campaign(made.slug, time.today()).id)[0]
            assert batch.unused_on == time.today()
            return batch.used, batch.unused
    for code in made.all_codes[3:6]:
        cast(app, made, code=code)
    assert counted() == (0, tuple(range(1, 11))), "of the day on which they were made"
    clock.forward(days=1)
    assert counted() == (3, (1, 2, 3, 7, 8, 9, 10))
    cast(app, made, code=made.all_codes[0])
    assert counted() == (3, (1, 2, 3, 7, 8, 9, 10)), "nobody sees it before the next day"
    _publish(app, made)
    with reading(app):
        campaign = queries.get_campaign(made.slug, time.today())
        assert queries.batches(campaign.id)[0].unused == (2, 3, 7, 8, 9, 10), "with the results, whatever the day"
        assert queries.standings()[campaign.id] == queries.Standing(ballots=4, codes=10, used=4)


def test_no_batch_is_taken_out_of_use_after_voting(app: Flask, clock: Clock) -> None:
    made = short(app)
    clock.forward(days=14)
    with pytest.raises(NotAllowedError), writing(app):
        codes.void_batch(queries.batches(queries.get_campaign(made.slug, time.today()).id)[0].id, by=coordinator(app),
                         today=time.today())


# --- casting ----------------------------------------------------------------------------------------------------------

def test_a_code_casts_one_ballot(app: Flask) -> None:
    made = short(app)
    assert not cast(app, made, code=made.all_codes[0]).is_repeated
    with pytest.raises(RefusedError) as refused:
        cast(app, made, code=made.all_codes[0])
    assert refused.value.refusal is Refusal.USED
    assert rows(app, BoxedBallot) == 1


def test_the_same_form_sent_twice_is_one_ballot_and_no_refusal(app: Flask) -> None:
    made, rating = short(app), campaigns.open_rating(app)
    for campaign, code in ((made, made.all_codes[0]), (rating, None)):
        repeated = [cast(app, campaign, code=code, once=b"this form", subject="hall", answers={}).is_repeated for _ in range(3)]
        assert repeated == [False, True, True]
    assert rows(app, BoxedBallot) == 2


def test_what_is_refused_leaves_nothing(app: Flask, clock: Clock) -> None:
    made, other, rating = short(app), short(app), campaigns.open_rating(app)
    code = made.all_codes[0]
    attempts: list[tuple[Made, dict[str, Any], type[Exception]]] = [
        (other, {"code": code}, NotFoundError), (Made("nowhere", SHORT), {"code": code}, NotFoundError),
        (made, {"code": None}, NotFoundError), (made, {"code": one_time.make(b"never made by us")}, NotFoundError),
        (rating, {"code": None, "subject": "nowhere"}, NotFoundError),
        (rating, {"code": None, "subject": "hall", "group": Group.DEPUTY}, NotFoundError)]
    for campaign, sent, error in attempts:
        with pytest.raises(error):
            cast(app, campaign, **sent)
    clock.forward(days=14)
    with pytest.raises(RefusedError):
        cast(app, made, code=code)
    with pytest.raises(NotAllowedError):
        cast(app, rating, code=None, subject="hall")
    clock.forward(days=-15)
    with pytest.raises(RefusedError):
        cast(app, made, code=code)
    assert (rows(app, BoxedBallot), rows(app, SentOnce)) == (0, 0)
    clock.forward(days=1)
    assert not cast(app, made, code=code).is_repeated, "the code is as good as before"


def test_group_and_subject_are_those_of_the_code_whatever_was_sent(app: Flask) -> None:
    made = campaigns.with_codes(app, form=SHORT, audiences=DEPUTIES, subjects=("household", "traffic"))
    for code in made.codes[Group.DEPUTY, "traffic"][:6]:
        cast(app, made, code=code, group=Group.RESIDENT, subject="household")
    _publish(app, made)
    assert cells(app) == {("deputy", "traffic"): 6}


def test_arrivals_are_counted_by_the_hour_only_where_there_are_no_codes(app: Flask, clock: Clock) -> None:
    made, ratings = short(app), [campaigns.open_rating(app) for _rating in range(11)]
    cast(app, made, code=made.all_codes[0], device="phone-ios")
    for rating, many in ((ratings[0], 2), (ratings[-1], 3)):
        for _n in range(many):
            cast(app, rating, code=None, subject="hall", device="phone-ios", answers={"overall": 5})
    with reading(app):
        counted = {each.slug: queries.arrivals(each.id) for each in queries.campaigns(time.today())}
        assert db.session.scalar(text("SELECT count(*) FROM counters WHERE key LIKE 'arrivals%'")) == 2
    assert counted[made.slug] == []
    assert counted[ratings[0].slug] == [("2026-09-07T10", "phone-ios", 2)]
    assert counted[ratings[-1].slug] == [("2026-09-07T10", "phone-ios", 3)]


def test_an_opinion_in_a_ballot_becomes_a_case_of_its_own(app: Flask) -> None:
    made = campaigns.with_codes(app, form=EVERYTHING, audiences=DEPUTIES)
    with reading(app):
        code = reference.make(vault().code_material(b"once and question"))
    opinion = builders.an_opinion(app, channel=Channel.BALLOT)
    sent: dict[str, Any] = {"answers": {"a1": 4}, "opinions": [(opinion, b"once and question", code)], "once": b"this form"}
    first = cast(app, made, code=made.all_codes[0], **sent)
    again = cast(app, made, code=made.all_codes[0], **sent)
    assert [each.number for each, _code in first.receipts] == [each.number for each, _code in again.receipts] == ["2026-000001"]
    assert (rows(app, CaseRecord), rows(app, BoxedBallot)) == (1, 1)


def test_an_opinion_that_cannot_be_kept_takes_no_code(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaigns.with_codes(app, form=EVERYTHING, audiences=DEPUTIES)

    def broken(*args: object, **more: object) -> None:
        raise OSError("the disk is full")
    with monkeypatch.context() as broken_disk, pytest.raises(OSError):
        broken_disk.setattr(ballots.casework, "submit", broken)
        cast(app, made, code=made.all_codes[0], answers={"a1": 4}, opinions=[(builders.an_opinion(app), b"once", "code")])
    assert (rows(app, BoxedBallot), rows(app, SentOnce)) == (0, 0)
    cast(app, made, code=made.all_codes[0])


def test_the_marks_of_forms_go_after_some_days(app: Flask, clock: Clock) -> None:
    made = short(app)
    cast(app, made, code=made.all_codes[0])
    for days, left in ((2, 1), (1, 0)):
        clock.forward(days=days)
        with writing(app):
            once.forget_marks(time.today())
        assert rows(app, SentOnce) == left


# --- the box ----------------------------------------------------------------------------------------------------------

def _fill(app: Flask, made: Made, votes: dict[tuple[Group, str], int]) -> Made:
    return campaigns.voted(app, made=made, votes=votes)


def test_nothing_comes_out_of_the_box_before_two_batches_of_one_kind_lie_there(app: Flask) -> None:
    made = campaigns.with_codes(app, each=2 * BATCH + 1, form=SHORT, subjects=("household", "traffic"), audiences=DEPUTIES)
    made = _fill(app, made, {(Group.DEPUTY, "household"): 2 * BATCH - 1, (Group.DEPUTY, "traffic"): 10})
    assert _mixed(app) == 0
    made = _fill(app, made, {(Group.DEPUTY, "household"): 1})
    assert (_mixed(app), _mixed(app)) == (BATCH, 0)
    assert cells(app) == {("deputy", "household"): BATCH}
    assert rows(app, BoxedBallot) == BATCH + 10


def answers_of(ballot: Ballot) -> str:
    """What lies sealed in it."""
    record = db.session.get_one(CampaignRecord, ballot.campaign_id)
    return unseal(ballots.words_key_of(record, vault()), ballot.sealed, ballot.id).decode()


def test_which_ballots_come_out_is_left_to_chance(app: Flask) -> None:
    left = []
    for _campaign in range(2):
        made = campaigns.voted(app, 2 * BATCH, form=SHORT, audiences=DEPUTIES, given=lambda n: {"s0": n // BATCH + 1})
        _mixed(app)
        with reading(app):
            record = db.session.query(CampaignRecord).filter_by(slug=made.slug).one()
            left.append(Counter(answers_of(row) for row in db.session.query(Ballot).filter_by(campaign_id=record.id)))
    for each in left:  # either half gives all 50 with a chance of 1 in 10^29; fewer than 8 with one of 1 in 10^11
        assert min(each.values()) >= 8 and len(each) == 2


def test_a_fault_while_mixing_leaves_the_box_as_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    campaigns.voted(app, 2 * BATCH, form=EVERYTHING, audiences=DEPUTIES, given=lambda n: {"a1": 4, "c1": "等得太久"})
    sealed, done = ballots.seal, Counter[str]()

    def failing(*given: Any) -> bytes:
        done["calls"] += 1
        if done["calls"] > BATCH // 2:
            raise OSError("no memory")
        return sealed(*given)
    with monkeypatch.context() as faulty, pytest.raises(OSError):
        faulty.setattr(ballots, "seal", failing)
        _mixed(app)
    assert (rows(app, BoxedBallot), rows(app, Ballot), rows(app, BallotWords)) == (2 * BATCH, 0, 0)
    assert _mixed(app) == BATCH
    assert (rows(app, BoxedBallot), rows(app, Ballot), rows(app, BallotWords)) == (BATCH, BATCH, BATCH)


def test_a_fault_while_publishing_leaves_box_and_key(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaigns.voted(app, 12, form=SHORT, audiences=DEPUTIES)
    clock.forward(days=20)
    with monkeypatch.context() as faulty, pytest.raises(OSError), writing(app):
        faulty.setattr(results, "sha256", _no_memory)
        results.publish(made.slug, now=time.now(), vault=vault(), chance=Random())
    assert (rows(app, BoxedBallot), rows(app, Ballot)) == (12, 0)
    assert seen(app, made).phase is Phase.COUNTING
    _publish(app, made)
    assert (rows(app, BoxedBallot), rows(app, Ballot)) == (0, 12)


def test_no_ballot_lies_in_the_open_in_a_cell_of_fewer_than_five(app: Flask, clock: Clock) -> None:
    """Or whoever sees that one code of a group was used would know whose the one ballot is."""
    made = campaigns.with_codes(app, form=SHORT, subjects=("household", "traffic", "order"))
    campaigns.voted(app, made=made, votes={
        (Group.DEPUTY, "household"): 1, (Group.RESIDENT, "household"): 7, (Group.DEPUTY, "traffic"): 2,
        (Group.RESIDENT, "traffic"): 4, (Group.RESIDENT, "order"): 3})
    clock.forward(days=20)
    _publish(app, made)
    assert sum(cells(app).values()) == 17
    assert min(cells(app).values()) >= 5, cells(app)


def test_few_ballots_on_paper_do_not_lie_under_a_group_or_unit_either(app: Flask, clock: Clock) -> None:
    """The code of a paper is seen beside it while it waits for the check."""
    made = campaigns.with_codes(app, form=SHORT, audiences=DEPUTIES, subjects=("household", "traffic"))
    for subject, on_paper in (("household", 1), ("traffic", 4)):
        mine = made.codes[Group.DEPUTY, subject]
        for code in mine[:on_paper]:
            confirm(app, made, keep(app, made, code, typed=replace(ON_PAPER, subject=subject)), coordinator(app))
        for code in mine[on_paper:]:
            cast(app, made, code=code)
    clock.forward(days=20)
    _publish(app, made)
    with reading(app):
        found = Counter((row.channel.value, row.audience or "", row.subject) for row in db.session.scalars(select(Ballot)))
    assert found == {("web", "deputy", "household"): 9, ("web", "deputy", "traffic"): 6, ("paper", "", ""): 5}


def _mixed(app: Flask) -> int:
    with reading(app):
        return mix_ballots()


def _no_memory(*given: object) -> None:
    raise OSError("no memory")


# --- results ----------------------------------------------------------------------------------------------------------

def _publish(app: Flask, made: Made) -> bool:
    with writing(app):
        plan = queries.get_campaign(made.slug, time.today()).plan
        now = max(time.now(), time.now().replace(year=plan.publishes_on.year, month=plan.publishes_on.month,
                                                 day=plan.publishes_on.day))
        return results.publish(made.slug, now=now, vault=vault(), chance=Random())


def entries(app: Flask, made: Made) -> list[queries.Entry]:
    campaign = seen(app, made)
    with reading(app):
        return queries.entries(campaign.id)


def test_results_come_on_the_promised_day_by_themselves_and_once(app: Flask, clock: Clock) -> None:
    made = campaigns.voted(app, 12, form=SHORT, audiences=DEPUTIES)
    for days, phase in ((13, Phase.OPEN), (6, Phase.COUNTING)):
        clock.forward(days=days)
        with reading(app):
            assert publish_due() == 0
        with pytest.raises(NotAllowedError), writing(app):
            results.publish(made.slug, now=time.now(), vault=vault(), chance=Random())
        assert (seen(app, made).phase, entries(app, made)) == (phase, [])
    clock.forward(days=1)
    with reading(app):
        assert (publish_due(), publish_due()) == (1, 0)
    assert seen(app, made).phase is Phase.PUBLISHED
    assert [each.entry for each in entries(app, made)] == [1]
    with reading(app):
        assert db.session.query(CampaignRecord).filter_by(slug=made.slug).one().box_key is None


def test_figures_are_frozen(app: Flask) -> None:
    made = campaigns.published(app, 12, form=SHORT, audiences=DEPUTIES)
    before = entries(app, made)[0]
    with writing(app):
        db.session.execute(text("DELETE FROM ballots"))
    assert entries(app, made)[0] == before
    assert len(before.fingerprint) == 64


def test_a_correction_stands_beside_what_it_corrects_and_needs_two_people(app: Flask) -> None:
    made = campaigns.published(app, 12, form=SHORT, audiences=DEPUTIES)
    first, by, other = entries(app, made)[0], coordinator(app), second(app)
    for reason in (" ", "长" * 1_001):
        with pytest.raises(InvalidError), writing(app):
            results.propose_correction(made.slug, reason, by=by)
    with pytest.raises(NotAllowedError), writing(app):
        results.propose_correction(made.slug, "漏录。", by=builders.handler(app).actor)
    with writing(app):
        number = results.propose_correction(made.slug, "漏录一批纸质票。", by=by)
    assert entries(app, made) == [first], "nobody reads it yet"
    with pytest.raises(NotAllowedError), writing(app):
        results.publish_correction(made.slug, number, by=by, now=time.now(), vault=vault())
    with writing(app):
        results.publish_correction(made.slug, number, by=other, now=time.now(), vault=vault())
    newest, oldest = entries(app, made)
    assert (newest.entry, newest.reason, oldest) == (2, "漏录一批纸质票。", first)
    with pytest.raises(NotFoundError), writing(app):
        results.publish_correction(made.slug, number, by=other, now=time.now(), vault=vault())


def test_a_correction_can_be_dropped_until_it_is_published(app: Flask) -> None:
    made = campaigns.published(app, 12, form=SHORT, audiences=DEPUTIES)
    with writing(app):
        number = results.propose_correction(made.slug, "看错了。", by=coordinator(app))
        results.drop_correction(made.slug, number, by=second(app))
    assert [each.entry for each in entries(app, made)] == [1]
    with pytest.raises(NotFoundError), writing(app):
        results.drop_correction(made.slug, 1, by=second(app))


def test_nothing_is_corrected_before_it_is_published_and_nothing_published_that_was_called_off(app: Flask,
                                                                                             clock: Clock) -> None:
    made, gone = campaigns.voted(app, 5, form=SHORT), campaigns.announced(app)
    with pytest.raises(NotAllowedError), writing(app):
        results.propose_correction(made.slug, "太早。", by=coordinator(app))
    with writing(app):
        planning.cancel(gone.slug, "改期。", seen=2, by=coordinator(app), now=time.now())
    clock.forward(days=30)
    assert not _publish(app, gone)


# --- paper ------------------------------------------------------------------------------------------------------------

ON_PAPER = Typed({"s0": 2}, Group.DEPUTY, "")


def keep(app: Flask, made: Made, code: str | None, **changes: Any) -> int:
    with writing(app):
        return papers.keep(made.slug, changes.pop("typed", ON_PAPER), code=code, **{
            "by": builders.handler(app).actor, **changes}, today=time.today(), vault=vault())


def confirm(app: Flask, made: Made, entry: int, by: Actor, seen_: int = 1) -> None:
    with writing(app):
        papers.confirm(made.slug, entry, seen=seen_, by=by, today=time.today(), vault=vault(), chance=Random())


def test_a_paper_ballot_goes_into_the_box_when_a_second_person_has_checked_it(app: Flask, clock: Clock) -> None:
    made = short(app)
    entry = keep(app, made, made.all_codes[0])
    with pytest.raises(NotAllowedError):
        confirm(app, made, entry, builders.handler(app).actor)
    assert rows(app, BoxedBallot) == 0
    confirm(app, made, entry, coordinator(app))
    with pytest.raises(StaleError):
        confirm(app, made, entry, coordinator(app), 2)
    with reading(app):
        kept = db.session.execute(text("SELECT code_hash, sealed, note, state FROM paper_ballots")).one()
        assert tuple(kept) == (None, None, None, EntryState.DONE), "nothing of it stays but that it was there"
    clock.forward(days=20)
    _publish(app, made)
    with reading(app):
        [ballot] = db.session.scalars(select(Ballot))
        assert (ballot.channel.value, answers_of(ballot)) == ("paper", '{"s0":2}')


def test_a_code_counts_on_paper_or_on_the_web(app: Flask) -> None:
    made = short(app)
    on_paper, on_web = made.all_codes[:2]
    keep(app, made, on_paper)
    with pytest.raises(RefusedError):
        cast(app, made, code=on_paper)
    cast(app, made, code=on_web)
    with pytest.raises(InvalidError) as refused:
        keep(app, made, on_web)
    assert refused.value.fields == {"code": "code_used"}


@pytest.mark.parametrize("which, reason", [("foreign", "code_foreign"), ("unknown", "code_unknown"), ("void", "code_void"),
                                           ("none", "required")])
def test_a_paper_with_a_code_that_opens_nothing_here_is_refused(app: Flask, which: str, reason: str) -> None:
    made, other = short(app), short(app)
    if which == "void":
        with writing(app):
            codes.void_batch(queries.batches(queries.get_campaign(made.slug, time.today()).id)[0].id, by=coordinator(app),
                             today=time.today())
    code = {"foreign": other.all_codes[0], "unknown": one_time.make(b"never made by us"), "void": made.all_codes[0],
            "none": None}[which]
    with pytest.raises(InvalidError) as refused:
        keep(app, made, code)
    assert refused.value.fields == {"code": reason}
    if which == "foreign":
        cast(app, other, code=code)


def test_a_paper_is_sent_back_typed_again_or_discarded_with_its_code_given_back(app: Flask) -> None:
    made, clerk = short(app), builders.handler(app).actor
    entry = keep(app, made, made.all_codes[0])
    with writing(app):
        papers.send_back(made.slug, entry, "第二题看错了。", seen=1, by=coordinator(app), today=time.today(), vault=vault())
    with pytest.raises(StaleError):
        keep(app, made, None, entry_id=entry, seen=1)
    keep(app, made, made.all_codes[1], entry_id=entry, seen=2, typed=replace(ON_PAPER, answers={"s0": 3}))
    with reading(app):
        view = papers.get_paper(made.slug, entry, clerk, vault=vault())
        assert view.typed and (view.state, view.typed.answers, view.version) == (EntryState.TYPED, {"s0": 3}, 3)
    cast(app, made, code=made.all_codes[0])
    with writing(app):
        papers.discard(made.slug, entry, seen=3, by=clerk, today=time.today())
    cast(app, made, code=made.all_codes[1])
    assert rows(app, BoxedBallot) == 2


def test_papers_that_lie_here_are_typed_while_it_is_counted_and_never_after(app: Flask, clock: Clock) -> None:
    made = short(app)
    waiting = keep(app, made, made.all_codes[0])
    clock.forward(days=15)
    counted = keep(app, made, made.all_codes[1])
    confirm(app, made, counted, coordinator(app))
    clock.forward(days=5)
    _publish(app, made)
    with pytest.raises(NotAllowedError):
        keep(app, made, made.all_codes[2])
    with pytest.raises(NotAllowedError):
        confirm(app, made, waiting, coordinator(app))
    assert entries(app, made)[0].figures["unchecked"] == 1


# --- words ------------------------------------------------------------------------------------------------------------

@pytest.fixture
def written(app: Flask) -> Made:
    return campaigns.published(app, 8, form=EVERYTHING, audiences=DEPUTIES, given=lambda n: {"a1": 3, "c1": f"窗口太少之{n}"})


def test_words_are_read_apart_from_their_ballots_and_put_under_topics(app: Flask, written: Made) -> None:
    by = coordinator(app)
    with reading(app):
        found = words.unread(written.slug, by, vault=vault(), question="c1")
    assert sorted(each.text for each in found) == [f"窗口太少之{n}" for n in range(8)]
    with writing(app):
        topic = words.name_topic(written.slug, " 窗口少 ", "Too few counters", by=by)
        assert words.name_topic(written.slug, "窗口少", "", by=by) == topic
        words.put_under(written.slug, [each.id for each in found[:6]], topic=topic, by=by)
        words.put_under(written.slug, [found[6].id], topic=None, by=by)
    with reading(app):
        number = queries.get_campaign(written.slug, time.today()).id
        assert [(each.name, each.n) for each in words.topics(number)] == [("窗口少", 6)]
        assert words.unread_count(number) == 1
    assert entries(app, written)[0].figures["written"] == {"c1": 8}


def test_words_are_for_coordinators_and_topics_for_their_campaign(app: Flask, written: Made) -> None:
    other, by = campaigns.published(app, 5, form=SHORT), coordinator(app)
    for role in (Role.HANDLER, Role.ADMINISTRATOR, Role.INSPECTOR):
        with pytest.raises(NotAllowedError), reading(app):
            words.unread(written.slug, builders.staff(app, role).actor, vault=vault())
    with writing(app):
        topic = words.name_topic(other.slug, "别的", "", by=by)
    with pytest.raises(InvalidError), writing(app):
        words.put_under(written.slug, [], topic=topic, by=by)
    for name in ("", "长" * 61):
        with pytest.raises(InvalidError), writing(app):
            words.name_topic(written.slug, name, "", by=by)


# --- what follows -----------------------------------------------------------------------------------------------------

def a_task(**changes: Any) -> follow_up.Task:
    plain = {"topic": "等候太久", "unit": "household", "leader": "周海", "measure": "增开窗口。",
             "due_on": time.today() + timedelta(days=30)}
    return follow_up.Task(**{**plain, **changes})


def set_task(app: Flask, made: Made, by: Actor, **changes: Any) -> int:
    with writing(app):
        return follow_up.set_task(made.slug, a_task(**changes), by=by, now=time.now())


def test_a_task_is_set_after_publication_finished_with_evidence_or_late(app: Flask, clock: Clock) -> None:
    made, by = campaigns.published(app, 8, form=SHORT), coordinator(app)
    task = set_task(app, made, by)
    with pytest.raises(NotAllowedError):
        set_task(app, campaigns.voted(app, 2, form=SHORT), by)
    with pytest.raises(NotAllowedError):
        set_task(app, made, builders.handler(app).actor)
    clock.forward(days=31)
    with reading(app):
        assert [each.is_late(time.today()) for each in follow_up.tasks()] == [True]
    for evidence, version, error in ((" ", 1, InvalidError), ("已增开。", 2, StaleError)):
        with pytest.raises(error), writing(app):
            follow_up.finish_task(task, evidence, seen=version, by=by, now=time.now())
    with writing(app):
        follow_up.finish_task(task, "已增开两个窗口，平均等候 9 分钟。", seen=1, by=by, now=time.now())
    with pytest.raises(StaleError), writing(app):
        follow_up.finish_task(task, "再来一次。", seen=2, by=by, now=time.now())


@pytest.mark.parametrize("changes, field", [
    ({"topic": ""}, "topic"), ({"leader": " "}, "leader"), ({"measure": "长" * 2_001}, "measure"), ({"unit": ""}, "unit"),
    ({"due_on": 0}, "due_on")])
def test_a_task_needs_a_topic_a_unit_a_leader_a_measure_and_a_day_to_come(app: Flask, changes: dict[str, Any],
                                                                        field: str) -> None:
    made = campaigns.published(app, 5, form=SHORT)
    with pytest.raises(InvalidError) as refused, writing(app):
        given = {**changes, **({"due_on": time.today()} if "due_on" in changes else {})}
        follow_up.set_task(made.slug, a_task(**given), by=coordinator(app), now=time.now())
    assert list(refused.value.fields) == [field]


def test_a_consultation_is_answered_topic_by_topic_with_reasons(app: Flask) -> None:
    by = coordinator(app)
    made = campaigns.published(app, 6, kind=Kind.CONSULTATION, form=EVERYTHING, audiences=DEPUTIES)
    other = campaigns.published(app, 6, form=EVERYTHING, audiences=DEPUTIES)
    with writing(app):
        topic, foreign = (words.name_topic(each.slug, "夜间办证", "", by=by) for each in (made, other))

    def decide(slug: str, of: int, reason: str, version: int = 0) -> None:
        with writing(app):
            follow_up.decide(slug, of, Decision.PARTLY, reason, seen=version, by=by, now=time.now())
    for slug, of, reason, version, error in (
            (other.slug, foreign, "好。", 0, NotAllowedError), (made.slug, foreign, "好。", 0, InvalidError),
            (made.slug, topic, " ", 0, InvalidError), (made.slug, topic, "好。", 1, StaleError)):
        with pytest.raises(error):
            decide(slug, of, reason, version)
    decide(made.slug, topic, "先在两个大厅试行。")
    decide(made.slug, topic, "全市推开。", 1)
    campaign = seen(app, made)
    with reading(app):
        assert [(each.topic, each.decision, each.reason, each.version) for each in follow_up.adoptions(campaign.id)] == [
            ("夜间办证", Decision.PARTLY, "全市推开。", 2)]


# --- forms ------------------------------------------------------------------------------------------------------------

def test_what_staff_changed_in_a_form_stays_when_files_come_again(app: Flask) -> None:
    by, longer = coordinator(app), levels_form(4, slug="short")
    with writing(app):
        versions.import_forms({"short": SHORT}, now=time.now())
        versions.import_forms({"short": levels_form(5, slug="short")}, now=time.now())
        kept = versions.keep_form(longer, seen=(1, 2), by=by, now=time.now())
        versions.import_forms({"short": SHORT}, now=time.now())
        assert versions.keep_form(longer, seen=(9, 9), by=by, now=time.now()) == kept, "the same form changes nothing"
        assert queries.get_form(kept)[1] == longer
    with pytest.raises(StaleError), writing(app):
        versions.keep_form(SHORT, seen=(1, 2), by=by, now=time.now())


def test_a_form_that_was_promised_is_never_thrown_away(app: Flask) -> None:
    spare, used = campaigns.form_id(app, levels_form(2, slug="spare")), seen(app, campaigns.announced(app, form=SHORT)).form_id
    with writing(app):
        versions.discard_form(spare, by=coordinator(app))
    with pytest.raises(NotAllowedError), writing(app):
        versions.discard_form(used, by=coordinator(app))
    with pytest.raises(NotFoundError), writing(app):
        versions.discard_form(spare, by=coordinator(app))


def test_a_plan_comes_back_as_it_was_written(app: Flask) -> None:
    made = campaigns.draft(app, subjects=("household",), title="评议")
    plan = seen(app, made).plan
    assert isinstance(plan, Plan) and plan == campaigns.a_plan(app.config["PORTAL"].now, subjects=("household",), title="评议")
