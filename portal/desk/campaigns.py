"""Campaigns of open evaluation at the desk: announced by a second person, called off only before anybody votes."""

from collections.abc import Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.views import blueprint, evaluation_work
from portal.domain.campaign import PHASE_WORDS, Phase, may_approve, may_plan
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.people import Role
from portal.evaluation import planning, queries
from portal.evaluation.planning import LONGEST_REASON
from portal.evaluation.queries import Campaign, Standing, find_campaign, get_campaign, get_form, standings
from portal.evaluation.waiting import WORK_WORDS, Work, open_work
from portal.web.current import settings
from portal.web.faults import faults
from portal.web.guards import View, staff_only, viewer
from portal.web.qr import qr
from portal.web.subjects import all_subjects, subject_name
from portal.web.words import _

READERS = (Role.COORDINATOR, Role.LEADER)
_ORDER = (Phase.DRAFT, Phase.OPEN, Phase.ANNOUNCED, Phase.COUNTING, Phase.PUBLISHED, Phase.CANCELLED)
_PAGE_OF = {Work.ANNOUNCE: "desk.campaign_announce", Work.CHECK: "desk.ballot_papers", Work.PUBLISH: "desk.result_corrections",
            Work.SORT: "desk.ballot_words", Work.DECIDE: "desk.result_adoptions", Work.LATE: "desk.result_tasks"}
_TO_CALL_OFF = frozenset({Phase.ANNOUNCED, Phase.OPEN})


def planners_only(view: View) -> View:
    """For views of those who plan: coordinators of the city, not those of one county."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not may_plan(viewer()):
            raise NotAllowedError("plan")
        return view(*args, **kwargs)
    guard: View = staff_only(Role.COORDINATOR)(guarded)
    return guard


@blueprint.get("/campaigns")
@staff_only(*READERS)
def campaigns() -> str:
    """What needs work first; `?phase=` leaves those of one phase."""
    found = sorted(queries.campaigns(clock.today(), staff=True), key=lambda each: _ORDER.index(each.phase))
    counts = {phase: sum(each.phase is phase for each in found) for phase in _ORDER}
    asked = request.args.get("phase", "")
    how_far, left = standings(), open_work(clock.today())
    lines = [SimpleNamespace(campaign=each, standing=how_far.get(each.id, Standing()), left=left.get(each.id, {}))
             for each in found if asked not in counts or each.phase == asked]
    return render_template(
        "desk/campaigns.html", lines=lines, total=len(found), phase=asked if asked in counts else "",
        phases=[(phase.value, f"{_(PHASE_WORDS[phase])} ({n})") for phase, n in counts.items() if n],
        may_plan=may_plan(viewer()), waiting=_waiting(found), year=clock.today().year)


def _waiting(found: list[Campaign]) -> list[SimpleNamespace]:
    """What waits for this person, line by line, the most urgent first."""
    work = evaluation_work()
    lines = [SimpleNamespace(work=each, words=_(WORK_WORDS[each]), n=n, campaign=campaign,
                             url=url_for(_PAGE_OF[each], slug=campaign.slug))
             for campaign in found for each, n in work.get(campaign.id, {}).items()]
    return sorted(lines, key=lambda line: list(Work).index(line.work))


@blueprint.get("/campaigns/<slug>")
@staff_only(*READERS)
def campaign(slug: str) -> str:
    return campaign_page(slug)


@blueprint.get("/campaigns/<slug>/announce")
@staff_only(*READERS)
def campaign_announce(slug: str) -> ResponseReturnValue:
    """Everything that can never be changed again, once more, before the second person agrees."""
    if get_for_staff(slug).phase is not Phase.DRAFT:
        return campaign_page(slug, overtaken=True), 409
    return _step_page("desk/campaign_announce.html", slug)


@blueprint.post("/campaigns/<slug>/announce")
@staff_only(*READERS)
def campaign_announced(slug: str) -> ResponseReturnValue:
    if request.form.get("read") != "yes":
        return _step_page("desk/campaign_announce.html", slug, faults({"read": "unread"})), 422
    try:
        with transaction():
            planning.announce(slug, seen=seen_version(), form_seen=request.form.get("form_version", 0, type=int),
                              by=g.staff.actor, now=clock.now(), subjects=all_subjects())
    except InvalidError as refusal:
        return _step_page("desk/campaign_announce.html", slug, faults(refusal.fields)), 422
    except StaleError:
        return campaign_page(slug, overtaken=True), 409
    flash(_("It is announced. From now on nothing of the promise can be changed."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


@blueprint.get("/campaigns/<slug>/discard")
@planners_only
def campaign_discard(slug: str) -> ResponseReturnValue:
    if get_for_staff(slug).phase is not Phase.DRAFT:
        return campaign_page(slug, overtaken=True), 409
    return _step_page("desk/campaign_discard.html", slug)


@blueprint.post("/campaigns/<slug>/discard")
@planners_only
def campaign_discarded(slug: str) -> ResponseReturnValue:
    try:
        with transaction():
            planning.discard(slug, seen=seen_version(), by=g.staff.actor)
    except (StaleError, NotAllowedError):
        return campaign_page(slug, overtaken=True), 409
    flash(_("The draft is discarded."))
    return redirect(url_for("desk.campaigns"), 303)


@blueprint.get("/campaigns/<slug>/cancel")
@planners_only
def campaign_cancel(slug: str) -> str:
    return _step_page("desk/campaign_cancel.html", slug)


@blueprint.post("/campaigns/<slug>/cancel")
@planners_only
def campaign_cancelled(slug: str) -> ResponseReturnValue:
    try:
        with transaction():
            planning.cancel(slug, request.form.get("reason", ""), seen=seen_version(), by=g.staff.actor, now=clock.now())
    except InvalidError as refusal:
        return _step_page("desk/campaign_cancel.html", slug, faults(refusal.fields)), 422
    except StaleError:
        return _step_page("desk/campaign_cancel.html", slug, overtaken=True), 409
    except NotAllowedError:
        return _step_page("desk/campaign_cancel.html", slug), 409
    flash(_("It is called off. Everyone reads the reason."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


@blueprint.get("/campaigns/<slug>/posters")
@planners_only
def campaign_posters(slug: str) -> str:
    """A sheet for each counter, with the QR code that opens the form for it; without codes only, and once announced."""
    campaign = get_for_staff(slug)
    if campaign.has_codes or campaign.phase not in _TO_CALL_OFF:
        raise NotFoundError
    address = f"{public_address()}/evaluations/{slug}/form"
    posters = [SimpleNamespace(subject=subject_name(each) if each else "",
                               qr=qr(f"{address}?subject={each}" if each else address))
               for each in campaign.plan.subjects or ("",)]
    return render_template("desk/campaign_posters.html", campaign=campaign, posters=posters, address=address)


def public_address() -> str:
    """What the public's addresses begin with, as it is printed."""
    return settings().url or request.url_root.rstrip("/")


