"""Campaigns of open evaluation at the desk: drafted by one person, announced by another, called off before anybody votes."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import IntegrityError, OperationalError
from wtforms import ValidationError

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.campaign_form import (
    LONGEST,
    LONGEST_DUTY,
    LONGEST_FOCUS,
    LONGEST_FOCUS_EN,
    LONGEST_INTEGRITY,
    MOST_REPORTS,
    Typed,
    blank,
    copied,
    plan_of,
    subject_groups,
    turned,
    typed,
    typed_of,
)
from portal.desk.views import blueprint
from portal.domain.campaign import (
    ACCESS_WORDS,
    GROUP_WORDS,
    KIND_WORDS,
    MOST_STAGES,
    PHASE_WORDS,
    Phase,
    Plan,
    may_approve,
    may_plan,
)
from portal.domain.errors import ClockError, InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.people import Role
from portal.evaluation import planning, queries
from portal.evaluation.planning import LONGEST_REASON
from portal.evaluation.queries import Campaign, Standing, form_versions, get_campaign, standings
from portal.web.current import settings, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.faults import faults
from portal.web.guards import staff_only, viewer
from portal.web.qr import qr
from portal.web.subjects import all_subjects, subject_name
from portal.web.words import _, language, said

READERS = (Role.COORDINATOR, Role.LEADER)
_ORDER = (Phase.DRAFT, Phase.OPEN, Phase.ANNOUNCED, Phase.COUNTING, Phase.PUBLISHED, Phase.CANCELLED)
_TO_CALL_OFF = frozenset({Phase.ANNOUNCED, Phase.OPEN})


@blueprint.get("/campaigns")
@staff_only(*READERS)
def campaigns() -> str:
    """What needs work first; `?phase=` leaves those of one phase."""
    found = sorted(queries.campaigns(clock.today(), staff=True), key=lambda each: _ORDER.index(each.phase))
    counts = {phase: sum(each.phase is phase for each in found) for phase in _ORDER}
    asked = request.args.get("phase", "")
    how_far = standings()
    lines = [SimpleNamespace(campaign=each, standing=how_far.get(each.id, Standing()))
             for each in found if asked not in counts or each.phase == asked]
    return render_template(
        "desk/campaigns.html", lines=lines, total=len(found), phase=asked if asked in counts else "",
        phases=[(phase.value, f"{_(PHASE_WORDS[phase])} ({n})") for phase, n in counts.items() if n],
        may_plan=may_plan(viewer()))


@blueprint.get("/campaigns/new")
@staff_only(Role.COORDINATOR)
def campaign_new() -> str:
    """An empty draft, or an earlier campaign as its beginning (`?from=`)."""
    if not request.args.get("from"):
        return _form_page(blank())
    earlier = get_campaign(request.args["from"], clock.today(), staff=True)
    previous = earlier.slug if earlier.phase is Phase.PUBLISHED else ""
    return _form_page(copied(earlier, clock.today(), form=_newest_form(earlier), previous=previous), source=earlier)


@blueprint.post("/campaigns/new")
@csrf.exempt  # checked below: a page that was open for too long must not cost what was typed
@staff_only(Role.COORDINATOR)
def campaign_draft() -> ResponseReturnValue:
    given = typed(request.form)
    if answer := _not_yet(given):
        return answer
    plan = _plan(given)
    if plan is None:
        return _form_page(given), 422
    try:
        with transaction():
            planning.draft(plan, slug=given.words["slug"], form_id=int(given.words["form"]), by=g.staff.actor,
                           now=clock.now(), vault=vault(), previous=given.words["previous"])
    except InvalidError as refusal:
        given.note(refusal.fields)
        return _form_page(given), 422
    except IntegrityError:  # somebody took the address at this very moment
        given.note({"slug": "taken"})
        return _form_page(given), 422
    except (OperationalError, ClockError) as refusal:
        note_unavailable(refusal)
        return _form_page(given, trouble=_unavailable()), 503
    flash(_("The draft is kept. Another person reads and announces it."))
    return redirect(url_for("desk.campaign", slug=given.words["slug"]), 303)


@blueprint.get("/campaigns/<slug>")
@staff_only(*READERS)
def campaign(slug: str) -> str:
    return _page(slug)


@blueprint.get("/campaigns/<slug>/edit")
@staff_only(Role.COORDINATOR)
def campaign_edit(slug: str) -> ResponseReturnValue:
    campaign = _found(slug)
    if campaign.phase is not Phase.DRAFT:
        return _page(slug, overtaken=True), 409
    return _form_page(typed_of(campaign), campaign)


@blueprint.post("/campaigns/<slug>/edit")
@csrf.exempt  # as above
@staff_only(Role.COORDINATOR)
def campaign_change(slug: str) -> ResponseReturnValue:
    campaign = _found(slug)
    given = typed(request.form)
    given = Typed({**given.words, "slug": slug}, given.groups, given.sizes, given.subjects, given.stages, given.reports)
    if campaign.phase is not Phase.DRAFT:
        return _page(slug, overtaken=True), 409
    if answer := _not_yet(given, campaign):
        return answer
    plan = _plan(given)
    if plan is None:
        return _form_page(given, campaign, seen=_seen()), 422
    try:
        with transaction():
            planning.change(slug, plan, form_id=int(given.words["form"]), seen=_seen(), by=g.staff.actor,
                            previous=given.words["previous"])
    except InvalidError as refusal:
        given.note(refusal.fields)
        return _form_page(given, campaign, seen=_seen()), 422
    except (StaleError, NotAllowedError):
        return _overtaken_change(slug, given)
    except (OperationalError, ClockError) as refusal:
        note_unavailable(refusal)
        return _form_page(given, campaign, seen=_seen(), trouble=_unavailable()), 503
    flash(_("The draft is changed. Another person than you reads and announces it."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


@blueprint.get("/campaigns/<slug>/announce")
@staff_only(*READERS)
def campaign_announce(slug: str) -> ResponseReturnValue:
    """Everything that can never be changed again, once more, before the second person agrees."""
    if _found(slug).phase is not Phase.DRAFT:
        return _page(slug, overtaken=True), 409
    return _step_page("desk/campaign_announce.html", slug)


@blueprint.post("/campaigns/<slug>/announce")
@staff_only(*READERS)
def campaign_announced(slug: str) -> ResponseReturnValue:
    if request.form.get("read") != "yes":
        return _step_page("desk/campaign_announce.html", slug, faults({"read": "unread"})), 422
    try:
        with transaction():
            planning.announce(slug, seen=_seen(), form_seen=request.form.get("form_version", 0, type=int), by=g.staff.actor,
                              now=clock.now(), subjects=all_subjects())
    except InvalidError as refusal:
        return _step_page("desk/campaign_announce.html", slug, faults(refusal.fields)), 422
    except StaleError:
        return _page(slug, overtaken=True), 409
    flash(_("It is announced. From now on nothing of the promise can be changed."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


@blueprint.get("/campaigns/<slug>/discard")
@staff_only(Role.COORDINATOR)
def campaign_discard(slug: str) -> ResponseReturnValue:
    if _found(slug).phase is not Phase.DRAFT:
        return _page(slug, overtaken=True), 409
    return _step_page("desk/campaign_discard.html", slug)


@blueprint.post("/campaigns/<slug>/discard")
@staff_only(Role.COORDINATOR)
def campaign_discarded(slug: str) -> ResponseReturnValue:
    try:
        with transaction():
            planning.discard(slug, seen=_seen(), by=g.staff.actor)
    except (StaleError, NotAllowedError):
        return _page(slug, overtaken=True), 409
    flash(_("The draft is discarded."))
    return redirect(url_for("desk.campaigns"), 303)


@blueprint.get("/campaigns/<slug>/cancel")
@staff_only(Role.COORDINATOR)
def campaign_cancel(slug: str) -> str:
    return _step_page("desk/campaign_cancel.html", slug)


@blueprint.post("/campaigns/<slug>/cancel")
@staff_only(Role.COORDINATOR)
def campaign_cancelled(slug: str) -> ResponseReturnValue:
    try:
        with transaction():
            planning.cancel(slug, request.form.get("reason", ""), seen=_seen(), by=g.staff.actor, now=clock.now())
    except InvalidError as refusal:
        return _step_page("desk/campaign_cancel.html", slug, faults(refusal.fields)), 422
    except StaleError:
        return _step_page("desk/campaign_cancel.html", slug, overtaken=True), 409
    except NotAllowedError:
        return _step_page("desk/campaign_cancel.html", slug), 409
    flash(_("It is called off. Everyone reads the reason."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


@blueprint.get("/campaigns/<slug>/posters")
@staff_only(Role.COORDINATOR)
def campaign_posters(slug: str) -> str:
    """A sheet for each counter, with the QR code that opens the form for it; without codes only, and once announced."""
    campaign = _found(slug)
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


def _found(slug: str) -> Campaign:
    return get_campaign(slug, clock.today(), staff=True)


def _seen() -> int:
    return request.form.get("version", 0, type=int)


def _not_yet(given: Typed, campaign: Campaign | None = None) -> ResponseReturnValue | None:
    """The page again where the browser's token no longer fits, or where only rows were added or removed."""
    seen = _seen() if campaign else 0
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return _form_page(given, campaign, seen=seen, trouble=_(
            "The page was open for a long time, or your browser takes no cookies. Please press “Save” once more; what you "
            "typed is kept.")), 422
    step = request.form.get("step", "")
    if step.startswith(("add-", "remove-")):
        return _form_page(turned(given, step), campaign, seen=seen)
    return None


