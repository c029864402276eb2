"""Every page that a person can see, with who sees it: for the browser checks and the pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from flask import Flask, make_response, session
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.queries import Staff
from portal.casework import draws
from portal.casework.actions import Receipt
from portal.casework.models import CaseRecord, Draw, PublicCase
from portal.db import db, transaction
from portal.domain.campaign import Kind, Phase
from portal.domain.codes import Action, Publication, Status
from portal.domain.people import Role
from portal.evaluation.queries import batches, form_versions, latest_entry
from portal.evaluation.queries import campaigns as all_campaigns
from portal.evaluations import entered
from portal.web import guards, receipts, sealed_cookies
from portal.web.current import terms, vault
from portal.worker.drawing import draw_due
from tests import ballot_desk, builders, campaigns, papers
from tests.campaigns import Made

Cookies = dict[str, str]


@dataclass(frozen=True)
class Stop:
    """A page to visit; `cookies` make its visitor an author or a member of staff."""

    name: str
    url: str
    cookies: Cookies = field(default_factory=dict, repr=False)
    status: int = 200


def settle(app: Flask) -> None:
    """A few cases in every state, so that no page is empty."""
    builders.submit(app)
    builders.submit(app, title="咨询换领身份证", category="question", contact={"name": "张三", "phone": "13800138000"},
                    pictures=[builders.gps_jpeg()])
    builders.accepted(app)
    builders.waiting(app)
    builders.handling(app)
    builders.drafted(app)
    builders.answered(app)
    builders.rated(app, builders.published(app))
    _promise(app)
    _draw(app)
    campaigns.one_of_each(app)


def _promise(app: Flask) -> None:
    given = {"outcome": "promised", "promised_on": "2026-12-31", "answer": "年底前装好引导牌。"}
    sent = builders.act(app, builders.handling(app), Action.DRAFT_ANSWER, builders.handler(app).actor, given)
    builders.act(app, sent, Action.APPROVE, builders.reviewer(app).actor)


def _draw(app: Flask) -> None:
    """A month that is drawn, and one whose seed is fixed."""
    with app.app_context():
        now = terms().now
        with transaction():
            for month in draws.months_to_fix(now.date()):
                draws.fix_seed(month, b"the seed of a test: 32 bytes....", now=now.replace(day=1), vault=vault())
        with transaction():
            draws.draw_month(f"{now:%Y-%m}", now=now, vault=vault())
        draw_due()
        db.session.remove()


def public(app: Flask) -> Iterator[Stop]:
    yield Stop("home", "/")
    yield Stop("services", "/services")
    yield Stop("services-searched", "/services?q=身份证")
    yield Stop("services-nothing", "/services?q=qqqq")
    yield Stop("service", "/services/id-card-renewal")
    yield Stop("stories", "/stories")
    yield Stop("story", "/stories/payday-corner")
    for slug in ("about", "how-it-works", "privacy", "accessibility", "contacts", "open-rules", "ballots"):
        yield Stop(slug, f"/{slug}")
    yield Stop("opinion", "/opinions/new")
    yield Stop("opinion-suggestion", "/opinions/new?category=suggestion")
    yield Stop("opinion-misconduct", "/opinions/new?category=misconduct")
    yield Stop("opinion-emergency", "/opinions/new?category=emergency")
    yield Stop("receipt-gone", "/opinions/receipt")
    yield Stop("track", "/track")
    yield Stop("progress", "/progress")
    yield Stop("progress-filtered", "/progress?category=suggestion&district=hedong")
    yield Stop("progress-nothing", "/progress?q=qqqq")
    yield Stop("promises", "/promises")
    yield Stop("promises-nothing", "/promises?state=broken&unit=office")
    yield Stop("draws", "/draws")
    if months := _months(app):
        yield Stop("draw", f"/draws/{months[0]}")
        yield Stop("draw-to-come", f"/draws/{months[-1]}")
    yield from _results(app)
    yield from _evaluations(app)
    yield Stop("calendar", "/calendar?from=2026-09-30&days=5&unit=working_days")
    yield Stop("calendar-refused", "/calendar?from=x&days=5&unit=working_days", status=422)
    yield Stop("style-guide", "/style-guide")
    yield Stop("not-found", "/nothing-here", status=404)
    for status in (Status.RECEIVED, Status.ANSWERED):
        if number := _public_number(app, status, with_text=False):
            yield Stop(f"case-{status}-stub", f"/progress/{number}")
    for status in (Status.HANDLING, Status.ANSWERED, Status.CLOSED):
        if number := _public_number(app, status, with_text=True):
            yield Stop(f"case-{status}-text", f"/progress/{number}")


def _results(app: Flask) -> Iterator[Stop]:
    """Results of the newest campaign that follows another, of ratings, and of one that is being counted."""
    yield Stop("tasks", "/evaluations/tasks")
    yield Stop("tasks-nothing", "/evaluations/tasks?state=done&after=5")
    with app.app_context():
        found = all_campaigns(clock.today())
        published = [(each, latest_entry(each.id)) for each in found if each.phase is Phase.PUBLISHED]
    for each in found:
        if each.phase is Phase.COUNTING:
            yield Stop("results-before", f"/evaluations/{each.slug}/results")
            break
    for each, entry in published:
        if entry is None:
            continue
        whole = f"/evaluations/{each.slug}/results"
        name = f"results-{each.kind.value}{'-followed' if each.previous else '-corrected' if entry.entry > 1 else ''}"
        yield Stop(name, whole)
        yield Stop(f"{name}-entry", f"{whole}/1")
        for kind in ("groups", "subjects"):
            for code in list(entry.figures[kind])[:1]:
                yield Stop(f"{name}-{kind}", f"{whole}/1/{kind}/{code}")


def _evaluations(app: Flask) -> Iterator[Stop]:
    """The promise of one campaign in each phase, a code, the ballot, the thanks, and what is said where nothing is open."""
    made, rating = campaigns.with_codes(app), campaigns.open_rating(app)
    with app.app_context():
        phases = {each.phase: each.slug for each in all_campaigns(clock.today())}
    yield Stop("evaluations", "/evaluations")
    for phase, slug in phases.items():
        yield Stop(f"evaluation-{phase}", f"/evaluations/{slug}")
    yield Stop("evaluation-ballot", made.url)
    yield Stop("evaluation-paper", f"{made.url}/paper")
    yield Stop("enter", "/evaluations/enter")
    yield Stop("enter-known", "/evaluations/enter", _voter_cookies(app, made))
    yield Stop("ballot", f"{made.url}/form", _voter_cookies(app, made))
    yield Stop("ballot-without-code", f"{made.url}/form", status=403)
    yield Stop("rating", f"{rating.url}/form?subject=hall")
    yield Stop("rating-anywhere", f"{rating.url}/form")
    if closed := phases.get(Phase.COUNTING):
        yield Stop("ballot-closed", f"/evaluations/{closed}/form", status=403)
    yield Stop("thanks", f"{made.url}/thanks", _thanks_cookies(app, made))
    yield Stop("thanks-gone", f"{made.url}/thanks")


def _voter_cookies(app: Flask, made: Made) -> Cookies:
    with app.test_request_context():
        return _set_by(entered.keep(make_response(""), made.all_codes[0]))


def _thanks_cookies(app: Flask, made: Made) -> Cookies:
    day = date(2026, 9, 14)
    told = [receipts.told(Receipt(number, day, day, held=False), "12345678901234567890")
            for number in ("2026-000123", "J2026-000004")]
    with app.test_request_context():
        return _set_by(sealed_cookies.put(make_response(""), "thanks", {"cases": told, "repeated": True, "shown": False},
                                          path=f"{made.url}/thanks", minutes=30))


def authors(app: Flask) -> Iterator[Stop]:
    for status in Status:
        if case := _case(app, status):
            yield Stop(f"track-{status}", "/track/case", author_cookies(app, case[0]))


def desk(app: Flask) -> Iterator[Stop]:
    yield Stop("desk-sign-in", "/desk/sign-in")
    office = staff_cookies(app, builders.staff(app, Role.COORDINATOR, Role.EDITOR, Role.ADMINISTRATOR))
    for key in ("to-sort", "to-publish", "due-today", "late", "waiting", "held", "open", "ended"):
        yield Stop(f"desk-{key}", f"/desk/lists/{key}", office)
    for status in Status:
        if case := _case(app, status):
            yield Stop(f"desk-case-{status}", f"/desk/cases/{case[1]}", office)
    if case := _case(app, Status.ANSWERED, unpublished=True):
        yield Stop("desk-publish", f"/desk/cases/{case[1]}/publish", office)
    yield Stop("desk-staff", "/desk/staff", office)
    yield Stop("desk-calendar", "/desk/calendar", office)
    yield Stop("desk-staff-member", "/desk/staff/1", office)
    yield Stop("desk-articles", "/desk/articles", office)
    yield Stop("desk-article", "/desk/articles/service/id-card-renewal", office)
    yield Stop("desk-overview", "/desk/overview", office)
    yield Stop("desk-warnings", "/desk/warnings", office)
    leader = builders.staff(app, Role.LEADER, unit="office", login="leader.sitemap", charge=["household", "traffic"])
    yield Stop("desk-leader", "/desk/leader", staff_cookies(app, leader))
    if number := _to_follow_up(app):
        yield Stop("desk-follow-up", f"/desk/cases/{number}", office)
    yield from _entry(app, office)
    yield from _whole_desk(app, office)
    yield from _forms(app, office)
    yield from _campaigns(app, office)
    yield from _ballot_desk(app, office)
    for role, status in ((Role.HANDLER, Status.HANDLING), (Role.HANDLER, Status.ASSIGNED), (Role.REVIEWER, Status.DRAFTED)):
        if case := _case(app, status):
            person = builders.staff(app, role, unit=case[2])
            yield Stop(f"desk-{role}-{status}", f"/desk/cases/{case[1]}", staff_cookies(app, person))


def _entry(app: Flask, office: Cookies) -> Iterator[Stop]:
    """Entry for others, and a batch of paper forms that somebody else typed."""
    yield Stop("desk-entry", "/desk/entry", office)
    yield Stop("desk-entry-misconduct", "/desk/entry?category=misconduct", office)
    yield Stop("desk-entry-emergency", "/desk/entry?category=emergency", office)
    typist = builders.staff(app, Role.HANDLER, login="typist.sitemap")
    entry = papers.typed(app, typist)
    back = papers.sent_back(app, papers.typed(app, typist, into=entry.batch), builders.staff(app, Role.COORDINATOR))
    blank = papers.printed(app, builders.staff(app, Role.COORDINATOR))
    yield Stop("desk-paper", f"/desk/paper?serial={blank.serial}", office)
    yield Stop("desk-paper-batches", "/desk/paper/batches", office)
    yield Stop("desk-paper-batch", f"/desk/paper/batches/{entry.batch}", office)
    yield Stop("desk-paper-batch-refused", f"/desk/paper/batches/{entry.batch}/type?serial=26", office, 422)
    yield Stop("desk-paper-type", f"/desk/paper/batches/{entry.batch}/type?serial={blank.serial}", office)
    yield Stop("desk-paper-sent-back", back.address, office)
    yield Stop("desk-paper-check", f"{entry.address}/check", office)


def _whole_desk(app: Flask, office: Cookies) -> Iterator[Stop]:
    """Filters, search, several cases at once, templates, the ledger, papers."""
    yield Stop("desk-narrowed", "/desk/lists/open?unit=household&due_until=2030-01-01", office)
    yield Stop("desk-orphans", "/desk/lists/orphans", office)
    yield Stop("desk-filters", "/desk/filters", office)
    yield Stop("desk-search", "/desk/search?q=引导牌", office)
    yield Stop("desk-search-nothing", "/desk/search?q=qqqq", office)
    yield Stop("desk-ledger", "/desk/ledger", office)
    yield Stop("desk-ledger-narrowed", "/desk/ledger?unit=household&first=2026-01", office)
    yield Stop("desk-exports", "/desk/ledger/exports", office)
    numbers = "".join(f"&number={case[1]}" for status in (Status.HANDLING, Status.RECEIVED) if (case := _case(app, status)))
    yield Stop("desk-bulk", f"/desk/bulk?list=open&action=transfer{numbers}", office)
    yield Stop("desk-bulk-nothing", "/desk/bulk?list=open&action=transfer", office, 422)
    if case := _case(app, Status.HANDLING):
        for level in ("full", "redacted", "public"):
            yield Stop(f"desk-file-{level}", f"/desk/cases/{case[1]}/file?level={level}", office)
        handler = staff_cookies(app, builders.staff(app, Role.HANDLER, unit=case[2]))
        yield Stop("desk-templates", "/desk/templates", handler)
    officer = builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints", login="officer.sitemap")
    petition = builders.accepted(app, unit="complaints", category="petition", title="请求撤销处罚")
    builders.act(app, petition, Action.RECEIPT_NOTICE, officer.actor, {"notice": "由控申支队调查核实。"})
    yield Stop("desk-notice", f"/desk/cases/{petition.number}/notices/3", staff_cookies(app, officer))


def _forms(app: Flask, office: Cookies) -> Iterator[Stop]:
    """The form builder with a section and every kind of question open, and how forms look and are printed."""
    with app.app_context():
        versions = {each.slug: each.id for each in reversed(form_versions())}
    forms, delegates = "/desk/evaluation-forms", versions["delegates"]
    yield Stop("desk-forms", forms, office)
    yield Stop("desk-form-new", f"{forms}/new", office)
    yield Stop("desk-form-import", f"{forms}/import", office)
    yield Stop("desk-form-preview", f"{forms}/{versions['consultation']}/preview?width=tablet", office)
    yield Stop("desk-form-print", f"{forms}/{delegates}/print", office)
    yield Stop("desk-form-edit", f"{forms}/{delegates}/edit", office)
    for part in ("form", "form-0", "form-0-0", "form-6-0", "form-6-3"):
        yield Stop(f"desk-form-edit-{part}", f"{forms}/{delegates}/edit?open={part}", office)


def _campaigns(app: Flask, office: Cookies) -> Iterator[Stop]:
    """A campaign in each phase, its codes, and what is decided about a draft."""
    drafted = campaigns.draft(app, title="起草中的评议", subjects=("household", "traffic")).slug
    with app.app_context():
        found = all_campaigns(clock.today(), staff=True)
        phases = {each.phase: each.slug for each in found if each.has_codes}
        opened = next((each.slug for each in found if not each.has_codes and each.phase is Phase.OPEN), None)
        coded, batch = next((each.slug, made[0].id) for each in found if each.has_codes and (made := batches(each.id)))
    yield Stop("desk-campaigns", "/desk/campaigns", office)
    yield Stop("desk-campaigns-nothing", "/desk/campaigns?phase=cancelled", office)
    yield Stop("desk-campaign-new", "/desk/campaigns/new", office)
    yield Stop("desk-campaign-copied", f"/desk/campaigns/new?from={coded}", office)
    for step in ("edit", "announce", "discard", "cancel"):
        yield Stop(f"desk-campaign-{step}", f"/desk/campaigns/{drafted}/{step}", office)
    for phase, slug in phases.items():
        yield Stop(f"desk-campaign-{phase}", f"/desk/campaigns/{slug}", office)
    if opened:
        yield Stop("desk-campaign-posters", f"/desk/campaigns/{opened}/posters", office)
    yield Stop("desk-codes", f"/desk/campaigns/{coded}/codes", office)
    for step in ("void", "unused"):
        yield Stop(f"desk-codes-{step}", f"/desk/campaigns/{coded}/codes/{batch}/{step}", office)


def _ballot_desk(app: Flask, office: Cookies) -> Iterator[Stop]:
    """Papers that somebody else typed, open answers, and what follows from results."""
    typist, made = builders.staff(app, Role.HANDLER, login="papers.sitemap"), campaigns.with_codes(app)
    waiting, back = (ballot_desk.typed(app, made, typist, code=made.all_codes[n]) for n in range(2))
    ballot_desk.sent_back(app, made, back, builders.staff(app, Role.COORDINATOR))
    typing = f"/desk/campaigns/{made.slug}/papers"
    yield Stop("desk-ballot-rounds", "/desk/ballot-papers", office)
    yield Stop("desk-ballot-papers", typing, office)
    yield Stop("desk-ballot-type", f"{typing}/type", office)
    yield Stop("desk-ballot-sent-back", f"{typing}/{back}", office)
    yield Stop("desk-ballot-check", f"{typing}/{waiting}/check", office)
    yield Stop("desk-ballot-discard", f"{typing}/{waiting}/discard", office)
    done = ballot_desk.written(app, 24, many=22, kind=Kind.CONSULTATION)
    ballot_desk.name_topics(app, done, "窗口等候", "夜间延时")
    campaigns.task(app, done)
    number, follow_up = ballot_desk.proposed(app, done), f"/desk/campaigns/{done.slug}"
    yield Stop("desk-ballot-closed", f"{follow_up}/papers", office)
    yield Stop("desk-ballot-words", f"{follow_up}/words?question=c1", office)
    yield Stop("desk-ballot-words-before", f"/desk/campaigns/{made.slug}/words", office)
    for page in ("tasks", "tasks/new", "adoptions", "corrections", f"corrections/{number}"):
        yield Stop(f"desk-result-{page.replace('/', '-')}", f"{follow_up}/{page}", office)


def staff_cookies(app: Flask, person: Staff) -> Cookies:
    with app.test_request_context():
        guards.sign_in(person)
        response = make_response("")
        app.session_interface.save_session(app, session, response)
    return _set_by(response)


def author_cookies(app: Flask, case_id: int) -> Cookies:
    with app.test_request_context():
        return _set_by(guards.open_case(make_response(""), case_id))


def _set_by(response: Response) -> Cookies:
    """Name and value of each cookie."""
    parts = (header.split(";")[0].partition("=") for header in response.headers.getlist("Set-Cookie"))
    return {name: value for name, _, value in parts}


def _case(app: Flask, status: Status, *, unpublished: bool = False) -> tuple[int, str, str] | None:
    wanted = select(CaseRecord.id, CaseRecord.number, CaseRecord.unit).where(CaseRecord.status == status,
                                                                            CaseRecord.number.not_like("J%"))
    if unpublished:
        wanted = wanted.where(CaseRecord.publication == Publication.UNDECIDED, CaseRecord.consent)
    with app.app_context():
        row = db.session.execute(wanted.order_by(CaseRecord.id.desc()).limit(1)).first()
        return (row[0], row[1], row[2] or "") if row else None


def _public_number(app: Flask, status: Status, *, with_text: bool) -> str | None:
    has_text = PublicCase.text.is_not(None) if with_text else PublicCase.text.is_(None)
    with app.app_context():
        return db.session.scalar(select(PublicCase.number).where(PublicCase.state == status, has_text)
                                 .order_by(PublicCase.id.desc()).limit(1))


def _to_follow_up(app: Flask) -> str | None:
    with app.app_context():
        return db.session.scalar(select(CaseRecord.number).where(CaseRecord.follow_due.is_not(None))
                                 .order_by(CaseRecord.id.desc()).limit(1))


def _months(app: Flask) -> list[str]:
    """Months of the draw: the last that was drawn first, then those still to come."""
    with app.app_context():
        drawn = db.session.scalars(select(Draw.month).where(Draw.drawn_at.is_not(None)).order_by(Draw.month.desc()).limit(1))
        coming = db.session.scalars(select(Draw.month).where(Draw.drawn_at.is_(None)).order_by(Draw.month))
        return [*drawn, *coming]
