"""Drafts of campaigns: written, copied from an earlier round, changed by one person at a time, and never public."""

from types import SimpleNamespace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import IntegrityError, OperationalError
from wtforms import ValidationError

from portal import clock
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
    named,
    plan_of,
    subject_groups,
    turned,
    typed,
    typed_of,
)
from portal.desk.campaigns import campaign_page, field_labels, get_for_staff, planners_only, seen_version
from portal.desk.views import blueprint
from portal.domain.campaign import ACCESS_WORDS, GROUP_WORDS, KIND_WORDS, MOST_STAGES, Phase, Plan
from portal.domain.errors import ClockError, InvalidError, NotAllowedError, StaleError
from portal.evaluation import planning, queries
from portal.evaluation.queries import Campaign, form_versions
from portal.web.current import vault
from portal.web.errors import csrf, note_unavailable
from portal.web.words import _, language, said


@blueprint.get("/campaigns/new")
@planners_only
def campaign_new() -> str:
    """An empty draft, or an earlier campaign as its beginning (`?from=`)."""
    if not request.args.get("from"):
        return _form_page(blank())
    earlier = get_for_staff(request.args["from"])
    previous = earlier.slug if earlier.phase is Phase.PUBLISHED else ""
    return _form_page(copied(earlier, clock.today(), form=_newest_form(earlier), previous=previous), source=earlier)


@blueprint.post("/campaigns/new")
@csrf.exempt  # checked below: a page that was open for too long must not cost what was typed
@planners_only
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


@blueprint.get("/campaigns/<slug>/edit")
@planners_only
def campaign_edit(slug: str) -> ResponseReturnValue:
    campaign = get_for_staff(slug)
    if campaign.phase is not Phase.DRAFT:
        return campaign_page(slug, overtaken=True), 409
    return _form_page(typed_of(campaign), campaign)


@blueprint.post("/campaigns/<slug>/edit")
@csrf.exempt  # as above
@planners_only
def campaign_change(slug: str) -> ResponseReturnValue:
    campaign = get_for_staff(slug)
    given = typed(request.form)
    given = Typed({**given.words, "slug": slug}, given.groups, given.sizes, given.subjects, given.stages, given.reports)
    if campaign.phase is not Phase.DRAFT:
        return campaign_page(slug, overtaken=True), 409
    if answer := _not_yet(given, campaign):
        return answer
    plan = _plan(given)
    if plan is None:
        return _form_page(given, campaign, seen=seen_version()), 422
    try:
        with transaction():
            planning.change(slug, plan, form_id=int(given.words["form"]), seen=seen_version(), by=g.staff.actor,
                            previous=given.words["previous"])
    except InvalidError as refusal:
        given.note(refusal.fields)
        return _form_page(given, campaign, seen=seen_version()), 422
    except (StaleError, NotAllowedError):
        return _overtaken_change(slug, given)
    except (OperationalError, ClockError) as refusal:
        note_unavailable(refusal)
        return _form_page(given, campaign, seen=seen_version(), trouble=_unavailable()), 503
    flash(_("The draft is changed. Another person than you reads and announces it."))
    return redirect(url_for("desk.campaign", slug=slug), 303)


def _not_yet(given: Typed, campaign: Campaign | None = None) -> ResponseReturnValue | None:
    """The page again where the browser's token no longer fits, or where only rows were added or removed."""
    seen = seen_version() if campaign else 0
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
    campaign = get_for_staff(slug)
    if campaign.phase is not Phase.DRAFT:
        return campaign_page(slug, overtaken=True), 409
    return _form_page(given, campaign, overtaken=_differing(given, typed_of(campaign))), 409


def _differing(given: Typed, now: Typed) -> list[str]:
    labels = field_labels()
    found = [labels[name] for name, words in now.words.items() if words != given.words[name]]
    ticked = {name: size for name, size in given.sizes.items() if name in given.groups and size}
    if (set(now.groups), now.sizes) != (set(given.groups), ticked):
        found.append(labels["audiences"])
    if set(now.subjects) != set(given.subjects):
        found.append(labels["subjects"])
    return found + [labels[name] for name in ("stages", "reports") if getattr(now, name) != getattr(given, name)]


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
        told=[(None, trouble)] if trouble else named(given.errors, field_labels()), overtaken=overtaken, labels=field_labels(),
        subject_groups=subject_groups(), longest=LONGEST,
        version=seen if seen is not None else campaign.version if campaign else 0,
        limits={"duty": LONGEST_DUTY, "integrity": LONGEST_INTEGRITY, "focus": LONGEST_FOCUS, "focus_en": LONGEST_FOCUS_EN},
        most_stages=MOST_STAGES, most_reports=MOST_REPORTS,
        kinds=[(kind.value, _(words)) for kind, words in KIND_WORDS.items()],
        accesses=[(access.value, _(words)) for access, words in ACCESS_WORDS.items()], groups=GROUP_WORDS)