def get_for_staff(slug: str) -> Campaign:
    return get_campaign(slug, clock.today(), staff=True)


def seen_version() -> int:
    return request.form.get("version", 0, type=int)


def field_labels() -> dict[str, str]:
    return {
        "kind": _("Kind of evaluation"), "access": _("Who may take part"), "slug": _("Public address"),
        "title": _("Title in Chinese"), "title_en": _("Title in English"), "purpose": _("What it is for, in Chinese"),
        "purpose_en": _("What it is for, in English"), "form": _("Form"), "previous": _("Last round"),
        "opens_on": _("First day of voting"), "closes_on": _("Last day of voting"), "publishes_on": _("Day of publication"),
        "audiences": _("Who is asked"), "subjects": _("What is evaluated"), "stages": _("Stages"), "reports": _("Reports")}


def campaign_page(slug: str, *, overtaken: bool = False) -> str:
    return _step_page("desk/campaign.html", slug, overtaken=overtaken)


def _step_page(template: str, slug: str, errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    """A page about one campaign as it stands now."""
    campaign = get_for_staff(slug)
    people = [each for each in (campaign.drafted_by, campaign.approved_by) if each is not None]
    labels = field_labels()
    form, _definition = get_form(campaign.form_id)
    previous = find_campaign(campaign.previous, clock.today(), staff=True) if campaign.previous else None
    return render_template(
        template, campaign=campaign, previous=previous, left=open_work(clock.today()).get(campaign.id, {}),
        names=names_of(people), standing=standings().get(campaign.id, Standing()),
        may_approve=may_approve(viewer(), campaign.drafted_by, None if form.locked else form.changed_by),
        may_cancel=campaign.phase in _TO_CALL_OFF and not planning.is_voted(campaign.id), overtaken=overtaken,
        reason=request.form.get("reason", ""), longest_reason=LONGEST_REASON, errors=errors or {},
        told=[(name, _("%(field)s: %(fault)s", field=labels[name], fault=words) if name in labels else words)
              for name, words in (errors or {}).items()], may_plan=may_plan(viewer()))