def _plan(given: Typed) -> Plan | None:
    return plan_of(given, clock.today(), forms=[each.id for each in form_versions()],
                   previous=[slug for slug, _title in _rounds(given.words["kind"], given.words["slug"])])


def _rounds(kind: str, own: str = "") -> list[tuple[str, str]]:
    """Published campaigns of a kind, which results may be compared with."""
    return [(each.slug, str(said(each.plan, "title"))) for each in queries.campaigns(clock.today())
            if each.phase is Phase.PUBLISHED and each.slug != own and kind in ("", each.kind)]


def _newest_form(campaign: Campaign) -> str:
    """The newest version of the form that the campaign had."""
    return next(str(each.id) for each in form_versions() if each.slug == campaign.form.slug)


def _unavailable() -> str:
    return _("It could not be saved just now, and nothing was half-saved. Please press “Save” again in a few minutes; what you "
             "typed is kept.")


def _overtaken_change(slug: str, given: Typed) -> ResponseReturnValue:
    """What was typed, with the fields in which the draft now differs; or the campaign, where it is a draft no more."""
    campaign = _found(slug)
    if campaign.phase is not Phase.DRAFT:
        return _page(slug, overtaken=True), 409
    return _form_page(given, campaign, overtaken=_differing(given, typed_of(campaign))), 409


def _differing(given: Typed, now: Typed) -> list[str]:
    labels = _labels()
    found = [labels[name] for name, words in now.words.items() if words != given.words[name]]
    ticked = {name: size for name, size in given.sizes.items() if name in given.groups and size}
    if (set(now.groups), now.sizes) != (set(given.groups), ticked):
        found.append(labels["audiences"])
    if set(now.subjects) != set(given.subjects):
        found.append(labels["subjects"])
    return found + [labels[name] for name in ("stages", "reports") if getattr(now, name) != getattr(given, name)]


def _labels() -> dict[str, str]:
    return {
        "kind": _("Kind of evaluation"), "access": _("Who may take part"), "slug": _("Public address"),
        "title": _("Title in Chinese"), "title_en": _("Title in English"), "purpose": _("What it is for, in Chinese"),
        "purpose_en": _("What it is for, in English"), "form": _("Form"), "previous": _("Last round"),
        "opens_on": _("First day of voting"), "closes_on": _("Last day of voting"), "publishes_on": _("Day of publication"),
        "audiences": _("Who is asked"), "subjects": _("What is evaluated"), "stages": _("Stages"), "reports": _("Reports"),
        "read": _("Confirmation")}


def _page(slug: str, *, overtaken: bool = False) -> str:
    return _step_page("desk/campaign.html", slug, overtaken=overtaken)


def _step_page(template: str, slug: str, errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    """A page about one campaign as it stands now."""
    campaign = _found(slug)
    people = [each for each in (campaign.drafted_by, campaign.approved_by) if each is not None]
    labels = _labels()
    return render_template(
        template, campaign=campaign, names=names_of(people), standing=standings().get(campaign.id, Standing()),
        may_approve=may_approve(viewer(), campaign.drafted_by), wrote_it=campaign.drafted_by == g.staff.id,
        may_cancel=campaign.phase in _TO_CALL_OFF and not planning.is_voted(campaign.id), overtaken=overtaken,
        reason=request.form.get("reason", ""), longest_reason=LONGEST_REASON, errors=errors or {},
        told=[(name, words if name in ("read", "reason") else f"{labels[name]}: {words}")
              for name, words in (errors or {}).items()], may_plan=may_plan(viewer()))


def _form_page(given: Typed, campaign: Campaign | None = None, *, seen: int | None = None, trouble: str = "",
               overtaken: list[str] | None = None, source: Campaign | None = None) -> str:
    """`overtaken`: in which fields the draft now says something else. `seen`: the version that saving would replace."""
    versions: dict[int, Any] = {}
    for each in form_versions():  # the newest of each, and the chosen one
        if all(other.slug != each.slug for other in versions.values()) or str(each.id) == given.words["form"]:
            versions[each.id] = each
    forms = [SimpleNamespace(id=each.id, is_locked=each.locked, words=_("%(title)s, version %(n)s", n=each.version, title=(
        each.definition["title_en"] if language() == "en" else each.definition["title"]))) for each in versions.values()]
    return render_template(
        "desk/campaign_form.html", given=given, campaign=campaign, source=source, forms=forms, rounds=_rounds(""),
        trouble=trouble, overtaken=overtaken, labels=_labels(), subject_groups=subject_groups(), longest=LONGEST,
        version=seen if seen is not None else campaign.version if campaign else 0,
        limits={"duty": LONGEST_DUTY, "integrity": LONGEST_INTEGRITY, "focus": LONGEST_FOCUS, "focus_en": LONGEST_FOCUS_EN},
        most_stages=MOST_STAGES, most_reports=MOST_REPORTS,
        kinds=[(kind.value, _(words)) for kind, words in KIND_WORDS.items()],
        accesses=[(access.value, _(words)) for access, words in ACCESS_WORDS.items()], groups=GROUP_WORDS)
